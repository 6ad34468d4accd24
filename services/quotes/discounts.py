"""Discounts of quotes: what a quote names is checked and reckoned with, and redeemed when it is accepted.

A quote keeps what it names, in order: the coupon, and the promotion code by which it was named. What an offer is worked
out with are discounts that are only thought of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.coupons import CouponDuration
from domain.errors import ErrorCode, Problems
from domain.invoicing import InvoiceDraft, LineDraft
from domain.reckoning import DiscountAmount
from models import Coupon, Customer, Quote, QuoteLine
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.redemption import DiscountDraft, Holder, Purchase, Redemption, Wish


@dataclass(frozen=True, slots=True)
class Bargain:
    """Who is offered something, when, with which discounts on all of it, and those of each line, in order."""

    customer: Customer
    at: datetime
    discounts: Sequence[DiscountDraft] = ()
    of_lines: Sequence[Sequence[DiscountDraft]] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is taken off."""
        return not self.discounts and not any(self.of_lines)


@dataclass(frozen=True, slots=True)
class Bargained:
    """The discounts of a bargain, for all of it and for each line; not stored."""

    own: Sequence[Redeemed]
    of_lines: Sequence[Sequence[Redeemed]]

    def on(self, draft: InvoiceDraft) -> InvoiceDraft:
        """The draft of all that is offered, with the ids of its discounts."""
        lines = tuple(
            replace(line, discounts=tuple(each.discount.id for each in own))
            for line, own in zip(draft.lines, self.of_lines, strict=True)
        )
        return replace(draft, lines=lines, discounts=tuple(each.discount.id for each in self.own))

    def lasting_on(self, draft: InvoiceDraft) -> InvoiceDraft:
        """A draft that has its discounts, with those alone that lower every period."""
        lasting = self._lasting
        lines = tuple(
            replace(line, discounts=tuple(each for each in line.discounts if each in lasting)) for line in draft.lines
        )
        return replace(draft, lines=lines, discounts=tuple(each for each in draft.discounts or () if each in lasting))

    @property
    def _lasting(self) -> frozenset[str]:
        return frozenset(each.discount.id for each in self.all if each.coupon.duration == CouponDuration.FOREVER)

    def amounts(self, amounts: Iterable[DiscountAmount]) -> list[dict[str, Any]]:
        """What each takes off, as a quote keeps it: with what it names."""
        known = {each.discount.id: each for each in self.all}
        return [
            {**named(known[each.discount_id]), "amount": each.amount, "percent_off": each.percent_off}
            for each in amounts
        ]

    @property
    def all(self) -> list[Redeemed]:
        """All of them."""
        return [*self.own, *(each for of_line in self.of_lines for each in of_line)]


class QuoteDiscounts(Service):
    """Checks what quotes name."""

    redemption = part(Redemption)

    async def bargained(self, bargain: Bargain, quoted: Sequence[LineDraft], currency: str) -> Bargained:
        """What is taken off these lines; refused where it could not be redeemed. No statement without discounts."""
        if bargain.is_plain:
            return Bargained((), [() for _ in quoted])
        holder = Holder(bargain.customer.id, test_clock_id=bargain.customer.test_clock_id)
        wishes = [Wish(bargain.discounts, holder, _purchase(bargain, quoted, currency))]
        for place, (line, drafts) in enumerate(zip(quoted, bargain.of_lines, strict=True)):
            where = ("lineItems", str(place), "discounts")
            wishes.append(Wish(drafts, holder, _purchase(bargain, [line], currency), where))
        own, *of_lines = await self.redemption.planned(wishes, bargain.customer, bargain.at)
        return Bargained(own, of_lines)

    async def refuse_deleted(self, quote: Quote, lines: Sequence[QuoteLine]) -> None:
        """Refuse what names a coupon that was deleted meanwhile, even if another has its id by now."""
        kept = [*quote.discounts, *(each for line in lines for each in line.discounts)]
        problems = Problems()
        for row in await self.gather(Coupon, "id", {each["coupon"] for each in kept}, order=("id",)):
            if row.deleted_at is not None:
                message = f"Coupon {row.identifier} was deleted; quote anew with another one, or none."
                problems.add(ErrorCode.COUPON_EXPIRED, message, "discounts")
        problems.raise_any()


def named(redeemed: Redeemed) -> dict[str, Any]:
    """What a quote keeps of a discount that it names."""
    coupon = redeemed.coupon
    code = redeemed.discount.promotion_code_id
    return {"coupon": coupon.id, "identifier": coupon.identifier, "promotion_code": code}


def drafts_of(kept: Sequence[Mapping[str, Any]]) -> tuple[DiscountDraft, ...]:
    """What `named` kept, to be redeemed."""
    return tuple(
        DiscountDraft(coupon=each["identifier"] if each["promotion_code"] is None else None,
                      promotion_code=each["promotion_code"])
        for each in kept
    )  # fmt: skip


def _purchase(bargain: Bargain, quoted: Sequence[LineDraft], currency: str) -> Purchase:
    products = frozenset(line.product_id for line in quoted if line.product_id is not None)
    return Purchase(bargain.customer.id, currency, sum(line.amount for line in quoted), products)
