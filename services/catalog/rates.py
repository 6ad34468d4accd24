"""The rates of prices, read from their columns."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.pricing import PackageRounding, Packaging, Rates, Tier, TiersMode
from models import Price


def rates_of(price: Price) -> Rates:
    """How the price is worked out in its own currency."""
    unit, packaging = price.unit_amount_decimal, price.transform_quantity
    return Rates(
        unit_amount=None if unit is None else Decimal(unit),
        packaging=None if packaging is None else packaging_of(packaging),
        tiers=tuple(map(_tier, price.tiers)),
        mode=None if price.tiers_mode is None else TiersMode(price.tiers_mode),
    )


def packaging_of(stored: Mapping[str, Any]) -> Packaging:
    """The packages that the column says."""
    return Packaging(stored["divide_by"], PackageRounding(stored["round"]))


def _tier(stored: Mapping[str, Any]) -> Tier:
    return Tier(stored["up_to"], _amount(stored["unit_amount_decimal"]), _amount(stored["flat_amount_decimal"]))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
