"""Entitlements: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.entitlements import (
    FeatureCreateInput,
    FeatureCreatePayload,
    FeatureFilter,
    FeatureUpdateInput,
    FeatureUpdatePayload,
    ProductFeatureCreateInput,
    ProductFeatureCreatePayload,
    ProductFeatureDeleteInput,
    ProductFeatureDeletePayload,
)
from schema.inputs import draft_of
from schema.refs import ActiveEntitlementRef, FeatureRef
from services import entitlements
from services.entitlements import FeatureChange, FeatureDraft, ProductFeatureDraft
from services.pages import Listing

_Features = Annotated[
    FeatureFilter | None, strawberry.argument(description="Which features; without it all that are not archived.")
]
_Customer = Annotated[strawberry.ID, strawberry.argument(description="Whose.")]


class EntitlementQueries:
    """Reading features and who has them."""

    feature: FeatureRef | None = by_id("The feature with this id; null when there is none.")
    active_entitlement: ActiveEntitlementRef | None = by_id(
        "The active entitlement with this id; null when there is none, or no longer."
    )

    @listing(FeatureRef, kind="entitlements")
    def features(self, info: Info, filter: _Features = None) -> Listing:
        """Features, newest first."""
        wanted = draft_of(entitlements.FeatureFilter, filter) if filter else entitlements.FeatureFilter()
        return info.context.services.features.matching(wanted)

    @listing(ActiveEntitlementRef, kind="entitlements")
    def active_entitlements(self, info: Info, customer: _Customer) -> Listing:
        """What a customer is entitled to at present, newest first."""
        return info.context.services.entitlements.of_customer(customer)


class EntitlementMutations:
    """Changing features and which products bring them."""

    @mutation(kind="entitlements", payload=FeatureCreatePayload)
    async def feature_create(self, info: Info, input: FeatureCreateInput) -> Answer:
        """Makes a feature. Its lookup key has to be free."""
        return await info.context.services.features.create(draft_of(FeatureDraft, input))

    @mutation(kind="entitlements", payload=FeatureUpdatePayload)
    async def feature_update(self, info: Info, input: FeatureUpdateInput) -> Answer:
        """Changes a feature; false for `active` archives it. What is not mentioned stays."""
        return await info.context.services.features.update(input.id, draft_of(FeatureChange, input))

    @mutation(kind="entitlements", payload=ProductFeatureCreatePayload)
    async def product_feature_create(self, info: Info, input: ProductFeatureCreateInput) -> Answer:
        """Attaches a feature to a product: who is subscribed to it has the feature at once.

        Event `entitlements.active_entitlement_summary.updated` for each customer for whom it is new.
        """
        return await info.context.services.product_features.attach(draft_of(ProductFeatureDraft, input))

    @mutation(kind="entitlements", payload=ProductFeatureDeletePayload)
    async def product_feature_delete(self, info: Info, input: ProductFeatureDeleteInput) -> Answer:
        """Detaches a feature from a product: who has it by nothing else loses it at once.

        Event `entitlements.active_entitlement_summary.updated` for each of those.
        """
        return await info.context.services.product_features.detach(input.id)
