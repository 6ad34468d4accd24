"""Quotes: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.quotes import QuoteFilter
from schema.quotes.inputs import (
    QuoteAcceptInput,
    QuoteAcceptPayload,
    QuoteCancelInput,
    QuoteCancelPayload,
    QuoteCreateInput,
    QuoteCreatePayload,
    QuoteFinalizeInput,
    QuoteFinalizePayload,
    QuoteUpdateInput,
    QuoteUpdatePayload,
)
from schema.refs import QuoteRef
from services.pages import Listing
from services.quotes import QuoteChange, QuoteDraft, QuoteFinalizeDraft, QuoteSearch

_Filter = Annotated[QuoteFilter | None, strawberry.argument(description="Which quotes; all without it.")]


class QuoteQueries:
    """Reading quotes."""

    quote: QuoteRef | None = by_id("The quote with this id; null when there is none.")

    @listing(QuoteRef, kind="quotes")
    def quotes(self, info: Info, filter: _Filter = None) -> Listing:
        """Quotes, newest first."""
        return info.context.services.quotes.matching(draft_of(QuoteSearch, filter) if filter else QuoteSearch())


class QuoteMutations:
    """Offering, and what becomes of offers."""

    @mutation(kind="quotes", payload=QuoteCreatePayload)
    async def quote_create(self, info: Info, input: QuoteCreateInput) -> Answer:
        """Makes a draft of a quote, from lines or as a copy of another."""
        return await info.context.services.quotes.create(draft_of(QuoteDraft, input))

    @mutation(kind="quotes", payload=QuoteUpdatePayload)
    async def quote_update(self, info: Info, input: QuoteUpdateInput) -> Answer:
        """Changes a draft, or when an open quote expires. What is not mentioned stays."""
        return await info.context.services.quotes.update(draft_of(QuoteChange, input))

    @mutation(kind="quotes", payload=QuoteFinalizePayload)
    async def quote_finalize(self, info: Info, input: QuoteFinalizeInput) -> Answer:
        """Opens a draft: it gets its number, and what it offers stays. A revision cancels the quote it replaces."""
        return await info.context.services.quotes.finalize(draft_of(QuoteFinalizeDraft, input))

    @mutation(kind="quotes", payload=QuoteAcceptPayload)
    async def quote_accept(self, info: Info, input: QuoteAcceptInput) -> Answer:
        """Accepts an open quote: what it offers begins, collected as by `subscriptionCreate`."""
        return await info.context.services.quotes.accept(input.id)

    @mutation(kind="quotes", payload=QuoteCancelPayload)
    async def quote_cancel(self, info: Info, input: QuoteCancelInput) -> Answer:
        """Withdraws a draft or an open quote, which can then be accepted no more."""
        return await info.context.services.quotes.cancel(input.id)
