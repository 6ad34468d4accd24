"""The error codes, each with its type, its one meaning and what to do about it.

`docs/errors.md` and the descriptions in the API are generated from them. Codes are Stripe's where Stripe has one for
the case; what they mean stands in `domain/error_meanings/`.
"""

from enum import StrEnum

from domain.error_meanings import MEANINGS
from domain.error_types import ErrorType


class ErrorCode(StrEnum):
    """Each code with its type, its one meaning and the advice that goes with it."""

    type: ErrorType
    description: str
    advice: str

    def __new__(cls, code: str) -> "ErrorCode":
        """The member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.type, member.description, member.advice = MEANINGS[code]
        return member

    # Any input
    PARAMETER_MISSING = "parameter_missing"
    PARAMETER_UNKNOWN = "parameter_unknown"
    PARAMETER_INVALID = "parameter_invalid"
    PARAMETER_INVALID_INTEGER = "parameter_invalid_integer"
    PARAMETER_INVALID_STRING_EMPTY = "parameter_invalid_string_empty"
    PARAMETER_STRING_TOO_LONG = "parameter_string_too_long"
    PARAMETER_LIST_TOO_LONG = "parameter_list_too_long"
    PARAMETERS_EXCLUSIVE = "parameters_exclusive"
    RESOURCE_MISSING = "resource_missing"
    RESOURCE_ALREADY_EXISTS = "resource_already_exists"
    RESOURCE_IN_USE = "resource_in_use"
    TEST_MODE_ONLY = "test_mode_only"
    # Values with a format of their own
    EMAIL_INVALID = "email_invalid"
    URL_INVALID = "url_invalid"
    COUNTRY_CODE_INVALID = "country_code_invalid"
    CURRENCY_INVALID = "currency_invalid"
    CURRENCY_MISMATCH = "currency_mismatch"
    TAX_ID_INVALID = "tax_id_invalid"
    INVALID_CHARACTERS = "invalid_characters"
    FILE_TOO_LARGE = "file_too_large"
    FILE_TYPE_UNSUPPORTED = "file_type_unsupported"
    # Amounts
    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_TOO_LARGE = "amount_too_large"
    # Catalogue
    PRODUCT_INACTIVE = "product_inactive"
    PRICE_INACTIVE = "price_inactive"
    FEATURE_INACTIVE = "feature_inactive"
    CUSTOMER_TAX_LOCATION_INVALID = "customer_tax_location_invalid"
    TAXES_CALCULATION_FAILED = "taxes_calculation_failed"
    TAX_RATE_INACTIVE = "tax_rate_inactive"
    # Discounts
    COUPON_EXPIRED = "coupon_expired"
    COUPON_NOT_APPLICABLE = "coupon_not_applicable"
    # Accounts and the money between them
    ACCOUNT_HOLDER_REQUIRED = "account_holder_required"
    ACCOUNT_INVALID = "account_invalid"
    BALANCE_INSUFFICIENT = "balance_insufficient"
    APPLICATION_FEES_NOT_ALLOWED = "application_fees_not_allowed"
    APPLICATION_NOT_MAKER = "application_not_maker"
    INSUFFICIENT_CAPABILITIES_FOR_TRANSFER = "insufficient_capabilities_for_transfer"
    PLATFORM_ACCOUNT_REQUIRED = "platform_account_required"
    TRANSFERS_NOT_ALLOWED = "transfers_not_allowed"
    # Payouts
    ACCOUNT_NUMBER_INVALID = "account_number_invalid"
    BANK_ACCOUNT_UNUSABLE = "bank_account_unusable"
    INSTANT_PAYOUTS_UNSUPPORTED = "instant_payouts_unsupported"
    PAYOUTS_NOT_ALLOWED = "payouts_not_allowed"
    PAYOUT_UNEXPECTED_STATE = "payout_unexpected_state"
    ROUTING_NUMBER_INVALID = "routing_number_invalid"
    # Cards
    CARD_DECLINED = "card_declined"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    INCORRECT_NUMBER = "incorrect_number"
    INVALID_NUMBER = "invalid_number"
    INVALID_EXPIRY_MONTH = "invalid_expiry_month"
    INVALID_EXPIRY_YEAR = "invalid_expiry_year"
    INVALID_CVC = "invalid_cvc"
    PROCESSING_ERROR = "processing_error"
    AUTHENTICATION_REQUIRED = "authentication_required"
    PAYMENT_INTENT_AUTHENTICATION_FAILURE = "payment_intent_authentication_failure"
    SETUP_INTENT_AUTHENTICATION_FAILURE = "setup_intent_authentication_failure"
    SUBSCRIPTION_PAYMENT_INTENT_REQUIRES_ACTION = "subscription_payment_intent_requires_action"
    INVOICE_PAYMENT_INTENT_REQUIRES_ACTION = "invoice_payment_intent_requires_action"
    # An object in the wrong state
    PAYMENT_METHOD_UNEXPECTED_STATE = "payment_method_unexpected_state"
    PAYMENT_INTENT_UNEXPECTED_STATE = "payment_intent_unexpected_state"
    SETUP_INTENT_UNEXPECTED_STATE = "setup_intent_unexpected_state"
    SUBSCRIPTION_UNDER_SCHEDULE = "subscription_under_schedule"
    SUBSCRIPTION_SCHEDULE_UNEXPECTED_STATE = "subscription_schedule_unexpected_state"
    SUBSCRIPTION_UNEXPECTED_STATE = "subscription_unexpected_state"
    INVOICE_UNEXPECTED_STATE = "invoice_unexpected_state"
    PRICE_MIGRATION_UNEXPECTED_STATE = "price_migration_unexpected_state"
    QUOTE_UNEXPECTED_STATE = "quote_unexpected_state"
    CHARGE_UNEXPECTED_STATE = "charge_unexpected_state"
    CHARGE_ALREADY_REFUNDED = "charge_already_refunded"
    CHARGE_DISPUTED = "charge_disputed"
    DISPUTE_UNEXPECTED_STATE = "dispute_unexpected_state"
    REFUND_UNEXPECTED_STATE = "refund_unexpected_state"
    CREDIT_NOTE_UNEXPECTED_STATE = "credit_note_unexpected_state"
    CREDIT_GRANT_UNEXPECTED_STATE = "credit_grant_unexpected_state"
    ALERT_UNEXPECTED_STATE = "alert_unexpected_state"
    METER_UNEXPECTED_STATE = "meter_unexpected_state"
    METER_INACTIVE = "meter_inactive"
    METER_EVENT_VALUE_INVALID = "meter_event_value_invalid"
    METER_EVENT_TOO_OLD = "meter_event_too_old"
    METER_EVENT_IN_FUTURE = "meter_event_in_future"
    METER_EVENT_TOO_LATE_TO_CANCEL = "meter_event_too_late_to_cancel"
    METER_SUM_TOO_LARGE = "meter_sum_too_large"
    TEST_CLOCK_UNEXPECTED_STATE = "test_clock_unexpected_state"
    TEST_CLOCK_ADVANCING = "test_clock_advancing"
    # Repetition and the server itself
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    LOCK_TIMEOUT = "lock_timeout"
    GATEWAY_NOT_CONFIGURED = "gateway_not_configured"
