"""Disputes in the API: what a cardholder holds against a charge, and what is said to it."""

from datetime import datetime

import strawberry

import models
from domain.disputes import (
    EVIDENCE_TEXTS,
    DisputeCaseType,
    DisputeReason,
    DisputeSubmission,
    case_type_of,
    is_refundable,
    submission_of,
)
from domain.ids import Prefix
from domain.lifecycles import DisputeStatus
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.payloads import payload
from schema.refs import BalanceTransactionRef, ChargeRef, DisputeRef, PaymentIntentRef
from schema.relations import many, one
from schema.scalars import Currency, Metadata, MinorUnits

describe_enum(
    DisputeStatus,
    "How a dispute stands.",
    WARNING_NEEDS_RESPONSE="An inquiry: the bank asks, and has taken nothing. It wants an answer.",
    WARNING_UNDER_REVIEW="An inquiry that was answered; the bank reads the answer.",
    WARNING_CLOSED="An inquiry that came to nothing. Final.",
    NEEDS_RESPONSE="The bank has taken the money back. Without an answer in time it is lost.",
    UNDER_REVIEW="It was answered; the bank reads the evidence.",
    WON="The bank found for you, and the money is back. Final.",
    LOST="The bank found for the cardholder, or it was not answered in time, or let be. Final.",
)
describe_enum(
    DisputeReason,
    "Why a cardholder disputes a charge, as the bank tells it.",
    BANK_CANNOT_PROCESS="The bank cannot process it.",
    CHECK_RETURNED="A check was returned.",
    CREDIT_NOT_PROCESSED="A refund was promised and did not come.",
    CUSTOMER_INITIATED="The customer began it with the bank.",
    DEBIT_NOT_AUTHORIZED="A debit that was not authorized.",
    DUPLICATE="It was charged twice.",
    FRAUDULENT="It was not the cardholder who paid.",
    GENERAL="None of the others.",
    INCORRECT_ACCOUNT_DETAILS="The account was not the right one.",
    INSUFFICIENT_FUNDS="There was not enough money.",
    NONCOMPLIANT="It broke the network's rules.",
    PRODUCT_NOT_RECEIVED="What was paid for did not arrive.",
    PRODUCT_UNACCEPTABLE="What arrived was not what was promised.",
    SUBSCRIPTION_CANCELED="The subscription had been canceled.",
    UNRECOGNIZED="The cardholder does not know what it was.",
)
describe_enum(
    DisputeCaseType,
    "What the bank did.",
    CHARGEBACK="It took the money back.",
    INQUIRY="It asks first; no money moved.",
)
describe_enum(
    DisputeSubmission,
    "Whether the bank was told anything.",
    MANUAL="Evidence was handed in.",
    NOT_SUBMITTED="Nothing was handed in.",
)

_TEXTS = {
    "access_activity_log": "Logs that show the customer using what was bought.",
    "billing_address": "Where the customer is billed.",
    "cancellation_policy_disclosure": "How and when the customer was shown how to cancel.",
    "cancellation_rebuttal": "Why the subscription was not canceled.",
    "customer_email_address": "The customer's e-mail address.",
    "customer_name": "The customer's name.",
    "customer_purchase_ip": "The IP address from which it was bought.",
    "duplicate_charge_explanation": "In what the charge differs from the one that it seems to repeat.",
    "duplicate_charge_id": "The charge that it seems to repeat.",
    "product_description": "What was sold.",
    "refund_policy_disclosure": "How and when the customer was shown when money is given back.",
    "refund_refusal_explanation": "Why the customer is not given the money back.",
    "service_date": "When the customer received the service, as people write a date.",
    "shipping_address": "Where the goods went.",
    "shipping_carrier": "Who carried them.",
    "shipping_date": "When they left, as people write a date.",
    "shipping_tracking_number": "The carrier's number for them.",
    "uncategorized_text": "Anything else. In the sandbox `winning_evidence` and `losing_evidence` decide the dispute, "
    "and `escalate_inquiry_evidence` makes a chargeback of an inquiry.",
}
assert _TEXTS.keys() == set(EVIDENCE_TEXTS)


@part_type
class DisputeEvidence(Wrapping):
    """Texts that speak for a charge; null where nothing was said."""

    access_activity_log: str | None = column(_TEXTS["access_activity_log"])
    billing_address: str | None = column(_TEXTS["billing_address"])
    cancellation_policy_disclosure: str | None = column(_TEXTS["cancellation_policy_disclosure"])
    cancellation_rebuttal: str | None = column(_TEXTS["cancellation_rebuttal"])
    customer_email_address: str | None = column(_TEXTS["customer_email_address"])
    customer_name: str | None = column(_TEXTS["customer_name"])
    customer_purchase_ip: str | None = column(_TEXTS["customer_purchase_ip"])
    duplicate_charge_explanation: str | None = column(_TEXTS["duplicate_charge_explanation"])
    duplicate_charge_id: str | None = column(_TEXTS["duplicate_charge_id"])
    product_description: str | None = column(_TEXTS["product_description"])
    refund_policy_disclosure: str | None = column(_TEXTS["refund_policy_disclosure"])
    refund_refusal_explanation: str | None = column(_TEXTS["refund_refusal_explanation"])
    service_date: str | None = column(_TEXTS["service_date"])
    shipping_address: str | None = column(_TEXTS["shipping_address"])
    shipping_carrier: str | None = column(_TEXTS["shipping_carrier"])
    shipping_date: str | None = column(_TEXTS["shipping_date"])
    shipping_tracking_number: str | None = column(_TEXTS["shipping_tracking_number"])
    uncategorized_text: str | None = column(_TEXTS["uncategorized_text"])


@part_type
class DisputeEvidenceDetails(Wrapping):
    """Until when evidence is taken, and what became of it so far."""

    due_by: datetime = column("Until when the bank takes evidence, by the customer's clock.")
    past_due: bool = column("Whether evidence was handed in after that; nobody knows then whether the bank reads it.")
    submission_count: int = column("How often evidence was handed in.")

    @computed("Whether there is evidence, handed in or not.")
    def has_evidence(self) -> bool:
        """By what is kept."""
        return bool(self.row.evidence)

    @computed("Whether the bank was told anything.")
    def submission_method(self) -> DisputeSubmission:
        """By how often."""
        return submission_of(self.row.submission_count)


@node_type(models.Dispute, kind="disputes", prefix=Prefix.DISPUTE)
class Dispute(Node):
    """What a cardholder holds against a charge, and what became of it."""

    created: datetime = column("When it began, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: DisputeStatus = column("How it stands.")
    reason: DisputeReason = column("Why the charge is disputed.")
    network_reason_code: str | None = column("The same in the card network's code.")
    amount: MinorUnits = column("What of the charge is disputed.")
    currency: Currency = column("What the amount is in.")
    charge: ChargeRef = one("charge_id", "Of which charge.")
    payment_intent: PaymentIntentRef = one("payment_intent_id", "Of which payment.")
    balance_transactions: list[BalanceTransactionRef] = many(
        "source_id",
        "The movements that took the money, with the fee, and brought it back; none for an inquiry.",
        limit=2,
    )
    metadata: Metadata = column("Labels of your own.")

    @computed("What the bank did.")
    def case_type(self) -> DisputeCaseType:
        """As the status tells."""
        return case_type_of(self.row.status)

    @computed("Whether the charge can be refunded: while the bank only asks, or once the dispute is won.")
    def is_charge_refundable(self) -> bool:
        """As the status tells."""
        return is_refundable(self.row.status)

    @computed("What speaks for the charge.")
    def evidence(self) -> DisputeEvidence:
        """Reads through to what is kept."""
        return DisputeEvidence.of(dict(self.row.evidence))

    @computed("Until when evidence is taken, and what became of it so far.")
    def evidence_details(self) -> DisputeEvidenceDetails:
        """Reads through to the row."""
        return DisputeEvidenceDetails.of(self.row)


@strawberry.input(description="Which disputes to list.")
class DisputeFilter:
    """Becomes `DisputeSearch`."""

    charge: strawberry.ID | None = input_field("Only that of this charge.")
    payment_intent: strawberry.ID | None = input_field("Only those of this payment.")
    status: DisputeStatus | None = input_field("Only those that stand like this.")


@strawberry.input(
    description="Texts that speak for a charge, each of at most 20000 characters, 150000 together. What is not "
    "mentioned stays; null removes it."
)
class DisputeEvidenceInput:
    """Becomes `EvidenceDraft`."""

    access_activity_log: strawberry.Maybe[str | None] = input_field(_TEXTS["access_activity_log"])
    billing_address: strawberry.Maybe[str | None] = input_field(_TEXTS["billing_address"])
    cancellation_policy_disclosure: strawberry.Maybe[str | None] = input_field(_TEXTS["cancellation_policy_disclosure"])
    cancellation_rebuttal: strawberry.Maybe[str | None] = input_field(_TEXTS["cancellation_rebuttal"])
    customer_email_address: strawberry.Maybe[str | None] = input_field(_TEXTS["customer_email_address"])
    customer_name: strawberry.Maybe[str | None] = input_field(_TEXTS["customer_name"])
    customer_purchase_ip: strawberry.Maybe[str | None] = input_field(_TEXTS["customer_purchase_ip"])
    duplicate_charge_explanation: strawberry.Maybe[str | None] = input_field(_TEXTS["duplicate_charge_explanation"])
    duplicate_charge_id: strawberry.Maybe[str | None] = input_field(_TEXTS["duplicate_charge_id"])
    product_description: strawberry.Maybe[str | None] = input_field(_TEXTS["product_description"])
    refund_policy_disclosure: strawberry.Maybe[str | None] = input_field(_TEXTS["refund_policy_disclosure"])
    refund_refusal_explanation: strawberry.Maybe[str | None] = input_field(_TEXTS["refund_refusal_explanation"])
    service_date: strawberry.Maybe[str | None] = input_field(_TEXTS["service_date"])
    shipping_address: strawberry.Maybe[str | None] = input_field(_TEXTS["shipping_address"])
    shipping_carrier: strawberry.Maybe[str | None] = input_field(_TEXTS["shipping_carrier"])
    shipping_date: strawberry.Maybe[str | None] = input_field(_TEXTS["shipping_date"])
    shipping_tracking_number: strawberry.Maybe[str | None] = input_field(_TEXTS["shipping_tracking_number"])
    uncategorized_text: strawberry.Maybe[str | None] = input_field(_TEXTS["uncategorized_text"])


@strawberry.input(description="What is said to a dispute.")
class DisputeUpdateInput:
    """Becomes `DisputeChange`."""

    id: strawberry.ID = input_field("The dispute.")
    evidence: DisputeEvidenceInput | None = input_field("What speaks for the charge.")
    submit: bool | None = input_field(
        "Whether all evidence is handed in, which can be done once; true by default when there is some in this call."
    )
    metadata: Metadata | None = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="Which dispute to let be.")
class DisputeCloseInput:
    """Arguments of `close`."""

    id: strawberry.ID = input_field("The dispute; it NEEDS_RESPONSE.")


@strawberry.input(description="Which charge a cardholder shall dispute. Test mode only.")
class SandboxDisputeCreateInput:
    """Becomes `SandboxDispute`."""

    charge: strawberry.ID = input_field("The charge; it was captured and is not disputed.")
    reason: DisputeReason | None = input_field("Why; FRAUDULENT by default.")
    amount: MinorUnits | None = input_field("How much of it; all that was not given back by default.")
    is_inquiry: bool | None = input_field("Whether the bank only asks; false by default.")


DisputeUpdatePayload = payload("disputeUpdate", dispute=DisputeRef)
DisputeClosePayload = payload("disputeClose", dispute=DisputeRef)
SandboxDisputeCreatePayload = payload("sandboxDisputeCreate", dispute=DisputeRef)
