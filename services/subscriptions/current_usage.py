"""What subscription items used in the period under way, and what it will cost, for many items at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.calculations import calculation_of
from domain.metering import plain, projected, through
from domain.usage import Formula
from models import Meter, Price, Subscription, SubscriptionItem
from services.base import Service, part
from services.catalog.rates import agreed_rates
from services.scope import Scope
from services.subscriptions.metering import METERING
from services.usage import Reading, Readings


@dataclass(frozen=True, slots=True)
class CurrentUsage:
    """What one item used from `start` to `end`, which is now; what that costs, and what the whole period would.

    The present second is included, as in a preview. In a trial there is nothing, from now to now.
    """

    quantity: Decimal
    start: datetime
    end: datetime
    amount: int
    currency: str
    projected_quantity: Decimal
    projected_amount: int


class CurrentUsages(Service):
    """Reads meters for periods that are under way. Some ten statements, however many items there are."""

    readings = part(Readings)

    async def of(self, item_ids: Sequence[str]) -> dict[str, CurrentUsage]:
        """By item; those that bill a quantity, or whose subscription bills no usage now, are absent."""
        rows = await self.gather(SubscriptionItem, "id", item_ids)
        items = [row for row in rows if row.metered_since is not None]
        found = await self.gather(Subscription, "id", {item.subscription_id for item in items})
        running = {row.id: row for row in found if row.status in METERING}
        presents = await self.presents(row.test_clock_id for row in running.values())
        now = {row.id: presents[row.test_clock_id] for row in running.values()}
        items = [item for item in items if item.subscription_id in running]
        prices = {price.id: price for price in await self.gather(Price, "id", {item.price_id for item in items})}
        meters = await self.gather(Meter, "id", {price.meter_id for price in prices.values()})
        formulas = {meter.id: Formula(meter.formula) for meter in meters}
        wanted = [_reading(item, prices, running, now) for item in items]
        values = await self.readings.of(wanted) if wanted else []
        return {
            item.id: _current(
                item,
                value,
                now[item.subscription_id],
                prices[item.price_id],
                running[item.subscription_id],
                formulas[reading.meter_id],
            )
            for item, reading, value in zip(items, wanted, values, strict=True)
        }


def _reading(
    item: SubscriptionItem,
    prices: Mapping[str, Price],
    running: Mapping[str, Subscription],
    now: Mapping[str, datetime],
) -> Reading:
    since, meter_id = item.metered_since, prices[item.price_id].meter_id
    assert since is not None and meter_id is not None, f"item {item.id} is not metered"
    return Reading(meter_id, running[item.subscription_id].customer_id, since, through(now[item.subscription_id]))


def _current(
    item: SubscriptionItem,
    quantity: Decimal,
    now: datetime,
    price: Price,
    row: Subscription,
    formula: Formula,
) -> CurrentUsage:
    assert item.metered_since is not None, f"item {item.id} is not metered"
    start = min(item.metered_since, now)
    rates = agreed_rates(price, row.currency, None)
    ahead = quantity
    if formula in (Formula.COUNT, Formula.SUM):
        ahead = projected(quantity, start, now, item.current_period_end)
    return CurrentUsage(
        quantity,
        start,
        now,
        calculation_of(rates, plain(quantity), row.currency).amount,
        row.currency,
        ahead,
        calculation_of(rates, plain(ahead), row.currency).amount,
    )


async def current_usage_by_item(scope: Scope, item_ids: list[str]) -> dict[str, CurrentUsage]:
    """As `CurrentUsages.of`, for whoever reads them by their ids."""
    return await CurrentUsages(scope).of(item_ids)
