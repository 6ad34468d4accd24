"""What a pause gives back and what the rest of a period costs, worked out by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.invoicing import PriceFacts
from domain.pausing import UnusedTime, credit_of_pause, stub_of_resumption
from domain.periods import Interval, Period, Recurrence
from domain.pricing import Rates
from domain.proration import Billed

MONTH = Recurrence(Interval.MONTH)
FEBRUARY = Period(datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC), 0)


def billed(amount: str, quantity: int = 1) -> Billed:
    return Billed(PriceFacts("price_1", "prod_1", "Basic", "usd", Rates(Decimal(amount)), MONTH), quantity)


@pytest.mark.parametrize(
    ("amount", "quantity", "day", "since", "credit"),
    [
        ("1500", 1, 15, UnusedTime.NOW, [-750]),  # 14 of 28 days
        ("1500", 1, 22, UnusedTime.NOW, [-375]),  # 7 of 28 days
        ("1000", 3, 5, UnusedTime.NOW, [-2571]),  # 24 of 28 days of 30.00: 25.714
        ("0.5", 1, 15, UnusedTime.NOW, []),  # 0.25 of a cent is nothing
        ("1500", 1, 15, UnusedTime.NONE, []),
        ("1500", 1, 15, UnusedTime.ITEM_CURRENT_PERIOD_START, [-1500]),
        ("1500", 0, 15, UnusedTime.NOW, []),
    ],
)
def test_a_pause_gives_back(amount: str, quantity: int, day: int, since: UnusedTime, credit: list[int]) -> None:
    at = datetime(2027, 2, day, tzinfo=UTC)

    lines = credit_of_pause("si_1", billed(amount, quantity), FEBRUARY, at, since)

    assert [line.amount for line in lines] == credit


def test_after_the_end_of_the_period_nothing_is_left_to_give_back() -> None:
    assert credit_of_pause("si_1", billed("1500"), FEBRUARY, FEBRUARY.end, UnusedTime.NOW) == []


def test_the_rest_of_a_period_is_charged_by_the_second() -> None:
    [line] = stub_of_resumption("si_1", billed("1500"), FEBRUARY, datetime(2027, 2, 15, 12, tzinfo=UTC))

    assert line.amount == 723  # 13.5 of 28 days: 723.2
    assert (line.proration, line.period_start.day, line.period_end) == (True, 15, FEBRUARY.end)
