"""The rates and recurrences of prices, read from their columns, and the amounts that customers may choose."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.currencies import CHARGE_AMOUNT_MAX, format_minor, minimum_charge_of
from domain.drafts import UNSET, Unset
from domain.errors import DomainError, ErrorCode
from domain.periods import Interval, Recurrence
from domain.pricing import PackageRounding, Packaging, Rates, Tier, TiersMode
from models import Price


def rates_of(price: Price, currency: str | None = None) -> Rates:
    """How the price is worked out in a currency that it is offered in; in its own where none is said."""
    if currency is None or currency == price.currency:
        unit, tiers = price.unit_amount_decimal, price.tiers
    else:
        option = price.currency_options[currency]
        unit, tiers = option["unit_amount_decimal"], option["tiers"]
    packaging, mode = price.transform_quantity, price.tiers_mode
    return Rates(
        unit_amount=None if unit is None else Decimal(unit),
        packaging=None if packaging is None else _packaging(packaging),
        tiers=tuple(map(_tier, tiers)),
        mode=None if mode is None else TiersMode(mode),
    )


def recurrence_of_price(price: Price) -> Recurrence | None:
    """How often the price recurs, None for a one-time price."""
    if price.interval is None:
        return None
    assert price.interval_count is not None, f"recurring price {price.id} without a count"
    return Recurrence(Interval(price.interval), price.interval_count)


def agreed_rates(price: Price, currency: str, unit_amount: int | None) -> Rates:
    """As `rates_of`, with the amount that the customer chose where they may."""
    rates = rates_of(price, currency)
    if not rates.is_chosen:
        return rates
    assert unit_amount is not None, f"no amount was agreed upon for price {price.id}"
    return Rates(Decimal(unit_amount))


def options_of(price: Price) -> tuple[tuple[str, Rates], ...]:
    """The rates in other currencies."""
    return tuple((currency, rates_of(price, currency)) for currency in price.currency_options)


def is_offered_in(price: Price, currency: str) -> bool:
    """Whether the price can be billed in a currency."""
    return currency == price.currency or currency in price.currency_options


def chosen_amount(
    price: Price, currency: str, wanted: int | Unset | None, standing: int | None = None, *param: str
) -> int | None:
    """What the customer pays for a unit, in minor units: as wanted, as it stands, or as the price suggests.

    None for a price that does not let them choose, which `wanted` is refused with. Refused outside the bounds of the
    price in this currency, and below what can be charged.
    """
    where = (*param, "unitAmount")
    given = None if wanted is UNSET else wanted
    if price.custom_unit_amount is None:
        if given is not None:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} says itself what it costs; an amount of one's own goes with a price that has"
                " customUnitAmount.",
                where,
            )
        return None
    bounds = _bounds(price, currency)
    chosen = given if given is not None else standing if standing is not None else bounds.get("preset")
    if chosen is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING,
            f"Price {price.id} leaves the amount to the customer; unitAmount would say what they chose.",
            where,
        )
    _refuse_beyond(chosen, bounds, currency, where)
    return chosen


def refuse_chosen(price: Price, *param: str) -> None:
    """Refuse a price whose amount the customer chooses where nothing asks them."""
    if price.custom_unit_amount is not None:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} leaves the amount to the customer, whom nobody asks here; it would have to be a price"
            " that says what it costs.",
            (*param, "price"),
        )


def _refuse_beyond(chosen: int, bounds: Mapping[str, int | None], currency: str, where: tuple[str, ...]) -> None:
    least = max(bounds.get("minimum") or 0, minimum_charge_of(currency))
    most = bounds.get("maximum") or CHARGE_AMOUNT_MAX
    if not least <= chosen <= most:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_SMALL if chosen < least else ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {chosen} cannot be chosen; it would have to be from {least} to {most} {currency}"
            f" ({format_minor(least, currency)} to {format_minor(most, currency)}).",
            where,
        )


def _bounds(price: Price, currency: str) -> Mapping[str, int | None]:
    """Within what the customer chooses; none where the price is not offered, which others tell of."""
    if currency == price.currency:
        return price.custom_unit_amount or {}
    bounds: Mapping[str, int | None] = price.currency_options.get(currency, {}).get("custom_unit_amount") or {}
    return bounds


def _packaging(stored: Mapping[str, Any]) -> Packaging:
    return Packaging(stored["divide_by"], PackageRounding(stored["round"]))


def _tier(stored: Mapping[str, Any]) -> Tier:
    return Tier(stored["up_to"], _amount(stored["unit_amount_decimal"]), _amount(stored["flat_amount_decimal"]))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
