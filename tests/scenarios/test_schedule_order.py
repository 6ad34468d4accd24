"""Phases and renewals of one moment: the phase first, whoever works, and each exactly once after a crash."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.agenda import AgendaKind
from domain.periods import Interval
from models import AgendaEntry, Event, Invoice, Subscription, SubscriptionItem, SubscriptionSchedule
from services import reactions
from services.agenda import Agenda, Handled, agenda_of_the_system
from services.catalog import PriceDraft, Prices, ProductDraft, Recurring
from services.customers import CustomerDraft, Customers
from services.due import Handler
from services.handlers import HANDLERS
from services.schedules import DefaultSettingsDraft, DurationDraft, PhaseDraft, ScheduleDraft, Schedules
from services.scope import Scope
from services.subscriptions import ItemDraft
from tests.features.scopes import NOON, StandingClock, founded_scope

MONTH_LATER = NOON.replace(month=2, day=28)


@pytest.fixture
async def scope(database: str) -> Scope:
    """A schedule of two months, each with a price of its own, that began a month ago by the system's clock."""
    reactions.connect()
    clock = StandingClock()
    scope = await founded_scope(clock)
    customer = (await Customers(scope).create(CustomerDraft())).customer
    phases = []
    for amount in (1500, 4000):
        draft = PriceDraft(
            product_data=ProductDraft(name="Plan"),
            currency="usd",
            unit_amount=amount,
            recurring=Recurring(Interval.MONTH),
        )
        items = (ItemDraft((await Prices(scope).create(draft)).id),)
        phases.append(PhaseDraft(items, duration=DurationDraft(Interval.MONTH)))
    await Schedules(scope).create(
        ScheduleDraft(customer=customer.id, phases=tuple(phases), default_settings=DefaultSettingsDraft("pm_card_visa"))
    )
    for clock.at in (NOON + timedelta(hours=2), MONTH_LATER - timedelta(hours=1)):
        await worked(scope)  # the first invoice is paid, the next one announced
    clock.at = MONTH_LATER
    return scope


def agenda(scope: Scope, **handlers: Handler) -> Agenda:
    """What is due, with some handlers replaced by their kinds' names."""
    replaced = {AgendaKind[kind]: handler for kind, handler in handlers.items()}
    return agenda_of_the_system(HANDLERS | replaced, scope)


async def worked(scope: Scope) -> None:
    """Work until nothing is left to be done at this moment."""
    while await agenda(scope).run_group():
        pass


async def totals() -> list[int]:
    """What invoices ask for, oldest first."""
    return [each.total for each in await Invoice.all().order_by("id")]


async def test_phase_comes_first_whichever_was_put_on_the_agenda_first(scope: Scope) -> None:
    due = await AgendaEntry.filter(due_at=MONTH_LATER).order_by("id")
    assert [each.kind for each in due] == ["subscription.renew", "schedule.phase"]

    await worked(scope)

    assert await totals() == [1500, 4000]
    assert (await SubscriptionSchedule.get()).position == 1


async def test_renewal_gives_way_once_to_a_phase_that_another_worker_is_about_to_begin(scope: Scope) -> None:
    await AgendaEntry.filter(kind="schedule.phase").update(due_at=MONTH_LATER + timedelta(seconds=10))
    await agenda(scope).run_group()
    assert await totals() == [1500]
    renewal = await AgendaEntry.get(kind="subscription.renew")
    assert (renewal.due_at, renewal.attempts) == (MONTH_LATER + timedelta(seconds=30), 1)

    clock = scope.clock
    assert isinstance(clock, StandingClock)
    clock.at = MONTH_LATER + timedelta(seconds=30)
    await worked(scope)

    assert await totals() == [1500, 4000]


async def test_renewal_waits_no_second_time(scope: Scope) -> None:
    await AgendaEntry.filter(kind="schedule.phase").update(due_at=MONTH_LATER + timedelta(hours=5))
    await agenda(scope).run_group()
    clock = scope.clock
    assert isinstance(clock, StandingClock)
    clock.at = MONTH_LATER + timedelta(seconds=30)

    await worked(scope)

    assert await totals() == [1500, 1500]


class Crash(Exception):
    """The process dies."""


async def test_crash_within_a_passage_leaves_nothing_and_the_next_run_does_it_once(scope: Scope) -> None:
    moved = HANDLERS[AgendaKind.SCHEDULE_PHASE]

    async def crashing(under: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        await moved(under, entries)
        raise Crash

    events = await Event.all().count()
    before = [dict(row) for row in await AgendaEntry.filter(kind="schedule.phase").values("due_at", "subject_id")]
    await agenda(scope, SCHEDULE_PHASE=crashing).run_group()

    assert await Event.all().count() == events
    assert [item.price_id for item in await SubscriptionItem.all()] == [await first_price()]
    schedule = await SubscriptionSchedule.get()
    assert schedule.position == 0
    [entry] = await AgendaEntry.filter(kind="schedule.phase")
    assert (entry.subject_id, entry.attempts, entry.last_error) == (before[0]["subject_id"], 1, "Crash: ")
    clock = scope.clock
    assert isinstance(clock, StandingClock)
    clock.at = entry.due_at
    await worked(scope)  # the renewal gives way to the phase, which now begins
    clock.at += timedelta(seconds=30)
    await worked(scope)

    told = [event.type for event in await Event.filter(type__startswith="subscription_schedule")]
    assert told.count("subscription_schedule.updated") == 1
    assert (await SubscriptionSchedule.get()).position == 1
    assert await totals() == [1500, 4000]
    assert (await Subscription.get()).cycle == 1


async def first_price() -> str:
    """The price of the first phase."""
    price: str = (await SubscriptionSchedule.get()).phases[0]["items"][0]["price"]
    return price
