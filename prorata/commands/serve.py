"""Serve the API and the pages, with a worker. An empty database is migrated and founded first."""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from prorata.logs import start_logging
from prorata.serving.address import bound_socket, refuse_taken
from prorata.settings import Settings, load_settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Its options; those of child processes are for the program itself."""
    parser.add_argument("--host", help="address to listen on, in place of PRORATA_HOST")
    parser.add_argument("--port", type=int, help="port to listen on, in place of PRORATA_PORT; 0 takes any free one")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="server processes that share the port")
    parser.add_argument("--no-worker", action="store_true", help="serve only; `prorata worker` does the work of time")
    parser.add_argument("--ephemeral", action="store_true", help="use a database that is thrown away at the end")
    parser.add_argument("--seed", action="store_true", help="add the demo, and keep a sandbox key beside the database")
    parser.add_argument("--parent", type=int, metavar="FD", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Serve until the process is asked to stop."""
    if not 1 <= options.workers <= 64:
        sys.stderr.write(f"prorata serve: --workers is {options.workers}; it must be a number from 1 to 64.\n")
        return 2
    if not options.ephemeral or options.parent is not None:
        return _serve(options, _settings(options))
    with tempfile.TemporaryDirectory(prefix="prorata-") as folder:
        return _serve(options, _settings(options, database_url=f"sqlite://{Path(folder) / 'prorata.db'}"))


def _settings(options: argparse.Namespace, **chosen: str) -> Settings:
    given = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    return load_settings(**given, **chosen)


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    start_logging(settings)
    is_child = options.parent is not None
    several = options.workers > 1 and not is_child
    if several:
        refuse_taken(settings.host, settings.port)
    # The address is taken before the schema is loaded: a port in use is told at once. Several processes are led by
    # one that loads no schema at all.
    listener = bound_socket(settings.host, settings.port, shared=several or is_child)
    module = import_module("prorata.serving.processes" if several else "prorata.serving.process")
    code: int = module.run(options, settings, listener)
    return code
