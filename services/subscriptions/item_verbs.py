"""Changes of one item: the same way as a change of the subscription, answered with the item."""

from dataclasses import dataclass, replace

from domain.errors import DomainError, Problem
from domain.ids import Prefix
from models import Subscription, SubscriptionItem
from services.answers import answer
from services.base import Service, Settled, part
from services.idempotency import answered_again
from services.subscriptions.change_rules import ChangeRuling
from services.subscriptions.changes import Changes
from services.subscriptions.drafts import (
    ItemAddition,
    ItemChange,
    ItemRemoval,
    ItemUpdate,
    SubscriptionChange,
)


@answer
@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """An item and its subscription after a change; no item where it was removed, or where the change still waits."""

    subscription_item: SubscriptionItem | None
    subscription: Subscription | None


class SubscriptionItems(Service):
    """Adds, changes and removes items one by one."""

    changes = part(Changes)
    ruling = part(ChangeRuling)

    async def create(self, draft: ItemAddition, *, by_rule: bool = False) -> Settled[ItemAnswer]:
        """Put a price onto a subscription."""
        identifier = self.new_id(Prefix.SUBSCRIPTION_ITEM)
        wanted = ItemChange(
            price=draft.price,
            price_data=draft.price_data,
            quantity=draft.quantity,
            tax_rates=draft.tax_rates,
            unit_amount=draft.unit_amount,
            metadata=draft.metadata,
            discounts=draft.discounts,
            added_as=identifier,
        )
        return await self._changed(draft.subscription, wanted, draft, identifier, "subscription", by_rule)

    async def update(self, draft: ItemUpdate, *, by_rule: bool = False) -> Settled[ItemAnswer]:
        """Change the price, the quantity or the metadata of an item."""
        item = await self.require(SubscriptionItem, draft.id)
        wanted = ItemChange(
            draft.id,
            draft.price,
            price_data=draft.price_data,
            quantity=draft.quantity,
            tax_rates=draft.tax_rates,
            unit_amount=draft.unit_amount,
            metadata=draft.metadata,
            discounts=draft.discounts,
        )
        return await self._changed(item.subscription_id, wanted, draft, draft.id, "id", by_rule)

    async def delete(self, draft: ItemRemoval, *, by_rule: bool = False) -> Settled[ItemAnswer]:
        """Take an item off its subscription."""
        item = await self.require(SubscriptionItem, draft.id)
        wanted = ItemChange(draft.id, deleted=True)
        return await self._changed(item.subscription_id, wanted, draft, draft.id, "id", by_rule)

    async def _changed(
        self,
        subscription: str,
        wanted: ItemChange,
        draft: ItemAddition | ItemUpdate | ItemRemoval,
        item: str,
        param: str,
        by_rule: bool,
    ) -> Settled[ItemAnswer]:
        change = SubscriptionChange(
            subscription,
            items=(wanted,),
            proration_behavior=draft.proration_behavior,
            proration_date=draft.proration_date,
            payment_behavior=draft.payment_behavior,
            off_session=False if isinstance(draft, ItemRemoval) else draft.off_session,
        )
        try:
            settled = await self.changes.update(await self.ruling.ruled(change) if by_rule else change)
        except DomainError as error:
            raise DomainError.of([_of_one_item(problem, param) for problem in error.problems]) from None
        answer = ItemAnswer(await self.find(SubscriptionItem, item), settled.value)
        whole = Settled(answer, settled.problem, settled.payment_intent_id)
        await answered_again(self.scope, whole)
        return whole


def _of_one_item(problem: Problem, param: str) -> Problem:
    """The problem with the path that the input of one item has: no list of items is around it."""
    path = problem.param
    if path[:2] == ("items", "0"):
        path = path[2:]
    elif path in (("id",), ("items",)):
        path = (param,)
    return replace(problem, param=path)
