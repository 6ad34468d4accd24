"""Usage: how values of events become one figure, and which stored sums a span of time is read from.

A value is kept as `whole + nano / 1 000 000 000` with `nano` from 0 to 999 999 999, also below zero: -0.5 is -1 and
500 000 000. The parts may be summed by themselves in any order, and pairs compare as the values do.
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from typing import Final, NamedTuple

NANOS: Final = 1_000_000_000
WHOLE_DIGITS_MAX: Final = 12
"""Digits of one event's value before the point."""
DECIMALS_MAX: Final = 9
DAY_SUM_MAX: Final = 8_000_000_000_000_000
"""Largest sum of a customer's day on either side of zero: the sums of three years of such days still fit a BIGINT."""

DAY: Final = 86_400
HOUR: Final = 3_600
MINUTE: Final = 60
SPANS: Final = (DAY, HOUR, MINUTE)
"""Lengths of buckets in seconds, each a multiple of the next."""
CROWDED_ABOVE: Final = 100
"""Events from which a day is kept by the hour too, and an hour by the minute; fewer are read one by one."""

_EXACT: Final = Context(prec=60, traps=[Inexact])
_DECIMAL: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?", re.ASCII)


class Formula(StrEnum):
    """How the events of a period become one figure: their number, their sum, the last value, the largest, or how many
    different values there are.
    """

    COUNT = "count"
    SUM = "sum"
    LAST = "last"
    MAX = "max"
    UNIQUE = "unique"


class CustomerMappingType(StrEnum):
    """How an event names its customer: by their id."""

    BY_ID = "by_id"


class GroupingWindow(StrEnum):
    """How long the windows of summaries are."""

    HOUR = "hour"
    DAY = "day"


WINDOW_SECONDS: Final = {GroupingWindow.HOUR: HOUR, GroupingWindow.DAY: DAY}


class Range(NamedTuple):
    """Buckets of one span that begin at `start` or later and before `end`; for span 0 the events themselves."""

    span: int
    start: int
    end: int


def parts_of(text: str) -> tuple[int, int] | None:
    """Whole and nano part of a decimal with up to 12 digits before the point and 9 behind; None when it is not one."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    sign, digits, decimals = found.groups()
    whole, nano = int(digits), int(decimals.ljust(DECIMALS_MAX, "0")) if decimals else 0
    if not sign:
        return whole, nano
    return (-whole, 0) if nano == 0 else (-whole - 1, NANOS - nano)


def value_of(whole: int, nano: int) -> Decimal:
    """The exact value of two sums of parts, without zeros at its end."""
    units = whole * NANOS + nano
    if units % NANOS == 0:
        return Decimal(units // NANOS)
    return Decimal(units).scaleb(-DECIMALS_MAX, _EXACT).normalize(_EXACT)


def carried(whole: int, nano: int) -> tuple[int, int]:
    """The same value with a nano part below one."""
    return whole + nano // NANOS, nano % NANOS


def edges_of(start: int, end: int) -> list[tuple[int, int]]:
    """Span and start of the day and hour buckets that a time cuts through, in unix seconds: what `ranges_of` asks."""
    cut = ((span, moment - moment % span) for moment in (start, end) for span in (DAY, HOUR) if moment % span)
    return list(dict.fromkeys(cut))


def ranges_of(start: int, end: int, crowded: Callable[[int, int], bool]) -> list[Range]:
    """What the events from `start` until before `end` (unix seconds) are worked out from, without overlap or gap.

    Whole days, then at both edges the hours of a crowded day and the minutes of a crowded hour; single events of what
    is not crowded and of a minute that is cut through. `crowded` says so of a span and a start.

        |  ·· |hour|hour|   day   |   day   |hour| min min ·· |
        start                                              end
    """
    return list(_cover(start, end, 0, crowded)) if start < end else []


def _cover(start: int, end: int, level: int, crowded: Callable[[int, int], bool]) -> list[Range]:
    span = SPANS[level]
    first, last = -(-start // span) * span, end // span * span
    if first > last:
        return _edge(start, end, level, crowded)
    middle = [Range(span, first, last)] if first < last else []
    return _edge(start, first, level, crowded) + middle + _edge(last, end, level, crowded)


def _edge(start: int, end: int, level: int, crowded: Callable[[int, int], bool]) -> list[Range]:
    """A part of one bucket of this level."""
    if start >= end:
        return []
    span = SPANS[level]
    if span == MINUTE or not crowded(span, start - start % span):
        return [Range(0, start, end)]
    return _cover(start, end, level + 1, crowded)
