"""The worker's loop: nothing stops it but being told to, and what fails is logged by its kind."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.agenda import AgendaKind
from domain.lifecycles import TestClockStatus
from models import AgendaEntry, TestClock
from prorata.worker import Worker, working
from services.agenda import Handled, Handler
from services.clocks import ClockDraft, Clocks
from services.due import Appointment, Due
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.scopes import NOON, founded_scope

RENEW, FINALIZE = AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.INVOICE_FINALIZE


async def due(scope: Scope, *appointments: Appointment) -> None:
    """Put these on the agenda."""
    await in_transaction(lambda: Due(scope).schedule_all(appointments))


def noting(seen: list[str], bad: str | None = None) -> Handler:
    """A handler that notes its subjects, and fails as long as the bad one is among them."""

    async def handle(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        subjects = [entry.subject_id for entry in entries]
        if bad in subjects:
            raise ArithmeticError(f"{bad} does not add up")
        await asyncio.sleep(0)
        seen.extend(subjects)
        return Handled()

    return handle


async def rounds(worker: Worker) -> int:
    """Work until nothing is left to be done; how many rounds that took."""
    count = 0
    while await worker.work():
        count += 1
    return count


async def test_what_is_due_is_carried_out_in_groups(database: str) -> None:
    scope = await founded_scope()
    seen: list[str] = []
    await due(scope, *(Appointment(RENEW, f"sub_{number}", NOON) for number in range(25)))
    await due(scope, Appointment(RENEW, "sub_later", NOON + timedelta(seconds=1)))
    assert await rounds(Worker(scope, {RENEW: noting(seen)}, group_size=10)) == 3  # 10 + 10 + 5
    assert sorted(seen) == sorted(f"sub_{number}" for number in range(25))
    assert [entry.subject_id for entry in await AgendaEntry.all()] == ["sub_later"]


async def test_a_failing_subject_is_named_and_stops_no_other(database: str, caplog: pytest.LogCaptureFixture) -> None:
    scope = await founded_scope()
    seen: list[str] = []
    await due(scope, *(Appointment(RENEW, f"sub_{number}", NOON) for number in range(4)))
    await due(scope, Appointment(FINALIZE, "in_1", NOON))
    worker = Worker(scope, {RENEW: noting(seen, bad="sub_2"), FINALIZE: noting(seen)}, group_size=10)
    await rounds(worker)
    assert sorted(seen) == ["in_1", "sub_0", "sub_1", "sub_3"]
    [left] = await AgendaEntry.all()
    assert (left.subject_id, left.attempts, left.last_error) == ("sub_2", 1, "ArithmeticError: sub_2 does not add up")
    assert "subscription.renew failed for sub_2: ArithmeticError: sub_2 does not add up" in caplog.messages


async def test_a_failing_continuation_is_logged_by_its_kind(database: str, caplog: pytest.LogCaptureFixture) -> None:
    scope = await founded_scope()

    async def broken() -> None:
        raise ConnectionError("the line is dead")

    async def handle(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        return Handled(continuation=broken)

    await due(scope, Appointment(FINALIZE, "in_1", NOON))
    assert await rounds(Worker(scope, {FINALIZE: handle}, group_size=10)) == 1
    assert "invoice.finalize committed a group of 1, and failed after that" in caplog.messages


async def test_a_kind_without_a_handler_waits_like_any_failure(database: str) -> None:
    scope = await founded_scope()
    await due(scope, Appointment(RENEW, "sub_1", NOON))
    assert await rounds(Worker(scope, {}, group_size=10)) == 1
    entry = await AgendaEntry.get(subject_id="sub_1")
    assert (entry.due_at, entry.last_error) == (NOON + timedelta(seconds=30), f"KeyError: {RENEW!r}")


async def test_a_clock_left_on_its_way_is_carried_to_its_end(database: str) -> None:
    scope = await founded_scope()
    clock = await Clocks(scope).create(ClockDraft(NOON))
    target = NOON + timedelta(days=40)
    await TestClock.filter(id=clock.id).update(status=TestClockStatus.ADVANCING, target_at=target)
    seen: list[str] = []
    days = [Appointment(RENEW, f"sub_{day}", NOON + timedelta(days=day), clock.id) for day in range(1, 31)]
    await due(scope, *days)
    await rounds(Worker(scope, {RENEW: noting(seen)}, group_size=10))
    await clock.refresh_from_db()
    assert (clock.status, clock.frozen_at) == (TestClockStatus.READY, target)
    assert seen == [f"sub_{day}" for day in range(1, 31)]


async def test_several_workers_do_nothing_twice(database: str) -> None:
    scope = await founded_scope()
    seen: list[str] = []
    await due(scope, *(Appointment(RENEW, f"sub_{number:03}", NOON) for number in range(200)))
    workers = [Worker(replace(scope), {RENEW: noting(seen)}, group_size=10) for _ in range(3)]
    await asyncio.gather(*map(rounds, workers))
    assert sorted(seen) == [f"sub_{number:03}" for number in range(200)]
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0


async def test_a_woken_worker_works_until_it_is_stopped(database: str, caplog: pytest.LogCaptureFixture) -> None:
    scope = await founded_scope()
    done = asyncio.Event()

    async def handle(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        done.set()
        return Handled()

    worker = Worker(scope, {RENEW: handle}, group_size=10)
    with caplog.at_level(logging.WARNING):
        async with working(worker) as task:
            await due(scope, Appointment(RENEW, "sub_1", NOON))
            worker.wake()
            await done.wait()
        assert task is not None
        assert task.done()
    assert caplog.messages == []
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
