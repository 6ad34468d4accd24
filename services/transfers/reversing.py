"""Transfers that come back: reversals by themselves, and those that a refund takes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.checks import checked, checked_where_given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.metadata import merged_metadata
from domain.settlement import going_back
from domain.texts import text_within
from models import ApplicationFee, BalanceTransaction, DestinationPayment, Transfer, TransferReversal
from services.aggregates import WholeDestinationPayment, WholeTransfer
from services.availability import Availability
from services.base import Service, part
from services.events import Events
from services.expected_money import expect_money
from services.idempotency import transactional
from services.rows import fetch_by, insert_rows
from services.transfers.drafts import NewReversal
from services.transfers.fees import ApplicationFees
from services.transfers.movements import Moment, movement, on_account, refuse_own_key

DESCRIPTION_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Back:
    """What is to come back of a transfer, in minor units; `note` has the other columns of the reversal."""

    transfer: WholeTransfer
    amount: int
    note: Mapping[str, Any]


class Reversals(Service):
    """Takes money of transfers back."""

    availability = part(Availability)
    events = part(Events)
    fees = part(ApplicationFees)

    @transactional
    async def create(self, draft: NewReversal) -> TransferReversal:
        """The reversal. Events `transfer.reversed`, `charge.refunded` where it had arrived, and of the fee.

        Never more than is left of the transfer, also where several reversals run side by side.
        """
        refuse_own_key(self.scope)
        problems = Problems()
        metadata = checked(problems, merged_metadata, {}, draft.metadata)
        checked_where_given(problems, text_within, draft.description or "", DESCRIPTION_LENGTH_MAX, "description")
        problems.raise_any()
        transfer = await self.lock(Transfer, draft.transfer, "transfer")
        at = await self.availability.moment(transfer.test_clock_id)
        [whole] = await wholes(self, [transfer])
        amount = _reversible(whole, draft.amount)
        moment = Moment(at, transfer.test_clock_id, at)
        [reversal] = await self.write(
            [Back(whole, amount, {"description": draft.description, "metadata": metadata})], moment
        )
        if draft.refund_application_fee:
            await self._fee_back(whole, amount, moment)
        return reversal

    async def write(self, backs: Sequence[Back], moment: Moment) -> list[TransferReversal]:
        """Within a transaction: reversals of held transfers, with their movements and events on both sides."""
        reversals: list[TransferReversal] = []
        movements: list[BalanceTransaction] = []
        for back in backs:
            reversal = self._reversal(back, moment)
            returned, taken = self._movements(back, reversal, moment)
            reversal.balance_transaction_id = returned.id
            reversal.destination_balance_transaction_id = taken.id
            reversals.append(reversal)
            movements += (returned, taken)
        await insert_rows(reversals)
        await insert_rows(movements)
        await expect_money(self.scope, movements)
        await self._tell(backs, reversals, moment)
        return reversals

    def _reversal(self, back: Back, moment: Moment) -> TransferReversal:
        row = back.transfer.row
        return TransferReversal.made(
            id=self.new_id(Prefix.TRANSFER_REVERSAL),
            created_at=moment.at,
            transfer_id=row.id,
            amount=back.amount,
            currency=row.currency,
            **back.note,
            **self.ownership(),
        )

    def _movements(
        self, back: Back, reversal: TransferReversal, moment: Moment
    ) -> tuple[BalanceTransaction, BalanceTransaction]:
        """What comes back here, and what leaves the account that had received it."""
        row, scope = back.transfer.row, self.scope
        returned = movement(
            scope, row.account_id, BalanceTransactionType.TRANSFER_REFUND, back.amount, row.currency, reversal.id,
            moment, description=reversal.description,
        )  # fmt: skip
        taken = movement(
            scope, row.destination_id, BalanceTransactionType.PAYMENT_REFUND, -back.amount, row.currency, reversal.id,
            moment,
        )  # fmt: skip
        return returned, taken

    async def _tell(self, backs: Sequence[Back], reversals: Sequence[TransferReversal], moment: Moment) -> None:
        transfers = [each.transfer.row.id for each in backs]
        payments = {
            each.source_transfer_id: each
            for each in await fetch_by(DestinationPayment, "source_transfer_id", transfers)
        }
        fees = {each.application_fee_id for each in payments.values()} - {None}
        amounts = {each.id: each.amount for each in await fetch_by(ApplicationFee, "id", fees)} if fees else {}
        for back, reversal in zip(backs, reversals, strict=True):
            whole = replace(back.transfer, reversals=(*back.transfer.reversals, reversal))
            self.events.record(EventType.TRANSFER_REVERSED, whole, at=moment.at)
            payment = payments[whole.row.id]
            arrived = WholeDestinationPayment(
                payment, whole.amount_reversed, amounts.get(payment.application_fee_id or "")
            )
            there = Events(on_account(self.scope, whole.row.destination_id))
            there.record(EventType.CHARGE_REFUNDED, arrived, at=moment.at)

    async def _fee_back(self, before: WholeTransfer, amount: int, moment: Moment) -> None:
        """The fee of what arrived, in proportion to all that came back of the transfer."""
        fee = await self.fees.held_of(destination_payment_id=before.row.destination_payment_id)
        if fee is None:
            raise DomainError(
                ErrorCode.APPLICATION_FEES_NOT_ALLOWED,
                f"There is no fee of transfer {before.row.id} to give back; leave out `refundApplicationFee`.",
                "refundApplicationFee",
            )
        whole, former = before.row.amount, before.amount_reversed
        already = going_back(fee.row.amount, charged=whole, refunded=former, back_already=0, left=fee.row.amount)
        back = going_back(fee.row.amount, charged=whole, refunded=former + amount, back_already=already, left=fee.left)
        await self.fees.write(fee, back, moment)


async def wholes(service: Service, transfers: Sequence[Transfer]) -> list[WholeTransfer]:
    """Transfers with their reversals, in order."""
    if not transfers:
        return []
    by_transfer: dict[str, list[TransferReversal]] = {each.id: [] for each in transfers}
    for reversal in await service.gather(TransferReversal, "transfer_id", by_transfer, order=("id",)):
        by_transfer[reversal.transfer_id].append(reversal)
    return [WholeTransfer(each, by_transfer[each.id]) for each in transfers]


def _reversible(transfer: WholeTransfer, wanted: int | None) -> int:
    """The amount that comes back, of what is left."""
    amount = transfer.left if wanted is None else wanted
    if amount < 1 <= transfer.left:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {amount} cannot be reversed; it would have to be from 1 to {transfer.left}"
            f" {transfer.row.currency}.",
            "amount",
        )
    if amount > transfer.left or amount < 1:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {wanted or transfer.row.amount} exceeds the {transfer.left} {transfer.row.currency} left to"
            f" reverse of {transfer.row.id}.",
            "amount",
        )
    return amount
