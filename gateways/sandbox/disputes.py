"""What the sandbox's cardholders and their banks do: who disputes a charge, and what convinces a bank."""

from datetime import timedelta
from typing import Final

from domain.disputes import DisputeReason
from gateways.outcomes import DisputeEscalated, DisputeInReview, DisputeLost, DisputeNotice, DisputeOutcome, DisputeWon
from gateways.protocol import DisputeRequest
from gateways.sandbox.behaviours import Behaviour, DisputeCourse

WINNING: Final = "winning_evidence"
LOSING: Final = "losing_evidence"
ESCALATING: Final = "escalate_inquiry_evidence"
"""Texts that decide a dispute, as Stripe documents them, each alone in `uncategorized_text`."""
REVIEW_LASTS: Final = timedelta(days=60)
"""How long the bank reads any other evidence, which does not convince it."""

_REASONS = {
    DisputeCourse.FRAUDULENT: DisputeReason.FRAUDULENT,
    DisputeCourse.PRODUCT_NOT_RECEIVED: DisputeReason.PRODUCT_NOT_RECEIVED,
    DisputeCourse.INQUIRY: DisputeReason.GENERAL,
}
_NETWORK_CODES = {DisputeReason.FRAUDULENT: "10.4", DisputeReason.PRODUCT_NOT_RECEIVED: "13.1"}


def notice_of(attempt_id: str, behaviour: Behaviour, *, authenticated: bool) -> DisputeNotice | None:
    """That whoever has the card disputes this charge; None when nobody does.

    Fraud is held against nobody who let the cardholder authenticate.
    """
    course = behaviour.dispute
    if course is None or (course is DisputeCourse.FRAUDULENT and authenticated):
        return None
    reason = _REASONS[course]
    return DisputeNotice(
        reference=reference_of(attempt_id),
        reason=reason,
        is_inquiry=course is DisputeCourse.INQUIRY,
        network_reason_code=_NETWORK_CODES.get(reason),
    )


def reference_of(attempt_id: str) -> str:
    """The sandbox's name for the dispute of a charge, of which there is one."""
    return f"sandbox:{attempt_id}:dispute"


def verdict_on(request: DisputeRequest, *, settled: bool) -> DisputeOutcome:
    """What the bank says to this answer; `settled` says that it had the time to read it.

    An inquiry of which nobody was convinced stays what it is, until it is closed by itself.
    """
    if request.accepted:
        return DisputeLost()
    told = request.evidence.get("uncategorized_text")
    if told == WINNING:
        return DisputeWon()
    if request.is_inquiry:
        return DisputeEscalated() if told in (ESCALATING, LOSING) else DisputeInReview(REVIEW_LASTS)
    return DisputeLost() if told == LOSING or settled else DisputeInReview(REVIEW_LASTS)
