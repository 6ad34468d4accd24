"""The catalogue of error codes: every code with its type, its one meaning and what to do about it.

`docs/errors.md` and the descriptions in the API are generated from it. Codes are Stripe's where Stripe has one for
the case.
"""

from enum import StrEnum

from domain.error_types import ErrorType

_INVALID = ErrorType.INVALID_REQUEST_ERROR
_CARD = ErrorType.CARD_ERROR
_IDEMPOTENCY = ErrorType.IDEMPOTENCY_ERROR
_API = ErrorType.API_ERROR


class ErrorCode(StrEnum):
    """Each code with its type, its one meaning and the advice that goes with it."""

    type: ErrorType
    description: str
    advice: str

    # The defaults serve no member: they tell type checkers that `ErrorCode("card_declined")` looks a member up.
    def __new__(cls, code: str, type_: ErrorType = _INVALID, description: str = "", advice: str = "") -> "ErrorCode":
        """The member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.type = type_
        member.description = description
        member.advice = advice
        return member

    # fmt: off
    # Any input
    PARAMETER_MISSING = (
        "parameter_missing", _INVALID,
        "A value that this operation needs was not given.",
        "Send the field that `param` names.",
    )
    PARAMETER_UNKNOWN = (
        "parameter_unknown", _INVALID,
        "A value was given that has no place in this operation.",
        "Leave out the field that `param` names.",
    )
    PARAMETER_INVALID = (
        "parameter_invalid", _INVALID,
        "A value has the right type but lies outside what is allowed here.",
        "The message says what would be allowed.",
    )
    PARAMETER_INVALID_INTEGER = (
        "parameter_invalid_integer", _INVALID,
        "A number lies outside its range, or is not whole where it must be.",
        "The message names the range.",
    )
    PARAMETER_INVALID_STRING_EMPTY = (
        "parameter_invalid_string_empty", _INVALID,
        "A text that must say something is empty or blank.",
        "Send a text, or null to remove the value where it is optional.",
    )
    PARAMETER_STRING_TOO_LONG = (
        "parameter_string_too_long", _INVALID,
        "A text is longer than the field may hold.",
        "Shorten it to the length that the message names.",
    )
    PARAMETER_LIST_TOO_LONG = (
        "parameter_list_too_long", _INVALID,
        "A list or a map has more entries than allowed.",
        "Send at most as many entries as the message names.",
    )
    PARAMETERS_EXCLUSIVE = (
        "parameters_exclusive", _INVALID,
        "Two values were given of which only one may be.",
        "Send one of the fields that the message names.",
    )
    RESOURCE_MISSING = (
        "resource_missing", _INVALID,
        "An object that the request names or needs does not exist in this account and mode.",
        "Check the id, and that the key belongs to the same account and mode as the object.",
    )
    RESOURCE_ALREADY_EXISTS = (
        "resource_already_exists", _INVALID,
        "Something that must be unique is already taken.",
        "Use the existing object, or choose another value.",
    )
    RESOURCE_IN_USE = (
        "resource_in_use", _INVALID,
        "The object cannot be deleted because others refer to it.",
        "Archive it instead, or delete what refers to it first.",
    )
    TEST_MODE_ONLY = (
        "test_mode_only", _INVALID,
        "This exists in test mode only.",
        "Use a test key (`sk_test_…`).",
    )

    # Values with a format of their own
    EMAIL_INVALID = (
        "email_invalid", _INVALID,
        "The e-mail address is not one that mail could be sent to.",
        "Check for typing errors.",
    )
    URL_INVALID = (
        "url_invalid", _INVALID,
        "The address is not a complete http or https URL.",
        "Send an absolute URL such as https://example.com/a.png.",
    )
    COUNTRY_CODE_INVALID = (
        "country_code_invalid", _INVALID,
        "The country is not a two-letter ISO 3166-1 code.",
        "Send a code such as DE, BR or US.",
    )
    CURRENCY_INVALID = (
        "currency_invalid", _INVALID,
        "The currency is not one of the active ISO 4217 currencies.",
        "Send a three-letter code such as usd, eur or brl.",
    )
    CURRENCY_MISMATCH = (
        "currency_mismatch", _INVALID,
        "Amounts of two currencies meet where there can be only one.",
        "Use prices of one currency; a customer keeps theirs while a subscription or unpaid invoice is in force.",
    )
    TAX_ID_INVALID = (
        "tax_id_invalid", _INVALID,
        "The tax id does not have the form or the check digits of its type.",
        "Check the number and that the type fits the country.",
    )
    INVALID_CHARACTERS = (
        "invalid_characters", _INVALID,
        "A text holds characters that are not allowed in it.",
        "Remove the characters that the message names.",
    )
    FILE_TOO_LARGE = (
        "file_too_large", _INVALID,
        "The uploaded file is larger than allowed.",
        "Make it smaller than the size that the message names.",
    )
    FILE_TYPE_UNSUPPORTED = (
        "file_type_unsupported", _INVALID,
        "The uploaded file is, by its content, of a type that cannot be used here.",
        "Send one of the types that the message names; the file name does not matter.",
    )

    # Amounts
    AMOUNT_TOO_SMALL = (
        "amount_too_small", _INVALID,
        "The amount is below the least that can be charged in its currency.",
        "Charge at least the amount that the message names.",
    )
    AMOUNT_TOO_LARGE = (
        "amount_too_large", _INVALID,
        "The amount is above the most that is possible here.",
        "Send at most the amount that the message names.",
    )

    # Catalogue
    PRODUCT_INACTIVE = (
        "product_inactive", _INVALID,
        "The product is archived and cannot be sold anew.",
        "Activate the product or choose another.",
    )
    PRICE_INACTIVE = (
        "price_inactive", _INVALID,
        "The price is archived and cannot be sold anew.",
        "Activate the price or choose another; existing subscriptions keep it.",
    )
    FEATURE_INACTIVE = (
        "feature_inactive", _INVALID,
        "The feature is archived and cannot be attached to a product anew.",
        "Activate the feature or choose another; products that have it keep it.",
    )

    CUSTOMER_TAX_LOCATION_INVALID = (
        "customer_tax_location_invalid", _INVALID,
        "Automatic tax does not know where the customer is.",
        "Give the customer an address with a country, and in Canada with a province or a postal code.",
    )
    TAXES_CALCULATION_FAILED = (
        "taxes_calculation_failed", _API,
        "Automatic tax could not be worked out for the moment.",
        "Try again later. A draft that goes on by itself is tried again until it works.",
    )
    TAX_RATE_INACTIVE = (
        "tax_rate_inactive", _INVALID,
        "The tax rate is archived and cannot be used anew.",
        "Activate the tax rate or choose another; what has it already keeps it.",
    )

    # Discounts
    COUPON_EXPIRED = (
        "coupon_expired", _INVALID,
        "The coupon or promotion code cannot be redeemed any more: it has expired or was redeemed too often.",
        "Use another coupon or promotion code; discounts that run are not touched.",
    )
    COUPON_NOT_APPLICABLE = (
        "coupon_not_applicable", _INVALID,
        "The coupon or promotion code is not for this customer, currency or purchase.",
        "The message says what it is for; use another one, or none.",
    )

    # Cards
    CARD_DECLINED = ("card_declined", _CARD,
        "The card was declined; `declineCode` says why as far as the issuer told.",
        "Ask the customer for another payment method or to speak to their bank.",
    )
    EXPIRED_CARD = ("expired_card", _CARD,
        "The card has expired.",
        "Ask the customer for another card.",
    )
    INCORRECT_CVC = ("incorrect_cvc", _CARD,
        "The card's security code is wrong.",
        "Ask the customer to enter the card again.",
    )
    INCORRECT_NUMBER = ("incorrect_number", _CARD,
        "The card number is not a possible one.",
        "Ask the customer to enter the card again.",
    )
    INVALID_NUMBER = ("invalid_number", _CARD,
        "The card number is not a row of digits of a possible length.",
        "Ask the customer to enter the card again.",
    )
    INVALID_EXPIRY_MONTH = ("invalid_expiry_month", _CARD,
        "The card's expiration month does not exist or has passed.",
        "Send a month from 1 to 12 that has not passed.",
    )
    INVALID_EXPIRY_YEAR = ("invalid_expiry_year", _CARD,
        "The card's expiration year has passed or lies too far ahead.",
        "Send the year with two or four digits, this one or later.",
    )
    INVALID_CVC = ("invalid_cvc", _CARD,
        "The card's security code does not have the form of one.",
        "Send three digits, or four for American Express.",
    )
    PROCESSING_ERROR = ("processing_error", _CARD,
        "The card network failed while it worked on the payment.",
        "Try again after a while.",
    )
    AUTHENTICATION_REQUIRED = ("authentication_required", _CARD,
        "The bank wants the customer to authenticate, and the customer was not present or it was not asked for.",
        "Bring the customer back to confirm the payment, or collect another payment method.",
    )
    PAYMENT_INTENT_AUTHENTICATION_FAILURE = ("payment_intent_authentication_failure", _CARD,
        "The customer tried to authenticate this payment and failed.",
        "Confirm the payment intent with a new payment method.",
    )
    SETUP_INTENT_AUTHENTICATION_FAILURE = ("setup_intent_authentication_failure", _CARD,
        "The customer tried to authenticate this card set-up and failed.",
        "Confirm the setup intent with a new payment method.",
    )
    SUBSCRIPTION_PAYMENT_INTENT_REQUIRES_ACTION = ("subscription_payment_intent_requires_action", _CARD,
        "ERROR_IF_INCOMPLETE was asked for, and the first payment needs the customer to authenticate.",
        "Use ALLOW_INCOMPLETE or DEFAULT_INCOMPLETE and confirm the payment with the customer present.",
    )
    INVOICE_PAYMENT_INTENT_REQUIRES_ACTION = ("invoice_payment_intent_requires_action", _CARD,
        "The invoice's payment needs the customer to authenticate.",
        "Let the customer confirm with the invoice's `confirmationSecret`.",
    )

    # An object in the wrong state
    PAYMENT_METHOD_UNEXPECTED_STATE = (
        "payment_method_unexpected_state", _INVALID,
        "The payment method's state does not allow this, for instance because another customer has it.",
        "Use a payment method that is attached to this customer, or a new one.",
    )
    PAYMENT_INTENT_UNEXPECTED_STATE = (
        "payment_intent_unexpected_state", _INVALID,
        "The payment intent's status does not allow this.",
        "The message names the status and those that would do.",
    )
    SETUP_INTENT_UNEXPECTED_STATE = (
        "setup_intent_unexpected_state", _INVALID,
        "The setup intent's status does not allow this.",
        "The message names the status and those that would do.",
    )
    SUBSCRIPTION_UNDER_SCHEDULE = (
        "subscription_under_schedule", _INVALID,
        "The subscription follows a schedule, which decides this.",
        "Change the schedule with `subscriptionScheduleUpdate`, or release the subscription from it first.",
    )
    SUBSCRIPTION_SCHEDULE_UNEXPECTED_STATE = (
        "subscription_schedule_unexpected_state", _INVALID,
        "The schedule's status does not allow this.",
        "The message names the status and those that would do; what was released, completed or canceled has ended.",
    )
    SUBSCRIPTION_UNEXPECTED_STATE = (
        "subscription_unexpected_state", _INVALID,
        "The subscription's status does not allow this.",
        "The message names the status and those that would do; a canceled subscription never comes back.",
    )
    INVOICE_UNEXPECTED_STATE = (
        "invoice_unexpected_state", _INVALID,
        "The invoice's status does not allow this.",
        "The message names the status and those that would do.",
    )
    PRICE_MIGRATION_UNEXPECTED_STATE = (
        "price_migration_unexpected_state", _INVALID,
        "The price migration's status does not allow this.",
        "The message names the status and those that would do; what is over cannot be canceled.",
    )
    QUOTE_UNEXPECTED_STATE = (
        "quote_unexpected_state", _INVALID,
        "The quote's status does not allow this, or it has expired.",
        "The message names the status and those that would do; make a new quote, or a revision of an open one.",
    )
    CHARGE_UNEXPECTED_STATE = (
        "charge_unexpected_state", _INVALID,
        "The charge's status does not allow this.",
        "The message names the status and those that would do.",
    )
    CHARGE_ALREADY_REFUNDED = (
        "charge_already_refunded", _INVALID,
        "The charge was refunded in full before.",
        "Nothing is left to refund.",
    )
    REFUND_UNEXPECTED_STATE = (
        "refund_unexpected_state", _INVALID,
        "The refund's status does not allow this.",
        "The message names the status and those that would do.",
    )
    CREDIT_NOTE_UNEXPECTED_STATE = (
        "credit_note_unexpected_state", _INVALID,
        "The credit note's state does not allow this.",
        "Only a credit note that lowered what is due of a still open invoice can be void.",
    )
    CREDIT_GRANT_UNEXPECTED_STATE = (
        "credit_grant_unexpected_state", _INVALID, "The grant's status does not allow this, or some of it was used.",
        "Only a grant that is neither expired nor void changes; one of which something was used can still expire.",
    )
    ALERT_UNEXPECTED_STATE = (
        "alert_unexpected_state", _INVALID, "The alert's status does not allow this.",
        "Make another alert; one that is archived stays so.",
    )
    METER_UNEXPECTED_STATE = (
        "meter_unexpected_state", _INVALID,
        "The meter's status does not allow this.",
        "Reactivate the meter, or name another one.",
    )
    METER_INACTIVE = (
        "meter_inactive", _INVALID,
        "The meter of this event name was deactivated.",
        "Reactivate it, or create another meter for the event name.",
    )
    METER_EVENT_VALUE_INVALID = (
        "meter_event_value_invalid", _INVALID,
        "The value of the event is not a number that can be counted exactly.",
        "Send a whole number, or a decimal as text.",
    )
    METER_EVENT_TOO_OLD = (
        "meter_event_too_old", _INVALID,
        "The event happened more than 35 days ago.",
        "Usage of that time can be billed with an invoice item.",
    )
    METER_EVENT_IN_FUTURE = (
        "meter_event_in_future", _INVALID,
        "The event lies more than five minutes ahead of its customer's time.",
        "Send it once it has happened; look at the clock of the machine that sends.",
    )
    METER_EVENT_TOO_LATE_TO_CANCEL = (
        "meter_event_too_late_to_cancel", _INVALID,
        "The event was received more than 24 hours ago.",
        "Send another event with the negative value, where the meter sums.",
    )
    METER_SUM_TOO_LARGE = (
        "meter_sum_too_large", _INVALID,
        "The usage of a customer's day would exceed what can be summed exactly.",
        "Send larger units, such as gigabytes where bytes were sent.",
    )
    TEST_CLOCK_UNEXPECTED_STATE = (
        "test_clock_unexpected_state", _INVALID,
        "The test clock's status does not allow this.",
        "A clock that failed internally can only be deleted.",
    )
    TEST_CLOCK_ADVANCING = (
        "test_clock_advancing", _INVALID,
        "The customer's test clock is advancing, and until it arrives nothing of theirs can be changed.",
        "Wait until the clock is READY, or advance it with `wait: true`.",
    )

    # Repetition and the server itself
    IDEMPOTENCY_KEY_IN_USE = (
        "idempotency_key_in_use", _IDEMPOTENCY,
        "Another request with this idempotency key is still under way.",
        "Repeat the same request after a moment; it is answered with the first one's result.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused", _IDEMPOTENCY,
        "This idempotency key was used with another input within the last 24 hours.",
        "Use a new key for a new request.",
    )
    LOCK_TIMEOUT = (
        "lock_timeout", _API,
        "The object was being changed by other requests for too long.",
        "Repeat the request; nothing was changed.",
    )
    GATEWAY_NOT_CONFIGURED = (
        "gateway_not_configured", _API,
        "No payment gateway is configured for live mode, so nothing can be charged.",
        "Configure a gateway, or use test mode.",
    )
    # fmt: on
