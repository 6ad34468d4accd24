"""A phase begins: what it names is redeemed for the subscription, its items and what it charges once.

What they have already, by the same coupon or the same code, stays; the rest of what they had ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from domain.schedules import Phase, PhaseDiscount, PhaseItem
from models import Customer, InvoiceItem, SubscriptionItem
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.holding import Holding
from services.coupons.redemption import DiscountDraft, Holder, Redemption, Wish
from services.schedules.discounts import Bought, Buyer, PhaseDiscounts, discounts_of, each_draft
from services.subscriptions import ItemChange


@dataclass(frozen=True, slots=True)
class _Place:
    """A holder with what it had, what the phase names for it (and named before), and what is bought there."""

    holder: Holder
    had: Sequence[str] = ()
    named: Sequence[PhaseDiscount] = ()
    bought: Sequence[Bought] = ()
    before: Sequence[PhaseDiscount] = ()


@dataclass(slots=True)
class Given:
    """What a phase gives, not stored: the discounts of each holder beside those that it had."""

    changes: Sequence[ItemChange]
    """The changes of items, which name the discounts that those are to have."""
    places: list[tuple[_Place, list[Redeemed]]] = field(default_factory=list)

    @property
    def redeemed(self) -> dict[str, Redeemed]:
        """All of them, by id."""
        return {each.discount.id: each for _, now in self.places for each in now}

    def apply(self, whole: WholeSubscription) -> list[SubscriptionItem]:
        """Subscription and items have theirs, in memory; the items that this changes."""
        changed = []
        items = {item.row.id: item.row for item in whole.items}
        for place, now in self.places:
            ids = [each.discount.id for each in now]
            item = items.get(place.holder.subscription_item_id or "")
            if item is not None and item.discounts != ids:
                item.discounts = ids
                changed.append(item)
            elif place.holder.subscription_item_id is None and place.holder.invoice_item_id is None:
                whole.row.discounts = ids
        return changed

    def take_up(self, charged: Sequence[InvoiceItem]) -> None:
        """What is charged once has its discounts, in memory."""
        once = [now for place, now in self.places if place.holder.invoice_item_id is not None]
        for item, now in zip(charged, once, strict=False):
            item.discounts = [each.discount.id for each in now]
            for each in now:
                each.discount.invoice_item_id = item.id


class Redeeming(Service):
    """Redeems what phases name."""

    redemption = part(Redemption)
    holding = part(Holding)
    named = part(PhaseDiscounts)

    async def planned(
        self,
        whole: WholeSubscription,
        phases: tuple[Phase, Phase | None],
        changes: Sequence[ItemChange],
        held: Mapping[str, Redeemed],
        at: datetime,
    ) -> Given:
        """What the phase gives; refused where something that is not there already cannot be redeemed.

        Beside it stands the phase as it was, where it runs already: what that gave is not given again. No statement
        where nothing was had and nothing is named.
        """
        row, phase = whole.row, phases[0]
        if not discounts_of(phase) and not row.discounts and not any(item.row.discounts for item in whole.items):
            return Given(changes)
        changes = [self._with_id(each) for each in changes]
        places = _places(whole, phases, changes)
        customer = await self.require(Customer, row.customer_id)
        wishes = await self._wishes(phase, places, Buyer(customer, row.currency), held)
        found = await self.redemption.planned(wishes, customer, at)
        for place, now in zip(places, found, strict=True):
            _refuse_others(place, now)
        own = {place.holder.subscription_item_id: now for place, now in zip(places, found, strict=True)}
        changes = [
            each if each.deleted else replace(each, discount_ids=tuple(one.discount.id for one in own[_id_of(each)]))
            for each in changes
        ]
        return Given(changes, list(zip(places, found, strict=True)))

    async def store(self, given: Sequence[tuple[Given, datetime]]) -> None:
        """Store what begins and end what does not go on. Events `customer.discount.created`, `.updated`, `.deleted`."""
        places = [(place, now, at) for one, at in given for place, now in one.places]
        new = [each for place, now, _ in places for each in now if each.discount.id not in place.had]
        if new:
            await self.redemption.store(new)
        for place, now, at in places:
            if place.holder.invoice_item_id is None and list(place.had) != [each.discount.id for each in now]:
                await self.holding.exchanged(place.had, now, at)

    async def _wishes(
        self, phase: Phase, places: Sequence[_Place], buyer: Buyer, held: Mapping[str, Redeemed]
    ) -> list[Wish]:
        purchases = await self.named.purchases(phase, [place.bought for place in places], buyer)
        return [
            Wish(_drafts(place, held), place.holder, purchase, kept=place.had)
            for place, purchase in zip(places, purchases, strict=True)
        ]

    def _with_id(self, change: ItemChange) -> ItemChange:
        """The change with an id for an item that it adds."""
        if change.id is not None or change.added_as is not None:
            return change
        return replace(change, added_as=self.new_id(Prefix.SUBSCRIPTION_ITEM))


def _places(
    whole: WholeSubscription, phases: tuple[Phase, Phase | None], changes: Sequence[ItemChange]
) -> list[_Place]:
    """The subscription, its items as they are and as they will be, and what is charged once."""
    row, (phase, former) = whole.row, phases
    own = Holder(row.customer_id, row.id, test_clock_id=row.test_clock_id)
    once = phase.add_invoice_items if former is None else ()
    given = () if former is None else former.discounts
    places = [_Place(own, tuple(row.discounts), phase.discounts, [*phase.items, *once], given)]
    before = {} if former is None else {each.price: each.discounts for each in former.items}
    changed = {each.id: each for each in changes}
    wanted = {each.price: each for each in phase.items}
    for item in whole.items:
        change = changed.get(item.row.id)
        place = _item_place(own, item.row.id, tuple(item.row.discounts), _to_be(item.row, change, wanted))
        places.append(replace(place, before=before.get(item.row.price_id, ())))
    for change in changes:
        if change.id is None:
            places.append(_item_place(own, str(change.added_as), (), wanted.get(str(change.price))))
    charged = Holder(row.customer_id, invoice_item_id="", test_clock_id=row.test_clock_id)
    return places + [_Place(charged, (), each.discounts, [each]) for each in once]


def _to_be(row: SubscriptionItem, change: ItemChange | None, wanted: Mapping[str, PhaseItem]) -> PhaseItem | None:
    if change is not None and change.deleted:
        return None
    return wanted.get(row.price_id if change is None or change.price is None else change.price)


def _item_place(own: Holder, identifier: str, had: Sequence[str], to_be: PhaseItem | None) -> _Place:
    holder = replace(own, subscription_item_id=identifier)
    return _Place(holder, had) if to_be is None else _Place(holder, had, to_be.discounts, [to_be])


def _drafts(place: _Place, held: Mapping[str, Redeemed]) -> tuple[DiscountDraft, ...]:
    """What is to be redeemed, or stays as the holder has it; what it had once and has no more is left out."""
    drafts = []
    for entry in place.named:
        there = next((each for each in place.had if _is_same(each, entry, held)), None)
        if there is not None:
            drafts.append(DiscountDraft(discount=there))
        elif entry.discount is None and not any(_is_named(entry, each) for each in place.before):
            drafts.append(each_draft(entry))
    return tuple(drafts)


def _is_same(identifier: str, entry: PhaseDiscount, held: Mapping[str, Redeemed]) -> bool:
    if entry.discount is not None:
        return entry.discount == identifier
    known = held.get(identifier)
    if known is None:
        return False
    return (known.coupon.id, known.discount.promotion_code_id) == (entry.coupon, entry.promotion_code)


def _is_named(entry: PhaseDiscount, before: PhaseDiscount) -> bool:
    return (entry.coupon, entry.promotion_code) == (before.coupon, before.promotion_code)


def _refuse_others(place: _Place, found: Sequence[Redeemed]) -> None:
    """Refuse a coupon that has the id of one that was deleted since the phase was planned."""
    planned = {each.coupon for each in place.named}
    for each in found:
        if each.coupon.id not in planned:
            raise DomainError(
                ErrorCode.COUPON_EXPIRED,
                f"Coupon {each.coupon.identifier} is another one than that of the phase, which was deleted; change the"
                " phase.",
                "discounts",
            )


def _id_of(change: ItemChange) -> str:
    return str(change.id or change.added_as)
