"""Subscriptions together with their items and prices, read in three statements whatever their number."""

from collections.abc import Iterable, Mapping, Sequence

from domain.drafts import Unset, given
from domain.intervals import shortest_of
from domain.invoicing import BilledItem, PriceFacts
from domain.periods import Period, Recurrence
from domain.pricing import Rates
from domain.proration import Billed
from domain.subscriptions import BillingMode
from models import Price, Subscription, SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.catalog.facts import Facts
from services.catalog.rates import agreed_rates, recurrence_of_price
from services.known_tax_rates import KnownTaxRates


class WholeSubscriptions(Service):
    """Reads subscriptions as wholes, and what billing them takes."""

    tax_rates = part(KnownTaxRates)
    facts = part(Facts)

    async def by(self, column: str, values: Iterable[str | None], *, lock: bool = False) -> list[WholeSubscription]:
        """The subscriptions whose column has one of these values, in order of their ids."""
        return await self.of(await self.gather(Subscription, column, values, order=("id",), lock=lock))

    async def of(self, subscriptions: Sequence[Subscription]) -> list[WholeSubscription]:
        """These subscriptions with their items and prices."""
        items: dict[str, list[PricedItem]] = {subscription.id: [] for subscription in subscriptions}
        rows = await self.gather(SubscriptionItem, "subscription_id", items, order=("id",))
        held = await self.gather(Price, "id", {row.price_id for row in rows}, keep=True)
        prices = {price.id: price for price in held}
        named = {rate for row in subscriptions for rate in row.default_tax_rates}
        await self.tax_rates.by_id(named.union(*(row.tax_rates for row in rows)))
        for row in rows:
            items[row.subscription_id].append(PricedItem(row, prices[row.price_id]))
        return [WholeSubscription(subscription, items[subscription.id]) for subscription in subscriptions]

    async def facts_of(self, prices: Iterable[Price]) -> dict[str, PriceFacts]:
        """What drafting needs to know of these prices, by id; one statement for their products."""
        return await self.facts.of(prices)


def recurrence_of_item(item: PricedItem) -> Recurrence:
    """How often the item is billed."""
    recurrence = recurrence_of_price(item.price)
    assert recurrence is not None, f"subscription item {item.row.id} holds a one-time price"
    return recurrence


def recurrence_of_subscription(whole: WholeSubscription) -> Recurrence:
    """How often the subscription bills at the most: the shortest recurrence of its items."""
    if len(whole.items) == 1:
        return recurrence_of_item(whole.items[0])
    return shortest_of({recurrence_of_item(item) for item in whole.items})


def is_metered(price: Price) -> bool:
    """Whether the price bills what a meter counted."""
    return price.meter_id is not None


def quantity_of(price: Price, wanted: int | Unset, before: PricedItem | None = None) -> int:
    """How many units of the price an item is to have: as wanted, or else as before; none where usage is billed."""
    if is_metered(price):
        return 0
    return given(wanted, 1 if before is None or is_metered(before.price) else before.row.quantity)


def licensed(items: Iterable[PricedItem]) -> list[PricedItem]:
    """Those of these items that bill a quantity, in advance."""
    return [item for item in items if not is_metered(item.price)]


def in_force(row: SubscriptionItem, facts: Mapping[str, PriceFacts], currency: str) -> Billed:
    """What the item is to be billed at, in the currency of its subscription."""
    return Billed(facts[row.price_id].agreed(currency, row.unit_amount), row.quantity)


def invoiced(row: SubscriptionItem, facts: Mapping[str, PriceFacts], currency: str) -> Billed:
    """What was invoiced for the rest of the item's period: what is in force, unless something else is known of."""
    if row.invoiced_price_id is None:
        return in_force(row, facts, currency)
    assert row.invoiced_quantity is not None, f"{row.id} was invoiced at a price without a quantity"
    return Billed(facts[row.invoiced_price_id].agreed(currency, row.invoiced_unit_amount), row.invoiced_quantity)


def given_back(row: SubscriptionItem, facts: Mapping[str, PriceFacts], subscription: Subscription) -> Billed:
    """What a change gives back: what was invoiced, or with CLASSIC the price in force (spec 02, Billing mode)."""
    known = in_force if subscription.billing_mode == BillingMode.CLASSIC else invoiced
    return known(row, facts, subscription.currency)


def rates_in_force(item: PricedItem, currency: str) -> Rates:
    """The rates of the item, in the currency of its subscription and with the amount that the customer chose."""
    return agreed_rates(item.price, currency, item.row.unit_amount)


def billed_items(
    items: Iterable[PricedItem], facts: Mapping[str, PriceFacts], period: Period, currency: str
) -> list[BilledItem]:
    """The items as drafting takes them, for one period; those that bill usage are left out."""
    return [
        BilledItem(
            item.row.id,
            facts[item.price.id].agreed(currency, item.row.unit_amount),
            item.row.quantity,
            period.start,
            period.end,
            period.share,
            tuple(item.row.discounts),
            tuple(item.row.tax_rates),
        )
        for item in licensed(items)
    ]
