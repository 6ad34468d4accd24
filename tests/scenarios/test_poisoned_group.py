"""One subscription among a hundred that cannot be renewed: it is split off, tried again later, and in plain sight."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.lifecycles import TestClockStatus
from models import AgendaEntry, Charge, Customer, Invoice, SubscriptionItem, TestClock
from prorata.diagnosis import Finding, findings
from prorata.house import House
from prorata.settings import Settings
from prorata.worker import Worker
from services import reactions
from services.agenda import Handled
from services.clocks import ClockAdvanceDraft, ClockDraft, ClockRun, Clocks
from services.customers import CustomerDraft, Customers
from services.due import Due
from services.handlers import HANDLERS
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.scopes import NOON, StandingClock, founded_scope, problems_of, told
from tests.scenarios.test_crash import multiplied, subscribed

MONTH_LATER = NOON.replace(month=2, day=28)


async def worked(scope: Scope) -> None:
    """Work until nothing is left to be done at this moment."""
    worker = Worker(scope, HANDLERS, group_size=1_000)
    while await worker.work():
        pass


async def failures(scope: Scope, url: str) -> list[str]:
    """What the doctor finds wrong with the agenda."""
    house = House(Settings(database_url=url), scope.clock, scope.ids, scope.gateways)
    found: list[Finding] = [each async for each in findings(house)]
    return [each.text for each in found if each.subject == "Agenda" and not each.in_order]


async def test_a_poisoned_member_of_a_hundred_stops_no_other_and_is_seen(database: str) -> None:
    reactions.connect()
    clock = StandingClock()
    scope = await founded_scope(clock)
    bad = await subscribed(scope)
    await multiplied(bad, 99)
    [item] = await SubscriptionItem.filter(subscription_id=bad.id)
    await item.delete()  # what only a mistake of ours could do
    await AgendaEntry.filter(kind="subscription.upcoming").delete()  # renewals alone are looked at

    clock.at = MONTH_LATER
    await worked(scope)
    assert await Invoice.filter(billing_reason="subscription_cycle").count() == 99
    for delay in (30, 60, 120, 240):  # each twice as long as the one before
        entry = await AgendaEntry.get(subject_id=bad.id, kind="subscription.renew")
        assert entry.due_at - clock.at == timedelta(seconds=delay)
        clock.at = entry.due_at
        await worked(scope)
    [seen] = await failures(scope, database)
    assert seen == f"subscription.renew of {bad.id} failed 5 times: ValueError: min() arg is an empty sequence"

    await SubscriptionItem.bulk_create([item])
    clock.at += timedelta(hours=2)  # past the next try, and past the hour of all drafts
    await worked(scope)
    clock.at += timedelta(hours=1)
    await worked(scope)
    assert await Charge.filter(status="succeeded").count() == 1 + 100
    assert await failures(scope, database) == []


async def broken(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    raise ArithmeticError("it does not add up")


async def on_a_clock(scope: Scope) -> TestClock:
    """A clock with a customer, and an entry of theirs that is due an hour after noon."""
    clock = await Clocks(scope).create(ClockDraft(NOON))
    await Customers(scope).create(CustomerDraft(test_clock=clock.id))
    due_at = NOON + timedelta(hours=1)
    kind = AgendaKind.SUBSCRIPTION_RENEW
    await in_transaction(lambda: Due(scope).schedule(kind, "sub_1", due_at, test_clock_id=clock.id))
    return clock


async def test_a_clock_that_fails_again_and_again_stops_and_can_only_be_deleted(database: str) -> None:
    reactions.connect()
    scope = await founded_scope()
    clock = await on_a_clock(scope)
    target = NOON + timedelta(days=2)
    await TestClock.filter(id=clock.id).update(status=TestClockStatus.ADVANCING, target_at=target)

    stopped = await ClockRun(scope, {AgendaKind.SUBSCRIPTION_RENEW: broken}).run(await TestClock.get(id=clock.id))

    assert stopped.status == TestClockStatus.INTERNAL_FAILURE
    assert stopped.last_error == "subscription.renew of sub_1: ArithmeticError: it does not add up"
    assert (await told())[-1] == "test_helpers.test_clock.internal_failure"
    assert stopped.frozen_at == NOON  # what is due at 13:00 never came about
    entry = await AgendaEntry.get(subject_id="sub_1")
    # From 13:00 after 30, 60, 120, 240, 480, 960, 1920 seconds; the next would come after 3840: 7650 in all.
    assert (entry.attempts, entry.due_at) == (8, NOON + timedelta(hours=1, seconds=7650))
    with pytest.raises(DomainError) as refused:
        await Clocks(scope).advance(ClockAdvanceDraft(clock.id, target))
    assert problems_of(refused.value) == [("TEST_CLOCK_UNEXPECTED_STATE", "id")]
    await Clocks(scope).delete(clock.id)
    assert (await Customer.all().count(), await AgendaEntry.all().count()) == (0, 0)


async def test_a_member_that_fails_once_is_made_good_before_its_clock_arrives(database: str) -> None:
    reactions.connect()
    scope = await founded_scope()
    clock = await on_a_clock(scope)
    tried: list[str] = []

    async def healing(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        tried.append(f"{scope.clock.now():%H:%M:%S}")
        if len(tried) == 1:
            raise ArithmeticError("it does not add up")
        return Handled()

    target = NOON + timedelta(days=2)
    await TestClock.filter(id=clock.id).update(status=TestClockStatus.ADVANCING, target_at=target)
    arrived = await ClockRun(scope, {AgendaKind.SUBSCRIPTION_RENEW: healing}).run(await TestClock.get(id=clock.id))
    assert (arrived.status, arrived.frozen_at) == (TestClockStatus.READY, target)
    assert tried == ["13:00:00", "13:00:30"]
