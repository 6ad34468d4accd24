"""What is taken back of invoices: credit notes and their lines."""

from datetime import datetime

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
    quantity = fields.BigIntField(null=True)
    unit_amount_decimal = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "credit_note_lines"
