"""Print the GraphQL schema (SDL), or the reference of errors."""

import argparse

from prorata.reference import error_reference
from resolvers import build_schema


def declare(parser: argparse.ArgumentParser) -> None:
    """One option: `--errors`."""
    parser.add_argument("--errors", action="store_true", help="print docs/errors.md instead")


def run(options: argparse.Namespace) -> int:
    """Print what was asked for on standard output."""
    if options.errors:
        print(error_reference(), end="")
    else:
        print(build_schema().as_str())
    return 0
