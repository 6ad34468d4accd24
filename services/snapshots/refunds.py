"""Refunds as Stripe shows them."""

from models import Refund
from services.snapshots.shapes import Snapshot, seconds


def refund_snapshot(row: Refund) -> Snapshot:
    """Part or all of a charge (minor units) on its way back to the card."""
    return {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "charge": row.charge_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "destination_details": {
            "card": {
                "reference": None,
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "failure_balance_transaction": row.failure_balance_transaction_id,
        "failure_reason": row.failure_reason,
        "metadata": dict(row.metadata),
        "payment_intent": row.payment_intent_id,
        "pending_reason": None,
        "reason": row.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": row.status,
        "transfer_reversal": row.transfer_reversal_id,
    }
