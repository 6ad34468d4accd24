"""Bank accounts and debit cards as they come in: a sandbox token, or numbers that somebody typed; and rows of them."""

from datetime import datetime
from typing import Final

from domain.checks import checked, checked_where_given
from domain.currencies import currency_of
from domain.errors import DomainError, ErrorCode, Problems
from domain.external_accounts import ExternalAccountType
from domain.ids import Prefix
from domain.lifecycles import ExternalAccountStatus
from domain.payouts import PayoutFailureCode
from domain.texts import required_text
from gateways.cards import Card, CardDetails, CardFunding
from gateways.sandbox import card_of, typed_card
from gateways.sandbox.banks import (
    BANK_NAME,
    FAILING_CARD,
    FAILING_CARD_TOKEN,
    Bank,
    BankDetails,
    bank_of,
    failing_card,
    names_bank,
    typed_bank,
)
from models import ExternalAccount
from services.payment_methods.cards import sandbox_name
from services.payouts.drafts import BankAccountDraft, DebitCardDraft, ExternalAccountWords
from services.scope import Scope

HOLDER_LENGTH_MAX: Final = 200
_AT: Final = "externalAccount"


def recognized(scope: Scope, words: ExternalAccountWords, at: datetime) -> ExternalAccount:
    """An external account of the scope's account, not written. Test mode only: no number has a way into live mode."""
    if scope.livemode:
        raise DomainError(
            ErrorCode.TEST_MODE_ONLY,
            "In live mode bank accounts are taken by the gateway's own form; the sandbox's need a test key.",
            _AT,
        )
    try:
        if words.bank_account is not None:
            return _typed_bank(scope, words.bank_account, at)
        if words.card is not None:
            return _typed_card(scope, words.card, at)
        assert words.token is not None
        return _by_token(scope, words.token, at)
    except DomainError as error:
        raise error.under(_AT) from None


def sandbox_bank(scope: Scope, country: str, currency: str) -> ExternalAccount:
    """The sandbox's bank account, as one of that country and currency."""
    known = bank_of("btok_us_verified", fingerprint_key=scope.account_id.encode())
    row = _bank_row(scope, known, scope.clock.now())
    row.country, row.currency = country, currency
    return row


def _by_token(scope: Scope, token: str, at: datetime) -> ExternalAccount:
    key = scope.account_id.encode()
    if names_bank(token):
        return _bank_row(scope, bank_of(token, fingerprint_key=key), at)
    if token == FAILING_CARD_TOKEN:
        return _card_row(scope, failing_card(key), "usd", at, failure=PayoutFailureCode.COULD_NOT_PROCESS)
    try:
        card = card_of(sandbox_name(token), fingerprint_key=key)
    except DomainError:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"The sandbox has neither a bank account nor a card '{token}'; it has btok_us_verified and tok_visa_debit,"
            " and the others of docs/guides/payouts.md.",
            "token",
        ) from None
    return _card_row(scope, _debit(card, "token"), "usd", at)


def _typed_bank(scope: Scope, draft: BankAccountDraft, at: datetime) -> ExternalAccount:
    problems = Problems()
    name = checked_where_given(
        problems, required_text, draft.account_holder_name, HOLDER_LENGTH_MAX, ("bankAccount", "accountHolderName")
    )
    details = BankDetails(draft.country, draft.currency, draft.account_number, draft.routing_number)
    try:
        known = typed_bank(details, fingerprint_key=scope.account_id.encode())
    except DomainError as error:
        problems.add_from(error.under("bankAccount"))
    problems.raise_any()
    row = _bank_row(scope, known, at)
    row.holder_name = name if isinstance(name, str) else None
    row.holder_type = None if draft.account_holder_type is None else draft.account_holder_type.value
    return row


def _typed_card(scope: Scope, draft: DebitCardDraft, at: datetime) -> ExternalAccount:
    problems = Problems()
    currency = checked(problems, currency_of, draft.currency, ("card", "currency"))
    name = checked_where_given(problems, required_text, draft.name, HOLDER_LENGTH_MAX, ("card", "name"))
    problems.raise_any()
    assert currency is not None
    key = scope.account_id.encode()
    failure = None
    if draft.number.replace(" ", "") == FAILING_CARD:
        card, failure = failing_card(key, draft.exp_month, draft.exp_year), PayoutFailureCode.COULD_NOT_PROCESS
    else:
        details = CardDetails(draft.number, draft.exp_month, draft.exp_year, draft.cvc)
        try:
            card = typed_card(details, on=at.date(), fingerprint_key=key).card
        except DomainError as error:
            raise error.under("card") from None
    row = _card_row(scope, _debit(card, "card"), currency, at, failure=failure)
    row.holder_name = name if isinstance(name, str) else None
    return row


def _debit(card: Card, param: str) -> Card:
    if card.funding is not CardFunding.DEBIT:
        raise DomainError(
            ErrorCode.BANK_ACCOUNT_UNUSABLE,
            f"The card ending in {card.last4} is a {card.funding} card; money is paid out to debit cards alone.",
            param,
        )
    return card


def _bank_row(scope: Scope, bank: Bank, at: datetime) -> ExternalAccount:
    return ExternalAccount(
        id=scope.ids.new(Prefix.BANK_ACCOUNT),
        created_at=at,
        type=ExternalAccountType.BANK_ACCOUNT,
        status=ExternalAccountStatus.VALIDATED if bank.is_validated else ExternalAccountStatus.NEW,
        country=bank.country,
        currency=bank.currency,
        last4=bank.last4,
        fingerprint=bank.fingerprint,
        bank_name=BANK_NAME,
        routing_number=bank.routing_number,
        sandbox_failure=None if bank.failure is None else bank.failure.value,
        account_id=scope.account_id,
        livemode=scope.livemode,
    )


def _card_row(
    scope: Scope, card: Card, currency: str, at: datetime, *, failure: PayoutFailureCode | None = None
) -> ExternalAccount:
    return ExternalAccount(
        id=scope.ids.new(Prefix.CARD),
        created_at=at,
        type=ExternalAccountType.CARD,
        status=ExternalAccountStatus.NEW,
        country=card.country,
        currency=currency,
        last4=card.last4,
        fingerprint=card.fingerprint,
        brand=card.brand.value,
        funding=card.funding.value,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        sandbox_failure=None if failure is None else failure.value,
        account_id=scope.account_id,
        livemode=scope.livemode,
    )
