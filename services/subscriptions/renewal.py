"""Renewing subscriptions: the period moves on and the next invoice is drafted, in sets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import PriceFacts, invoice_draft_of
from domain.lifecycles import SubscriptionStatus
from domain.periods import period_number
from models import AgendaEntry
from services.aggregates import WholeInvoice, WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.rows import update_rows
from services.settings import Settings
from services.subscriptions.wholes import WholeSubscriptions, billed_items, recurrence_of_subscription

RENEWABLE = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE})


class Renewal(Service):
    """Moves subscriptions into their next period."""

    events = part(Events)
    due = part(Due)
    drafting = part(Drafting)
    wholes = part(WholeSubscriptions)
    settings = part(Settings)

    async def renew(self, entries: Sequence[AgendaEntry]) -> list[WholeInvoice]:
        """Renew the subjects of these agenda entries, as far as they still run; the drafts made.

        Events `invoice.created` and `customer.subscription.updated` for each. The next renewal and the draft's
        finalization are on the agenda afterwards.
        """
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        wholes = [whole for whole in found if whole.row.status in RENEWABLE]
        facts = await self.wholes.facts_of(item.price for whole in wholes for item in whole.items)
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        befores = [self.events.snapshot(whole) for whole in wholes]
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        wanted = [_moved_on(whole, facts, presents[whole.row.test_clock_id], delay) for whole in wholes]
        invoices = await self.drafting.write(wanted)
        for whole, invoice in zip(wholes, invoices, strict=True):
            whole.row.latest_invoice_id = invoice.row.id
        await update_rows([whole.row for whole in wholes], ("cycle", "latest_invoice_id"))
        items = [item.row for whole in wholes for item in whole.items]
        await update_rows(items, ("current_period_start", "current_period_end"))
        await self._schedule(wholes, invoices)
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return invoices

    async def _schedule(self, wholes: Sequence[WholeSubscription], invoices: Sequence[WholeInvoice]) -> None:
        """The drafts' finalization and what ends the new periods."""
        finalizations = [
            Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, _finalizes_at(each), each.row.test_clock_id)
            for each in invoices
        ]
        await self.due.schedule_all(finalizations, fresh=True)
        await self.due.schedule_all([period_ending(whole) for whole in wholes])


def period_ending(whole: WholeSubscription) -> Appointment:
    """What happens when the current period of the subscription ends: it is renewed, or cancelled if that was asked."""
    ends = whole.row.cancel_at_period_end
    kind = AgendaKind.SUBSCRIPTION_CANCEL if ends else AgendaKind.SUBSCRIPTION_RENEW
    return Appointment(kind, whole.row.id, current_period_end(whole), whole.row.test_clock_id)


def current_period_end(whole: WholeSubscription) -> datetime:
    """When the current period ends; the items of a subscription share theirs."""
    return whole.items[0].row.current_period_end


def _moved_on(whole: WholeSubscription, facts: Mapping[str, PriceFacts], at: datetime, delay: timedelta) -> Wanted:
    """Set the subscription into its next period; the invoice that this asks for."""
    passed = whole.items[0].row
    passed_start, passed_end = passed.current_period_start, passed.current_period_end
    row = whole.row
    row.cycle += 1
    period = period_number(row.billing_cycle_anchor, recurrence_of_subscription(whole), row.cycle)
    for item in whole.items:
        item.row.current_period_start, item.row.current_period_end = period.start, period.end
    return Wanted(
        subscription=row,
        draft=invoice_draft_of(billed_items(whole.items, facts, period), row.currency),
        reason=BillingReason.SUBSCRIPTION_CYCLE,
        period_start=passed_start,
        period_end=passed_end,
        at=at,
        finalizes_at=at + delay,
    )


def _finalizes_at(invoice: WholeInvoice) -> datetime:
    assert invoice.row.automatically_finalizes_at is not None, f"draft {invoice.row.id} without a moment"
    return invoice.row.automatically_finalizes_at
