"""Arithmetic of money: the named roundings, shares that sum to the whole, and decimal unit amounts.

Amounts are whole numbers of minor units. What lies between two of them lives as `Fraction` or `Decimal` inside one
function and leaves it through one of the roundings here.
"""

import re
from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from typing import Final

from domain.errors import DomainError, ErrorCode

UNIT_AMOUNT_DECIMALS_MAX: Final = 12
UNIT_AMOUNT_DIGITS_MAX: Final = 12
"""Digits of a unit amount before the point, in minor units: far above any charge, and safe to multiply."""

# The usual context cuts a product at 28 digits without a word; this one would refuse.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)


def half_away_from_zero(value: Fraction | Decimal | int) -> int:
    """The nearest whole number; of two equally near, the one farther from zero: 0.5 is 1, -0.5 is -1."""
    numerator, denominator = value.as_integer_ratio()
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def rounded_down(value: Fraction | Decimal | int) -> int:
    """The whole part, towards zero: 1.9 is 1, -1.9 is -1."""
    numerator, denominator = value.as_integer_ratio()
    magnitude = abs(numerator) // denominator
    return magnitude if numerator >= 0 else -magnitude


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of `total` in proportion to the weights, which are not negative; the shares sum to `total` exactly.

    Each share is rounded towards zero, and the units left over go one each to the shares that lost most by that, the
    earlier first. Weights that are all zero can only share zero.
    """
    whole = sum(weights)
    if min(weights, default=0) < 0 or (whole == 0 and total != 0):
        raise AssertionError(f"{total} cannot be shared by the weights {list(weights)}")
    if whole == 0:
        return [0] * len(weights)
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    shares = [share for share, _ in parts]
    left = abs(total) - sum(shares)
    for index in sorted(range(len(parts)), key=lambda each: -parts[each][1])[:left]:
        shares[index] += 1
    return shares if total >= 0 else [-share for share in shares]


def percentage_of(amount: int, percent: Decimal) -> int:
    """So many per cent of an amount, rounded half away from zero."""
    return half_away_from_zero(amount * Fraction(percent) / 100)


def product_of(unit_amount: Decimal, quantity: int | Decimal) -> Decimal:
    """Unit amount times quantity, exact however many digits it takes."""
    return EXACT.multiply(unit_amount, Decimal(quantity))


def unit_amount_of(text: str, param: str | tuple[str, ...] = "unitAmountDecimal") -> Decimal:
    """The unit amount in minor units that a decimal text gives. Refuses signs, exponents and more than 12 decimals."""
    if not _DECIMAL.fullmatch(text):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text}' is not a unit amount; it would have to be a decimal number of minor units such as 1500 or 0.05.",
            param,
        )
    whole, _, decimals = text.partition(".")
    if len(decimals.rstrip("0")) > UNIT_AMOUNT_DECIMALS_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Unit amount {text} has {len(decimals.rstrip('0'))} decimals; it may have {UNIT_AMOUNT_DECIMALS_MAX}.",
            param,
        )
    if len(whole.lstrip("0")) > UNIT_AMOUNT_DIGITS_MAX:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Unit amount {text} is too large; it may have {UNIT_AMOUNT_DIGITS_MAX} digits before the point.",
            param,
        )
    return Decimal(f"{whole}.{decimals.rstrip('0')}")


def unit_amount_text(unit_amount: Decimal) -> str:
    """The unit amount as it is stored and shown: no exponent, no needless zeros. "1500", "0.05"."""
    text = format(unit_amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def optional_unit_amount_text(unit_amount: Decimal | None) -> str | None:
    """As `unit_amount_text`, where there is a unit amount."""
    return None if unit_amount is None else unit_amount_text(unit_amount)


def whole_minor_units(unit_amount: Decimal) -> int | None:
    """The unit amount as an integer, or None when it has a fraction of a minor unit."""
    numerator, denominator = unit_amount.as_integer_ratio()
    return numerator if denominator == 1 else None
