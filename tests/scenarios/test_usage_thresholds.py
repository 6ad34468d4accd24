"""Usage is invoiced before its period is over, once it costs as much as was settled."""

import pytest

from domain.usage import Formula
from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Customer, World

LOOKED = ["invoiceitem.created", "invoice.created", "customer.subscription.updated"]


async def use(world: World, customer: Customer, value: str) -> None:
    """Send an event of now."""
    payload = {"customer": customer.id, "value": value}
    answer = await world.do("meterEventsCreate", "accepted", events=[{"eventName": "calls", "payload": payload}])
    assert answer["accepted"] == 1


async def test_use_is_invoiced_when_it_reaches_the_threshold_and_counted_on_from_there(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    basic, calls = await world.price("Basic", 1500), await usage.price()
    subscription = await subscribed(jenny, basic, calls, billingThresholds={"amountGte": 1000})
    await world.move_to("2027-02-10T00:00:00Z")
    await use(world, jenny, "99")
    await world.move_to("2027-02-10T01:00:00Z")
    assert len(await subscription.invoices()) == 1
    await world.news()

    await use(world, jenny, "1")
    await use(world, jenny, "5")
    await world.move_to("2027-02-10T01:30:00Z")

    [_, early] = await subscription.invoices()
    assert (early["billingReason"], early["status"], early["total"]) == ("SUBSCRIPTION_THRESHOLD", "PAID", 1050)
    assert [each for each in await world.news() if not each.startswith("test_helpers")][:4] == [
        *LOOKED, "invoice.finalized",
    ]  # fmt: skip
    await use(world, jenny, "3")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "1050 PAID 2027-02-10T01:01:00Z",  # a minute after it was used
        "1530 PAID 2027-02-28T10:00:00Z",  # 1500 and 3 × 10
    ]


async def test_a_new_period_begins_with_it_where_that_was_settled(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    thresholds = {"amountGte": 500, "resetBillingCycleAnchor": True}
    subscription = await subscribed(jenny, await usage.price(), billingThresholds=thresholds)
    await world.move_to("2027-02-10T00:00:00Z")

    await use(world, jenny, "60")
    await world.move_to("2027-02-10T02:00:00Z")

    now = await subscription.now()
    assert now["billingCycleAnchor"] == now["items"][0]["currentPeriodStart"] == "2027-02-10T00:01:00Z"
    assert await subscription.billed() == ["600 PAID 2027-02-10T00:01:00Z"]
    await world.move_to("2027-03-10T02:00:00Z")
    assert (await subscription.billed())[1:] == ["0 PAID 2027-03-10T00:01:00Z"]


async def test_it_can_be_set_later_and_taken_away(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await subscription.update(billingThresholds={"amountGte": 100})
    await subscription.update(billingThresholds=None)

    await use(world, jenny, "60")
    await world.move_to("2027-02-10T02:00:00Z")

    assert await subscription.billed() == []
    await subscription.update(billingThresholds={"amountGte": 100})
    await use(world, jenny, "1")
    await world.move_to("2027-02-10T04:00:00Z")
    assert await subscription.billed() == ["610 PAID 2027-02-10T02:01:00Z"]


async def test_what_was_used_before_it_was_set_is_invoiced_too(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await use(world, jenny, "60")
    await world.move_to("2027-02-10T00:00:00Z")

    await subscription.update(billingThresholds={"amountGte": 600})
    await world.move_to("2027-02-10T01:00:00Z")

    assert await subscription.billed() == ["600 PAID 2027-02-10T00:01:00Z"]


@pytest.mark.parametrize("amount", [0, -5, 100_000_000])
async def test_a_threshold_that_nothing_could_reach_is_refused(world: World, amount: int) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    calls = await usage.price()
    await world.news()

    refused = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": calls}],
        billingThresholds={"amountGte": amount},
    )  # fmt: skip

    assert refused == [("PARAMETER_INVALID_INTEGER", "billingThresholds.amountGte")]
    assert await world.news() == []


FORMULAS = [Formula.LAST, Formula.MAX, Formula.UNIQUE]


@pytest.mark.parametrize("formula", FORMULAS)
async def test_a_figure_that_does_not_add_up_has_no_threshold(world: World, formula: Formula) -> None:
    seats = await (await Usage.metered(world, formula)).price()
    jenny, limit = await world.customer(card="pm_card_visa"), {"amountGte": 100}
    subscription = await subscribed(jenny, seats)
    await world.news()

    begun = {"customer": jenny.id, "items": [{"price": seats}], "billingThresholds": limit}
    created = await world.refusal("subscriptionCreate", "subscription", **begun)
    updated = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, billingThresholds=limit)

    assert created == updated == [("PARAMETER_INVALID", "billingThresholds")]
    assert await world.news() == []


@pytest.mark.parametrize("formula", FORMULAS)
async def test_what_has_a_threshold_takes_no_figure_that_does_not_add_up(world: World, formula: Formula) -> None:
    calls = await (await Usage.metered(world)).price()
    seats = await (await Usage.metered(world, formula, "seats")).price("Seats")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, calls, billingThresholds={"amountGte": 100})
    await world.news()

    changed = {"id": subscription.id, "items": [{"price": seats}]}
    updated = await world.refusal("subscriptionUpdate", "subscription", **changed)
    added = await world.refusal("subscriptionItemCreate", "subscriptionItem", subscription=subscription.id, price=seats)

    assert (updated, added) == ([("PARAMETER_INVALID", "items")], [("PARAMETER_INVALID", "subscription")])
    assert await world.news() == []
    swapped = [{"id": await subscription.item(), "price": seats}]
    await subscription.update(items=swapped, billingThresholds=None)
