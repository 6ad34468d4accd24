"""Changing schedules: the current phase, those to come, and what happens at the end."""

from dataclasses import replace
from datetime import datetime

from domain.agenda import AgendaKind
from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import SCHEDULES_LIVING, SUBSCRIPTION_SCHEDULE, SubscriptionScheduleStatus
from domain.metadata import merged_metadata
from domain.schedules import Phase, PhaseDiscount
from domain.sharing import Sharing
from models import Customer, Subscription, SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.known_tax_rates import KnownTaxRates
from services.rows import update_rows
from services.schedules.cancel_dates import CancelDates, cancel_date_of
from services.schedules.creation import ScheduleCreation
from services.schedules.discounts import PhaseDiscounts, discounts_of, entries_of
from services.schedules.drafts import ScheduleChange
from services.schedules.passages import Passage, Passages
from services.schedules.phasing import Frame, Phases
from services.schedules.starting import Starting, tax_rates_of
from services.subscriptions.wholes import WholeSubscriptions, recurrence_of_subscription

_CHANGEABLE = (
    "phases", "end_behavior", "default_payment_method_id", "description", "metadata", "problem", "problem_at",
)  # fmt: skip


class Updating(Service):
    """Applies changes to schedules."""

    tax_rates = part(KnownTaxRates)
    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    phases = part(Phases)
    passages = part(Passages)
    starting = part(Starting)
    creation = part(ScheduleCreation)
    cancel_dates = part(CancelDates)
    discounts = part(PhaseDiscounts)

    async def held(self, identifier: str, verb: str) -> tuple[SubscriptionSchedule, WholeSubscription | None]:
        """A schedule that lives, and its subscription, both held; refused when it does not."""
        known = await self.require(SubscriptionSchedule, identifier)
        await self.gather(Customer, "id", [known.customer_id], lock=True)
        whole = None
        if known.subscription_id is not None:
            [whole] = await self.wholes.of([await self.lock(Subscription, known.subscription_id)])
        row = await self.lock(SubscriptionSchedule, identifier)
        status = SubscriptionScheduleStatus(row.status)
        SUBSCRIPTION_SCHEDULE.refuse_unless(verb, row.id, status, allowed=SCHEDULES_LIVING)
        if row.subscription_id != known.subscription_id:
            raise DomainError(
                ErrorCode.LOCK_TIMEOUT, f"Schedule {row.id} is just beginning its first phase; try again.", "id"
            )
        return row, whole

    async def update(self, change: ScheduleChange) -> SubscriptionSchedule:
        """Apply the change. Events of its subscription where the current phase changes, then its own."""
        row, whole = await self.held(change.id, "update")
        at = await self.present(row.test_clock_id)
        await self.tax_rates.by_id(tax_rates_of(row))
        before, phases = self.events.snapshot(row), row.phases
        row.end_behavior = given(change.end_behavior, row.end_behavior)
        if change.metadata is not UNSET:
            row.metadata = merged_metadata(row.metadata, change.metadata or {})
        if change.default_settings is not UNSET or change.phases is not UNSET:
            customer = await self.require(Customer, row.customer_id)
            if change.default_settings is not UNSET:
                await self.creation.set_defaults(row, change.default_settings, customer)
            if change.phases is not UNSET:
                await self._set_phases(row, whole, change, customer, at)
        if self.events.snapshot(row) == before:
            return row
        await update_rows([row], _CHANGEABLE)
        await self._set_cancel_date(row, change, at)
        self.events.record(EventType.SUBSCRIPTION_SCHEDULE_UPDATED, row, at=at, before=before)
        if row.phases != phases:
            await self._reschedule(row, phases, at)
        return row

    async def _set_phases(
        self,
        row: SubscriptionSchedule,
        whole: WholeSubscription | None,
        change: ScheduleChange,
        customer: Customer,
        at: datetime,
    ) -> None:
        """Put these phases in the place of the current one and all that were to follow."""
        assert change.phases is not UNSET, "phases are set where they are given"
        place = max(row.position, 0)
        current = Phase.from_json(row.phases[place])
        frame = Frame(
            customer,
            start=current.start,
            anchor=current.start,
            agreed={*tax_rates_of(row), *_prices_of(row)},
            discounts=await self._agreed(row, whole),
            sharings=[Sharing.from_json(phase["sharing"]) for phase in row.phases],
        )
        if whole is not None:
            anchor, recurrence = whole.row.billing_cycle_anchor, recurrence_of_subscription(whole)
            frame = replace(frame, anchor=anchor, currency=row.currency, recurrence=recurrence)
            frame = replace(frame, automatic_tax=whole.row.automatic_tax)
        elif change.phases and change.phases[0].start_date is not None:
            start = _later_start(change.phases[0].start_date, at)
            frame = replace(frame, start=start, anchor=start)
        fitted = await self.phases.fitted(change.phases, frame)
        if whole is not None:
            _refuse_rewriting(current, fitted.phases[0], at)
        row.currency = fitted.currency
        row.phases = [*row.phases[:place], *(phase.as_json() for phase in fitted.phases)]
        row.problem = row.problem_at = None
        if whole is not None and fitted.phases[0] != current:
            passage = Passage(row, whole, fitted.phases[0], change.proration_behavior, former=current)
            for refusal in (await self.passages.carry_out([passage])).values():
                raise refusal.under("phases", "0")

    async def _agreed(self, row: SubscriptionSchedule, whole: WholeSubscription | None) -> list[PhaseDiscount]:
        """What the schedule names as it was, and what its subscription has."""
        named = [each for phase in row.phases for each in discounts_of(Phase.from_json(phase))]
        if whole is None:
            return named
        held = await self.discounts.held([whole])
        return [*named, *entries_of(held, held)]

    async def _set_cancel_date(self, row: SubscriptionSchedule, change: ScheduleChange, at: datetime) -> None:
        """Let the subscription end with the schedule as that now is. Event `customer.subscription.updated`."""
        found = await self.wholes.by("id", [row.subscription_id])
        for whole in found:
            before = self.events.snapshot(whole)
            await self.cancel_dates.set(whole, cancel_date_of(row), change.proration_behavior, at)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)

    async def _reschedule(self, row: SubscriptionSchedule, before: list[dict[str, object]], at: datetime) -> None:
        """Let the agenda know of the new moments; the end is told again only when it moved."""
        if row.status == SubscriptionScheduleStatus.NOT_STARTED:
            start = max(Phase.from_json(row.phases[0]).start, at)
            kind = AgendaKind.SCHEDULE_START
            await self.due.schedule(kind, row.id, start, test_clock_id=row.test_clock_id)
            return
        end = Phase.from_json(row.phases[row.position]).end
        await self.due.schedule(AgendaKind.SCHEDULE_PHASE, row.id, end, test_clock_id=row.test_clock_id)
        if row.phases[-1]["end"] != before[-1]["end"]:
            await self.starting.set_expiring(row, at)


def _later_start(start: datetime, at: datetime) -> datetime:
    if start <= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A schedule that waits cannot begin at {start:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC.",
            ("phases", "0", "startDate"),
        )
    return start


def _refuse_rewriting(current: Phase, wanted: Phase, at: datetime) -> None:
    """What a phase began with has happened; its end has still to come."""
    if wanted.end <= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The current phase cannot end at {wanted.end:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC.",
            ("phases", "0", "endDate"),
        )
    if (current.trial_end, current.add_invoice_items) != (wanted.trial_end, wanted.add_invoice_items):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            "The trial of the current phase and what it charged once are behind it; repeat them as they are. To charge"
            " something else, create an invoice item.",
            ("phases", "0", "trialEnd" if current.trial_end != wanted.trial_end else "addInvoiceItems"),
        )


def _prices_of(row: SubscriptionSchedule) -> set[str]:
    """The prices of all phases."""
    return {each["price"] for phase in row.phases for each in (*phase["items"], *phase["add_invoice_items"])}
