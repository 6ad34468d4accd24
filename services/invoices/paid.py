"""What it means for an invoice to be paid: the words and small steps that settling and paying share."""

from typing import Final

from domain.event_types import EventType
from domain.lifecycles import INVOICE, InvoiceStatus
from models import Invoice

PAID: Final = (EventType.INVOICE_PAID, EventType.INVOICE_PAYMENT_SUCCEEDED)
"""What is told when an invoice is paid through us."""
PAYABLE: Final = frozenset({InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


def remaining_of(invoice: Invoice) -> int:
    """What is still to be paid of a finalized invoice, in minor units."""
    return int(invoice.amount_due - invoice.amount_paid)


def settle_as_paid(invoice: Invoice, *, amount: int) -> None:
    """The invoice is PAID, with `amount` minor units received for it."""
    invoice.status = INVOICE.move(invoice.id, InvoiceStatus(invoice.status), InvoiceStatus.PAID)
    invoice.amount_paid = amount


def count_attempt(invoice: Invoice) -> None:
    """Any try counts as the first one; from then on only retries count, when they begin."""
    invoice.attempt_count = max(invoice.attempt_count, 1)
    invoice.attempted = True
