"""Offers that customers may accept: the verbs on quotes.

making        a draft, from lines or as a copy
lines         what is offered, and what it comes to
changes       drafts are reworded
finalization  a number is given, and the words stay
acceptance    what was offered comes to be; one_off when nothing of it recurs
expiry        what nobody accepts ends
sharing       others have a part in what comes of it
"""

from tortoise.queryset import QuerySet

from domain.lifecycles import QUOTE, QuoteStatus
from models import Quote
from services.base import Service, Settled, part
from services.idempotency import transactional
from services.quotes.acceptance import Acceptance
from services.quotes.changes import Changes
from services.quotes.drafts import (
    FromQuote,
    QuoteChange,
    QuoteDraft,
    QuoteFinalizeDraft,
    QuoteInvoiceSettings,
    QuoteInvoiceSettingsChange,
    QuoteLineChange,
    QuoteLineDraft,
    QuoteSearch,
    SubscriptionData,
    SubscriptionDataChange,
)
from services.quotes.expiry import Expiry
from services.quotes.finalization import QuoteFinalization
from services.quotes.making import Making

__all__ = [
    "FromQuote",
    "QuoteChange",
    "QuoteDraft",
    "QuoteFinalizeDraft",
    "QuoteInvoiceSettings",
    "QuoteInvoiceSettingsChange",
    "QuoteLineChange",
    "QuoteLineDraft",
    "QuoteSearch",
    "Quotes",
    "SubscriptionData",
    "SubscriptionDataChange",
]


class Quotes(Service):
    """What can be asked of quotes."""

    making = part(Making)
    changes = part(Changes)
    finalization = part(QuoteFinalization)
    acceptance = part(Acceptance)
    expiry = part(Expiry)

    def matching(self, search: QuoteSearch) -> QuerySet[Quote]:
        """The quotes that a list shows."""
        wanted = {"customer_id": search.customer, "status": search.status}
        return self.mine(Quote).filter(**{name: value for name, value in wanted.items() if value is not None})

    @transactional
    async def create(self, draft: QuoteDraft) -> Quote:
        """Make a draft, or copy another quote. Event `quote.created`."""
        return await self.making.make(draft)

    @transactional
    async def update(self, change: QuoteChange) -> Quote:
        """Change what was mentioned: of a draft anything, of an open quote its expiry and metadata."""
        return await self.changes.change(change)

    @transactional
    async def finalize(self, draft: QuoteFinalizeDraft) -> Quote:
        """Give a draft its number and offer it. Event `quote.finalized`."""
        return await self.finalization.finalize(draft)

    async def accept(self, identifier: str) -> Settled[Quote]:
        """Make what an open quote offers. Event `quote.accepted`; a decline is answered beside it."""
        return await self.acceptance.accept(identifier)

    @transactional
    async def cancel(self, identifier: str) -> Quote:
        """Withdraw a draft or an open quote. Event `quote.canceled`."""
        seen = await self.require(Quote, identifier)
        await self.present(seen.test_clock_id)
        quote = await self.lock(Quote, identifier)
        QUOTE.refuse_unless("cancel", quote.id, QuoteStatus(quote.status))
        await self.expiry.cancel([quote])
        return quote
