"""Writing invoices down as drafts: invoices and lines in two statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import BillingReason, CollectionMethod
from domain.invoicing import InvoiceDraft, LineDraft
from domain.lifecycles import InvoiceStatus, SubscriptionStatus
from domain.money import unit_amount_text
from domain.subscriptions import PausedCollection
from models import Invoice, InvoiceLine, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.rows import insert_rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invoice that is to be written at `at` of the customer's clock for one cycle of a subscription.

    `period_start` and `period_end` are those of the time that has passed (spec 02: the lines look ahead, the invoice
    looks back). `finalizes_at` is when the draft is to be finalized by itself, None when that happens at once.
    """

    subscription: Subscription
    draft: InvoiceDraft
    reason: BillingReason
    period_start: datetime
    period_end: datetime
    at: datetime
    finalizes_at: datetime | None


class Drafting(Service):
    """Makes drafts out of what domain rules worked out."""

    events = part(Events)

    async def write(self, wanted: Sequence[Wanted]) -> list[WholeInvoice]:
        """The drafts, stored, in the order wanted. Event `invoice.created` for each."""
        invoices = [self.drafted(each) for each in wanted]
        await insert_rows([each.row for each in invoices])
        await insert_rows([line for each in invoices for line in each.lines])
        for each in invoices:
            self.events.record(EventType.INVOICE_CREATED, each, at=each.row.created_at)
        return invoices

    def drafted(self, wanted: Wanted) -> WholeInvoice:
        """A draft that is not stored: `Finalization` stores one that is finalized at once."""
        subscription, draft = wanted.subscription, wanted.draft
        kept = wanted.finalizes_at is not None and _keeps_drafts(subscription)
        invoice = Invoice.made(
            id=self.new_id(Prefix.INVOICE),
            created_at=wanted.at,
            customer_id=subscription.customer_id,
            subscription_id=subscription.id,
            cycle=subscription.cycle if wanted.reason.opens_a_period else None,
            status=InvoiceStatus.DRAFT,
            currency=draft.currency,
            billing_reason=wanted.reason,
            collection_method=CollectionMethod.CHARGE_AUTOMATICALLY,
            period_start=wanted.period_start,
            period_end=wanted.period_end,
            subtotal=draft.subtotal,
            total=draft.total,
            amount_due=max(draft.total, 0),
            automatically_finalizes_at=None if kept else wanted.finalizes_at,
            next_payment_attempt=None if kept else wanted.finalizes_at,
            auto_advance=not kept,
            collection_paused=subscription.pause_behavior,
            test_clock_id=subscription.test_clock_id,
            **self.ownership(),
        )
        return WholeInvoice(invoice, [self._line(invoice, at, line) for at, line in enumerate(draft.lines)])

    def _line(self, invoice: Invoice, position: int, line: LineDraft) -> InvoiceLine:
        return InvoiceLine.made(
            id=self.new_id(Prefix.INVOICE_LINE),
            created_at=invoice.created_at,
            invoice_id=invoice.id,
            position=position,
            description=line.description,
            amount=line.amount,
            currency=line.currency,
            quantity=line.quantity,
            unit_amount_decimal=unit_amount_text(line.unit_amount),
            price_id=line.price_id,
            product_id=line.product_id,
            subscription_item_id=line.subscription_item_id,
            invoice_item_id=line.invoice_item_id,
            proration=line.proration,
            period_start=line.period_start,
            period_end=line.period_end,
            calculation=line.calculation.as_json(),
            **self.ownership(),
        )


def _keeps_drafts(subscription: Subscription) -> bool:
    """Whether invoices of the subscription wait as drafts until somebody finalizes them."""
    paused = subscription.pause_behavior == PausedCollection.KEEP_AS_DRAFT
    return paused or subscription.status == SubscriptionStatus.UNPAID
