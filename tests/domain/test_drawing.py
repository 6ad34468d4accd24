"""Prepaid credit on invoices, in minor units, worked out by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credit_grants import CreditGrantCategory, Term, checked_amount, checked_expiry, checked_priority
from domain.drawing import Credit, drawn
from domain.errors import DomainError
from domain.reckoning import Deduction, Rules, TaxRule, reckoned

JAN, FEB, MAR = (datetime(2027, month, 1, tzinfo=UTC) for month in (1, 2, 3))
PAID, PROMOTIONAL = CreditGrantCategory.PAID, CreditGrantCategory.PROMOTIONAL
ALL = frozenset({"price_a", "price_b"})


@dataclass(frozen=True)
class Line:
    """A line as reckoning sees it."""

    amount: int
    price_id: str | None = "price_a"
    product_id: str | None = "prod_a"
    discountable: bool = True
    discounts: tuple[str, ...] = ()
    tax_rates: tuple[str, ...] = ()
    taxed_as: tuple[dict[str, Any], ...] | None = None


def _credit(identifier: str, left: int, *prices: str) -> Credit:
    return Credit(identifier, left, frozenset(prices) or ALL)


@pytest.mark.parametrize(
    ("nets", "credits", "taken"),
    [
        ([1500], [_credit("a", 5000)], [["a 1500"]]),  # never more than the line
        ([1500], [_credit("a", 1000)], [["a 1000"]]),  # never more than the grant
        ([1500], [_credit("a", 1000), _credit("b", 1000)], [["a 1000", "b 500"]]),
        ([1500, 700], [_credit("a", 2000)], [["a 1500"], ["a 500"]]),  # line by line
        ([1500, 700], [_credit("b", 2000, "price_b")], [[], ["b 700"]]),  # the second line's price alone
        ([1500, 700], [_credit("b", 300, "price_b"), _credit("a", 2000)], [["a 1500"], ["b 300", "a 400"]]),
        ([1500, -1000], [_credit("a", 2000)], [["a 500"], []]),  # 5.00 are asked for together
        ([1500, -2000], [_credit("a", 2000)], [[], []]),  # the invoice gives back
        ([0], [_credit("a", 2000)], [[]]),
        ([1500], [], [[]]),
    ],
)
def test_credits_pay_one_after_the_other_line_by_line(
    nets: list[int], credits: list[Credit], taken: list[list[str]]
) -> None:
    found = drawn(nets, ["price_a", "price_b"][: len(nets)], credits)
    assert [[f"{each.grant_id} {each.amount}" for each in of_line] for of_line in found] == taken


def test_lines_of_no_price_are_not_paid() -> None:
    assert drawn([1500], [None], [_credit("a", 5000)]) == [()]


def test_credit_pays_what_discounts_leave_and_tax_is_on_what_it_leaves() -> None:
    """20.00 less 25 % is 15.00, of which 10.00 are paid: 5.00, and 10 % of that on top."""
    rules = Rules(
        {"di": Deduction("di", percent_off=Decimal(25))},
        invoice_discounts=("di",),
        taxes={"t": TaxRule("t", Decimal(10), inclusive=False)},
        default_taxes=("t",),
        credits=[_credit("a", 1000)],
    )
    found = reckoned([Line(2000)], rules)
    assert (found.subtotal, found.total_excluding_tax, found.total) == (2000, 500, 550)
    assert [each.taxable_amount for each in found.taxes] == [500]


def test_inclusive_tax_is_within_what_credit_leaves() -> None:
    """12.00 with 20 % in it, 6.00 of which are paid: of the other 6.00, 1.00 is tax."""
    taxes = {"t": TaxRule("t", Decimal(20), inclusive=True)}
    found = reckoned([Line(1200)], Rules({}, taxes=taxes, default_taxes=("t",), credits=[_credit("a", 600)]))
    assert (found.total, found.total_excluding_tax, found.taxes[0].amount) == (600, 500, 100)


_CREDITS = st.lists(
    st.builds(
        Credit,
        grant_id=st.uuids().map(str),
        left=st.integers(1, 5_000),
        prices=st.sets(st.sampled_from(["price_a", "price_b", "price_c"])).map(frozenset),
    ),
    max_size=5,
)
_NETS = st.lists(
    st.tuples(st.integers(-3_000, 3_000), st.sampled_from(["price_a", "price_b", "price_c", None])), max_size=6
)


@given(_NETS, _CREDITS)
def test_draws_never_exceed_grant_line_or_invoice(nets: list[tuple[int, str | None]], credits: list[Credit]) -> None:
    found = drawn([net for net, _ in nets], [price for _, price in nets], credits)
    for (net, price), of_line in zip(nets, found, strict=True):
        assert sum(each.amount for each in of_line) <= max(net, 0)
        assert all(each.amount > 0 for each in of_line)
        assert all(price in credit.prices for credit in credits for each in of_line if each.grant_id == credit.grant_id)
    for credit in credits:
        assert sum(each.amount for line in found for each in line if each.grant_id == credit.grant_id) <= credit.left
    assert sum(each.amount for line in found for each in line) <= max(sum(net for net, _ in nets), 0)


def _term(
    identifier: str,
    *,
    priority: int = 50,
    expires: datetime | None = None,
    category: CreditGrantCategory = PAID,
    effective: datetime = JAN,
) -> Term:
    return Term(priority, effective, expires, category, identifier)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_term("b", priority=0), _term("a", priority=1, expires=FEB, category=PROMOTIONAL)),
        (_term("b", expires=FEB), _term("a", expires=MAR, category=PROMOTIONAL)),
        (_term("b", expires=MAR), _term("a", category=PROMOTIONAL)),  # what never expires is last
        (_term("b", category=PROMOTIONAL, effective=FEB), _term("a")),
        (_term("b"), _term("a", effective=FEB)),
        (_term("a"), _term("b")),  # made first
    ],
)
def test_order_is_priority_expiry_category_effect_and_creation(first: Term, second: Term) -> None:
    assert sorted([second, first], key=lambda each: each.turn) == [first, second]


@pytest.mark.parametrize(
    ("at", "covered"),
    [(JAN, False), (FEB, True), (datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC), True), (MAR, False)],
)
def test_grant_pays_from_its_effect_up_to_its_expiry(at: datetime, covered: bool) -> None:
    assert _term("a", effective=FEB, expires=MAR).covers(at) is covered


def test_grant_that_never_expires_pays_for_ever() -> None:
    assert _term("a").covers(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("priority", [-1, 101])
def test_priority_is_from_0_to_100(priority: int) -> None:
    assert [checked_priority(each) for each in (0, 50, 100)] == [0, 50, 100]
    with pytest.raises(DomainError, match="from 0, which is drawn first, to 100"):
        checked_priority(priority)


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_000_000])
def test_amount_is_positive_and_can_be_written(amount: int) -> None:
    assert checked_amount(1) == 1
    with pytest.raises(DomainError, match="cannot be granted"):
        checked_amount(amount)


@pytest.mark.parametrize(("effective", "now"), [(JAN, MAR), (MAR, JAN), (JAN, FEB)])
def test_expiry_lies_after_effect_and_ahead(effective: datetime, now: datetime) -> None:
    with pytest.raises(DomainError, match="cannot expire at 2027-02-01"):
        checked_expiry(FEB, effective, now)
