"""Demands for payment: the verbs on invoices.

drafting      invoices and lines are written as drafts
by_hand       drafts are made, changed and deleted by their seller; terms says what may be said of them
items         amounts that wait for the next invoice; manual_items has the verbs
lines         drafts get lines by hand; one_time works out what they cost
currency      a customer is billed in one currency
advancing     drafts and open invoices go on by themselves, or not
issuing       drafts are finalized and sent by hand
finalization  number, balance, customer and payment are fixed; numbering has the sequences
sending       customers are sent invoices, which are due and overdue
collection    payment methods are charged
paying        payment methods are charged on request, in parts too
settlement    the fate of a payment is carried over to its invoice
payments      several payments are counted, and what is open follows
retries       what failed is tried again
stopping      nothing happens by itself any more
voiding       nobody shall pay any more
sharing       others have a part in what is charged; sellers are those on whose behalf
"""

from dataclasses import dataclass
from typing import Any

from tortoise.queryset import QuerySet

from domain.errors import DomainError, ErrorCode
from domain.invoices import CollectionMethod
from domain.lifecycles import INVOICE, InvoiceStatus
from models import Invoice, InvoiceItem
from services.aggregates import WholeInvoice
from services.base import Service, Settled, part
from services.events import CreatedSpan
from services.idempotency import transactional
from services.invoices.by_hand import InvoicesByHand
from services.invoices.issuing import FinalizeDraft, Issuing
from services.invoices.lines import DraftLines, LinesAddition, LinesChange, LinesRemoval
from services.invoices.manual_items import InvoiceItemChange, InvoiceItemDraft, ManualItems
from services.invoices.paying import AttachPaymentDraft, InvoicePayDraft, Paying
from services.invoices.payments import payments_by_invoice
from services.invoices.terms import InvoiceChange, InvoiceDraftByHand
from services.invoices.voiding import Voiding
from services.invoices.wholes import WholeInvoices
from services.payments import Invoiced


@dataclass(frozen=True, slots=True)
class InvoiceSearch:
    """Which invoices to list."""

    customer: str | None = None
    subscription: str | None = None
    status: InvoiceStatus | None = None
    collection_method: CollectionMethod | None = None
    created: CreatedSpan | None = None
    due_date: CreatedSpan | None = None
    finalization_failed: bool | None = None


@dataclass(frozen=True, slots=True)
class InvoiceItemSearch:
    """Which invoice items to list."""

    customer: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    pending: bool | None = None


class Invoices(Service):
    """What can be asked of invoices."""

    wholes = part(WholeInvoices)
    voiding = part(Voiding)
    invoiced = part(Invoiced)
    paying = part(Paying)
    by_hand = part(InvoicesByHand)
    issuing = part(Issuing)

    def matching(self, search: InvoiceSearch) -> QuerySet[Invoice]:
        """The invoices that a list shows."""
        wanted: dict[str, Any] = {
            "customer_id": search.customer,
            "subscription_id": search.subscription,
            "status": search.status,
            "collection_method": search.collection_method,
        }
        for column, span in (("created_at", search.created), ("due_date", search.due_date)):
            wanted |= {f"{column}__{bound}": getattr(span, bound, None) for bound in ("gt", "gte", "lt", "lte")}
        if search.finalization_failed is not None:
            wanted["last_finalization_error__isnull"] = not search.finalization_failed
        return self.mine(Invoice).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def create(self, draft: InvoiceDraftByHand) -> Invoice:
        """A draft for a customer. Event `invoice.created`."""
        return await self.by_hand.create(draft)

    async def update(self, change: InvoiceChange) -> Invoice:
        """Change what was mentioned. Event `invoice.updated`."""
        return await self.by_hand.update(change)

    async def delete(self, identifier: str) -> Invoice:
        """Delete a draft that was made by hand. Event `invoice.deleted`."""
        return await self.by_hand.delete(identifier)

    async def finalize(self, draft: FinalizeDraft) -> Settled[Invoice]:
        """Finalize a draft now, and let it go on where it does so by itself. A decline is answered beside it."""
        return await self.issuing.finalize(draft)

    async def send(self, identifier: str) -> Settled[Invoice]:
        """Send an invoice to its customer, a draft once it is finalized. Event `invoice.sent`."""
        return await self.issuing.send(identifier)

    def items_matching(self, search: InvoiceItemSearch) -> QuerySet[InvoiceItem]:
        """The invoice items that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "subscription_id": search.subscription,
            "invoice_id": search.invoice,
            "pending": search.pending,
        }
        return self.mine(InvoiceItem).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def pay(self, draft: InvoicePayDraft) -> Settled[Invoice]:
        """Try to collect an invoice, or a part of it, now; or count money that came elsewhere. See `Paying`."""
        return await self.paying.pay(draft)

    async def attach_payment(self, draft: AttachPaymentDraft) -> Invoice:
        """Let an existing payment intent pay an open invoice. See `Paying`."""
        return await self.paying.attach(draft)

    @transactional
    async def void(self, identifier: str) -> Invoice:
        """Nobody shall pay this open invoice any more. Its payment is canceled, applied balance goes back."""
        row = await self._open(identifier, "void")
        _refuse_partly_paid(row)
        [whole] = await self.wholes.of([row])
        await self.voiding.refuse_in_flight([whole])
        await self.voiding.void([whole])
        return row

    @transactional
    async def mark_uncollectible(self, identifier: str) -> Invoice:
        """Give up on an open invoice. It may still be paid or voided."""
        row = await self._open(identifier, "mark as uncollectible")
        [whole] = await self.wholes.of([row])
        await self.voiding.refuse_in_flight([whole])
        await self.voiding.mark_uncollectible([whole])
        return row

    async def _open(self, identifier: str, verb: str) -> Invoice:
        row = await self.invoiced.invoice(identifier)
        INVOICE.refuse_unless(verb, row.id, InvoiceStatus(row.status))
        return row


def _refuse_partly_paid(row: Invoice) -> None:
    if row.amount_paid:
        raise DomainError(
            ErrorCode.INVOICE_UNEXPECTED_STATE,
            f"Invoice {row.id} has been paid in part ({row.amount_paid} of {row.amount_due} {row.currency}) and cannot"
            " be void; credit what remains with a credit note.",
            "id",
        )


__all__ = [
    "AttachPaymentDraft",
    "DraftLines",
    "FinalizeDraft",
    "InvoiceChange",
    "InvoiceDraftByHand",
    "InvoiceItemChange",
    "InvoiceItemDraft",
    "InvoiceItemSearch",
    "InvoicePayDraft",
    "InvoiceSearch",
    "Invoices",
    "LinesAddition",
    "LinesChange",
    "LinesRemoval",
    "ManualItems",
    "WholeInvoice",
    "payments_by_invoice",
]
