"""Words and fixed spans of subscriptions."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from domain.texts import text_within


class PaymentBehavior(StrEnum):
    """What becomes of a new subscription, or of a change, whose payment does not succeed at once."""

    ALLOW_INCOMPLETE = "allow_incomplete"
    """The payment is tried; the subscription is made all the same and waits as incomplete."""
    DEFAULT_INCOMPLETE = "default_incomplete"
    """The payment is left to the customer, and the subscription is incomplete until it succeeds."""
    ERROR_IF_INCOMPLETE = "error_if_incomplete"
    """The payment is tried; without it there is no subscription, or no change."""
    PENDING_IF_INCOMPLETE = "pending_if_incomplete"
    """The payment is tried; a change waits until it succeeds."""


class BillingMode(StrEnum):
    """What a change within a period credits (spec 02, Billing mode)."""

    FLEXIBLE = "flexible"
    """What was invoiced for the time that is left, paid or not."""
    CLASSIC = "classic"
    """The price in force, even if it was never invoiced."""


class ProrationBehavior(StrEnum):
    """What becomes of the difference when the items of a subscription change within a period."""

    CREATE_PRORATIONS = "create_prorations"
    """It waits as pending invoice items for the next invoice."""
    ALWAYS_INVOICE = "always_invoice"
    """It is invoiced at once."""
    NONE = "none"
    """There is none: the new items are billed from the next period on."""


class AnchorChange(StrEnum):
    """What a change does to the moment from which periods are counted."""

    NOW = "now"
    """They are counted from the change on."""
    UNCHANGED = "unchanged"
    """They go on being counted from where they were."""


class CancellationFeedback(StrEnum):
    """Why a customer left, as they said themselves."""

    CUSTOMER_SERVICE = "customer_service"
    LOW_QUALITY = "low_quality"
    MISSING_FEATURES = "missing_features"
    OTHER = "other"
    SWITCHED_SERVICE = "switched_service"
    TOO_COMPLEX = "too_complex"
    TOO_EXPENSIVE = "too_expensive"
    UNUSED = "unused"


class CancellationReason(StrEnum):
    """Why a subscription ended or is to end."""

    CANCELLATION_REQUESTED = "cancellation_requested"
    PAYMENT_DISPUTED = "payment_disputed"
    PAYMENT_FAILED = "payment_failed"


class PausedCollection(StrEnum):
    """What becomes of the invoices that are made while collection is paused."""

    KEEP_AS_DRAFT = "keep_as_draft"
    """They stay drafts."""
    MARK_UNCOLLECTIBLE = "mark_uncollectible"
    """They are finalized and marked as uncollectible."""
    VOID = "void"
    """They are finalized and void."""


class MissingPaymentMethod(StrEnum):
    """What becomes of a subscription whose trial ends while nothing can be charged for it."""

    CANCEL = "cancel"
    """It ends."""
    CREATE_INVOICE = "create_invoice"
    """It is invoiced all the same, and then past due."""
    PAUSE = "pause"
    """It is paused until it is resumed, without invoices."""


COMMENT_LENGTH_MAX: Final = 5000


def cancellation_told(
    details: Mapping[str, str], *, comment: str | None, feedback: CancellationFeedback | None
) -> dict[str, str]:
    """Cancellation details with what the customer said about leaving; what they did not say this time stays."""
    told = dict(details)
    if feedback is not None:
        told["feedback"] = feedback.value
    if comment:
        told["comment"] = text_within(comment, COMMENT_LENGTH_MAX, ("cancellationDetails", "comment"))
    return told


def cancellation_requested(details: Mapping[str, str]) -> dict[str, str]:
    """Cancellation details of a subscription whose end somebody asked for."""
    return {**details, "reason": CancellationReason.CANCELLATION_REQUESTED.value}


INCOMPLETE_LASTS: Final = timedelta(hours=23)
"""How long a subscription waits for its first payment (spec 02)."""
PENDING_UPDATE_LASTS: Final = timedelta(hours=23)
"""How long a change waits for its payment at the most (Stripe's)."""
ITEMS_MAX: Final = 20
EXPIRY_POSTPONED_BY: Final = timedelta(minutes=10)
"""How long an expiry waits for a payment that is just being made."""
