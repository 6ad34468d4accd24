"""Trials: how long they may last, and when their end is told.

A trial is the time before the anchor: its end is where periods are counted from.

    start |-------- trial --------| end = anchor |----- 0 -----| ...
                     |-- 3 days --|
                     trial_will_end
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Literal, TypeAlias

from domain.errors import DomainError, ErrorCode
from domain.periods import Interval, Recurrence, boundary

TRIAL_DAYS_MAX: Final = 730
TOLD_BEFORE: Final = timedelta(days=3)
"""How long before its end a trial's end is told."""

_LONGEST: Final = Recurrence(Interval.YEAR, 2)


class _Moment(Enum):
    """A class of its own with one member, so that type checkers can tell it apart from times."""

    NOW = "NOW"


NOW: Final = _Moment.NOW
Now: TypeAlias = Literal[_Moment.NOW]
"""`trial_end: datetime | Now`: at a time, or at once."""


def trial_end_of(days: int | None, end: datetime | Now | None, at: datetime) -> datetime | None:
    """When the trial ends of a subscription that begins at `at`; None when it has none, as with an end that is NOW.

    `days` has to be from 1 to 730, an end to lie ahead by at most two years, and only one of both may be given.
    """
    if days is not None and end is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE, "A trial has either trialPeriodDays or trialEnd, not both.", "trialEnd"
        )
    if days is not None:
        if not 1 <= days <= TRIAL_DAYS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"A trial of {days} days is not possible; it would have to be from 1 to {TRIAL_DAYS_MAX}.",
                "trialPeriodDays",
            )
        return at + timedelta(days=days)
    return None if end is None or end is NOW else checked_trial_end(end, at)


def checked_trial_end(end: datetime, at: datetime) -> datetime:
    """The end of a trial as it was asked for at `at`: later, by at most two years."""
    latest = boundary(at, _LONGEST, 1)
    if not at < end <= latest:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A trial cannot end at {end:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC and not after {latest:%Y-%m-%d %H:%M:%S} UTC.",
            "trialEnd",
        )
    return end


def trial_end_told_at(end: datetime) -> datetime:
    """When the end is told: three days before. A trial that is shorter tells it at once."""
    return end - TOLD_BEFORE
