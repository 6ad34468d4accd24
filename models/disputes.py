"""Charges that a cardholder holds to be wrong."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict
from models.payments import Charge


class Dispute(Described):
    """A charge, or a part of it, that a bank asks about or has taken back. A charge has one dispute at most."""

    charge: ForeignKeyRelation[Charge] = restrict("models.Charge")
    charge_id: str
    payment_intent_id = fields.CharField(max_length=40, db_index=True)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    reason = fields.CharField(max_length=30)
    status = fields.CharField(max_length=25)
    network_reason_code = fields.CharField(max_length=30, null=True)
    gateway_reference = fields.CharField(max_length=120)
    evidence: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    """Texts by Stripe's names; absent where nothing was said."""
    due_by: datetime = instant()
    submission_count = fields.IntField(default=0)
    past_due = fields.BooleanField(default=False)
    """Whether evidence was handed in after `due_by`."""
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    """The movement that took the money; null as long as it is an inquiry."""
    reinstatement_balance_transaction_id = fields.CharField(max_length=40, null=True)
    """The movement that brought it back, once the dispute was won."""
    request: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """What is in the gateway's hands, and whose idempotency key waits for its answer; empty when nothing is."""

    class Meta:
        table = "disputes"
        indexes = (("account_id", "livemode", "id"),)
