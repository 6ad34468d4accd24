"""What follows from what, in the same transaction: the one place that shows causality.

payment succeeded        → its invoice is paid
payment failed           → its invoice counts the attempt
payment needs the payer  → its invoice says so
invoice paid, failed, voided, given up → its subscription's status follows (so does one whose payer must act)
customer deleted         → subscriptions end, payment methods are detached
"""

from domain.event_types import EventType
from services.events import react_to
from services.invoices.settlement import action_required, paid, payment_failed
from services.payment_methods import detach_all_of
from services.subscriptions.cancellation import cancel_all_of
from services.subscriptions.following import follow_invoices, follow_waiting_invoices


def connect() -> None:
    """Put the table into force; done once by the program, before it serves or works."""
    react_to(EventType.PAYMENT_INTENT_SUCCEEDED, paid)
    react_to(EventType.PAYMENT_INTENT_PAYMENT_FAILED, payment_failed)
    react_to(EventType.PAYMENT_INTENT_REQUIRES_ACTION, action_required)
    react_to(EventType.INVOICE_PAID, follow_invoices)
    react_to(EventType.INVOICE_PAYMENT_FAILED, follow_invoices)
    react_to(EventType.INVOICE_PAYMENT_ACTION_REQUIRED, follow_waiting_invoices)
    react_to(EventType.INVOICE_VOIDED, follow_invoices)
    react_to(EventType.INVOICE_MARKED_UNCOLLECTIBLE, follow_invoices)
    react_to(EventType.CUSTOMER_DELETED, cancel_all_of, detach_all_of)
