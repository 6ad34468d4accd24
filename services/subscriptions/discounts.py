"""Discounts of subscriptions and their items: redeemed when they are made or changed, dropped when they are over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.calculations import calculation_of
from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoicing import PriceFacts
from domain.subscriptions import PaymentBehavior
from models import Customer, InvoiceItem, Price, Subscription, SubscriptionItem
from services.aggregates import WholeDiscount, WholeSubscription
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.holding import Holding
from services.coupons.redemption import DiscountDraft, Holder, Purchase, Redemption, Wish
from services.events import Events
from services.invoices.one_time import OneTimeDraft
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.drafts import ItemChange, SubscriptionChange, SubscriptionDraft
from services.subscriptions.exchange import amount_after
from services.subscriptions.made_prices import MadePrices
from services.subscriptions.wholes import WholeSubscriptions


@dataclass(frozen=True, slots=True)
class _Sold:
    """An item as limits look at it: by its full period."""

    price: Price
    quantity: int
    unit_amount: int | None

    def amount(self, facts: Mapping[str, PriceFacts], currency: str) -> int:
        """What a full period costs, in minor units."""
        price = facts[self.price.id].agreed(currency, self.unit_amount)
        return calculation_of(price.rates, self.quantity, currency).amount


class SubscriptionDiscounts(Service):
    """Gives subscriptions their discounts."""

    redemption = part(Redemption)
    holding = part(Holding)
    wholes = part(WholeSubscriptions)
    made_prices = part(MadePrices)

    async def planned(
        self,
        draft: SubscriptionDraft,
        whole: WholeSubscription,
        customer: Customer,
        facts: Mapping[str, PriceFacts],
        once: Sequence[InvoiceItem],
        at: datetime,
    ) -> list[Redeemed]:
        """The discounts of a new subscription, which is told their ids; not stored. No statement without any."""
        own = [item.discounts for item in draft.items] + [item.discounts for item in draft.add_invoice_items]
        if not draft.discounts and not any(own):
            return []
        row = whole.row
        sold = [_Sold(item.price, item.row.quantity, item.row.unit_amount) for item in whole.items]
        wishes = [Wish(draft.discounts, _holder(row), _purchase(row, sold, facts, once))]
        for place, (item, wanted) in enumerate(zip(whole.items, draft.items, strict=True)):
            purchase = _purchase(row, [sold[place]], facts)
            at_item = ("items", str(place), "discounts")
            wishes.append(Wish(wanted.discounts, _holder(row, item.row.id), purchase, at_item))
        wishes += [_wish_once(row, *each) for each in zip(once, draft.add_invoice_items, range(len(once)), strict=True)]
        found = await self.redemption.planned(wishes, customer, at)
        holders: list[Subscription | SubscriptionItem | InvoiceItem] = [row]
        holders += [*(item.row for item in whole.items), *once]
        for holder, redeemed in zip(holders, found, strict=True):
            holder.discounts = [each.discount.id for each in redeemed]
        return [each for redeemed in found for each in redeemed]

    async def store(self, redeemed: Sequence[Redeemed], at: datetime) -> None:
        """Store the discounts of a new subscription. Event `customer.discount.created` for each."""
        if redeemed:
            await self.redemption.store(redeemed)
            self.holding.tell_new((each for each in redeemed if each.discount.invoice_item_id is None), at)

    async def change(self, whole: WholeSubscription, change: SubscriptionChange, at: datetime) -> SubscriptionChange:
        """Give the subscription and its items the discounts that the change asks for, and nothing where it asks none.

        The rows are the caller's to store; the change that comes back names the discounts of items for whoever
        exchanges those. Events `customer.discount.created`, `.updated` and `.deleted`.
        """
        if change.discounts is UNSET and all(item.discounts is UNSET for item in change.items):
            return change
        _refuse_waiting(change)
        row = whole.row
        change = replace(change, items=await self.made_prices.named(change.items))
        items = [_with_id(item, self.new_id(Prefix.SUBSCRIPTION_ITEM)) for item in change.items]
        sold = await self._sold(whole, items)
        facts = await self.wholes.facts_of(each.price for each in sold.values())
        own = None if change.discounts is UNSET else change.discounts or ()
        wishes = []
        if own is not None:
            wishes.append(Wish(own, _holder(row), _purchase(row, sold.values(), facts), kept=row.discounts))
        kept = {item.row.id: item.row.discounts for item in whole.items}
        for place, item in enumerate(items):
            if item.discounts is not UNSET:
                identifier = str(item.id or item.added_as)
                bought = [sold[identifier]] if identifier in sold else []
                where = ("items", str(place), "discounts")
                purchase = _purchase(row, bought, facts)
                holder = _holder(row, identifier)
                wishes.append(Wish(item.discounts or (), holder, purchase, where, kept.get(identifier, ())))
        found = await self._given(wishes, row, at)
        if own is not None:
            row.discounts = found[row.id]
        named = [replace(item, discount_ids=_ids(found.get(str(item.id or item.added_as)))) for item in items]
        return replace(change, items=tuple(named))

    async def previewed(
        self, whole: WholeSubscription, change: SubscriptionChange, drafts: Sequence[DiscountDraft], at: datetime
    ) -> tuple[Redeemed, ...]:
        """The discounts that an invoice is thought of with, beside a change whose prices are made; not stored."""
        row = whole.row
        items = [_with_id(item, str(place)) for place, item in enumerate(change.items)]
        sold = (await self._sold(whole, items)).values()
        facts = await self.wholes.facts_of(each.price for each in sold)
        customer = await self.find(Customer, row.customer_id)
        wish = Wish(drafts, _holder(row), _purchase(row, sold, facts), kept=row.discounts)
        [found] = await self.redemption.planned([wish], customer, at)
        return tuple(found)

    async def _given(self, wishes: Sequence[Wish], row: Subscription, at: datetime) -> dict[str, list[str]]:
        """By holder, the ids of its discounts: redeemed, stored and told of."""
        customer = await self.require(Customer, row.customer_id)
        redeemed = await self.redemption.planned(wishes, customer, at)
        await self.redemption.store(
            [each for wish, own in zip(wishes, redeemed, strict=True) for each in own if _is_new(wish, each)]
        )
        given_now: dict[str, list[str]] = {}
        for wish, own in zip(wishes, redeemed, strict=True):
            await self.holding.exchanged(wish.kept, own, at)
            given_now[wish.holder.subscription_item_id or row.id] = [each.discount.id for each in own]
        return given_now

    async def _sold(self, whole: WholeSubscription, items: Sequence[ItemChange]) -> dict[str, _Sold]:
        """By id, the items as they will be; what cannot be is for others to refuse."""
        sold = {item.row.id: _Sold(item.price, item.row.quantity, item.row.unit_amount) for item in whole.items}
        row, held = whole.row, {item.row.id: item for item in whole.items}
        prices = {price.id: price for price in await self.gather(Price, "id", {item.price for item in items})}
        for item in items:
            identifier = str(item.id or item.added_as)
            sold.pop(identifier, None)
            before = held.get(identifier)
            price = prices.get(str(item.price)) or (before.price if before else None)
            if price is not None and not item.deleted and _is_in(price, row.currency):
                quantity = given(item.quantity, before.row.quantity if before else 1)
                sold[identifier] = _Sold(price, quantity, amount_after(row.currency, item, before, prices))
        return sold


async def drop_ended(scope: Scope, subjects: Sequence[Subject]) -> None:
    """Discounts that are over are gone from their subscriptions and items: `customer.subscription.updated`."""
    ended = [each.row for each in subjects if isinstance(each, WholeDiscount)]
    over = {row.id for row in ended}
    service = _Dropping(scope)
    await service.drop({row.subscription_id for row in ended if row.subscription_id is not None}, over)


class _Dropping(Service):
    events = part(Events)
    wholes = part(WholeSubscriptions)

    async def drop(self, subscriptions: Iterable[str], over: set[str]) -> None:
        found = await self.wholes.by("id", subscriptions, lock=True)
        presents = await self.presents(whole.row.test_clock_id for whole in found)
        changed: list[Subscription | SubscriptionItem] = []
        for whole in found:
            before = self.events.snapshot(whole)
            rows: list[Subscription | SubscriptionItem] = [whole.row, *(item.row for item in whole.items)]
            having = [row for row in rows if over.intersection(row.discounts)]
            for row in having:
                row.discounts = [each for each in row.discounts if each not in over]
            changed += having
            if having:
                at = presents[whole.row.test_clock_id]
                self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        await update_rows([row for row in changed if isinstance(row, Subscription)], ("discounts",))
        await update_rows([row for row in changed if isinstance(row, SubscriptionItem)], ("discounts",))


def _is_in(price: Price, currency: str) -> bool:
    return price.currency == currency or currency in price.currency_options


def _holder(row: Subscription, item_id: str | None = None) -> Holder:
    return Holder(row.customer_id, row.id, item_id, test_clock_id=row.test_clock_id)


def _wish_once(row: Subscription, item: InvoiceItem, wanted: OneTimeDraft, place: int) -> Wish:
    """The discounts of what is charged once, on the first invoice alone."""
    holder = Holder(row.customer_id, invoice_item_id=item.id, test_clock_id=row.test_clock_id)
    products = frozenset({str(item.product_id)})
    purchase = Purchase(row.customer_id, row.currency, item.amount, products)
    return Wish(wanted.discounts, holder, purchase, ("addInvoiceItems", str(place), "discounts"))


def _purchase(
    row: Subscription, sold: Iterable[_Sold], facts: Mapping[str, PriceFacts], once: Sequence[InvoiceItem] = ()
) -> Purchase:
    """Full periods of the items, and what is charged once with the first."""
    bought = list(sold)
    amount = sum(each.amount(facts, row.currency) for each in bought) + sum(item.amount for item in once)
    products = {each.price.product_id for each in bought} | {item.product_id for item in once}
    return Purchase(row.customer_id, row.currency, amount, frozenset(each for each in products if each is not None))


def _with_id(item: ItemChange, identifier: str) -> ItemChange:
    """The change with an id for an item that it adds."""
    return item if item.id is not None or item.added_as is not None else replace(item, added_as=identifier)


def _ids(discounts: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if discounts is None else tuple(discounts)


def _is_new(wish: Wish, redeemed: Redeemed) -> bool:
    return redeemed.discount.id not in wish.kept


def _refuse_waiting(change: SubscriptionChange) -> None:
    """Discounts of items change at once, so that the change beside them cannot wait."""
    waits = change.waits_for_period_end or change.payment_behavior is PaymentBehavior.PENDING_IF_INCOMPLETE
    if waits and any(item.discounts is not UNSET for item in change.items):
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "Discounts of items change at once, and a change that waits does not; change them one after the other.",
            "items",
        )
