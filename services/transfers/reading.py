"""Reading transfers, what arrived of them, and the fees of platforms."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import ApplicationFee, ApplicationFeeRefund, DestinationPayment, Transfer, TransferReversal
from services.base import Service
from services.pages import Listing
from services.rows import fetch_by
from services.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSearch:
    """Which transfers a list shows."""

    destination: str | None = None
    source_transaction: str | None = None
    transfer_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFeeSearch:
    """Which application fees a list shows."""

    account: str | None = None
    charge: str | None = None


class MoneyBetween(Service):
    """Lists what went between the scope's account and others."""

    def transfers(self, search: TransferSearch) -> Listing:
        """The transfers that a list shows."""
        wanted = {
            "destination_id": search.destination,
            "source_charge_id": search.source_transaction,
            "transfer_group": search.transfer_group,
        }
        return self.mine(Transfer).filter(**{name: value for name, value in wanted.items() if value is not None})

    def fees(self, search: ApplicationFeeSearch) -> Listing:
        """The application fees that a list shows."""
        wanted = {"charged_account_id": search.account, "charge_id": search.charge}
        return self.mine(ApplicationFee).filter(**{name: value for name, value in wanted.items() if value is not None})

    def payments(self) -> Listing:
        """What arrived of other accounts' transfers."""
        return self.mine(DestinationPayment)


async def transfers_reversed(scope: Scope, transfer_ids: Sequence[str]) -> dict[str, int]:
    """What came back of each of the scope's transfers, in minor units; those of which nothing did are absent."""
    totals: dict[str, int] = {}
    for reversal in await MoneyBetween(scope).gather(TransferReversal, "transfer_id", transfer_ids):
        totals[reversal.transfer_id] = totals.get(reversal.transfer_id, 0) + reversal.amount
    return totals


async def payments_refunded(scope: Scope, payment_ids: Sequence[str]) -> dict[str, int]:
    """What went back of each payment that arrived on the scope's account, in minor units; absent where nothing did.

    The reversals stand on the account that had sent it; only their sum is told here.
    """
    payments = await MoneyBetween(scope).gather(DestinationPayment, "id", payment_ids)
    by_transfer = {each.source_transfer_id: each.id for each in payments}
    totals: dict[str, int] = {}
    for reversal in await fetch_by(TransferReversal, "transfer_id", by_transfer):
        payment_id = by_transfer[reversal.transfer_id]
        totals[payment_id] = totals.get(payment_id, 0) + reversal.amount
    return totals


async def fees_refunded(scope: Scope, fee_ids: Sequence[str]) -> dict[str, int]:
    """What was given back of each of the scope's application fees, in minor units; absent where nothing was."""
    totals: dict[str, int] = {}
    for refund in await MoneyBetween(scope).gather(ApplicationFeeRefund, "fee_id", fee_ids):
        totals[refund.fee_id] = totals.get(refund.fee_id, 0) + refund.amount
    return totals
