"""Card facts, and the checks of a card that someone typed in.

A card number lives only in `CardDetails`, on its way from the form to the gateway; what is kept is a `Card`: brand,
last four digits, expiry, country, funding and a fingerprint. No message and no `repr` shows a number or a CVC.
"""

import hmac
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from stdnum import luhn

from domain.errors import ErrorCode, Problems


class CardBrand(StrEnum):
    """The network a card belongs to, as its number tells."""

    AMEX = "amex"
    DINERS = "diners"
    DISCOVER = "discover"
    JCB = "jcb"
    MASTERCARD = "mastercard"
    UNIONPAY = "unionpay"
    VISA = "visa"
    UNKNOWN = "unknown"


class CardFunding(StrEnum):
    """Where a card takes its money from."""

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be kept of a card. `country` is the issuer's ISO 3166-1 code; `exp_year` has four digits."""

    brand: CardBrand
    last4: str
    exp_month: int
    exp_year: int
    country: str | None
    funding: CardFunding
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CardDetails:
    """A card as someone typed it. `exp_year` may have two digits; `cvc` is None when it was not asked for."""

    number: str = field(repr=False)
    exp_month: int
    exp_year: int
    cvc: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _NumberRange:
    """Card numbers that begin between `first` and `last` (compared digit for digit) belong to `brand`."""

    first: str
    last: str
    brand: CardBrand
    lengths: frozenset[int]


_LONG = frozenset(range(16, 20))

# ISO/IEC 7812 issuer ranges as the networks publish them. UnionPay's 62 lies within no other range; Discover's
# co-branded 622126 to 622925 is told as UnionPay, as Stripe tells it.
_RANGES = (
    _NumberRange("34", "34", CardBrand.AMEX, frozenset({15})),
    _NumberRange("37", "37", CardBrand.AMEX, frozenset({15})),
    _NumberRange("300", "305", CardBrand.DINERS, frozenset(range(14, 20))),
    _NumberRange("36", "36", CardBrand.DINERS, frozenset(range(14, 20))),
    _NumberRange("38", "39", CardBrand.DINERS, frozenset(range(14, 20))),
    _NumberRange("3528", "3589", CardBrand.JCB, _LONG),
    _NumberRange("4", "4", CardBrand.VISA, frozenset({13, 16, 19})),
    _NumberRange("51", "55", CardBrand.MASTERCARD, frozenset({16})),
    _NumberRange("2221", "2720", CardBrand.MASTERCARD, frozenset({16})),
    _NumberRange("6011", "6011", CardBrand.DISCOVER, _LONG),
    _NumberRange("644", "649", CardBrand.DISCOVER, _LONG),
    _NumberRange("65", "65", CardBrand.DISCOVER, _LONG),
    _NumberRange("62", "62", CardBrand.UNIONPAY, _LONG),
    _NumberRange("81", "81", CardBrand.UNIONPAY, _LONG),
)
_ANY_LENGTH = frozenset(range(12, 20))


def digits_of(number: str) -> str:
    """The card number without the spaces and hyphens that people type between its groups."""
    return number.replace(" ", "").replace("-", "")


def brand_of(number: str) -> CardBrand:
    """The network whose range the number begins in; UNKNOWN when it begins in none."""
    found = _range_of(digits_of(number))
    return found.brand if found else CardBrand.UNKNOWN


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    return bool(luhn.is_valid(digits_of(number)))


def fingerprint_of(number: str, key: bytes) -> str:
    """16 hexadecimal digits that are the same for the same number and key, and tell nothing of the number.

    A card number has so few digits that a plain hash could be undone by trying them all; hence the secret key.
    """
    return hmac.new(key, digits_of(number).encode(), "sha256").hexdigest()[:16]


def full_year(year: int) -> int:
    """The year with its century: 34 is 2034."""
    return year + 2000 if 0 <= year < 100 else year


def check_card(details: CardDetails, *, on: date) -> None:
    """Refuse a card that cannot be one, or that has expired on the day `on`; all problems together.

    Errors: `invalid_number`, `incorrect_number`, `invalid_expiry_month`, `invalid_expiry_year`,
    `invalid_cvc`, each at the field at fault.
    """
    problems = Problems()
    _check_number(digits_of(details.number), problems)
    _check_expiry(details.exp_month, full_year(details.exp_year), on, problems)
    if details.cvc is not None:
        _check_cvc(details.cvc, brand_of(details.number), problems)
    problems.raise_any()


def _range_of(digits: str) -> _NumberRange | None:
    for each in _RANGES:
        if each.first <= digits[: len(each.first)] <= each.last:
            return each
    return None


def _check_number(digits: str, problems: Problems) -> None:
    if not (digits.isascii() and digits.isdigit()):
        problems.add(
            ErrorCode.INVALID_NUMBER, "A card number has only digits, with spaces or hyphens between them.", "number"
        )
        return
    found = _range_of(digits)
    lengths = found.lengths if found else _ANY_LENGTH
    if len(digits) not in lengths:
        wanted = ", ".join(str(each) for each in sorted(lengths))
        problems.add(
            ErrorCode.INVALID_NUMBER, f"The card number has {len(digits)} digits; it should have {wanted}.", "number"
        )
    elif not passes_luhn(digits):
        problems.add(
            ErrorCode.INCORRECT_NUMBER,
            f"The card number ending in {digits[-4:]} is mistyped: its last digit does not check the others.",
            "number",
        )


def _check_expiry(month: int, year: int, on: date, problems: Problems) -> None:
    month_exists = 1 <= month <= 12
    if not month_exists:
        problems.add(
            ErrorCode.INVALID_EXPIRY_MONTH, f"Expiration month {month} does not exist; months are 1 to 12.", "expMonth"
        )
    if not on.year <= year <= on.year + 50:
        problems.add(
            ErrorCode.INVALID_EXPIRY_YEAR,
            f"Expiration year {year} is not possible; it should be {on.year} to {on.year + 50}.",
            "expYear",
        )
    elif month_exists and year == on.year and month < on.month:
        problems.add(
            ErrorCode.INVALID_EXPIRY_MONTH,
            f"The card expired with {month}/{year}; in {on.year} it should be month {on.month} or later.",
            "expMonth",
        )


def _check_cvc(cvc: str, brand: CardBrand, problems: Problems) -> None:
    lengths = {CardBrand.AMEX: (3, 4), CardBrand.UNKNOWN: (3, 4)}.get(brand, (3,))
    if not (cvc.isascii() and cvc.isdigit() and len(cvc) in lengths):
        wanted = " or ".join(str(each) for each in lengths)
        problems.add(ErrorCode.INVALID_CVC, f"The security code of this card has {wanted} digits.", "cvc")
