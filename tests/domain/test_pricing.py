"""Amounts of every model of price, worked out by hand (spec 04): minor units."""

import json
from decimal import Decimal

import pytest

from domain.calculations import Calculation, calculation_of
from domain.invoicing import PriceFacts, line_description
from domain.periods import Interval, Recurrence
from domain.pricing import PackageRounding, Packaging, Rates, Tier, TiersMode

FONTS = (Tier(5, Decimal(700)), Tier(10, Decimal(650)), Tier(None, Decimal(600)))
WITH_FEES = (
    Tier(5, Decimal(500), Decimal(1000)),
    Tier(10, Decimal(400), Decimal(2000)),
    Tier(None, Decimal(100), Decimal(3000)),
)
FREE_AT_FIRST = (Tier(100, Decimal(0)), Tier(None, Decimal("0.25")))
FEES_ALONE = (Tier(10, None, Decimal(1500)), Tier(None, None, Decimal(4000)))


@pytest.mark.parametrize(
    ("tiers", "quantity", "exact"),
    [
        (FONTS, 0, "0"),
        (FONTS, 1, "700"),
        (FONTS, 5, "3500"),  # 5 × 700
        (FONTS, 6, "3900"),  # 6 × 650
        (FONTS, 10, "6500"),  # 10 × 650
        (FONTS, 11, "6600"),  # 11 × 600
        (FONTS, 25, "15000"),  # 25 × 600
        (WITH_FEES, 0, "1000"),  # the flat amount of the first tier
        (WITH_FEES, 5, "3500"),  # 5 × 500 + 1000
        (WITH_FEES, 6, "4400"),  # 6 × 400 + 2000
        (WITH_FEES, 11, "4100"),  # 11 × 100 + 3000
        (FREE_AT_FIRST, 100, "0"),
        (FREE_AT_FIRST, 101, "25.25"),  # 101 × 0.25
        (FEES_ALONE, 0, "1500"),
        (FEES_ALONE, 10, "1500"),
        (FEES_ALONE, 11, "4000"),
        (FONTS, Decimal("5.000000001"), "3250.00000065"),  # above 5: × 650
    ],
)
def test_volume_charges_all_units_at_the_tier_of_the_whole(
    tiers: tuple[Tier, ...], quantity: int | Decimal, exact: str
) -> None:
    assert Rates(tiers=tiers, mode=TiersMode.VOLUME).cost_of(quantity).exact == Decimal(exact)


@pytest.mark.parametrize(
    ("tiers", "quantity", "exact"),
    [
        (FONTS, 0, "0"),
        (FONTS, 1, "700"),
        (FONTS, 5, "3500"),  # 5 × 700
        (FONTS, 6, "4150"),  # 5 × 700 + 1 × 650
        (FONTS, 10, "6750"),  # 5 × 700 + 5 × 650
        (FONTS, 11, "7350"),  # + 1 × 600
        (FONTS, 25, "15750"),  # 5 × 700 + 5 × 650 + 15 × 600
        (WITH_FEES, 0, "1000"),  # the flat amount of the first tier
        (WITH_FEES, 5, "3500"),  # 5 × 500 + 1000
        (WITH_FEES, 6, "5900"),  # 3500 + 1 × 400 + 2000
        (WITH_FEES, 10, "7500"),  # 3500 + 5 × 400 + 2000
        (WITH_FEES, 11, "10600"),  # 7500 + 1 × 100 + 3000
        (FREE_AT_FIRST, 100, "0"),
        (FREE_AT_FIRST, 101, "0.25"),
        (FREE_AT_FIRST, 107, "1.75"),  # 7 × 0.25
        (FEES_ALONE, 0, "1500"),
        (FEES_ALONE, 11, "5500"),  # 1500 + 4000
        (FONTS, Decimal("5.5"), "3825"),  # 5 × 700 + 0.5 × 650
    ],
)
def test_graduated_charges_each_tier_for_its_own_units(
    tiers: tuple[Tier, ...], quantity: int | Decimal, exact: str
) -> None:
    assert Rates(tiers=tiers, mode=TiersMode.GRADUATED).cost_of(quantity).exact == Decimal(exact)


@pytest.mark.parametrize(
    ("rounding", "quantity", "exact"),
    [
        (PackageRounding.UP, 0, "0"),
        (PackageRounding.UP, 1, "500"),  # 1 package
        (PackageRounding.UP, 100, "500"),
        (PackageRounding.UP, 101, "1000"),  # 2 packages
        (PackageRounding.UP, Decimal("100.000000001"), "1000"),
        (PackageRounding.DOWN, 99, "0"),
        (PackageRounding.DOWN, 100, "500"),
        (PackageRounding.DOWN, 199, "500"),
        (PackageRounding.DOWN, 200, "1000"),
    ],
)
def test_packages_are_charged_whole(rounding: PackageRounding, quantity: int | Decimal, exact: str) -> None:
    assert Rates(Decimal(500), Packaging(100, rounding)).cost_of(quantity).exact == Decimal(exact)


@pytest.mark.parametrize(
    ("unit_amount", "quantity", "exact", "amount"),
    [
        ("0.000000000001", 499_999_999_999, "0.499999999999", 0),
        ("0.000000000001", 500_000_000_000, "0.5", 1),  # half away from zero
        ("0.333333333333", 3, "0.999999999999", 1),
        ("123456789012.123456789012", 3, "370370367036.370370367036", 370370367036),
        ("0.005", Decimal("100.000000001"), "0.500000000005", 1),  # a measure with nine decimals
        ("0.005", Decimal("99.999999999"), "0.499999999995", 0),
        ("1500", 0, "0", 0),
    ],
)
def test_decimals_are_exact_until_they_are_rounded_once(
    unit_amount: str, quantity: int | Decimal, exact: str, amount: int
) -> None:
    calculation = calculation_of(Rates(Decimal(unit_amount)), quantity, "usd")
    assert (calculation.exact, calculation.amount) == (exact, amount)


def test_tiers_with_decimals_are_summed_before_rounding() -> None:
    tiers = (Tier(1, Decimal("0.3")), Tier(2, Decimal("0.3")), Tier(None, Decimal("0.3"), Decimal("0.6")))
    calculation = calculation_of(Rates(tiers=tiers, mode=TiersMode.GRADUATED), 3, "usd")
    assert (calculation.exact, calculation.amount) == ("1.5", 2)  # 0.3 + 0.3 + 0.3 + 0.6; one by one it would be 1


GRADUATED = Rates(tiers=(Tier(10, Decimal(100)), Tier(None, Decimal(80), Decimal(200))), mode=TiersMode.GRADUATED)
VOLUME = Rates(tiers=FONTS, mode=TiersMode.VOLUME)
PACKAGE = Rates(Decimal(500), Packaging(10, PackageRounding.UP))


@pytest.mark.parametrize(
    ("rates", "quantity", "words"),
    [
        (GRADUATED, 15, "first 10 × $1.00 = $10.00; next 5 × $0.80 = $4.00; flat fee $2.00; together $16.00"),
        (GRADUATED, 7, "first 7 × $1.00 = $7.00"),
        (VOLUME, 6, "all 6 × $6.50 = $39.00"),
        (Rates(tiers=WITH_FEES, mode=TiersMode.VOLUME), 0, "all 0 × $5.00 = $0.00; flat fee $10.00; together $10.00"),
        (PACKAGE, 25, "25 in packages of 10 are 3; 3 × $5.00 = $15.00"),
        (PACKAGE, -5, "-5 in packages of 10 are 0; 0 × $5.00 = $0.00"),
        (Rates(Decimal("0.333")), 3, "3 × $0.00333 = $0.00999, rounded half away from zero to $0.01"),
        (Rates(Decimal("0.5")), Decimal("2.25"), "2.25 × $0.005 = $0.01125, rounded half away from zero to $0.01"),
    ],
)
def test_calculation_is_told_step_by_step(rates: Rates, quantity: int | Decimal, words: str) -> None:
    calculation = calculation_of(rates, quantity, "usd")
    assert calculation.explanation() == words
    assert Calculation.from_json(json.loads(json.dumps(calculation.as_json()))) == calculation


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        (GRADUATED, "15 × Team (at graduated rates / month)"),
        (VOLUME, "15 × Team (at volume rates / month)"),
        (PACKAGE, "15 × Team (at $5.00 per 10 / month)"),
        (Rates(Decimal(900)), "15 × Team (at $9.00 per seat / month)"),
    ],
)
def test_line_says_how_the_price_works(rates: Rates, words: str) -> None:
    facts = PriceFacts("price_1", "prod_1", "Team", "usd", rates, Recurrence(Interval.MONTH), "seat")
    assert line_description(facts, 15) == words


@pytest.mark.parametrize(
    ("rates", "free"),
    [
        (Rates(Decimal(0)), True),
        (Rates(Decimal("0.01")), False),
        (Rates(), False),  # the customer chooses
        (Rates(tiers=(Tier(None, Decimal(0), Decimal(0)),), mode=TiersMode.VOLUME), True),
        (Rates(tiers=FREE_AT_FIRST, mode=TiersMode.GRADUATED), False),
        (Rates(tiers=FEES_ALONE, mode=TiersMode.VOLUME), False),
    ],
)
def test_free_is_what_costs_nothing_in_any_quantity(rates: Rates, free: bool) -> None:
    assert rates.is_free is free
