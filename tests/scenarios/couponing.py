"""What stories of discounts have in common."""

from typing import Any

from models import Coupon, Discount
from tests.scenarios.world import Subscription, World

DISCOUNTED = (
    "invoices(first: 100) { nodes { total subtotal status totalDiscountAmounts { amount }"
    " lines { amount discountAmounts { amount } } } }"
)


async def coupon(world: World, identifier: str, **terms: Any) -> str:
    """A coupon with this id; ONCE unless the terms say otherwise."""
    await world.do("couponCreate", "coupon { id }", id=identifier, **terms)
    return identifier


async def code(world: World, of: str, **terms: Any) -> str:
    """The id of a promotion code."""
    answer = await world.do("promotionCodeCreate", "promotionCode { id }", coupon=of, **terms)
    return str(answer["promotionCode"]["id"])


async def totals(subscription: Subscription) -> list[tuple[int, int]]:
    """What its invoices are about and what they ask for, oldest first."""
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ {DISCOUNTED} }} }}", {"id": subscription.id}
    )
    return [(each["subtotal"], each["total"]) for each in found["subscription"]["invoices"]["nodes"][::-1]]


async def discounts(subscription: Subscription) -> list[str]:
    """The coupons of its discounts, in order."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { discounts { coupon { id } } } }", {"id": subscription.id}
    )
    return [each["coupon"]["id"] for each in found["subscription"]["discounts"]]


async def counted() -> dict[str, int]:
    """How often each coupon was redeemed, which is how many discounts there are of it."""
    coupons = await Coupon.all()
    found = {row.identifier: row.times_redeemed for row in coupons}
    for row in coupons:
        assert await Discount.filter(coupon_id=row.id).count() == row.times_redeemed, row.identifier
    return found
