"""Products bring features: everybody who is subscribed to the product has the feature in the same transaction."""

from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from models import Feature, Price, Product, ProductFeature
from services.base import Service, part
from services.entitlements.drafts import ProductFeatureDraft
from services.entitlements.holdings import Entitlements
from services.idempotency import transactional
from services.rows import delete_by, fetch_by, insert_rows, update_rows


class ProductFeatures(Service):
    """Attaching and detaching."""

    entitlements = part(Entitlements)

    @transactional
    async def attach(self, draft: ProductFeatureDraft) -> ProductFeature:
        """Let a product bring a feature, to those who have it already as well.

        Refused: an archived feature, and one that the product brings already. Event
        `entitlements.active_entitlement_summary.updated` for each customer for whom it is new.
        """
        product = await self._held(draft.product)
        found = await self.gather(Feature, "id", [draft.entitlement_feature], lock=True)
        problems = Problems()
        feature = found[0] if found else None
        self._check(problems, draft, product, feature)
        problems.raise_any()
        assert product is not None and feature is not None
        if await self.mine(ProductFeature).filter(product_id=product.id, feature_id=feature.id).exists():
            raise DomainError(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"Product {product.id} brings feature {feature.id} already.",
                "entitlementFeature",
            )
        row = ProductFeature.made(
            id=self.new_id(Prefix.PRODUCT_FEATURE),
            created_at=self.scope.clock.now(),
            product_id=product.id,
            feature_id=feature.id,
            **self.ownership(),
        )
        await insert_rows([row])
        await self._spread(product, has_features=True)
        return row

    @transactional
    async def detach(self, identifier: str) -> ProductFeature:
        """The attachment as it was; who has the feature by nothing else loses it. Event as for `attach`."""
        known = await self.require(ProductFeature, identifier)
        product = await self._held(known.product_id)
        assert product is not None, f"{known.id} of no product"
        row = await self.lock(ProductFeature, identifier)
        await delete_by(ProductFeature, "id", [row.id], **self.ownership())
        remaining = await self.mine(ProductFeature).filter(product_id=product.id).exists()
        await self._spread(product, has_features=remaining)
        return row

    async def _held(self, product_id: str) -> Product | None:
        """The product, once everybody is through who might not know what is about to change."""
        found = await fetch_by(Product, "id", [product_id], alone=True, **self.ownership())
        return found[0] if found else None

    async def _spread(self, product: Product, *, has_features: bool) -> None:
        """Let its prices and subscribers know. The prices are held as the product is, and for the same reason."""
        prices = await fetch_by(Price, "product_id", [product.id], alone=True, **self.ownership())
        if product.has_features != has_features:
            product.has_features = has_features
            await update_rows([product], ["has_features"])
            for price in prices:
                price.has_features = has_features
            await update_rows(prices, ["has_features"])
        if prices:
            await self.entitlements.recount_subscribers([product.id])

    @staticmethod
    def _check(
        problems: Problems, draft: ProductFeatureDraft, product: Product | None, feature: Feature | None
    ) -> None:
        """Both are there, and the feature is not archived."""
        if product is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such product: '{draft.product}'.", "product")
        if feature is None:
            missing = f"No such feature: '{draft.entitlement_feature}'."
            problems.add(ErrorCode.RESOURCE_MISSING, missing, "entitlementFeature")
        elif not feature.active:
            problems.add(
                ErrorCode.FEATURE_INACTIVE,
                f"Feature {feature.id} is archived and is attached to no product more; activate it first.",
                "entitlementFeature",
            )
