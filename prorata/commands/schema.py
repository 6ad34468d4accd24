"""Print the GraphQL schema (SDL), or a page of the documentation that is written from the code."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from prorata.dunning_page import dunning_page
from prorata.events_page import events_page
from prorata.lifecycles_page import lifecycles_page
from prorata.reference import error_reference
from resolvers import build_schema

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "dunning": dunning_page,
    "errors": error_reference,
    "events": events_page,
    "lifecycles": lifecycles_page,
}
"""What writes `docs/<name>.md`, by the name."""


def declare(parser: argparse.ArgumentParser) -> None:
    """One option for each page."""
    choice = parser.add_mutually_exclusive_group()
    for name in PAGES:
        choice.add_argument(
            f"--{name}", dest="page", action="store_const", const=name, help=f"print docs/{name}.md instead"
        )


def run(options: argparse.Namespace) -> int:
    """Print what was asked for on standard output."""
    if options.page is None:
        print(build_schema().as_str())
    else:
        print(PAGES[options.page](), end="")
    return 0
