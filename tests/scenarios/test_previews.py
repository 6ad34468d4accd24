"""Previews: the lines that the real invoice will have, and nothing written."""

from typing import Any

import pytest

from tests.scenarios.test_changes import HALF
from tests.scenarios.world import World


async def test_preview_of_a_change_has_the_lines_of_the_change(world: World) -> None:
    basic, pro = await world.price("Basic", 1501), await world.price("Pro", 3999)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    item = {"id": await subscription.item(), "price": pro}
    moment = "2027-02-10T09:59:59Z"  # 18 days and a second are left
    await world.news()

    preview = await subscription.preview(items=[item], prorationDate=moment)

    assert [line["amount"] for line in preview["lines"]] == [-965, 2571, 3999]  # 964.93, 2570.79
    assert preview["total"] == 5605
    assert (await world.news(), await subscription.waiting()) == ([], [])
    await subscription.update(items=[item], prorationDate=moment)
    again = await subscription.preview()
    assert again == preview
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_preview_of_a_charge_at_once_is_that_invoice(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    details = {"items": [{"id": await subscription.item(), "price": pro}], "prorationBehavior": "ALWAYS_INVOICE"}

    preview = await subscription.preview(**details)

    assert (preview["total"], preview["amountDue"]) == (1250, 1250)
    await subscription.update(**details)
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_preview_of_the_next_renewal(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)

    preview = await subscription.preview()

    assert preview["lines"] == [
        {"amount": 1500, "description": "1 × Basic (at $15.00 / month)", "explanation": "1 × $15.00 = $15.00"}
    ]


FIRST = "invoicePreview { total amountDue subscription { id } lines { amount description period { start end } } }"
SINCE = "2026-12-17T10:00:00Z"


@pytest.mark.parametrize(
    ("details", "amounts"),
    [
        ({}, [3100]),
        ({"billingCycleAnchor": "2027-02-15T10:00:00Z"}, [1500]),  # 15 of 31 days
        ({"billingCycleAnchorConfig": {"dayOfMonth": 1}}, [100]),  # a day of 31
        ({"backdateStartDate": SINCE}, [1400, 3100, 3100]),  # 14 of 31 days, and two periods
        ({"backdateStartDate": SINCE, "billingMode": "CLASSIC"}, [4500, 3100]),
        ({"backdateStartDate": SINCE, "prorationBehavior": "NONE"}, [3100]),
        ({"trialPeriodDays": 10}, [0]),
        ({"cancelAt": "2027-02-14T10:00:00Z"}, [1550]),  # 14 of 28 days
    ],
)
async def test_preview_of_a_new_subscription_is_its_first_invoice(
    world: World, details: dict[str, Any], amounts: list[int]
) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer()
    wanted = {"customer": jenny.id, "items": [{"price": price}], **details}
    await world.news()

    preview = (await world.do("invoiceCreatePreview", FIRST, newSubscription=wanted))["invoicePreview"]

    assert [line["amount"] for line in preview["lines"]] == amounts
    assert (preview["total"], preview["subscription"]) == (sum(amounts), None)
    assert await world.news() == []
    await jenny.take_card("pm_card_visa")
    subscription = await jenny.subscribe(price, **details)
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_preview_of_a_free_beginning_is_the_invoice_at_the_anchor(world: World) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer()
    wanted = {
        "customer": jenny.id,
        "items": [{"price": price}],
        "billingCycleAnchor": "2027-02-15T10:00:00Z",
        "prorationBehavior": "NONE",
    }
    preview = (await world.do("invoiceCreatePreview", FIRST, newSubscription=wanted))["invoicePreview"]
    [line] = preview["lines"]
    assert (line["amount"], line["period"]["start"]) == (3100, "2027-02-15T10:00:00Z")


async def test_preview_with_a_price_of_its_own_leaves_no_price(world: World) -> None:
    product = await world.do("productCreate", "product { id }", name="Basic")
    jenny = await world.customer()
    data = {
        "product": product["product"]["id"],
        "currency": "usd",
        "unitAmount": 700,
        "recurring": {"interval": "WEEK"},
    }
    wanted = {"customer": jenny.id, "items": [{"priceData": data}]}
    await world.news()
    preview = (await world.do("invoiceCreatePreview", FIRST, newSubscription=wanted))["invoicePreview"]
    assert preview["total"] == 700
    assert (await world.news(), (await world.api.ask("{ prices { totalCount } }"))["prices"]["totalCount"]) == ([], 0)


async def test_preview_is_refused_as_the_creation_is(world: World) -> None:
    price = await world.price("Basic", 3100)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(price)

    async def refused(**input: Any) -> list[tuple[str, str]]:
        answer = await world.api.do("invoiceCreatePreview", "invoicePreview { total }", input)
        assert answer["invoicePreview"] is None
        return [(each["code"], ".".join(each["param"])) for each in answer["userErrors"]]

    nobody = {"customer": "cus_none", "items": [{"price": price}]}
    assert await refused(newSubscription=nobody) == [("RESOURCE_MISSING", "newSubscription.customer")]
    details = {"items": [{"id": "si_none", "quantity": 2}]}
    missing = [("RESOURCE_MISSING", "subscriptionDetails.items.0.id")]
    assert await refused(subscription=subscription.id, subscriptionDetails=details) == missing
    assert await refused() == [("PARAMETER_MISSING", "subscription")]
    both = [("PARAMETERS_EXCLUSIVE", "newSubscription")]
    assert await refused(newSubscription=nobody, subscription=subscription.id) == both
