"""Products and prices as Stripe shows them."""

from models import Price, Product
from services.snapshots.shapes import Snapshot, seconds


def product_snapshot(row: Product) -> Snapshot:
    """A good or service."""
    return {
        "id": row.id,
        "object": "product",
        "active": row.active,
        "created": seconds(row.created_at),
        "default_price": row.default_price_id,
        "description": row.description,
        "images": list(row.images),
        "livemode": row.livemode,
        "marketing_features": [{"name": feature} for feature in row.marketing_features],
        "metadata": dict(row.metadata),
        "name": row.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": row.statement_descriptor,
        "tax_code": row.tax_code,
        "tax_details": None,
        "type": "service",
        "unit_label": row.unit_label,
        "updated": seconds(row.updated_at),
        "url": row.url,
    }


def price_snapshot(row: Price) -> Snapshot:
    """How much a product costs (minor units) and how often."""
    return {
        "id": row.id,
        "object": "price",
        "active": row.active,
        "billing_scheme": "per_unit",
        "created": seconds(row.created_at),
        "currency": row.currency,
        "custom_unit_amount": None,
        "livemode": row.livemode,
        "lookup_key": row.lookup_key,
        "metadata": dict(row.metadata),
        "nickname": row.nickname,
        "product": row.product_id,
        "recurring": _recurring(row),
        "tax_behavior": row.tax_behavior,
        "tiers_mode": None,
        "transform_quantity": None,
        "type": row.type,
        "unit_amount": row.unit_amount,
        "unit_amount_decimal": row.unit_amount_decimal,
    }


def plan_snapshot(row: Price) -> Snapshot:
    """A recurring price under the name that it had before prices; subscription items still carry it."""
    return {
        "id": row.id,
        "object": "plan",
        "active": row.active,
        "amount": row.unit_amount,
        "amount_decimal": row.unit_amount_decimal,
        "billing_scheme": "per_unit",
        "created": seconds(row.created_at),
        "currency": row.currency,
        "interval": row.interval,
        "interval_count": row.interval_count,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "meter": None,
        "nickname": row.nickname,
        "product": row.product_id,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _recurring(row: Price) -> Snapshot | None:
    """The interval of a recurring price."""
    if row.interval is None:
        return None
    return {
        "interval": row.interval,
        "interval_count": row.interval_count,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
