"""Renewing subscriptions: the period moves on and the next invoice is drafted, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, LineDraft, PriceFacts, invoice_draft_of
from domain.lifecycles import SubscriptionStatus
from domain.periods import Period, period_containing, period_from
from models import AgendaEntry, InvoiceItem, SubscriptionItem
from services.aggregates import PricedItem, WholeInvoice, WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events, Snapshot
from services.invoices.drafting import Drafting, Wanted
from services.invoices.items import InvoiceItems, line_of
from services.rows import update_rows
from services.settings import Settings
from services.subscriptions.metering import Metering, rows_of
from services.subscriptions.period_agenda import PeriodAgenda, current_period_end, due_items
from services.subscriptions.scheduled import ScheduledChanges
from services.subscriptions.wholes import (
    WholeSubscriptions,
    billed_items,
    recurrence_of_item,
    recurrence_of_subscription,
)

GIVES_WAY_FOR = timedelta(seconds=30)
"""How long a renewal waits for a phase of a schedule that is to begin at the same moment."""
RENEWABLE = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID})


class Renewal(Service):
    """Moves subscriptions into their next period."""

    events = part(Events)
    due = part(Due)
    drafting = part(Drafting)
    items = part(InvoiceItems)
    wholes = part(WholeSubscriptions)
    settings = part(Settings)
    scheduled = part(ScheduledChanges)
    agenda = part(PeriodAgenda)
    metering = part(Metering)

    async def renew(self, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
        """Renew the subjects of these agenda entries, as far as they still run; the entries to come back to later.

        Those are renewals of subscriptions whose schedule is to change at the same moment, which another worker may be
        about to do: they give way once, so that the new phase is what is billed.

        Events `invoice.created` and `customer.subscription.updated` for each. The next renewal and the draft's
        finalization are on the agenda afterwards.
        """
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        running = [whole for whole in found if whole.row.status in RENEWABLE]
        changing = {whole.row.id for whole in running if _changes_first(whole)}
        giving_way = [entry for entry in entries if entry.subject_id in changing and not entry.attempts]
        waiting = {entry.subject_id for entry in giving_way}
        await self.move_on([whole for whole in running if whole.row.id not in waiting])
        return giving_way

    async def move_on(
        self,
        wholes: Sequence[WholeSubscription],
        befores: Sequence[Snapshot] | None = None,
        also: Sequence[str] = (),
    ) -> list[WholeInvoice]:
        """Move held subscriptions into their next period; as `renew`.

        `befores` are their snapshots from before a change that goes along with it and that set the columns in `also`.
        """
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        befores = [self.events.snapshot(whole) for whole in wholes] if befores is None else befores
        passed = [
            row for whole in wholes for row in self.metering.passed(whole, due_items(whole), current_period_end(whole))
        ]
        if any(whole.row.scheduled_change for whole in wholes):
            wholes = await self.scheduled.carried_out(wholes, presents)
            also = (*also, "scheduled_change", "has_usage")
        usage = await self.metering.usage.drafted((whole.row for whole in wholes), passed, rows_of(wholes))
        facts = await self.wholes.facts_of(item.price for whole in wholes for item in whole.items)
        settings = await self.settings.current()
        delay = timedelta(seconds=settings.invoice_finalization_delay)
        waiting = await self.items.waiting_for(whole.row for whole in wholes)
        due = [item.row for whole in wholes for item in due_items(whole)]
        wanted = [
            _moved_on(
                whole, facts, waiting.get(whole.row.id, ()), usage.of(whole.row.id), presents[whole.row.test_clock_id],
                delay,
            )
            for whole in wholes
        ]  # fmt: skip
        invoices = await self.drafting.write(wanted)
        await self.metering.usage.store(usage)
        for whole, invoice in zip(wholes, invoices, strict=True):
            whole.row.latest_invoice_id = invoice.row.id
        await self.items.take_up(invoices, waiting)
        await self._store(wholes, due, also)
        await self._finalize_later(invoices)
        await self.agenda.schedule(wholes, presents, days=settings.upcoming_invoice_days)
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return invoices

    async def _store(
        self, wholes: Sequence[WholeSubscription], items: Sequence[SubscriptionItem], also: Sequence[str]
    ) -> None:
        """Write the periods moved on. What a change left behind is written off only where there was a change."""
        await update_rows([whole.row for whole in wholes], ("cycle", "latest_invoice_id", "has_pending_items", *also))
        columns = ["current_period_start", "current_period_end"]
        if any(item.metered_since is not None for item in items):
            columns.append("metered_since")
        if any(item.invoiced_price_id is not None for item in items):
            columns += ["invoiced_price_id", "invoiced_quantity", "invoiced_unit_amount"]
            for item in items:
                item.invoiced_price_id = item.invoiced_quantity = item.invoiced_unit_amount = None
        await update_rows(items, columns)

    async def _finalize_later(self, invoices: Sequence[WholeInvoice]) -> None:
        finalizations = [
            Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, _finalizes_at(each), each.row.test_clock_id)
            for each in invoices
            if each.row.auto_advance
        ]
        await self.due.schedule_all(finalizations, fresh=True)


def _changes_first(whole: WholeSubscription) -> bool:
    """Whether a phase of its schedule ends with the period or before, and the next one has not begun."""
    return whole.row.phase_ends_at is not None and whole.row.phase_ends_at <= current_period_end(whole)


def next_periods(whole: WholeSubscription) -> list[tuple[PricedItem, Period]]:
    """What the next renewal bills: the items that are then due, each with its own next period.

    That lasts up to the anchor where that is still to come, and no longer than the subscription.
    """
    row, begins, shortest = whole.row, current_period_end(whole), recurrence_of_subscription(whole)
    until = row.cancel_at if row.cancel_at is not None and row.cancel_at > begins else None
    anchor, index = row.billing_cycle_anchor, row.cycle + 1 - row.anchor_cycle
    periods = []
    for item in due_items(whole):
        recurrence = recurrence_of_item(item)
        own = index if recurrence == shortest else period_containing(anchor, recurrence, begins).index
        periods.append((item, period_from(begins, anchor, recurrence, own, until)))
    return periods


def _moved_on(
    whole: WholeSubscription,
    facts: Mapping[str, PriceFacts],
    waiting: Sequence[InvoiceItem],
    usage: Sequence[LineDraft],
    at: datetime,
    delay: timedelta,
) -> Wanted:
    """Set the subscription into its next period; the invoice that this asks for, with the items that waited for it."""
    row, periods = whole.row, next_periods(whole)
    draft = next_invoice(whole, periods, facts, [line_of(item) for item in waiting], usage)
    passed_start = max(item.row.current_period_start for item, _ in periods)
    passed_end = current_period_end(whole)
    row.cycle += 1
    row.has_pending_items = False
    for item, period in periods:
        item.row.current_period_start, item.row.current_period_end = period.start, period.end
    return Wanted(
        subscription=row,
        draft=draft,
        reason=BillingReason.SUBSCRIPTION_CYCLE,
        period_start=passed_start,
        period_end=passed_end,
        at=at,
        finalizes_at=at + delay,
    )


def next_invoice(
    whole: WholeSubscription,
    periods: Iterable[tuple[PricedItem, Period]],
    facts: Mapping[str, PriceFacts],
    waiting: Sequence[LineDraft],
    usage: Sequence[LineDraft],
) -> InvoiceDraft:
    """What the next renewal asks for: the lines that wait for it, the next `periods` of the items, and the usage."""
    items = [billed for item, period in periods for billed in billed_items([item], facts, period, whole.row.currency)]
    return invoice_draft_of(items, whole.row.currency, waiting, usage)


def _finalizes_at(invoice: WholeInvoice) -> datetime:
    assert invoice.row.automatically_finalizes_at is not None, f"draft {invoice.row.id} without a moment"
    return invoice.row.automatically_finalizes_at
