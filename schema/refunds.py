"""Refunds in the API."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import RefundReason
from domain.lifecycles import RefundStatus
from schema.base import Node, column, describe_enum, input_field, node_type
from schema.connections import Connection
from schema.payloads import payload
from schema.refs import (
    BalanceTransactionRef,
    ChargeRef,
    CreditNoteRef,
    PaymentIntentRef,
    RefundRef,
    TransferReversalRef,
)
from schema.relations import one, page
from schema.scalars import Currency, Metadata, MinorUnits

describe_enum(
    RefundStatus,
    "How a refund stands.",
    PENDING="It is on its way; the network has not said how it ends.",
    SUCCEEDED="The money went back. The customer's bank may still return it.",
    FAILED="The money did not arrive and is in the balance again. Final.",
)
describe_enum(
    RefundReason,
    "Why money is given back.",
    DUPLICATE="It was charged twice.",
    FRAUDULENT="It was not the card's holder who paid.",
    REQUESTED_BY_CUSTOMER="The customer wanted it back.",
)


@node_type(models.Refund, kind="refunds", prefix=Prefix.REFUND)
class Refund(Node):
    """Part or all of a charge on its way back to the customer."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: RefundStatus = column("How it stands.")
    amount: MinorUnits = column("What is given back.")
    currency: Currency = column("What the amount is in.")
    reason: RefundReason | None = column("Why.")
    charge: ChargeRef = one("charge_id", "Of which charge.")
    payment_intent: PaymentIntentRef = one("payment_intent_id", "Of which payment.")
    credit_note: CreditNoteRef | None = one("credit_note_id", "The credit note that began it.")
    failure_reason: str | None = column("Why it failed, as a code.")
    balance_transaction: BalanceTransactionRef | None = one(
        "balance_transaction_id", "The movement that took it out of the balance."
    )
    failure_balance_transaction: BalanceTransactionRef | None = one(
        "failure_balance_transaction_id", "The movement that put it back, when it failed."
    )
    transfer_reversals: Connection[TransferReversalRef] = page(
        "source_refund_id", "What came back with it of the charge's transfers, newest first."
    )
    metadata: Metadata = column("Labels of your own.")


@strawberry.input(description="Which refunds to list.")
class RefundFilter:
    """Becomes `RefundSearch`."""

    charge: strawberry.ID | None = input_field("Only those of this charge.")
    payment_intent: strawberry.ID | None = input_field("Only those of this payment.")


@strawberry.input(description="What to give back: name a charge or a payment intent.")
class RefundCreateInput:
    """Becomes `NewRefund`."""

    charge: strawberry.ID | None = input_field("The charge.")
    payment_intent: strawberry.ID | None = input_field("The payment intent whose charge it is.")
    amount: MinorUnits | None = input_field("How much of it; all that remains by default.")
    reason: RefundReason | None = input_field("Why.")
    reverse_transfer: bool | None = input_field("Take back what was transferred with the charge, in proportion.")
    refund_application_fee: bool | None = input_field("Give back the platform's fee of the charge, in proportion.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a refund.")
class RefundUpdateInput:
    """Arguments of `update`."""

    id: strawberry.ID = input_field("The refund.")
    metadata: Metadata = input_field("Labels to set; an empty text removes one.")


RefundCreatePayload = payload("refundCreate", refund=RefundRef)
RefundUpdatePayload = payload("refundUpdate", refund=RefundRef)
