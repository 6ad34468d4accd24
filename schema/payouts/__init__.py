"""Payouts and top-ups in the API: money that leaves for a bank, and money that is called in from one."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.lifecycles import PayoutStatus, TopupStatus
from domain.payouts import PayoutMethod
from schema.base import Node, column, describe_enum, input_field, node_type
from schema.payloads import payload
from schema.refs import BalanceTransactionRef, ExternalAccountRef, PayoutRef, TestClockRef, TopupRef
from schema.relations import one
from schema.scalars import Currency, Metadata, MinorUnits

describe_enum(
    PayoutStatus,
    "How a payout stands.",
    PENDING="It is to go to the bank at the next midnight of UTC, and can be canceled until then.",
    IN_TRANSIT="The bank has it.",
    PAID="It arrived.",
    FAILED="It did not arrive: the money is in the balance again, and where it was to go is out of use.",
    CANCELED="It was canceled, and the money is in the balance again.",
)
describe_enum(
    PayoutMethod,
    "How quickly a payout arrives.",
    STANDARD="On the first working day after it was sent.",
    INSTANT="Within half an hour, on any day, to debit cards alone.",
)
describe_enum(
    TopupStatus,
    "How a top-up stands.",
    PENDING="The money was called in.",
    SUCCEEDED="The money is there.",
)


@node_type(models.Payout, kind="payouts", prefix=Prefix.PAYOUT)
class Payout(Node):
    """Money of the account on its way to a bank account or debit card."""

    created: datetime = column("When it was made, in the time of its money's world.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: PayoutStatus = column("How it stands.")
    amount: MinorUnits = column("What is paid out.")
    currency: Currency = column("What the amount is in.")
    method: PayoutMethod = column("How quickly it arrives.")
    automatic: bool = column("Whether the account's schedule made it, and not a call.")
    arrival_date: datetime = column("When it arrives, unless it comes back.", source="arrives_at")
    destination: ExternalAccountRef = one("destination_id", "Where it goes.")
    description: str | None = column("What it is for.")
    statement_descriptor: str | None = column("What the bank statement says beside it.")
    failure_code: str | None = column("Why it came back, as a code.")
    failure_message: str | None = column("The same in words.")
    balance_transaction: BalanceTransactionRef | None = one(
        "balance_transaction_id", "The movement that took it out of the balance."
    )
    failure_balance_transaction: BalanceTransactionRef | None = one(
        "failure_balance_transaction_id", "The movement that put it back, when it failed or was canceled."
    )
    test_clock: TestClockRef | None = one("test_clock_id", "The clock in whose world its money is.")
    metadata: Metadata = column("Labels of your own.")


@node_type(models.Topup, kind="payouts", prefix=Prefix.TOPUP)
class Topup(Node):
    """Money that the account called in from its own bank."""

    created: datetime = column("When it was made, in the time of its money's world.", source="created_at")
    livemode: bool = column("Always false: top-ups exist in test mode only.")
    status: TopupStatus = column("How it stands.")
    amount: MinorUnits = column("What was called in.")
    currency: Currency = column("What the amount is in.")
    description: str | None = column("What it is for.")
    statement_descriptor: str | None = column("What the bank statement says beside it.")
    transfer_group: str | None = column("Links it to the transfers that it is for.")
    balance_transaction: BalanceTransactionRef | None = one(
        "balance_transaction_id", "The movement that put it into the balance."
    )
    test_clock: TestClockRef | None = one("test_clock_id", "The clock in whose world its money is.")
    metadata: Metadata = column("Labels of your own.")


_CLOCK = "Moves the money of this test clock's customers, in its time; without it, all other money, in the system's."


@strawberry.input(description="Which payouts to list.")
class PayoutFilter:
    """Becomes `PayoutSearch`."""

    status: PayoutStatus | None = input_field("Only those that stand so.")
    destination: strawberry.ID | None = input_field("Only those to this external account.")
    currency: Currency | None = input_field("Only those in this currency.")
    method: PayoutMethod | None = input_field("Only those that go so.")
    automatic: bool | None = input_field("Only those that the schedule made, or only the others.")
    test_clock: strawberry.ID | None = input_field("Only those of this test clock's money.")


@strawberry.input(description="What is to be paid out.")
class PayoutCreateInput:
    """Becomes `PayoutDraft`."""

    amount: MinorUnits = input_field("How much; at most what is available.")
    currency: Currency = input_field("What the amount is in.")
    destination: strawberry.ID | None = input_field("Where to; the currency's default external account without it.")
    method: PayoutMethod | None = input_field("How quickly; STANDARD by default.")
    description: str | None = input_field("What it is for; at most 1000 characters.")
    statement_descriptor: str | None = input_field("What the bank statement is to say; at most 22 characters.")
    test_clock: strawberry.ID | None = input_field(_CLOCK)
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="Which payout is not to be made.")
class PayoutCancelInput:
    """Names the payout."""

    id: strawberry.ID = input_field("The payout; it has to be PENDING.")


@strawberry.input(description="What is to be called in. In the sandbox it is available at once.")
class TopupCreateInput:
    """Becomes `TopupDraft`."""

    amount: MinorUnits = input_field("How much, from 1 to 99999999.")
    currency: Currency = input_field("What the amount is in.")
    description: str | None = input_field("What it is for; at most 1000 characters.")
    statement_descriptor: str | None = input_field("What the bank statement is to say; at most 22 characters.")
    transfer_group: str | None = input_field("Links it to the transfers that it is for; at most 200 characters.")
    test_clock: strawberry.ID | None = input_field(_CLOCK)
    metadata: Metadata | None = input_field("Labels of your own.")


PayoutCreatePayload = payload("payoutCreate", payout=(PayoutRef, "The payout; null when refused."))
PayoutCancelPayload = payload("payoutCancel", payout=(PayoutRef, "The payout, canceled; null when refused."))
TopupCreatePayload = payload("topupCreate", topup=(TopupRef, "The top-up; null when refused."))
