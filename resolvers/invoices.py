"""Invoices: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.invoice_payments import InvoiceAttachPaymentInput, InvoiceAttachPaymentPayload
from schema.invoice_verbs import (
    InvoiceMarkUncollectibleInput,
    InvoiceMarkUncollectiblePayload,
    InvoicePayInput,
    InvoicePayPayload,
    InvoiceVoidInput,
    InvoiceVoidPayload,
)
from schema.invoices import InvoiceFilter
from schema.refs import InvoiceRef
from services.invoices import AttachPaymentDraft, InvoicePayDraft, InvoiceSearch
from services.pages import Listing

_Filter = Annotated[InvoiceFilter | None, strawberry.argument(description="Which invoices; all without it.")]


class InvoiceQueries:
    """Reading invoices."""

    invoice: InvoiceRef | None = by_id("The invoice with this id; null when there is none.")

    @listing(InvoiceRef, kind="invoices")
    def invoices(self, info: Info, filter: _Filter = None) -> Listing:
        """Invoices, newest first."""
        return info.context.services.invoices.matching(draft_of(InvoiceSearch, filter) if filter else InvoiceSearch())


class InvoiceMutations:
    """Paying and voiding invoices."""

    @mutation(kind="invoices", payload=InvoicePayPayload)
    async def invoice_pay(self, info: Info, input: InvoicePayInput) -> Answer:
        """Tries to collect an open invoice, or a part of it, now.

        A decline answers with both the invoice and a CARD_ERROR.
        """
        return await info.context.services.invoices.pay(draft_of(InvoicePayDraft, input))

    @mutation(kind="invoices", payload=InvoiceAttachPaymentPayload)
    async def invoice_attach_payment(self, info: Info, input: InvoiceAttachPaymentInput) -> Answer:
        """Lets an existing payment pay an open invoice, or a part of it, as soon as it succeeds."""
        return await info.context.services.invoices.attach_payment(draft_of(AttachPaymentDraft, input))

    @mutation(kind="invoices", payload=InvoiceVoidPayload)
    async def invoice_void(self, info: Info, input: InvoiceVoidInput) -> Answer:
        """Makes an open invoice void: its payment is canceled, and balance that it used goes back to the customer."""
        return await info.context.services.invoices.void(input.id)

    @mutation(kind="invoices", payload=InvoiceMarkUncollectiblePayload)
    async def invoice_mark_uncollectible(self, info: Info, input: InvoiceMarkUncollectibleInput) -> Answer:
        """Gives up on an open invoice, as bad debt. It may still be paid or voided."""
        return await info.context.services.invoices.mark_uncollectible(input.id)
