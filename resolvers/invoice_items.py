"""Invoice items: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.invoice_items import (
    InvoiceItemCreateInput,
    InvoiceItemCreatePayload,
    InvoiceItemDeleteInput,
    InvoiceItemDeletePayload,
    InvoiceItemFilter,
    InvoiceItemUpdateInput,
    InvoiceItemUpdatePayload,
)
from schema.refs import InvoiceItemRef
from services.invoices import InvoiceItemChange, InvoiceItemDraft, InvoiceItemSearch
from services.pages import Listing

_Filter = Annotated[InvoiceItemFilter | None, strawberry.argument(description="Which invoice items; all without it.")]


class InvoiceItemQueries:
    """Reading invoice items."""

    invoice_item: InvoiceItemRef | None = by_id("The invoice item with this id; null when there is none.")

    @listing(InvoiceItemRef, kind="invoices")
    def invoice_items(self, info: Info, filter: _Filter = None) -> Listing:
        """Invoice items, newest first."""
        search = draft_of(InvoiceItemSearch, filter) if filter else InvoiceItemSearch()
        return info.context.services.invoices.items_matching(search)


class InvoiceItemMutations:
    """Amounts by hand."""

    @mutation(kind="invoices", payload=InvoiceItemCreatePayload)
    async def invoice_item_create(self, info: Info, input: InvoiceItemCreateInput) -> Answer:
        """Lets an amount or a one-time price wait for the next invoice, or puts it on a draft."""
        return await info.context.services.invoice_items.create(draft_of(InvoiceItemDraft, input))

    @mutation(kind="invoices", payload=InvoiceItemUpdatePayload)
    async def invoice_item_update(self, info: Info, input: InvoiceItemUpdateInput) -> Answer:
        """Changes an invoice item that waits."""
        return await info.context.services.invoice_items.update(draft_of(InvoiceItemChange, input))

    @mutation(kind="invoices", payload=InvoiceItemDeletePayload)
    async def invoice_item_delete(self, info: Info, input: InvoiceItemDeleteInput) -> Answer:
        """Drops an invoice item that waits."""
        return await info.context.services.invoice_items.delete(input.id)
