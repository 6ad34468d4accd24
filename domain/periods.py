"""Billing periods, counted from an anchor.

The boundary number n lies n intervals after the anchor, never one interval after boundary n - 1. Therefore an anchor
on the 31st falls on the last day of shorter months and comes back to the 31st (spec 02, Periods):

    anchor  31 Jan 10:00 |----- 0 -----| 28 Feb 10:00 |----- 1 -----| 31 Mar 10:00 |----- 2 -----| 30 Apr 10:00

All times are UTC. Period n runs from boundary n, which belongs to it, to boundary n + 1, which does not.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode


class Interval(StrEnum):
    """The unit in which a price recurs."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


INTERVAL_COUNT_MAX: Final = {Interval.DAY: 1095, Interval.WEEK: 156, Interval.MONTH: 36, Interval.YEAR: 3}
"""Three years in each unit."""

_DAYS: Final = {Interval.DAY: 1, Interval.WEEK: 7}
_MONTHS: Final = {Interval.MONTH: 1, Interval.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often: every `interval_count` intervals."""

    interval: Interval
    interval_count: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """The time from `start` up to but without `end`; `index` counts periods from the anchor's, which is 0."""

    start: datetime
    end: datetime
    index: int


def recurrence_of(interval: Interval, interval_count: int, *param: str) -> Recurrence:
    """The recurrence, when its count is from 1 to three years' worth; `param` is the path of the recurring input."""
    most = INTERVAL_COUNT_MAX[interval]
    if not 1 <= interval_count <= most:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Interval count {interval_count} is not possible for {interval}; it would have to be from 1 to {most}"
            " (three years).",
            (*param, "intervalCount"),
        )
    return Recurrence(interval, interval_count)


def boundary(anchor: datetime, recurrence: Recurrence, n: int) -> datetime:
    """The moment n intervals after the anchor, or before it when n is negative, at the anchor's time of day."""
    if recurrence.interval in _DAYS:
        return anchor + _length(recurrence) * n
    months = anchor.year * 12 + anchor.month - 1 + _months(recurrence) * n
    year, month = months // 12, months % 12 + 1
    day = anchor.day if anchor.day <= 28 else min(anchor.day, monthrange(year, month)[1])
    return anchor.replace(year=year, month=month, day=day)


def period_containing(anchor: datetime, recurrence: Recurrence, at: datetime) -> Period:
    """The period in which `at` lies; before the anchor the index is negative."""
    if recurrence.interval in _DAYS:
        index = (at - anchor) // _length(recurrence)
    else:
        index = ((at.year - anchor.year) * 12 + at.month - anchor.month) // _months(recurrence)
        # The month is right; within it the boundary may still lie ahead of `at`.
        if boundary(anchor, recurrence, index) > at:
            index -= 1
    return period_number(anchor, recurrence, index)


def period_number(anchor: datetime, recurrence: Recurrence, index: int) -> Period:
    """The period with this index."""
    return Period(boundary(anchor, recurrence, index), boundary(anchor, recurrence, index + 1), index)


def next_boundary_after(anchor: datetime, recurrence: Recurrence, at: datetime) -> datetime:
    """The first boundary later than `at`; a boundary is not after itself."""
    return period_containing(anchor, recurrence, at).end


def first_period(start: datetime, anchor: datetime, recurrence: Recurrence) -> Period:
    """The first period of what starts at `start`: the anchor's own, or a stub up to an anchor that is still to come.

    A stub has index -1 and is shorter than a full period; an anchor farther off than that is an AssertionError.

        start |-- stub, -1 --| anchor |----- 0 -----| ...
    """
    if start >= anchor:
        around = period_containing(anchor, recurrence, start)
        return Period(start, around.end, around.index)
    if anchor > boundary(start, recurrence, 1):
        raise AssertionError(f"anchor {anchor} lies more than one period after the start {start}")
    return Period(start, anchor, -1)


def _length(recurrence: Recurrence) -> timedelta:
    return timedelta(days=_DAYS[recurrence.interval] * recurrence.interval_count)


def _months(recurrence: Recurrence) -> int:
    return _MONTHS[recurrence.interval] * recurrence.interval_count
