"""Rows of new products, prices and pictures, from columns that were checked."""

from datetime import datetime
from typing import Any

from domain.ids import Prefix
from models import Price, Product, ProductImage
from services.base import Service
from services.catalog.checks import CheckedTerms
from services.catalog.images import Picture


def new_product(service: Service, columns: dict[str, Any], *, at: datetime) -> Product:
    """A product with these columns, not yet stored."""
    return Product(id=service.new_id(Prefix.PRODUCT), created_at=at, updated_at=at, **columns, **service.ownership())


def new_price(service: Service, terms: CheckedTerms, product_id: str, *, at: datetime, **columns: Any) -> Price:
    """A price of this product, not yet stored."""
    return Price(
        id=service.new_id(Prefix.PRICE),
        created_at=at,
        product_id=product_id,
        **terms.columns(),
        **columns,
        **service.ownership(),
    )


def new_image(service: Service, picture: Picture, *, at: datetime) -> ProductImage:
    """An uploaded picture, not yet stored."""
    return ProductImage(
        id=service.new_id(Prefix.FILE),
        created_at=at,
        content_type=picture.content_type,
        content=picture.content,
        **service.ownership(),
    )
