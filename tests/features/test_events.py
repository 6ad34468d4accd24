"""Recording events: with their change or not at all, in one order, without gaps."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress

from domain.event_types import EventType
from models import Event, TestClock
from prorata.database import connected
from services.clocks import ClockDraft, Clocks
from services.events import Events
from services.scope import Scope
from services.transactions import savepoint, transaction
from tests.features.scopes import NOON, founded_scope, told


class Undone(Exception):
    """What breaks a change off."""


async def undone_in(block: AbstractAsyncContextManager[object], scope: Scope, clock: TestClock) -> None:
    """An event is recorded in the block, which then is broken off."""
    with suppress(Undone):
        async with block:
            Events(scope).record(EventType.TEST_CLOCK_ADVANCING, clock, at=NOON)
            raise Undone


async def test_events_of_a_savepoint_that_is_rolled_back_never_happened(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(NOON))
        async with transaction():
            await undone_in(savepoint(), scope, clock)
            Events(scope).record(EventType.TEST_CLOCK_READY, clock, at=NOON)

        assert await told() == ["test_helpers.test_clock.created", "test_helpers.test_clock.ready"]


async def test_events_before_a_savepoint_that_is_rolled_back_are_kept(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(NOON))
        async with transaction():
            Events(scope).record(EventType.TEST_CLOCK_READY, clock, at=NOON)
            await undone_in(savepoint(), scope, clock)

        assert await told() == ["test_helpers.test_clock.created", "test_helpers.test_clock.ready"]


async def test_events_of_a_failed_transaction_take_no_numbers(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(NOON))
        await undone_in(transaction(), scope, clock)
        async with transaction():
            Events(scope).record(EventType.TEST_CLOCK_READY, clock, at=NOON)

        rows = await Event.all().order_by("sequence")
        assert [(row.sequence, row.object_sequence) for row in rows] == [(1, 1), (2, 2)]


async def test_parallel_changes_are_numbered_without_gap_or_double(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(NOON))

        async def tell() -> None:
            async with transaction():
                Events(scope).record(EventType.TEST_CLOCK_READY, clock, at=NOON)

        await asyncio.gather(*(tell() for _ in range(30)))

        rows = await Event.all().order_by("sequence")
        assert [row.sequence for row in rows] == list(range(1, 32))
        assert [row.object_sequence for row in rows] == list(range(1, 32))


async def test_very_first_events_may_come_side_by_side(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()

        await asyncio.gather(*(Clocks(scope).create(ClockDraft(NOON)) for _ in range(8)))

        assert [row.sequence for row in await Event.all().order_by("sequence")] == list(range(1, 9))
