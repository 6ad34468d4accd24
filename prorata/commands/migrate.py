"""Bring the database to the schema of this release. Back it up first."""

import argparse
import asyncio

from prorata.house import migrated
from prorata.settings import load_settings


def declare(parser: argparse.ArgumentParser) -> None:
    """It takes no options."""


def run(options: argparse.Namespace) -> int:
    """Migrate, and name the migrations that were missing."""
    settings = load_settings()
    done = asyncio.run(migrated(settings))
    print(f"Migrated: {', '.join(done)}." if done else "The database has the schema of this release.")
    return 0
