"""Invoice items: fields of Query."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.invoice_items import InvoiceItemFilter
from schema.refs import InvoiceItemRef
from services.invoices import InvoiceItemSearch
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
