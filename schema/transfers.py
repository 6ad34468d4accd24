"""Money between accounts in the API: shares of payments, transfers, what arrives of them, and platforms' fees."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

import models
from domain.ids import Prefix
from domain.invoice_sharing import bears_percentage
from domain.invoices import BillingReason
from domain.settlement import TransferFailureReason
from domain.sharing import Sharing
from schema.base import (
    DIRECT,
    KINDS_BY_PREFIX,
    Node,
    Wrapping,
    column,
    describe_enum,
    input_field,
    node_type,
    part_type,
)
from schema.connections import Connection
from schema.payloads import payload
from schema.refs import (
    AccountRef,
    ApplicationFeeRef,
    ApplicationFeeRefundRef,
    BalanceTransactionRef,
    ChargeRef,
    RefundRef,
    TransferRef,
    TransferReversalRef,
)
from schema.relations import one, page
from schema.scalars import Currency, Metadata, MinorUnits
from services.transfers import fees_refunded, payments_refunded, transfers_reversed

describe_enum(
    TransferFailureReason,
    "Why an account did not receive its share of a payment; the money stayed where it was charged.",
    ACCOUNT_DISCONNECTED="It had left the platform.",
    ACCOUNT_MISSING="It was not an account of the platform.",
    CAPABILITY_INACTIVE="Its capability `transfers` was not active.",
)


@part_type
class TransferData(Wrapping):
    """What another account receives of a payment: an amount, a percentage, or, with neither, all that is left."""

    destination: AccountRef | None = one("destination", "The account that receives it; null where it may not be read.")
    amount: MinorUnits | None = column("How much.")
    amount_percent: Decimal | None = column("Which percentage of what is paid.")


@strawberry.input(description="What another account receives of a payment; with neither amount nor percentage, all.")
class TransferDataInput:
    """Becomes `Share`."""

    destination: strawberry.ID = input_field("A connected account with the capability `transfers`.")
    amount: MinorUnits | None = input_field("How much of it, in minor units.")
    amount_percent: Decimal | None = input_field("Which percentage of it: 0 to 100 with at most two decimals.")


def application_fee_percent(description: str) -> Any:
    """A field for the percentage that a platform has."""

    def resolve(source: Any, _info: Any) -> Decimal | None:
        return _of(source).application_fee_percent

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def percentage_borne(description: str) -> Any:
    """A field for the percentage of which the fee of an invoice will come, while that is a draft."""

    def resolve(source: Any, _info: Any) -> Decimal | None:
        row = source.row
        borne = bears_percentage(BillingReason(row.billing_reason), opens_a_period=row.cycle is not None)
        return _of(source).application_fee_percent if borne else None

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def application_fee_amount(description: str) -> Any:
    """A field for the fee that a platform has, in minor units."""

    def resolve(source: Any, _info: Any) -> int | None:
        return _of(source).application_fee_amount

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def transfer_data(description: str) -> Any:
    """A field for what other accounts receive, in order."""

    def resolve(source: Any, _info: Any) -> list[TransferData]:
        return [TransferData.of(each) for each in _of(source).shares]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def on_behalf_of(description: str = "The account that sells; null where the one that charges does.") -> Any:
    """A field for the account that sells."""

    def resolve(source: Any, info: Any) -> Any:
        seller = _of(source).on_behalf_of
        return None if seller is None else info.context.load.one(KINDS_BY_PREFIX[Prefix.ACCOUNT]).load(seller)

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def _of(source: Wrapping) -> Sharing:
    return Sharing.from_json(source.row.sharing)


def _sum_of(fetch: Any, description: str) -> Any:
    """A field with what `fetch` adds up, 0 where nothing is."""

    def resolve(source: Any, info: Any) -> Any:
        return info.context.load.values(fetch, int).load(source.row.id)

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def _whole(fetch: Any, description: str) -> Any:
    """A field that says whether what `fetch` adds up is all of the amount."""

    async def resolve(source: Any, info: Any) -> bool:
        amount = info.context.load.values(fetch, int).load(source.row.id)
        back = amount if isinstance(amount, int) else await amount
        return bool(back >= source.row.amount)

    return strawberry.field(description=description, metadata={DIRECT: resolve})


@node_type(models.Transfer, kind="transfers", prefix=Prefix.TRANSFER)
class Transfer(Node):
    """Money that was sent to another account."""

    created: datetime = column("When it was sent.", source="created_at")
    livemode: bool = column("Whether it is real money.")
    amount: MinorUnits = column("What was sent.")
    amount_reversed: MinorUnits = _sum_of(transfers_reversed, "What came back of it.")
    reversed: bool = _whole(transfers_reversed, "Whether all of it came back.")
    currency: Currency = column("What the amounts are in.")
    destination: AccountRef | None = one("destination_id", "Who received it; null where that may not be read.")
    source_transaction: ChargeRef | None = one(
        "source_charge_id", "The charge whose money it is; null where it was taken from the available balance."
    )
    transfer_group: str | None = column("What it is found by together with charges and other transfers.")
    description: str | None = column("What it is for.")
    balance_transaction: BalanceTransactionRef | None = one("balance_transaction_id", "The movement in the books.")
    reversals: Connection[TransferReversalRef] = page("transfer_id", "What came back of it, newest first.")
    metadata: Metadata = column("Labels of your own.")


@node_type(models.TransferReversal, kind="transfers", prefix=Prefix.TRANSFER_REVERSAL)
class TransferReversal(Node):
    """Part or all of a transfer that came back."""

    created: datetime = column("When it came back.", source="created_at")
    livemode: bool = column("Whether it is real money.")
    amount: MinorUnits = column("What came back.")
    currency: Currency = column("What the amount is in.")
    transfer: TransferRef = one("transfer_id", "Of which transfer.")
    source_refund: RefundRef | None = one("source_refund_id", "The refund that brought it about.")
    description: str | None = column("What it is for.")
    balance_transaction: BalanceTransactionRef | None = one("balance_transaction_id", "The movement in the books.")
    metadata: Metadata = column("Labels of your own.")


@node_type(models.DestinationPayment, kind="payments", prefix=Prefix.DESTINATION_PAYMENT)
class DestinationPayment(Node):
    """What arrived of another account's transfer."""

    created: datetime = column("When it arrived.", source="created_at")
    livemode: bool = column("Whether it is real money.")
    amount: MinorUnits = column("What arrived.")
    amount_refunded: MinorUnits = _sum_of(payments_refunded, "What went back of it by reversals.")
    refunded: bool = _whole(payments_refunded, "Whether all of it went back.")
    currency: Currency = column("What the amounts are in.")
    description: str | None = column("What it is for.")
    balance_transaction: BalanceTransactionRef | None = one(
        "balance_transaction_id", "The movement in the books, less the platform's fee."
    )


@node_type(models.ApplicationFee, kind="application_fees", prefix=Prefix.APPLICATION_FEE)
class ApplicationFee(Node):
    """What a platform keeps of a payment to one of its accounts."""

    created: datetime = column("When it was taken.", source="created_at")
    livemode: bool = column("Whether it is real money.")
    amount: MinorUnits = column("What was taken.")
    amount_refunded: MinorUnits = _sum_of(fees_refunded, "What was given back of it.")
    refunded: bool = _whole(fees_refunded, "Whether all of it was given back.")
    currency: Currency = column("What the amounts are in.")
    account: AccountRef | None = one("charged_account_id", "Who paid it; null where that may not be read.")
    charge: ChargeRef | None = one("charge_id", "The platform's own charge of which it is; null for a direct charge.")
    balance_transaction: BalanceTransactionRef | None = one("balance_transaction_id", "The movement in the books.")
    refunds: Connection[ApplicationFeeRefundRef] = page("fee_id", "What was given back of it, newest first.")

    charge_id: strawberry.ID = column("The charge of which it is, on whichever account it stands.")


@node_type(models.ApplicationFeeRefund, kind="application_fees", prefix=Prefix.APPLICATION_FEE_REFUND)
class ApplicationFeeRefund(Node):
    """Part or all of a platform's fee that went back to the account that had paid it."""

    created: datetime = column("When it went back.", source="created_at")
    livemode: bool = column("Whether it is real money.")
    amount: MinorUnits = column("What went back.")
    currency: Currency = column("What the amount is in.")
    fee: ApplicationFeeRef = one("fee_id", "Of which fee.")
    balance_transaction: BalanceTransactionRef | None = one("balance_transaction_id", "The movement in the books.")
    metadata: Metadata = column("Labels of your own.")


@strawberry.input(description="Which transfers to list.")
class TransferFilter:
    """Becomes `TransferSearch`."""

    destination: strawberry.ID | None = input_field("Only those to this account.")
    source_transaction: strawberry.ID | None = input_field("Only those of this charge.")
    transfer_group: str | None = input_field("Only those of this group.")


@strawberry.input(description="Which application fees to list.")
class ApplicationFeeFilter:
    """Becomes `ApplicationFeeSearch`."""

    account: strawberry.ID | None = input_field("Only those that this account paid.")
    charge: strawberry.ID | None = input_field("Only that of this charge, on whichever account it stands.")


@strawberry.input(description="What to send to another account.")
class TransferCreateInput:
    """Becomes `NewTransfer`."""

    amount: MinorUnits = input_field("How much, from 1 on.")
    currency: Currency = input_field("What it is in.")
    destination: strawberry.ID = input_field(
        "A connected account with the capability `transfers`; acting for an account, the platform itself."
    )
    source_transaction: strawberry.ID | None = input_field(
        "A charge whose money it is, at most what it has left after refunds and disputes: it is available when that"
        " is. Without one, the balance must be available."
    )
    transfer_group: str | None = input_field("What it is found by; that of the charge by default.")
    description: str | None = input_field("What it is for.")
    test_clock: strawberry.ID | None = input_field("The test clock whose money it is, without a charge.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a transfer.")
class TransferUpdateInput:
    """Becomes `TransferChange`."""

    id: strawberry.ID = input_field("The transfer.")
    description: strawberry.Maybe[str | None] = input_field("What it is for.")
    metadata: Metadata | None = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="What is to come back of a transfer.")
class TransferReversalCreateInput:
    """Becomes `NewReversal`."""

    transfer: strawberry.ID = input_field("The transfer.")
    amount: MinorUnits | None = input_field("How much of it; all that is left by default.")
    refund_application_fee: bool | None = input_field("Give back the platform's fee with it, in proportion.")
    description: str | None = input_field("What it is for.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What a platform gives back of its fee.")
class ApplicationFeeRefundCreateInput:
    """Becomes `NewFeeRefund`."""

    fee: strawberry.ID = input_field("The application fee.")
    amount: MinorUnits | None = input_field("How much of it; all that is left by default.")
    metadata: Metadata | None = input_field("Labels of your own.")


TransferCreatePayload = payload("transferCreate", transfer=TransferRef)
TransferUpdatePayload = payload("transferUpdate", transfer=TransferRef)
TransferReversalCreatePayload = payload("transferReversalCreate", transfer_reversal=TransferReversalRef)
ApplicationFeeRefundCreatePayload = payload(
    "applicationFeeRefundCreate", application_fee_refund=ApplicationFeeRefundRef
)
