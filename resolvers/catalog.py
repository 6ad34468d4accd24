"""The catalogue: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.catalog import (
    PriceCreateInput,
    PriceCreatePayload,
    PriceFilter,
    PriceUpdateInput,
    PriceUpdatePayload,
    ProductCreateInput,
    ProductCreatePayload,
    ProductDeleteInput,
    ProductDeletePayload,
    ProductFilter,
    ProductUpdateInput,
    ProductUpdatePayload,
)
from schema.inputs import draft_of
from schema.refs import PriceRef, ProductRef
from services import catalog
from services.catalog import PriceChange, PriceDraft, ProductChange, ProductDraft
from services.pages import Listing

_Products = Annotated[ProductFilter | None, strawberry.argument(description="Which products; all without it.")]
_Prices = Annotated[PriceFilter | None, strawberry.argument(description="Which prices; all without it.")]


class CatalogQueries:
    """Reading the catalogue. Publishable keys see what is for sale only."""

    product: ProductRef | None = by_id("The product with this id; null when there is none.")
    price: PriceRef | None = by_id("The price with this id; null when there is none.")

    @listing(ProductRef, kind="catalog")
    def products(self, info: Info, filter: _Products = None) -> Listing:
        """Products, newest first."""
        wanted = draft_of(catalog.ProductFilter, filter) if filter else catalog.ProductFilter()
        return info.context.services.products.matching(wanted)

    @listing(PriceRef, kind="catalog")
    def prices(self, info: Info, filter: _Prices = None) -> Listing:
        """Prices, newest first."""
        wanted = draft_of(catalog.PriceFilter, filter) if filter else catalog.PriceFilter()
        return info.context.services.prices.matching(wanted)


class CatalogMutations:
    """Changing the catalogue."""

    @mutation(kind="catalog", payload=ProductCreatePayload)
    async def product_create(self, info: Info, input: ProductCreateInput) -> Answer:
        """Makes a product, with a first price where `defaultPriceData` is given. Event `product.created`."""
        draft = draft_of(ProductDraft, input)
        return await info.context.services.products.create(draft, files_at=info.context.files_at)

    @mutation(kind="catalog", payload=ProductUpdatePayload)
    async def product_update(self, info: Info, input: ProductUpdateInput) -> Answer:
        """Changes a product. What is not mentioned stays. Event `product.updated`."""
        change = draft_of(ProductChange, input)
        return await info.context.services.products.update(input.id, change, files_at=info.context.files_at)

    @mutation(kind="catalog", payload=ProductDeletePayload)
    async def product_delete(self, info: Info, input: ProductDeleteInput) -> Answer:
        """Deletes a product that has no prices; one that has can be archived. Event `product.deleted`."""
        return await info.context.services.products.delete(input.id)

    @mutation(kind="catalog", payload=PriceCreatePayload)
    async def price_create(self, info: Info, input: PriceCreateInput) -> Answer:
        """Makes a price, paid once or recurring. Event `price.created`."""
        return await info.context.services.prices.create(draft_of(PriceDraft, input))

    @mutation(kind="catalog", payload=PriceUpdatePayload)
    async def price_update(self, info: Info, input: PriceUpdateInput) -> Answer:
        """Changes what is not money about a price; false for `active` archives it. Event `price.updated`."""
        return await info.context.services.prices.update(input.id, draft_of(PriceChange, input))
