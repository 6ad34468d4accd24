"""Finalizing quotes: a draft becomes an offer with a number, whose words stay."""

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import QUOTE, QuoteStatus
from domain.quotes import expiry_of, quote_number
from models import Quote
from services.base import Service, part
from services.events import Events
from services.quotes.discounts import QuoteDiscounts
from services.quotes.drafts import QuoteFinalizeDraft
from services.quotes.expiry import Expiry
from services.quotes.lines import QuoteLines
from services.quotes.refusals import told_of_the_quote
from services.rows import update_rows
from services.subscriptions.creation import Creation
from services.subscriptions.planning import Planning

_FINALIZED = ("status", "number", "sequence", "revision", "expires_at", "finalized_at")


class QuoteFinalization(Service):
    """Opens quotes."""

    events = part(Events)
    lines = part(QuoteLines)
    discounts = part(QuoteDiscounts)
    expiry = part(Expiry)
    planning = part(Planning)
    creation = part(Creation)

    async def finalize(self, draft: QuoteFinalizeDraft) -> Quote:
        """The draft is OPEN; open quotes that it is a revision of are canceled.

        Events `quote.finalized`, and `quote.canceled` for each of those; `customer.updated` when it decides their
        currency.
        """
        seen = await self.require(Quote, draft.id)
        at = await self.present(seen.test_clock_id)
        with told_of_the_quote():
            payer = await self.planning.payer(seen.customer_id)
        quote, wordings = await self._held(seen)
        QUOTE.refuse_unless("finalize", quote.id, QuoteStatus(quote.status))
        quote.expires_at = expiry_of(draft.expires_at or quote.expires_at, at)
        with told_of_the_quote():
            lines = await self.lines.of(quote)
            sold = await self.lines.refuse_unsold(lines)
            await self.discounts.refuse_deleted(quote, lines)
            await self.lines.refuse_unredeemable(quote, sold, payer.row, at)
        in_force = await self.planning.currency_in_force(payer.row, {quote.currency})
        if in_force is not None and in_force != quote.currency:
            message = f"The quote is in {quote.currency}, but the customer is billed in {in_force}."
            raise DomainError(ErrorCode.CURRENCY_MISMATCH, message, "id")
        _refuse_accepted(quote, wordings)
        quote.sequence = quote.sequence or await self._next_sequence(quote.customer_id)
        quote.revision = 1 + max((each.revision or 0 for each in wordings), default=0)
        quote.number = quote_number(payer.row.invoice_prefix, quote.sequence, quote.revision)
        quote.status = QUOTE.move(quote.id, QuoteStatus(quote.status), QuoteStatus.OPEN)
        quote.finalized_at = at
        await update_rows([quote], _FINALIZED)
        await self.expiry.plan(quote, at)
        await self.creation.take_currency(payer, quote.currency, at)
        self.events.record(EventType.QUOTE_FINALIZED, quote, at=at)
        await self.expiry.cancel([each for each in wordings if each.status == QuoteStatus.OPEN])
        return quote

    async def _held(self, seen: Quote) -> tuple[Quote, list[Quote]]:
        """The quote and the finalized wordings of the same one, held in the order of their ids."""
        known = [seen.id]
        if seen.sequence is not None:
            same = self.mine(Quote).filter(customer_id=seen.customer_id, sequence=seen.sequence)
            known += [row.id for row in await same.only("id")]
        held = {row.id: row for row in await self.gather(Quote, "id", known, lock=True)}
        quote = held.pop(seen.id)
        return quote, [each for each in held.values() if each.revision is not None]

    async def _next_sequence(self, customer_id: str) -> int:
        """The customer is held, so nobody else takes it."""
        numbered = self.mine(Quote).filter(customer_id=customer_id, sequence__not_isnull=True)
        last = await numbered.order_by("-sequence").first()
        return 1 if last is None or last.sequence is None else last.sequence + 1


def _refuse_accepted(quote: Quote, wordings: list[Quote]) -> None:
    accepted = next((each for each in wordings if each.status == QuoteStatus.ACCEPTED), None)
    if accepted is not None:
        raise DomainError(
            ErrorCode.QUOTE_UNEXPECTED_STATE,
            f"Quote {quote.id} is a revision of {accepted.number}, which was accepted meanwhile; make a new quote for"
            " what is to be agreed beyond that.",
            "id",
        )
