"""Drafts of invoices: fields of Mutation."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from schema.inputs import draft_of
from schema.invoice_drafts import (
    InvoiceAddLinesInput,
    InvoiceAddLinesPayload,
    InvoiceCreateInput,
    InvoiceCreatePayload,
    InvoiceDeleteInput,
    InvoiceDeletePayload,
    InvoiceFinalizeInput,
    InvoiceFinalizePayload,
    InvoiceRemoveLinesInput,
    InvoiceRemoveLinesPayload,
    InvoiceSendInput,
    InvoiceSendPayload,
    InvoiceUpdateInput,
    InvoiceUpdateLinesInput,
    InvoiceUpdateLinesPayload,
    InvoiceUpdatePayload,
)
from services.invoices import (
    FinalizeDraft,
    InvoiceChange,
    InvoiceDraftByHand,
    LinesAddition,
    LinesChange,
    LinesRemoval,
)


class InvoiceDraftMutations:
    """Making invoices by hand, editing and finalizing them."""

    @mutation(kind="invoices", payload=InvoiceCreatePayload)
    async def invoice_create(self, info: Info, input: InvoiceCreateInput) -> Answer:
        """Makes a draft for a customer. Lines are added by `invoiceAddLines`, or taken from items that wait."""
        return await info.context.services.invoices.create(draft_of(InvoiceDraftByHand, input))

    @mutation(kind="invoices", payload=InvoiceUpdatePayload)
    async def invoice_update(self, info: Info, input: InvoiceUpdateInput) -> Answer:
        """Changes an invoice: of a draft everything, later what does not change what is asked for."""
        return await info.context.services.invoices.update(draft_of(InvoiceChange, input))

    @mutation(kind="invoices", payload=InvoiceDeletePayload)
    async def invoice_delete(self, info: Info, input: InvoiceDeleteInput) -> Answer:
        """Deletes a draft that was made by hand. Invoice items that waited for it wait again."""
        return await info.context.services.invoices.delete(input.id)

    @mutation(kind="invoices", payload=InvoiceAddLinesPayload)
    async def invoice_add_lines(self, info: Info, input: InvoiceAddLinesInput) -> Answer:
        """Puts lines on a draft."""
        return await info.context.services.invoice_lines.add(draft_of(LinesAddition, input))

    @mutation(kind="invoices", payload=InvoiceUpdateLinesPayload)
    async def invoice_update_lines(self, info: Info, input: InvoiceUpdateLinesInput) -> Answer:
        """Changes lines of a draft."""
        return await info.context.services.invoice_lines.change(draft_of(LinesChange, input))

    @mutation(kind="invoices", payload=InvoiceRemoveLinesPayload)
    async def invoice_remove_lines(self, info: Info, input: InvoiceRemoveLinesInput) -> Answer:
        """Takes lines off a draft."""
        return await info.context.services.invoice_lines.remove(draft_of(LinesRemoval, input))

    @mutation(kind="invoices", payload=InvoiceFinalizePayload)
    async def invoice_finalize(self, info: Info, input: InvoiceFinalizeInput) -> Answer:
        """Finalizes a draft now: it gets its number and never changes its amounts again.

        Where it goes on by itself it is collected or sent at once; a decline answers with both the invoice and a
        CARD_ERROR.
        """
        return await info.context.services.invoices.finalize(draft_of(FinalizeDraft, input))

    @mutation(kind="invoices", payload=InvoiceSendPayload)
    async def invoice_send(self, info: Info, input: InvoiceSendInput) -> Answer:
        """Sends an invoice to its customer, also once more: event `invoice.sent`. A draft is finalized first."""
        return await info.context.services.invoices.send(input.id)
