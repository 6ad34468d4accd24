"""Credit notes, worked by hand: lines bit by bit, totals, and where the money goes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credit_notes import (
    Creditable,
    Credited,
    allocated,
    credit_note_number,
    credited_by_amount,
    credited_by_quantity,
    refuse_beyond,
)
from domain.errors import DomainError


@pytest.mark.parametrize(
    ("amount", "quantity", "before", "credited", "expected"),
    [
        (4500, 3, (0, 0), 1, 1500),
        (1000, 3, (0, 0), 1, 333),  # 333.33…
        (1000, 3, (333, 1), 1, 334),  # two thirds are 666.67, so 667 less 333
        (1000, 3, (667, 2), 1, 333),  # all of it is 1000, less 667
        (1000, 3, (0, 0), 3, 1000),
        (-750, 2, (0, 0), 1, -375),
    ],
)
def test_units_are_credited_so_that_the_parts_sum_to_the_line(
    amount: int, quantity: int, before: tuple[int, int], credited: int, expected: int
) -> None:
    line = Creditable("il_1", amount, quantity, *before)

    assert credited_by_quantity(line, credited) == Credited(expected, credited)


@pytest.mark.parametrize(
    ("amount", "quantity", "before", "expected"),
    [
        (190, "1.9", (0, 0), 100),  # 190 / 1.9
        (1050, "10.5", (0, 0), 100),
        (1050, "10.5", (900, 9), 100),  # half a unit stays, to be credited as an amount
        (1, "10.5", (0, 5), 1),  # 6 of 10.5 are 0.57, so 1, and 5 are 0.48
    ],
)
def test_units_of_use_are_credited_at_what_each_costs(
    amount: int, quantity: str, before: tuple[int, int], expected: int
) -> None:
    assert credited_by_quantity(Creditable("il_1", amount, Decimal(quantity), *before), 1) == Credited(expected, 1)


@pytest.mark.parametrize(("quantity", "before", "left"), [("0.75", 0, "0.75"), ("1.9", 1, "0.9")])
def test_less_than_a_unit_is_not_credited_as_one(quantity: str, before: int, left: str) -> None:
    with pytest.raises(DomainError, match=f"exceeds the {left} left to credit"):
        credited_by_quantity(Creditable("il_1", 75, Decimal(quantity), 0, before), 1)


@given(amount=st.integers(-10_000, 10_000).filter(bool), quantity=st.integers(1, 40))
def test_units_credited_one_by_one_sum_to_the_line(amount: int, quantity: int) -> None:
    line = Creditable("il_1", amount, quantity)
    for units in range(quantity):
        done = Creditable("il_1", amount, quantity, line.credited_amount, units)
        try:
            part = credited_by_quantity(done, 1).amount
        except DomainError:  # A unit that is worth nothing cannot be credited by itself.
            part = 0
        line = Creditable("il_1", amount, quantity, line.credited_amount + part, units + 1)

    assert line.credited_amount == amount


@pytest.mark.parametrize(
    ("line", "amount", "code"),
    [
        (Creditable("il_1", 1500, 1), 1501, "AMOUNT_TOO_LARGE"),
        (Creditable("il_1", 1500, 1, 1000), 501, "AMOUNT_TOO_LARGE"),
        (Creditable("il_1", 1500, 1), 0, "PARAMETER_INVALID_INTEGER"),
        (Creditable("il_1", 1500, 1), -1, "PARAMETER_INVALID_INTEGER"),
        (Creditable("il_1", -750, 1), 1, "PARAMETER_INVALID_INTEGER"),
        (Creditable("il_1", -750, 1), -751, "AMOUNT_TOO_LARGE"),
        (Creditable("il_1", -750, 1, -700), -51, "AMOUNT_TOO_LARGE"),
        (Creditable("il_1", 0, 1), 1, "AMOUNT_TOO_LARGE"),
    ],
)
def test_lines_are_not_credited_beyond_themselves(line: Creditable, amount: int, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        credited_by_amount(line, amount)

    assert [each.code.name for each in refused.value.problems] == [code]


@pytest.mark.parametrize("quantity", [0, 3])
def test_units_are_not_credited_beyond_those_that_are_left(quantity: int) -> None:
    with pytest.raises(DomainError):
        credited_by_quantity(Creditable("il_1", 4500, 3, 1500, 1), quantity)


@pytest.mark.parametrize(
    ("total", "remaining", "ways", "pre", "type"),
    [
        (500, 1500, (0, 0, 0), 500, "pre_payment"),
        (1500, 0, (1000, 300, 200), 0, "post_payment"),
        (1500, 1000, (0, 500, 0), 1000, "mixed"),  # 10.00 were due, 5.00 had been paid with the customer's balance
    ],
)
def test_what_is_due_is_lowered_first(
    total: int, remaining: int, ways: tuple[int, int, int], pre: int, type: str
) -> None:
    refunded, credited, out_of_band = ways
    split = allocated(total, remaining, refunded=refunded, credited=credited, out_of_band=out_of_band)

    assert (split.pre_payment, split.post_payment, split.type) == (pre, sum(ways), type)


@pytest.mark.parametrize("ways", [(0, 0, 0), (499, 0, 0), (400, 101, 0), (600, -100, 0)])
def test_what_is_given_back_sums_to_what_was_paid(ways: tuple[int, int, int]) -> None:
    refunded, credited, out_of_band = ways
    with pytest.raises(DomainError):
        allocated(1500, 1000, refunded=refunded, credited=credited, out_of_band=out_of_band)


@pytest.mark.parametrize("total", [0, -5, 1001])
def test_total_is_something_and_not_beyond_the_invoice(total: int) -> None:
    with pytest.raises(DomainError):
        refuse_beyond(total, 1000, "usd", "amount")


def test_number_is_that_of_the_invoice_and_the_place_among_its_credit_notes() -> None:
    assert credit_note_number("K3J9ZQ12AB-0001", 2) == "K3J9ZQ12AB-0001-CN-02"
