"""Previews with discounts that are only thought of: nothing is redeemed."""

from models import Discount
from tests.scenarios.couponing import counted, coupon
from tests.scenarios.world import Subscription, World


async def previewed(subscription: Subscription, **wanted: object) -> tuple[int, list[int]]:
    """The total of the next invoice, and what each discount takes off."""
    answer = await subscription.world.do(
        "invoiceCreatePreview", "invoicePreview { total totalDiscountAmounts { amount } }",
        subscription=subscription.id, **wanted,
    )  # fmt: skip
    found = answer["invoicePreview"]
    return found["total"], [each["amount"] for each in found["totalDiscountAmounts"]]


async def test_next_invoice_with_other_discounts(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "FIVE", amountOff=500, currency="usd")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "HALF"}])
    await world.news()

    assert await previewed(subscription) == (750, [750])
    assert await previewed(subscription, discounts=[{"coupon": "FIVE"}]) == (1000, [500])
    assert await previewed(subscription, discounts=[]) == (1500, [])
    items = [{"id": await subscription.item(), "quantity": 1, "discounts": [{"coupon": "FIVE"}]}]
    assert await previewed(subscription, subscriptionDetails={"items": items}) == (500, [500, 500])
    assert (await counted(), await Discount.all().count()) == ({"HALF": 1, "FIVE": 0}, 1)
    assert await world.news() == []


async def test_new_subscription_says_its_discounts_itself(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    wanted = {"customer": jenny.id, "items": [{"price": basic}]}
    answer = await world.api.do(
        "invoiceCreatePreview", "invoicePreview { total }", {"newSubscription": wanted, "discounts": []}
    )
    assert [(each["code"], each["param"]) for each in answer["userErrors"]] == [("PARAMETERS_EXCLUSIVE", ["discounts"])]
