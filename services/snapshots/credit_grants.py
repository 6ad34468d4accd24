"""Prepaid credit and its journal as Stripe shows them."""

from domain.credit_grants import CreditBalanceTransactionType, CreditCause, DebitCause
from models import CreditBalanceTransaction, CreditGrant
from services.snapshots.shapes import Snapshot, seconds


def credit_grant_snapshot(row: CreditGrant) -> Snapshot:
    """Prepaid credit of a customer. What is left of it is told by its journal."""
    scope: Snapshot = {"prices": [{"id": each} for each in row.prices]}
    if row.price_type is not None:
        scope = {"price_type": row.price_type}
    return {
        "id": row.id,
        "object": "billing.credit_grant",
        "amount": _amount(row.amount, row.currency),
        "applicability_config": {"scope": scope},
        "category": row.category,
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "customer_account": None,
        "effective_at": seconds(row.effective_at),
        "expires_at": seconds(row.expires_at),
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "name": row.name,
        "priority": row.priority,
        "test_clock": row.test_clock_id,
        "updated": seconds(row.updated_at),
        "voided_at": seconds(row.voided_at),
    }


def credit_balance_transaction_snapshot(row: CreditBalanceTransaction) -> Snapshot:
    """One line of the journal of a grant: a credit or a debit, of a positive amount."""
    gives = row.amount > 0
    moved: Snapshot = {"amount": _amount(abs(row.amount), row.currency), "type": row.cause}
    line = {"invoice": row.invoice_id, "invoice_line_item": row.invoice_line_id}
    if gives:
        voided = CreditCause.CREDITS_APPLICATION_INVOICE_VOIDED
        moved[voided.value] = line if row.cause == voided else None
    else:
        moved[DebitCause.CREDITS_APPLIED.value] = line if row.cause == DebitCause.CREDITS_APPLIED else None
    return {
        "id": row.id,
        "object": "billing.credit_balance_transaction",
        "created": seconds(row.created_at),
        "credit": moved if gives else None,
        "credit_grant": row.credit_grant_id,
        "debit": None if gives else moved,
        "effective_at": seconds(row.effective_at),
        "livemode": row.livemode,
        "test_clock": row.test_clock_id,
        "type": CreditBalanceTransactionType.CREDIT if gives else CreditBalanceTransactionType.DEBIT,
    }


def _amount(value: int, currency: str) -> Snapshot:
    return {"monetary": {"currency": currency, "value": value}, "type": "monetary"}
