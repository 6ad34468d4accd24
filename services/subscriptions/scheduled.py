"""Changes of items that wait for the end of the period: kept on the subscription, carried out by its renewal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.drafts import UNSET, given
from domain.ids import Prefix
from domain.metadata import merged_metadata
from models import Price, SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service
from services.catalog.rates import chosen_amount
from services.rows import delete_by, insert_rows, update_rows
from services.subscriptions.drafts import ItemChange
from services.subscriptions.metering import begin_metering
from services.subscriptions.wholes import is_metered, quantity_of

_CHANGED = ("price_id", "quantity", "unit_amount", "metadata", "tax_rates", "metered_since")


@dataclass(slots=True)
class Foreseen:
    """Subscriptions as they will be, in their order, and what moves."""

    wholes: list[WholeSubscription] = field(default_factory=list)
    added: list[SubscriptionItem] = field(default_factory=list)
    changed: list[SubscriptionItem] = field(default_factory=list)
    removed: list[SubscriptionItem] = field(default_factory=list)


class ScheduledChanges(Service):
    """Carries out what was put off, in sets."""

    async def carried_out(
        self, wholes: Sequence[WholeSubscription], presents: Mapping[str | None, datetime]
    ) -> Sequence[WholeSubscription]:
        """The subscriptions with the changes that waited made, in their order.

        The subscriptions' own rows, which this changes too, are the caller's to store.
        """
        foreseen = await self.foreseen(wholes, presents)
        await insert_rows(foreseen.added)
        await update_rows(foreseen.changed, _CHANGED)
        await delete_by(SubscriptionItem, "id", [row.id for row in foreseen.removed], **self.ownership())
        return foreseen.wholes

    async def foreseen(self, wholes: Sequence[WholeSubscription], presents: Mapping[str | None, datetime]) -> Foreseen:
        """What the changes will make of these subscriptions; rows are changed in memory alone."""
        waiting = {whole.row.id: item_changes_of(whole.row.scheduled_change) for whole in wholes}
        wanted = {change.price for changes in waiting.values() for change in changes}
        prices = {price.id: price for price in await self.gather(Price, "id", wanted)}
        foreseen = Foreseen()
        for whole in wholes:
            at = presents[whole.row.test_clock_id]
            foreseen.wholes.append(self._applied(whole, waiting[whole.row.id], prices, foreseen, at))
            whole.row.scheduled_change = None
        return foreseen

    def _applied(
        self,
        whole: WholeSubscription,
        changes: Sequence[ItemChange],
        prices: Mapping[str, Price],
        foreseen: Foreseen,
        at: datetime,
    ) -> WholeSubscription:
        held = {item.row.id: item for item in whole.items}
        for change in changes:
            if change.id is None:
                made = self._added(whole, change, prices, at)
                held[made.row.id] = made
                foreseen.added.append(made.row)
            elif change.deleted:
                foreseen.removed.append(held.pop(change.id).row)
            else:
                row = held[change.id].row
                price = prices.get(change.price or row.price_id, held[change.id].price)
                row.unit_amount = chosen_amount(price, whole.row.currency, change.unit_amount, row.unit_amount)
                row.price_id = price.id
                row.quantity = quantity_of(price, change.quantity, held[change.id])
                row.metadata = merged_metadata(row.metadata, change.metadata)
                row.tax_rates = list(given(change.tax_rates, row.tax_rates) or ())
                if row.price_id != held[change.id].price.id:
                    begin_metering([PricedItem(row, price)], row.current_period_end)
                held[change.id] = PricedItem(row, price)
                foreseen.changed.append(row)
        whole.row.has_usage = whole.row.has_usage or any(is_metered(item.price) for item in held.values())
        return WholeSubscription(whole.row, list(held.values()))

    def _added(
        self, whole: WholeSubscription, change: ItemChange, prices: Mapping[str, Price], at: datetime
    ) -> PricedItem:
        """A new item; the renewal that adds it sets its period."""
        assert change.price is not None, "an item that is added names its price"
        beside = whole.items[0].row
        row = SubscriptionItem.made(
            id=self.new_id(Prefix.SUBSCRIPTION_ITEM),
            created_at=at,
            subscription_id=whole.row.id,
            price_id=change.price,
            quantity=quantity_of(prices[change.price], change.quantity),
            metered_since=beside.current_period_end if is_metered(prices[change.price]) else None,
            tax_rates=[] if change.tax_rates is UNSET else list(change.tax_rates or ()),
            unit_amount=chosen_amount(prices[change.price], whole.row.currency, change.unit_amount),
            current_period_start=beside.current_period_start,
            current_period_end=beside.current_period_end,
            metadata=merged_metadata({}, change.metadata),
            **self.ownership(),
        )
        return PricedItem(row, prices[change.price])


def scheduled_change_of(changes: Sequence[ItemChange]) -> dict[str, Any]:
    """The changes as a subscription keeps them."""
    return {"items": [_kept(change) for change in changes]}


def item_changes_of(kept: Mapping[str, Any] | None) -> list[ItemChange]:
    """The changes that `scheduled_change_of` kept."""
    return [
        ItemChange(
            id=each["id"],
            price=each["price"],
            quantity=UNSET if each["quantity"] is None else each["quantity"],
            unit_amount=UNSET if each.get("unit_amount") is None else each["unit_amount"],
            deleted=each["deleted"],
            metadata=each["metadata"],
            tax_rates=UNSET if each["tax_rates"] is None else tuple(each["tax_rates"]),
        )
        for each in (kept or {"items": []})["items"]
    ]


def _kept(change: ItemChange) -> dict[str, Any]:
    quantity = None if change.quantity is UNSET else change.quantity
    return {
        "id": change.id,
        "price": change.price,
        "quantity": quantity,
        "unit_amount": None if change.unit_amount is UNSET else change.unit_amount,
        "deleted": change.deleted,
        "metadata": dict(change.metadata),
        "tax_rates": None if change.tax_rates is UNSET else list(change.tax_rates or ()),
    }
