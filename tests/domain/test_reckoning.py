"""Discounts and tax of an invoice, in minor units, worked out by hand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import TaxExempt
from domain.reckoning import (
    Deduction,
    Reckoned,
    ReckonedLine,
    Rules,
    TaxabilityReason,
    TaxRounding,
    TaxRule,
    reckoned,
    spread,
)
from domain.reckoning_in_words import steps_in_words


@dataclass(frozen=True)
class Line:
    """A line as reckoning sees it."""

    amount: int
    product_id: str | None = "prod_a"
    price_id: str | None = "price_a"
    discountable: bool = True
    discounts: tuple[str, ...] = ()
    tax_rates: tuple[str, ...] = ()
    taxed_as: tuple[dict[str, Any], ...] | None = None


def _percent(identifier: str, percent: str, *products: str) -> Deduction:
    return Deduction(identifier, percent_off=Decimal(percent), products=frozenset(products))


def _amount(identifier: str, amount: int, *products: str) -> Deduction:
    return Deduction(identifier, amount_off=amount, products=frozenset(products))


def _rate(identifier: str, percentage: str, *, inclusive: bool = False) -> TaxRule:
    return TaxRule(identifier, Decimal(percentage), inclusive)


def _discounted(lines: list[Line], *deductions: Deduction, on_invoice: tuple[str, ...] | None = None) -> Reckoned:
    known = {each.discount_id: each for each in deductions}
    return reckoned(lines, Rules(known, invoice_discounts=tuple(known) if on_invoice is None else on_invoice))


def _taxed(
    lines: list[Line],
    *rates: TaxRule,
    rounding: TaxRounding = TaxRounding.PER_LINE,
    exemption: TaxExempt = TaxExempt.NONE,
) -> Reckoned:
    known = {rate.tax_rate_id: rate for rate in rates}
    return reckoned(lines, Rules({}, taxes=known, default_taxes=tuple(known), rounding=rounding, exemption=exemption))


def _tax_in_words(line: ReckonedLine) -> str:
    return steps_in_words(line.amount, [], [tax.as_json() for tax in line.taxes], "usd")


@pytest.mark.parametrize(
    ("amount", "over", "shares"),
    [
        (10, [10, 20, 30], [1, 3, 6]),  # 1.67 and 3.33 rounded down, the rest on the last
        (100, [10, 20], [10, 20]),  # never more than there is
        (20, [10, 10, 1], [9, 10, 1]),  # 9, 9 and 0; of the 2 left over the last has room for 1 only
        (0, [5, 5], [0, 0]),
        (7, [0, 0], [0, 0]),
    ],
)
def test_an_amount_off_is_spread_in_proportion(amount: int, over: list[int], shares: list[int]) -> None:
    assert spread(amount, over) == shares


def test_discounts_apply_in_order_to_what_is_left() -> None:
    """20.00 less 25 % is 15.00, less 5.00 is 10.00; the other way round it is 15.00 less 25 %, 11.25."""
    quarter, five = _percent("di_1", "25"), _amount("di_2", 500)
    assert _discounted([Line(2000)], quarter, five).total == 1000
    assert _discounted([Line(2000)], five, quarter).total == 1125


def test_discounts_of_lines_come_before_those_of_the_invoice() -> None:
    """10.00 less its own 50 % is 5.00; of 5.00 and 20.00 the invoice's 5.00 take 1.00 and 4.00."""
    lines = [Line(1000, discounts=("di_own",)), Line(2000)]
    found = _discounted(lines, _percent("di_own", "50"), _amount("di_all", 500), on_invoice=("di_all",))
    assert [[cut.amount for cut in line.discount_amounts] for line in found.lines] == [[500, 100], [400]]
    assert [(each.discount_id, each.amount) for each in found.discount_amounts] == [("di_own", 500), ("di_all", 500)]
    assert (found.subtotal, found.total) == (3000, 2000)


def test_a_discount_is_for_its_products_and_discountable_lines_that_ask_for_something() -> None:
    lines = [Line(1000), Line(1000, "prod_b"), Line(-500), Line(1000, discountable=False)]
    found = _discounted(lines, _percent("di_1", "10", "prod_a"))
    assert [line.net for line in found.lines] == [900, 1000, -500, 1000]


def test_nothing_falls_below_zero() -> None:
    found = _discounted([Line(300), Line(200)], _amount("di_1", 400), _amount("di_2", 400))
    assert [line.net for line in found.lines] == [0, 0]
    assert [each.amount for each in found.discount_amounts] == [400, 100]


@pytest.mark.parametrize(
    ("lines", "deductions", "taken"),
    [
        ([800, -700], [_amount("di_1", 500)], [100, 0]),  # 800 - 700 leaves 100 to take off
        ([800, -300], [_amount("di_1", 500)], [500, 0]),  # as far as there is room it is all of it
        ([300, 500, -700], [_amount("di_1", 500)], [37, 63, 0]),  # 100 × 300/800 = 37.5, the rest on the last
        ([800, -700], [_percent("di_1", "10")], [80, 0]),  # a percentage stays what it is
        ([800, -700], [_percent("di_1", "50")], [400, 0]),  # also where more is given back then
        ([800, -700], [_percent("di_1", "100")], [800, 0]),  # nothing is asked for, and the 700 are not lost
        ([300, -700], [_percent("di_1", "50")], [150, 0]),
        ([800, -700], [_percent("di_1", "50"), _amount("di_2", 500)], [400, 0]),  # which leaves nothing to an amount
        ([800, -700], [_percent("di_1", "10"), _amount("di_2", 500)], [100, 0]),  # 80, then the 20 that are left
        ([200, -700], [_amount("di_1", 100)], [0, 0]),  # what gives back as a whole is not given back more of
    ],
)
def test_what_lines_give_back_is_not_taken_off_again(
    lines: list[int], deductions: list[Deduction], taken: list[int]
) -> None:
    found = _discounted([Line(each) for each in lines], *deductions)
    assert [line.amount - line.net for line in found.lines] == taken
    assert found.total == sum(lines) - sum(taken)


def test_exclusive_tax_comes_on_top_and_inclusive_tax_is_within() -> None:
    """19 % of 10.00 is 1.90; in 11.90 there are 1.90 of 19 %."""
    on_top = _taxed([Line(1000)], _rate("txr_1", "19"))
    within = _taxed([Line(1190)], _rate("txr_1", "19", inclusive=True))
    assert (on_top.total_excluding_tax, on_top.total) == (1000, 1190)
    assert (within.total_excluding_tax, within.total) == (1000, 1190)
    assert [(tax.amount, tax.taxable_amount) for tax in (*on_top.taxes, *within.taxes)] == [(190, 1000), (190, 1000)]


def test_exclusive_rates_are_of_what_is_left_without_inclusive_ones() -> None:
    """In 12.00 there are 10 % and 10 % inclusive: 10.00 without. 5 % of 10.00 come on top."""
    rates = (_rate("a", "10", inclusive=True), _rate("b", "10", inclusive=True), _rate("c", "5"))
    found = _taxed([Line(1200)], *rates)
    assert [tax.amount for tax in found.taxes] == [100, 100, 50]
    assert (found.total_excluding_tax, found.total) == (1000, 1250)


def test_tax_is_rounded_per_line_or_once_per_rate() -> None:
    """7 % of 0.50 is 0.035: three lines are 0.04 each, or 0.105 together, 0.11 rounded, as 0.04, 0.03 and 0.04."""
    lines = [Line(50)] * 3
    per_line = _taxed(lines, _rate("a", "7"))
    per_invoice = _taxed(lines, _rate("a", "7"), rounding=TaxRounding.PER_INVOICE)
    assert [line.taxes[0].amount for line in per_line.lines] == [4, 4, 4]
    assert [line.taxes[0].amount for line in per_invoice.lines] == [4, 3, 4]
    assert (per_line.taxes[0].amount, per_invoice.taxes[0].amount) == (12, 11)
    assert [_tax_in_words(line) for line in per_line.lines] == ["; plus 7% tax on $0.50 = $0.04; together $0.54"] * 3
    assert [_tax_in_words(line) for line in per_invoice.lines] == [
        "; plus 7% tax on $0.50 = $0.04; together $0.54",
        "; plus 7% tax on $0.50 = $0.03, as it is rounded for the whole invoice; together $0.53",
        "; plus 7% tax on $0.50 = $0.04; together $0.54",
    ]


def test_tax_in_an_amount_says_so_too_when_it_is_rounded_for_the_whole_invoice() -> None:
    """7 % in 0.08 are 0.0052; of three lines together 0.0157, rounded 0.02: 0.01, 0.00 and 0.01."""
    found = _taxed([Line(8)] * 3, _rate("a", "7", inclusive=True), rounding=TaxRounding.PER_INVOICE)
    assert [_tax_in_words(line) for line in found.lines] == [
        "; with 7% tax on $0.07 = $0.01 in it",
        "; with 7% tax on $0.08 = $0.00 in it, as it is rounded for the whole invoice",
        "; with 7% tax on $0.07 = $0.01 in it",
    ]


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_rate_of_nothing_is_told_as_such(inclusive: bool) -> None:
    found = _taxed([Line(1000)], _rate("a", "0", inclusive=inclusive))
    assert [(tax.amount, tax.taxable_amount, tax.reason) for tax in found.taxes] == [
        (0, 1000, TaxabilityReason.ZERO_RATED)
    ]


@pytest.mark.parametrize(
    ("exemption", "reason", "taxable"),
    [
        (TaxExempt.EXEMPT, TaxabilityReason.CUSTOMER_EXEMPT, 0),
        (TaxExempt.REVERSE, TaxabilityReason.REVERSE_CHARGE, 1000),
    ],
)
def test_who_is_exempt_is_told_of_tax_but_not_asked_for_it(
    exemption: TaxExempt, reason: TaxabilityReason, taxable: int
) -> None:
    found = _taxed([Line(1000)], _rate("a", "19"), _rate("b", "2", inclusive=True), exemption=exemption)
    assert [(tax.amount, tax.taxable_amount, tax.reason) for tax in found.taxes] == [(0, taxable, reason)] * 2
    assert (found.total_excluding_tax, found.total) == (1000, 1000)


def test_tax_is_of_what_discounts_left_and_credits_give_tax_back() -> None:
    """10.00 less 10 % is 9.00, with 20 % on top 10.80; a credit of 5.00 gives 1.00 of tax back."""
    rules = Rules(
        {"d": _percent("d", "10")}, invoice_discounts=("d",), taxes={"t": _rate("t", "20")}, default_taxes=("t",)
    )
    found = reckoned([Line(1000), Line(-500)], rules)
    assert [line.total for line in found.lines] == [1080, -600]


_LINES = st.lists(
    st.builds(
        Line,
        amount=st.integers(-10_000, 100_000),
        product_id=st.sampled_from(["prod_a", "prod_b", None]),
        discountable=st.booleans(),
        discounts=st.lists(st.sampled_from(["d1", "d2"]), unique=True).map(tuple),
        tax_rates=st.lists(st.sampled_from(["t1", "t2"]), unique=True).map(tuple),
    ),
    min_size=1,
    max_size=8,
)
_PERCENT = st.decimals("0.01", "100", places=2)
_DEDUCTIONS = st.tuples(_PERCENT, st.integers(1, 50_000), _PERCENT, st.integers(1, 50_000)).map(
    lambda each: {
        "d1": Deduction("d1", percent_off=each[0]),
        "d2": Deduction("d2", amount_off=each[1]),
        "d3": Deduction("d3", percent_off=each[2], products=frozenset({"prod_a"})),
        "d4": Deduction("d4", amount_off=each[3]),
    }
)
_TAXES = st.tuples(
    st.decimals("0", "30", places=4), st.decimals("0", "30", places=4), st.booleans(), st.booleans()
).map(lambda each: {"t1": TaxRule("t1", each[0], each[2]), "t2": TaxRule("t2", each[1], each[3])})


@given(
    _LINES,
    _DEDUCTIONS,
    _TAXES,
    st.permutations(["d3", "d4"]),
    st.sampled_from(TaxRounding),
    st.sampled_from(TaxExempt),
)
def test_sums_are_consistent_to_the_unit(
    lines: list[Line],
    deductions: dict[str, Deduction],
    taxes: dict[str, TaxRule],
    order: list[str],
    rounding: TaxRounding,
    exemption: TaxExempt,
) -> None:
    rules = Rules(deductions, order, taxes, ("t1",), rounding=rounding, exemption=exemption)
    found = reckoned(lines, rules)
    cuts = sum(each.amount for each in found.discount_amounts)
    on_top = sum(each.amount for each in found.taxes if not each.rule.inclusive)
    within = sum(each.amount for each in found.taxes if each.rule.inclusive)
    assert found.total == found.subtotal - cuts + on_top
    assert found.subtotal - cuts >= sum(min(line.amount, 0) for line in lines)
    assert found.total == found.total_excluding_tax + on_top + within
    for line, each in zip(lines, found.lines, strict=True):
        assert 0 <= each.net <= line.amount if line.amount > 0 else each.net == line.amount
