"""Coupons and promotion codes: what they may say, how long they last, when they can be redeemed (spec 05)."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.money import unit_amount_text
from domain.periods import Interval, Recurrence, boundary
from domain.texts import required_text

PERCENT_MAX: Final = 100
PERCENT_DECIMALS_MAX: Final = 2
AMOUNT_MAX: Final = 99_999_999
"""Eight digits in minor units, as much as can be charged at once."""
MONTHS_MAX: Final = 1200
REDEMPTIONS_MAX: Final = 2_147_483_647
REDEEM_YEARS_MAX: Final = 5
NAME_LENGTH_MAX: Final = 40
CODE_LENGTH_MAX: Final = 500
DISCOUNTS_MAX: Final = 20
"""How many may be stacked on one subscription, item, invoice or line."""
PRODUCTS_MAX: Final = 100
CURRENCY_OPTIONS_MAX: Final = 100

_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,40}", re.ASCII)
_RESERVED: Final = "coupon_"
_CODE = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


class CouponDuration(StrEnum):
    """How long a discount of a coupon lasts."""

    FOREVER = "forever"
    ONCE = "once"
    REPEATING = "repeating"


def percent_text(percent: Decimal) -> str:
    """Per cents off as they are stored and shown ("25", "12.5"): more than 0, up to 100, at most two decimals."""
    possible = percent.is_finite() and 0 < percent <= PERCENT_MAX
    if not possible or percent.scaleb(PERCENT_DECIMALS_MAX) % 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"{percent:f} per cent off is not possible; it would have to be more than 0 and up to {PERCENT_MAX} with at"
            f" most {PERCENT_DECIMALS_MAX} decimals.",
            "percentOff",
        )
    return unit_amount_text(percent)


def amount_of(amount: int, param: tuple[str, ...]) -> int:
    """An amount in minor units from 1 to eight digits."""
    return number_of(amount, AMOUNT_MAX, param)


def number_of(number: int, most: int, param: tuple[str, ...]) -> int:
    """A number from 1 to `most`."""
    if not 1 <= number <= most:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"{number} is not possible here; it would have to be a whole number from 1 to {most}.",
            param,
        )
    return number


def is_identifier(text: str) -> bool:
    """Whether a coupon may have this id by somebody's choice."""
    return _IDENTIFIER.fullmatch(text) is not None and not text.startswith(_RESERVED)


def identifier_of(text: str) -> str:
    """The id that a caller chose for a coupon."""
    identifier = text.strip()
    if not is_identifier(identifier):
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"'{text[:100]}' cannot be the id of a coupon; it would have to be 1 to 40 letters, digits, dots, dashes"
            f" and underscores that do not begin with {_RESERVED}, such as SUMMER-25.",
            "id",
        )
    return identifier


def coupon_name_of(text: str) -> str:
    """What customers read of a coupon."""
    return required_text(text, NAME_LENGTH_MAX, "name")


def code_of(text: str) -> str:
    """A promotion code as it was written."""
    code = text.strip()
    if len(code) > CODE_LENGTH_MAX or not _CODE.fullmatch(code):
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"'{text[:100]}' cannot be a promotion code; it would have to be 1 to {CODE_LENGTH_MAX} letters a to z,"
            " digits and dashes, such as SUMMER-25.",
            "code",
        )
    return code


def refuse_passed(moment: datetime, earliest: datetime, param: str) -> None:
    """Refuse a moment until which something can be redeemed that has passed for everybody.

    `earliest` is the present of whoever stands farthest back, which may be a test clock's.
    """
    if moment < earliest:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"{shown(moment)} has passed, so that nobody could redeem it; give a moment after {shown(earliest)}.",
            param,
        )


def redeem_by_of(moment: datetime, now: datetime, earliest: datetime) -> datetime:
    """Until when a coupon can be redeemed: not in the past, as `refuse_passed` says, and at most five years ahead."""
    refuse_passed(moment, earliest, "redeemBy")
    latest = boundary(now, Recurrence(Interval.YEAR), REDEEM_YEARS_MAX)
    if moment > latest:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A coupon cannot be redeemable until {shown(moment)}; the latest is {REDEEM_YEARS_MAX} years from now,"
            f" {shown(latest)}.",
            "redeemBy",
        )
    return moment


def merged_amounts(
    current: Mapping[str, int], added: Mapping[str, int], main: str | None, param: tuple[str, ...]
) -> dict[str, int]:
    """Amounts by currency with others added; one that is there never changes, and the main currency is not among them.

    `param` is the path of the list of options.
    """
    merged = dict(current)
    for currency, amount in added.items():
        known = merged.get(currency)
        if currency == main:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"{currency} is the main currency already; options are for other currencies.",
                param,
            )
        if known is not None and known != amount:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"The amount in {currency} is {known} and never changes to {amount}; currencies can only be added.",
                param,
            )
        merged[currency] = amount
    return merged


def discount_end(start: datetime, duration: CouponDuration, months: int | None) -> datetime | None:
    """When a discount that begins at `start` ends by itself; None where nothing but use ends it."""
    if duration is not CouponDuration.REPEATING:
        return None
    assert months is not None, "a repeating coupon has a number of months"
    return boundary(start, Recurrence(Interval.MONTH), months)


def is_redeemable(
    *, until: datetime | None, most: int | None, redeemed: int, at: datetime, withdrawn: bool = False
) -> bool:
    """Whether a coupon or a promotion code can be redeemed at a moment: not withdrawn, in time, not used up."""
    return not withdrawn and (until is None or at <= until) and (most is None or redeemed < most)


def shown(moment: datetime) -> str:
    """A moment in messages."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
