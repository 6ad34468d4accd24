"""When an account is paid out by itself: every day, on a day of the week or of the month, or never."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode, Problems

DELAY_DAYS: Final = 2
"""Days after which a charge's money is available, unless an account chose more."""
DELAY_DAYS_MAX: Final = 31
MONTHLY_ANCHOR_MAX: Final = 31

_AT: Final = ("settings", "payouts", "schedule")


class PayoutInterval(StrEnum):
    """How often money is paid out without anybody asking for it."""

    MANUAL = "manual"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `datetime.weekday()` counts: Monday is 0."""
        return list(Weekday).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSchedule:
    """When an account is paid out, and how many days money of a charge waits before it is available."""

    interval: PayoutInterval = PayoutInterval.DAILY
    weekly_anchor: Weekday | None = None
    """The day of WEEKLY; None of every other interval."""
    monthly_anchor: int | None = None
    """The day of MONTHLY, 1 to 31, the last day of a shorter month; None of every other interval."""
    delay_days: int = DELAY_DAYS


def validated_schedule(schedule: PayoutSchedule) -> PayoutSchedule:
    """The schedule itself: each interval with its own anchor and no other. Reports all problems together."""
    problems = Problems()
    anchors = (
        ("weeklyAnchor", PayoutInterval.WEEKLY, schedule.weekly_anchor),
        ("monthlyAnchor", PayoutInterval.MONTHLY, schedule.monthly_anchor),
    )
    for name, interval, anchor in anchors:
        if schedule.interval is interval and anchor is None:
            problems.add(ErrorCode.PARAMETER_MISSING, f"{interval.name} needs {name}, the day of payouts.", *_AT, name)
        elif schedule.interval is not interval and anchor is not None:
            problems.add(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                f"{name} belongs to {interval.name}; with {schedule.interval.name} leave it out.",
                *_AT,
                name,
            )
    if schedule.monthly_anchor is not None and not 1 <= schedule.monthly_anchor <= MONTHLY_ANCHOR_MAX:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"There is no day {schedule.monthly_anchor}; it would have to be from 1 to {MONTHLY_ANCHOR_MAX}.",
            *_AT,
            "monthlyAnchor",
        )
    problems.raise_any()
    return schedule


def delay_days_of(days: int) -> int:
    """The days themselves, from 2 to 31."""
    if not DELAY_DAYS <= days <= DELAY_DAYS_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A delay of {days} days is not possible; it would have to be from {DELAY_DAYS} to {DELAY_DAYS_MAX}.",
            (*_AT, "delayDays"),
        )
    return days
