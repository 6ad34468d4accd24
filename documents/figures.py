"""Dates, amounts and quantities as a locale writes them."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from domain.currencies import format_minor
from domain.periods import Recurrence
from domain.pricing import Quantity


@lru_cache(maxsize=4_096)
def amount_text(amount: int | Decimal, currency: str, locale: Locale) -> str:
    """An amount in minor units with its currency: 1500 eur is "15,00 €" in German."""
    return format_minor(amount, currency, str(locale))


@lru_cache(maxsize=1_024)
def date_text(at: datetime, locale: Locale) -> str:
    """The day of a moment in UTC: "31 January 2027"."""
    return str(format_date(at, "long", locale=locale))


@lru_cache(maxsize=1_024)
def period_text(start: datetime, end: datetime, locale: Locale) -> str:
    """From a day to a day, or the one day that both are: "31 Jan 2027 – 28 Feb 2027"."""
    days = dict.fromkeys(str(format_date(at, "medium", locale=locale)) for at in (start, end))
    return " – ".join(days)


@lru_cache(maxsize=1_024)
def quantity_text(quantity: Quantity, locale: Locale) -> str:
    """A number with all its decimals: "1.500,5" in German."""
    return str(format_decimal(quantity, locale=locale, decimal_quantization=False))


@lru_cache(maxsize=1_024)
def percentage_text(percentage: Decimal, locale: Locale) -> str:
    """So many per cent, with the decimals that there are: "25,5 %" in German."""
    pattern = str(locale.percent_formats[None].pattern).replace("##0", "##0.####")
    return str(format_percent(percentage / 100, pattern, locale=locale))


@lru_cache(maxsize=1_024)
def time_text(time: Recurrence, locale: Locale) -> str:
    """A length of time: "3 Monate" in German."""
    return str(format_unit(time.interval_count, f"duration-{time.interval}", locale=locale))
