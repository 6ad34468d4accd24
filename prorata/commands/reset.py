"""Remove everything but the platform's account and its keys. Refused as soon as there is live data."""

import argparse
import asyncio
import sys

from prorata.emptying import emptied
from prorata.refusals import Refusal
from prorata.settings import Settings, load_settings


class NotConfirmed(Refusal):
    """Nobody said yes."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Its one option."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace) -> int:
    """Ask, unless told not to, then remove."""
    settings = load_settings()
    if not options.yes:
        _confirm(settings)
    removed = asyncio.run(emptied(settings))
    print(f"Removed {removed} rows. The account, its settings and its keys are as they were.")
    return 0


def _confirm(settings: Settings) -> None:
    where = "the PostgreSQL database" if settings.sqlite_file is None else str(settings.sqlite_file)
    question = f"Remove all customers, subscriptions, invoices, prices and events from {where}? [y/N] "
    if not sys.stdin.isatty() or input(question).strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("Nothing was removed. `prorata reset --yes` does not ask.")
