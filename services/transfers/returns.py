"""What a refund takes along: shares that come back, and the platform's fee that goes back, both in proportion.

What the network returns of a refund that failed afterwards comes back to whoever refunded; what was taken along stays
as it is. The next refund then takes along only what those before it have not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.lifecycles import RefundStatus
from domain.settlement import Sent, going_back, shares_going_back
from models import Charge, Refund, Transfer
from services.aggregates import WholeTransfer
from services.base import Service, part
from services.transfers.fees import ApplicationFees
from services.transfers.movements import Moment
from services.transfers.reversing import Back, Reversals, wholes


@dataclass(frozen=True, slots=True)
class Along:
    """Which parts of others a refund takes along, each in proportion."""

    transfer: bool = False
    application_fee: bool = False


NOTHING_ALONG: Final = Along()


class Returns(Service):
    """Follows refunds of payments that others have a part in."""

    reversals = part(Reversals)
    fees = part(ApplicationFees)

    async def refuse_unfit(self, charge: Charge, along: Along) -> None:
        """Refuse to take along what was never sent, or is not the caller's to give."""
        if along.transfer and not await self._transfers(charge, lock=False):
            raise DomainError(
                ErrorCode.TRANSFERS_NOT_ALLOWED,
                f"Nothing was transferred with charge {charge.id}; leave out `reverseTransfer`.",
                "reverseTransfer",
            )
        if not along.application_fee:
            return
        if charge.application_fee_id is None:
            raise DomainError(
                ErrorCode.APPLICATION_FEES_NOT_ALLOWED,
                f"Nobody has a fee of charge {charge.id}; leave out `refundApplicationFee`.",
                "refundApplicationFee",
            )
        if not self.scope.stand.is_platform and self.scope.application_id is None:
            raise DomainError(
                ErrorCode.APPLICATION_FEES_NOT_ALLOWED,
                f"The fee of charge {charge.id} is the platform's; only that one can give it back.",
                "refundApplicationFee",
            )

    async def follow(self, refund: Refund, charge: Charge, moment: Moment) -> None:
        """Within a transaction: take along what the refund says; both are held.

        Notes the first reversal on the refund (not written here). One that takes nothing along costs no statement.
        """
        if not (refund.reverse_transfer or refund.refund_application_fee):
            return
        refunds = [each for each in await self.gather(Refund, "charge_id", [charge.id]) if _counts(each, refund)]
        if refund.reverse_transfer:
            refunded = sum(each.amount for each in refunds if each.reverse_transfer)
            await self._reverse(refund, charge, refunded, moment)
        if refund.refund_application_fee:
            refunded = sum(each.amount for each in refunds if each.refund_application_fee)
            await self._give_fee_back(refund, charge, refunded, moment)

    async def _reverse(self, refund: Refund, charge: Charge, refunded: int, moment: Moment) -> None:
        transfers = await wholes(self, await self._transfers(charge, lock=True))
        amounts = shares_going_back(
            [_sent(each) for each in transfers], charged=charge.amount_captured, refunded=refunded
        )
        note = {"source_refund_id": refund.id, "metadata": {}}
        backs = [Back(whole, amount, note) for whole, amount in zip(transfers, amounts, strict=True) if amount]
        if backs:
            refund.transfer_reversal_id = (await self.reversals.write(backs, moment))[0].id

    async def _give_fee_back(self, refund: Refund, charge: Charge, refunded: int, moment: Moment) -> None:
        fee = await self.fees.held_of(charge_id=charge.id)
        assert fee is not None, f"the fee {charge.application_fee_id} of {charge.id} is gone"
        amount = going_back(
            fee.row.amount,
            charged=charge.amount_captured,
            refunded=refunded,
            back_already=sum(each.amount for each in fee.refunds if each.source_refund_id is not None),
            left=fee.left,
        )
        await self.fees.write(fee, amount, moment, source_refund_id=refund.id)

    async def _transfers(self, charge: Charge, *, lock: bool) -> Sequence[Transfer]:
        """What was transferred with the charge itself, not separately afterwards."""
        return await self.gather(
            Transfer, "source_charge_id", [charge.id], order=("id",), lock=lock, is_of_payment=True
        )


def _counts(each: Refund, refund: Refund) -> bool:
    """Whether a refund is among those that the proportion is reckoned of: this one, and those that moved money."""
    return each.id == refund.id or (each.status != RefundStatus.FAILED and each.balance_transaction_id is not None)


def _sent(whole: WholeTransfer) -> Sent:
    already = sum(each.amount for each in whole.reversals if each.source_refund_id is not None)
    return Sent(whole.row.amount, already, whole.left)
