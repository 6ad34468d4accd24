"""Items one by one, prices made for a change, and going over from CLASSIC to FLEXIBLE.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February.
"""

from typing import Any

from tests.scenarios.test_anchor_changes import anchor
from tests.scenarios.test_intervals import HALF, totals
from tests.scenarios.world import Subscription, World

ITEM = "subscriptionItem { id quantity price { unitAmount } } subscription { id }"


async def product_of(world: World, price: str) -> str:
    """The product that a price sells."""
    found = await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": price})
    return str(found["price"]["product"]["id"])


async def running(world: World, price: str, **input: Any) -> Subscription:
    """A subscription in the middle of its first month."""
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(price, **input)
    await world.move_to(HALF)
    await world.news()
    return subscription


async def test_item_is_added_changed_and_removed_by_itself(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 300)
    subscription = await running(world, basic)

    added = await world.do("subscriptionItemCreate", ITEM, subscription=subscription.id, price=extra, quantity=2)
    assert added["subscriptionItem"]["price"] == {"unitAmount": 300}
    assert (added["subscriptionItem"]["quantity"], added["subscription"]["id"]) == (2, subscription.id)
    changed = await world.do("subscriptionItemUpdate", ITEM, id=added["subscriptionItem"]["id"], quantity=3)
    assert changed["subscriptionItem"]["quantity"] == 3
    removed = await world.do(
        "subscriptionItemDelete", ITEM, id=added["subscriptionItem"]["id"], prorationBehavior="ALWAYS_INVOICE"
    )

    assert (removed["subscriptionItem"], removed["subscription"]["id"]) == (None, subscription.id)
    assert await subscription.waiting() == [300, -300, 450]  # half of 6.00, then of 9.00
    assert (await subscription.invoices())[1]["total"] == -450
    proration, updated = "invoiceitem.created", "customer.subscription.updated"
    assert (await world.news())[:5] == [proration, updated, proration, proration, updated]


async def test_refusals_of_one_item_name_its_own_fields(world: World) -> None:
    basic, euro = await world.price("Basic", 1500), await world.price("E", 100, currency="eur")
    subscription = await running(world, basic)
    item = await subscription.item()

    async def refused(verb: str, **input: Any) -> list[tuple[str, str]]:
        return await world.refusal(verb, "subscriptionItem", **input)

    assert await refused("subscriptionItemCreate", subscription=subscription.id, price=euro) == [
        ("CURRENCY_MISMATCH", "price")
    ]
    assert await refused("subscriptionItemCreate", subscription="sub_none", price=basic) == [
        ("RESOURCE_MISSING", "subscription")
    ]
    assert await refused("subscriptionItemUpdate", id=item, quantity=-1) == [("PARAMETER_INVALID_INTEGER", "quantity")]
    assert await refused("subscriptionItemUpdate", id="si_none") == [("RESOURCE_MISSING", "id")]
    assert await refused("subscriptionItemDelete", id=item) == [("PARAMETER_INVALID", "id")]
    assert (await world.news(), await subscription.waiting()) == ([], [])


async def test_price_is_made_for_a_change(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await running(world, basic)
    own = {"product": await product_of(world, basic), "currency": "usd", "unitAmount": 5000}
    items = [{"id": await subscription.item(), "priceData": {**own, "recurring": {"interval": "MONTH"}}}]

    preview = await subscription.preview(items=items)
    assert [line["amount"] for line in preview["lines"]] == [-750, 2500, 5000]
    assert await world.news() == []  # the price of the preview is gone with it
    await subscription.update(items=items)

    assert await subscription.waiting() == [-750, 2500]
    proration = "invoiceitem.created"
    assert await world.news() == ["price.created", proration, proration, "customer.subscription.updated"]
    other = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=[{**items[0], "price": basic}]
    )
    assert (other, await world.news()) == ([("PARAMETERS_EXCLUSIVE", "items.0.priceData")], [])


async def test_classic_goes_over_to_flexible_once(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    yearly = await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await running(world, basic, billingMode="CLASSIC")
    await subscription.switch(pro, prorationBehavior="NONE")
    await world.news()
    over = {"id": subscription.id, "billingMode": {"type": "FLEXIBLE"}}

    answer = await world.do("subscriptionMigrate", "subscription { billingMode }", **over)

    assert answer["subscription"] == {"billingMode": "FLEXIBLE"}
    assert await world.news() == ["customer.subscription.updated"]
    await subscription.switch(yearly)
    assert await subscription.waiting() == [-750, 35100]  # Basic was invoiced, not Pro; 351 of 365 days
    assert await anchor(subscription) == "2027-01-31T10:00:00Z"
    again = await world.refusal("subscriptionMigrate", "subscription", **over)
    assert again == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]


async def test_nothing_goes_over_to_classic(world: World) -> None:
    subscription = await running(world, await world.price("Basic", 1500))

    refused = await world.refusal(
        "subscriptionMigrate", "subscription", id=subscription.id, billingMode={"type": "CLASSIC"}
    )

    assert (refused, await world.news()) == ([("PARAMETER_INVALID", "billingMode.type")], [])


async def test_items_change_on_trial_without_proration(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 300)
    yearly = await world.price("Yearly", 36500, every="1 YEAR")
    for mode, third in (("FLEXIBLE", {"price": yearly}), ("CLASSIC", {"price": extra})):
        jenny = await world.customer(card="pm_card_visa")
        subscription = await jenny.subscribe(basic, billingMode=mode, trialPeriodDays=10)
        await world.news()

        await subscription.switch(quantity=2, prorationBehavior="ALWAYS_INVOICE")
        await subscription.update(items=[third])

        assert (await subscription.status(), await subscription.waiting()) == ("TRIALING", [])
        assert await world.news() == ["customer.subscription.updated"] * 2
        total = (await subscription.preview())["total"]
        assert total == {"FLEXIBLE": 39500, "CLASSIC": 3300}[mode]  # 30.00, with 365.00 or 3.00
    await world.move_to("2027-02-10T12:00:00Z")

    assert (await totals(subscription))[1] == "3300 2027-02-10"
