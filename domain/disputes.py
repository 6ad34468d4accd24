"""Disputes: what a cardholder holds against a charge, what may be said to it, and until when.

inquiry      the bank asks; no money moves        it rests after 120 days, or becomes a chargeback
chargeback   the bank has taken the money back    it is lost at the day by which nobody answered
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.checks import checked_where_given
from domain.drafts import UNSET, Unset
from domain.errors import DomainError, ErrorCode, Problems
from domain.lifecycles import DisputeStatus
from domain.texts import text_within

INQUIRY_LASTS: Final = timedelta(days=120)
"""An inquiry that was not escalated by then is closed (Stripe's)."""
EVIDENCE_TEXT_MAX: Final = 20_000
"""Characters of one text (Stripe's)."""
EVIDENCE_MAX: Final = 150_000
"""Characters of all texts together (Stripe's)."""

INQUIRIES: Final = frozenset(
    {DisputeStatus.WARNING_NEEDS_RESPONSE, DisputeStatus.WARNING_UNDER_REVIEW, DisputeStatus.WARNING_CLOSED}
)
"""The statuses of disputes that never took money."""
REFUNDABLE: Final = INQUIRIES | {DisputeStatus.WON}
"""The statuses in which the money of the charge is the seller's, to be given back."""


class DisputeReason(StrEnum):
    """Why a cardholder disputes a charge."""

    BANK_CANNOT_PROCESS = "bank_cannot_process"
    CHECK_RETURNED = "check_returned"
    CREDIT_NOT_PROCESSED = "credit_not_processed"
    CUSTOMER_INITIATED = "customer_initiated"
    DEBIT_NOT_AUTHORIZED = "debit_not_authorized"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    GENERAL = "general"
    INCORRECT_ACCOUNT_DETAILS = "incorrect_account_details"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    NONCOMPLIANT = "noncompliant"
    PRODUCT_NOT_RECEIVED = "product_not_received"
    PRODUCT_UNACCEPTABLE = "product_unacceptable"
    SUBSCRIPTION_CANCELED = "subscription_canceled"
    UNRECOGNIZED = "unrecognized"


class DisputeCaseType(StrEnum):
    """What a bank does with a cardholder's complaint: it takes the money back, or asks first."""

    CHARGEBACK = "chargeback"
    INQUIRY = "inquiry"


class DisputeSubmission(StrEnum):
    """Whether a bank was told anything."""

    MANUAL = "manual"
    NOT_SUBMITTED = "not_submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDraft:
    """Texts that speak for a charge. Absent ones stay as they are; null or an empty text removes one."""

    access_activity_log: str | Unset | None = UNSET
    billing_address: str | Unset | None = UNSET
    cancellation_policy_disclosure: str | Unset | None = UNSET
    cancellation_rebuttal: str | Unset | None = UNSET
    customer_email_address: str | Unset | None = UNSET
    customer_name: str | Unset | None = UNSET
    customer_purchase_ip: str | Unset | None = UNSET
    duplicate_charge_explanation: str | Unset | None = UNSET
    duplicate_charge_id: str | Unset | None = UNSET
    product_description: str | Unset | None = UNSET
    refund_policy_disclosure: str | Unset | None = UNSET
    refund_refusal_explanation: str | Unset | None = UNSET
    service_date: str | Unset | None = UNSET
    shipping_address: str | Unset | None = UNSET
    shipping_carrier: str | Unset | None = UNSET
    shipping_date: str | Unset | None = UNSET
    shipping_tracking_number: str | Unset | None = UNSET
    uncategorized_text: str | Unset | None = UNSET


EVIDENCE_TEXTS: Final = tuple(each.name for each in fields(EvidenceDraft))
"""The names of all texts."""


def merged_evidence(current: Mapping[str, str], draft: EvidenceDraft) -> dict[str, str]:
    """`current` with the texts of the draft on it. Reports all problems together, each at its text."""
    problems = Problems()
    wanted = {name: getattr(draft, name) for name in EVIDENCE_TEXTS}
    for name, text in wanted.items():
        checked_where_given(problems, text_within, text, EVIDENCE_TEXT_MAX, ("evidence", _camel(name)))
    given = {name: text or "" for name, text in wanted.items() if text is not UNSET}
    merged = {name: text for name, text in {**current, **given}.items() if text}
    length = sum(map(len, merged.values()))
    if length > EVIDENCE_MAX:
        problems.add(
            ErrorCode.PARAMETER_STRING_TOO_LONG,
            f"The texts have {length} characters together; they may have {EVIDENCE_MAX}.",
            "evidence",
        )
    problems.raise_any()
    return merged


def disputed_amount(wanted: int | None, left: int, charge: str, currency: str) -> int:
    """What of a charge is disputed, in minor units: `wanted`, or all of what was not given back already."""
    if left == 0:
        raise DomainError(
            ErrorCode.CHARGE_ALREADY_REFUNDED,
            f"Charge {charge} has been refunded in full; nothing of it is left to dispute.",
            "charge",
        )
    amount = left if wanted is None else wanted
    if amount < 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {amount} cannot be disputed; it would have to be from 1 to {left} {currency}.",
            "amount",
        )
    if amount > left:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE, f"Amount {amount} exceeds the {left} {currency} left of {charge}.", "amount"
        )
    return amount


def is_refundable(status: str) -> bool:
    """Whether the charge may be refunded while its dispute stands like this: the bank has not taken the money."""
    return status in REFUNDABLE


def case_type_of(status: str) -> DisputeCaseType:
    """What the bank did, as the status tells."""
    return DisputeCaseType.INQUIRY if status in INQUIRIES else DisputeCaseType.CHARGEBACK


def submission_of(count: int) -> DisputeSubmission:
    """Whether evidence was ever handed in."""
    return DisputeSubmission.MANUAL if count else DisputeSubmission.NOT_SUBMITTED


def ends_at(status: str, opened_at: datetime, due_by: datetime) -> datetime:
    """When time alone decides a dispute: a chargeback that nobody answered, or an inquiry that came to nothing."""
    return opened_at + INQUIRY_LASTS if status in INQUIRIES else due_by


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
