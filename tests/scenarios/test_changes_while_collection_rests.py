"""Changes while collection is paused: they take place, and their invoices are treated as the pause says."""

from typing import Any

import pytest

from tests.scenarios.test_pausing_collection import ASKED, UPDATED
from tests.scenarios.test_renewals import COLLECTED, moving
from tests.scenarios.world import Subscription, World

HALF, LATER = "2027-02-14T10:00:00Z", "2027-02-14T12:00:00Z"
CHANGED = ["invoiceitem.created", "invoiceitem.created", "invoice.created", UPDATED]
ENDS = [
    ("KEEP_AS_DRAFT", [], "DRAFT"),
    ("VOID", [*ASKED, "payment_intent.canceled", "invoice.voided"], "VOID"),
    ("MARK_UNCOLLECTIBLE", [*ASKED, "invoice.marked_uncollectible"], "UNCOLLECTIBLE"),
]


async def resting(world: World, behavior: str, **terms: Any) -> tuple[Subscription, str]:
    """A subscription to 28.00 USD a month in the middle of its first, collection paused; the id of a price of 56.00."""
    basic, plus = await world.price("Basic", 2800), await world.price("Plus", 5600)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, **terms)
    await world.move_to(HALF)
    await subscription.update(pauseCollection={"behavior": behavior})
    await world.news()
    return subscription, plus


async def price_of(subscription: Subscription) -> str:
    """The price of its first item."""
    asked = "query($id: ID!) { subscription(id: $id) { items { price { id } } } }"
    found = await subscription.world.api.ask(asked, {"id": subscription.id})
    return str(found["subscription"]["items"][0]["price"]["id"])


@pytest.mark.parametrize(("behavior", "events", "status"), ENDS)
async def test_an_upgrade_takes_place_and_is_not_charged(
    world: World, behavior: str, events: list[str], status: str
) -> None:
    subscription, plus = await resting(world, behavior)

    await subscription.switch(plus, prorationBehavior="ALWAYS_INVOICE")

    assert await world.news() == CHANGED
    assert (await price_of(subscription), await subscription.waiting()) == (plus, [])
    assert (await subscription.billed())[1] == f"1400 DRAFT {HALF}"
    await world.move_to(LATER)
    assert await world.news() == moving(*events)
    assert (await subscription.billed())[1] == f"1400 {status} {HALF}"
    assert await subscription.status() == "ACTIVE"


@pytest.mark.parametrize(("behavior", "events", "status"), ENDS)
async def test_a_period_that_classic_begins_anew_is_not_charged(
    world: World, behavior: str, events: list[str], status: str
) -> None:
    subscription, _ = await resting(world, behavior, billingMode="CLASSIC")

    await subscription.update(billingCycleAnchor="NOW")

    assert await world.news() == CHANGED
    await world.move_to(LATER)
    assert await world.news() == moving(*events)
    assert (await subscription.billed())[1] == f"1400 {status} {HALF}"
    await subscription.update(pauseCollection=None)
    await world.move_to("2027-03-14T12:00:00Z")
    assert (await subscription.billed())[2] == "2800 PAID 2027-03-14T10:00:00Z"


async def test_an_invoice_that_would_be_sent_is_not_sent(world: World) -> None:
    subscription, plus = await resting(world, "VOID", collectionMethod="SEND_INVOICE", daysUntilDue=14)

    await subscription.switch(plus, prorationBehavior="ALWAYS_INVOICE")
    await world.move_to(LATER)

    assert "invoice.sent" not in await world.news()
    assert (await subscription.billed())[1] == f"1400 VOID {HALF}"


@pytest.mark.parametrize("behavior", ["PENDING_IF_INCOMPLETE", "ERROR_IF_INCOMPLETE"])
async def test_a_change_cannot_depend_on_its_payment(world: World, behavior: str) -> None:
    subscription, plus = await resting(world, "VOID")
    items = [{"id": await subscription.item(), "price": plus}]
    asked = {"id": subscription.id, "items": items, "prorationBehavior": "ALWAYS_INVOICE", "paymentBehavior": behavior}

    refused = await world.refusal("subscriptionUpdate", "subscription", **asked)

    assert refused == [("SUBSCRIPTION_UNEXPECTED_STATE", "paymentBehavior")]
    assert (await world.news(), len(await subscription.invoices())) == ([], 1)


async def test_what_is_said_of_the_pause_with_a_change_applies_to_it(world: World) -> None:
    subscription, plus = await resting(world, "VOID")

    await subscription.switch(plus, prorationBehavior="ALWAYS_INVOICE", pauseCollection=None)

    told = await world.news()
    assert sorted(told) == sorted([*CHANGED, *COLLECTED])
    assert (await subscription.billed())[1] == f"1400 PAID {HALF}"
    await subscription.switch(quantity=2, prorationBehavior="ALWAYS_INVOICE", pauseCollection={"behavior": "VOID"})
    assert await world.news() == CHANGED


async def test_an_end_that_is_taken_back_is_not_charged(world: World) -> None:
    subscription, _ = await resting(world, "KEEP_AS_DRAFT")
    await subscription.update(cancelAt="2027-02-21T10:00:00Z", prorationBehavior="ALWAYS_INVOICE")

    await subscription.update(cancelAt=None, prorationBehavior="ALWAYS_INVOICE")
    await world.move_to(LATER)

    assert [each.split()[:2] for each in await subscription.billed()] == [
        ["2800", "PAID"], ["-700", "DRAFT"], ["700", "DRAFT"],
    ]  # fmt: skip


@pytest.mark.parametrize("behavior", ["KEEP_AS_DRAFT", "VOID", "MARK_UNCOLLECTIBLE"])
async def test_what_an_end_settles_stays_a_draft(world: World, behavior: str) -> None:
    subscription, plus = await resting(world, behavior)
    await subscription.switch(plus, prorationBehavior="CREATE_PRORATIONS")  # 1400 for the second half
    await world.news()

    await subscription.cancel(invoiceNow=True)

    assert (await subscription.billed())[1] == f"1400 DRAFT {HALF}"
    assert not [each for each in await world.news() if each.startswith("payment_intent")]
    await world.move_to("2027-04-01T00:00:00Z")
    assert await world.news() == moving()
    assert (await subscription.billed())[1:] == [f"1400 DRAFT {HALF}"]
    assert (await subscription.status(), await subscription.waiting()) == ("CANCELED", [])


async def test_what_an_end_gives_back_is_given_back(world: World) -> None:
    subscription, _ = await resting(world, "KEEP_AS_DRAFT")

    await subscription.cancel(invoiceNow=True, prorate=True)

    assert (await subscription.billed())[1] == f"-1400 PAID {HALF}"
