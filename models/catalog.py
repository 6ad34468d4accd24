"""What is sold: products, their images and their prices."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict


class Product(Described):
    """A good or service. May be deleted only while no price exists, else archived."""

    updated_at: datetime = instant()
    name = fields.CharField(max_length=250)
    description = fields.TextField(null=True)
    active = fields.BooleanField(default=True)
    images: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    tax_code = fields.CharField(max_length=40, null=True)
    statement_descriptor = fields.CharField(max_length=22, null=True)
    unit_label = fields.CharField(max_length=12, null=True)
    url = fields.CharField(max_length=2048, null=True)
    marketing_features: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    default_price_id = fields.CharField(max_length=40, null=True)
    """No foreign key: prices refer to products, and the circle would forbid creating either."""

    has_features = fields.BooleanField(default=False)
    """Whether it brings features to those who are subscribed to it."""

    class Meta:
        table = "products"
        indexes = (("account_id", "livemode", "id"),)


class ProductImage(Owned):
    """An uploaded picture, kept in the database so that one backup holds everything and every process can serve it."""

    content_type = fields.CharField(max_length=20)
    content = fields.BinaryField()

    class Meta:
        table = "product_images"


class Price(Described):
    """How much a product costs and how often. Money fields never change after creation."""

    product: ForeignKeyRelation[Product] = restrict("models.Product")
    product_id: str
    active = fields.BooleanField(default=True)
    currency = fields.CharField(max_length=3)
    nickname = fields.CharField(max_length=250, null=True)
    type = fields.CharField(max_length=10)
    unit_amount = fields.BigIntField(null=True)
    """Minor units, of a unit or a package; null when the price has decimals of a minor unit or no single amount."""
    unit_amount_decimal = fields.CharField(max_length=40, null=True)
    """Minor units with up to twelve decimals, as text because SQLite keeps no exact decimals; null with tiers, and
    where the customer chooses."""
    billing_scheme = fields.CharField(max_length=8, default="per_unit")
    tiers_mode = fields.CharField(max_length=9, null=True)
    tiers: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    """Each with `up_to` (null for the last), `unit_amount_decimal` and `flat_amount_decimal`, texts or null."""
    transform_quantity: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    """Units are sold in packages: `divide_by` and `round`."""
    custom_unit_amount: dict[str, int | None] | None = cast(Any, fields.JSONField[dict[str, int | None]](null=True))
    """The customer chooses the amount: `minimum`, `maximum` and `preset`, each of which may be null."""
    currency_options: dict[str, dict[str, Any]] = cast(Any, fields.JSONField[dict[str, dict[str, Any]]](default=dict))
    """What it costs in other currencies, by currency, in columns as here."""
    usage_type = fields.CharField(max_length=8, null=True)
    """Whether a recurring price bills a quantity (licensed) or what was used; null for a one-time price."""
    meter_id = fields.CharField(max_length=40, null=True)
    interval = fields.CharField(max_length=5, null=True)
    interval_count = fields.IntField(null=True)
    tax_behavior = fields.CharField(max_length=12, default="unspecified")
    lookup_key = fields.CharField(max_length=200, null=True)
    has_features = fields.BooleanField(default=False)
    """The product's, repeated here so that a subscription need not ask for it."""

    class Meta:
        table = "prices"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "lookup_key"),)
