"""What the simulation may do with features: make them, and let products bring them or do so no longer."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from models import ActiveEntitlement, Event, Feature, Price, Product, ProductFeature
from services.entitlements import FeatureDraft, Features, ProductFeatureDraft, ProductFeatures
from services.entitlements.books import wrongly_entitled
from services.scope import Scope
from services.settings import Settings, SettingsChange

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"bring": 4, "bring_no_longer": 2, "judge_late": 2}


class EntitlementActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def prepare_features(self) -> None:
        """Three features, of which each product brings one."""
        made = [await Features(self.scope).create(FeatureDraft(name=each, lookup_key=each)) for each in ("a", "b", "c")]
        for product in await Product.all().order_by("id"):
            draft = ProductFeatureDraft(product=product.id, entitlement_feature=self.dice.choice(made).id)
            await ProductFeatures(self.scope).attach(draft)

    async def bring(self) -> Action:
        """A product is to bring a feature."""
        product = self.dice.choice(await Product.all().order_by("id"))
        feature = self.dice.choice(await Feature.all().order_by("id"))
        draft = ProductFeatureDraft(product=product.id, entitlement_feature=feature.id)
        return lambda scope: ProductFeatures(scope).attach(draft)

    async def bring_no_longer(self) -> Action | None:
        """A product is to bring a feature no longer."""
        rows = await ProductFeature.all().order_by("id")
        row = self.dice.choice(rows) if rows else None
        return None if row is None else lambda scope: ProductFeatures(scope).detach(row.id)

    async def judge_late(self) -> Action:
        """The seller changes their mind about those who pay late."""
        change = SettingsChange(past_due_entitles=self.dice.random() < 0.6)
        return lambda scope: Settings(scope).update(change)


async def check_entitlements() -> None:
    """Everybody has what their subscriptions bring; events tell each change of it, and nothing else."""
    assert await wrongly_entitled() == []
    bringing = {each.product_id for each in await ProductFeature.all()}
    assert {each.id for each in await Product.filter(has_features=True)} == bringing
    assert {each.product_id for each in await Price.filter(has_features=True)} <= bringing
    assert not [each.id for each in await Price.filter(has_features=False) if each.product_id in bringing]
    told: dict[str, set[str]] = {}
    for event in await Event.filter(type="entitlements.active_entitlement_summary.updated").order_by("sequence"):
        former, now = (
            {each["feature"] for each in summary["entitlements"]["data"]}
            for summary in (event.previous_attributes or {}, event.data)
        )
        assert told.get(event.object_id, set()) == former != now, event.id
        told[event.object_id] = now
    held: dict[str, set[str]] = {}
    for row in await ActiveEntitlement.all():
        held.setdefault(row.customer_id, set()).add(row.feature_id)
    assert {customer: features for customer, features in told.items() if features} == held
