"""Print the GraphQL schema (SDL)."""

import argparse

from resolvers import build_schema


def declare(parser: argparse.ArgumentParser) -> None:
    """It takes no options."""


def run(options: argparse.Namespace) -> int:
    """Print the SDL on standard output."""
    print(build_schema().as_str())
    return 0
