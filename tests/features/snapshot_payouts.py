"""Subjects for the snapshot tests: balances, payouts, top-ups, and where money is paid out to."""

from collections.abc import Callable
from typing import Any

import stripe
from stripe import StripeObject

from domain.event_types import EventType
from models import Account, ExternalAccount, Payout, Topup
from services.aggregates import WholeBalance
from services.availability import Amount, Balance
from services.snapshots import Subject
from tests.features.snapshot_facts import NEXT, OWNER


def balance(full: bool) -> WholeBalance:
    """Two currencies, of which a part is kept back for what accounts owe; bare, nothing ever moved."""
    usd = Amount(1426, "usd")
    known = Balance([Amount(-5, "eur"), usd], [Amount(0, "eur"), usd], [Amount(30, "usd")]) if full else Balance([], [])
    return WholeBalance(Account(id="acct_1", created_at=NEXT), known, livemode=False)


def payout(full: bool) -> Payout:
    """A payout that came back; bare, one that is to go."""
    more: dict[str, Any] = {
        "status": "failed",
        "automatic": True,
        "description": "Weekly",
        "statement_descriptor": "PIXELS",
        "balance_transaction_id": "txn_1",
        "failure_balance_transaction_id": "txn_2",
        "failure_code": "no_account",
        "failure_message": "There is no such account at the bank.",
        "metadata": {"run": "7"},
    }
    return Payout(
        id="po_1",
        amount=1426,
        currency="usd",
        destination_id="ba_1",
        type="bank_account",
        method="standard",
        arrives_at=NEXT,
        **OWNER,
        **(more if full else {"status": "pending"}),
    )


def topup(full: bool) -> Topup:
    """Money that is there; bare, money that was called in."""
    more = {
        "status": "succeeded",
        "description": "Float",
        "transfer_group": "ORDER_1",
        "balance_transaction_id": "txn_1",
    }
    return Topup(id="tu_1", amount=5000, currency="usd", **OWNER, **(more if full else {"status": "pending"}))


def bank_account(full: bool) -> ExternalAccount:
    """A bank account that nothing more is paid out to; bare, a new one with an IBAN."""
    more = {
        "status": "errored",
        "routing_number": "110000000",
        "holder_name": "Ada",
        "holder_type": "individual",
        "default_for_currency": True,
        "metadata": {"branch": "1"},
    }
    return ExternalAccount(
        id="ba_1",
        type="bank_account",
        country="US",
        currency="usd",
        last4="6789",
        fingerprint="ab",
        bank_name="SANDBOX TEST BANK",
        **OWNER,
        **(more if full else {"status": "new"}),
    )


def debit_card(full: bool) -> ExternalAccount:
    """A debit card."""
    return ExternalAccount(
        id="card_1",
        type="card",
        status="new",
        country="US",
        currency="usd",
        last4="5556",
        fingerprint="cd",
        brand="visa" if full else "unknown",
        funding="debit",
        exp_month=12,
        exp_year=2034,
        holder_name="Ada" if full else None,
        **OWNER,
    )


PAYOUT_KINDS: dict[str, tuple[Callable[[bool], Subject], type[StripeObject], EventType]] = {
    "balance": (balance, stripe.Balance, EventType.BALANCE_AVAILABLE),
    "payout": (payout, stripe.Payout, EventType.PAYOUT_CREATED),
    "topup": (topup, stripe.Topup, EventType.TOPUP_CREATED),
    "bank_account": (bank_account, stripe.BankAccount, EventType.ACCOUNT_EXTERNAL_ACCOUNT_CREATED),
    "card": (debit_card, stripe.Card, EventType.ACCOUNT_EXTERNAL_ACCOUNT_UPDATED),
}
