"""Discounts as papers show them: what invoices keep, with the names of the coupons."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from documents.discounts import PaperDiscount
from models import Coupon, Discount


async def paper_discounts(kept: Sequence[Mapping[str, Any]]) -> list[PaperDiscount]:
    """The discounts in order, those that take off nothing left out; two statements, none where there is no discount."""
    told = [each for each in kept if each["amount"]]
    if not told:
        return []
    discounts = {row.id: row for row in await Discount.filter(id__in=[each["discount"] for each in told])}
    coupons = {row.id: row for row in await Coupon.filter(id__in={row.coupon_id for row in discounts.values()})}
    return [_discount(each, coupons[discounts[each["discount"]].coupon_id]) for each in told]


def _discount(kept: Mapping[str, Any], coupon: Coupon) -> PaperDiscount:
    percent = kept.get("percent_off")
    return PaperDiscount(
        name=coupon.name or coupon.identifier,
        amount=kept["amount"],
        percentage=None if percent is None else Decimal(percent),
    )
