"""How a change of items takes effect when it does not say so itself, and changes that wait for the period's end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain.drafts import given
from domain.errors import DomainError, ErrorCode
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.plan_changes import ChangeBehavior, Rated
from domain.pricing import Rates
from domain.subscriptions import ProrationBehavior
from models import Price, Subscription
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.catalog.rates import agreed_rates, is_offered_in, recurrence_of_price
from services.rows import update_rows
from services.settings import Settings
from services.subscriptions.drafts import ItemChange, SubscriptionChange
from services.subscriptions.exchange import Exchanges, Proration, amount_after
from services.subscriptions.scheduled import ScheduledChanges, scheduled_change_of
from services.subscriptions.wholes import WholeSubscriptions, rates_in_force, recurrence_of_item

_S = SubscriptionStatus
CHANGEABLE_BY_RULE = frozenset({_S.ACTIVE, _S.PAST_DUE})


class ChangeRuling(Service):
    """Applies the account's rules for upgrades and downgrades."""

    settings = part(Settings)
    wholes = part(WholeSubscriptions)
    exchanges = part(Exchanges)
    scheduled = part(ScheduledChanges)

    async def ruled(self, change: SubscriptionChange) -> SubscriptionChange:
        """The change with the behaviour that the rules say; without rules, or items, it stays as it is.

        So does one that says from where periods are counted: it cannot wait for the end of one.
        """
        if change.billing_cycle_anchor is not None:
            return change
        behavior = await self.behavior_of(change.id, change.items)
        if behavior is None:
            return change
        waits = behavior is ChangeBehavior.WAIT_FOR_PERIOD_END
        return replace(change, proration_behavior=behavior.proration, waits_for_period_end=waits)

    async def behavior_of(self, subscription_id: str, wanted: Sequence[ItemChange]) -> ChangeBehavior | None:
        """The rule that a change of these items follows; None where there is none."""
        if not wanted or any(change.price_data is not None for change in wanted):
            return None  # a price that is made only with the change is compared with none
        rules = (await self.settings.current()).change_rules
        row = await self.find(Subscription, subscription_id) if rules.differ_from_stripe else None
        if row is None or row.status not in CHANGEABLE_BY_RULE:
            return None
        [whole] = await self.wholes.of([row])
        known = {price.id: price for price in await self.gather(Price, "id", {each.price for each in wanted})}
        if any(each.price not in known for each in wanted if each.price is not None):
            return None  # the change is refused, and says so better
        if not all(is_offered_in(price, row.currency) for price in known.values()):
            return None
        try:
            after = _rated_after(whole, wanted, known)
        except DomainError:
            return None
        before = [_rated(item.price, item.row.quantity, rates_in_force(item, row.currency)) for item in whole.items]
        return rules.behavior_of(before, after)

    async def put_off(self, whole: WholeSubscription, wanted: Sequence[ItemChange], at: datetime) -> None:
        """Keep a change of items for the end of the period, instead of what waited before; refused if it is unsound.

        The subscription's row is the caller's to store.
        """
        # The planner changes rows in memory: it is given copies.
        copies = [PricedItem(item.row.clone(pk=item.row.id), item.price) for item in whole.items]
        copy = WholeSubscription(whole.row.clone(pk=whole.row.id), copies)
        plan = await self.exchanges.plan(copy, wanted, Proration(at, ProrationBehavior.NONE), at)
        if len({recurrence_of_item(item) for item in (*whole.items, *plan.whole.items)}) > 1:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Subscription {whole.row.id} is or would be billed at several intervals, and such a change cannot wait"
                " for the end of the period; say a prorationBehavior.",
                "prorationBehavior",
            )
        whole.row.scheduled_change = scheduled_change_of(wanted)

    async def take_back(self, subscription_id: str) -> Subscription:
        """Forget the change that waits; refused when none does."""
        row = await self.lock(Subscription, subscription_id)
        SUBSCRIPTION.refuse_unless("cancel", row.id, SubscriptionStatus(row.status))
        await self.present(row.test_clock_id)
        if not row.scheduled_change:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING, f"No change of subscription {row.id} waits for the end of its period.", "id"
            )
        row.scheduled_change = None
        await update_rows([row], ("scheduled_change",))
        return row


def _rated_after(whole: WholeSubscription, wanted: Sequence[ItemChange], known: Mapping[str, Price]) -> list[Rated]:
    """What the items will cost; what is unsound about the change is not this one's to tell."""
    currency, held = whole.row.currency, {item.row.id: item for item in whole.items}
    rated = {
        identifier: _rated(item.price, item.row.quantity, rates_in_force(item, currency))
        for identifier, item in held.items()
    }
    for index, change in enumerate(wanted):
        item = held.get(change.id or "")
        price = known.get(change.price or "", None if item is None else item.price)
        if change.deleted or price is None or price.interval is None:
            rated.pop(change.id or "", None)
            continue
        rates = agreed_rates(price, currency, amount_after(currency, change, item, known))
        quantity = given(change.quantity, 1 if item is None else item.row.quantity)
        rated[change.id or str(index)] = _rated(price, quantity, rates)
    return list(rated.values())


def _rated(price: Price, quantity: int, rates: Rates) -> Rated:
    recurrence = recurrence_of_price(price)
    assert recurrence is not None, f"price {price.id} is charged once"
    return Rated(rates, quantity, recurrence)
