"""Discounts that phases name: found and checked when phases are planned, before anything is redeemed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.calculations import calculation_of
from domain.coupons import DISCOUNTS_MAX
from domain.errors import DomainError, ErrorCode, Problems
from domain.schedules import Phase, PhaseCharge, PhaseDiscount, PhaseItem
from models import Coupon, Customer, Price
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.catalog.rates import agreed_rates
from services.coupons.deductions import Deductions, Redeemed
from services.coupons.redemption import DiscountDraft, Holder, Purchase, Redemption, Wish
from services.schedules.drafts import PhaseDraft
from services.subscriptions.wholes import is_metered

Bought = PhaseItem | PhaseCharge


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who follows phases, in which currency, and what of their discounts was agreed upon before."""

    customer: Customer
    currency: str
    agreed: Sequence[PhaseDiscount] = ()


class PhaseDiscounts(Service):
    """Finds what phases name."""

    deductions = part(Deductions)
    redemption = part(Redemption)

    async def held(self, wholes: Iterable[WholeSubscription]) -> dict[str, Redeemed]:
        """By id, what subscriptions and their items have; no statement where that is nothing."""
        ids = {each for whole in wholes for each in whole.row.discounts}
        ids |= {each for whole in wholes for item in whole.items for each in item.row.discounts}
        return await self.deductions.known(ids) if ids else {}

    async def refuse_gone(self, phase: Phase) -> None:
        """Refuse coupons that were deleted, even where others have their ids by now; no statement without any."""
        for row in await self.gather(Coupon, "id", {each.coupon for each in discounts_of(phase)}, order=("id",)):
            if row.deleted_at is not None:
                raise DomainError(
                    ErrorCode.COUPON_EXPIRED,
                    f"Coupon {row.identifier} was deleted; give the phase another one, or none.",
                    "discounts",
                )

    async def purchases(self, phase: Phase, places: Iterable[Sequence[Bought]], buyer: Buyer) -> list[Purchase]:
        """What is bought at each of these places of a phase, by full periods, as limits look at it."""
        named = {each.price for each in phase.items} | {each.price for each in phase.add_invoice_items}
        prices = {row.id: row for row in await self.gather(Price, "id", named)}
        return [_purchase(bought, prices, buyer) for bought in places]

    async def named(self, drafts: Sequence[PhaseDraft], phases: Sequence[Phase], buyer: Buyer) -> list[Phase]:
        """The phases with the discounts that they name; what was not agreed upon has to be redeemable now."""
        if not any(wanted for draft in drafts for wanted in _wanted(draft)):
            return list(phases)
        at = await self.present(buyer.customer.test_clock_id)
        problems = Problems()
        found = [
            await self._named(draft, phase, buyer, ("phases", str(index)), at, problems)
            for index, (draft, phase) in enumerate(zip(drafts, phases, strict=True))
        ]
        problems.raise_any()
        return found

    async def _named(
        self, draft: PhaseDraft, phase: Phase, buyer: Buyer, where: tuple[str, ...], at: datetime, problems: Problems
    ) -> Phase:
        """One phase with its discounts; problems are noted."""
        wanted = _wanted(draft)
        if not any(wanted):
            return phase
        places = list(places_of(phase))
        purchases = await self.purchases(phase, [bought for _, bought in places], buyer)
        holder = Holder(buyer.customer.id, test_clock_id=buyer.customer.test_clock_id)
        known: dict[tuple[int, int], PhaseDiscount] = {}
        wishes: dict[tuple[int, int], Wish] = {}
        for nth, ((path, _), of_place, purchase) in enumerate(zip(places, wanted, purchases, strict=True)):
            _refuse_many(of_place, (*where, *path, "discounts"), problems)
            for index, each in enumerate(of_place):
                agreed = _agreed(each, buyer.agreed)
                if agreed is not None:
                    known[nth, index] = agreed
                    continue
                param = (*where, *path, "discounts", str(index))
                wishes[nth, index] = Wish((each,), holder, purchase, param, is_single=True)
        try:
            redeemed = await self.redemption.planned(list(wishes.values()), buyer.customer, at)
        except DomainError as error:
            problems.add_from(error)
            return phase
        known |= {key: entry_of(each) for key, [each] in zip(wishes, redeemed, strict=True)}
        entries = [tuple(known[nth, index] for index in range(len(each))) for nth, each in enumerate(wanted)]
        for (path, _), names in zip(places, entries, strict=True):
            _refuse_twice(names, (*where, *path, "discounts"), problems)
        return _with(phase, entries)


def places_of(phase: Phase) -> Iterator[tuple[tuple[str, ...], Sequence[Bought]]]:
    """Where a phase names discounts, with what is bought there: for all of it, each item, each charge."""
    yield (), [*phase.items, *phase.add_invoice_items]
    for index, item in enumerate(phase.items):
        yield ("items", str(index)), [item]
    for index, once in enumerate(phase.add_invoice_items):
        yield ("addInvoiceItems", str(index)), [once]


def discounts_of(phase: Phase) -> list[PhaseDiscount]:
    """All that a phase names."""
    parts = (phase.items, phase.add_invoice_items)
    return [*phase.discounts, *(each for bought in parts for one in bought for each in one.discounts)]


def entry_of(redeemed: Redeemed, discount: str | None = None) -> PhaseDiscount:
    """How a phase names this coupon or code; with `discount`, what its holder has already."""
    coupon = redeemed.coupon
    return PhaseDiscount(coupon.id, coupon.identifier, redeemed.discount.promotion_code_id, discount)


def entries_of(identifiers: Iterable[str], held: Mapping[str, Redeemed]) -> tuple[PhaseDiscount, ...]:
    """How a phase names what its holder has already."""
    return tuple(entry_of(held[each], each) for each in identifiers)


def drafts_of(entries: Iterable[PhaseDiscount]) -> tuple[DiscountDraft, ...]:
    """What phases name, to be redeemed for a subscription that is still to be made."""
    return tuple(each_draft(each) for each in entries)


def each_draft(entry: PhaseDiscount) -> DiscountDraft:
    """The code by which it is to be redeemed, or else the coupon."""
    if entry.promotion_code is not None:
        return DiscountDraft(promotion_code=entry.promotion_code)
    return DiscountDraft(coupon=entry.identifier)


def _wanted(draft: PhaseDraft) -> list[tuple[DiscountDraft, ...]]:
    """What a phase asks for, by its places."""
    items = (each.discounts for each in draft.items)
    return [draft.discounts, *items, *(each.discounts for each in draft.add_invoice_items)]


def _with(phase: Phase, entries: Sequence[tuple[PhaseDiscount, ...]]) -> Phase:
    own, *others = entries
    items, once = others[: len(phase.items)], others[len(phase.items) :]
    return replace(
        phase,
        discounts=own,
        items=tuple(replace(each, discounts=of_one) for each, of_one in zip(phase.items, items, strict=True)),
        add_invoice_items=tuple(
            replace(each, discounts=of_one) for each, of_one in zip(phase.add_invoice_items, once, strict=True)
        ),
    )


def _agreed(draft: DiscountDraft, agreed: Sequence[PhaseDiscount]) -> PhaseDiscount | None:
    """What was agreed upon before and is named again."""
    for each in agreed:
        if draft.discount is not None and draft.discount == each.discount:
            return each
        by_code = draft.promotion_code is not None and draft.promotion_code == each.promotion_code
        by_id = each.promotion_code is None and draft.coupon is not None and draft.coupon == each.identifier
        if by_code or by_id:
            return replace(each, discount=None)
    return None


def _purchase(bought: Sequence[Bought], prices: Mapping[str, Price], buyer: Buyer) -> Purchase:
    amount = 0
    for each in bought:
        price = prices[each.price]
        if not is_metered(price):
            chosen = each.unit_amount if isinstance(each, PhaseItem) else None
            rates = agreed_rates(price, buyer.currency, chosen)
            amount += calculation_of(rates, each.quantity, buyer.currency).amount
    products = frozenset(prices[each.price].product_id for each in bought)
    return Purchase(buyer.customer.id, buyer.currency, amount, products)


def _refuse_many(drafts: Sequence[DiscountDraft], where: tuple[str, ...], problems: Problems) -> None:
    if len(drafts) > DISCOUNTS_MAX:
        message = f"{len(drafts)} discounts were given; {DISCOUNTS_MAX} can be stacked."
        problems.add(ErrorCode.PARAMETER_LIST_TOO_LONG, message, *where)


def _refuse_twice(entries: Sequence[PhaseDiscount], where: tuple[str, ...], problems: Problems) -> None:
    seen: set[str] = set()
    for index, each in enumerate(entries):
        if each.coupon in seen:
            message = f"Coupon {each.identifier} is there twice; redeem it once."
            problems.add(ErrorCode.PARAMETER_INVALID, message, *where, str(index))
        seen.add(each.coupon)
