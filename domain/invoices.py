"""Words of invoices: why one was made, how it is collected and numbered, and when it is due."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.currencies import CHARGE_AMOUNT_MAX
from domain.errors import DomainError, ErrorCode, Problem

LINES_MAX: Final = 250
"""Lines that may be put on one draft by hand (Stripe's)."""
DAYS_UNTIL_DUE_MAX: Final = 730


class BillingReason(StrEnum):
    """Why an invoice was made."""

    SUBSCRIPTION_CREATE = "subscription_create"
    """A subscription began."""
    SUBSCRIPTION_CYCLE = "subscription_cycle"
    """A subscription moved on to its next period."""
    SUBSCRIPTION_UPDATE = "subscription_update"
    """A subscription was changed within a period and the difference is asked for, or a trial or a resumption began."""
    SUBSCRIPTION_THRESHOLD = "subscription_threshold"
    """What was used within a period came to cost as much as is invoiced early."""
    MANUAL = "manual"
    """Somebody asked for it."""

    @property
    def opens_a_period(self) -> bool:
        """Whether the invoice is the one of a new period of its subscription."""
        return self in (BillingReason.SUBSCRIPTION_CREATE, BillingReason.SUBSCRIPTION_CYCLE)


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
    SEND_INVOICE = "send_invoice"
    """The customer is sent the invoice and pays it until it is due."""


class PendingItems(StrEnum):
    """What becomes of waiting invoice items when an invoice is made by hand."""

    EXCLUDE = "exclude"
    """They go on waiting."""
    INCLUDE = "include"
    """The invoice takes them up."""


class LineRemoval(StrEnum):
    """What becomes of the invoice item behind a line that is taken off a draft."""

    DELETE = "delete"
    """It is gone."""
    UNASSIGN = "unassign"
    """It waits for the next invoice again."""


class InvoiceNumbering(StrEnum):
    """Which sequence an account's invoices are numbered by."""

    CUSTOMER = "customer"
    """Each customer's own."""
    ACCOUNT = "account"
    """One for the whole account."""


def due_date_of(
    method: CollectionMethod, at: datetime, *, days: int | None = None, date: datetime | None = None
) -> datetime | None:
    """When an invoice that is made at `at` is due: `days` later, or at `date`; None where it is charged by itself.

    One that is sent needs one of the two. A date has to lie ahead, and an invoice that is charged takes neither.
    """
    if method is CollectionMethod.CHARGE_AUTOMATICALLY:
        refuse_terms_of_sending(days, date)
        return None
    if days is not None and date is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE, "An invoice has either daysUntilDue or a dueDate, not both.", "dueDate"
        )
    if date is not None:
        if date <= at:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"An invoice cannot be due at {date:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
                f" {at:%Y-%m-%d %H:%M:%S} UTC.",
                "dueDate",
            )
        return date
    return at + timedelta(days=days_until_due(days))


def days_until_due(days: int | None) -> int:
    """The days that an invoice which is sent may take, from 0 to 730; refused where none are said."""
    if days is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING,
            "With collectionMethod SEND_INVOICE it has to be said how many days later an invoice is due.",
            "daysUntilDue",
        )
    if not 0 <= days <= DAYS_UNTIL_DUE_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"{days} days are not possible; it would have to be from 0 to {DAYS_UNTIL_DUE_MAX}.",
            "daysUntilDue",
        )
    return days


def refuse_terms_of_sending(days: int | None, date: datetime | None = None) -> None:
    """Refuse a due date for what the payment method on file is charged for."""
    for given, param in ((days, "daysUntilDue"), (date, "dueDate")):
        if given is not None:
            raise DomainError(
                ErrorCode.PARAMETER_UNKNOWN,
                f"What is charged automatically is never due later; leave out {param}, or collect by SEND_INVOICE.",
                param,
            )


def reminder_at(due: datetime, days_before: int, at: datetime) -> datetime | None:
    """When the coming due date of an invoice finalized at `at` is told; None where that is past or never told."""
    told_at = due - timedelta(days=days_before)
    return told_at if days_before and told_at > at else None


def finalization_problem(total: int, currency: str) -> Problem | None:
    """Why an invoice of this total cannot be finalized, None when it can: the most that one payment may be."""
    if total <= CHARGE_AMOUNT_MAX:
        return None
    return Problem(
        ErrorCode.AMOUNT_TOO_LARGE,
        f"The invoice asks for {total} {currency}; the most that can be paid at once is {CHARGE_AMOUNT_MAX}"
        f" {currency}. Take lines off the draft or give it a discount (100 % of it where it shall ask for nothing), and"
        " finalize it again.",
        ("id",),
    )
