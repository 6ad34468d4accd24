"""What is sold and for how much: products with their pictures, and prices."""

from services.catalog.drafts import (
    AmountTerms,
    CustomAmountDraft,
    InlinePriceDraft,
    PackagingDraft,
    PriceChange,
    PriceDraft,
    PriceFilter,
    PriceTerms,
    ProductChange,
    ProductDraft,
    ProductFilter,
    Recurring,
    TierDraft,
)
from services.catalog.images import SIZE_LIMIT, product_image
from services.catalog.inline import Catalog
from services.catalog.prices import Prices
from services.catalog.products import Products

__all__ = [
    "SIZE_LIMIT",
    "AmountTerms",
    "Catalog",
    "CustomAmountDraft",
    "InlinePriceDraft",
    "PackagingDraft",
    "PriceChange",
    "PriceDraft",
    "PriceFilter",
    "PriceTerms",
    "Prices",
    "ProductChange",
    "ProductDraft",
    "ProductFilter",
    "Products",
    "Recurring",
    "TierDraft",
    "product_image",
]
