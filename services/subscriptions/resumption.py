"""Resuming subscriptions that were paused: a new period begins at once, and they go on when it is paid."""

from datetime import datetime

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, invoice_draft_of
from domain.lifecycles import SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from domain.periods import period_number
from domain.subscriptions import INCOMPLETE_LASTS
from models import Invoice, PaymentIntent, PaymentMethod, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, Settled, part
from services.due import Due
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.payments import Attempts, Prepared, Wish
from services.rows import update_rows
from services.subscriptions.wholes import WholeSubscriptions, billed_items, recurrence_of_subscription

_RESUMED = ("cycle", "anchor_cycle", "billing_cycle_anchor", "latest_invoice_id")


class Resumption(Service):
    """Lets paused subscriptions go on."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    drafting = part(Drafting)
    finalization = part(Finalization)
    attempts = part(Attempts)

    async def resume(self, subscription_id: str) -> Settled[Subscription]:
        """Begin a new period now and collect its invoice; the status follows when that is paid."""
        return await self.attempts.carried_out(lambda: self._begin(subscription_id))

    async def _begin(self, subscription_id: str) -> Prepared[Subscription]:
        known = await self.require(Subscription, subscription_id)
        [payer] = await self.finalization.payers([known.customer_id])  # held first, as whatever finalizes does
        row = await self.lock(Subscription, subscription_id)
        SUBSCRIPTION.refuse_unless("resume", row.id, SubscriptionStatus(row.status))
        at = await self.present(row.test_clock_id)
        await self._refuse_resuming(row)
        [whole] = await self.wholes.of([row])
        method = await self._method(row, payer)
        before = self.events.snapshot(whole)
        intents = await self._invoice(whole, await self._moved(whole, at), payer, at)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        if not intents:
            return Prepared(subject=row)
        kind = AgendaKind.SUBSCRIPTION_EXPIRE
        await self.due.schedule(kind, row.id, at + INCOMPLETE_LASTS, test_clock_id=row.test_clock_id)
        return Prepared(subject=row, wishes=[_wish(row, intent, method, at) for intent in intents])

    async def _moved(self, whole: WholeSubscription, at: datetime) -> InvoiceDraft:
        """Count periods from `at` on; what the first of them costs."""
        row = whole.row
        row.cycle += 1
        row.anchor_cycle, row.billing_cycle_anchor = row.cycle, at
        period = period_number(at, recurrence_of_subscription(whole), 0)
        for item in whole.items:
            item.row.current_period_start, item.row.current_period_end = period.start, period.end
        await update_rows([item.row for item in whole.items], ("current_period_start", "current_period_end"))
        facts = await self.wholes.facts_of(item.price for item in whole.items)
        return invoice_draft_of(billed_items(whole.items, facts, period), row.currency)

    async def _invoice(
        self, whole: WholeSubscription, draft: InvoiceDraft, payer: Payer, at: datetime
    ) -> list[PaymentIntent]:
        """The invoice of the resumption, finalized at once; the payment that it asks for."""
        row = whole.row
        invoice = self.drafting.drafted(Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, None))
        invoice.row.cycle = row.cycle  # it opens a period, unlike others of its reason
        row.latest_invoice_id = invoice.row.id
        await update_rows([row], _RESUMED)
        self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        return await self.finalization.finalize([invoice], [payer])

    async def _refuse_resuming(self, row: Subscription) -> None:
        """One resumption at a time: the invoice of the one before has to be paid or void."""
        latest = await self.find(Invoice, row.latest_invoice_id) if row.latest_invoice_id else None
        if latest is not None and latest.status == InvoiceStatus.OPEN:
            raise DomainError(
                ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
                f"Subscription {row.id} is being resumed already: it goes on when invoice {latest.id} is paid. To begin"
                " anew, void that invoice.",
                "id",
            )

    async def _method(self, row: Subscription, payer: Payer) -> PaymentMethod | None:
        """The subscription's own, or else the customer's; one that was detached is passed over."""
        for chosen in (row.default_payment_method_id, payer.row.default_payment_method_id):
            found = await self.find(PaymentMethod, chosen) if chosen is not None else None
            if found is not None and found.customer_id is not None:
                return found
        return None


def _wish(row: Subscription, intent: PaymentIntent, method: PaymentMethod | None, at: datetime) -> Wish:
    """The payment, to be tried with the customer present, as the first one of a subscription is."""
    if method is None:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"Customer {row.customer_id} has no payment method to charge for subscription {row.id}. Attach one and make"
            " it the default, for the customer or the subscription, and resume then.",
            "id",
        )
    return Wish(intent=intent, payment_method=method, at=at, off_session=False, test_clock_id=row.test_clock_id)
