"""Balances, payouts, top-ups and external accounts as Stripe shows them."""

from collections.abc import Sequence
from typing import Any, Final

from domain.external_accounts import ExternalAccountType
from models import ExternalAccount, Payout, Topup
from services.aggregates import WholeBalance
from services.availability import Amount
from services.snapshots.shapes import Snapshot, seconds

_BRANDS: Final = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


def balance_snapshot(whole: WholeBalance) -> Snapshot:
    """What an account owns in one world, by currency."""
    balance = whole.balance
    shown: Snapshot = {
        "object": "balance",
        "available": _amounts(balance.available, "card"),
        "livemode": whole.livemode,
        "pending": _amounts(balance.pending, "card"),
    }
    if balance.connect_reserved:
        shown["connect_reserved"] = _amounts(balance.connect_reserved)
    return shown


def payout_snapshot(row: Payout) -> Snapshot:
    """Money on its way to a bank account or debit card."""
    return {
        "id": row.id,
        "object": "payout",
        "amount": row.amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": seconds(row.arrives_at),
        "automatic": row.automatic,
        "balance_transaction": row.balance_transaction_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "description": row.description,
        "destination": row.destination_id,
        "failure_balance_transaction": row.failure_balance_transaction_id,
        "failure_code": row.failure_code,
        "failure_message": row.failure_message,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "method": row.method,
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": row.statement_descriptor,
        "status": row.status,
        "trace_id": None,
        "type": row.type,
    }


def topup_snapshot(row: Topup) -> Snapshot:
    """Money that was called in."""
    return {
        "id": row.id,
        "object": "topup",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "description": row.description,
        "expected_availability_date": seconds(row.created_at),
        "failure_code": None,
        "failure_message": None,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "source": None,
        "statement_descriptor": row.statement_descriptor,
        "status": row.status,
        "transfer_group": row.transfer_group,
    }


def external_account_snapshot(row: ExternalAccount) -> Snapshot:
    """Where an account is paid out to: a `bank_account` or a `card`."""
    shared: dict[str, Any] = {
        "id": row.id,
        "object": row.type,
        "account": row.account_id,
        "available_payout_methods": payout_methods_of(row),
        "country": row.country,
        "currency": row.currency,
        "default_for_currency": row.default_for_currency,
        "fingerprint": row.fingerprint,
        "last4": row.last4,
        "metadata": dict(row.metadata),
        "status": row.status,
    }
    return shared | (_bank_account(row) if row.type == ExternalAccountType.BANK_ACCOUNT else _card(row))


def payout_methods_of(row: ExternalAccount) -> list[str]:
    """How money reaches it."""
    return ["standard"] if row.type == ExternalAccountType.BANK_ACCOUNT else ["standard", "instant"]


def _bank_account(row: ExternalAccount) -> Snapshot:
    return {
        "account_holder_name": row.holder_name,
        "account_holder_type": row.holder_type,
        "account_type": None,
        "bank_name": row.bank_name,
        "future_requirements": _nothing_due(),
        "requirements": _nothing_due(),
        "routing_number": row.routing_number,
    }


def _card(row: ExternalAccount) -> Snapshot:
    unknown = ("city", "country", "line1", "line1_check", "line2", "state", "zip", "zip_check")
    return {
        **{f"address_{name}": None for name in unknown},
        "allow_redisplay": None,
        "brand": _BRANDS.get(row.brand or "", "Unknown"),
        "cvc_check": None,
        "dynamic_last4": None,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "funding": row.funding,
        "name": row.holder_name,
        "regulated_status": None,
        "tokenization_method": None,
    }


def _nothing_due() -> Snapshot:
    return {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}


def _amounts(amounts: Sequence[Amount], source: str | None = None) -> list[Snapshot]:
    return [
        {"amount": each.amount, "currency": each.currency}
        | ({} if source is None else {"source_types": {source: each.amount}})
        for each in amounts
    ]
