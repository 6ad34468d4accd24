"""Standing agreements: subscriptions and the prices on them."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict
from models.catalog import Price
from models.customers import Customer


class Subscription(Described):
    """An agreement to be billed again and again. Periods stand on its items and are counted from the anchor."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    status = fields.CharField(max_length=20)
    currency = fields.CharField(max_length=3)
    collection_method = fields.CharField(max_length=24)
    days_until_due = fields.IntField(null=True)
    """How long an invoice may take to be paid where it is sent; null where the payment method on file is charged."""
    billing_cycle_anchor: datetime = instant()
    billing_cycle_anchor_config: dict[str, int | None] | None = cast(
        Any, fields.JSONField[dict[str, int | None]](null=True)
    )
    """On which day and at what time periods were asked to begin; the anchor was worked out from it."""
    start_date: datetime = instant()
    cancel_at: datetime | None = instant(null=True)
    cancel_at_period_end = fields.BooleanField(default=False)
    canceled_at: datetime | None = instant(null=True)
    ended_at: datetime | None = instant(null=True)
    cancellation_details: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    default_payment_method_id = fields.CharField(max_length=40, null=True, db_index=True)
    latest_invoice_id = fields.CharField(max_length=40, null=True)
    description = fields.CharField(max_length=500, null=True)
    cycle = fields.IntField(default=0)
    """Counts what was billed, trials too; an invoice per subscription and cycle is unique. -1 while it begins free."""
    anchor_cycle = fields.IntField(default=0)
    """The cycle whose period begins at the anchor; period `cycle - anchor_cycle` from the anchor is the current one."""
    billing_mode = fields.CharField(max_length=10, default="flexible")
    billing_mode_updated_at: datetime | None = instant(null=True)
    """When it went over to the mode; null while that is the one it began with."""
    has_pending_items = fields.BooleanField(default=False)
    """Whether invoice items, its own or its customer's, may wait for the next invoice; false says that none does."""
    billing_thresholds: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """From which cost on usage is invoiced early, `amount_gte`, and whether a new period begins with that."""
    has_usage = fields.BooleanField(default=False)
    """Whether usage may have to be billed, of an item or of one that is gone; false says that none ever was."""
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its discounts, in the order in which they apply; with none, its customer's apply."""
    has_customer_discounts = fields.BooleanField(default=False)
    """Whether its customer may have a discount; false says that they have none."""
    default_tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of the tax rates of items that have none of their own."""
    automatic_tax = fields.BooleanField(default=False)
    """Whether tax is worked out from where its customer is."""
    tax_liability_id = fields.CharField(max_length=40, null=True)
    """The account that owes that tax and whose registrations decide; null where it is the one that charges."""
    pause_behavior = fields.CharField(max_length=18, null=True)
    """What becomes of invoices while their collection is paused; null while they are collected."""
    pause_resumes_at: datetime | None = instant(null=True)
    trial_start: datetime | None = instant(null=True)
    trial_end: datetime | None = instant(null=True)
    trial_missing_payment_method = fields.CharField(max_length=14, default="create_invoice")
    """What happens when the trial ends and nothing can be charged."""
    scheduled_change: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """A change of items that waits for the end of the period; its renewal carries it out."""
    paused_at: datetime | None = instant(null=True)
    """When it was last paused; why is beside it. Of interest while it is paused."""
    pause_reason = fields.CharField(max_length=40, null=True)
    resumption_invoice_id = fields.CharField(max_length=40, null=True)
    """What has to be paid for it to go on; null unless it is paused and was asked to."""
    schedule_id = fields.CharField(max_length=40, null=True)
    """The schedule that it follows; null when it is free. No foreign key: schedules refer to subscriptions."""
    phase_ends_at: datetime | None = instant(null=True)
    """When the current phase of its schedule ends, repeated here so that a renewal knows what comes before it."""
    pending_update: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """A change that waits until its invoice, which is named beside it, is paid."""
    pending_invoice_id = fields.CharField(max_length=40, null=True)
    sharing: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Who else has a part in what its invoices bring in (`domain/sharing.py`); null where nobody has."""
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    test_clock_id = fields.CharField(max_length=40, null=True)
    """The customer's clock, repeated here so that a group of renewals need not ask for it."""

    class Meta:
        table = "subscriptions"
        indexes = (
            ("account_id", "livemode", "id"),
            ("account_id", "livemode", "status", "id"),
            ("pending_invoice_id",),
        )


class SubscriptionItem(Described):
    """One price on a subscription, with its quantity and its current period."""

    subscription: ForeignKeyRelation[Subscription] = restrict("models.Subscription")
    subscription_id: str
    price: ForeignKeyRelation[Price] = restrict("models.Price")
    price_id: str
    quantity = fields.BigIntField(default=1)
    unit_amount = fields.BigIntField(null=True)
    """What the customer chose to pay for a unit, in minor units, where the price lets them; else null."""
    current_period_start: datetime = instant()
    current_period_end: datetime = instant()
    invoiced_price_id = fields.CharField(max_length=40, null=True)
    """What was invoiced for the rest of the period, where that is not the price and quantity now in force."""
    invoiced_quantity = fields.BigIntField(null=True)
    invoiced_unit_amount = fields.BigIntField(null=True)
    metered_since: datetime | None = instant(null=True)
    """From when on usage is still to be billed, where the price is metered; null where it bills a quantity."""
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own discounts, which apply before those of its subscription."""
    tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own tax rates, instead of those of its subscription."""

    class Meta:
        table = "subscription_items"
