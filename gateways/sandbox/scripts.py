"""The outcomes that a tester can write for the next charges of a payment method."""

from enum import StrEnum


class ScriptedOutcome(StrEnum):
    """What shall become of a charge, whatever its card would do by itself.

    SUCCEED, or a decline code. AUTHENTICATION_REQUIRED asks a present customer for 3-D Secure and succeeds once it is
    passed; a charge without the customer it declines.
    """

    SUCCEED = "succeed"
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
