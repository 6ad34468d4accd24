"""Changes of items that wait for the end of the period."""

import strawberry

from schema.base import Wrapping, column, computed, input_field, part_type
from schema.payloads import payload
from schema.refs import PriceRef, SubscriptionItemRef, SubscriptionRef
from schema.relations import one
from schema.scalars import MinorUnits


@part_type
class ScheduledItemChange(Wrapping):
    """What changes about one item, or a price that is added."""

    item: SubscriptionItemRef | None = one("id", "The item that changes; null for a price that is added.")
    price: PriceRef | None = one("price", "Its price from then on; null when that stays.")
    quantity: int | None = column("How many units from then on; null when that stays, or is 1 for a new item.")
    unit_amount: MinorUnits | None = column("What is then chosen to be paid for a unit; null when that stays.")
    deleted: bool = column("Whether the item goes.")


@part_type
class ScheduledChange(Wrapping):
    """A change of items that takes effect with the next period."""

    @computed("What changes, in order.")
    def items(self) -> list[ScheduledItemChange]:
        """As it was asked for."""
        return [ScheduledItemChange.of(each) for each in self.row.items]


@strawberry.input(description="Which subscription's change is taken back.")
class SubscriptionScheduledChangeDeleteInput:
    """Names the subscription."""

    id: strawberry.ID = input_field("The subscription; a change of its items has to wait for the end of its period.")


SubscriptionScheduledChangeDeletePayload = payload(
    "subscriptionScheduledChangeDelete",
    subscription=(SubscriptionRef, "The subscription, which goes on as it is; null when refused."),
)
