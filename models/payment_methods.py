"""How customers pay: payment methods, their set-up, and outcomes scripted for the sandbox."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict
from models.customers import Customer


class PaymentMethod(Described):
    """A card as the gateway knows it. The number itself is never stored; `token` is the gateway's name for it."""

    customer: ForeignKeyRelation[Customer] | None = restrict("models.Customer", null=True)
    customer_id: str | None
    type = fields.CharField(max_length=20)
    token = fields.CharField(max_length=120)
    brand = fields.CharField(max_length=20)
    last4 = fields.CharField(max_length=4)
    exp_month = fields.IntField()
    exp_year = fields.IntField()
    country = fields.CharField(max_length=2, null=True)
    funding = fields.CharField(max_length=10)
    fingerprint = fields.CharField(max_length=40)
    billing_details: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    set_up_at: datetime | None = instant(null=True)
    """When a set-up with the customer present succeeded; some cards then let later charges pass."""
    detached_at: datetime | None = instant(null=True)

    class Meta:
        table = "payment_methods"
        indexes = (("account_id", "livemode", "id"),)


class SandboxOutcome(Owned):
    """The scripted outcome of one coming charge of a payment method, used up in order of ids."""

    payment_method: ForeignKeyRelation[PaymentMethod] = restrict("models.PaymentMethod")
    payment_method_id: str
    outcome = fields.CharField(max_length=40)
    charge_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "sandbox_outcomes"


class SetupIntent(Described):
    """Getting a payment method ready for later charges."""

    customer: ForeignKeyRelation[Customer] | None = restrict("models.Customer", null=True)
    customer_id: str | None
    payment_method_id = fields.CharField(max_length=40, null=True)
    status = fields.CharField(max_length=25)
    usage = fields.CharField(max_length=12)
    client_secret = fields.CharField(max_length=100)
    description = fields.CharField(max_length=1000, null=True)
    cancellation_reason = fields.CharField(max_length=25, null=True)
    last_error: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    next_action = fields.CharField(max_length=30, null=True)
    in_flight_at: datetime | None = instant(null=True)
    """When a verification was handed to the gateway and has not been answered yet."""
    request: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """What the gateway was told and which idempotency claim waits for its answer, to ask it again alike."""

    class Meta:
        table = "setup_intents"
        indexes = (("account_id", "livemode", "id"),)
