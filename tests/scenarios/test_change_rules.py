"""Upgrades and downgrades that follow different rules, and changes that wait for the end of the period.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
SCHEDULED = "scheduledChange { items { item { id } price { id } quantity deleted } }"


async def ruled(world: World, cost: int, **settings: str) -> tuple[Subscription, str]:
    """A subscription at half time in an account with these rules, and the id of another price, of 40.00 USD."""
    await world.do("accountSettingsUpdate", "account { id }", **settings)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Plan", cost))
    other = await world.price("Pro", 4000)
    await world.move_to(HALF)
    await world.news()
    return subscription, other


async def scheduled(subscription: Subscription) -> Any:
    """What waits for the end of its period."""
    asked = f"query($id: ID!) {{ subscription(id: $id) {{ {SCHEDULED} }} }}"
    return (await subscription.world.api.ask(asked, {"id": subscription.id}))["subscription"]["scheduledChange"]


@pytest.mark.parametrize(
    ("rule", "waiting", "billed"),
    [
        ("CHARGE_NOW", [], ["1500", "1250", "4000"]),  # 20.00 - 7.50 at once
        ("PRORATE", [-750, 2000], ["1500", "5250"]),
        ("NONE", [], ["1500", "4000"]),
        ("WAIT_FOR_PERIOD_END", [], ["1500", "4000"]),
    ],
)
async def test_an_upgrade_follows_its_rule(world: World, rule: str, waiting: list[int], billed: list[str]) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior=rule)

    await subscription.switch(pro)

    assert await subscription.waiting() == waiting
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == billed


async def test_a_downgrade_follows_its_own(world: World) -> None:
    rules = {"upgradeBehavior": "CHARGE_NOW", "downgradeBehavior": "WAIT_FOR_PERIOD_END"}
    subscription, pro = await ruled(world, 9000, **rules)

    await subscription.switch(pro)

    item = await subscription.item()
    kept = {"item": {"id": item}, "price": {"id": pro}, "quantity": None, "deleted": False}
    assert await scheduled(subscription) == {"items": [kept]}
    assert await world.news() == []  # the subscription is as it was
    assert (await subscription.preview())["total"] == 4000
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert await subscription.billed_lines(1) == ["4000 2027-02-28…2027-03-31 1 × Pro (at $40.00 / month)"]
    assert (await subscription.item(), await scheduled(subscription)) == (item, None)
    await world.move_to("2027-03-31T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["9000", "4000", "4000"]


async def test_what_a_change_says_itself_counts(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="WAIT_FOR_PERIOD_END")

    await subscription.switch(pro, prorationBehavior="CREATE_PRORATIONS")

    assert (await subscription.waiting(), await scheduled(subscription)) == ([-750, 2000], None)


async def test_more_seats_are_an_upgrade_and_fewer_a_downgrade(world: World) -> None:
    rules = {"upgradeBehavior": "CHARGE_NOW", "downgradeBehavior": "NONE"}
    subscription, _ = await ruled(world, 1500, **rules)

    await subscription.switch(quantity=3)
    await subscription.switch(quantity=2)

    assert await subscription.waiting() == []
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "1500"]  # 22.50 - 7.50
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[2] == "3000 PAID 2027-02-28T10:00:00Z"


async def test_a_change_that_waits_can_be_taken_back(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(pro)

    answer = await world.do("subscriptionScheduledChangeDelete", f"subscription {{ {SCHEDULED} }}", id=subscription.id)

    assert answer["subscription"] == {"scheduledChange": None}
    refusal = await world.refusal("subscriptionScheduledChangeDelete", "subscription", id=subscription.id)
    assert refusal == [("RESOURCE_MISSING", "id")]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"


async def test_a_later_change_takes_its_place(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(pro)
    await subscription.switch(await world.price("Max", 6000))
    await subscription.switch(quantity=2, prorationBehavior="NONE")

    assert await scheduled(subscription) is None
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "3000 PAID 2027-02-28T10:00:00Z"


async def test_items_can_come_and_go_with_the_next_period(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="WAIT_FOR_PERIOD_END")
    gone = {"id": await subscription.item(), "deleted": True}

    await subscription.update(items=[gone, {"price": pro, "quantity": 2, "metadata": {"seat": "new"}}])

    assert len((await subscription.now())["items"]) == 1
    await world.move_to("2027-02-28T12:00:00Z")
    [item] = (await subscription.now())["items"]
    assert (item["id"] != gone["id"], item["quantity"]) == (True, 2)
    assert (item["currentPeriodStart"], item["currentPeriodEnd"]) == ("2027-02-28T10:00:00Z", "2027-03-31T10:00:00Z")
    assert await subscription.billed_lines(1) == ["8000 2027-02-28…2027-03-31 2 × Pro (at $40.00 / month)"]


async def test_what_could_not_be_billed_is_refused_at_once(world: World) -> None:
    rules = {"upgradeBehavior": "WAIT_FOR_PERIOD_END", "downgradeBehavior": "WAIT_FOR_PERIOD_END"}
    subscription, _ = await ruled(world, 1500, **rules)
    item = await subscription.item()

    async def refused(**change: Any) -> list[tuple[str, str]]:
        return await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=[change])

    last, many = await refused(id=item, deleted=True), await refused(id=item, quantity=-1)
    unknown = await refused(price="price_none")

    assert last == [("PARAMETER_INVALID", "items")]
    assert many == [("PARAMETER_INVALID_INTEGER", "items.0.quantity")]
    assert unknown == [("RESOURCE_MISSING", "items.0.price")]
    assert (await scheduled(subscription), await world.news()) == (None, [])


async def test_a_preview_follows_the_rule_too(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="CHARGE_NOW", downgradeBehavior="WAIT_FOR_PERIOD_END")
    item = await subscription.item()

    up = await subscription.preview(items=[{"id": item, "price": pro}])
    down = await subscription.preview(items=[{"id": item, "quantity": 0}])

    assert [line["amount"] for line in up["lines"]] == [-750, 2000]
    assert [line["amount"] for line in down["lines"]] == [0]


async def test_cancelled_meanwhile_nothing_changes(world: World) -> None:
    subscription, pro = await ruled(world, 1500, upgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(pro)
    paused = await world.refusal("subscriptionPause", "subscription", id=subscription.id)
    assert paused == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]  # its period would end without the change

    await subscription.cancel()

    assert await scheduled(subscription) is None
    await world.move_to("2027-02-28T12:00:00Z")
    assert len(await subscription.billed()) == 1


async def test_rules_are_settings_with_a_default(world: World) -> None:
    selection = "account { settings { upgradeBehavior downgradeBehavior } }"
    changed = await world.do("accountSettingsUpdate", selection, downgradeBehavior="NONE")
    back = await world.do("accountSettingsUpdate", selection, downgradeBehavior=None)

    assert changed["account"]["settings"] == {"upgradeBehavior": "PRORATE", "downgradeBehavior": "NONE"}
    assert back["account"]["settings"] == {"upgradeBehavior": "PRORATE", "downgradeBehavior": "PRORATE"}


async def test_a_waiting_downgrade_outlasts_a_new_anchor(world: World) -> None:
    subscription, pro = await ruled(world, 9000, downgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(pro)

    await subscription.update(billingCycleAnchor="NOW", prorationBehavior="ALWAYS_INVOICE")

    assert await scheduled(subscription) is not None
    await world.move_to("2027-03-14T12:00:00Z")
    # 14 February, 10:00: 90.00 less the 45.00 of the other half; a month later the downgrade takes place.
    assert [line.split()[0] for line in await subscription.billed()] == ["9000", "4500", "4000"]
    assert await scheduled(subscription) is None
