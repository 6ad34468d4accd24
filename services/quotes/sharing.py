"""Who has a part in what comes of quotes."""

from typing import Any

from domain.errors import DomainError, ErrorCode, Problems
from domain.invoice_sharing import refuse_amounts, without_fee
from domain.sharing import NOBODY, Sharing
from models import Quote
from services.accounts.parts import Parts
from services.base import Service, part
from services.invoices.sharing import refuse_beyond


class QuoteSharing(Service):
    """Checks the parts of others; no statement where nobody has one."""

    parts = part(Parts)

    async def check(self, sharing: Sharing, problems: Problems, *, recurs: bool, agreed: Sharing = NOBODY) -> None:
        """Note what cannot be of the parts in what comes of a quote on which something recurs, or nothing.

        A percentage is of a subscription, an amount of an invoice (Stripe). Accounts that were `agreed` upon are not
        looked up again.
        """
        if sharing == NOBODY:
            return
        if recurs:
            refuse_amounts(sharing, problems)
        if recurs and sharing.application_fee_amount is not None:
            problems.add(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "Of what recurs a platform has a percentage; give applicationFeePercent instead.",
                "applicationFeeAmount",
            )
        if not recurs and sharing.application_fee_percent is not None:
            problems.add(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "Nothing on the quote recurs, so that one invoice comes of it; give applicationFeeAmount instead.",
                "applicationFeePercent",
            )
        if sharing == agreed:
            return
        try:
            await self.parts.checked(sharing, agreed=agreed)
        except DomainError as error:
            problems.add_from(error)

    def copied(self, source: Quote) -> dict[str, Any] | None:
        """The parts of another quote, without a fee that is a platform's where somebody else makes the copy."""
        sharing = Sharing.from_json(source.sharing)
        if source.application_id != self.scope.application_id:
            sharing = without_fee(sharing)
        return sharing.as_json()


def refuse_above_total(quote: Quote) -> None:
    """Refuse a fee of more than the quote comes to."""
    fee = Sharing.from_json(quote.sharing).application_fee_amount
    if fee is not None:
        refuse_beyond(fee, quote.amount_total, quote.currency)
