"""Looking up sandbox cards, by token or by a number that someone typed in."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import DomainError, ErrorCode
from gateways.cards import Card, CardDetails, check_card, digits_of, fingerprint_of, full_year
from gateways.sandbox.tokens import CATALOGUE, SandboxToken

# Every token has the expiry that Stripe's guide suggests for typed cards. It is fixed, not counted from today, so
# that the same token is the same card whatever the clock of its customer says.
TOKEN_EXP_MONTH: Final = 12
TOKEN_EXP_YEAR: Final = 2034

_BY_TOKEN = {row.token: row for row in CATALOGUE}
_BY_NUMBER = {row.number: row for row in reversed(CATALOGUE)}


@dataclass(frozen=True, slots=True)
class TypedCard:
    """A card that was typed in: the token that stands for its number from now on, and what may be kept."""

    token: str
    card: Card


def sandbox_token(token: str) -> SandboxToken:
    """The row of this token. Error: `resource_missing` when the sandbox has no such card."""
    row = _BY_TOKEN.get(token)
    if row is None:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"The sandbox has no card {token!r}; it has pm_card_visa and the others of docs/guides/sandbox-cards.md.",
            "paymentMethod",
        )
    return row


def card_of(token: str, *, fingerprint_key: bytes) -> Card:
    """The card that a token stands for, expiring 12/2034. Error: `resource_missing`."""
    row = sandbox_token(token)
    return _card(row, exp_month=TOKEN_EXP_MONTH, exp_year=TOKEN_EXP_YEAR, fingerprint_key=fingerprint_key)


def token_for_number(number: str) -> str:
    """The token of the card with this number, spaces and hyphens allowed.

    Error: `card_declined` with decline code `test_mode_live_card` for a number that is no test number.
    """
    row = _BY_NUMBER.get(digits_of(number))
    if row is None:
        raise DomainError(
            ErrorCode.CARD_DECLINED,
            "Your card was declined. In test mode only test numbers such as 4242 4242 4242 4242 work.",
            "number",
            decline_code="test_mode_live_card",
        )
    return row.token


def typed_card(details: CardDetails, *, on: date, fingerprint_key: bytes) -> TypedCard:
    """The sandbox card that someone typed in on the day `on`, with the expiry that was typed.

    Errors: those of `check_card`, then that of `token_for_number`.
    """
    check_card(details, on=on)
    row = sandbox_token(token_for_number(details.number))
    card = _card(
        row, exp_month=details.exp_month, exp_year=full_year(details.exp_year), fingerprint_key=fingerprint_key
    )
    return TypedCard(row.token, card)


def _card(row: SandboxToken, *, exp_month: int, exp_year: int, fingerprint_key: bytes) -> Card:
    return Card(
        brand=row.brand,
        last4=row.last4,
        exp_month=exp_month,
        exp_year=exp_year,
        country=row.country,
        funding=row.funding,
        fingerprint=fingerprint_of(row.number, fingerprint_key),
    )
