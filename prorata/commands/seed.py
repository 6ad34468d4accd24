"""Add the demo's products, prices and customer in test mode. A repetition adds nothing."""

import argparse
import asyncio

from prorata.house import opened, platform_of
from prorata.logs import start_logging
from prorata.seeding import seeded
from prorata.settings import Settings, load_settings


def declare(parser: argparse.ArgumentParser) -> None:
    """It takes no options."""


def run(options: argparse.Namespace) -> int:
    """Add what is missing and say how much that was."""
    settings = load_settings()
    start_logging(settings)
    added = asyncio.run(_seed(settings))
    print(f"Added {added} of the demo's products, customers and accounts." if added else "The demo is there already.")
    return 0


async def _seed(settings: Settings) -> int:
    async with opened(settings) as house:
        return await seeded(house, await platform_of(house))
