"""What others have of invoices: named by hand, fixed at finalization, foreseen in previews."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode
from domain.invoice_sharing import bears_percentage, untaxed_part, with_fee, without_fee
from domain.invoices import BillingReason
from domain.sharing import NOBODY, Share, Sharing
from models import Account, Invoice, InvoiceItem
from services.accounts.parts import Parts
from services.base import Service, part
from services.rows import fetch_by
from services.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSharing:
    """What a caller says of an invoice's sharing; what is absent stays, None removes."""

    application_fee_amount: int | Unset | None = UNSET
    transfer_data: tuple[Share, ...] | Unset | None = UNSET
    on_behalf_of: str | Unset | None = UNSET

    @property
    def says_nothing(self) -> bool:
        """Whether all of it is absent."""
        return all(each is UNSET for each in (self.application_fee_amount, self.transfer_data, self.on_behalf_of))

    def over(self, former: Sharing) -> Sharing:
        """What was before, with what was said; an amount takes the place of a percentage, and so does its removal."""
        percent = former.application_fee_percent
        return replace(
            former,
            application_fee_amount=given(self.application_fee_amount, former.application_fee_amount),
            application_fee_percent=percent if self.application_fee_amount is UNSET else None,
            shares=former.shares if self.transfer_data is UNSET else self.transfer_data or (),
            on_behalf_of=given(self.on_behalf_of, former.on_behalf_of),
        )


@dataclass(frozen=True, slots=True)
class Charged:
    """What an invoice that is foreseen would charge, in minor units, and for which reason it would be made."""

    amount_due: int
    total: int
    total_excluding_tax: int
    reason: BillingReason


class InvoiceSharing(Service):
    """Works out the part of others in invoices; no statement where nobody has one."""

    parts = part(Parts)
    settings = part(Settings)

    async def change(
        self, row: Invoice, wanted: WantedSharing, items: Sequence[InvoiceItem], *, has_lines: bool
    ) -> None:
        """Set what a draft with these items says (in memory). A fee is at most the total, and of what a platform made.

        What was agreed upon before is not looked up again, so that a part can be taken away whoever has left.
        """
        if wanted.says_nothing:
            return
        former = Sharing.from_json(row.sharing)
        sharing = wanted.over(former)
        taken_away = former.shares and not sharing.shares and wanted.application_fee_amount is UNSET
        if taken_away and not self.scope.stand.is_direct:
            sharing = without_fee(sharing)  # Nobody is left to take it from: all of it is the platform's.
        await self.parts.checked(sharing, agreed=former)
        fee = sharing.application_fee_amount
        if fee is not None and fee != former.application_fee_amount:
            refuse_beyond(fee, row.total if has_lines else None, row.currency)
            self.refuse_foreign(row, items)
        row.sharing = sharing.as_json()

    async def fix(self, rows: Sequence[Invoice]) -> bool:
        """Fix the fees of invoices that are being finalized and know what they charge, in memory; whether any had one.

        What others have of them never changes afterwards.
        """
        shared = [row for row in rows if row.sharing is not None]
        if not shared:
            return False
        base = (await self.settings.of_the_platform()).application_fee_base
        ended = await self._fees_ended([row.application_id for row in shared])
        for row in shared:
            sharing, reason = Sharing.from_json(row.sharing), BillingReason(row.billing_reason)
            if ended and row.application_id is not None:
                sharing = without_fee(sharing)
            fixed = with_fee(
                sharing,
                charged=row.amount_due,
                untaxed=untaxed_part(row.total, row.total_excluding_tax, base),
                in_period=bears_percentage(reason, opens_a_period=row.cycle is not None),
            )
            row.sharing = fixed.as_json()
        return True

    async def foreseen(self, sharing: Sharing, application_id: str | None, charged: Charged) -> Sharing:
        """As `fix`, for an invoice that does not exist yet."""
        if sharing == NOBODY:
            return sharing
        base = (await self.settings.of_the_platform()).application_fee_base
        if application_id is not None and await self._fees_ended([application_id]):
            sharing = without_fee(sharing)
        return with_fee(
            sharing,
            charged=charged.amount_due,
            untaxed=untaxed_part(charged.total, charged.total_excluding_tax, base),
            in_period=bears_percentage(charged.reason, opens_a_period=False),
        )

    async def _fees_ended(self, applications: Sequence[str | None]) -> bool:
        """Whether the account has left its platform, which asks for nothing any more then."""
        if not any(applications) or not (await self.settings.of_the_platform()).end_fees_on_disconnect:
            return False
        [account] = await fetch_by(Account, "id", [self.scope.account_id])
        return account.disconnected_at is not None

    def refuse_foreign(
        self, row: Invoice, items: Sequence[InvoiceItem], param: tuple[str, ...] = ("applicationFeeAmount",)
    ) -> None:
        """A platform takes no fee of what somebody else made (spec 06, Who may do what)."""
        stand = self.scope.stand
        if not stand.is_direct:
            return
        makers = {row.id: row.application_id} | {item.id: item.application_id for item in items}
        foreign = next((key for key, maker in makers.items() if maker != stand.application_id), None)
        if foreign is not None:
            raise DomainError(
                ErrorCode.APPLICATION_NOT_MAKER,
                f"{foreign} was not made by {stand.application_id} for {stand.account_id}, so that it can take no fee"
                f" of invoice {row.id}; it can of an invoice that it made, of items that it made.",
                param,
            )


def refuse_beyond(fee: int, total: int | None, currency: str) -> None:
    """Refuse a fee of more than the invoice asks for; None as total is a draft without lines, which asks later."""
    if total is not None and fee > max(total, 0):
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"A fee of {fee} {currency} is more than the invoice asks for; it would have to be at most"
            f" {max(total, 0)}.",
            "applicationFeeAmount",
        )
