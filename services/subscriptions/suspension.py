"""Pausing subscriptions: the period ends now, and nothing is invoiced until they are resumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from domain.invoicing import LineDraft
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.pausing import OutstandingUsage, PauseInvoicing, PauseReason, UnusedTime, credit_of_pause
from domain.periods import Period, full_period_until
from domain.subscriptions import BillingMode
from models import InvoiceItem, Price, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems
from services.rows import update_rows
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.discounted_time import DiscountedTime
from services.subscriptions.holding import refuse_elsewhere
from services.subscriptions.metering import Metering
from services.subscriptions.period_agenda import PERIOD_ENDINGS
from services.subscriptions.wholes import WholeSubscriptions, invoiced, recurrence_of_item

_PAUSED = ("status", "paused_at", "pause_reason", "has_pending_items", "latest_invoice_id")


@dataclass(frozen=True, slots=True)
class BillForDraft:
    """What a pause settles."""

    unused_time_from: UnusedTime = UnusedTime.NOW
    outstanding_usage_through: OutstandingUsage = OutstandingUsage.NOW


@dataclass(frozen=True, slots=True)
class PauseDraft:
    """A subscription to be paused."""

    id: str
    invoicing_behavior: PauseInvoicing = PauseInvoicing.PENDING_INVOICE_ITEM
    bill_for: BillForDraft = field(default_factory=BillForDraft)


class Suspension(Service):
    """Pauses subscriptions."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    discounted = part(DiscountedTime)
    items = part(InvoiceItems)
    at_once = part(InvoicesAtOnce)
    finalization = part(Finalization)
    metering = part(Metering)

    async def pause(self, draft: PauseDraft) -> Subscription:
        """End the period now and make the subscription PAUSED.

        Events for what is given back, then `customer.subscription.updated` and `customer.subscription.paused`.
        """
        known = await self.require(Subscription, draft.id)
        payers = await self._payers(known, draft)
        row = await self.lock(Subscription, draft.id)
        refuse_elsewhere(known.customer_id, row)
        SUBSCRIPTION.refuse_unless("pause", row.id, SubscriptionStatus(row.status))
        at = await self.present(row.test_clock_id)
        _refuse_unfit(row)
        [whole] = await self.wholes.of([row])
        before = self.events.snapshot(whole)
        lines = await self._credit(whole, draft, at)
        usage = await self._usage(whole, draft, at)
        row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.PAUSED)
        row.paused_at, row.pause_reason = at, PauseReason.PAUSE_REQUESTED
        await self._give_back(row, lines, payers, at)
        await self._ask(row, usage, draft, at)
        await self._end_period(whole, at)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_PAUSED, whole, at=at)
        return row

    async def _payers(self, row: Subscription, draft: PauseDraft) -> list[Payer]:
        """The customer, held, where their credit is invoiced at once."""
        if draft.invoicing_behavior is PauseInvoicing.PENDING_INVOICE_ITEM:
            return []
        return await self.finalization.payers([row.customer_id])

    async def _credit(self, whole: WholeSubscription, draft: PauseDraft, at: datetime) -> list[LineDraft]:
        """What is given back, item by item: what was invoiced for the time from then on."""
        since = draft.bill_for.unused_time_from
        if since is UnusedTime.ITEM_CURRENT_PERIOD_START:
            await self._refuse_changed(whole)
        others = {item.row.invoiced_price_id for item in whole.items} - {None}
        prices = [item.price for item in whole.items] + await self.gather(Price, "id", others)
        facts = await self.wholes.facts_of(prices)
        discounts = await self.discounted.of([whole])
        lines: list[LineDraft] = []
        for item in whole.items:
            row = item.row
            billed = replace(invoiced(row, facts, whole.row.currency), reduction=discounts.billed.get(row.id))
            if billed.price.meter_id is not None:
                continue
            period = Period(row.current_period_start, row.current_period_end, 0)
            full = full_period_until(period.end, whole.row.billing_cycle_anchor, recurrence_of_item(item))
            lines += credit_of_pause(row.id, billed, period, at, since, full)
        return list(discounts.as_taxed(lines))

    async def _refuse_changed(self, whole: WholeSubscription) -> None:
        """The price in force was not invoiced from the start of the period on where prorations came in between."""
        ends = {item.row.id: item.row.current_period_end for item in whole.items}
        found = await self.gather(InvoiceItem, "subscription_id", [whole.row.id], order=("id",), proration=True)
        for item in found:
            if ends.get(str(item.subscription_item_id)) == item.period_end:
                raise DomainError(
                    ErrorCode.PARAMETER_INVALID,
                    f"Item {item.subscription_item_id} was prorated within its period, so that no price holds for the"
                    " whole of it; give back the unused time from NOW, or NONE.",
                    ("billFor", "unusedTimeFrom"),
                )

    async def _give_back(
        self, row: Subscription, lines: Sequence[LineDraft], payers: Sequence[Payer], at: datetime
    ) -> None:
        items = self.items.made(row, lines, at)
        if items and payers:
            intents = await self.at_once.of_items(row, items, payers[0], at)
            assert not intents, f"the credit for {row.id} asks for a payment"
            return
        await self.items.store(items)
        row.has_pending_items = row.has_pending_items or bool(items)

    async def _usage(self, whole: WholeSubscription, draft: PauseDraft, at: datetime) -> Sequence[LineDraft]:
        """What was used up to now, which is asked for; nothing where it is dropped."""
        if draft.bill_for.outstanding_usage_through is OutstandingUsage.NONE:
            self.metering.passed(whole, whole.items, at)
            return ()
        waits = draft.invoicing_behavior is PauseInvoicing.PENDING_INVOICE_ITEM
        usage = await (self.metering.final(whole, at) if waits else self.metering.drafted(whole, at))
        await self.metering.usage.store(usage)
        return usage.of(whole.row.id)

    async def _ask(self, row: Subscription, usage: Sequence[LineDraft], draft: PauseDraft, at: datetime) -> None:
        """Let usage wait for the next invoice, or invoice it by a draft that is collected after its hour."""
        if usage and draft.invoicing_behavior is PauseInvoicing.INVOICE:
            await self.at_once.resting(row, (), at, usage=usage)
            return
        items = self.items.made(row, usage, at)
        await self.items.store(items)
        row.has_pending_items = row.has_pending_items or bool(items)

    async def _end_period(self, whole: WholeSubscription, at: datetime) -> None:
        for item in whole.items:
            item.row.current_period_end = min(at, item.row.current_period_end)
        await update_rows([item.row for item in whole.items], ("current_period_end", "metered_since"))
        await update_rows([whole.row], _PAUSED)
        await self.due.cancel(whole.row.id, *PERIOD_ENDINGS)


def _refuse_unfit(row: Subscription) -> None:
    """What else forbids a pause than its status."""
    reason = None
    if row.billing_mode == BillingMode.CLASSIC:
        reason = "is in the billing mode CLASSIC; only FLEXIBLE ones can be paused. Pause its collection instead"
    elif row.collection_method != CollectionMethod.CHARGE_AUTOMATICALLY:
        reason = f"is collected by {row.collection_method}; only those that are charged automatically can be paused"
    elif row.cancel_at is not None:
        reason = f"is to end at {row.cancel_at:%Y-%m-%d %H:%M:%S} UTC; take that back first"
    elif row.scheduled_change:
        reason = "has a change that waits for the end of its period; take that back first"
    elif row.schedule_id is not None:
        reason = f"follows schedule {row.schedule_id}, which does not pause; release it first"
    elif row.pause_behavior is not None:
        reason = "has its collection paused; let that go on first, with pauseCollection null"
    if reason is not None:
        raise DomainError(ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE, f"Subscription {row.id} {reason}.", "id")
