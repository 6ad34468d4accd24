"""What customers may use: features, the products that bring them, and who has them at present."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, restrict
from models.catalog import Product
from models.customers import Customer


class Feature(Described):
    """An ability of what is sold, known to the seller's code by its lookup key, which never changes."""

    name = fields.CharField(max_length=80)
    lookup_key = fields.CharField(max_length=80)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "features"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "lookup_key"),)


class ProductFeature(Owned):
    """A product brings a feature to those who are subscribed to it."""

    product: ForeignKeyRelation[Product] = restrict("models.Product")
    product_id: str
    feature: ForeignKeyRelation[Feature] = restrict("models.Feature")
    feature_id: str

    class Meta:
        table = "product_features"
        unique_together = (("product_id", "feature_id"),)


class EntitlementSummary(Owned):
    """Held by whoever works out what one customer is entitled to; its id is the customer's.

    Not the customer's own row, which is held before subscriptions: this one comes after them.
    """

    class Meta:
        table = "entitlement_summaries"


class ActiveEntitlement(Owned):
    """A customer has a feature, by however many subscriptions: once."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    feature: ForeignKeyRelation[Feature] = restrict("models.Feature")
    feature_id: str
    lookup_key = fields.CharField(max_length=80)
    """The feature's, repeated here so that one read of one index tells who has it."""

    class Meta:
        table = "active_entitlements"
        unique_together = (("customer_id", "lookup_key"),)
