"""Prices that are made for the items of a change."""

from collections.abc import Sequence
from dataclasses import replace

from domain.errors import DomainError, ErrorCode, Problems
from models import Price
from services.base import Service, part
from services.catalog import Catalog
from services.subscriptions.drafts import ItemChange


class MadePrices(Service):
    """Makes inline prices, within the transaction of the change."""

    catalog = part(Catalog)

    async def named(self, wanted: Sequence[ItemChange]) -> tuple[ItemChange, ...]:
        """The changes with the prices that were made for them; refused with all problems together."""
        if all(change.price_data is None for change in wanted):
            return tuple(wanted)
        problems, named = Problems(), []
        for index, change in enumerate(wanted):
            try:
                named.append(await self._named(change))
            except DomainError as error:
                problems.add_from(error, "items", str(index))
        problems.raise_any()
        return tuple(named)

    async def _named(self, change: ItemChange) -> ItemChange:
        if change.price_data is None:
            return change
        if change.price is not None or change.deleted:
            other = "a price" if change.price is not None else "deleted"
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, f"An item has either {other} or priceData, not both.", "priceData"
            )
        price: Price = await self.catalog.inline_price(change.price_data)
        return replace(change, price=price.id, price_data=None, price_made=True)
