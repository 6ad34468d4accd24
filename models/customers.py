"""Who pays: customers, their tax ids and the journal of their credit balance."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict
from models.clocks import TestClock


class Customer(Described):
    """Someone who is billed. Nothing but the id is required; a deleted one remains as a row."""

    represents_account_id = fields.CharField(max_length=40, null=True, unique=True)
    """The connected account that it stands for, which its platform bills; one customer for each at the most."""
    email = fields.CharField(max_length=512, null=True)
    email_folded = fields.CharField(max_length=1024, null=True)
    """The e-mail in lower case: finds customers whichever way it is written. Lower case may be twice as long."""
    name = fields.CharField(max_length=256, null=True)
    phone = fields.CharField(max_length=20, null=True)
    description = fields.CharField(max_length=500, null=True)
    address: dict[str, str] | None = cast(Any, fields.JSONField[dict[str, str]](null=True))
    shipping: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    tax_exempt = fields.CharField(max_length=8, default="none")
    preferred_locales: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    currency = fields.CharField(max_length=3, null=True)
    """Set by the first subscription or invoice; one currency while anything is in force."""
    delinquent = fields.BooleanField(default=False)
    invoice_prefix = fields.CharField(max_length=12)
    next_invoice_sequence = fields.IntField(default=1)
    has_usage_thresholds = fields.BooleanField(default=False)
    """Whether usage of theirs may be invoiced before its period is over; false says that none is."""
    has_pending_items = fields.BooleanField(default=False)
    """Whether invoice items of no subscription may wait for the next invoice; false says that none does."""
    has_credit_grants = fields.BooleanField(default=False)
    """Whether anything may be left of the customer's credit grants; false says that nothing is."""
    discounts: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Id of the customer's discount, at most one; it applies where a subscription or invoice has none of its own."""
    default_payment_method_id = fields.CharField(max_length=40, null=True)
    """`invoice_settings.default_payment_method`. No foreign key: payment methods refer to customers."""
    invoice_custom_fields: list[dict[str, str]] = cast(Any, fields.JSONField[list[dict[str, str]]](default=list))
    invoice_footer = fields.TextField(null=True)
    test_clock: ForeignKeyRelation[TestClock] | None = restrict("models.TestClock", null=True)
    test_clock_id: str | None
    deleted_at: datetime | None = instant(null=True)

    class Meta:
        table = "customers"
        indexes = (("account_id", "livemode", "id"), ("account_id", "livemode", "email_folded"))
        unique_together = (("account_id", "livemode", "invoice_prefix"),)


class CustomerTaxId(Owned):
    """A tax number of a customer, checked by form and check digits when it was added."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    type = fields.CharField(max_length=20)
    value = fields.CharField(max_length=50)
    country = fields.CharField(max_length=2, null=True)
    verification_status = fields.CharField(max_length=11, default="unavailable")
    """What an authority said of it; unavailable where none was asked."""

    class Meta:
        table = "customer_tax_ids"
        unique_together = (("customer_id", "type", "value"),)


class CustomerBalanceTransaction(Described):
    """One immutable line of a customer's balance; a negative sum is credit, a positive one is owed."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    type = fields.CharField(max_length=30)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    ending_balance = fields.BigIntField()
    description = fields.CharField(max_length=350, null=True)
    invoice_id = fields.CharField(max_length=40, null=True, db_index=True)
    credit_note_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "customer_balance_transactions"
        indexes = (("account_id", "livemode", "customer_id", "id"),)
