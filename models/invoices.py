"""What is asked of customers: invoices and their lines."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.models import Model

from models.base import Described, Owned, instant, restrict
from models.customers import Customer
from models.subscriptions import Subscription


class Invoice(Described):
    """A demand for payment. Once finalized its amounts never change."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    subscription: ForeignKeyRelation[Subscription] | None = restrict("models.Subscription", null=True)
    subscription_id: str | None
    cycle = fields.IntField(null=True)
    """The subscription's period that this invoice opens; unique per subscription, so no period is billed twice."""
    status = fields.CharField(max_length=14)
    number = fields.CharField(max_length=40, null=True)
    currency = fields.CharField(max_length=3)
    billing_reason = fields.CharField(max_length=25)
    collection_method = fields.CharField(max_length=24)
    auto_advance = fields.BooleanField(default=True)
    period_start: datetime = instant()
    period_end: datetime = instant()
    subtotal = fields.BigIntField()
    """The sum of the lines, before discounts and exclusive tax."""
    total = fields.BigIntField()
    """What is asked for: discounts taken off, all tax within."""
    total_excluding_tax = fields.BigIntField()
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of the discounts that apply to all lines, in order; those of lines are named there."""
    total_discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """By how much each discount lowers it: `discount` and `amount`."""
    pretax_credits: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What prepaid credit paid of it, as on the lines; empty until it is finalized."""
    default_tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of the tax rates of lines that have none of their own."""
    total_taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What each tax rate comes to, as on the lines."""
    automatic_tax = fields.BooleanField(default=False)
    """Whether tax is worked out from where the customer is."""
    tax_liability_id = fields.CharField(max_length=40, null=True)
    """The account that owes that tax and whose registrations decide; null where it is the one that charges."""
    automatic_tax_status = fields.CharField(max_length=30, null=True)
    starting_balance = fields.BigIntField(default=0)
    ending_balance = fields.BigIntField(null=True)
    amount_due = fields.BigIntField()
    amount_paid = fields.BigIntField(default=0)
    amount_paid_out_of_band = fields.BigIntField(default=0)
    """The part of what was paid that came elsewhere."""
    amount_overpaid = fields.BigIntField(default=0)
    """What came in beyond what was due; it went to the customer's balance."""
    pre_payment_credit_notes_amount = fields.BigIntField(default=0)
    """By how much credit notes lowered `amount_due`; those that are void do not count."""
    post_payment_credit_notes_amount = fields.BigIntField(default=0)
    """What credit notes gave back after it was paid."""
    has_several_payments = fields.BooleanField(default=False)
    """Whether any payment but the default one was ever asked for or written down."""
    attempt_count = fields.IntField(default=0)
    attempted = fields.BooleanField(default=False)
    paid_out_of_band = fields.BooleanField(default=False)
    next_payment_attempt: datetime | None = instant(null=True)
    collection_paused = fields.CharField(max_length=18, null=True)
    """How collection was paused when the draft was made; null when it was not."""
    first_failed_at: datetime | None = instant(null=True)
    """When it could not be collected for the first time; it stays, also once the invoice is paid."""
    automatically_finalizes_at: datetime | None = instant(null=True)
    customer_snapshot: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """Name, e-mail, phone, address, shipping, exemption, locales and tax ids as they were at finalization."""
    due_date: datetime | None = instant(null=True)
    """When it is to be paid at the latest; null where the payment method on file is charged."""
    overdue_at: datetime | None = instant(null=True)
    """When its due date had passed while it was open."""
    last_finalization_error: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Code, type and message of why it could not be finalized, and how often in a row; null once it could."""
    statement_descriptor = fields.CharField(max_length=22, null=True)
    default_payment_method_id = fields.CharField(max_length=40, null=True)
    description = fields.CharField(max_length=1000, null=True)
    footer = fields.TextField(null=True)
    custom_fields: list[dict[str, str]] = cast(Any, fields.JSONField[list[dict[str, str]]](default=list))
    sharing: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Who else has a part in it (`domain/sharing.py`); null where nobody has."""
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    transfer_failure_reason = fields.CharField(max_length=40, null=True)
    """Why nothing was transferred of what paid it, as a code."""
    payment_intent_id = fields.CharField(max_length=40, null=True)
    finalized_at: datetime | None = instant(null=True)
    paid_at: datetime | None = instant(null=True)
    voided_at: datetime | None = instant(null=True)
    marked_uncollectible_at: datetime | None = instant(null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "invoices"
        indexes = (("account_id", "livemode", "id"), ("account_id", "livemode", "status", "id"))
        unique_together = (("subscription_id", "cycle"), ("account_id", "livemode", "number"))


class InvoiceCounter(Model):
    """The last number given per account and mode, where an account numbers all its invoices in one sequence."""

    id = fields.CharField(primary_key=True, max_length=60)
    account_id = fields.CharField(max_length=40)
    livemode = fields.BooleanField()
    value = fields.BigIntField()

    class Meta:
        table = "invoice_counters"


class InvoiceLine(Described):
    """One amount on an invoice and how it came about."""

    invoice: ForeignKeyRelation[Invoice] = restrict("models.Invoice")
    invoice_id: str
    position = fields.IntField()
    description = fields.CharField(max_length=500)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    quantity = fields.BigIntField()
    unit_amount_decimal = fields.CharField(max_length=40, null=True)
    price_id = fields.CharField(max_length=40, null=True)
    product_id = fields.CharField(max_length=40, null=True)
    subscription_item_id = fields.CharField(max_length=40, null=True)
    invoice_item_id = fields.CharField(max_length=40, null=True)
    usage_period_id = fields.CharField(max_length=40, null=True)
    """The time whose usage it bills, counted anew when its invoice is finalized."""
    proration = fields.BooleanField(default=False)
    period_start: datetime = instant()
    period_end: datetime = instant()
    calculation: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    discountable = fields.BooleanField(default=True)
    """Whether discounts of the invoice apply to it."""
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own discounts, which apply before those of the invoice."""
    discount_amounts: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """By how much each discount lowers it, in order: `discount` and `amount`."""
    tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own tax rates, instead of those of the invoice."""
    taxed_as: list[dict[str, Any]] | None = cast(Any, fields.JSONField[list[dict[str, Any]]](null=True))
    """How what it gives back was taxed, in place of all rates; null where it is taxed like anything else."""
    pretax_credits: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What prepaid credit paid of it: `credit_grant`, `amount`, `credit_balance_transaction`."""
    taxes: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """What each tax rate comes to: `tax_rate`, `amount`, `taxable_amount`, `tax_behavior`, `taxability_reason`."""

    class Meta:
        table = "invoice_lines"


class OutOfBandPayment(Owned):
    """Money for an invoice that came elsewhere. It is never taken back; amounts in minor units."""

    invoice: ForeignKeyRelation[Invoice] = restrict("models.Invoice")
    invoice_id: str
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)

    class Meta:
        table = "out_of_band_payments"


class InvoiceItem(Described):
    """An amount that waits for the next invoice of its customer or subscription, or stands on one."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    subscription: ForeignKeyRelation[Subscription] | None = restrict("models.Subscription", null=True)
    subscription_id: str | None
    """Null lets it wait for the next invoice of the customer, whatever that is for."""
    subscription_item_id = fields.CharField(max_length=40, null=True)
    invoice_id = fields.CharField(max_length=40, null=True)
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    pending = fields.BooleanField(default=True)
    """Whether no invoice has taken it up yet."""
    aimed = fields.BooleanField(default=False)
    """Whether it was made for the invoice that it stands on, and goes with it when that is deleted."""
    description = fields.CharField(max_length=500)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    quantity = fields.BigIntField()
    unit_amount_decimal = fields.CharField(max_length=40, null=True)
    price_id = fields.CharField(max_length=40, null=True)
    product_id = fields.CharField(max_length=40, null=True)
    proration = fields.BooleanField(default=False)
    period_start: datetime = instant()
    period_end: datetime = instant()
    calculation: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    discountable = fields.BooleanField(default=True)
    """Whether discounts of its invoice apply to it."""
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own discounts, which apply before those of its invoice."""
    tax_rates: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of its own tax rates, instead of those of its invoice."""
    taxed_as: list[dict[str, Any]] | None = cast(Any, fields.JSONField[list[dict[str, Any]]](null=True))
    """How what it gives back was taxed, in place of all rates; null where it is taxed like anything else."""
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "invoice_items"
        indexes = (("account_id", "livemode", "id"),)
