"""Why money could not be taken or moved."""

from typing import Final

from domain.error_meanings.meaning import CARD, Meaning

PAYMENTS: Final = {
    "card_declined": Meaning(
        CARD,
        "The card was declined; `declineCode` says why as far as the issuer told.",
        "Ask the customer for another payment method or to speak to their bank.",
    ),
    "expired_card": Meaning(
        CARD,
        "The card has expired.",
        "Ask the customer for another card.",
    ),
    "incorrect_cvc": Meaning(
        CARD,
        "The card's security code is wrong.",
        "Ask the customer to enter the card again.",
    ),
    "incorrect_number": Meaning(
        CARD,
        "The card number is not a possible one.",
        "Ask the customer to enter the card again.",
    ),
    "invalid_number": Meaning(
        CARD,
        "The card number is not a row of digits of a possible length.",
        "Ask the customer to enter the card again.",
    ),
    "invalid_expiry_month": Meaning(
        CARD,
        "The card's expiration month does not exist or has passed.",
        "Send a month from 1 to 12 that has not passed.",
    ),
    "invalid_expiry_year": Meaning(
        CARD,
        "The card's expiration year has passed or lies too far ahead.",
        "Send the year with two or four digits, this one or later.",
    ),
    "invalid_cvc": Meaning(
        CARD,
        "The card's security code does not have the form of one.",
        "Send three digits, or four for American Express.",
    ),
    "processing_error": Meaning(
        CARD,
        "The card network failed while it worked on the payment.",
        "Try again after a while.",
    ),
    "authentication_required": Meaning(
        CARD,
        "The bank wants the customer to authenticate, and the customer was not present or it was not asked for.",
        "Bring the customer back to confirm the payment, or collect another payment method.",
    ),
    "payment_intent_authentication_failure": Meaning(
        CARD,
        "The customer tried to authenticate this payment and failed.",
        "Confirm the payment intent with a new payment method.",
    ),
    "setup_intent_authentication_failure": Meaning(
        CARD,
        "The customer tried to authenticate this card set-up and failed.",
        "Confirm the setup intent with a new payment method.",
    ),
    "subscription_payment_intent_requires_action": Meaning(
        CARD,
        "ERROR_IF_INCOMPLETE was asked for, and the first payment needs the customer to authenticate.",
        "Use ALLOW_INCOMPLETE or DEFAULT_INCOMPLETE and confirm the payment with the customer present.",
    ),
    "invoice_payment_intent_requires_action": Meaning(
        CARD,
        "The invoice's payment needs the customer to authenticate.",
        "Let the customer confirm with the invoice's `confirmationSecret`.",
    ),
}
