"""What is given back when time that was billed is not used, and charged when it is used after all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from domain.invoicing import LineDraft
from domain.lifecycles import SubscriptionStatus
from domain.periods import Period, full_period_until
from domain.proration import Billed, Exchange, prorated
from models import Price
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.catalog.rates import recurrence_of_price
from services.subscriptions.discounted_time import DiscountedTime
from services.subscriptions.wholes import WholeSubscriptions, given_back, licensed

BILLED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
"""The statuses in which the current period was billed, so that there is something to give back."""


class BilledTime(Service):
    """Prices time at the end of current periods."""

    wholes = part(WholeSubscriptions)
    discounted = part(DiscountedTime)

    async def moved(self, whole: WholeSubscription, untils: Mapping[str, datetime]) -> list[LineDraft]:
        """The lines for items that are billed up to these moments from now on, instead of to the end of their periods.

        Without lines of nothing. The items are not changed.
        """
        others = {item.row.invoiced_price_id for item in whole.items}
        prices = [item.price for item in whole.items] + await self.gather(Price, "id", others)
        facts = await self.wholes.facts_of(prices)
        discounts = await self.discounted.of([whole])
        lines: list[LineDraft] = []
        priced = [(item, given_back(item.row, facts, whole.row)) for item in licensed(whole.items)]
        priced = [(item, billed) for item, billed in priced if billed.price.meter_id is None]
        for place, (item, billed) in enumerate(priced):
            row = item.row
            until = untils.get(row.id, row.current_period_end)
            if until < row.current_period_end:
                reduction = discounts.given_back(whole.row, row, billed, until)
            else:
                sharing = [(each.row, of_item) for each, of_item in priced]
                reduction = discounts.charged_again(whole.row, sharing, row.current_period_end)[place]
            lines += _lines(whole, item, replace(billed, reduction=reduction), until)
        return [line for line in discounts.as_taxed(lines) if line.amount]


def natural_period(whole: WholeSubscription, item: PricedItem) -> Period:
    """The full period that is current, also where the item is billed for a part of it only."""
    recurrence = recurrence_of_price(item.price)
    assert recurrence is not None, f"subscription item {item.row.id} holds a one-time price"
    return full_period_until(item.row.current_period_end, whole.row.billing_cycle_anchor, recurrence)


def _lines(whole: WholeSubscription, item: PricedItem, billed: Billed, until: datetime) -> tuple[LineDraft, ...]:
    row, full = item.row, natural_period(whole, item)
    ends = row.current_period_end
    if until < ends:
        return prorated(Exchange(row.id, billed, None, until, full.start, full.end, until=ends))
    return prorated(Exchange(row.id, None, billed, ends, full.start, full.end, until=until))
