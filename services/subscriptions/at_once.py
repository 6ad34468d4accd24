"""Invoices beside the periods of a subscription, finalized as soon as they are made."""

from collections.abc import Sequence
from datetime import datetime

from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, invoice_draft_of
from models import InvoiceItem, PaymentIntent, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of


class InvoicesAtOnce(Service):
    """Makes invoices of the billing reason SUBSCRIPTION_UPDATE."""

    events = part(Events)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    finalization = part(Finalization)

    def drafted(self, row: Subscription, draft: InvoiceDraft, at: datetime) -> WholeInvoice:
        """An invoice that is not stored yet and from now on is the subscription's latest. Event `invoice.created`."""
        invoice = self.drafting.drafted(Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, None))
        row.latest_invoice_id = invoice.row.id
        self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        return invoice

    async def of_items(
        self, row: Subscription, items: Sequence[InvoiceItem], payer: Payer, at: datetime
    ) -> list[PaymentIntent]:
        """Invoice new items at once, and nothing beside them; the payment that this asks for, still to be stored.

        Events `invoiceitem.created` for each, then those of the invoice. The subscription's row is the caller's to
        store.
        """
        invoice = self.drafted(row, invoice_draft_of((), row.currency, [line_of(item) for item in items]), at)
        for item in items:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(items)
        return await self.finalization.finalize([invoice], [payer])
