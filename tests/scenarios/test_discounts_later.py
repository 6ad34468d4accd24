"""Discounts that are only thought of: previews are reckoned with them, and redeem nothing."""

from typing import Any

from tests.scenarios.couponing import counted, coupon, totals
from tests.scenarios.world import Subscription, World

PREVIEW = """
invoicePreview {
    subtotal total amountDue totalDiscountAmounts { amount percentOff discount { id } }
    lines { amount proration discountAmounts { amount } }
}
"""


async def previewed(subscription: Subscription, **input: Any) -> dict[str, Any]:
    """The invoice of the subscription as it would be."""
    answer = await subscription.world.do("invoiceCreatePreview", PREVIEW, subscription=subscription.id, **input)
    return dict(answer["invoicePreview"])


async def test_preview_with_discounts_instead_of_those_in_force(world: World) -> None:
    basic = await world.price("Basic", 1500)
    for identifier, percent in (("TENTH", "10"), ("HALF", "50"), ("FIFTH", "20")):
        await coupon(world, identifier, percentOff=percent, duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa", discount={"coupon": "FIFTH"})
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "TENTH"}])
    await world.news()

    assert (await previewed(subscription))["total"] == 1350
    # 1500 - 750 (half) = 750; less a tenth of that is 675.
    both = await previewed(subscription, discounts=[{"coupon": "HALF"}, {"coupon": "TENTH"}])
    assert both == {
        "subtotal": 1500, "total": 675, "amountDue": 675,
        "totalDiscountAmounts": [
            {"amount": 750, "percentOff": "50", "discount": None},
            {"amount": 75, "percentOff": "10", "discount": None},
        ],
        "lines": [{"amount": 1500, "proration": False, "discountAmounts": [{"amount": 750}, {"amount": 75}]}],
    }  # fmt: skip
    assert (await previewed(subscription, discounts=[]))["total"] == 1500  # nor that of the customer

    assert await world.news() == []
    assert await counted() == {"TENTH": 1, "HALF": 0, "FIFTH": 1}
    await world.move_to("2027-02-28T12:00:00Z")
    assert await totals(subscription) == [(1500, 1350), (1500, 1350)]


async def test_preview_keeps_a_discount_that_is_there(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    await coupon(world, "FIVE", amountOff=500, currency="usd")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, discounts=[{"coupon": "TENTH"}])
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { discounts { id } } }", {"id": subscription.id}
    )
    [kept] = found["subscription"]["discounts"]

    wanted = await previewed(subscription, discounts=[{"discount": kept["id"]}, {"coupon": "FIVE"}])

    assert wanted["total"] == 850  # 1500 - 150 - 500
    assert [each["discount"] for each in wanted["totalDiscountAmounts"]] == [kept, None]
    assert await counted() == {"TENTH": 1, "FIVE": 0}


async def test_preview_of_a_change_with_discounts_of_items(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 1000)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.news()
    items = [{"price": extra, "discounts": [{"coupon": "HALF"}]}]
    details = {"items": items, "prorationBehavior": "NONE"}

    wanted = await previewed(subscription, subscriptionDetails=details)

    # 1500, and 1000 less half of it.
    assert [(each["amount"], each["discountAmounts"]) for each in wanted["lines"]] == [
        (1500, []),
        (1000, [{"amount": 500}]),
    ]
    assert wanted["total"] == 2000
    assert (await world.news(), await counted()) == ([], {"HALF": 0})
    await subscription.update(**details)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await totals(subscription) == [(1500, 1500), (2500, 2000)]


async def test_previews_are_refused_as_redeeming_would_be(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "EURO", amountOff=500, currency="eur")
    await coupon(world, "LAST", percentOff="10", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "LAST"}])
    await world.news()

    async def refused(**input: Any) -> list[tuple[str, str]]:
        answer = await world.api.do("invoiceCreatePreview", "invoicePreview { total }", input)
        assert answer["invoicePreview"] is None
        return [(each["code"], ".".join(each["param"] or ())) for each in answer["userErrors"]]

    named = {"subscription": subscription.id}
    assert await refused(**named, discounts=[{"coupon": "EURO"}, {"coupon": "LAST"}, {"coupon": "NONE"}]) == [
        ("COUPON_NOT_APPLICABLE", "discounts.0.coupon"),
        ("COUPON_EXPIRED", "discounts.1.coupon"),
        ("RESOURCE_MISSING", "discounts.2.coupon"),
    ]
    new = {"customer": jenny.id, "items": [{"price": basic}]}
    assert await refused(newSubscription=new, discounts=[]) == [("PARAMETERS_EXCLUSIVE", "discounts")]
    assert (await world.news(), await counted()) == ([], {"EURO": 0, "LAST": 1})
