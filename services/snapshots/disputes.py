"""Disputes as Stripe shows them."""

from domain.disputes import EVIDENCE_TEXTS, case_type_of, is_refundable, submission_of
from models import BalanceTransaction, Dispute
from services.aggregates import WholeDispute
from services.snapshots.shapes import Snapshot, seconds

_FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
"""Evidence of Stripe's that is a file; ours is text."""


def dispute_snapshot(whole: WholeDispute) -> Snapshot:
    """What a cardholder holds against a charge (minor units), with the movements of its money."""
    row = whole.row
    return {
        "id": row.id,
        "object": "dispute",
        "amount": row.amount,
        "balance_transactions": [_movement(each) for each in whole.movements],
        "charge": row.charge_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "enhanced_eligibility_types": [],
        "evidence": _evidence(row),
        "evidence_details": {
            "due_by": seconds(row.due_by),
            "enhanced_eligibility": {},
            "has_evidence": bool(row.evidence),
            "past_due": row.past_due,
            "submission_count": row.submission_count,
            "submission_method": submission_of(row.submission_count).value,
        },
        "intended_submission_method": None,
        "is_charge_refundable": is_refundable(row.status),
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "network_reason_code": row.network_reason_code,
        "payment_intent": row.payment_intent_id,
        "payment_method_details": {"card": _card(whole), "type": "card"},
        "reason": row.reason,
        "status": row.status,
    }


def _evidence(row: Dispute) -> Snapshot:
    """Every text that Stripe knows, and null where nothing was said."""
    texts: Snapshot = {name: row.evidence.get(name) for name in EVIDENCE_TEXTS}
    return {**texts, **dict.fromkeys(_FILES), "appeal": None, "enhanced_evidence": {}}


def _card(whole: WholeDispute) -> Snapshot:
    brand = whole.charge.card.get("brand")
    return {
        "brand": brand,
        "case_type": case_type_of(whole.row.status).value,
        "network": brand,
        "network_reason_code": whole.row.network_reason_code,
    }


def _movement(row: BalanceTransaction) -> Snapshot:
    """A movement of the dispute's money, which is available at once."""
    return {
        "id": row.id,
        "object": "balance_transaction",
        "amount": row.amount,
        "available_on": seconds(row.available_at),
        "balance_type": "payments",
        "created": seconds(row.created_at),
        "currency": row.currency,
        "description": row.description,
        "exchange_rate": None,
        "fee": row.fee,
        "fee_details": [
            {
                "amount": each["amount"],
                "application": None,
                "currency": each["currency"],
                "description": each["description"],
                "type": "stripe_fee",
            }
            for each in row.fee_details
        ],
        "net": row.net,
        "reporting_category": "dispute_reversal" if row.reinstates else "dispute",
        "source": row.source_id,
        "status": "available",
        "type": row.type,
    }
