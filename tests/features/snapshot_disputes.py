"""Disputes for the snapshot tests."""

from models import BalanceTransaction, Charge, Dispute
from services.aggregates import WholeDispute
from tests.features.snapshot_facts import ANCHOR, CARD, NEXT, OWNER


def dispute(full: bool) -> WholeDispute:
    """A dispute about 15.00 USD that was won; bare, an inquiry to which nothing was said."""
    more = {
        "status": "won",
        "reason": "fraudulent",
        "network_reason_code": "10.4",
        "evidence": {"customer_name": "Ada", "uncategorized_text": "winning_evidence"},
        "submission_count": 1,
        "balance_transaction_id": "txn_1",
        "reinstatement_balance_transaction_id": "txn_2",
        "metadata": {"case": "7"},
    }
    row = Dispute(
        id="dp_1",
        charge_id="ch_1",
        payment_intent_id="pi_1",
        amount=1500,
        currency="usd",
        gateway_reference="sandbox:ch_1:dispute",
        due_by=NEXT,
        **OWNER,
        **(more if full else {"status": "warning_needs_response", "reason": "general"}),
    )
    charge = Charge(
        id="ch_1", payment_intent_id="pi_1", payment_method_id="pm_1", amount=1500, currency="usd", card=CARD, **OWNER
    )
    return WholeDispute(row, charge, [_taken(), _given_back()] if full else [])


def _taken() -> BalanceTransaction:
    fee = {"type": "dispute_fee", "description": "Dispute fee", "amount": 1500, "currency": "usd"}
    return _movement("txn_1", -1500, fee=1500, net=-3000, fee_details=[fee])


def _given_back() -> BalanceTransaction:
    return _movement("txn_2", 1500, fee=0, net=1500, reinstates=True)


def _movement(identifier: str, amount: int, **more: object) -> BalanceTransaction:
    return BalanceTransaction(
        id=identifier,
        type="adjustment",
        amount=amount,
        currency="usd",
        source_id="dp_1",
        available_at=ANCHOR,
        **OWNER,
        **more,
    )
