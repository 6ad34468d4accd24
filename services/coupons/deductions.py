"""Discounts as rules of reckoning, read in two statements whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.coupons import CouponDuration
from domain.reckoning import Deduction
from models import Coupon, Discount
from services.base import Service


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A discount with its coupon."""

    discount: Discount
    coupon: Coupon

    @property
    def is_once(self) -> bool:
        """Whether one invoice uses it up."""
        return self.coupon.duration == CouponDuration.ONCE

    def deduction(self, currency: str, at: datetime, invoice_id: str | None) -> Deduction | None:
        """What it takes off an invoice of that moment and currency; None where it is not in force, or used up."""
        row, coupon = self.discount, self.coupon
        if row.invoice_id is not None or row.invoice_item_id is not None:
            pass  # It is for this one invoice, whenever that was made.
        elif row.used_up_by is not None:
            if row.used_up_by != invoice_id:
                return None
        elif at < row.start or (row.end is not None and at >= row.end):
            return None
        products = frozenset(coupon.products)
        if coupon.percent_off is not None:
            return Deduction(row.id, percent_off=Decimal(coupon.percent_off), products=products)
        amount = coupon.amount_off if coupon.currency == currency else coupon.currency_options.get(currency)
        return None if amount is None else Deduction(row.id, amount_off=amount, products=products)


class Deductions(Service):
    """Reads discounts for invoices."""

    async def known(self, discount_ids: Iterable[str]) -> dict[str, Redeemed]:
        """These discounts with their coupons, by id."""
        discounts = await self.gather(Discount, "id", set(discount_ids))
        coupons = {row.id: row for row in await self.gather(Coupon, "id", {each.coupon_id for each in discounts})}
        return {each.id: Redeemed(each, coupons[each.coupon_id]) for each in discounts}
