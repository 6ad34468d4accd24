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
class Share:
    """Part of what full periods cost: `seconds` of the `period_seconds` of one, and before that whole ones."""

    seconds: int
    period_seconds: int
    whole_periods: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """The time from `start` up to but without `end`; `index` counts periods from the anchor's, which is 0.

    `share` tells how much it is of a full period, None for a full one.
    """

    start: datetime
    end: datetime
    index: int
    share: Share | None = None


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


def period_from(
    start: datetime, anchor: datetime, recurrence: Recurrence, index: int, until: datetime | None = None
) -> Period:
    """As much of the period with this index as lies between `start` and `until`.

    boundary |------- start |==== period, with its share ====| until -----| next boundary
    """
    full = period_number(anchor, recurrence, index)
    begins = max(start, full.start)
    ends = full.end if until is None else min(until, full.end)
    if (begins, ends) == (full.start, full.end):
        return full
    return Period(begins, ends, index, Share(_seconds(begins, ends), _seconds(full.start, full.end)))


def periods_since(start: datetime, anchor: datetime, recurrence: Recurrence, last: int) -> tuple[Period, ...]:
    """All periods from `start` on up to the one with the index `last`; only the first may be a part of a full one."""
    first = period_containing(anchor, recurrence, start).index
    return tuple(period_from(start, anchor, recurrence, index) for index in range(first, last + 1))


def period_at_once(start: datetime, end: datetime, recurrence: Recurrence, index: int) -> Period:
    """All the time from `start` to `end` as one, measured by periods that are counted from `start` (spec 02, CLASSIC).

    On 15 January a month begins that has 31 days; 17 of these have passed on 1 February.
    """
    last = period_containing(start, recurrence, end)
    if last.start == end and last.index == 1:
        return Period(start, end, index)
    share = Share(_seconds(last.start, end), _seconds(last.start, last.end), last.index)
    return Period(start, end, index, share)


def full_period_until(end: datetime, anchor: datetime, recurrence: Recurrence) -> Period:
    """The full period to which the last second before `end` belongs: what a price is for, where less is billed."""
    return period_containing(anchor, recurrence, end - timedelta(seconds=1))


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


def _length(recurrence: Recurrence) -> timedelta:
    return timedelta(days=_DAYS[recurrence.interval] * recurrence.interval_count)


def _months(recurrence: Recurrence) -> int:
    return _MONTHS[recurrence.interval] * recurrence.interval_count
