"""Bank accounts and debit cards that the sandbox pays out to, by token or by number, and how payouts to them end.

The numbers are those that Stripe documents for testing payouts. A number lives only in `BankDetails`, on its way from
the form to here; what is kept is a `Bank`: last four digits, routing number, fingerprint, and how payouts end.
"""

from dataclasses import dataclass, field
from typing import Final

from stdnum import iban
from stdnum.us import rtn

from domain.currencies import currency_of
from domain.errors import DomainError, ErrorCode, Problems
from domain.payouts import PayoutFailureCode
from gateways.cards import Card, CardBrand, CardFunding, digits_of, fingerprint_of, full_year

BANK_NAME: Final = "SANDBOX TEST BANK"
_FAILURE = PayoutFailureCode


@dataclass(frozen=True, slots=True)
class BankDetails:
    """A bank account as someone typed it; without a routing number the account's is an IBAN."""

    country: str
    currency: str
    account_number: str = field(repr=False)
    routing_number: str | None = None


@dataclass(frozen=True, slots=True)
class Bank:
    """What may be kept of a bank account. `failure` is how payouts to it end; None when they arrive."""

    country: str
    currency: str
    last4: str
    fingerprint: str
    routing_number: str | None
    failure: PayoutFailureCode | None = None
    is_validated: bool = False


@dataclass(frozen=True, slots=True)
class _Numbers:
    """How many digits a country's account and routing numbers have, and the accounts to which payouts fail."""

    digits_min: int
    digits_max: int
    routing_digits: int
    failing: tuple[str, str, str, str, str]


_ENDINGS: Final = (
    _FAILURE.NO_ACCOUNT, _FAILURE.ACCOUNT_CLOSED, _FAILURE.INSUFFICIENT_FUNDS, _FAILURE.DEBIT_NOT_AUTHORIZED,
    _FAILURE.INVALID_CURRENCY,
)  # fmt: skip
_LONG: Final = ("000111111116", "000111111113", "000222222227", "000333333335", "000444444440")
_NINE: Final = ("111111116", "111111113", "222222227", "333333335", "444444440")
_EIGHT: Final = ("11111116", "11111113", "22222227", "33333335", "44444440")
_COUNTRIES: Final = {
    "US": _Numbers(4, 17, 9, _LONG),
    "CA": _Numbers(7, 12, 8, _LONG),
    "AU": _Numbers(5, 9, 6, _NINE),
    "GB": _Numbers(8, 8, 6, _EIGHT),
}
_IBAN_ENDINGS: Final = tuple(f"370400440532013{place:03}" for place in range(1, 6))

_US: Final = ("US", "usd", "110000000")
_TOKENS: Final = {
    "btok_us": (*_US, "000123456789", False),
    "btok_us_verified": (*_US, "000123456789", True),
    "btok_us_verified_noAccount": (*_US, _LONG[0], True),
    "btok_us_verified_accountClosed": (*_US, _LONG[1], True),
    "btok_us_verified_insufficientFunds": (*_US, _LONG[2], True),
    "btok_us_verified_debitNotAuthorized": (*_US, _LONG[3], True),
    "btok_us_verified_invalidCurrency": (*_US, _LONG[4], True),
}
FAILING_CARD: Final = "4000056755665555"
FAILING_CARD_TOKEN: Final = "tok_visa_debit_us_transferFail"  # noqa: S105 - the name of a test card
"""A debit card to which payouts fail."""


def names_bank(token: str) -> bool:
    """Whether this is a bank account's token rather than a card's."""
    return token.startswith("btok_")


def bank_of(token: str, *, fingerprint_key: bytes) -> Bank:
    """The bank account that a token stands for. Error: `resource_missing`."""
    if token not in _TOKENS:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"The sandbox has no bank account '{token}'; it has {', '.join(_TOKENS)}.",
            "token",
        )
    country, currency, routing, number, validated = _TOKENS[token]
    return _kept(BankDetails(country, currency, number, routing), fingerprint_key, validated=validated)


def typed_bank(details: BankDetails, *, fingerprint_key: bytes) -> Bank:
    """What may be kept of a bank account that someone typed in.

    Errors, all together: `account_number_invalid`, `routing_number_invalid`, `currency_invalid`, and
    `parameter_invalid` for a country whose accounts the sandbox does not know.
    """
    problems = Problems()
    number, routing = _plain(details.account_number), _plain(details.routing_number or "")
    country = details.country.upper()
    try:
        currency = currency_of(details.currency)
    except DomainError as error:
        problems.add_from(error)
        currency = ""
    if country in _COUNTRIES:
        _check(country, number, routing, problems)
    else:
        _check_iban(country, number, problems)
    problems.raise_any()
    return _kept(BankDetails(country, currency, number, routing or None), fingerprint_key, validated=False)


def _check(country: str, number: str, routing: str, problems: Problems) -> None:
    form = _COUNTRIES[country]
    if not (_is_digits(number) and form.digits_min <= len(number) <= form.digits_max):
        problems.add(
            ErrorCode.ACCOUNT_NUMBER_INVALID,
            f"The account number has {len(number)} characters; in {country} it would have to have from"
            f" {form.digits_min} to {form.digits_max} digits.",
            "accountNumber",
        )
    right = _is_digits(routing) and len(routing) == form.routing_digits and (country != "US" or rtn.is_valid(routing))
    if not right:
        problems.add(
            ErrorCode.ROUTING_NUMBER_INVALID,
            f"'{routing}' is no routing number in {country}; it would have to have {form.routing_digits} digits, in the"
            " US with a right check digit, such as 110000000.",
            "routingNumber",
        )


def _check_iban(country: str, number: str, problems: Problems) -> None:
    # Stripe's own numbers for failing payouts have wrong check digits.
    if number.startswith(country) and (iban.is_valid(number) or number[4:] in _IBAN_ENDINGS):
        return
    problems.add(
        ErrorCode.ACCOUNT_NUMBER_INVALID,
        f"The account number is not an IBAN of {country}; it would have to begin with {country} and have right check"
        " digits, such as DE89370400440532013000 in Germany.",
        "accountNumber",
    )


def _kept(details: BankDetails, key: bytes, *, validated: bool) -> Bank:
    form = _COUNTRIES.get(details.country)
    failing = dict(zip(form.failing if form else _IBAN_ENDINGS, _ENDINGS, strict=True))
    number = details.account_number if form else details.account_number[4:]
    return Bank(
        country=details.country,
        currency=details.currency,
        last4=details.account_number[-4:],
        fingerprint=fingerprint_of(f"{details.country}{details.routing_number or ''}{details.account_number}", key),
        routing_number=details.routing_number,
        failure=failing.get(number),
        is_validated=validated,
    )


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _plain(number: str) -> str:
    return digits_of(number).upper()


def failing_card(fingerprint_key: bytes, exp_month: int = 12, exp_year: int = 2034) -> Card:
    """The debit card to which payouts fail."""
    return Card(
        brand=CardBrand.VISA,
        last4=FAILING_CARD[-4:],
        exp_month=exp_month,
        exp_year=full_year(exp_year),
        country="US",
        funding=CardFunding.DEBIT,
        fingerprint=fingerprint_of(FAILING_CARD, fingerprint_key),
    )
