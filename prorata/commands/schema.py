"""Print the GraphQL schema (SDL), or a page of the documentation that is written from the code."""

import argparse

from prorata.dunning_page import dunning_page
from prorata.reference import error_reference
from resolvers import build_schema


def declare(parser: argparse.ArgumentParser) -> None:
    """The pages: `--errors`, `--dunning`."""
    pages = parser.add_mutually_exclusive_group()
    pages.add_argument("--errors", action="store_true", help="print docs/errors.md instead")
    pages.add_argument("--dunning", action="store_true", help="print docs/dunning.md instead")


def run(options: argparse.Namespace) -> int:
    """Print what was asked for on standard output."""
    if options.errors:
        print(error_reference(), end="")
    elif options.dunning:
        print(dunning_page(), end="")
    else:
        print(build_schema().as_str())
    return 0
