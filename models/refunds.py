"""Money given back."""

from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, restrict
from models.payments import Charge


class Refund(Described):
    """Part or all of a charge on its way back. Its id is the gateway's idempotency key."""

    charge: ForeignKeyRelation[Charge] = restrict("models.Charge")
    charge_id: str
    payment_intent_id = fields.CharField(max_length=40, db_index=True)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    reason = fields.CharField(max_length=25, null=True)
    status = fields.CharField(max_length=16)
    failure_reason = fields.CharField(max_length=60, null=True)
    reverse_transfer = fields.BooleanField(default=False)
    """Whether shares of the charge come back with it, in proportion."""
    refund_application_fee = fields.BooleanField(default=False)
    """Whether the platform's fee goes back with it, in proportion."""
    transfer_reversal_id = fields.CharField(max_length=40, null=True)
    """The reversal that it brought about, the first where there are several."""
    credit_note_id = fields.CharField(max_length=40, null=True, db_index=True)
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    failure_balance_transaction_id = fields.CharField(max_length=40, null=True)
    request: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))

    class Meta:
        table = "refunds"
        indexes = (("account_id", "livemode", "id"),)
