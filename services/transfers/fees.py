"""What a platform gives back of its fees, by itself or together with a refund."""

from dataclasses import replace
from typing import Any

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.metadata import merged_metadata
from models import ApplicationFee, ApplicationFeeRefund
from services.aggregates import WholeApplicationFee
from services.availability import Availability
from services.base import Service, part
from services.events import Events
from services.expected_money import expect_money
from services.idempotency import transactional
from services.rows import fetch_by, insert_rows
from services.transfers.drafts import NewFeeRefund
from services.transfers.movements import Moment, movement, on_account, ownership_on


class ApplicationFees(Service):
    """Gives fees back to the accounts that paid them."""

    availability = part(Availability)

    @transactional
    async def refund(self, draft: NewFeeRefund) -> ApplicationFeeRefund:
        """Part or all of a fee, given back. Event `application_fee.refunded`. Never more than is left of it."""
        metadata = merged_metadata({}, draft.metadata)
        await self.require(ApplicationFee, draft.fee, "fee")
        fee = await self.held_of(id=draft.fee)
        assert fee is not None
        amount = fee.left if draft.amount is None else draft.amount
        if amount < 1 <= fee.left:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"Amount {amount} cannot be given back; it would have to be from 1 to {fee.left} {fee.row.currency}.",
                "amount",
            )
        if amount > fee.left or amount < 1:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"Amount {draft.amount or fee.row.amount} exceeds the {fee.left} {fee.row.currency} left to give back"
                f" of {fee.row.id}.",
                "amount",
            )
        at = await self.availability.moment(fee.row.test_clock_id)
        refund = await self.write(fee, amount, Moment(at, fee.row.test_clock_id, at), metadata=metadata)
        assert refund is not None
        return refund

    async def held_of(self, **named: str) -> WholeApplicationFee | None:
        """The fee with this id, or of this charge or payment, on whichever account it is; held."""
        [(column, value)] = named.items()
        found = await fetch_by(ApplicationFee, column, [value], lock=True, livemode=self.scope.livemode)
        if not found:
            return None
        refunds = await fetch_by(ApplicationFeeRefund, "fee_id", [found[0].id], order=("id",))
        return WholeApplicationFee(found[0], refunds)

    async def write(
        self, fee: WholeApplicationFee, amount: int, moment: Moment, **note: Any
    ) -> ApplicationFeeRefund | None:
        """Within a transaction: what is given back of a held fee, on both accounts; None where it is nothing."""
        if not amount:
            return None
        row = fee.row
        refund = ApplicationFeeRefund.made(
            id=self.new_id(Prefix.APPLICATION_FEE_REFUND),
            created_at=moment.at,
            fee_id=row.id,
            amount=amount,
            currency=row.currency,
            **{"metadata": {}, **note},
            **ownership_on(self.scope, row.account_id),
        )
        kind = BalanceTransactionType.APPLICATION_FEE_REFUND
        given = movement(self.scope, row.account_id, kind, -amount, row.currency, refund.id, moment)
        came = movement(self.scope, row.charged_account_id, kind, amount, row.currency, refund.id, moment)
        refund.balance_transaction_id = given.id
        await insert_rows([refund])
        await insert_rows([given, came])
        await expect_money(self.scope, [given, came])
        whole = replace(fee, refunds=(*fee.refunds, refund))
        events = Events(on_account(self.scope, row.account_id))
        events.record(EventType.APPLICATION_FEE_REFUNDED, whole, at=moment.at)
        return refund
