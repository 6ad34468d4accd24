"""Money asked for and received: payment intents and the charges that are their attempts."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict
from models.customers import Customer


class PaymentIntent(Described):
    """The wish to be paid one amount once, through as many attempts as it takes."""

    customer: ForeignKeyRelation[Customer] | None = restrict("models.Customer", null=True)
    customer_id: str | None
    amount = fields.BigIntField()
    amount_received = fields.BigIntField(default=0)
    amount_capturable = fields.BigIntField(default=0)
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=25)
    capture_method = fields.CharField(max_length=10)
    setup_future_usage = fields.CharField(max_length=12, null=True)
    payment_method_id = fields.CharField(max_length=40, null=True)
    invoice_id = fields.CharField(max_length=40, null=True, db_index=True)
    latest_charge_id = fields.CharField(max_length=40, null=True)
    client_secret = fields.CharField(max_length=100)
    description = fields.CharField(max_length=1000, null=True)
    statement_descriptor = fields.CharField(max_length=22, null=True)
    receipt_email = fields.CharField(max_length=512, null=True)
    off_session = fields.BooleanField(default=False)
    next_action = fields.CharField(max_length=30, null=True)
    last_error: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    cancellation_reason = fields.CharField(max_length=25, null=True)
    sharing: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Who else has a part in it (`domain/sharing.py`); null where nobody has."""
    transfer_group = fields.CharField(max_length=200, null=True, db_index=True)
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    canceled_at: datetime | None = instant(null=True)
    succeeded_at: datetime | None = instant(null=True)

    class Meta:
        table = "payment_intents"
        indexes = (("account_id", "livemode", "id"),)


class Charge(Described):
    """One attempt to take money. Written and committed as pending before the gateway hears of it.

    Its id is the gateway's idempotency key, so that whoever resolves it, however often, moves money at most once.
    """

    payment_intent: ForeignKeyRelation[PaymentIntent] = restrict("models.PaymentIntent")
    payment_intent_id: str
    customer_id = fields.CharField(max_length=40, null=True, db_index=True)
    payment_method_id = fields.CharField(max_length=40)
    invoice_id = fields.CharField(max_length=40, null=True, db_index=True)
    amount = fields.BigIntField()
    amount_captured = fields.BigIntField(default=0)
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=10)
    captured = fields.BooleanField(default=False)
    failure_code = fields.CharField(max_length=60, null=True)
    failure_message = fields.CharField(max_length=500, null=True)
    decline_code = fields.CharField(max_length=60, null=True)
    outcome: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    card: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """Brand, last4, expiry and country of the card as it was when charged."""
    statement_descriptor = fields.CharField(max_length=22, null=True)
    description = fields.CharField(max_length=1000, null=True)
    sharing: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Who else has a part in it (`domain/sharing.py`); null where nobody has."""
    transfer_group = fields.CharField(max_length=200, null=True, db_index=True)
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made its payment intent for its account."""
    application_fee_id = fields.CharField(max_length=40, null=True)
    transfer_failure_reason = fields.CharField(max_length=40, null=True)
    """Why nothing was transferred of it, as a code."""
    dispute_id = fields.CharField(max_length=40, null=True)
    """Who disputes it; null where nobody does."""
    gateway_reference = fields.CharField(max_length=120, null=True)
    request: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """What the gateway is told beyond the columns (session, authentication, script), to ask it again alike."""
    balance_transaction_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "charges"
        indexes = (("account_id", "livemode", "id"),)
