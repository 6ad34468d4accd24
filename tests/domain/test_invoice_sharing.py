"""Fees of invoices, and the parts of others in the payments of one, worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.errors import DomainError, ErrorCode, Problems
from domain.invoice_sharing import bears_percentage, part_of, refuse_amounts, untaxed_part, with_fee, without_fee
from domain.invoices import BillingReason
from domain.settings import ApplicationFeeBase
from domain.sharing import Share, Sharing

INCLUDING, EXCLUDING = ApplicationFeeBase.INCLUDING_TAX, ApplicationFeeBase.EXCLUDING_TAX
GYM, CAFE = "acct_gym", "acct_cafe"


@pytest.mark.parametrize(
    ("percent", "charged", "fee"),
    [
        ("10", 2000, 200),  # (30.00 + 10.00) × 50 % × 10 %
        ("12.34", 1000, 123),  # 123.4
        ("12.35", 1000, 124),  # 123.5, half away from zero
        ("0.05", 1000, 1),  # 0.5
        ("0.04", 1000, 0),  # 0.4
        ("0", 1000, 0),
        ("100", 1001, 1001),
        ("10", 0, 0),
    ],
)
def test_percentage_is_of_what_is_charged(percent: str, charged: int, fee: int) -> None:
    sharing = Sharing(application_fee_percent=Decimal(percent), shares=(Share(destination=GYM),))

    fixed = with_fee(sharing, charged=charged, untaxed=Fraction(1), in_period=True)

    assert fixed == Sharing(application_fee_amount=fee, shares=sharing.shares)


def test_percentage_is_not_taken_outside_of_a_period() -> None:
    fixed = with_fee(Sharing(application_fee_percent=Decimal(10)), charged=1000, untaxed=Fraction(1), in_period=False)

    assert fixed == Sharing()


@pytest.mark.parametrize(("amount", "charged", "fee"), [(300, 1000, 300), (300, 300, 300), (300, 299, 299), (0, 5, 0)])
@pytest.mark.parametrize("in_period", [True, False])
def test_amount_takes_the_place_of_the_percentage_up_to_what_is_charged(
    amount: int, charged: int, fee: int, in_period: bool
) -> None:
    sharing = Sharing(application_fee_amount=amount, application_fee_percent=Decimal(50))

    fixed = with_fee(sharing, charged=charged, untaxed=Fraction(1), in_period=in_period)

    assert fixed.application_fee_amount == fee


@pytest.mark.parametrize(
    ("base", "charged", "fee"),
    [
        (INCLUDING, 1200, 120),
        (EXCLUDING, 1200, 100),  # 10.00 and 20 % of tax on it
        (EXCLUDING, 600, 50),  # half was paid by the balance, and half of what is charged is half without tax
        (EXCLUDING, 603, 50),  # 60.3 × 1000 / 1200 = 50.25
        (EXCLUDING, 606, 51),  # 50.5
    ],
)
def test_tax_can_be_left_out(base: ApplicationFeeBase, charged: int, fee: int) -> None:
    sharing = Sharing(application_fee_percent=Decimal(10))

    fixed = with_fee(sharing, charged=charged, untaxed=untaxed_part(1200, 1000, base), in_period=True)

    assert fixed.application_fee_amount == fee


def test_invoice_of_nothing_has_no_tax_to_leave_out() -> None:
    assert untaxed_part(0, 0, EXCLUDING) == 1


def test_whole_payment_has_the_whole() -> None:
    sharing = Sharing(application_fee_amount=123, shares=(Share(destination=GYM),), on_behalf_of=GYM)

    assert part_of(sharing, due=1000, before=0, amount=1000) == sharing


@pytest.mark.parametrize(
    ("payments", "fees"),
    [
        ([500, 500], [5, 4]),  # 4.5 is 5 away from zero, and 4 remain of 9
        ([1, 999], [None, 9]),  # 0.009
        ([333, 333, 334], [3, 3, 3]),  # 2.997, 5.994, 9
        ([100, 500, 400], [1, 4, 4]),  # 0.9, 5.4, 9
    ],
)
def test_parts_of_a_fee_sum_to_it(payments: list[int], fees: list[int | None]) -> None:
    before, found = 0, []
    for amount in payments:
        part = part_of(Sharing(application_fee_amount=9), due=1000, before=before, amount=amount)
        found.append(part.application_fee_amount)
        before += amount

    assert sum(each or 0 for each in found) == 9
    assert found == fees


def test_parts_of_fixed_shares_sum_to_them_and_the_last_has_the_rest() -> None:
    shares = (Share(destination=GYM, amount=100), Share(destination=CAFE))
    sharing = Sharing(shares=shares, on_behalf_of=GYM)

    first = part_of(sharing, due=300, before=0, amount=100)
    second = part_of(sharing, due=300, before=100, amount=200)

    # 33.3 of the first 100, 66.7 of the other 200
    assert first == Sharing(shares=(Share(destination=GYM, amount=33), Share(destination=CAFE)), on_behalf_of=GYM)
    assert second.shares == (Share(destination=GYM, amount=67), Share(destination=CAFE))


def test_percentages_of_parts_sum_to_the_percentage_of_the_whole() -> None:
    sharing = Sharing(shares=(Share(destination=GYM, amount_percent=Decimal(50)),))

    parts = [part_of(sharing, due=15, before=before, amount=5).shares for before in (0, 5, 10)]

    assert [each.amount for (each,) in parts] == [3, 2, 3]  # 8 of 15: 2.67, 5.33, 8


def test_part_too_small_for_a_unit_is_left_out() -> None:
    sharing = Sharing(shares=(Share(destination=GYM, amount=1),))

    assert part_of(sharing, due=1000, before=0, amount=10).shares == ()


@pytest.mark.parametrize(
    ("reason", "opens_a_period", "bears"),
    [
        (BillingReason.SUBSCRIPTION_CREATE, True, True),
        (BillingReason.SUBSCRIPTION_CYCLE, True, True),
        (BillingReason.SUBSCRIPTION_THRESHOLD, False, True),
        (BillingReason.SUBSCRIPTION_UPDATE, False, False),
        (BillingReason.SUBSCRIPTION_UPDATE, True, True),  # a change or a resumption that begins a period
        (BillingReason.MANUAL, False, False),
    ],
)
def test_invoices_of_a_period_bear_the_percentage(reason: BillingReason, opens_a_period: bool, bears: bool) -> None:
    assert bears_percentage(reason, opens_a_period=opens_a_period) is bears


def test_subscription_has_no_fixed_shares() -> None:
    problems = Problems()

    refuse_amounts(Sharing(shares=(Share(destination=GYM), Share(destination=CAFE, amount=5))), problems)

    with pytest.raises(DomainError) as refused:
        problems.raise_any()
    [problem] = refused.value.problems
    assert (problem.code, problem.param) == (ErrorCode.PARAMETER_UNKNOWN, ("transferData", "1", "amount"))


def test_fee_can_end() -> None:
    assert without_fee(Sharing(application_fee_percent=Decimal(5), on_behalf_of=GYM)) == Sharing(on_behalf_of=GYM)
