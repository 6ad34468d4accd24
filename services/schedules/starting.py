"""The first phase of a schedule: its subscription is made, by the code that makes all subscriptions."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.event_types import EventType
from domain.lifecycles import SUBSCRIPTION_SCHEDULE, SubscriptionScheduleStatus
from domain.schedules import TRIED_AGAIN_AFTER, Phase, expiring_at
from domain.sharing import Sharing
from domain.subscriptions import BillingMode, PaymentBehavior
from models import AgendaEntry, SubscriptionSchedule
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.finalization import Finalization
from services.invoices.one_time import OneTimeDraft
from services.known_tax_rates import KnownTaxRates
from services.rows import insert_rows, update_rows
from services.schedules.cancel_dates import cancel_date_of
from services.schedules.discounts import PhaseDiscounts, drafts_of
from services.subscriptions import ItemDraft, SubscriptionDraft
from services.subscriptions.creation import Creation
from services.subscriptions.drafts import Agreed
from services.subscriptions.planning import Plan, Planning
from services.transactions import savepoint

STARTED = ("status", "position", "subscription_id", "problem", "problem_at")


class Starting(Service):
    """Begins schedules."""

    tax_rates = part(KnownTaxRates)
    events = part(Events)
    due = part(Due)
    planning = part(Planning)
    creation = part(Creation)
    finalization = part(Finalization)
    discounts = part(PhaseDiscounts)

    async def begin_new(self, row: SubscriptionSchedule) -> None:
        """Store a schedule whose first phase begins at once, and make its subscription.

        Events `subscription_schedule.created`, then those of the subscription.
        """
        plan = await self._planned(row)
        self._attach(row, plan)
        self.events.record(EventType.SUBSCRIPTION_SCHEDULE_CREATED, row, at=plan.at)
        await self.creation.write(plan)
        await insert_rows([row])
        await self.set_end(row, plan.at)

    async def begin_due(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SCHEDULE_START. Events of each subscription, then `subscription_schedule.updated`.

        A schedule that cannot begin keeps why, and is tried again a day later; it keeps nobody else waiting.
        """
        known = await self.gather(SubscriptionSchedule, "id", [entry.subject_id for entry in entries])
        await self.finalization.payers(row.customer_id for row in known)  # held before their schedules, all in order
        rows = await self.gather(SubscriptionSchedule, "id", [row.id for row in known], lock=True)
        # One after the other, as subscriptions are made: each is planned against what its customer has by then.
        for row in rows:
            if row.status == SubscriptionScheduleStatus.NOT_STARTED:
                await self._try(row)

    async def set_end(self, row: SubscriptionSchedule, at: datetime) -> None:
        """Put the end of the current phase on the agenda, and tell of the schedule's own in time."""
        end = Phase.from_json(row.phases[row.position]).end
        await self.due.schedule(AgendaKind.SCHEDULE_PHASE, row.id, end, test_clock_id=row.test_clock_id)
        await self.set_expiring(row, at)

    async def set_expiring(self, row: SubscriptionSchedule, at: datetime) -> None:
        """Let the end of a running schedule be told seven days before, or now when it is nearer."""
        told_at = expiring_at(Phase.from_json(row.phases[-1]).end)
        kind = AgendaKind.SCHEDULE_EXPIRING
        if told_at > at:
            await self.due.schedule(kind, row.id, told_at, test_clock_id=row.test_clock_id)
        else:
            await self.due.cancel(row.id, kind)
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_EXPIRING, row, at=at)

    async def tell_expiring(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SCHEDULE_EXPIRING: tell of those that still run."""
        rows = await self.gather(
            SubscriptionSchedule,
            "id",
            [entry.subject_id for entry in entries],
            order=("id",),
            status=SubscriptionScheduleStatus.ACTIVE,
        )
        presents = await self.presents(row.test_clock_id for row in rows)
        for row in rows:
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_EXPIRING, row, at=presents[row.test_clock_id])

    async def _try(self, row: SubscriptionSchedule) -> None:
        await self.tax_rates.by_id(tax_rates_of(row))
        before = self.events.snapshot(row)
        try:
            async with savepoint():
                plan = await self._planned(row)
                self._attach(row, plan)
                await self.creation.write(plan)
                await update_rows([row], STARTED)
        except DomainError as error:
            at = (await self.presents([row.test_clock_id]))[row.test_clock_id]
            row.problem, row.problem_at = told(error), at
            await update_rows([row], ("problem", "problem_at"))
            again = Appointment(AgendaKind.SCHEDULE_START, row.id, at + TRIED_AGAIN_AFTER, row.test_clock_id)
            await self.due.schedule_all([again])
            return
        self.events.record(EventType.SUBSCRIPTION_SCHEDULE_UPDATED, row, at=plan.at, before=before)
        await self.set_end(row, plan.at)

    async def _planned(self, row: SubscriptionSchedule) -> Plan:
        """The subscription of the first phase, which is checked as any that is asked for."""
        phase = Phase.from_json(row.phases[0])
        at = (await self.presents([row.test_clock_id]))[row.test_clock_id]
        trial_end, cancel_at = phase.trial_end, cancel_date_of(row)
        await self.discounts.refuse_gone(phase)
        return await self.planning.plan(
            SubscriptionDraft(
                customer=row.customer_id,
                items=tuple(
                    ItemDraft(
                        each.price,
                        quantity=each.quantity,
                        metadata=each.metadata,
                        price_made=True,
                        tax_rates=each.tax_rates,
                        unit_amount=each.unit_amount,
                        discounts=drafts_of(each.discounts),
                    )
                    for each in phase.items
                ),
                add_invoice_items=tuple(
                    OneTimeDraft(
                        each.price,
                        each.quantity,
                        price_made=True,
                        tax_rates=each.tax_rates,
                        discounts=drafts_of(each.discounts),
                    )
                    for each in phase.add_invoice_items
                ),
                payment_behavior=PaymentBehavior.DEFAULT_INCOMPLETE,  # nothing is charged before the draft is final
                trial_end=trial_end if trial_end is not None and trial_end > at else None,
                cancel_at=cancel_at if cancel_at is not None and cancel_at > at else None,
                billing_mode=BillingMode(row.billing_mode),
                description=phase.description or row.description,
                metadata=phase.metadata,
                default_tax_rates=phase.default_tax_rates,
                discounts=drafts_of(phase.discounts),
                scheduled=True,
                currency=row.currency,
                agreed=Agreed(Sharing.from_json(phase.sharing), row.application_id),
            )
        )

    def _attach(self, row: SubscriptionSchedule, plan: Plan) -> None:
        """Let schedule and subscription know of each other."""
        phase, made = Phase.from_json(row.phases[0]), plan.whole.row
        made.default_payment_method_id = phase.default_payment_method or row.default_payment_method_id
        made.schedule_id, made.phase_ends_at = row.id, phase.end
        if row.status != SubscriptionScheduleStatus.ACTIVE:
            before = SubscriptionScheduleStatus(row.status)
            row.status = SUBSCRIPTION_SCHEDULE.move(row.id, before, SubscriptionScheduleStatus.ACTIVE)
        row.position, row.subscription_id = 0, made.id
        row.problem = row.problem_at = None


def told(error: DomainError) -> dict[str, str]:
    """A refusal as a schedule keeps it."""
    return {"code": error.problems[0].code.value, "message": str(error)}


def tax_rates_of(row: SubscriptionSchedule) -> set[str]:
    """The tax rates that any phase names."""
    phases = [Phase.from_json(each) for each in row.phases]
    rates = {rate for phase in phases for rate in phase.default_tax_rates}
    rates |= {rate for phase in phases for item in phase.items for rate in item.tax_rates}
    return rates | {rate for phase in phases for once in phase.add_invoice_items for rate in once.tax_rates}
