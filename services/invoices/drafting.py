"""Writing invoices down as drafts: invoices and lines in two statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import BillingReason, CollectionMethod, due_date_of
from domain.invoicing import InvoiceDraft, LineDraft
from domain.lifecycles import InvoiceStatus, SubscriptionStatus
from domain.subscriptions import PausedCollection
from models import Invoice, InvoiceLine, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.events import Events
from services.invoices.line_columns import columns_of
from services.invoices.reckoning import Reckoning, Unreckoned
from services.invoices.sellers import Sellers, leave, plan_finalization, seller_of
from services.rows import insert_rows


@dataclass(frozen=True, slots=True)
class Terms:
    """Who is to pay an invoice, and on which terms. Those of a subscription's invoice follow from it."""

    customer_id: str
    test_clock_id: str | None
    collection_method: CollectionMethod
    due_date: datetime | None
    auto_advance: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invoice that is to be written at `at` of the customer's clock, for one cycle of a subscription or by hand.

    `period_start` and `period_end` are those of the time that has passed (spec 02: the lines look ahead, the invoice
    looks back). `finalizes_at` is when the draft is to be finalized by itself, None when that happens at once or not
    by itself. `terms` are needed where they do not follow from the subscription.
    """

    subscription: Subscription | None
    draft: InvoiceDraft
    reason: BillingReason
    period_start: datetime
    period_end: datetime
    at: datetime
    finalizes_at: datetime | None
    terms: Terms | None = None
    redeemed: Sequence[Redeemed] = ()
    """Discounts that are named and not stored yet."""


class Drafting(Service):
    """Makes drafts out of what domain rules worked out."""

    events = part(Events)
    reckoning = part(Reckoning)
    sellers = part(Sellers)

    async def write(self, wanted: Sequence[Wanted]) -> list[WholeInvoice]:
        """The drafts, stored, in the order wanted. Event `invoice.created` for each."""
        invoices = await self.drafted_all(wanted)
        await self.store(invoices)
        return invoices

    async def store(self, invoices: Sequence[WholeInvoice]) -> None:
        """Store new drafts. Event `invoice.created` for each."""
        await insert_rows([each.row for each in invoices])
        await insert_rows([line for each in invoices for line in each.lines])
        for each in invoices:
            self.events.record(EventType.INVOICE_CREATED, each, at=each.row.created_at)

    async def drafted(self, wanted: Wanted) -> WholeInvoice:
        """A draft with its discounts and tax, not stored: `Finalization` stores one that is finalized at once."""
        [invoice] = await self.drafted_all([wanted])
        return invoice

    async def drafted_all(self, wanted: Sequence[Wanted]) -> list[WholeInvoice]:
        """As `drafted`, in the order wanted."""
        terms = [each.terms or _terms_of(each) for each in wanted]
        unreckoned = [
            Unreckoned(each.draft, each.subscription, term.customer_id, each.at, each.redeemed)
            for each, term in zip(wanted, terms, strict=True)
        ]
        drafts = await self.reckoning.drafts(unreckoned)
        invoices = [self._made(*each) for each in zip(wanted, terms, drafts, strict=True)]
        gone = await self.sellers.gone(each.row.sharing for each in invoices)
        for each in invoices if gone else ():
            if seller_of(each.row) in gone:  # It is a draft until somebody lets it go on (spec 06, Disconnecting).
                leave(each.row)
        return invoices

    def _made(self, wanted: Wanted, terms: Terms, draft: InvoiceDraft) -> WholeInvoice:
        subscription = wanted.subscription if wanted.terms is None else None
        invoice = Invoice.made(
            id=self.new_id(Prefix.INVOICE),
            created_at=wanted.at,
            customer_id=terms.customer_id,
            subscription_id=None if wanted.subscription is None else wanted.subscription.id,
            cycle=subscription.cycle if subscription is not None and wanted.reason.opens_a_period else None,
            status=InvoiceStatus.DRAFT,
            currency=draft.currency,
            billing_reason=wanted.reason,
            collection_method=terms.collection_method,
            due_date=terms.due_date,
            period_start=wanted.period_start,
            period_end=wanted.period_end,
            subtotal=draft.subtotal,
            total=draft.total,
            total_excluding_tax=draft.total_excluding_tax,
            discounts=list(draft.discounts or ()),
            total_discount_amounts=[each.as_json() for each in draft.total_discount_amounts],
            default_tax_rates=list(draft.default_tax_rates or ()),
            total_taxes=[each.as_json() for each in draft.total_taxes],
            automatic_tax=bool(draft.automatic_tax),
            automatic_tax_status=draft.automatic_tax_status,
            tax_liability_id=draft.tax_liability_id,
            amount_due=max(draft.total, 0),
            auto_advance=terms.auto_advance,
            collection_paused=None if subscription is None else subscription.pause_behavior,
            sharing=None if subscription is None else subscription.sharing,
            application_id=self.scope.application_id if subscription is None else subscription.application_id,
            test_clock_id=terms.test_clock_id,
            **self.ownership(),
        )
        if terms.auto_advance:
            plan_finalization(invoice, wanted.finalizes_at)
        return WholeInvoice(invoice, [self.line(invoice, at, line) for at, line in enumerate(draft.lines)])

    def line(self, invoice: Invoice, position: int, line: LineDraft) -> InvoiceLine:
        """A line of the invoice, not stored."""
        return InvoiceLine.made(
            id=self.new_id(Prefix.INVOICE_LINE),
            created_at=invoice.created_at,
            invoice_id=invoice.id,
            position=position,
            invoice_item_id=line.invoice_item_id,
            usage_period_id=line.usage_period_id,
            discount_amounts=[each.as_json() for each in line.discount_amounts],
            taxes=[each.as_json() for each in line.taxes],
            **columns_of(line),
            **self.ownership(),
        )


def _terms_of(wanted: Wanted) -> Terms:
    """The terms that follow from the subscription."""
    subscription = wanted.subscription
    assert subscription is not None, "an invoice of no subscription needs terms"
    method = CollectionMethod(subscription.collection_method)
    kept = wanted.finalizes_at is not None and _keeps_drafts(subscription)
    due_date = None
    if method is CollectionMethod.SEND_INVOICE:
        due_date = due_date_of(method, wanted.at, days=subscription.days_until_due)
    return Terms(subscription.customer_id, subscription.test_clock_id, method, due_date, auto_advance=not kept)


def _keeps_drafts(subscription: Subscription) -> bool:
    """Whether invoices of the subscription wait as drafts until somebody finalizes them."""
    paused = subscription.pause_behavior == PausedCollection.KEEP_AS_DRAFT
    return paused or subscription.status == SubscriptionStatus.UNPAID
