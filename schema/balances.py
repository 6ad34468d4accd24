"""Balances in the API: what an account owns, and every movement that made it so."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from schema.base import DIRECT, Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.refs import (
    ApplicationFeeRef,
    ApplicationFeeRefundRef,
    ChargeRef,
    DestinationPaymentRef,
    DisputeRef,
    PayoutRef,
    RefundRef,
    TopupRef,
    TransferRef,
    TransferReversalRef,
)
from schema.relations import one
from schema.scalars import Currency, MinorUnits
from services.balances import movements_available

describe_enum(
    BalanceTransactionType,
    "Why money moved.",
    CHARGE="A charge came in.",
    PAYMENT="What another account transferred came in.",
    REFUND="A refund went out.",
    REFUND_FAILURE="A refund did not arrive and came back.",
    PAYMENT_REFUND="What another account had transferred went back to it.",
    TRANSFER="Money was transferred to another account.",
    TRANSFER_REFUND="Money that was transferred came back.",
    APPLICATION_FEE="A platform's fee came in.",
    APPLICATION_FEE_REFUND="A platform's fee went back: out of the platform, in at the account that had paid it.",
    STRIPE_FEE="The network's fee for a charge of an account whose fees the platform pays.",
    ADJUSTMENT="A dispute took money, or brought it back.",
    PAYOUT="A payout left for a bank.",
    PAYOUT_CANCEL="A payout was canceled and came back.",
    PAYOUT_FAILURE="A payout did not arrive and came back.",
    TOPUP="Money was called in from a bank.",
)


class BalanceTransactionStatus(StrEnum):
    """Whether money can be paid out."""

    AVAILABLE = "available"
    PENDING = "pending"


describe_enum(
    BalanceTransactionStatus,
    "Whether the money of a movement can be paid out.",
    AVAILABLE="It can.",
    PENDING="Not yet.",
)


@part_type
class Amount(Wrapping):
    """An amount in one currency."""

    amount: MinorUnits = column("How much.")
    currency: Currency = column("What it is in.")


@part_type
class Balance(Wrapping):
    """What an account owns after fees, by currency."""

    @computed("What can be paid out.")
    def available(self) -> list[Amount]:
        """One amount per currency."""
        return [Amount.of(each) for each in self.row.available]

    @computed("What becomes available later.")
    def pending(self) -> list[Amount]:
        """One amount per currency."""
        return [Amount.of(each) for each in self.row.pending]

    @computed(
        "What is kept back of it for what connected accounts owe whose losses the platform covers; empty when none do."
    )
    def connect_reserved(self) -> list[Amount]:
        """One amount per currency."""
        return [Amount.of(each) for each in self.row.connect_reserved]


@part_type
class FeeDetail(Wrapping):
    """One part of a fee."""

    type: str = column("What kind of fee it is.")
    description: str | None = column("The same in words.")
    amount: MinorUnits = column("How much.")
    currency: Currency = column("What it is in.")


async def _status(source: Any, info: Any) -> BalanceTransactionStatus:
    known = info.context.load.values(movements_available, bool).load(source.row.id)
    available = known if isinstance(known, bool) else await known
    return BalanceTransactionStatus.AVAILABLE if available else BalanceTransactionStatus.PENDING


@node_type(models.BalanceTransaction, kind="balances", prefix=Prefix.BALANCE_TRANSACTION)
class BalanceTransaction(Node):
    """A movement of money on the account. It never changes; amounts are negative when money goes out."""

    created: datetime = column("When it happened, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    type: BalanceTransactionType = column("Why it happened.")
    amount: MinorUnits = column("What moved.")
    fee: MinorUnits = column("What was kept of it.")
    net: MinorUnits = column("What the account has of it: the amount less the fee.")
    currency: Currency = column("What the amounts are in.")
    description: str | None = column("What it was for.")
    available_on: datetime = column("When it can be paid out, by the customer's clock.", source="available_at")
    status: BalanceTransactionStatus = strawberry.field(
        description="Whether it can be paid out by now.", metadata={DIRECT: _status}
    )
    charge: ChargeRef | None = one("source_id", "The charge that came in, when it was one.")
    transfer: TransferRef | None = one("source_id", "The transfer that went out, when it was one.")
    transfer_reversal: TransferReversalRef | None = one("source_id", "What came back of a transfer, when it was that.")
    destination_payment: DestinationPaymentRef | None = one(
        "source_id", "What arrived of another account's transfer, when it was that."
    )
    application_fee: ApplicationFeeRef | None = one("source_id", "The platform's fee that came in, when it was one.")
    application_fee_refund: ApplicationFeeRefundRef | None = one(
        "source_id", "What the platform gave back of a fee, when it was that."
    )
    refund: RefundRef | None = one("source_id", "The refund that went out or came back, when it was one.")
    dispute: DisputeRef | None = one("source_id", "The dispute that took money or brought it back, when it was one.")
    payout: PayoutRef | None = one("source_id", "The payout that left or came back, when it was one.")
    topup: TopupRef | None = one("source_id", "The top-up that came in, when it was one.")

    @computed("Of what the fee consists.")
    def fee_details(self) -> list[FeeDetail]:
        """Reads through to what is kept."""
        return [FeeDetail.of(each) for each in self.row.fee_details]


@strawberry.input(description="Which movements to list.")
class BalanceTransactionFilter:
    """Becomes `MovementSearch`."""

    type: BalanceTransactionType | None = input_field("Only those of this kind.")
    currency: Currency | None = input_field("Only those in this currency.")
    source: strawberry.ID | None = input_field("Only those of this charge, refund, dispute, transfer or fee.")
