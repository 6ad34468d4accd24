"""What drafting invoices needs to know of prices."""

from collections.abc import Iterable

from domain.invoicing import PriceFacts
from models import Price, Product
from services.base import Service
from services.catalog.rates import options_of, rates_of, recurrence_of_price


class Facts(Service):
    """Reads prices for drafting."""

    async def of(self, prices: Iterable[Price]) -> dict[str, PriceFacts]:
        """What there is to know of these prices, by id; one statement for their products."""
        known = {price.id: price for price in prices}
        ids = {price.product_id for price in known.values()}
        products = {product.id: product for product in await self.gather(Product, "id", ids)}
        return {
            price.id: PriceFacts(
                price_id=price.id,
                product_id=price.product_id,
                product_name=products[price.product_id].name,
                unit_label=products[price.product_id].unit_label,
                currency=price.currency,
                rates=rates_of(price),
                options=options_of(price),
                recurrence=recurrence_of_price(price),
                meter_id=price.meter_id,
            )
            for price in known.values()
        }

    async def named(self, price_ids: Iterable[str]) -> dict[str, PriceFacts]:
        """As `of`, for prices that are known by their ids; two statements."""
        return await self.of(await self.gather(Price, "id", set(price_ids)))
