"""The closed lists of words that objects carry beside a status. The values are Stripe's.

Those of invoices and subscriptions stand in `domain/invoices.py` and `domain/subscriptions.py`.
"""

from enum import StrEnum


class PriceType(StrEnum):
    """Whether a price is paid once or again and again."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"


class UsageType(StrEnum):
    """What a recurring price bills: a quantity that was agreed upon (LICENSED), or what a meter counted (METERED)."""

    LICENSED = "licensed"
    METERED = "metered"


class TaxBehavior(StrEnum):
    """Whether a price's amount has the tax in it already."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"
    UNSPECIFIED = "unspecified"


class TaxExempt(StrEnum):
    """Whether a customer pays tax: yes (NONE), no (EXEMPT), or accounts for it themselves (REVERSE)."""

    NONE = "none"
    EXEMPT = "exempt"
    REVERSE = "reverse"


class CustomerBalanceTransactionType(StrEnum):
    """Why a customer's credit balance changed."""

    ADJUSTMENT = "adjustment"
    APPLIED_TO_INVOICE = "applied_to_invoice"
    CREDIT_NOTE = "credit_note"
    INVOICE_OVERPAID = "invoice_overpaid"
    INVOICE_TOO_SMALL = "invoice_too_small"
    UNAPPLIED_FROM_INVOICE = "unapplied_from_invoice"


class BalanceTransactionType(StrEnum):
    """Why money moved on an account's balance."""

    CHARGE = "charge"
    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    PAYMENT_REFUND = "payment_refund"
    TRANSFER = "transfer"
    TRANSFER_REFUND = "transfer_refund"
    APPLICATION_FEE = "application_fee"
    APPLICATION_FEE_REFUND = "application_fee_refund"
    ADJUSTMENT = "adjustment"
    STRIPE_FEE = "stripe_fee"
    PAYOUT = "payout"
    PAYOUT_CANCEL = "payout_cancel"
    PAYOUT_FAILURE = "payout_failure"
    TOPUP = "topup"


class PaymentMethodType(StrEnum):
    """The kinds of payment methods."""

    CARD = "card"


class CaptureMethod(StrEnum):
    """Whether an authorized payment is taken at once or on request."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class FutureUsage(StrEnum):
    """Whether a payment method will be used with the customer present or absent."""

    ON_SESSION = "on_session"
    OFF_SESSION = "off_session"


class PaymentIntentCancellationReason(StrEnum):
    """Why a payment intent was canceled."""

    ABANDONED = "abandoned"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    VOID_INVOICE = "void_invoice"


class SetupIntentCancellationReason(StrEnum):
    """Why a setup intent was canceled."""

    ABANDONED = "abandoned"
    DUPLICATE = "duplicate"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"


class RefundReason(StrEnum):
    """Why money is given back."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"
