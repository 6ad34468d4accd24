"""Invoices of quotes on which nothing recurs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.calculations import Calculation
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod, due_date_of
from domain.invoicing import LineDraft, invoice_draft_of
from models import Invoice, Quote, QuoteLine
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.catalog.rates import rates_of
from services.coupons.deductions import Redeemed
from services.due import Due
from services.events import Events
from services.invoices.collection import Collection
from services.invoices.currency import CustomerCurrency
from services.invoices.discounts import InvoiceDiscounts, ItemDiscounts
from services.invoices.drafting import Drafting, Terms, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.payments import Prepared, Wish
from services.quotes.discounts import drafts_of
from services.quotes.lines import Sold
from services.settings import Settings


class OneOffInvoices(Service):
    """Writes what was quoted onto an invoice of its own."""

    events = part(Events)
    due = part(Due)
    settings = part(Settings)
    items = part(InvoiceItems)
    currency = part(CustomerCurrency)
    drafting = part(Drafting)
    finalization = part(Finalization)
    collection = part(Collection)
    discounts = part(InvoiceDiscounts)

    async def begin(
        self, quote: Quote, lines: Sequence[QuoteLine], sold: Sequence[Sold], payer: Payer, at: datetime
    ) -> Prepared[Invoice]:
        """Within a transaction: the invoice, and the payment that it asks for.

        One that is charged is finalized at once; one that is sent is a draft for the usual time, as the first invoice
        of a subscription. Events `invoiceitem.created` for each line, `invoice.created` and what follows from that.
        """
        await self.currency.decide(payer.row, quote.currency, at)
        items = [
            self.items.made_for(quote.customer_id, quote.test_clock_id, _line(line, each, at), at, None)
            for line, each in zip(lines, sold, strict=True)
        ]
        method = CollectionMethod(quote.collection_method)
        due_date = due_date_of(method, at, days=quote.days_until_due)
        terms = Terms(quote.customer_id, quote.test_clock_id, method, due_date, auto_advance=True)
        finalizes_at = None
        if method is CollectionMethod.SEND_INVOICE:
            finalizes_at = at + timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        for item, each in zip(items, sold, strict=True):
            await self.discounts.give_item(item, quote.customer_id, ItemDiscounts(each.discounts, at))
        rates, automatic = tuple(quote.default_tax_rates), quote.automatic_tax
        draft = invoice_draft_of((), quote.currency, [line_of(item) for item in items])
        liable = quote.tax_liability_id
        draft = replace(draft, default_tax_rates=rates, automatic_tax=automatic, tax_liability_id=liable)
        redeemed: Sequence[Redeemed] = ()
        if quote.discounts:
            redeemed = await self.discounts.planned(payer.row, draft, drafts_of(quote.discounts), at)
            draft = replace(draft, discounts=tuple(each.discount.id for each in redeemed))
        wanted = Wanted(None, draft, BillingReason.MANUAL, at, at, at, finalizes_at, terms, redeemed)
        whole = await self.drafting.drafted(wanted)
        whole.row.sharing, whole.row.application_id = quote.sharing, quote.application_id
        await self.discounts.begin(whole.row, redeemed)
        for item in items:
            item.pending, item.aimed, item.invoice_id = False, True, whole.row.id
        await self.items.store(items)
        if finalizes_at is not None:
            await self.drafting.store([whole])
            kind = AgendaKind.INVOICE_FINALIZE
            await self.due.schedule(kind, whole.row.id, finalizes_at, test_clock_id=quote.test_clock_id)
            return Prepared(subject=whole.row)
        self.events.record(EventType.INVOICE_CREATED, whole, at=at)
        return Prepared(subject=whole.row, wishes=await self._asked(whole, payer, at))

    async def _asked(self, whole: WholeInvoice, payer: Payer, at: datetime) -> list[Wish]:
        """The payment of the invoice, finalized now; refused when something is due and there is nothing to charge."""
        intents = await self.finalization.finalize([whole], [payer])
        if not intents:
            return []
        method = (await self.collection.methods_of([whole.row])).get(whole.row.id)
        if method is None:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"Customer {payer.row.id} has no default payment method to charge. Attach one and make it the default,"
                " or quote with collectionMethod SEND_INVOICE.",
                "id",
            )
        clock = whole.row.test_clock_id
        return [
            Wish(intent=each, payment_method=method, at=at, off_session=False, test_clock_id=clock) for each in intents
        ]


def _line(line: QuoteLine, sold: Sold, at: datetime) -> LineDraft:
    """The line of the invoice, as it was quoted."""
    return LineDraft(
        description=line.description,
        amount=line.amount_subtotal,
        tax_rates=tuple(line.tax_rates),
        currency=line.currency,
        quantity=line.quantity,
        unit_amount=rates_of(sold.price, line.currency).unit_amount,
        price_id=sold.price.id,
        product_id=sold.price.product_id,
        subscription_item_id=None,
        period_start=at,
        period_end=at,
        calculation=Calculation.from_json(line.calculation),
    )
