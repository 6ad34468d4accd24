"""The declines that the sandbox knows: for each decline code the error code, the words and the issuer's advice.

Codes and their meanings are Stripe's (docs.stripe.com/declines/codes).
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import ErrorCode
from gateways.outcomes import (
    Advice,
    AnswerType,
    CardChecks,
    Declined,
    NetworkAnswer,
    NetworkStatus,
    RiskLevel,
)

RISK_SCORES = {RiskLevel.NORMAL: 20, RiskLevel.ELEVATED: 70, RiskLevel.HIGHEST: 90}


class DeclineCode(StrEnum):
    """Why an issuer said no."""

    AUTHENTICATION_REQUIRED = "authentication_required"
    CARD_NOT_SUPPORTED = "card_not_supported"
    CARD_VELOCITY_EXCEEDED = "card_velocity_exceeded"
    CURRENCY_NOT_SUPPORTED = "currency_not_supported"
    DO_NOT_HONOR = "do_not_honor"
    EXPIRED_CARD = "expired_card"
    FRAUDULENT = "fraudulent"
    GENERIC_DECLINE = "generic_decline"
    INCORRECT_CVC = "incorrect_cvc"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    INVALID_ACCOUNT = "invalid_account"
    ISSUER_NOT_AVAILABLE = "issuer_not_available"
    LOST_CARD = "lost_card"
    PICKUP_CARD = "pickup_card"
    PROCESSING_ERROR = "processing_error"
    RESTRICTED_CARD = "restricted_card"
    REVOCATION_OF_AUTHORIZATION = "revocation_of_authorization"
    STOLEN_CARD = "stolen_card"
    TRANSACTION_NOT_ALLOWED = "transaction_not_allowed"
    TRY_AGAIN_LATER = "try_again_later"
    WITHDRAWAL_COUNT_LIMIT_EXCEEDED = "withdrawal_count_limit_exceeded"


@dataclass(frozen=True, slots=True)
class _Decline:
    """How one decline code is told."""

    advice: Advice | None
    message: str = "Your card was declined."
    code: ErrorCode = ErrorCode.CARD_DECLINED


# A lost, stolen or suspected card is told to its holder as a plain decline: whoever holds it should not be warned.
_DECLINES = {
    DeclineCode.AUTHENTICATION_REQUIRED: _Decline(
        None,
        "Your card was declined. This transaction requires authentication.",
        ErrorCode.AUTHENTICATION_REQUIRED,
    ),
    DeclineCode.CARD_NOT_SUPPORTED: _Decline(
        Advice.DO_NOT_TRY_AGAIN, "Your card does not support this type of purchase."
    ),
    DeclineCode.CARD_VELOCITY_EXCEEDED: _Decline(
        Advice.TRY_AGAIN_LATER,
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    ),
    DeclineCode.CURRENCY_NOT_SUPPORTED: _Decline(Advice.DO_NOT_TRY_AGAIN, "Your card does not support this currency."),
    DeclineCode.DO_NOT_HONOR: _Decline(Advice.TRY_AGAIN_LATER),
    DeclineCode.EXPIRED_CARD: _Decline(Advice.CONFIRM_CARD_DATA, "Your card has expired.", ErrorCode.EXPIRED_CARD),
    DeclineCode.FRAUDULENT: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.GENERIC_DECLINE: _Decline(Advice.TRY_AGAIN_LATER),
    DeclineCode.INCORRECT_CVC: _Decline(
        Advice.CONFIRM_CARD_DATA, "Your card's security code is incorrect.", ErrorCode.INCORRECT_CVC
    ),
    DeclineCode.INSUFFICIENT_FUNDS: _Decline(Advice.TRY_AGAIN_LATER, "Your card has insufficient funds."),
    DeclineCode.INVALID_ACCOUNT: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.ISSUER_NOT_AVAILABLE: _Decline(
        Advice.TRY_AGAIN_LATER, "Your card's bank could not be reached. Try again in a little bit."
    ),
    DeclineCode.LOST_CARD: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.PICKUP_CARD: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.PROCESSING_ERROR: _Decline(
        Advice.TRY_AGAIN_LATER,
        "An error occurred while processing your card. Try again in a little bit.",
        ErrorCode.PROCESSING_ERROR,
    ),
    DeclineCode.RESTRICTED_CARD: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.REVOCATION_OF_AUTHORIZATION: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.STOLEN_CARD: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.TRANSACTION_NOT_ALLOWED: _Decline(Advice.DO_NOT_TRY_AGAIN),
    DeclineCode.TRY_AGAIN_LATER: _Decline(Advice.TRY_AGAIN_LATER),
    DeclineCode.WITHDRAWAL_COUNT_LIMIT_EXCEEDED: _Decline(
        Advice.TRY_AGAIN_LATER, "Your card's limit of payments or amounts is used up."
    ),
}


def declined(
    decline_code: DeclineCode, *, risk_level: RiskLevel = RiskLevel.NORMAL, checks: CardChecks | None = None
) -> Declined:
    """The issuer's refusal with this decline code."""
    row = _DECLINES[decline_code]
    if decline_code is DeclineCode.GENERIC_DECLINE:
        seller_message = "The bank did not return any further details with this decline."
    else:
        seller_message = f"The bank returned the decline code `{decline_code}`."
    network = NetworkAnswer(
        status=NetworkStatus.DECLINED_BY_NETWORK,
        type=AnswerType.ISSUER_DECLINED,
        seller_message=seller_message,
        reason=decline_code,
        risk_level=risk_level,
        risk_score=RISK_SCORES.get(risk_level),
        checks=checks or CardChecks(),
    )
    return Declined(row.code, row.message, network, decline_code, row.advice)


def blocked_as_too_risky() -> Declined:
    """A refusal that never reached the issuer: the payment was held to be too risky."""
    network = NetworkAnswer(
        status=NetworkStatus.NOT_SENT_TO_NETWORK,
        type=AnswerType.BLOCKED,
        seller_message="The payment was blocked as too risky.",
        reason="highest_risk_level",
        risk_level=RiskLevel.HIGHEST,
        risk_score=RISK_SCORES[RiskLevel.HIGHEST],
    )
    row = _DECLINES[DeclineCode.FRAUDULENT]
    return Declined(row.code, row.message, network, DeclineCode.FRAUDULENT, row.advice)


def failed_authentication(code: ErrorCode) -> Declined:
    """The end of a payment or set-up whose customer did not pass 3-D Secure; the issuer was never asked for money."""
    network = NetworkAnswer(
        status=NetworkStatus.NOT_SENT_TO_NETWORK,
        type=AnswerType.INVALID,
        seller_message="The customer did not pass 3-D Secure authentication.",
        reason=code,
    )
    message = "The payment method failed authentication. Use another payment method or try again."
    return Declined(code, message, network)


def too_large(asked_minor: int, held_minor: int) -> Declined:
    """The refusal of a capture above what was authorized."""
    network = NetworkAnswer(
        status=NetworkStatus.NOT_SENT_TO_NETWORK,
        type=AnswerType.INVALID,
        seller_message="The capture is larger than the authorization.",
        reason=ErrorCode.AMOUNT_TOO_LARGE,
    )
    message = f"Amount {asked_minor} exceeds the {held_minor} that were authorized."
    return Declined(ErrorCode.AMOUNT_TOO_LARGE, message, network)
