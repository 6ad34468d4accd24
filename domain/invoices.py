"""Words of invoices: why one was made and how it is collected."""

from enum import StrEnum


class BillingReason(StrEnum):
    """Why an invoice was made."""

    SUBSCRIPTION_CREATE = "subscription_create"
    """A subscription began."""
    SUBSCRIPTION_CYCLE = "subscription_cycle"
    """A subscription moved on to its next period."""
    SUBSCRIPTION_UPDATE = "subscription_update"
    """A subscription was changed within a period and the difference is asked for, or a trial or a resumption began."""

    @property
    def opens_a_period(self) -> bool:
        """Whether the invoice is the one of a new period of its subscription."""
        return self is not BillingReason.SUBSCRIPTION_UPDATE


class InvoicePaymentStatus(StrEnum):
    """Where one payment of an invoice stands."""

    OPEN = "open"
    """It was asked for, and the money has not come."""
    PAID = "paid"
    """The money is here."""
    CANCELED = "canceled"
    """Nobody is to make it any more."""


class InvoicePaymentType(StrEnum):
    """What stands behind a payment of an invoice."""

    PAYMENT_INTENT = "payment_intent"
    """A payment that goes through a gateway."""
    PAYMENT_RECORD = "payment_record"
    """Money that came elsewhere and was written down."""


class CollectionMethod(StrEnum):
    """How the money of an invoice is to come."""

    CHARGE_AUTOMATICALLY = "charge_automatically"
    """The payment method on file is charged."""
