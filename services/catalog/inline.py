"""The catalogue as what is sold from it sees it: prices that are made for one purchase."""

from collections.abc import Mapping, Sequence

from domain.errors import ErrorCode, Problems
from domain.event_types import EventType
from domain.lifecycles import MeterStatus
from models import Meter, Price, Product
from services.base import Service, part
from services.catalog.checks import checked_terms
from services.catalog.drafts import InlinePriceDraft, Recurring
from services.catalog.making import new_price
from services.events import Events
from services.rows import insert_rows


class Catalog(Service):
    """What higher nouns ask of the catalogue, within their own transactions."""

    events = part(Events)

    async def inline_price(self, draft: InlinePriceDraft, *at: str) -> Price:
        """A price for one purchase alone, archived from the beginning so that nobody else buys by it (as Stripe's).

        `at` is the path of the draft in the input, `priceData` where nothing is said. Records `price.created`.
        """
        path = at or ("priceData",)
        problems = Problems()
        terms = checked_terms(problems, draft, *path)
        await self.check_meters(problems, draft.recurring, *path)
        product = next(iter(await self.gather(Product, "id", [draft.product], keep=True)), None)
        if product is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such product: '{draft.product}'.", *path, "product")
        elif not product.active:
            problems.add(
                ErrorCode.PRODUCT_INACTIVE, f"Product {product.id} is archived and cannot be sold.", *path, "product"
            )
        problems.raise_any()
        assert terms is not None and product is not None

        now = self.scope.clock.now()
        price = new_price(self, terms, draft.product, at=now, active=False, has_features=product.has_features)
        await insert_rows([price])
        self.events.record(EventType.PRICE_CREATED, price, at=now)
        return price

    async def check_meters(self, problems: Problems, recurring: Recurring | None, *at: str) -> None:
        """Note a meter that does not exist or counts no more; no statement where none is named."""
        if recurring is None or recurring.meter is None:
            return
        meter = await self.find(Meter, recurring.meter)
        path = (*at, "recurring", "meter")
        if meter is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such meter: '{recurring.meter}'.", *path)
        elif meter.status != MeterStatus.ACTIVE:
            message = f"Meter {meter.id} is inactive and counts nothing; reactivate it or choose another."
            problems.add(ErrorCode.PARAMETER_INVALID, message, *path)

    async def descriptors(self, purchases: Mapping[str, Sequence[str | None]]) -> dict[str, str]:
        """What card statements say of recurring payments, by purchase: the words of its first product that has some.

        `purchases` names the products of each in order; one whose products say nothing is absent. One statement.
        """
        wanted = {product_id for products in purchases.values() for product_id in products}
        products = await self.gather(Product, "id", wanted)
        words = {product.id: product.statement_descriptor for product in products if product.statement_descriptor}
        said = {purchase: [words[each] for each in ids if each in words] for purchase, ids in purchases.items()}
        return {purchase: texts[0] for purchase, texts in said.items() if texts}
