"""Holding a subscription after its customer: whoever finalizes invoices takes them in that order."""

from domain.errors import DomainError, ErrorCode
from models import Subscription


def refuse_elsewhere(known: Subscription, held: Subscription) -> None:
    """Refuse when the subscription, read as `known` to find its customer, was meanwhile transferred to another."""
    if held.customer_id != known.customer_id:
        raise DomainError(
            ErrorCode.LOCK_TIMEOUT,
            f"Subscription {held.id} was transferred to customer {held.customer_id} at this very moment; try again.",
            "id",
        )
