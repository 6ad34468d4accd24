"""Transfers, what arrives of them, and the fees of platforms, as Stripe shows them."""

from domain.accounts import application_id_of
from models import ApplicationFeeRefund, TransferReversal
from services.aggregates import WholeApplicationFee, WholeDestinationPayment, WholeTransfer
from services.snapshots.shapes import Snapshot, billing_details_of, list_of, seconds


def transfer_snapshot(transfer: WholeTransfer) -> Snapshot:
    """Money that was sent to another account (minor units), with everything that came back of it."""
    row = transfer.row
    reversals = [_reversal(each) for each in reversed(transfer.reversals)]
    return {
        "id": row.id,
        "object": "transfer",
        "amount": row.amount,
        "amount_reversed": transfer.amount_reversed,
        "balance_transaction": row.balance_transaction_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "description": row.description,
        "destination": row.destination_id,
        "destination_payment": row.destination_payment_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "reversals": list_of(reversals, f"/v1/transfers/{row.id}/reversals"),
        "reversed": transfer.left == 0,
        "source_transaction": row.source_charge_id,
        "source_type": "card",
        "transfer_group": row.transfer_group,
    }


def _reversal(row: TransferReversal) -> Snapshot:
    return {
        "id": row.id,
        "object": "transfer_reversal",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "destination_payment_refund": None,
        "metadata": dict(row.metadata),
        "source_refund": row.source_refund_id,
        "transfer": row.transfer_id,
    }


def application_fee_snapshot(fee: WholeApplicationFee) -> Snapshot:
    """What a platform keeps of a payment to one of its accounts (minor units), with what it gave back."""
    row = fee.row
    refunds = [_fee_refund(each) for each in reversed(fee.refunds)]
    return {
        "id": row.id,
        "object": "application_fee",
        "account": row.charged_account_id,
        "amount": row.amount,
        "amount_refunded": fee.amount_refunded,
        "application": application_id_of(row.account_id, livemode=row.livemode),
        "balance_transaction": row.balance_transaction_id,
        "charge": row.destination_payment_id or row.charge_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "fee_source": {"charge": row.charge_id, "type": "charge"},
        "livemode": row.livemode,
        "originating_transaction": None if row.destination_payment_id is None else row.charge_id,
        "refunded": fee.left == 0,
        "refunds": list_of(refunds, f"/v1/application_fees/{row.id}/refunds"),
    }


def _fee_refund(row: ApplicationFeeRefund) -> Snapshot:
    return {
        "id": row.id,
        "object": "fee_refund",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "fee": row.fee_id,
        "metadata": dict(row.metadata),
    }


_PAYMENT_WITHOUT = dict.fromkeys(
    (
        "application",
        "authorization_code",
        "customer",
        "failure_balance_transaction",
        "failure_code",
        "failure_message",
        "on_behalf_of",
        "outcome",
        "payment_intent",
        "payment_method",
        "payment_method_details",
        "receipt_email",
        "receipt_number",
        "receipt_url",
        "review",
        "shipping",
        "source",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    )
)
"""Fields of a charge that what arrives by a transfer does not have."""


def destination_payment_snapshot(payment: WholeDestinationPayment) -> Snapshot:
    """What arrived of a transfer (minor units): for its account a charge whose source is another account."""
    row = payment.row
    return {
        **_PAYMENT_WITHOUT,
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount,
        "amount_refunded": payment.amount_refunded,
        "application_fee": row.application_fee_id,
        "application_fee_amount": payment.application_fee_amount,
        "balance_transaction": row.balance_transaction_id,
        "billing_details": billing_details_of({}),
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "description": row.description,
        "disputed": False,
        "fraud_details": {},
        "livemode": row.livemode,
        "metadata": {},
        "paid": True,
        "radar_options": {},
        "refunded": payment.amount_refunded >= row.amount,
        "source_transfer": row.source_transfer_id,
        "status": "succeeded",
    }
