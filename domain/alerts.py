"""Alerts: a customer's usage reaches a threshold, and it is told once."""

from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode

TITLE_LENGTH_MAX: Final = 256
ALERTS_MAX: Final = 100
"""How many alerts of one meter may stand that are not archived."""
THRESHOLD_MAX: Final = 1_000_000_000_000_000


class AlertStatus(StrEnum):
    """Whether an alert is told of; ARCHIVED is final."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"


class AlertType(StrEnum):
    """What an alert watches."""

    USAGE_THRESHOLD = "usage_threshold"


class AlertRecurrence(StrEnum):
    """How often an alert is told of."""

    ONE_TIME = "one_time"


class AlertFilterType(StrEnum):
    """By what an alert is limited."""

    CUSTOMER = "customer"


def checked_threshold(value: int, param: tuple[str, ...] = ("usageThreshold", "gte")) -> int:
    """What usage has to reach."""
    if not 0 < value <= THRESHOLD_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Usage cannot be watched from {value}; it would have to be from 1 to {THRESHOLD_MAX}.",
            param,
        )
    return value
