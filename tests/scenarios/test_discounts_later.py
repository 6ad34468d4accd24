"""Discounts that are only thought of: previews are reckoned with them, and redeem nothing."""

from typing import Any

import pytest

from tests.scenarios.couponing import code, counted, coupon, totals
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


@pytest.mark.parametrize(
    ("mode", "wanted", "amounts"),
    [
        ("FLEXIBLE", None, [-600, 1200]),  # half of 15.00 - 3.00, half of 30.00 - 6.00
        ("FLEXIBLE", [], [-600, 1500]),  # what was billed is given back; half of 30.00
        ("FLEXIBLE", [{"coupon": "FIVE"}], [-600, 1250]),  # half of 30.00 - 5.00
        ("CLASSIC", [], [-750, 1500]),  # what is in force from now on is given back: half of 15.00
        ("CLASSIC", [{"coupon": "FIVE"}], [-500, 1250]),  # half of 15.00 - 5.00
        ("CLASSIC", [{"coupon": "ONCE"}], [-750, 1500]),  # it waits for a whole period
    ],
)
async def test_preview_of_a_change_beside_other_discounts_has_the_lines_of_the_real_one(
    world: World, mode: str, wanted: list[dict[str, str]] | None, amounts: list[int]
) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "FIFTH", percentOff="20", duration="FOREVER")
    await coupon(world, "FIVE", amountOff=500, currency="usd", duration="FOREVER")
    await coupon(world, "ONCE", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=[{"coupon": "FIFTH"}])
    await world.move_to("2027-02-14T10:00:00Z")  # 14 of 28 days are left.
    discounts = {} if wanted is None else {"discounts": wanted}
    change: dict[str, Any] = {
        "items": [{"id": await subscription.item(), "quantity": 2}], "prorationBehavior": "ALWAYS_INVOICE",
    }  # fmt: skip
    await world.news()

    foreseen = await previewed(subscription, subscriptionDetails=change, **discounts)

    assert [each["amount"] for each in foreseen["lines"]] == amounts
    assert (await world.news(), await counted()) == ([], {"FIFTH": 1, "FIVE": 0, "ONCE": 0})
    await subscription.update(**change, **discounts)
    assert (await totals(subscription))[-1] == (foreseen["subtotal"], foreseen["total"]) == (sum(amounts), sum(amounts))


async def test_preview_of_a_change_looks_at_what_is_bought_with_it(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    large = await code(world, "HALF", restrictions={"minimumAmount": 3000, "minimumAmountCurrency": "usd"})
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    items = [{"id": await subscription.item(), "quantity": 2}]
    details = {"items": items, "prorationBehavior": "NONE"}
    wanted = [{"promotionCode": large}]

    assert (await previewed(subscription, subscriptionDetails=details, discounts=wanted))["total"] == 1500


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
