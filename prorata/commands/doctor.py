"""Check configuration, database, migrations, clock, books, agenda and test clocks. Exit code 1 when any is wrong."""

import argparse
import asyncio
from collections.abc import AsyncIterator

from prorata.database import disconnect
from prorata.diagnosis import Finding, configuration_findings, findings, schema_finding
from prorata.house import house_of, open_database
from prorata.migrations import schema_state
from prorata.refusals import DatabaseUnreachable
from prorata.settings import Settings, load_settings


def declare(parser: argparse.ArgumentParser) -> None:
    """It takes no options."""


def run(options: argparse.Namespace) -> int:
    """Print each finding; 1 when one is not in order, else 0."""
    return asyncio.run(_run(load_settings()))


async def _run(settings: Settings) -> int:
    wrong = 0
    async for finding in _all_findings(settings):
        mark = "ok  " if finding.in_order else "FAIL"
        print(f"{mark}  {finding.subject:<13}  {finding.text}")
        wrong += not finding.in_order
    print("All is in order." if not wrong else "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong.")
    return 1 if wrong else 0


async def _all_findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in configuration_findings(settings):
        yield finding
    # Opening an SQLite file would make it: the doctor changes nothing.
    if settings.sqlite_file is not None and not settings.sqlite_file.exists():
        text = f"{settings.sqlite_file} is not there; `prorata serve` or `prorata migrate` makes it"
        yield Finding("Database", text, in_order=False)
        return
    try:
        await open_database(settings)
    except DatabaseUnreachable as error:
        yield Finding("Database", str(error), in_order=False)
        return
    try:
        yield Finding("Database", "PostgreSQL answers" if settings.sqlite_file is None else f"{settings.sqlite_file}")
        state = await schema_state()
        yield schema_finding(state)
        if state.is_current:
            async for finding in findings(house_of(settings)):
                yield finding
    finally:
        await disconnect()
