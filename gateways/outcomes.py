"""What a gateway answers: frozen values, one class per way a request can end.

Outcome        = Succeeded | Declined | RequiresAction | Processing
RefundOutcome  = RefundSucceeded | RefundFailed | Processing
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import ErrorCode


class NetworkStatus(StrEnum):
    """How far a request came, in the words of a charge's `outcome.networkStatus`."""

    APPROVED_BY_NETWORK = "approved_by_network"
    DECLINED_BY_NETWORK = "declined_by_network"
    NOT_SENT_TO_NETWORK = "not_sent_to_network"
    REVERSED_AFTER_APPROVAL = "reversed_after_approval"


class AnswerType(StrEnum):
    """Who decided, in the words of a charge's `outcome.type`."""

    AUTHORIZED = "authorized"
    MANUAL_REVIEW = "manual_review"
    ISSUER_DECLINED = "issuer_declined"
    BLOCKED = "blocked"
    INVALID = "invalid"


class RiskLevel(StrEnum):
    """How risky the network held a payment to be."""

    NORMAL = "normal"
    ELEVATED = "elevated"
    HIGHEST = "highest"
    NOT_ASSESSED = "not_assessed"


class CheckResult(StrEnum):
    """What the issuer said of one detail of the card holder."""

    PASS = "pass"  # noqa: S105 - the word for a check that was passed
    FAIL = "fail"
    UNAVAILABLE = "unavailable"
    UNCHECKED = "unchecked"


class Advice(StrEnum):
    """What the issuer advises after a decline; retries of an invoice follow it."""

    CONFIRM_CARD_DATA = "confirm_card_data"
    DO_NOT_TRY_AGAIN = "do_not_try_again"
    TRY_AGAIN_LATER = "try_again_later"


class ActionKind(StrEnum):
    """What a customer has to do before a payment can go on."""

    THREE_D_SECURE = "three_d_secure"


class RefundFailure(StrEnum):
    """Why a refund did not arrive, in the words of a refund's `failureReason`."""

    LOST_OR_STOLEN_CARD = "lost_or_stolen_card"
    EXPIRED_OR_CANCELED_CARD = "expired_or_canceled_card"
    AMOUNT_TOO_LARGE = "amount_too_large"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CardChecks:
    """The issuer's checks of security code and address; None where nothing was handed in to be checked."""

    cvc: CheckResult | None = None
    address_line1: CheckResult | None = None
    address_postal_code: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """What the network said beside yes or no: the `outcome` of a charge and its authorization code.

    `seller_message` is for the seller, not for the customer. `risk_score` runs from 0 to 100.
    """

    status: NetworkStatus
    type: AnswerType
    seller_message: str
    reason: str | None = None
    risk_level: RiskLevel = RiskLevel.NOT_ASSESSED
    risk_score: int | None = None
    authorization_code: str | None = None
    checks: CardChecks = CardChecks()


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money is authorized (and captured when that was asked), the card is verified, or the hold is released.

    `reference` is the gateway's own name for the payment, at most 120 characters; later requests quote it.
    `available_at_once` says that the money skips the pending balance.
    """

    reference: str
    network: NetworkAnswer
    available_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Declined:
    """The answer was no. `message` is for the customer; `advice` is the issuer's, None when it gave none.

    `code` and `decline_code` are Stripe's error code and decline code.
    """

    code: ErrorCode
    message: str
    network: NetworkAnswer
    decline_code: str | None = None
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class RequiresAction:
    """Nothing was decided yet: the customer has to act, then the same request comes again with the result."""

    kind: ActionKind


@dataclass(frozen=True, slots=True)
class Processing:
    """The network took the request and answers later; `Gateway.fetch` tells when asked."""

    reference: str


@dataclass(frozen=True, slots=True)
class RefundSucceeded:
    """The money is on its way back. With `settles_later` it may still fail: ask `fetch_refund` again later."""

    reference: str
    settles_later: bool = False


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The money did not go back and stays with the seller."""

    reason: RefundFailure
    message: str


Outcome = Succeeded | Declined | RequiresAction | Processing
RefundOutcome = RefundSucceeded | RefundFailed | Processing
