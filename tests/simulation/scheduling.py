"""What the simulation may do with schedules, and what holds of them at rest."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from domain.agenda import AgendaKind
from domain.lifecycles import LIVING, SCHEDULES_LIVING, SubscriptionScheduleStatus
from domain.periods import Interval
from domain.schedules import Phase, SubscriptionScheduleEndBehavior
from domain.subscriptions import ProrationBehavior
from models import AgendaEntry, Customer, Event, Subscription, SubscriptionItem, SubscriptionSchedule, TestClock
from services.schedules import (
    DurationDraft,
    PhaseDraft,
    ScheduleCancelDraft,
    ScheduleChange,
    ScheduleDraft,
    ScheduleReleaseDraft,
    Schedules,
)
from services.scope import Scope
from services.subscriptions import ItemDraft
from tests.simulation.discounts import some_discounts

Action = Callable[[Scope], Awaitable[Any]]
_S = SubscriptionScheduleStatus


class Scheduling:
    """Draws calls about schedules; a part of `Actions`."""

    dice: random.Random
    scope: Scope
    clock: str
    prices: list[str]

    async def plan(self) -> Action | None:
        """A schedule for somebody, from now or a later time on, or around a subscription."""
        customers = await Customer.all().order_by("id")
        subscriptions = await Subscription.filter(status__in=LIVING).order_by("id")
        if not customers:
            return None
        if subscriptions and self.dice.random() < 0.4:
            taken = ScheduleDraft(from_subscription=self.dice.choice(subscriptions).id)
            return lambda scope: Schedules(scope).create(taken)
        now = (await TestClock.get(id=self.clock)).frozen_at
        draft = ScheduleDraft(
            customer=self.dice.choice(customers).id,
            start_date=self.dice.choice((None, None, now + timedelta(days=9))),
            phases=await self._phases(self.dice.choice(self.prices)),
            end_behavior=self.dice.choice(tuple(SubscriptionScheduleEndBehavior)),
        )
        return lambda scope: Schedules(scope).create(draft)

    async def replan(self) -> Action | None:
        """The current phase of a schedule changes, and those to come."""
        rows = await SubscriptionSchedule.filter(status__in=SCHEDULES_LIVING).order_by("id")
        if not rows:
            return None
        row = self.dice.choice(rows)
        current = Phase.from_json(row.phases[max(row.position, 0)])
        price = self.dice.choice((current.items[0].price, self.dice.choice(self.prices)))
        change = ScheduleChange(
            id=row.id,
            phases=await self._phases(price),
            end_behavior=self.dice.choice(tuple(SubscriptionScheduleEndBehavior)),
            proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
        )
        return lambda scope: Schedules(scope).update(change)

    async def unplan(self) -> Action | None:
        """A schedule is released or canceled."""
        rows = await SubscriptionSchedule.all().order_by("id")
        if not rows:
            return None
        row, flags = self.dice.choice(rows), (self.dice.random() < 0.5, self.dice.random() < 0.5)
        if self.dice.random() < 0.6:
            release = ScheduleReleaseDraft(row.id, preserve_cancel_date=flags[0])
            return lambda scope: Schedules(scope).release(release)
        cancel = ScheduleCancelDraft(row.id, invoice_now=flags[0], prorate=flags[1])
        return lambda scope: Schedules(scope).cancel(cancel)

    async def _phases(self, price: str) -> tuple[PhaseDraft, ...]:
        """One to three phases; mostly with prices that go together with the first."""
        phases = []
        for _ in range(self.dice.choice((1, 2, 3))):
            lasting = DurationDraft(
                self.dice.choice((Interval.DAY, Interval.WEEK, Interval.MONTH)), self.dice.choice((1, 2))
            )
            chosen = self.dice.choice((price, price, self.dice.choice(self.prices)))
            phases.append(
                PhaseDraft(
                    items=(ItemDraft(chosen, quantity=self.dice.choice((0, 1, 3))),),
                    duration=self.dice.choice((None, lasting, lasting)),
                    trial=self.dice.random() < 0.15,
                    discounts=await some_discounts(self.dice),
                    proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
                )
            )
        return tuple(phases)


async def check_schedules() -> None:
    """A schedule in force has its next moment on the agenda and its subscription at its side, as the phase says."""
    kinds = (AgendaKind.SCHEDULE_START, AgendaKind.SCHEDULE_PHASE)
    planned = {entry.subject_id: entry for entry in await AgendaEntry.filter(kind__in=kinds)}
    expiring = {entry.subject_id for entry in await AgendaEntry.filter(kind=AgendaKind.SCHEDULE_EXPIRING)}
    subscriptions = {row.id: row for row in await Subscription.all()}
    schedules = {row.id: row for row in await SubscriptionSchedule.all()}
    for row in schedules.values():
        if row.status == _S.ACTIVE:
            assert planned[row.id].kind == AgendaKind.SCHEDULE_PHASE, row.id
            await _check_running(row, subscriptions[str(row.subscription_id)])
            continue
        assert row.id not in expiring, f"{row.id} is {row.status}"
        assert (row.id in planned) == (row.status == _S.NOT_STARTED), f"{row.id} is {row.status}"
        assert row.status != _S.NOT_STARTED or row.subscription_id is None, row.id
    for subscription in subscriptions.values():
        if subscription.status in LIVING and subscription.schedule_id is not None:
            schedule = schedules[subscription.schedule_id]
            assert (schedule.status, schedule.subscription_id) == (_S.ACTIVE, subscription.id), schedule.id
    told = {event.object_id: event.data for event in await Event.all().order_by("sequence")}
    for row in schedules.values():
        said = told[row.id]
        assert (said["status"], said["subscription"]) == (row.status, row.subscription_id), row.id
        assert [each["end_date"] for each in said["phases"]] == [each["end"] for each in row.phases], row.id


async def _check_running(row: SubscriptionSchedule, subscription: Subscription) -> None:
    phase = Phase.from_json(row.phases[row.position])
    assert subscription.status in LIVING and subscription.schedule_id == row.id, row.id
    assert subscription.phase_ends_at == (None if row.problem else phase.end), row.id
    items = {(item.price_id, item.quantity) for item in await SubscriptionItem.filter(subscription_id=subscription.id)}
    assert items == {(each.price, each.quantity) for each in phase.items}, row.id
