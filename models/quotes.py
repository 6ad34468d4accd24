"""What is offered to customers: quotes and their lines."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict
from models.catalog import Price
from models.customers import Customer


class Quote(Described):
    """An offer that a customer may accept until it expires. Once finalized, what it offers never changes."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    status = fields.CharField(max_length=10)
    number = fields.CharField(max_length=40, null=True)
    sequence = fields.IntField(null=True)
    """Which of the customer's quotes it is; revisions share it. Null until it is finalized, unless it is a revision."""
    revision = fields.IntField(null=True)
    """Which wording of that quote it is, from 1; null until it is finalized."""
    currency = fields.CharField(max_length=3)
    amount_subtotal = fields.BigIntField()
    amount_total = fields.BigIntField()
    discounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What is to be redeemed for all of it on acceptance, in order: coupons, and the codes that name them."""
    total_discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What each discount takes off, over all lines."""
    upfront_subtotal = fields.BigIntField()
    upfront_total = fields.BigIntField()
    recurring_subtotal = fields.BigIntField(null=True)
    """What every period costs; null without a recurring price."""
    recurring_total = fields.BigIntField(null=True)
    recurring_discount = fields.BigIntField(default=0)
    """What discounts that never end take off every period."""
    interval = fields.CharField(max_length=5, null=True)
    interval_count = fields.IntField(null=True)
    default_tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of the tax rates of lines that have none of their own."""
    automatic_tax = fields.BooleanField(default=False)
    """Whether tax is worked out from where the customer is, now and on what comes of it."""
    tax_liability_id = fields.CharField(max_length=40, null=True)
    """The account that owes that tax and whose registrations decide; null where it is the one that charges."""
    automatic_tax_status = fields.CharField(max_length=30, null=True)
    total_taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What each tax comes to over all lines, as on invoices."""
    recurring_taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """The same for every period."""
    collection_method = fields.CharField(max_length=24)
    days_until_due = fields.IntField(null=True)
    """When invoices are due that are sent; null where the payment method on file is charged."""
    expires_at: datetime = instant()
    header = fields.CharField(max_length=50, null=True)
    footer = fields.CharField(max_length=500, null=True)
    description = fields.CharField(max_length=500, null=True)
    trial_period_days = fields.IntField(null=True)
    effective_date: datetime | None = instant(null=True)
    """When the subscription is to begin; null, or past on acceptance, is at once."""
    billing_mode = fields.CharField(max_length=10, default="flexible")
    subscription_description = fields.CharField(max_length=500, null=True)
    subscription_metadata: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    from_quote_id = fields.CharField(max_length=40, null=True)
    """The quote that it was copied from."""
    is_revision = fields.BooleanField(default=False)
    """Whether it is to take that quote's place."""
    finalized_at: datetime | None = instant(null=True)
    accepted_at: datetime | None = instant(null=True)
    canceled_at: datetime | None = instant(null=True)
    subscription_id = fields.CharField(max_length=40, null=True)
    """What came of it; unique, so that no subscription comes of two quotes."""
    invoice_id = fields.CharField(max_length=40, null=True)
    """What came of it when nothing on it recurs; unique as well."""
    schedule_id = fields.CharField(max_length=40, null=True)
    """What came of it when the subscription begins later; unique as well."""
    sharing: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Who else has a part in what comes of it (`domain/sharing.py`); null where nobody has."""
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "quotes"
        indexes = (("account_id", "livemode", "id"), ("account_id", "livemode", "status", "id"))
        unique_together = (
            ("account_id", "livemode", "number"),
            ("customer_id", "sequence", "revision"),
            ("account_id", "livemode", "subscription_id"),
            ("account_id", "livemode", "invoice_id"),
            ("account_id", "livemode", "schedule_id"),
        )


class QuoteLine(Owned):
    """So many units of one price, as they are offered."""

    quote: ForeignKeyRelation[Quote] = restrict("models.Quote")
    quote_id: str
    position = fields.IntField()
    price: ForeignKeyRelation[Price] = restrict("models.Price")
    price_id: str
    price_made = fields.BooleanField(default=False)
    """Whether the price was made for this line alone, and therefore never was active."""
    quantity = fields.BigIntField()
    description = fields.CharField(max_length=500)
    amount_subtotal = fields.BigIntField()
    amount_total = fields.BigIntField()
    tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own tax rates, instead of those of the quote."""
    taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    discounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What is to be redeemed for it alone."""
    discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    currency = fields.CharField(max_length=3)
    calculation: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))

    class Meta:
        table = "quote_lines"
