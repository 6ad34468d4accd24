"""Entitlements in the API: features, the products that bring them, and who has them."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from schema.base import Node, column, input_field, node_type
from schema.payloads import payload
from schema.refs import CustomerRef, FeatureRef, ProductFeatureRef, ProductRef
from schema.relations import one
from schema.scalars import Metadata


@node_type(models.Feature, kind="entitlements", prefix=Prefix.FEATURE)
class Feature(Node):
    """An ability of what is sold. Your code asks by its lookup key whether a customer has it."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    name: str = column("What it is, for your own eyes.")
    lookup_key: str = column("The name by which your code asks for it, unique among your features. It never changes.")
    active: bool = column("False when it is archived: it is attached to no product more, but who has it keeps it.")
    metadata: Metadata = column("Labels of your own.")


@node_type(models.ProductFeature, kind="entitlements", prefix=Prefix.PRODUCT_FEATURE)
class ProductFeature(Node):
    """A product brings a feature to everybody who is subscribed to it."""

    created: datetime = column("When it was attached.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    product: ProductRef = one("product_id", "What is sold.")
    entitlement_feature: FeatureRef = one("feature_id", "What comes with it.")


@node_type(models.ActiveEntitlement, kind="entitlements", prefix=Prefix.ENTITLEMENT)
class ActiveEntitlement(Node):
    """A customer has a feature, through one subscription or several that are ACTIVE, TRIALING or, as the account's
    `pastDueEntitles` says, PAST_DUE.
    """

    created: datetime = column("Since when they have it, by their own clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    customer: CustomerRef = one("customer_id", "Who has it.")
    feature: FeatureRef = one("feature_id", "What they have.")
    lookup_key: str = column("The feature's lookup key.")


@strawberry.input(description="Which features to show.")
class FeatureFilter:
    """Becomes `FeatureFilter` of the services."""

    lookup_key: str | None = input_field("Only the one with this lookup key.")
    archived: bool | None = input_field("Only archived ones; those that are not archived by default.")


@strawberry.input(description="What a new feature starts with.")
class FeatureCreateInput:
    """Becomes `FeatureDraft`."""

    name: str = input_field("What it is, for your own eyes; at most 80 characters.")
    lookup_key: str = input_field(
        "The name by which your code asks for it; at most 80 characters, unique, and never changed."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a feature. What is not mentioned stays.")
class FeatureUpdateInput:
    """Becomes `FeatureChange`."""

    id: strawberry.ID = input_field("The feature.")
    name: strawberry.Maybe[str | None] = input_field("What it is, for your own eyes; at most 80 characters.")
    active: strawberry.Maybe[bool | None] = input_field("False archives it, true brings it back.")
    metadata: Metadata | None = input_field("Labels to set; an empty value removes one.")


@strawberry.input(description="A feature that a product is to bring.")
class ProductFeatureCreateInput:
    """Becomes `ProductFeatureDraft`."""

    product: strawberry.ID = input_field("What is sold.")
    entitlement_feature: strawberry.ID = input_field("What is to come with it; not archived.")


@strawberry.input(description="A feature that a product is to bring no longer.")
class ProductFeatureDeleteInput:
    """Only the id."""

    id: strawberry.ID = input_field("The attachment, from `Product.features`.")


FeatureCreatePayload = payload("featureCreate", feature=(FeatureRef, "The new feature."))
FeatureUpdatePayload = payload("featureUpdate", feature=(FeatureRef, "The feature as it is now."))
ProductFeatureCreatePayload = payload(
    "productFeatureCreate", product_feature=(ProductFeatureRef, "The new attachment.")
)
ProductFeatureDeletePayload = payload(
    "productFeatureDelete", product_feature=(ProductFeatureRef, "The attachment as it was.")
)
