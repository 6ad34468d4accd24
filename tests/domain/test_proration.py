"""Proration by the second, with amounts worked out by hand, and what holds for all of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calculations import Calculation, Reduction
from domain.invoicing import PriceFacts
from domain.periods import Interval, Recurrence
from domain.pricing import Rates
from domain.proration import Billed, Exchange, prorated
from domain.reckoning import DiscountAmount

START = datetime(2027, 1, 31, 10, tzinfo=UTC)
FEBRUARY = timedelta(days=28)


def billed(amount: str, quantity: int = 1, *, currency: str = "usd", name: str = "Basic") -> Billed:
    facts = PriceFacts(f"price_{name}", "prod_1", name, currency, Rates(Decimal(amount)), Recurrence(Interval.MONTH))
    return Billed(facts, quantity)


def exchange(
    before: Billed | None, after: Billed | None, left: timedelta, whole: timedelta = FEBRUARY, start: datetime = START
) -> list[int]:
    """The amounts of an exchange with so much time left of a period."""
    lines = prorated(Exchange("si_1", before, after, start + whole - left, start, start + whole))
    return [line.amount for line in lines]


@pytest.mark.parametrize(
    ("before", "after", "left", "amounts"),
    [
        ("1500", "4000", timedelta(days=14), [-750, 2000]),
        ("1500", "4000", FEBRUARY, [-1500, 4000]),  # at the very start
        ("1500", "4000", timedelta(0), []),  # at the very end
        ("1500", "4000", timedelta(seconds=1), [0, 0]),  # 1500 / 2419200 = 0.0006
        ("999", "999.5", timedelta(days=14), [-500, 500]),  # 499.5 and 499.75, away from zero
        ("3", "1", timedelta(days=14), [-2, 1]),  # 1.5 and 0.5
        ("1500", "1500.0", timedelta(days=14), []),  # the same
        ("0", "4000", timedelta(days=7), [0, 1000]),
        ("0.3", "0.7", timedelta(days=28), [0, 1]),
    ],
)
def test_each_side_is_its_share_of_the_period(before: str, after: str, left: timedelta, amounts: list[int]) -> None:
    assert exchange(billed(before), billed(after), left) == amounts


def test_discounts_are_in_both_shares() -> None:
    """15.00 less 20 % is 12.00, 40.00 less 5.00 is 35.00; half of a period is left."""
    fifth = Reduction(1500, (DiscountAmount("di_1", 300, "20"),))
    five = Reduction(4000, (DiscountAmount("di_2", 500),))
    before, after = replace(billed("1500"), reduction=fifth), replace(billed("4000"), reduction=five)
    assert exchange(before, after, timedelta(days=14)) == [-600, 1750]
    credit, charge = prorated(Exchange("si_1", before, after, START + timedelta(days=14), START, START + FEBRUARY))
    assert credit.calculation.explanation() == (
        "1 × $15.00 = $15.00; discounts of 20 % take $3.00 of $15.00 off a period;"
        " 14 of 28 days (1209600 of 2419200 seconds) are given back: -$6.00"
    )
    assert "discounts of $5.00 take $5.00 of $40.00 off" in charge.calculation.explanation()
    assert Calculation.from_json(credit.calculation.as_json()) == credit.calculation
    assert not credit.discountable


def test_what_is_added_has_no_credit_and_what_is_removed_no_charge() -> None:
    assert exchange(None, billed("1500", 2), timedelta(days=7)) == [750]
    assert exchange(billed("1500", 2), None, timedelta(days=7)) == [-750]


@pytest.mark.parametrize(
    ("currency", "amount", "whole", "left", "credit"),
    [
        ("jpy", "1000", timedelta(days=31), timedelta(days=10), -323),  # 322.58
        ("kwd", "12345", timedelta(days=31), timedelta(days=16), -6372),  # 6371.61
        ("usd", "1500", timedelta(days=365), timedelta(days=100), -411),  # 410.96
        ("usd", "1500", timedelta(days=366), timedelta(days=100), -410),  # 409.84
    ],
)
def test_minor_units_and_lengths_of_periods(
    currency: str, amount: str, whole: timedelta, left: timedelta, credit: int
) -> None:
    assert exchange(billed(amount, currency=currency), None, left, whole) == [credit]


def test_lines_say_what_for_and_explain_themselves() -> None:
    at = START + timedelta(days=13)
    credit, charge = prorated(Exchange("si_1", billed("1500"), billed("4000", name="Pro"), at, START, START + FEBRUARY))

    assert credit.description == "Unused time on 1 × Basic after 13 Feb 2027"
    assert charge.description == "Remaining time on 1 × Pro after 13 Feb 2027"
    assert (credit.period_start, credit.period_end, credit.proration) == (at, START + FEBRUARY, True)
    assert credit.calculation.explanation() == (
        "1 × $15.00 = $15.00 a period; 15 of 28 days (1296000 of 2419200 seconds) are given back: -$8.04,"
        " rounded half away from zero"  # 803.57
    )
    assert charge.calculation.explanation().endswith("are charged: $21.43, rounded half away from zero")  # 2142.86
    assert Calculation.from_json(credit.calculation.as_json()) == credit.calculation


def test_exact_share_says_nothing_of_rounding_and_odd_seconds_nothing_of_days() -> None:
    at = START + timedelta(days=14, seconds=1)
    [exact] = prorated(Exchange("si_1", None, billed("2419200"), at, START, START + FEBRUARY))

    assert exact.calculation.explanation() == (
        "1 × $24,192.00 = $24,192.00 a period; 1209599 of 2419200 seconds are charged: $12,095.99"
    )


amounts = st.decimals(min_value=0, max_value=10**8, places=3)
quantities = st.integers(min_value=0, max_value=1000)
shares = st.tuples(st.integers(1, 36 * 31 * 86_400), st.integers(0, 36 * 31 * 86_400)).map(
    lambda pair: (timedelta(seconds=max(pair)), timedelta(seconds=min(pair)))
)


@given(amounts, quantities, shares)
def test_proration_never_exceeds_the_price(amount: Decimal, quantity: int, share: tuple[timedelta, timedelta]) -> None:
    whole, left = share
    price = amount * quantity

    assert all(
        0 <= each <= price + Decimal("0.5") for each in exchange(None, billed(str(amount), quantity), left, whole)
    )


@given(amounts, amounts, quantities, quantities, shares)
def test_a_change_and_its_reverse_in_one_second_net_to_zero(
    first: Decimal, second: Decimal, few: int, many: int, share: tuple[timedelta, timedelta]
) -> None:
    whole, left = share
    one, other = billed(str(first), few), billed(str(second), many)

    assert sum(exchange(one, other, left, whole)) + sum(exchange(other, one, left, whole)) == 0


@given(amounts, st.lists(st.integers(1, 2_000_000), min_size=2, max_size=6))
def test_what_is_charged_is_price_times_time_within_a_unit_per_line(amount: Decimal, stretches: list[int]) -> None:
    """Through prices 0, P, 0, P… what is charged is P for the stretches in which it was in force."""
    whole = timedelta(seconds=sum(stretches))
    prices = [billed("0", name="Free") if n % 2 == 0 else billed(str(amount)) for n in range(len(stretches))]
    lines: list[int] = []
    for n in range(1, len(stretches)):
        lines += exchange(prices[n - 1], prices[n], timedelta(seconds=sum(stretches[n:])), whole)
    used = sum(stretches[1::2])

    assert abs(sum(lines) - amount * used / sum(stretches)) <= len(lines)
