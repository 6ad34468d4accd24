"""What lowers invoices: coupons, the codes that customers know them by, and the discounts made of them."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict


class Coupon(Described):
    """By how much, and for how long, something may be discounted. Money fields never change after creation."""

    identifier = fields.CharField(max_length=40)
    """The id that callers know it by, which they may choose; `id` is the row's own, as others may choose the same."""
    deletion = fields.CharField(max_length=40, default="")
    """Empty while it stands; then the row's id, so that its identifier may be used again."""
    name = fields.CharField(max_length=40, null=True)
    percent_off = fields.CharField(max_length=6, null=True)
    """More than 0 and up to 100 with two decimals, as text because SQLite keeps no exact decimals."""
    amount_off = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    currency_options: dict[str, int] = cast(Any, fields.JSONField[dict[str, int]](default=dict))
    """By currency, the amount off in it."""
    duration = fields.CharField(max_length=9)
    duration_in_months = fields.IntField(null=True)
    products: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """The products that it is for; empty for all."""
    max_redemptions = fields.IntField(null=True)
    times_redeemed = fields.IntField(default=0)
    redeem_by: datetime | None = instant(null=True)
    deleted_at: datetime | None = instant(null=True)

    class Meta:
        table = "coupons"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "identifier", "deletion"),)


class PromotionCode(Described):
    """A word that customers redeem a coupon by."""

    coupon: ForeignKeyRelation[Coupon] = restrict("models.Coupon")
    coupon_id: str
    code = fields.CharField(max_length=500)
    code_folded = fields.CharField(max_length=1000)
    """The code in lower case: it is the same however it is written."""
    active = fields.BooleanField(default=True)
    inactivity = fields.CharField(max_length=40, default="")
    """Empty while it is active; then the row's id, so that another may have its code."""
    customer_id = fields.CharField(max_length=40, null=True)
    restricted_to = fields.CharField(max_length=40, default="")
    """The customer who alone may redeem it, empty for everyone: a text, as nulls are never equal in a constraint."""
    expires_at: datetime | None = instant(null=True)
    max_redemptions = fields.IntField(null=True)
    times_redeemed = fields.IntField(default=0)
    first_time_transaction = fields.BooleanField(default=False)
    minimum_amount = fields.BigIntField(null=True)
    minimum_amount_currency = fields.CharField(max_length=3, null=True)
    currency_options: dict[str, int] = cast(Any, fields.JSONField[dict[str, int]](default=dict))
    """By currency, the least amount in it."""

    class Meta:
        table = "promotion_codes"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "code_folded", "restricted_to", "inactivity"),)


class Discount(Owned):
    """A coupon that was redeemed for a customer, a subscription, one of its items, an invoice or an invoice item.

    Whose it is keeps the order of its discounts in its own column `discounts`, which tells what is in force.
    """

    coupon: ForeignKeyRelation[Coupon] = restrict("models.Coupon")
    coupon_id: str
    promotion_code_id = fields.CharField(max_length=40, null=True, db_index=True)
    customer_id = fields.CharField(max_length=40, null=True, db_index=True)
    subscription_id = fields.CharField(max_length=40, null=True, db_index=True)
    subscription_item_id = fields.CharField(max_length=40, null=True)
    invoice_id = fields.CharField(max_length=40, null=True)
    invoice_item_id = fields.CharField(max_length=40, null=True)
    start: datetime = instant()
    end: datetime | None = instant(null=True)
    """From when on it is no more in force: after its months, or once it was used up or taken away."""
    used_up_by = fields.CharField(max_length=40, null=True)
    """The invoice that used up a coupon of one invoice."""
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "discounts"
        indexes = (("account_id", "livemode", "id"),)
