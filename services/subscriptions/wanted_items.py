"""The items that a new subscription is wanted with: their prices, found sound or refused with all problems."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from domain.checks import checked
from domain.errors import DomainError, ErrorCode, Problems
from domain.lifecycles import MeterStatus
from domain.subscriptions import ITEMS_MAX
from models import Meter, Price, Product
from services.base import Service, part
from services.catalog import Catalog
from services.catalog.rates import chosen_amount, is_offered_in
from services.subscriptions.drafts import ItemDraft
from services.subscriptions.wholes import is_metered


class WantedItems(Service):
    """Finds the prices of items."""

    catalog = part(Catalog)

    async def prices(self, items: Sequence[ItemDraft], problems: Problems) -> list[Price]:
        """The prices of the items, in order; inline ones are made now."""
        if not 1 <= len(items) <= ITEMS_MAX:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"{len(items)} items were given; a subscription has 1 to {ITEMS_MAX}.",
                "items",
            )
            return []
        named = [item.price for item in items]
        known = {price.id: price for price in await self.gather(Price, "id", named, keep=True)}
        products = {price.product_id for price in known.values()}
        archived = {product.id for product in await self.gather(Product, "id", products, active=False)}
        resting = await self.resting(known.values())
        prices = []
        for index, item in enumerate(items):
            try:
                prices.append(await self._price(item, known, archived))
                refuse_resting(prices[-1], resting, "price")
            except DomainError as error:
                problems.add_from(error, "items", str(index))
            if item.quantity is not None and item.quantity < 0:
                problems.add(
                    ErrorCode.PARAMETER_INVALID_INTEGER,
                    f"Quantity {item.quantity} is negative; it would have to be 0 or more.",
                    "items", str(index), "quantity",
                )  # fmt: skip
        return prices

    async def resting(self, prices: Iterable[Price]) -> Collection[str]:
        """Those meters of prices that count nothing; no statement where nothing is billed by use."""
        named = {price.meter_id for price in prices if price.meter_id is not None}
        meters = await self.gather(Meter, "id", named, keep=True)
        return {meter.id for meter in meters if meter.status != MeterStatus.ACTIVE}

    async def _price(self, item: ItemDraft, known: Mapping[str, Price], archived: Collection[str]) -> Price:
        if item.price is not None and item.price_data is not None:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, "An item has either a price or priceData, not both.", "priceData"
            )
        if item.price_data is not None:
            return await self.catalog.inline_price(item.price_data)
        if item.price is None:
            raise DomainError(ErrorCode.PARAMETER_MISSING, "An item needs a price, or priceData to make one.", "price")
        if item.price not in known:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{item.price}'.", "price")
        price = known[item.price]
        if not price.active and not item.price_made:
            raise DomainError(
                ErrorCode.PRICE_INACTIVE,
                f"Price {price.id} is archived and takes no new subscriptions; choose an active price.",
                "price",
            )
        if price.product_id in archived:
            raise DomainError(
                ErrorCode.PRODUCT_INACTIVE,
                f"Product {price.product_id} of price {price.id} is archived and takes no new subscriptions; activate"
                " it or choose another.",
                "price",
            )
        if not (item.price_made and item.quantity == 0):
            refuse_quantity_of_usage(price, item.quantity)
        return price


def refuse_resting(price: Price, resting: Collection[str], *param: str) -> None:
    """What is billed by use has a meter that counts it."""
    if price.meter_id in resting:
        raise DomainError(
            ErrorCode.METER_INACTIVE,
            f"Meter {price.meter_id} of price {price.id} is inactive and counts nothing; reactivate it or choose"
            " another price.",
            param,
        )


def refuse_quantity_of_usage(price: Price, quantity: int | None, *param: str) -> None:
    """What was used is billed; no quantity is agreed upon."""
    if is_metered(price) and quantity is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Price {price.id} bills what meter {price.meter_id} counts; leave out the quantity.",
            (*param, "quantity"),
        )


def check_prices(prices: Sequence[Price], currency: str, whose: str, problems: Problems) -> None:
    """All recur and are offered in this currency; `whose` says in words where it comes from."""
    seen: set[str] = set()
    for index, price in enumerate(prices):
        where = ("items", str(index), "price")
        if price.interval is None:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} is charged once; a subscription takes recurring prices.",
                *where,
            )
        if not is_offered_in(price, currency):
            problems.add(
                ErrorCode.CURRENCY_MISMATCH,
                f"Price {price.id} is in {price.currency}, but {whose} {currency}.",
                *where,
            )
        if price.id in seen:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} is there twice; give it once with the sum of the quantities.",
                *where,
            )
        seen.add(price.id)


def with_amounts(
    items: Sequence[ItemDraft], prices: Sequence[Price], currency: str, problems: Problems
) -> tuple[ItemDraft, ...]:
    """The items with what the customer chose to pay, where their prices let them choose. Refusals are noted."""
    return tuple(
        replace(item, unit_amount=checked(problems, chosen_amount, price, currency, item.unit_amount, None, *where))
        for item, price, where in zip(items, prices, (("items", str(n)) for n in range(len(items))), strict=True)
    )
