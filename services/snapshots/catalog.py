"""Products and prices as Stripe shows them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.money import whole_minor_units
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
    """How much a product costs (minor units) and how often.

    Tiers and amounts in other currencies are told where there are any: Stripe's events leave them to be asked for.
    """
    more: Snapshot = {}
    if row.tiers:
        more["tiers"] = _tiers(row.tiers)
    if row.currency_options:
        more["currency_options"] = {currency: _option(each) for currency, each in row.currency_options.items()}
    return {
        "id": row.id,
        "object": "price",
        "active": row.active,
        "billing_scheme": row.billing_scheme,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "custom_unit_amount": None if row.custom_unit_amount is None else dict(row.custom_unit_amount),
        "livemode": row.livemode,
        "lookup_key": row.lookup_key,
        "metadata": dict(row.metadata),
        "nickname": row.nickname,
        "product": row.product_id,
        "recurring": _recurring(row),
        "tax_behavior": row.tax_behavior,
        "tiers_mode": row.tiers_mode,
        "transform_quantity": None if row.transform_quantity is None else dict(row.transform_quantity),
        "type": row.type,
        "unit_amount": row.unit_amount,
        "unit_amount_decimal": row.unit_amount_decimal,
        **more,
    }


def plan_snapshot(row: Price) -> Snapshot:
    """A recurring price under the name that it had before prices; subscription items still carry it."""
    more = {"tiers": _tiers(row.tiers)} if row.tiers else {}
    return {
        "id": row.id,
        "object": "plan",
        "active": row.active,
        "amount": row.unit_amount,
        "amount_decimal": row.unit_amount_decimal,
        "billing_scheme": row.billing_scheme,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "interval": row.interval,
        "interval_count": row.interval_count,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "meter": row.meter_id,
        "nickname": row.nickname,
        "product": row.product_id,
        "tiers_mode": row.tiers_mode,
        "transform_usage": None if row.transform_quantity is None else dict(row.transform_quantity),
        "trial_period_days": None,
        "usage_type": row.usage_type,
        **more,
    }


def _recurring(row: Price) -> Snapshot | None:
    """The interval of a recurring price."""
    if row.interval is None:
        return None
    return {
        "interval": row.interval,
        "interval_count": row.interval_count,
        "meter": row.meter_id,
        "trial_period_days": None,
        "usage_type": row.usage_type,
    }


def _option(stored: Mapping[str, Any]) -> Snapshot:
    """What a price costs in another currency."""
    custom = stored["custom_unit_amount"]
    more: Snapshot = {"tiers": _tiers(stored["tiers"])} if stored["tiers"] else {}
    return {
        "custom_unit_amount": None if custom is None else dict(custom),
        "tax_behavior": stored["tax_behavior"],
        "unit_amount": stored["unit_amount"],
        "unit_amount_decimal": stored["unit_amount_decimal"],
        **more,
    }


def _tiers(stored: Sequence[Mapping[str, Any]]) -> list[Snapshot]:
    """Tiers with their amounts; a whole one is told as a number too."""
    return [
        {
            "flat_amount": _whole(tier["flat_amount_decimal"]),
            "flat_amount_decimal": tier["flat_amount_decimal"],
            "unit_amount": _whole(tier["unit_amount_decimal"]),
            "unit_amount_decimal": tier["unit_amount_decimal"],
            "up_to": tier["up_to"],
        }
        for tier in stored
    ]


def _whole(text: str | None) -> int | None:
    return None if text is None else whole_minor_units(Decimal(text))
