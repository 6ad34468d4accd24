"""What is taken back of invoices: credit notes and their lines."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict
from models.customers import Customer
from models.invoices import Invoice


class CreditNote(Described):
    """A correction of a finalized invoice; amounts in minor units. Only its status and its texts ever change."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    invoice: ForeignKeyRelation[Invoice] = restrict("models.Invoice")
    invoice_id: str
    sequence = fields.IntField()
    """Its place among the credit notes of its invoice, from 1."""
    number = fields.CharField(max_length=60)
    status = fields.CharField(max_length=10)
    type = fields.CharField(max_length=15)
    reason = fields.CharField(max_length=30, null=True)
    memo = fields.CharField(max_length=5000, null=True)
    currency = fields.CharField(max_length=3)
    amount = fields.BigIntField()
    """What is credited in all: the lines with their discounts and tax."""
    subtotal = fields.BigIntField()
    """The sum of the lines, before discounts and exclusive tax."""
    total_excluding_tax = fields.BigIntField()
    total_discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What of each discount is taken back: `discount` and `amount`."""
    total_taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What of each tax is given back, as on invoices."""
    pretax_credits: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """Its share of what prepaid credit had paid, as on invoices; nobody gets that back."""
    pre_payment_amount = fields.BigIntField()
    refund_amount = fields.BigIntField()
    credit_amount = fields.BigIntField()
    out_of_band_amount = fields.BigIntField()
    customer_balance_transaction_id = fields.CharField(max_length=40, null=True)
    effective_at: datetime = instant()
    voided_at: datetime | None = instant(null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "credit_notes"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("invoice_id", "sequence"), ("account_id", "livemode", "number"))

    @property
    def post_payment_amount(self) -> int:
        """What was given back, in whatever way."""
        return int(self.refund_amount + self.credit_amount + self.out_of_band_amount)


class CreditNoteLine(Described):
    """What a credit note credits; a negative amount is one that the invoice had given back."""

    credit_note: ForeignKeyRelation[CreditNote] = restrict("models.CreditNote")
    credit_note_id: str
    position = fields.IntField()
    type = fields.CharField(max_length=20)
    invoice_line_id = fields.CharField(max_length=40, null=True, db_index=True)
    description = fields.CharField(max_length=500)
    amount = fields.BigIntField()
    """A part of the line's amount, before discounts and exclusive tax."""
    total = fields.BigIntField()
    """What is credited with it: the amount less its share of discounts, with its share of exclusive tax."""
    discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    quantity = fields.BigIntField(null=True)
    unit_amount_decimal = fields.CharField(max_length=40, null=True)
    pretax_credits: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """Its share of what prepaid credit had paid of the line."""

    class Meta:
        table = "credit_note_lines"
