"""Previews of invoices: a field of Mutation, though nothing is written."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from schema.inputs import draft_of
from schema.previews import (
    InvoiceCreatePreviewInput,
    InvoiceCreatePreviewPayload,
    InvoicePreview,
    Previewed,
)
from services.subscriptions import PreviewDraft


class InvoicePreviewMutations:
    """Looking ahead."""

    @mutation(kind="invoices", payload=InvoiceCreatePreviewPayload)
    async def invoice_create_preview(self, info: Info, input: InvoiceCreatePreviewInput) -> Answer:
        """Tells what would be invoiced next, for a change, or first for a new subscription. Nothing is written."""
        details = input.subscription_details
        by_rule = details is not None and details.proration_behavior is None
        preview = await info.context.services.subscriptions.preview(draft_of(PreviewDraft, input), by_rule=by_rule)
        return Previewed(InvoicePreview.of(preview))
