"""What a gateway answers: frozen values, one class per way a request can end.

Outcome        = Succeeded | Declined | RequiresAction | Processing
RefundOutcome  = RefundSucceeded | RefundFailed | Processing
DisputeOutcome = DisputeWon | DisputeLost | DisputeEscalated | DisputeInReview

That somebody disputes a payment is a `DisputeNotice`, told with the payment's success or at any time after it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from domain.disputes import DisputeReason
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


RESPONSE_TIME = timedelta(days=7)
"""How long a seller has to answer where the bank does not say; banks give 7 to 21 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeNotice:
    """That a cardholder disputes a payment, and that the bank took the money back; an inquiry asks only.

    `reference` is the gateway's own name for the dispute, at most 120 characters. `amount_minor`: None is all of it.
    """

    reference: str
    reason: DisputeReason
    is_inquiry: bool = False
    amount_minor: int | None = None
    network_reason_code: str | None = None
    respond_within: timedelta = RESPONSE_TIME

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self) | {"reason": self.reason.value, "respond_within": int(self.respond_within.total_seconds())}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        known = {
            "reason": DisputeReason(stored["reason"]), "respond_within": timedelta(seconds=stored["respond_within"]),
        }  # fmt: skip
        return cls(**{**stored, **known})


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money is authorized (and captured when that was asked), the card is verified, or the hold is released.

    `reference` is the gateway's own name for the payment, at most 120 characters; later requests quote it.
    `available_at_once` says that the money skips the pending balance. `dispute`: somebody disputes it already.
    """

    reference: str
    network: NetworkAnswer
    available_at_once: bool = False
    dispute: DisputeNotice | None = None


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


@dataclass(frozen=True, slots=True)
class DisputeWon:
    """The bank found for the seller: what it had taken comes back. An inquiry is closed."""


@dataclass(frozen=True, slots=True)
class DisputeLost:
    """The bank found for the cardholder, or the seller let it be."""


@dataclass(frozen=True, slots=True)
class DisputeEscalated:
    """The bank was not content with the answer to its inquiry and takes the money back."""

    respond_within: timedelta = RESPONSE_TIME


@dataclass(frozen=True, slots=True)
class DisputeInReview:
    """The bank has the evidence and decides later; ask again after a while, counted by the customer's clock."""

    ask_again_after: timedelta


Outcome = Succeeded | Declined | RequiresAction | Processing
RefundOutcome = RefundSucceeded | RefundFailed | Processing
DisputeOutcome = DisputeWon | DisputeLost | DisputeEscalated | DisputeInReview
