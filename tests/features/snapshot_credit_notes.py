"""The credit notes of the snapshot tests."""

from typing import Any

from models import CreditNote, CreditNoteLine, Refund
from services.aggregates import WholeCreditNote
from tests.features.snapshot_facts import ANCHOR, NEXT, OWNER

TAX = {
    "tax_rate": "txr_1",
    "amount": 239,
    "taxable_amount": 1261,
    "percentage": "19",
    "tax_behavior": "exclusive",
    "taxability_reason": "standard_rated",
}


def credit_note(full: bool) -> WholeCreditNote:
    """15.00 USD of the paid invoice, most of it refunded; bare, an amount by which less is due."""
    more: dict[str, Any] = {
        "reason": "order_change",
        "memo": "Sorry.",
        "refund_amount": 1000,
        "credit_amount": 300,
        "out_of_band_amount": 200,
        "customer_balance_transaction_id": "cbtxn_1",
        "voided_at": NEXT,
        "test_clock_id": "clock_1",
        "metadata": {"why": "late"},
    }
    less = {"refund_amount": 0, "credit_amount": 0, "out_of_band_amount": 0}
    row = CreditNote(
        id="cn_1",
        customer_id="cus_1",
        invoice_id="in_1",
        sequence=1,
        number="ABC-0001-CN-01",
        status="issued",
        type="post_payment" if full else "pre_payment",
        currency="usd",
        amount=1500,
        subtotal=1400,
        total_excluding_tax=1261,
        total_discount_amounts=[{"discount": "di_1", "amount": 139}] if full else [],
        total_taxes=[TAX] if full else [],
        pre_payment_amount=0 if full else 1500,
        effective_at=ANCHOR,
        **OWNER,
        **(more if full else less),
    )
    line = CreditNoteLine(
        id="cnli_1",
        credit_note_id="cn_1",
        position=0,
        type="invoice_line_item",
        invoice_line_id="il_1",
        description="3 × Basic",
        amount=1400,
        total=1500,
        discount_amounts=[{"discount": "di_1", "amount": 139}],
        taxes=[TAX],
        quantity=1,
        unit_amount_decimal="1500",
        **OWNER,
    )
    return WholeCreditNote(row, [line] if full else [], [_refund()] if full else [])


def _refund() -> Refund:
    """5.00 USD that went back."""
    return Refund(
        id="re_1", charge_id="ch_1", payment_intent_id="pi_1", amount=500, currency="usd", status="succeeded", **OWNER
    )
