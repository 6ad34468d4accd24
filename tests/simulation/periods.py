"""Periods: every item is in one that is counted from the anchor by its own recurrence."""

from domain.periods import boundary, full_period_until
from models import Price, Subscription, SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.wholes import recurrence_of_item, recurrence_of_subscription


async def check_periods() -> None:
    """Of a subscription that runs, the next cycle begins when its shortest period ends, and no item's ends earlier."""
    prices = {price.id: price for price in await Price.all()}
    items: dict[str, list[PricedItem]] = {}
    for row in await SubscriptionItem.all():
        items.setdefault(row.subscription_id, []).append(PricedItem(row, prices[row.price_id]))
    for subscription in await Subscription.filter(status__in=("active", "past_due", "unpaid")):
        whole = WholeSubscription(subscription, items[subscription.id])
        anchor, index = subscription.billing_cycle_anchor, subscription.cycle + 1 - subscription.anchor_cycle
        begins = boundary(anchor, recurrence_of_subscription(whole), index)
        ends = {begins, subscription.cancel_at}
        assert current_period_end(whole) in ends, f"{subscription.id}: {current_period_end(whole)}, not {begins}"
        for item in whole.items:
            ends.add(full_period_until(item.row.current_period_end, anchor, recurrence_of_item(item)).end)
            assert item.row.current_period_end in ends, f"{item.row.id} of {subscription.id}"
