"""When money leaves for a bank and when it arrives. The days were counted in a calendar."""

from datetime import UTC, datetime

import pytest

from domain.payout_schedules import PayoutInterval, PayoutSchedule, Weekday
from domain.payouts import PayoutMethod, arrival_of, next_payout_at, sent_at

DAILY = PayoutSchedule()
FRIDAYS = PayoutSchedule(interval=PayoutInterval.WEEKLY, weekly_anchor=Weekday.FRIDAY)
FIRST = PayoutSchedule(interval=PayoutInterval.MONTHLY, monthly_anchor=1)
LAST = PayoutSchedule(interval=PayoutInterval.MONTHLY, monthly_anchor=31)


def at(text: str) -> datetime:
    """A moment of 2027 or 2028, UTC: `02-02 10:00`."""
    year, rest = (2028, text[5:]) if text.startswith("2028-") else (2027, text)
    return datetime.strptime(f"{year}-{rest}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (DAILY, "02-02 10:00", "02-03 00:00"),
        (DAILY, "02-03 00:00", "02-03 00:00"),  # the moment itself counts
        (DAILY, "12-31 10:00", "2028-01-01 00:00"),
        (FRIDAYS, "02-02 10:00", "02-05 00:00"),  # a Tuesday
        (FRIDAYS, "02-05 00:00", "02-05 00:00"),
        (FRIDAYS, "02-05 00:01", "02-12 00:00"),
        (FIRST, "02-01 00:00", "02-01 00:00"),
        (FIRST, "02-01 10:00", "03-01 00:00"),
        (FIRST, "12-02 10:00", "2028-01-01 00:00"),
        (LAST, "02-02 10:00", "02-28 00:00"),
        (LAST, "02-28 10:00", "03-31 00:00"),
        (LAST, "2028-02-02 10:00", "2028-02-29 00:00"),  # a leap year
        (LAST, "12-31 10:00", "2028-01-31 00:00"),
    ],
)
def test_next_payout(schedule: PayoutSchedule, now: str, expected: str) -> None:
    assert next_payout_at(schedule, at(now)) == at(expected)


def test_by_hand_there_is_no_next_payout() -> None:
    assert next_payout_at(PayoutSchedule(interval=PayoutInterval.MANUAL), at("02-02 10:00")) is None


@pytest.mark.parametrize(
    ("created", "sent", "arrives"),
    [
        ("02-01 10:00", "02-02 00:00", "02-03 00:00"),  # Monday, Tuesday, Wednesday
        ("02-02 00:00", "02-03 00:00", "02-04 00:00"),  # made at midnight, it goes at the next one
        ("02-04 10:00", "02-05 00:00", "02-08 00:00"),  # Thursday, Friday, then Monday
        ("02-05 10:00", "02-06 00:00", "02-08 00:00"),  # Friday, Saturday, then Monday
        ("02-06 10:00", "02-07 00:00", "02-08 00:00"),  # Saturday, Sunday, Monday
        ("02-28 10:00", "03-01 00:00", "03-02 00:00"),
    ],
)
def test_a_standard_payout_arrives_on_a_working_day(created: str, sent: str, arrives: str) -> None:
    assert sent_at(at(created)) == at(sent)
    assert arrival_of(at(created), PayoutMethod.STANDARD) == at(arrives)


def test_an_instant_payout_takes_half_an_hour_on_any_day() -> None:
    assert arrival_of(at("02-06 23:45"), PayoutMethod.INSTANT) == at("02-07 00:15")
