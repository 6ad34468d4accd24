"""Credit notes and their lines as Stripe shows them."""

from models import CreditNoteLine
from services.aggregates import WholeCreditNote
from services.snapshots.invoices import amounts_off, discount_amounts_of, pretax_credits_of, taxes_of
from services.snapshots.shapes import Snapshot, list_of, seconds


def credit_note_snapshot(note: WholeCreditNote) -> Snapshot:
    """A credit note with its lines and refunds, amounts in minor units."""
    row = note.row
    return {
        "id": row.id,
        "object": "credit_note",
        "amount": row.amount,
        "amount_shipping": 0,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "customer_balance_transaction": row.customer_balance_transaction_id,
        "discount_amount": sum(each["amount"] for each in row.total_discount_amounts),
        "discount_amounts": discount_amounts_of(row.total_discount_amounts),
        "effective_at": seconds(row.effective_at),
        "invoice": row.invoice_id,
        "lines": list_of([_line(line) for line in note.lines], f"/v1/credit_notes/{row.id}/lines"),
        "livemode": row.livemode,
        "memo": row.memo,
        "metadata": dict(row.metadata),
        "number": row.number,
        "out_of_band_amount": row.out_of_band_amount or None,
        "pdf": "",
        "post_payment_amount": row.post_payment_amount,
        "pre_payment_amount": row.pre_payment_amount,
        "pretax_credit_amounts": pretax_credits_of(row.total_discount_amounts, row.pretax_credits),
        "reason": row.reason,
        "refunds": [
            {"amount_refunded": each.amount, "payment_record_refund": None, "refund": each.id, "type": "refund"}
            for each in note.refunds
        ],
        "shipping_cost": None,
        "status": row.status,
        "subtotal": row.subtotal,
        "subtotal_excluding_tax": row.total_excluding_tax
        + amounts_off(row.total_discount_amounts)
        + amounts_off(row.pretax_credits),
        "total": row.amount,
        "total_excluding_tax": row.total_excluding_tax,
        "total_taxes": taxes_of(row.total_taxes),
        "type": row.type,
        "voided_at": seconds(row.voided_at),
    }


def _line(row: CreditNoteLine) -> Snapshot:
    """What is credited; a whole unit amount is told as a number too."""
    unit = row.unit_amount_decimal
    return {
        "id": row.id,
        "object": "credit_note_line_item",
        "amount": row.amount,
        "description": row.description,
        "discount_amount": sum(each["amount"] for each in row.discount_amounts),
        "discount_amounts": discount_amounts_of(row.discount_amounts),
        "invoice_line_item": row.invoice_line_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "pretax_credit_amounts": pretax_credits_of(row.discount_amounts, row.pretax_credits),
        "quantity": row.quantity,
        "tax_rates": [],
        "taxes": taxes_of(row.taxes),
        "type": row.type,
        "unit_amount": int(unit) if unit is not None and unit.lstrip("-").isdigit() else None,
        "unit_amount_decimal": unit,
    }
