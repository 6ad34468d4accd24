"""Redeeming coupons: what callers ask for becomes discounts of a holder, with all limits checked.

First everything is checked and nothing written (`planned`), because a purchase may be refused yet, or only be thought
of. Then it is stored in the transaction of the purchase: each redemption counts by a conditional update, so that of
many who want the last one exactly one gets it, and whatever is refused gives nothing away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.expressions import F, Q

from domain.agenda import AgendaKind
from domain.coupons import DISCOUNTS_MAX, CouponDuration, discount_end
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from models import Coupon, Customer, Discount, PromotionCode
from services.base import Service, part
from services.coupons.deductions import Deductions, Redeemed
from services.coupons.first_purchases import FirstPurchases
from services.coupons.limits import Purchase, check_code, check_coupon, check_left
from services.coupons.validity import CouponsByIdentifier
from services.due import Appointment, Due
from services.rows import insert_rows

__all__ = ["DiscountDraft", "Holder", "Purchase", "Redemption", "Wish"]


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """What to redeem: one of a coupon, a promotion code, or a discount that its holder has already."""

    coupon: str | None = None
    promotion_code: str | None = None
    discount: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a discount is to be."""

    customer_id: str
    subscription_id: str | None = None
    subscription_item_id: str | None = None
    invoice_id: str | None = None
    invoice_item_id: str | None = None
    test_clock_id: str | None = None

    @property
    def is_of_one_invoice(self) -> bool:
        """Whether one invoice alone is lowered, so that it does not matter how long the coupon lasts."""
        return self.invoice_id is not None or self.invoice_item_id is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """Discounts that a holder is to have, in order, at the path `at` of the input; `kept` are those that it has."""

    drafts: Sequence[DiscountDraft]
    holder: Holder
    purchase: Purchase
    at: tuple[str, ...] = ("discounts",)
    kept: Sequence[str] = field(default_factory=tuple)
    is_single: bool = False
    """Whether the input has one discount there instead of a list."""

    def path(self, place: int) -> tuple[str, ...]:
        """Where the input has the draft at this place."""
        return self.at if self.is_single else (*self.at, str(place))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the drafts name, as it was found."""

    coupons: Mapping[str, Coupon]
    codes: Mapping[str, PromotionCode]
    of_codes: Mapping[str, Coupon]
    kept: Mapping[str, Redeemed]
    first: bool


class Redemption(Service):
    """Turns what callers ask for into discounts."""

    known = part(CouponsByIdentifier)
    deductions = part(Deductions)
    first_purchases = part(FirstPurchases)
    due = part(Due)

    async def planned(self, wishes: Sequence[Wish], customer: Customer | None, at: datetime) -> list[list[Redeemed]]:
        """For each wish its discounts, in order; new ones are not stored. Refused with all problems together.

        `customer` is who buys. No statement where nothing is wished for.
        """
        drafts = [draft for wish in wishes for draft in wish.drafts]
        if not drafts:
            return [[] for _ in wishes]
        known = await self._known(drafts, customer)
        problems = Problems()
        found = [self._planned(wish, known, at, problems) for wish in wishes]
        problems.raise_any()
        _refuse_too_many(wishes, found, known, problems)
        problems.raise_any()
        return found

    async def store(self, redeemed: Iterable[Redeemed]) -> None:
        """Count and store these new ones; refused where somebody else redeemed the last one meanwhile.

        A discount that lasts for months ends by the agenda.
        """
        new = list(redeemed)
        coupons = Counter(each.coupon.id for each in new)
        codes = Counter(each.discount.promotion_code_id for each in new if each.discount.promotion_code_id is not None)
        names = {each.coupon.id: each.coupon.identifier for each in new}
        for identifier in sorted(coupons):
            await self._count(Coupon, identifier, coupons[identifier], f"coupon {names[identifier]}", deletion="")
        for identifier in sorted(codes):
            await self._count(PromotionCode, identifier, codes[identifier], f"promotion code {identifier}", active=True)
        await self.first_purchases.refuse_second(new)
        await insert_rows([each.discount for each in new])
        ending = [(row, row.end) for row in (each.discount for each in new)]
        await self.due.schedule_all(
            [
                Appointment(AgendaKind.DISCOUNT_END, row.id, end, row.test_clock_id)
                for row, end in ending
                if end is not None
            ],
            fresh=True,
        )

    async def _count(
        self, model: type[Coupon] | type[PromotionCode], identifier: str, times: int, name: str, **standing: str | bool
    ) -> None:
        """Count redemptions as far as the limit allows; whoever comes second waits for the first, then looks again."""
        left = Q(max_redemptions=None) | Q(times_redeemed__lte=F("max_redemptions") - times)
        rows = self.mine(model).filter(left, id=identifier, **standing)
        if await rows.update(times_redeemed=F("times_redeemed") + times) != 1:
            raise DomainError(
                ErrorCode.COUPON_EXPIRED,
                f"The last redemption of {name} was taken by somebody else; use another one, or none.",
                "discounts",
            )

    async def _known(self, drafts: Sequence[DiscountDraft], customer: Customer | None) -> _Known:
        coupons = await self.known.standing([each.coupon for each in drafts if each.coupon is not None])
        codes = await self.gather(PromotionCode, "id", {each.promotion_code for each in drafts})
        of_codes = await self.gather(Coupon, "id", {each.coupon_id for each in codes})
        kept = {each.discount for each in drafts if each.discount is not None}
        first = False
        if customer is not None and any(each.first_time_transaction for each in codes):
            first = await self.first_purchases.is_next(customer.id)
        return _Known(
            coupons,
            {row.id: row for row in codes},
            {row.id: row for row in of_codes},
            await self.deductions.known(kept) if kept else {},
            first,
        )

    def _planned(self, wish: Wish, known: _Known, at: datetime, problems: Problems) -> list[Redeemed]:
        if len(wish.drafts) > DISCOUNTS_MAX:
            problems.add(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"{len(wish.drafts)} discounts were given; {DISCOUNTS_MAX} can be stacked.",
                *wish.at,
            )
            return []
        found: list[Redeemed] = []
        for place, draft in enumerate(wish.drafts):
            try:
                found.append(self._redeemed(wish, draft, known, at, {each.coupon.id for each in found}))
            except DomainError as error:
                problems.add_from(error, *wish.path(place))
        return found

    def _redeemed(self, wish: Wish, draft: DiscountDraft, known: _Known, at: datetime, seen: set[str]) -> Redeemed:
        if draft.discount is not None:
            kept = known.kept.get(draft.discount)
            if kept is None or draft.discount not in wish.kept:
                raise DomainError(
                    ErrorCode.RESOURCE_MISSING,
                    f"'{draft.discount[:100]}' is none of the discounts here; redeem a coupon or a code.",
                    "discount",
                )
            _refuse_twice(kept.coupon, seen, "discount")
            return kept
        coupon, code = self._named(draft, known)
        param = "coupon" if code is None else "promotionCode"
        if code is not None:
            check_code(code, coupon, wish.purchase, at, first=known.first)
        check_coupon(coupon, wish.purchase, at, param)
        _refuse_twice(coupon, seen, param)
        holder = wish.holder
        duration = CouponDuration(coupon.duration)
        discount = Discount.made(
            id=self.new_id(Prefix.DISCOUNT),
            created_at=at,
            coupon_id=coupon.id,
            promotion_code_id=None if code is None else code.id,
            customer_id=holder.customer_id,
            subscription_id=holder.subscription_id,
            subscription_item_id=holder.subscription_item_id,
            invoice_id=holder.invoice_id,
            invoice_item_id=holder.invoice_item_id,
            start=at,
            end=None if holder.is_of_one_invoice else discount_end(at, duration, coupon.duration_in_months),
            test_clock_id=holder.test_clock_id,
            **self.ownership(),
        )
        return Redeemed(discount, coupon)

    def _named(self, draft: DiscountDraft, known: _Known) -> tuple[Coupon, PromotionCode | None]:
        if draft.promotion_code is not None:
            code = known.codes.get(draft.promotion_code)
            if code is None:
                raise DomainError(
                    ErrorCode.RESOURCE_MISSING,
                    f"No such promotion code: '{draft.promotion_code[:100]}'; it is named by its id.",
                    "promotionCode",
                )
            return known.of_codes[code.coupon_id], code
        assert draft.coupon is not None, "one of the three is there"
        coupon = known.coupons.get(draft.coupon)
        if coupon is None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such coupon: '{draft.coupon[:100]}'.", "coupon")
        return coupon, None


def _refuse_too_many(
    wishes: Sequence[Wish], found: Sequence[Sequence[Redeemed]], known: _Known, problems: Problems
) -> None:
    """Refuse what a purchase wants more often than is left, each time that is too many."""
    wanted: Counter[str] = Counter()
    for wish, redeemed in zip(wishes, found, strict=True):
        for place, (draft, each) in enumerate(zip(wish.drafts, redeemed, strict=True)):
            if draft.discount is not None:
                continue
            code = known.codes.get(each.discount.promotion_code_id or "")
            rows: list[Coupon | PromotionCode] = [each.coupon] if code is None else [each.coupon, code]
            wanted.update(row.id for row in rows)
            try:
                for row in rows:
                    check_left(row, wanted[row.id])
            except DomainError as error:
                problems.add_from(error, *wish.path(place), "coupon" if code is None else "promotionCode")


def _refuse_twice(coupon: Coupon, seen: set[str], param: str) -> None:
    if coupon.id in seen:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID, f"Coupon {coupon.identifier} is there twice; redeem it once.", param
        )
