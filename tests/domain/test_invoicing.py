"""Drafting: lines, explanations, balances, numbers; and the processing fee."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calculations import Calculation, calculation_of
from domain.errors import DomainError
from domain.fees import FeeSchedule, billing_fee, processing_fee
from domain.invoicing import (
    BilledItem,
    PriceFacts,
    Settlement,
    invoice_draft_of,
    invoice_number,
    invoice_prefix_from,
    line_description,
    settled_with_balance,
    validated_invoice_prefix,
)
from domain.periods import Interval, Recurrence
from domain.pricing import Rates

START, END = datetime(2027, 1, 31, 10, tzinfo=UTC), datetime(2027, 2, 28, 10, tzinfo=UTC)
MONTHLY = Recurrence(Interval.MONTH)


def price(name: str, unit_amount: str, currency: str = "usd", recurrence: Recurrence | None = MONTHLY) -> PriceFacts:
    return PriceFacts(f"price_{name}", f"prod_{name}", name, currency, Rates(Decimal(unit_amount)), recurrence)


def item(of: PriceFacts, quantity: int) -> BilledItem:
    return BilledItem(f"si_{of.product_name}", of, quantity, START, END)


def test_a_draft_has_a_line_for_each_item_and_their_sum() -> None:
    draft = invoice_draft_of([item(price("Basic", "1500"), 1), item(price("Seat", "250.5"), 3)], "usd")
    basic, seat = draft.lines
    assert (basic.description, basic.amount) == ("1 × Basic (at $15.00 / month)", 1500)
    assert (seat.description, seat.amount) == ("3 × Seat (at $2.505 / month)", 752)  # 751.5
    assert (seat.price_id, seat.product_id, seat.subscription_item_id) == ("price_Seat", "prod_Seat", "si_Seat")
    assert (seat.period_start, seat.period_end, seat.quantity) == (START, END, 3)
    assert (draft.subtotal, draft.total, draft.currency) == (2252, 2252, "usd")


def test_a_draft_without_items_is_empty() -> None:
    draft = invoice_draft_of([], "usd")
    assert (draft.lines, draft.subtotal, draft.total) == ((), 0, 0)


def test_a_line_in_another_currency_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="price_Basic is in eur, the invoice in usd"):
        invoice_draft_of([item(price("Basic", "1500", "eur"), 1)], "usd")


@pytest.mark.parametrize(
    ("facts", "quantity", "description"),
    [
        (price("Basic", "1500"), 2, "2 × Basic (at $15.00 / month)"),
        (price("Basic", "4000", recurrence=Recurrence(Interval.MONTH, 3)), 1, "1 × Basic (at $40.00 every 3 months)"),
        (price("Free", "0", recurrence=Recurrence(Interval.YEAR)), 1, "1 × Free (at $0.00 / year)"),
        (price("Print", "500", "jpy", None), 4, "4 × Print (at ¥500)"),
        (price("Calls", "0.05"), 10, "10 × Calls (at $0.0005 / month)"),
    ],
)
def test_a_line_says_how_many_of_what_at_which_price(facts: PriceFacts, quantity: int, description: str) -> None:
    assert line_description(facts, quantity) == description


def test_a_line_calls_a_unit_what_its_product_calls_it() -> None:
    team = replace(price("Team", "900"), unit_label="seat")
    assert line_description(team, 3) == "3 × Team (at $9.00 per seat / month)"
    yearly = replace(team, recurrence=Recurrence(Interval.YEAR, 2))
    assert line_description(yearly, 1) == "1 × Team (at $9.00 per seat every 2 years)"


@pytest.mark.parametrize(
    ("unit_amount", "quantity", "amount", "explanation"),
    [
        ("1500", 2, 3000, "2 × $15.00 = $30.00"),
        ("33.3", 3, 100, "3 × $0.333 = $0.999, rounded half away from zero to $1.00"),  # 99.9
        ("0.5", 1, 1, "1 × $0.005 = $0.005, rounded half away from zero to $0.01"),
        ("0.000000000001", 1, 0, "1 × $0.00000000000001 = $0.00000000000001, rounded half away from zero to $0.00"),
        ("1500", 0, 0, "0 × $15.00 = $0.00"),
    ],
)
def test_a_calculation_rounds_once_and_explains_itself(
    unit_amount: str, quantity: int, amount: int, explanation: str
) -> None:
    calculation = calculation_of(Rates(Decimal(unit_amount)), quantity, "usd")
    assert calculation.amount == amount
    assert calculation.explanation() == explanation
    assert Calculation.from_json(json.loads(json.dumps(calculation.as_json()))) == calculation


@pytest.mark.parametrize(
    ("total", "balance", "ending", "due", "put_off"),
    [
        (1500, 0, 0, 1500, 0),
        (1500, -500, 0, 1000, 0),  # credit pays a part
        (1500, -1500, 0, 0, 0),
        (1500, -2000, -500, 0, 0),  # some credit is left
        (1500, 300, 0, 1800, 0),  # a debt is added
        (1500, -1451, 49, 0, 49),  # 0.49 cannot be charged
        (1500, -1450, 0, 50, 0),
        (49, 0, 49, 0, 49),
        (20, 20, 40, 0, 20),
        (0, 0, 0, 0, 0),
        (0, 49, 49, 0, 0),
        (-700, 100, -600, 0, 0),  # a negative total becomes credit
    ],
)
def test_the_balance_is_set_against_the_total(total: int, balance: int, ending: int, due: int, put_off: int) -> None:
    settlement = settled_with_balance(total, balance, "usd")
    assert settlement == Settlement(starting_balance=balance, ending_balance=ending, amount_due=due, put_off=put_off)
    assert settlement.balance_change == ending - balance


@given(st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8))
def test_settling_neither_makes_nor_loses_money(total: int, balance: int) -> None:
    settlement = settled_with_balance(total, balance, "usd")
    assert settlement.amount_due + settlement.balance_change == total
    assert settlement.amount_due == 0 or settlement.amount_due >= 50


def test_invoice_numbers_are_prefix_and_sequence() -> None:
    assert invoice_prefix_from("cus_0hod1mf5g5ko76kd506x76g") == "6KD506X76G"
    assert invoice_number("K3J9ZQ12AB", 1) == "K3J9ZQ12AB-0001"
    assert invoice_number("K3J9ZQ12AB", 12345) == "K3J9ZQ12AB-12345"


def test_a_chosen_invoice_prefix_has_3_to_12_capitals_or_digits() -> None:
    assert validated_invoice_prefix("ACME2027") == "ACME2027"
    for text in ["AC", "acme", "ACME-1", "A" * 13, "ÄCME", "ACME\n"]:
        with pytest.raises(DomainError, match="cannot be an invoice prefix"):
            validated_invoice_prefix(text)


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        (1500, "usd", 74),  # 43.5 is 44, and 30
        (2500, "usd", 103),  # 72.5 is 73, and 30
        (1000, "jpy", 59),  # 29 and 30
        (5000, "kwd", 245),  # 145 and 100
        (20, "isk", 20),  # 1 and 30 would be more than the charge
        (50, "usd", 31),  # 1.45 is 1, and 30
    ],
)
def test_the_processing_fee_is_a_share_and_a_fixed_part(amount: int, currency: str, fee: int) -> None:
    assert processing_fee(amount, currency) == fee


def test_billing_keeps_its_own_share_of_what_processing_leaves() -> None:
    assert billing_fee(1500, Decimal("0.7"), processing=74) == 11  # 10.5
    assert billing_fee(1500, Decimal(0), processing=74) == 0
    assert billing_fee(60, Decimal(100), processing=32) == 28


def test_another_fee_schedule_may_be_agreed() -> None:
    assert processing_fee(10_000, "eur", FeeSchedule(percent=Decimal("1.4"), fixed=25)) == 165
    assert processing_fee(10_000, "eur", FeeSchedule(percent=Decimal(0), fixed=0)) == 0
