"""Currencies and what can be charged in them."""

from decimal import Decimal

import pytest

from domain.currencies import (
    CHARGE_AMOUNT_MAX,
    chargeable,
    currency_of,
    exponent_of,
    exponents,
    format_minor,
    minimum_charge_of,
)
from domain.errors import DomainError, ErrorCode


@pytest.mark.parametrize(
    ("currency", "exponent"),
    # ISO 4217, list one; Babel shows rsd, huf, irr and mga with fewer decimals than they have, iqd too.
    [
        ("usd", 2),
        ("eur", 2),
        ("jpy", 0),
        ("krw", 0),
        ("kwd", 3),
        ("iqd", 3),
        ("rsd", 2),
        ("huf", 2),
        ("mga", 2),
        ("ved", 2),
    ],
)
def test_decimals_are_those_of_the_standard(currency: str, exponent: int) -> None:
    assert exponent_of(currency) == exponent


def test_the_currencies_are_those_in_use() -> None:
    assert len(exponents()) == 156
    assert set(exponents().values()) == {0, 2, 3}
    assert not {"dem", "hrk", "xau", "xxx", "clf"} & set(exponents())


@pytest.mark.parametrize("text", ["usd", "USD", "Usd"])
def test_a_currency_may_be_written_in_any_case(text: str) -> None:
    assert currency_of(text) == "usd"


@pytest.mark.parametrize("text", ["", "us", "usdollar", "xau", "dem", "ſek"])
def test_what_is_no_currency_is_refused_by_name(text: str) -> None:
    with pytest.raises(DomainError, match=f"'{text}' is not a currency") as refusal:
        currency_of(text, "priceData.currency")
    assert refusal.value.problems[0].code is ErrorCode.CURRENCY_INVALID
    assert refusal.value.problems[0].param == ("priceData", "currency")


@pytest.mark.parametrize(
    ("currency", "least"), [("usd", 50), ("eur", 50), ("jpy", 50), ("brl", 50), ("gbp", 30), ("isk", 1)]
)
def test_a_charge_has_a_least_amount(currency: str, least: int) -> None:
    assert minimum_charge_of(currency) == least
    assert chargeable(least, currency) == least
    with pytest.raises(DomainError, match=f"{least - 1} {currency} is too small; .* is {least} {currency}") as refusal:
        chargeable(least - 1, currency)
    assert refusal.value.problems[0].code is ErrorCode.AMOUNT_TOO_SMALL


def test_a_charge_has_at_most_eight_digits() -> None:
    assert chargeable(99_999_999, "usd") == CHARGE_AMOUNT_MAX
    with pytest.raises(DomainError, match=r"100000000 usd is too large; .* is 99999999 usd") as refusal:
        chargeable(100_000_000, "usd")
    assert refusal.value.problems[0].code is ErrorCode.AMOUNT_TOO_LARGE


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (1500, "usd", "en_US", "$15.00"),
        (123456789, "usd", "en_US", "$1,234,567.89"),
        (500, "jpy", "en_US", "¥500"),
        (5124, "kwd", "en_US", "KWD\N{NO-BREAK SPACE}5.124"),
        (150000, "rsd", "en_US", "RSD\N{NO-BREAK SPACE}1,500.00"),
        (123456, "brl", "pt_BR", "R$\N{NO-BREAK SPACE}1.234,56"),
        (-1500, "eur", "de_DE", "-15,00\N{NO-BREAK SPACE}€"),
        (Decimal("0.05"), "usd", "en_US", "$0.0005"),
        (0, "usd", "en_US", "$0.00"),
    ],
)
def test_amounts_are_written_with_all_their_decimals(
    amount: int | Decimal, currency: str, locale: str, text: str
) -> None:
    assert format_minor(amount, currency, locale) == text
