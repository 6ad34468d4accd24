"""Working out a change of items: the rows as they will be and the prorations that follow. Nothing is written here."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.invoicing import LineDraft, PriceFacts
from domain.metadata import merged_metadata
from models import Price, SubscriptionItem, UsagePeriod
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.catalog.rates import chosen_amount, recurrence_of_price
from services.coupons.deductions import Redeemed
from services.subscriptions.discounted_time import DiscountedTime, Discounts
from services.subscriptions.drafts import ItemChange
from services.subscriptions.item_checks import refuse_unsound, refuse_waiting
from services.subscriptions.made_prices import MadePrices
from services.subscriptions.metering import Metering, UsageCut
from services.subscriptions.settling import Proration, Settling, Swap
from services.subscriptions.threshold_rules import ThresholdRules
from services.subscriptions.wanted_items import WantedItems, refuse_resting
from services.subscriptions.wholes import WholeSubscriptions, quantity_of
from services.tax import NamedRates, TaxRatesNamed


@dataclass(slots=True)
class ItemsPlan:
    """A change of items that was found sound: the subscription as it will be, what moved, and its prorations."""

    whole: WholeSubscription
    added: list[SubscriptionItem] = field(default_factory=list)
    changed: list[SubscriptionItem] = field(default_factory=list)
    removed: list[SubscriptionItem] = field(default_factory=list)
    lines: list[LineDraft] = field(default_factory=list)
    restarted: bool = False
    """Whether periods are counted anew from the change on."""
    at_once: bool = False
    """Whether the lines are invoiced at once, rather than with the next renewal."""
    cuts: list[UsageCut] = field(default_factory=list)
    """Times of metered items that end with the change."""
    usage: list[UsagePeriod] = field(default_factory=list)
    """Those times, once it is known what was used in those that are billed with the change."""

    @property
    def opens_a_period(self) -> bool:
        """Whether the invoice of the change is the one of a new period."""
        return self.restarted and self.at_once


@dataclass(frozen=True, slots=True)
class PriceList:
    """What changes of items need to know of prices: those in force, those that were invoiced, and those wanted."""

    prices: Mapping[str, Price]
    facts: Mapping[str, PriceFacts]
    discounts: Discounts


__all__ = ["Exchanges", "ItemsPlan", "PriceList", "Proration", "amount_after"]


class Exchanges(Service):
    """Plans changes of items."""

    wholes = part(WholeSubscriptions)
    discounted = part(DiscountedTime)
    made_prices = part(MadePrices)
    wanted = part(WantedItems)
    tax_rates = part(TaxRatesNamed)
    metering = part(Metering)
    threshold_rules = part(ThresholdRules)

    async def plan(
        self,
        whole: WholeSubscription,
        wanted: Sequence[ItemChange],
        proration: Proration,
        now: datetime,
        *,
        checked: bool = True,
        usage_waits: bool = False,
        redeemed: Sequence[Redeemed] | None = None,
    ) -> ItemsPlan:
        """The change with its prorations, in the order wanted; refused with all problems together.

        The rows of the items are changed in memory: take snapshots first. What was found sound before need not be
        `checked` again. `usage_waits` lets all usage wait for the next renewal. `redeemed` are discounts that the
        subscription is thought of with.
        """
        await self.tax_rates.checked(*_named_rates(whole, wanted if checked else ()))
        named = await self.made_prices.named(wanted)
        known = await self.price_list([(whole, named)], redeemed=redeemed)
        plan = self.planned(whole, named, proration, now, known, checked)
        if checked:
            await self._refuse_resting(whole, named, known)
            await self.threshold_rules.refuse_unfit(plan.whole, "items")
        await self.metering.not_again(plan.whole, now)
        await self.read_usage([plan], waits=usage_waits)
        return plan

    async def _refuse_resting(self, whole: WholeSubscription, wanted: Sequence[ItemChange], known: PriceList) -> None:
        """What comes onto the subscription to be billed by use has a meter that counts."""
        there = {item.price.id for item in whole.items}
        coming = {change.price: at for at, change in enumerate(wanted) if change.price and change.price not in there}
        resting = await self.wanted.resting(known.prices[each] for each in coming)
        for identifier, at in coming.items():
            refuse_resting(known.prices[identifier], resting, "items", str(at), "price")

    async def read_usage(self, plans: Sequence[ItemsPlan], *, waits: bool = False) -> None:
        """Put what was used until the change onto these plans: lines for what is billed with it, unless all waits."""
        now: list[UsagePeriod] = []
        for plan in plans:
            for cut in plan.cuts:
                period = self.metering.period(plan.whole, cut)
                plan.usage.append(period)
                now += [period] if cut.now and not waits else []
        if now:
            items = {cut.row.id: cut.row for plan in plans for cut in plan.cuts}
            drafted = await self.metering.usage.settled((), now, items)
            for plan in plans:
                plan.lines += drafted.of(plan.whole.row.id)
            for period in now:
                period.drafted = True

    def planned(
        self,
        whole: WholeSubscription,
        wanted: Sequence[ItemChange],
        proration: Proration,
        now: datetime,
        known: PriceList,
        checked: bool = True,
    ) -> ItemsPlan:
        """As `plan`, for one change of a set whose prices are known."""
        refuse_waiting(whole.row)
        _refuse_unknown(whole, wanted, known.prices)
        settling = Settling(whole, known.facts, proration, now, known.discounts)
        plan = ItemsPlan(whole)
        held = {item.row.id: item for item in whole.items}
        swaps = [self._apply(plan, held, change, known.prices, settling) for change in wanted]
        plan.whole = WholeSubscription(whole.row, list(held.values()))
        if checked:
            refuse_unsound(whole, plan.whole, wanted)
        settled = settling.settled(plan.whole, swaps)
        plan.lines, plan.restarted, plan.at_once = settled.lines, settled.restarted, settled.at_once
        plan.cuts = settled.cuts
        if settled.restarted:
            plan.changed = [row for item in plan.whole.items if (row := item.row) not in plan.added]
        return plan

    async def price_list(
        self,
        changes: Iterable[tuple[WholeSubscription, Sequence[ItemChange]]],
        also: Iterable[str] = (),
        redeemed: Sequence[Redeemed] | None = None,
    ) -> PriceList:
        """The prices of these changes and `also` others, and the discounts of what changes, in some statements."""
        known: dict[str, Price] = {}
        others: set[str | None] = set(also)
        changing = list(changes)
        for whole, wanted in changing:
            known |= {item.price.id: item.price for item in whole.items}
            others |= {item.row.invoiced_price_id for item in whole.items} | {change.price for change in wanted}
        missing = {identifier for identifier in others if identifier not in known}
        prices = known | {price.id: price for price in await self.gather(Price, "id", missing)}
        of_items = {each for _, wanted in changing for change in wanted for each in change.discount_ids or ()}
        discounts = await self.discounted.of([whole for whole, _ in changing], of_items, redeemed)
        return PriceList(prices, await self.wholes.facts_of(prices.values()), discounts)

    def _apply(
        self,
        plan: ItemsPlan,
        held: dict[str, PricedItem],
        change: ItemChange,
        prices: Mapping[str, Price],
        settling: Settling,
    ) -> Swap:
        """One change of price and quantity, in memory; `held` are the items as they stand."""
        if change.id is None:
            made = self._added(plan.whole, change, prices, settling.now)
            held[made.row.id] = made
            plan.added.append(made.row)
            return Swap(made.row, None, made)
        item = held[change.id]
        if change.deleted:
            del held[change.id]
            plan.removed.append(item.row)
            return Swap(item.row, item, None)
        row = item.row
        row.unit_amount = amount_after(plan.whole.row.currency, change, item, prices)
        row.price_id = change.price or row.price_id
        row.quantity = quantity_of(prices[row.price_id], change.quantity, item)
        row.metadata = merged_metadata(row.metadata, change.metadata)
        if change.discount_ids is not None:
            row.discounts = list(change.discount_ids)
        row.tax_rates = list(given(change.tax_rates, row.tax_rates) or ())
        held[change.id] = PricedItem(row, prices[row.price_id])
        plan.changed.append(row)
        return Swap(row, item, held[change.id])

    def _added(
        self, whole: WholeSubscription, change: ItemChange, prices: Mapping[str, Price], now: datetime
    ) -> PricedItem:
        """A new item; its period is that of the first one for now."""
        assert change.price is not None, "an item without an id was found to have a price"
        beside = whole.items[0].row
        row = SubscriptionItem.made(
            id=change.added_as or self.new_id(Prefix.SUBSCRIPTION_ITEM),
            created_at=now,
            subscription_id=whole.row.id,
            price_id=change.price,
            quantity=quantity_of(prices[change.price], change.quantity),
            tax_rates=[] if change.tax_rates is UNSET else list(change.tax_rates or ()),
            unit_amount=amount_after(whole.row.currency, change, None, prices),
            current_period_start=beside.current_period_start,
            current_period_end=beside.current_period_end,
            metadata=merged_metadata({}, change.metadata),
            discounts=list(change.discount_ids or ()),
            **self.ownership(),
        )
        return PricedItem(row, prices[change.price])


def _named_rates(whole: WholeSubscription, wanted: Sequence[ItemChange]) -> Iterator[NamedRates]:
    """The tax rates that a change names; an item may keep archived ones."""
    held = {item.row.id: item.row.tax_rates for item in whole.items}
    for index, change in enumerate(wanted):
        if change.tax_rates is not UNSET:
            kept = held.get(change.id or "", ())
            where = ("items", str(index), "taxRates")
            yield NamedRates(change.tax_rates or (), where, kept, whole.row.automatic_tax)


def _refuse_unknown(whole: WholeSubscription, wanted: Sequence[ItemChange], prices: Mapping[str, Price]) -> None:
    """Every change names an item of the subscription, or a price to add, and prices that exist."""
    problems = Problems()
    held = {item.row.id: item for item in whole.items}
    seen: set[str] = set()
    for index, change in enumerate(wanted):
        try:
            _check_named(change, held, seen)
            amount_after(whole.row.currency, change, held.get(change.id or ""), prices)
        except DomainError as error:
            problems.add_from(error, "items", str(index))
        if change.price is not None and change.price not in prices:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such price: '{change.price}'.", "items", str(index), "price")
        if change.id is not None:
            seen.add(change.id)
    problems.raise_any()


def amount_after(currency: str, change: ItemChange, held: PricedItem | None, prices: Mapping[str, Price]) -> int | None:
    """What the customer pays for a unit after the change, where the price lets them choose.

    What they chose stays while they are billed as often.
    """
    price = prices.get(change.price or "", None if held is None else held.price)
    if price is None or change.deleted:
        return None
    standing = None
    if held is not None and recurrence_of_price(held.price) == recurrence_of_price(price):
        standing = held.row.unit_amount
    return chosen_amount(price, currency, change.unit_amount, standing)


def _check_named(change: ItemChange, held: Collection[str], seen: set[str]) -> None:
    if change.id is None:
        if change.deleted:
            raise DomainError(ErrorCode.PARAMETER_MISSING, "Which item to remove is said by its id.", "id")
        if change.price is None:
            raise DomainError(ErrorCode.PARAMETER_MISSING, "An item that is added needs a price.", "price")
        return
    if change.id not in held:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"The subscription has no item '{change.id}'.", "id")
    if change.id in seen:
        raise DomainError(ErrorCode.PARAMETER_INVALID, f"Item {change.id} is there twice; say once what changes.", "id")
    changed = change.quantity is not UNSET or change.unit_amount is not UNSET
    if change.deleted and (change.price is not None or changed):
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE, f"Item {change.id} is either removed or changed, not both.", "deleted"
        )
