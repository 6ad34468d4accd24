"""Cards as they come in: a sandbox token, or details that someone typed; and rows made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.addresses import Address, validated_address
from domain.checks import checked
from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.kinds import PaymentMethodType
from domain.metadata import merged_metadata
from domain.texts import email_of, required_text
from gateways.cards import Card, CardDetails, full_year
from gateways.outcomes import Declined
from gateways.sandbox import CATALOGUE, SandboxToken, TypedCard, card_of, typed_card
from models import PaymentMethod
from services.scope import Scope

NAME_LENGTH_MAX = 256
PHONE_LENGTH_MAX = 20
YEARS_AHEAD_MAX = 50

_ALIASES = {"tok_": "pm_card_"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDetails:
    """Who pays by a payment method; what is not mentioned stays as it is."""

    address: Address | Unset | None = UNSET
    email: str | Unset | None = UNSET
    name: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """How a card is named: by a sandbox token, or by what stands on it; `exp_year` may have two digits."""

    token: str | None = None
    number: str | None = field(default=None, repr=False)
    exp_month: int | None = None
    exp_year: int | None = None
    cvc: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card to be known from now on."""

    card: CardWords
    billing_details: BillingDetails = BillingDetails()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A new date of expiry; what is not mentioned stays."""

    exp_month: int | Unset = UNSET
    exp_year: int | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """What to change of a card in a file."""

    billing_details: BillingDetails = BillingDetails()
    card: Expiry = Expiry()
    metadata: Mapping[str, str] = field(default_factory=dict)


def sandbox_cards() -> Sequence[SandboxToken]:
    """All cards of the sandbox, family by family."""
    return CATALOGUE


def names_sandbox_card(identifier: str) -> bool:
    """Whether this is a token such as `pm_card_visa` or `tok_visa` rather than the id of a payment method."""
    return identifier.startswith(("pm_card_", *_ALIASES))


def sandbox_name(token: str) -> str:
    """The sandbox's own name of a token: `tok_visa` is `pm_card_visa`."""
    for alias, name in _ALIASES.items():
        if token.startswith(alias):
            return name + token.removeprefix(alias)
    return token


def recognized(words: CardWords, scope: Scope, on: date) -> TypedCard:
    """The sandbox's card that is named on the day `on`. Test mode only; problems lie at `card`.

    A card number has no way into live mode: a gateway's own form takes it there.
    """
    if scope.livemode:
        raise DomainError(
            ErrorCode.TEST_MODE_ONLY,
            "In live mode cards are taken by the gateway's own form; sandbox cards need a test key.",
            "card",
        )
    key = scope.account_id.encode()
    details = _details_of(words)
    if details is None:
        assert words.token is not None
        token = sandbox_name(words.token)
        try:
            return TypedCard(token, card_of(token, fingerprint_key=key))
        except DomainError as error:
            raise DomainError(error.problems[0].code, error.problems[0].message, ("card", "token")) from None
    try:
        return typed_card(details, on=on, fingerprint_key=key)
    except DomainError as error:
        raise error.under("card") from None


def _details_of(words: CardWords) -> CardDetails | None:
    """What was typed, None where a token was given; refuses half a card, and both ways at once."""
    typed = (words.number, words.exp_month, words.exp_year)
    if words.token is not None:
        if any(each is not None for each in (*typed, words.cvc)):
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, "A card has either a token, or number and expiry.", ("card", "token")
            )
        return None
    problems = Problems()
    for name, value in zip(("number", "expMonth", "expYear"), typed, strict=True):
        if value is None:
            problems.add(ErrorCode.PARAMETER_MISSING, "A typed card needs number, expMonth and expYear.", "card", name)
    problems.raise_any()
    assert words.number is not None and words.exp_month is not None and words.exp_year is not None
    return CardDetails(number=words.number, exp_month=words.exp_month, exp_year=words.exp_year, cvc=words.cvc)


def row_of(known: TypedCard, scope: Scope, at: datetime) -> PaymentMethod:
    """A payment method for the card, of nobody yet and not written."""
    card: Card = known.card
    return PaymentMethod(
        id=scope.ids.new(Prefix.PAYMENT_METHOD),
        created_at=at,
        account_id=scope.account_id,
        livemode=scope.livemode,
        customer_id=None,
        type=PaymentMethodType.CARD,
        token=known.token,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        country=card.country,
        funding=card.funding,
        fingerprint=card.fingerprint,
        billing_details={},
        metadata={},
    )


def described(row: PaymentMethod, change: CardChange, on: date) -> None:
    """Change billing details, expiry and metadata of the row in memory; all problems of the change together."""
    problems = Problems()
    details = _details(row.billing_details, change.billing_details, problems)
    month, year = given(change.card.exp_month, row.exp_month), full_year(given(change.card.exp_year, row.exp_year))
    if change.card != Expiry():
        _check_expiry(month, year, on, problems)
    metadata = checked(problems, merged_metadata, row.metadata, change.metadata)
    problems.raise_any()
    assert metadata is not None
    row.billing_details, row.exp_month, row.exp_year, row.metadata = details, month, year, metadata


def _details(current: Mapping[str, Any], change: BillingDetails, problems: Problems) -> dict[str, Any]:
    wanted = {
        "email": _text(change.email, problems, "email"),
        "name": _text(change.name, problems, "name"),
        "phone": _text(change.phone, problems, "phone"),
        "address": UNSET,
    }
    if change.address is None:
        wanted["address"] = None
    elif change.address is not UNSET:
        address = checked(problems, validated_address, change.address, ("billingDetails", "address"))
        wanted["address"] = None if address is None else address.as_json()
    changes = {name: value for name, value in wanted.items() if value is not UNSET}
    return {name: value for name, value in {**current, **changes}.items() if value is not None}


def _text(value: str | Unset | None, problems: Problems, name: str) -> Any:
    if value is None or value is UNSET:
        return value
    param = ("billingDetails", name)
    if name == "email":
        return checked(problems, email_of, value, param)
    return checked(problems, required_text, value, PHONE_LENGTH_MAX if name == "phone" else NAME_LENGTH_MAX, param)


def _check_expiry(month: int, year: int, on: date, problems: Problems) -> None:
    if not 1 <= month <= 12:
        problems.add(
            ErrorCode.INVALID_EXPIRY_MONTH,
            f"Expiration month {month} does not exist; months are 1 to 12.",
            "card",
            "expMonth",
        )
    if not on.year <= year <= on.year + YEARS_AHEAD_MAX:
        problems.add(
            ErrorCode.INVALID_EXPIRY_YEAR,
            f"Expiration year {year} is not possible; it should be {on.year} to {on.year + YEARS_AHEAD_MAX}.",
            "card",
            "expYear",
        )
    elif year == on.year and 1 <= month < on.month:
        problems.add(
            ErrorCode.INVALID_EXPIRY_MONTH,
            f"The card expired with {month}/{year}; in {year} it should be month {on.month} or later.",
            "card",
            "expMonth",
        )


def refusal_of(outcome: Declined, *param: str) -> DomainError:
    """A decline of a card that is merely verified: nothing of it is kept."""
    return DomainError(outcome.code, outcome.message, param, decline_code=outcome.decline_code)
