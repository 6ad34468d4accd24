"""When subscriptions are to end."""

from datetime import datetime
from enum import StrEnum

from domain.errors import DomainError, ErrorCode


class PeriodEnd(StrEnum):
    """The end of a current period, in place of a time."""

    MIN_PERIOD_END = "min_period_end"
    """Of the item whose period ends first."""
    MAX_PERIOD_END = "max_period_end"
    """Of the item whose period ends last."""


def checked_cancel_at(end: datetime, at: datetime) -> datetime:
    """A moment at which a subscription is to end: later than now."""
    if end <= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A subscription cannot be made to end at {end:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC. To end it now use subscriptionCancel.",
            "cancelAt",
        )
    return end
