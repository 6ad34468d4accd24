"""How a subscription begins: from where its periods are counted, in which it is, and what is billed at first.

    backdated     now                anchor
        |----------|-------------------|---------- full periods ----------
                   |------ stub -------|

A stub is prorated by the full period that ends at the anchor, or free. Time before now is billed period by period
(FLEXIBLE) or as one (CLASSIC), or not at all (spec 02, Periods and Billing mode).
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.periods import (
    Interval,
    Period,
    Recurrence,
    boundary,
    period_at_once,
    period_containing,
    period_from,
    periods_since,
)

LINES_MAX: Final = 250
"""Of an invoice at the beginning, as Stripe's."""
_DAY_NAMES: Final = (("dayOfMonth", 1, 31), ("month", 1, 12), ("hour", 0, 23), ("minute", 0, 59), ("second", 0, 59))


@dataclass(frozen=True, slots=True)
class AnchorConfig:
    """On which day of a month periods begin, at what time of day; what is not said is as it is at the creation."""

    day_of_month: int
    month: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was asked for of the beginning at `at`. The moments are sound, and `backdated_to` goes with no trial."""

    at: datetime
    recurrence: Recurrence
    backdated_to: datetime | None = None
    anchor: datetime | None = None
    trial_end: datetime | None = None
    cancel_at: datetime | None = None
    prorated: bool = True
    """Whether stubs and time that has passed are billed."""
    at_once: bool = False
    """Whether time that has passed is billed as one, as CLASSIC does."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a subscription stands when it begins. The period `cycle - anchor_cycle` from the anchor is the current."""

    anchor: datetime
    cycle: int
    anchor_cycle: int
    current: Period
    billed: tuple[Period, ...]
    """What the first invoice asks for, in order; nothing where the time until the anchor is free."""


def beginning_of(terms: Terms) -> Beginning:
    """The beginning that these terms make."""
    if terms.trial_end is not None:
        return _with_trial(terms, terms.trial_end)
    anchor = terms.anchor or terms.at
    index = period_containing(anchor, terms.recurrence, terms.at).index
    begins = terms.backdated_to or terms.at
    until = terms.cancel_at if terms.prorated else None
    current = period_from(begins, anchor, terms.recurrence, index, until)
    if terms.anchor is None:
        current = period_from(terms.at, anchor, terms.recurrence, index, until)
        return Beginning(anchor, 0, 0, current, (*_passed(terms, begins, anchor), current))
    if not terms.prorated:
        return Beginning(anchor, -1, -1 - index, current, ())
    if terms.backdated_to is None:
        return Beginning(anchor, 0, -index, current, (current,))
    if terms.at_once:
        return Beginning(anchor, 0, -index, current, (period_at_once(begins, current.end, terms.recurrence, index),))
    passed = periods_since(begins, anchor, terms.recurrence, index - 1)
    return Beginning(anchor, 0, -index, current, (*passed, current))


def _with_trial(terms: Terms, trial_end: datetime) -> Beginning:
    """A trial is the first that is billed, with nothing; then the time up to the anchor, unless that is free."""
    anchor = terms.anchor or trial_end
    after = period_containing(anchor, terms.recurrence, trial_end)
    free = after.start != trial_end and not terms.prorated
    trial = Period(terms.at, trial_end, after.index - 1)
    return Beginning(anchor, 0, 1 - (after.index + free), trial, (trial,))


def _passed(terms: Terms, begins: datetime, anchor: datetime) -> tuple[Period, ...]:
    """The time before now, of what is anchored now."""
    if begins == terms.at or not terms.prorated:
        return ()
    if terms.at_once:
        return (period_at_once(begins, terms.at, terms.recurrence, -1),)
    return periods_since(begins, anchor, terms.recurrence, -1)


def free_until(ends: datetime, anchor: datetime, recurrence: Recurrence, index: int) -> datetime | None:
    """Until when nothing is billed after a period that `ends`, where the one with this index begins later."""
    start = boundary(anchor, recurrence, index)
    return start if start > ends else None


def checked_anchor(anchor: datetime, recurrence: Recurrence, after: datetime) -> datetime:
    """An anchor as it was asked for: later than `after`, by at most one period."""
    latest = boundary(after, recurrence, 1)
    if not after < anchor <= latest:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Periods cannot be counted from {anchor:%Y-%m-%d %H:%M:%S} UTC; the anchor would have to be later than"
            f" {after:%Y-%m-%d %H:%M:%S} UTC and not after {latest:%Y-%m-%d %H:%M:%S} UTC, one period on.",
            "billingCycleAnchor",
        )
    return anchor


def anchor_of(config: AnchorConfig, recurrence: Recurrence, after: datetime) -> datetime:
    """From where periods are counted so that they begin as the config says; the first boundary follows `after`.

    It may lie beyond that boundary: on the 31st of a month that has one, so that later periods come back to it.
    """
    _check(config, recurrence)
    return max(_candidates(config, recurrence, after), key=lambda each: (each.day, -each.toordinal()))


_CANDIDATES: Final = 49
"""So many periods on, every recurrence has met a month with the day, also 29 February, if it ever does."""


def _candidates(config: AnchorConfig, recurrence: Recurrence, after: datetime) -> Iterator[datetime]:
    """The next occurrence and those that lie whole periods after it, each on the day or the month's last one."""
    first = _occurrence(config, after)
    step = recurrence.interval_count * (12 if recurrence.interval is Interval.YEAR else 1)
    for number in range(_CANDIDATES):
        months = first.year * 12 + first.month - 1 + step * number
        year, month = months // 12, months % 12 + 1
        yield first.replace(year=year, month=month, day=min(config.day_of_month, monthrange(year, month)[1]))


def _occurrence(config: AnchorConfig, after: datetime) -> datetime:
    """The first moment after `after` that the config names."""
    time = {name: value for name in ("hour", "minute", "second") if (value := getattr(config, name)) is not None}
    day = after.replace(day=1, **time)
    while True:
        if config.month in (None, day.month):
            found = day.replace(day=min(config.day_of_month, monthrange(day.year, day.month)[1]))
            if found > after:
                return found
        day = (day + timedelta(days=31)).replace(day=1)


def _check(config: AnchorConfig, recurrence: Recurrence) -> None:
    where = "billingCycleAnchorConfig"
    if recurrence.interval not in {Interval.MONTH, Interval.YEAR}:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Periods that are counted in {recurrence.interval}s begin on no day of a month; give billingCycleAnchor.",
            where,
        )
    values = (config.day_of_month, config.month, config.hour, config.minute, config.second)
    for (name, least, most), value in zip(_DAY_NAMES, values, strict=True):
        if value is not None and not least <= value <= most:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"{value} is no {name}; it would have to be from {least} to {most}.",
                (where, name),
            )


def checked_backdate(start: datetime, at: datetime) -> datetime:
    """A start in the past."""
    if start >= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A subscription cannot be backdated to {start:%Y-%m-%d %H:%M:%S} UTC; it would have to be earlier than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC.",
            "backdateStartDate",
        )
    return start


def refuse_many_lines(terms: Terms, items: int) -> None:
    """Refuse time that has passed whose periods would make more lines than an invoice takes."""
    if terms.backdated_to is None or terms.at_once or not terms.prorated:
        return
    anchor = terms.anchor or terms.at
    first = period_containing(anchor, terms.recurrence, terms.backdated_to)
    lines = (period_containing(anchor, terms.recurrence, terms.at).index - first.index + 1) * items
    if lines > LINES_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The time since {terms.backdated_to:%Y-%m-%d} would make {lines} lines; an invoice takes {LINES_MAX}."
            " Begin later, or in CLASSIC billing mode.",
            "backdateStartDate",
        )
