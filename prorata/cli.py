"""The command line. Each command is a module of `prorata/commands/` and is imported only when it is called.

So commands that need no GraphQL schema start without it, and a wrong setting is told before anything else is loaded.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from domain.errors import DomainError
from prorata import __version__
from prorata.refusals import Refusal

COMMANDS: Final = {
    "serve": "serve the API and the pages, with a worker",
    "worker": "run a worker without a server",
    "migrate": "bring the database to the schema of this release",
    "keys": "create, list, roll and revoke API keys",
    "schema": "print the GraphQL schema",
    "seed": "add the demo's products, prices and customer",
    "reset": "remove everything but the account and its keys from a database without live data",
    "doctor": "check configuration, database, migrations, clock, books and agenda",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name; ends the process with its exit code."""
    # Loading leaves little garbage behind, and looking for it costs a tenth of the start.
    gc.disable()
    # What the program makes is its owner's alone: databases hold customers, and keys are keys.
    os.umask(0o077)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.exit(_run(words))
    except Refusal as refusal:
        print(f"prorata: {refusal}", file=sys.stderr)
        sys.exit(refusal.exit_code)
    except DomainError as error:
        for problem in error.problems:
            print(f"prorata: {problem.message}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="prorata",
        description="A self-hosted billing engine. Settings are environment variables PRORATA_…, or a TOML file.",
        epilog="`prorata COMMAND --help` tells what a command takes.",
    )
    parser.add_argument("--version", action="version", version=f"prorata {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        commands.add_parser(name, help=purpose, add_help=False)
    command = parser.parse_args(words[:1]).command
    module = import_module(f"prorata.commands.{command}")
    own = argparse.ArgumentParser(prog=f"prorata {command}", description=module.__doc__)
    module.declare(own)
    run: Callable[[argparse.Namespace], int] = module.run
    return run(own.parse_args(words[1:]))
