"""Roundings, shares and decimal unit amounts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError, ErrorCode
from domain.money import (
    allocate,
    half_away_from_zero,
    percentage_of,
    product_of,
    rounded_down,
    unit_amount_of,
    unit_amount_text,
    whole_minor_units,
)


@pytest.mark.parametrize(
    ("value", "nearest", "down"),
    [
        (Decimal("0.5"), 1, 0),
        (Decimal("-0.5"), -1, 0),
        (Decimal("1.5"), 2, 1),
        (Decimal("2.5"), 3, 2),
        (Decimal("-2.5"), -3, -2),
        (Decimal("2.499999999999"), 2, 2),
        (Fraction(-7, 3), -2, -2),
        (Fraction(8, 3), 3, 2),
        (7, 7, 7),
        (0, 0, 0),
    ],
)
def test_each_rounding_does_what_its_name_says(value: Fraction | Decimal | int, nearest: int, down: int) -> None:
    assert half_away_from_zero(value) == nearest
    assert rounded_down(value) == down


@given(st.fractions())
def test_rounding_is_the_same_on_both_sides_of_zero_and_never_off_by_more_than_a_half(value: Fraction) -> None:
    assert half_away_from_zero(-value) == -half_away_from_zero(value)
    assert abs(half_away_from_zero(value) - value) <= Fraction(1, 2)
    assert 0 <= abs(value) - abs(rounded_down(value)) < 1


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # 33 1/3 each, the unit left goes to the first
        (10, [1, 2], [3, 7]),  # 3 1/3 and 6 2/3: the second lost more
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 3], [0, 5]),
        (2, [1, 1, 1, 1], [1, 1, 0, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_shares_follow_the_weights(total: int, weights: list[int], shares: list[int]) -> None:
    assert allocate(total, weights) == shares


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(lambda w: sum(w) > 0),
)
def test_shares_sum_to_the_whole_and_lie_next_to_the_exact_share(total: int, weights: list[int]) -> None:
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert all(abs(share - Fraction(total * w, sum(weights))) < 1 for share, w in zip(shares, weights, strict=True))


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (10, [2, -1])])
def test_weights_that_cannot_share_are_our_own_mistake(total: int, weights: list[int]) -> None:
    with pytest.raises(AssertionError, match="cannot be shared"):
        allocate(total, weights)


def test_percentages_are_rounded_half_away_from_zero() -> None:
    assert percentage_of(1500, Decimal("2.9")) == 44  # 43.5
    assert percentage_of(-1500, Decimal("2.9")) == -44
    assert percentage_of(1000, Decimal("0.7")) == 7


def test_products_stay_exact_beyond_28_digits() -> None:
    product = product_of(Decimal("999999999999.999999999999"), 10**15 + 1)
    # (10**12 - 10**-12) * (10**15 + 1) = 10**27 + 10**12 - 10**3 - 10**-12
    assert product == Decimal("1000000000000000999999998999.999999999999")
    assert half_away_from_zero(product) == 1000000000000000999999999000


@pytest.mark.parametrize(
    ("text", "shown", "whole"),
    [
        ("1500", "1500", 1500),
        ("1500.00", "1500", 1500),
        ("0.05", "0.05", None),
        ("0.000000000001", "0.000000000001", None),
        ("0.0000000000010", "0.000000000001", None),
        ("0", "0", 0),
        ("100", "100", 100),
        ("007", "7", 7),
    ],
)
def test_unit_amounts_keep_twelve_decimals(text: str, shown: str, whole: int | None) -> None:
    amount = unit_amount_of(text)
    assert unit_amount_text(amount) == shown
    assert whole_minor_units(amount) == whole


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e3", "NaN", "1.", ".5", "1,5", " 1", "٣"])
def test_what_is_no_plain_decimal_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        unit_amount_of(text, "items.0.priceData.unitAmountDecimal")
    problem = refusal.value.problems[0]
    assert problem.code is ErrorCode.PARAMETER_INVALID
    assert problem.param == ("items", "0", "priceData", "unitAmountDecimal")
    assert f"'{text}'" in problem.message


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("0.1234567890123", ErrorCode.PARAMETER_INVALID, "has 13 decimals; it may have 12"),
        ("1234567890123", ErrorCode.AMOUNT_TOO_LARGE, "may have 12 digits before the point"),
    ],
)
def test_unit_amounts_have_limits(text: str, code: ErrorCode, message: str) -> None:
    with pytest.raises(DomainError, match=message) as refusal:
        unit_amount_of(text)
    assert refusal.value.problems[0].code is code
