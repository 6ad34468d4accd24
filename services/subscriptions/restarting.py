"""Periods of a subscription that goes on after a pause."""

from datetime import datetime

from domain.periods import Period, period_containing
from models import SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.catalog.rates import recurrence_of_price
from services.subscriptions.metering import begin_metering
from services.subscriptions.wholes import recurrence_of_subscription

RESTARTED = ("billing_cycle_anchor", "anchor_cycle")
"""Columns of the subscription that `restart` sets."""
ITEM_RESTARTED = (
    "current_period_start", "current_period_end", "invoiced_price_id", "invoiced_quantity", "metered_since",
)  # fmt: skip
"""Columns of its items that `restart` sets."""


def restart(whole: WholeSubscription, at: datetime, *, anchor: datetime) -> None:
    """Put the subscription into the period of `anchor` that contains `at`, in memory."""
    row = whole.row
    row.billing_cycle_anchor = anchor
    row.anchor_cycle = row.cycle - period_containing(anchor, recurrence_of_subscription(whole), at).index
    for item in whole.items:
        period = period_of(item, at, anchor)
        _set_period(item.row, period)
    begin_metering(whole.items, at)


def period_of(item: PricedItem, at: datetime, anchor: datetime) -> Period:
    """The period of this item that contains `at`, counted from `anchor`."""
    recurrence = recurrence_of_price(item.price)
    assert recurrence is not None, f"subscription item {item.row.id} has a one-time price"
    return period_containing(anchor, recurrence, at)


def _set_period(row: SubscriptionItem, period: Period) -> None:
    row.current_period_start, row.current_period_end = period.start, period.end
    row.invoiced_price_id = row.invoiced_quantity = None
