"""Renewing subscriptions: the period moves on and the next invoice is drafted, in sets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, LineDraft, PriceFacts, invoice_draft_of
from domain.lifecycles import SubscriptionStatus
from domain.periods import Period, period_from
from models import AgendaEntry, InvoiceItem
from services.aggregates import WholeInvoice, WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events, Snapshot
from services.invoices.drafting import Drafting, Wanted
from services.invoices.items import InvoiceItems, line_of
from services.rows import update_rows
from services.settings import Settings
from services.subscriptions.scheduled import ScheduledChanges
from services.subscriptions.wholes import WholeSubscriptions, billed_items, recurrence_of_subscription

PERIOD_ENDINGS = (
    AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.SUBSCRIPTION_CANCEL, AgendaKind.SUBSCRIPTION_TRIAL_END,
)  # fmt: skip
"""What may happen when a period ends; a subscription has one of them on the agenda."""
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

    async def renew(self, entries: Sequence[AgendaEntry]) -> list[WholeInvoice]:
        """Renew the subjects of these agenda entries, as far as they still run; the drafts made.

        Events `invoice.created` and `customer.subscription.updated` for each. The next renewal and the draft's
        finalization are on the agenda afterwards.
        """
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        return await self.move_on([whole for whole in found if whole.row.status in RENEWABLE])

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
        if any(whole.row.scheduled_change for whole in wholes):
            wholes = await self.scheduled.carried_out(wholes, presents)
            also = (*also, "scheduled_change")
        facts = await self.wholes.facts_of(item.price for whole in wholes for item in whole.items)
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        waiting = await self.items.waiting_for(whole.row for whole in wholes)
        wanted = [
            _moved_on(whole, facts, waiting.get(whole.row.id, ()), presents[whole.row.test_clock_id], delay)
            for whole in wholes
        ]
        invoices = await self.drafting.write(wanted)
        for whole, invoice in zip(wholes, invoices, strict=True):
            whole.row.latest_invoice_id = invoice.row.id
        await self.items.take_up(invoices, waiting)
        await self._store(wholes, also)
        await self._schedule(wholes, invoices)
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return invoices

    async def _store(self, wholes: Sequence[WholeSubscription], also: Sequence[str]) -> None:
        """Write the periods moved on. What a change left behind is written off only where there was a change."""
        await update_rows([whole.row for whole in wholes], ("cycle", "latest_invoice_id", "has_pending_items", *also))
        items = [item.row for whole in wholes for item in whole.items]
        columns = ["current_period_start", "current_period_end"]
        if any(item.invoiced_price_id is not None for item in items):
            columns += ["invoiced_price_id", "invoiced_quantity"]
            for item in items:
                item.invoiced_price_id = item.invoiced_quantity = None
        await update_rows(items, columns)

    async def _schedule(self, wholes: Sequence[WholeSubscription], invoices: Sequence[WholeInvoice]) -> None:
        """The drafts' finalization and what ends the new periods."""
        finalizations = [
            Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, _finalizes_at(each), each.row.test_clock_id)
            for each in invoices
            if each.row.auto_advance
        ]
        await self.due.schedule_all(finalizations, fresh=True)
        await self.due.schedule_all([period_ending(whole) for whole in wholes])


def period_ending(whole: WholeSubscription) -> Appointment:
    """What happens when the current period of the subscription ends: it is renewed, or cancelled if that was asked."""
    row = whole.row
    if row.cancel_at is not None and row.cancel_at <= current_period_end(whole):
        return Appointment(AgendaKind.SUBSCRIPTION_CANCEL, row.id, row.cancel_at, row.test_clock_id)
    if row.status == SubscriptionStatus.TRIALING:
        kind = AgendaKind.SUBSCRIPTION_TRIAL_END
    else:
        kind = AgendaKind.SUBSCRIPTION_RENEW
    return Appointment(kind, row.id, current_period_end(whole), row.test_clock_id)


def current_period_end(whole: WholeSubscription) -> datetime:
    """When the current period ends; the items of a subscription share theirs."""
    return whole.items[0].row.current_period_end


def _moved_on(
    whole: WholeSubscription,
    facts: Mapping[str, PriceFacts],
    waiting: Sequence[InvoiceItem],
    at: datetime,
    delay: timedelta,
) -> Wanted:
    """Set the subscription into its next period; the invoice that this asks for, with the items that waited for it."""
    passed = whole.items[0].row
    passed_start, passed_end = passed.current_period_start, passed.current_period_end
    row = whole.row
    period = next_period(whole)
    draft = next_invoice(whole, facts, [line_of(item) for item in waiting])
    row.cycle += 1
    row.has_pending_items = False
    for item in whole.items:
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
    whole: WholeSubscription, facts: Mapping[str, PriceFacts], waiting: Sequence[LineDraft]
) -> InvoiceDraft:
    """What the next renewal asks for: the lines that wait for it, then the next period of every item."""
    return invoice_draft_of(billed_items(whole.items, facts, next_period(whole)), whole.row.currency, waiting)


def next_period(whole: WholeSubscription) -> Period:
    """What is billed next: up to the anchor where that is still to come, and no longer than the subscription lasts."""
    row, begins = whole.row, current_period_end(whole)
    until = row.cancel_at if row.cancel_at is not None and row.cancel_at > begins else None
    index = row.cycle + 1 - row.anchor_cycle
    return period_from(begins, row.billing_cycle_anchor, recurrence_of_subscription(whole), index, until)


def _finalizes_at(invoice: WholeInvoice) -> datetime:
    assert invoice.row.automatically_finalizes_at is not None, f"draft {invoice.row.id} without a moment"
    return invoice.row.automatically_finalizes_at
