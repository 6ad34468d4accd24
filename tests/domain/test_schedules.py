"""When phases end, how items pass from one to the next, and how phases are kept."""

from datetime import UTC, datetime

import pytest

from domain.errors import DomainError
from domain.periods import Interval, Recurrence
from domain.schedules import (
    HeldItem,
    ItemStep,
    Length,
    Phase,
    PhaseCharge,
    PhaseItem,
    expiring_at,
    phase_end,
    steps_between,
)
from domain.subscriptions import ProrationBehavior

MONTHLY = Recurrence(Interval.MONTH)
ANCHOR = datetime(2027, 1, 31, 10, tzinfo=UTC)


def at(month: int, day: int, hour: int = 10, year: int = 2027) -> datetime:
    """A moment of 2027."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "duration", "anchor", "end"),
    [
        (ANCHOR, Recurrence(Interval.MONTH, 1), ANCHOR, at(2, 28)),
        (at(2, 28), Recurrence(Interval.MONTH, 1), ANCHOR, at(3, 31)),  # a boundary of the anchor: back to the 31st
        (at(2, 28), Recurrence(Interval.MONTH, 2), ANCHOR, at(4, 30)),
        (at(2, 28), Recurrence(Interval.YEAR, 1), ANCHOR, at(2, 29, year=2028)),
        (at(2, 14), Recurrence(Interval.MONTH, 1), ANCHOR, at(3, 14)),  # within a period: from its own day
        (at(2, 28, 9), Recurrence(Interval.MONTH, 1), ANCHOR, at(3, 28, 9)),  # another time of day is no boundary
        (ANCHOR, Recurrence(Interval.DAY, 14), ANCHOR, at(2, 14)),
        (ANCHOR, Recurrence(Interval.WEEK, 2), ANCHOR, at(2, 14)),
        (ANCHOR, None, ANCHOR, at(2, 28)),  # one interval of the prices
    ],
)
def test_a_duration_ends_where_periods_end(
    start: datetime, duration: Recurrence | None, anchor: datetime, end: datetime
) -> None:
    assert phase_end(start, Length(None, duration, MONTHLY), anchor) == end


def test_an_end_that_is_named_is_taken_when_it_is_later() -> None:
    assert phase_end(ANCHOR, Length(at(2, 3), None, MONTHLY), ANCHOR) == at(2, 3)
    with pytest.raises(DomainError, match="cannot end at 2027-01-31 10:00:00 UTC"):
        phase_end(ANCHOR, Length(ANCHOR, None, MONTHLY), ANCHOR)
    with pytest.raises(DomainError, match="either endDate or duration"):
        phase_end(ANCHOR, Length(at(2, 3), MONTHLY, MONTHLY), ANCHOR)


A, B, C = HeldItem("si_a", "price_a", 1), HeldItem("si_b", "price_b", 2), HeldItem("si_c", "price_c", 1)


@pytest.mark.parametrize(
    ("held", "wanted", "steps"),
    [
        ([A], ["price_a"], [(A, "price_a")]),
        ([A], ["price_x"], [(A, "price_x")]),
        ([A, B], ["price_x", "price_b"], [(A, "price_x"), (B, "price_b")]),
        ([A, B], ["price_b"], [(B, "price_b"), (A, None)]),
        ([A], ["price_x", "price_y"], [(A, "price_x"), (None, "price_y")]),
        ([A, B, C], ["price_c", "price_x"], [(C, "price_c"), (A, "price_x"), (B, None)]),
    ],
)
def test_items_stay_with_their_prices_and_others_take_their_places(
    held: list[HeldItem], wanted: list[str], steps: list[tuple[HeldItem | None, str | None]]
) -> None:
    expected = [ItemStep(each, None if price is None else PhaseItem(price, 1)) for each, price in steps]
    assert steps_between(held, [PhaseItem(price, 1) for price in wanted]) == expected


def test_a_phase_is_read_as_it_was_kept() -> None:
    phase = Phase(
        start=ANCHOR,
        end=at(2, 28),
        items=(PhaseItem("price_a", 2, {"a": "b"}),),
        add_invoice_items=(PhaseCharge("price_b", 1),),
        trial_end=at(2, 10),
        proration_behavior=ProrationBehavior.NONE,
        default_payment_method="pm_1",
        description="First",
        metadata={"c": "d"},
    )
    assert Phase.from_json(phase.as_json()) == phase
    plain = Phase(ANCHOR, at(2, 28), (PhaseItem("price_a", 1),))
    assert Phase.from_json(plain.as_json()) == plain


def test_an_end_is_told_seven_days_before() -> None:
    assert expiring_at(at(3, 31)) == at(3, 24)
