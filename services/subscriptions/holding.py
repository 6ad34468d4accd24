"""Holding a subscription after its customer: whoever finalizes invoices takes them in that order."""

from domain.errors import DomainError, ErrorCode
from models import Subscription


def refuse_elsewhere(customer_id: str, held: Subscription) -> None:
    """Refuse when the subscription was transferred after it was looked up to hold this customer first."""
    if held.customer_id != customer_id:
        raise DomainError(
            ErrorCode.LOCK_TIMEOUT,
            f"Subscription {held.id} was transferred to customer {held.customer_id} at this very moment; try again.",
            "id",
        )
