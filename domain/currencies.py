"""Currencies: which there are, how many decimals they have, how little can be charged, how an amount is written.

A currency is a lower-case ISO 4217 code everywhere, an amount a whole number of its minor units. The codes are those
that Babel knows as legal tender somewhere today.
"""

import copy
import re
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Final

from babel.core import Locale, get_global
from babel.numbers import NumberPattern, get_currency_precision, get_currency_symbol, get_territory_currencies

from domain.errors import DomainError, ErrorCode

CHARGE_DIGITS_MAX: Final = 8
"""A charge has at most so many digits in minor units."""

CHARGE_AMOUNT_MAX: Final = 10**CHARGE_DIGITS_MAX - 1

# In ISO 4217's list of active codes, but not among the tenders that Babel lists.
_TENDER_BESIDE_BABEL: Final = ("SVC", "VED")

# Babel's decimals serve display: these currencies are shown without their small coins, but ISO 4217 counts them.
_ISO_EXPONENTS: Final = {
    "AFN": 2, "ALL": 2, "IQD": 3, "IRR": 2, "KPW": 2, "LAK": 2, "LBP": 2, "MGA": 2, "MMK": 2, "RSD": 2, "SOS": 2,
    "SYP": 2, "YER": 2,
}  # fmt: skip

# Stripe's published minimum charges, in minor units.
_MINIMUM_CHARGES: Final = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip


@cache
def exponents() -> MappingProxyType[str, int]:
    """Every currency with the number of its decimals, in the order of the codes."""
    tender = {
        code
        for periods in get_global("territory_currencies").values()
        for code, _, ended_on, is_tender in periods
        if ended_on is None and is_tender
    }
    codes = sorted(tender.union(_TENDER_BESIDE_BABEL))
    return MappingProxyType({code.lower(): _ISO_EXPONENTS.get(code, get_currency_precision(code)) for code in codes})


def currency_of(text: str, param: str | tuple[str, ...] = "currency") -> str:
    """The currency that a code in any case names. Refuses what is no active ISO 4217 code."""
    currency = text.lower()
    if currency not in exponents():
        raise DomainError(
            ErrorCode.CURRENCY_INVALID,
            f"'{text}' is not a currency; it would have to be an active ISO 4217 code such as usd, eur or brl.",
            param,
        )
    return currency


def exponent_of(currency: str) -> int:
    """How many decimals the currency has: 2 for usd, 0 for jpy, 3 for kwd."""
    return exponents()[currency]


def minimum_charge_of(currency: str) -> int:
    """The least that can be charged, in minor units: Stripe's minimum, else one minor unit."""
    return _MINIMUM_CHARGES.get(currency, 1)


def chargeable(amount: int, currency: str, param: str | tuple[str, ...] = "amount") -> int:
    """The amount itself, when a card can be charged with it. Refuses what is below the minimum or has 9 digits."""
    minimum = minimum_charge_of(currency)
    if amount < minimum:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_SMALL,
            f"Amount {amount} {currency} is too small; the least that can be charged is {minimum} {currency}"
            f" ({format_minor(minimum, currency)}).",
            param,
        )
    if amount > CHARGE_AMOUNT_MAX:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {amount} {currency} is too large; the most that can be charged is {CHARGE_AMOUNT_MAX} {currency}"
            f" ({format_minor(CHARGE_AMOUNT_MAX, currency)}).",
            param,
        )
    return amount


def format_minor(amount: int | Decimal, currency: str, locale: str = "en_US") -> str:
    """The amount as a person writes it: 1500 usd is "$15.00", 500 jpy "¥500".

    `amount` is in minor units; one with a fraction of a minor unit shows as many decimals as it has.
    """
    exponent = exponent_of(currency)
    major = Decimal(amount).scaleb(-exponent).normalize()
    shown = max(exponent, -int(major.as_tuple().exponent))
    pattern = _pattern(locale, currency.upper(), exponent, shown)
    return str(pattern.apply(major, locale, currency=currency.upper(), currency_digits=False))


@cache
def _pattern(locale: str, code: str, decimals_min: int, decimals_max: int) -> NumberPattern:
    """The locale's currency pattern with these decimals, and with a blank where letters would touch the digits.

    Unicode's data says both, by rules that Babel does not apply.
    """
    pattern: NumberPattern = copy.copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (decimals_min, decimals_max)
    symbol = get_currency_symbol(code, locale)
    if symbol[-1:].isalpha():
        positive, negative = (re.sub("¤$", "¤\N{NO-BREAK SPACE}", text) for text in pattern.prefix)
        pattern.prefix = (positive, negative)
    if symbol[:1].isalpha():
        positive, negative = (re.sub("^¤", "\N{NO-BREAK SPACE}¤", text) for text in pattern.suffix)
        pattern.suffix = (positive, negative)
    return pattern


def currency_of_country(country: str, on: date, otherwise: str) -> str:
    """The currency that a country has on a day, the first of several; `otherwise` where it has none of its own."""
    tenders = (code.lower() for code in get_territory_currencies(country, on, on))
    return next((each for each in tenders if each in exponents()), otherwise)
