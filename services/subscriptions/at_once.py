"""Invoices beside the periods of a subscription, finalized as soon as they are made unless collection is paused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, LineDraft, invoice_draft_of
from models import Invoice, InvoiceItem, PaymentIntent, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.settings import Settings


class InvoicesAtOnce(Service):
    """Makes invoices of the billing reason SUBSCRIPTION_UPDATE."""

    events = part(Events)
    due = part(Due)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    finalization = part(Finalization)
    settings = part(Settings)

    async def drafted(self, row: Subscription, draft: InvoiceDraft, at: datetime) -> WholeInvoice:
        """An invoice that is not stored yet and from now on is the subscription's latest. Event `invoice.created`."""
        [invoice] = await self.drafted_all([(row, draft, at)])
        return invoice

    async def drafted_all(self, wanted: Sequence[tuple[Subscription, InvoiceDraft, datetime]]) -> list[WholeInvoice]:
        """As `drafted`, for each of a set, in order."""
        reason = BillingReason.SUBSCRIPTION_UPDATE
        invoices = await self.drafting.drafted_all(
            [Wanted(row, draft, reason, at, at, at, None) for row, draft, at in wanted]
        )
        for (row, _, at), invoice in zip(wanted, invoices, strict=True):
            row.latest_invoice_id = invoice.row.id
            self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        return invoices

    async def of_items(
        self, row: Subscription, items: Sequence[InvoiceItem], payer: Payer, at: datetime
    ) -> list[PaymentIntent]:
        """Invoice new items at once, and nothing beside them; the payment that this asks for, still to be stored.

        Events `invoiceitem.created` for each, then those of the invoice. The subscription's row is the caller's to
        store.
        """
        invoice = await self.drafted(row, invoice_draft_of((), row.currency, [line_of(item) for item in items]), at)
        for item in items:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(items)
        return await self.finalization.finalize([invoice], [payer])

    async def resting(
        self,
        row: Subscription,
        items: Sequence[InvoiceItem],
        at: datetime,
        *,
        opens_a_period: bool = False,
        reason: BillingReason = BillingReason.SUBSCRIPTION_UPDATE,
        usage: Sequence[LineDraft] = (),
        waiting: Sequence[InvoiceItem] = (),
        rests: bool = True,
    ) -> Invoice:
        """Invoice those that wait, new items, and usage by a draft, treated like those of renewals.

        It is finalized after its hour, and until then counts on; unless it `rests` it is finalized as the next thing.
        While collection is paused it is kept, or then void or bad debt. The row is the caller's to store. Events
        `invoiceitem.created` for each new item, then `invoice.created`.
        """
        draft = invoice_draft_of((), row.currency, [line_of(item) for item in (*waiting, *items)], usage)
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay if rests else 0)
        invoice = await self.drafting.drafted(Wanted(row, draft, reason, at, at, at, at + delay))
        if opens_a_period:
            invoice.row.cycle = row.cycle
        for item in items:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(items)
        if waiting:
            await self.items.take_up([invoice], {row.id: waiting})
        await self.drafting.store([invoice])
        row.latest_invoice_id = invoice.row.id
        moment = invoice.row.automatically_finalizes_at
        if moment is not None:
            kind = AgendaKind.INVOICE_FINALIZE
            await self.due.schedule(kind, invoice.row.id, moment, test_clock_id=row.test_clock_id)
        return invoice.row
