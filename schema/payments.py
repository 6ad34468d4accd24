"""Payments in the API: intents, the charges that are the attempts at them, and the inputs that move them."""

from datetime import datetime
from typing import Any

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import CaptureMethod, FutureUsage, PaymentIntentCancellationReason
from domain.lifecycles import ChargeStatus, PaymentIntentStatus
from domain.settlement import TransferFailureReason
from domain.sharing import Sharing
from gateways.cards import CardBrand, CardFunding
from gateways.outcomes import Advice, AnswerType, CheckResult, NetworkStatus, RiskLevel
from schema.base import (
    DIRECT,
    Node,
    Wrapping,
    column,
    computed,
    confidential,
    describe_enum,
    input_field,
    node_type,
    part_type,
)
from schema.connections import Connection
from schema.payloads import payload
from schema.payment_methods import BillingDetails, IntentError, NextAction
from schema.refs import (
    AccountRef,
    ApplicationFeeRef,
    BalanceTransactionRef,
    ChargeRef,
    CustomerRef,
    DisputeRef,
    InvoiceRef,
    PaymentIntentRef,
    PaymentMethodRef,
    RefundRef,
    TransferRef,
)
from schema.relations import one, page
from schema.scalars import Currency, Metadata, MinorUnits
from schema.transfers import TransferData, TransferDataInput, application_fee_amount, on_behalf_of, transfer_data
from services.refunds import refunded_by_charge

describe_enum(
    PaymentIntentStatus,
    "What a payment waits for, or how it ended.",
    REQUIRES_PAYMENT_METHOD="A payment method, the first or another after a decline.",
    REQUIRES_CONFIRMATION="To be confirmed.",
    REQUIRES_ACTION="The customer, who has to authenticate.",
    PROCESSING="The gateway's answer.",
    REQUIRES_CAPTURE="To be captured: the money is held.",
    CANCELED="It was canceled. Final.",
    SUCCEEDED="The money came in. Final.",
)
describe_enum(
    ChargeStatus,
    "How an attempt to take money stands.",
    PENDING="It has no answer yet: the gateway is being asked, or the customer has to authenticate first.",
    SUCCEEDED="The money was taken, or is held until it is captured.",
    FAILED="It was declined.",
)
describe_enum(
    CaptureMethod,
    "Whether the money is taken at once.",
    AUTOMATIC="At once.",
    MANUAL="It is held first, and taken in whole or in part by `paymentIntentCapture`.",
)
describe_enum(
    PaymentIntentCancellationReason,
    "Why a payment was canceled.",
    ABANDONED="Nobody finished it.",
    DUPLICATE="It was made twice.",
    FRAUDULENT="It looked like fraud.",
    REQUESTED_BY_CUSTOMER="The customer wanted so.",
    VOID_INVOICE="Its invoice was voided.",
)
describe_enum(
    NetworkStatus,
    "How far a charge came.",
    APPROVED_BY_NETWORK="The bank approved it.",
    DECLINED_BY_NETWORK="The bank declined it.",
    NOT_SENT_TO_NETWORK="It never reached the bank.",
    REVERSED_AFTER_APPROVAL="It was approved and then taken back.",
)
describe_enum(
    AnswerType,
    "Who decided about a charge.",
    AUTHORIZED="The bank, with yes.",
    MANUAL_REVIEW="The bank, with yes, but somebody should look at it.",
    ISSUER_DECLINED="The bank, with no.",
    BLOCKED="The network, which held it to be too risky.",
    INVALID="Nobody: what was asked could not be done.",
)
describe_enum(
    RiskLevel,
    "How risky the network held a charge to be.",
    NORMAL="Not risky.",
    ELEVATED="Riskier than most.",
    HIGHEST="Most likely fraud.",
    NOT_ASSESSED="It was not assessed.",
)
describe_enum(
    CheckResult,
    "What the bank said of one detail of the card holder.",
    PASS="It is right.",  # noqa: S106 - the word for a check that was passed
    FAIL="It is wrong.",
    UNAVAILABLE="The bank could not say.",
    UNCHECKED="It was not checked.",
)
describe_enum(
    Advice,
    "What the bank advises after a decline.",
    CONFIRM_CARD_DATA="Check the card's data with the customer.",
    DO_NOT_TRY_AGAIN="Do not charge this card again.",
    TRY_AGAIN_LATER="Try the same card again later.",
)


def _parts(row: models.PaymentIntent) -> Sharing:
    return Sharing.from_json(row.sharing)


@node_type(models.PaymentIntent, kind="payments", prefix=Prefix.PAYMENT_INTENT)
class PaymentIntent(Node):
    """The wish to be paid one amount once, through as many attempts as it takes."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: PaymentIntentStatus = column("What it waits for, or how it ended.")
    amount: MinorUnits = column("What is wanted.")
    amount_received: MinorUnits = column("What came in.")
    amount_capturable: MinorUnits = column("What is held and can be captured.")
    currency: Currency = column("What the amounts are in.")
    customer: CustomerRef | None = one("customer_id", "Who is to pay.")
    payment_method: PaymentMethodRef | None = one("payment_method_id", "What is charged; null after a decline.")
    invoice: InvoiceRef | None = one("invoice_id", "The invoice that asks for it.")
    capture_method: CaptureMethod = column("Whether the money is taken at once.")
    setup_future_usage: FutureUsage | None = column("What the payment method is kept for afterwards.")
    off_session: bool = column("Whether it was last tried with the customer away.")
    client_secret: str = column("Lets a page with a publishable key confirm it. Show it to nobody else.")
    latest_charge: ChargeRef | None = one("latest_charge_id", "The latest attempt that was decided.")
    charges: Connection[ChargeRef] = page("payment_intent_id", "All attempts, newest first.")
    refunds: Connection[RefundRef] = page("payment_intent_id", "What was given back of it, newest first.")
    description: str | None = column("What it is for.")
    statement_descriptor: str | None = column("What the card statement says, instead of the account's descriptor.")
    receipt_email: str | None = column("Where the receipt goes.")
    cancellation_reason: PaymentIntentCancellationReason | None = column("Why it was canceled.")
    canceled_at: datetime | None = column("When it was canceled.")
    metadata: Metadata = confidential("payments", "Labels of your own.", "metadata", dict)
    on_behalf_of: AccountRef | None = on_behalf_of()
    transfer_group: str | None = confidential(
        "payments", "What it is found by together with transfers.", "transfer_group"
    )
    application_fee_amount: MinorUnits | None = confidential(
        "payments", "What the platform is to keep of it.", lambda row: _parts(row).application_fee_amount
    )
    transfer_data: list[TransferData] = confidential(
        "payments",
        "What other accounts receive of it, in order.",
        lambda row: [TransferData.of(each) for each in _parts(row).shares],
        list,
    )
    application: strawberry.ID | None = confidential(
        "payments", "The platform that made it for its account; null where the account did so itself.", "application_id"
    )

    @computed("What the customer has to do; null unless it REQUIRES_ACTION.")
    def next_action(self) -> NextAction | None:
        """Reads through to the row."""
        return NextAction.of(self.row) if self.row.next_action else None

    @computed("Why the last attempt failed; null when none did, or a later one succeeded.")
    def last_payment_error(self) -> IntentError | None:
        """Reads through to what is kept of the decline."""
        return IntentError.of(self.row.last_error) if self.row.last_error else None


@part_type
class ChargeOutcome(Wrapping):
    """What the network said of a charge, beside yes or no."""

    network_status: NetworkStatus = column("How far it came.")
    type: AnswerType = column("Who decided.")
    reason: str | None = column("Why, as a code; null when it succeeded.")
    seller_message: str = column("The same in words for you, not for the customer.")
    risk_level: RiskLevel = column("How risky it was held to be.")
    risk_score: int | None = column("The same from 0 to 100.")
    advice_code: Advice | None = column("What the bank advises after a decline.")


@part_type
class CardChecks(Wrapping):
    """What the bank said of the details handed in with a card; null where nothing was handed in."""

    cvc_check: CheckResult | None = column("Of the security code.")
    address_line1_check: CheckResult | None = column("Of the first line of the address.", name="addressLine1Check")
    address_postal_code_check: CheckResult | None = column("Of the postal code.")


@part_type
class ChargedCard(Wrapping):
    """The card as it was when it was charged."""

    brand: CardBrand = column("The network.")
    last4: str = column("The last four digits.", name="last4")
    exp_month: int = column("The month in which it expired or will, 1 to 12.")
    exp_year: int = column("The year, with four digits.")
    country: str | None = column("Where it was issued: a two-letter ISO 3166-1 code.")
    funding: CardFunding = column("Where it takes its money from.")
    fingerprint: str = column("The same for the same number within this account.")
    authorization_code: str | None = column("The bank's code for a charge that it approved.")

    @computed("What the bank said of the details handed in with it.")
    def checks(self) -> CardChecks:
        """Reads through to what is kept."""
        return CardChecks.of(self.row.checks or {})


def _amount_refunded(source: Any, info: Any) -> Any:
    return info.context.load.values(refunded_by_charge, int).load(source.row.id)


async def _refunded(source: Any, info: Any) -> bool:
    """Whole refunds only; what is held and was never taken has nothing to give back."""
    amount = info.context.load.values(refunded_by_charge, int).load(source.row.id)
    given_back = amount if isinstance(amount, int) else await amount
    return bool(source.row.captured and given_back >= source.row.amount_captured)


@node_type(models.Charge, kind="payments", prefix=Prefix.CHARGE)
class Charge(Node):
    """One attempt to take money. A decline is kept as well."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: ChargeStatus = column("How it stands.")
    amount: MinorUnits = column("What was to be taken.")
    amount_captured: MinorUnits = column("What was taken.")
    amount_refunded: MinorUnits = strawberry.field(
        description="What was given back of it.", metadata={DIRECT: _amount_refunded}
    )
    captured: bool = column("Whether the money was taken, not merely held.")
    refunded: bool = strawberry.field(description="Whether all of it was given back.", metadata={DIRECT: _refunded})
    currency: Currency = column("What the amounts are in.")
    payment_intent: PaymentIntentRef = one("payment_intent_id", "What it is an attempt at.")
    customer: CustomerRef | None = one("customer_id", "Who was charged.")
    invoice: InvoiceRef | None = one("invoice_id", "The invoice that it pays.")
    payment_method: PaymentMethodRef | None = one("payment_method_id", "What was charged.")
    balance_transaction: BalanceTransactionRef | None = one(
        "balance_transaction_id", "The movement in the books; null when no money moved."
    )
    dispute: DisputeRef | None = one("dispute_id", "What its cardholder holds against it; null where nobody does.")
    refunds: Connection[RefundRef] = page("charge_id", "What was given back of it, newest first.")
    failure_code: str | None = column("Why it failed, as an error code.")
    failure_message: str | None = column("Why it failed, for the customer.")
    decline_code: str | None = column("The card network's own code.")
    statement_descriptor: str | None = column("What the card statement says.")
    description: str | None = column("What it is for.")
    application_fee: ApplicationFeeRef | None = one(
        "application_fee_id", "What the platform kept of it; null to everybody but the platform."
    )
    transfers: Connection[TransferRef] = page("source_charge_id", "What was sent to others of it, newest first.")
    transfer_failure_reason: TransferFailureReason | None = column(
        "Why an account did not receive its share of it; the money stayed here."
    )
    transfer_group: str | None = column("What it is found by together with transfers.")
    metadata: Metadata = column("Labels of the payment intent when it was tried.")
    application_fee_amount: MinorUnits | None = application_fee_amount("What the platform is to keep of it.")
    transfer_data: list[TransferData] = transfer_data("What other accounts receive of it, in order.")
    on_behalf_of: AccountRef | None = on_behalf_of()
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )

    @computed("Whether its cardholder disputes it, or ever did.")
    def disputed(self) -> bool:
        """By whether there is a dispute."""
        return self.row.dispute_id is not None

    @computed("What the network said; null while it has not.")
    def outcome(self) -> ChargeOutcome | None:
        """Reads through to what is kept."""
        return ChargeOutcome.of(self.row.outcome) if self.row.outcome else None

    @computed("The card as it was then.")
    def card(self) -> ChargedCard:
        """Reads through to what is kept."""
        return ChargedCard.of(self.row.card)

    @computed("Who paid by it.")
    def billing_details(self) -> BillingDetails:
        """As they were then."""
        return BillingDetails.of(self.row.card.get("billing_details") or {})


@strawberry.input(description="Which payment intents to list.")
class PaymentIntentFilter:
    """Becomes `PaymentIntentSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    invoice: strawberry.ID | None = input_field("Only those for this invoice.")
    status: PaymentIntentStatus | None = input_field("Only those with this status.")
    transfer_group: str | None = input_field("Only those of this group.")


@strawberry.input(description="Which charges to list.")
class ChargeFilter:
    """Becomes `ChargeSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    payment_intent: strawberry.ID | None = input_field("Only attempts at this payment intent.")
    status: ChargeStatus | None = input_field("Only those with this status.")
    transfer_group: str | None = input_field("Only those of this group.")


@strawberry.input(description="A new wish to be paid.")
class PaymentIntentCreateInput:
    """Becomes `NewPaymentIntent`."""

    amount: MinorUnits = input_field("What is wanted; at least the currency's minimum, at most 8 digits.")
    currency: Currency = input_field("What it is in.")
    customer: strawberry.ID | None = input_field("Who is to pay.")
    payment_method: strawberry.ID | None = input_field("What to charge; a sandbox token makes a fresh one.")
    confirm: bool | None = input_field("Try it at once.")
    off_session: bool | None = input_field("The customer is away and cannot authenticate; only with `confirm`.")
    capture_method: CaptureMethod | None = input_field("Whether to take the money at once, as by default.")
    setup_future_usage: FutureUsage | None = input_field("Keep the payment method in the customer's file for later.")
    description: str | None = input_field("What it is for.")
    statement_descriptor: str | None = input_field("What the card statement says: at most 22 characters.")
    receipt_email: str | None = input_field("Where the receipt goes.")
    application_fee_amount: MinorUnits | None = input_field(
        "What the platform keeps of it: at most all, acting for an account or with whole `transferData`."
    )
    transfer_data: list[TransferDataInput] | None = input_field("What other accounts receive of it, in order.")
    on_behalf_of: strawberry.ID | None = input_field("The account that sells; it needs `card_payments`.")
    transfer_group: str | None = input_field("What it is found by together with transfers.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a payment that is not made yet.")
class PaymentIntentUpdateInput:
    """Becomes `PaymentIntentChange`."""

    id: strawberry.ID = input_field("The payment intent.")
    amount: MinorUnits | None = input_field("What is wanted.")
    currency: Currency | None = input_field("What it is in.")
    customer: strawberry.ID | None = input_field("Who is to pay.")
    payment_method: strawberry.ID | None = input_field("What to charge; a sandbox token makes a fresh one.")
    setup_future_usage: strawberry.Maybe[FutureUsage | None] = input_field("What to keep the payment method for.")
    description: strawberry.Maybe[str | None] = input_field("What it is for.")
    statement_descriptor: strawberry.Maybe[str | None] = input_field("What the card statement says.")
    receipt_email: strawberry.Maybe[str | None] = input_field("Where the receipt goes.")
    application_fee_amount: strawberry.Maybe[MinorUnits | None] = input_field("What the platform keeps of it.")
    transfer_data: strawberry.Maybe[list[TransferDataInput] | None] = input_field(
        "What other accounts receive of it, in order; null ends it."
    )
    transfer_group: strawberry.Maybe[str | None] = input_field("What it is found by together with transfers.")
    metadata: Metadata | None = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="Which payment to try, with what.")
class PaymentIntentConfirmInput:
    """Becomes `Confirmation`."""

    id: strawberry.ID = input_field("The payment intent.")
    payment_method: strawberry.ID | None = input_field("What to charge, if not what it has already.")
    off_session: bool | None = input_field("The customer is away and cannot authenticate.")
    setup_future_usage: FutureUsage | None = input_field("Keep the payment method in the customer's file for later.")
    receipt_email: str | None = input_field("Where the receipt goes.")
    client_secret: str | None = input_field("Its client secret; a publishable key needs it.")


@strawberry.input(description="Which held money to take.")
class PaymentIntentCaptureInput:
    """Arguments of `capture`."""

    id: strawberry.ID = input_field("The payment intent; it REQUIRES_CAPTURE.")
    amount_to_capture: MinorUnits | None = input_field("How much of it; all by default. The rest is released.")
    application_fee_amount: MinorUnits | None = input_field("What the platform keeps of it, instead of what was said.")


@strawberry.input(description="Which payment nobody is to make any more.")
class PaymentIntentCancelInput:
    """Arguments of `cancel`."""

    id: strawberry.ID = input_field("The payment intent.")
    cancellation_reason: PaymentIntentCancellationReason | None = input_field("Why.")


PaymentIntentCreatePayload = payload("paymentIntentCreate", payment_intent=PaymentIntentRef)
PaymentIntentUpdatePayload = payload("paymentIntentUpdate", payment_intent=PaymentIntentRef)
PaymentIntentConfirmPayload = payload("paymentIntentConfirm", payment_intent=PaymentIntentRef)
PaymentIntentCapturePayload = payload("paymentIntentCapture", payment_intent=PaymentIntentRef)
PaymentIntentCancelPayload = payload("paymentIntentCancel", payment_intent=PaymentIntentRef)
