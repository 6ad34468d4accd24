"""Intervals beside one another: prices on one subscription that recur at different times (spec 02, Billing mode).

They go together when every one is a multiple of the shortest: then every period ends where one of the shortest ends,
and what ends together shares one invoice.

    months  |--0--|--1--|--2--|  …  |-11--|-12--|
    years   |---------------0-------------|-- 1 …
"""

from collections.abc import Iterable
from typing import Final

from domain.periods import Interval, Recurrence

_DAYS: Final = {Interval.DAY: 1, Interval.WEEK: 7}
_MONTHS: Final = {Interval.MONTH: 1, Interval.YEAR: 12}
_DAYS_OF_MONTH: Final = 30
"""Enough to tell which of two recurrences is the shorter one: where it is not, they do not go together."""


def shortest_of(recurrences: Iterable[Recurrence]) -> Recurrence:
    """The recurrence whose periods are the shortest; there has to be one."""
    return min(recurrences, key=_length)


def is_multiple(recurrence: Recurrence, of: Recurrence) -> bool:
    """Whether every period of `recurrence` ends where one of `of` ends, counted from the same anchor.

    A day divides everything; other days and weeks divide days and weeks only, months divide months and years.
    """
    days, of_days = _days(recurrence), _days(of)
    if of_days == 1:
        return True
    if (days is None) != (of_days is None):
        return False
    if days is not None and of_days is not None:
        return days % of_days == 0
    return _months(recurrence) % _months(of) == 0


def in_words(recurrence: Recurrence) -> str:
    """`1 month`, `3 weeks`."""
    ending = "" if recurrence.interval_count == 1 else "s"
    return f"{recurrence.interval_count} {recurrence.interval}{ending}"


def _length(recurrence: Recurrence) -> int:
    days = _days(recurrence)
    return _months(recurrence) * _DAYS_OF_MONTH if days is None else days


def _days(recurrence: Recurrence) -> int | None:
    """Its days, None when it is counted in months."""
    if recurrence.interval in _DAYS:
        return _DAYS[recurrence.interval] * recurrence.interval_count
    return None


def _months(recurrence: Recurrence) -> int:
    return _MONTHS[recurrence.interval] * recurrence.interval_count
