"""What is used in the very second in which something ends is billed with it, and once."""

import pytest

from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Customer, Subscription, World

NOW = "2027-02-15T00:00:00Z"


async def used_now(world: World, usage: Usage) -> tuple[Customer, Subscription]:
    """Jenny, with use alone, who used 5 in the present second."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), billingMode="FLEXIBLE")
    await world.move_to(NOW)
    await usage.used(jenny, NOW, "5")
    return jenny, subscription


async def test_what_is_used_in_the_second_of_a_cancellation_is_on_its_invoice(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)

    await subscription.cancel(invoiceNow=True)

    assert await subscription.billed() == ["50 PAID 2027-02-15T00:00:00Z"]
    again = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-15T00:00:01Z", "3")
    await world.move_to("2027-03-15T02:00:00Z")
    assert await again.billed() == ["30 PAID 2027-03-15T00:00:00Z"]
    await world.move_to("2027-05-01T00:00:00Z")
    assert len(await subscription.billed()) == 1


async def test_what_comes_in_the_same_second_after_a_cancellation_is_late(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)
    await subscription.cancel(invoiceNow=True)

    await usage.used(jenny, NOW, "2")
    await world.move_to("2027-05-01T00:00:00Z")

    assert await subscription.billed() == ["50 PAID 2027-02-15T00:00:00Z", "20 PAID 2027-03-23T00:00:00Z"]


async def test_what_is_used_in_the_second_of_a_pause_is_billed_once(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)

    await world.do("subscriptionPause", "subscription { status }", id=subscription.id)
    assert await subscription.waiting() == [50]
    await world.do("subscriptionResume", "subscription { status }", id=subscription.id)
    await usage.used(jenny, NOW, "2")
    await usage.used(jenny, "2027-02-16T00:00:00Z", "3")
    await world.move_to("2027-04-01T02:00:00Z")

    billed = [int(each.split()[0]) for each in await subscription.billed()]
    assert sum(billed) == 100, billed  # each of 5, 2 and 3 once


@pytest.mark.parametrize("behavior", ["ALWAYS_INVOICE", "CREATE_PRORATIONS"])
async def test_what_is_used_in_the_second_of_a_removal_is_billed_once(world: World, behavior: str) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    basic, calls = await world.price("Basic", 1500), await usage.price()
    subscription = await subscribed(jenny, basic, calls, billingMode="FLEXIBLE")
    await world.move_to(NOW)
    await usage.used(jenny, NOW, "5")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)

    await subscription.update(
        items=[{"id": item, "deleted": True}, {"price": await usage.price("Dear", unitAmount=1000)}],
        prorationBehavior=behavior,
    )
    found = await subscription.lines() if behavior == "ALWAYS_INVOICE" else await subscription.waiting()
    assert found == (["50 5 × Calls (at $0.10 / month)"] if behavior == "ALWAYS_INVOICE" else [50])
    await usage.used(jenny, "2027-02-15T00:00:01Z", "1")
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.lines())[-1] == "1000 1 × Dear (at $10.00 / month)"


async def test_what_is_used_in_the_second_of_a_new_anchor_is_billed_once(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)

    await subscription.update(billingCycleAnchor="NOW", prorationBehavior="ALWAYS_INVOICE")
    await usage.used(jenny, NOW, "2")
    await world.move_to("2027-03-15T02:00:00Z")

    assert sum(int(each.split()[0]) for each in await subscription.billed()) == 70


async def test_what_is_used_in_the_second_of_a_change_to_a_quantity_is_billed(world: World) -> None:
    usage = await Usage.metered(world)
    _, subscription = await used_now(world, usage)

    await subscription.switch(await world.price("Seats", 2800), prorationBehavior="NONE")
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.lines())[-1] == "50 5 × Calls (at $0.10 / month)"


async def test_what_is_used_in_the_second_of_a_transfer_is_the_former_customers(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)
    maria = await world.customer(card="pm_card_visa")

    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=maria.id)
    await usage.used(maria, NOW, "3")
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.lines() == ["30 3 × Calls (at $0.10 / month)"]
    found = await world.api.ask(
        "query($id: ID!) { invoiceItems(first: 9, filter: {customer: $id, pending: true}) { nodes { amount } } }",
        {"id": jenny.id},
    )
    assert found["invoiceItems"]["nodes"] == [{"amount": 50}]


async def test_the_draft_of_a_pause_counts_what_comes_within_its_hour(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await used_now(world, usage)
    await world.do("subscriptionPause", "subscription { status }", id=subscription.id, invoicingBehavior="INVOICE")
    assert await subscription.billed() == ["50 DRAFT 2027-02-15T00:00:00Z"]

    await usage.used(jenny, "2027-02-14T23:00:00Z", "5")  # of the time before, sent within the hour
    await usage.used(jenny, "2027-02-15T00:30:00Z", "9")  # while it is paused
    await world.move_to("2027-02-15T02:00:00Z")
    assert await subscription.billed() == ["100 PAID 2027-02-15T00:00:00Z"]

    await usage.used(jenny, "2027-02-14T23:00:00Z", "1")  # late
    await world.do("subscriptionResume", "subscription { status }", id=subscription.id)
    await world.move_to("2027-03-20T00:00:00Z")
    assert sum(int(each.split()[0]) for each in await subscription.billed()) == 110


async def test_a_pause_before_any_use_makes_no_draft_and_what_comes_then_is_late(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), billingMode="FLEXIBLE")
    await world.move_to(NOW)
    await world.do("subscriptionPause", "subscription { status }", id=subscription.id, invoicingBehavior="INVOICE")
    assert await subscription.billed() == []

    await usage.used(jenny, "2027-02-14T23:00:00Z", "5")
    await world.move_to("2027-02-15T02:00:00Z")
    await world.do("subscriptionResume", "subscription { status }", id=subscription.id)
    await world.move_to("2027-03-20T00:00:00Z")
    assert sum(int(each.split()[0]) for each in await subscription.billed()) == 50


CURRENT = "query($id: ID!) { subscription(id: $id) { items { currentUsage { quantity from to amount } } } }"


async def test_what_is_used_in_the_present_second_is_told_as_in_a_preview(world: World) -> None:
    usage = await Usage.metered(world)
    _, subscription = await used_now(world, usage)

    found = (await world.api.ask(CURRENT, {"id": subscription.id}))["subscription"]["items"]

    assert found == [{"currentUsage": {"quantity": "5", "from": "2027-01-31T10:00:00Z", "to": NOW, "amount": 50}}]
    assert [line["amount"] for line in (await subscription.preview())["lines"]] == [50]


async def test_nothing_is_used_in_a_trial_and_until_now(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), trialPeriodDays=30)
    await world.move_to(NOW)
    await usage.used(jenny, NOW, "5")

    found = (await world.api.ask(CURRENT, {"id": subscription.id}))["subscription"]["items"]

    assert found == [{"currentUsage": {"quantity": "0", "from": NOW, "to": NOW, "amount": 0}}]
