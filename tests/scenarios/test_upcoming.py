"""Renewals are announced beforehand.

The world's clock stands at 31 January 2027, 10:00; the first period has 28 days.
"""

from typing import Any

import pytest

from tests.scenarios.test_changes import HALF
from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

UPCOMING = "invoice.upcoming"


async def announced(world: World, days: int | None = None, **input: Any) -> tuple[Customer, Subscription]:
    """Somebody with a subscription of 28.00 a month, in a house that announces so many days before; 7 by default."""
    await world.do("accountSettingsUpdate", "account { id }", upcomingInvoiceDays=days)
    price = await world.price("Basic", 2800, every=input.pop("every", "1 MONTH"))
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price, **input)
    await world.news()
    return jenny, subscription


async def told(world: World) -> dict[str, Any]:
    """What the last announcement shows."""
    query = '{ events(first: 1, filter: {types: ["invoice.upcoming"]}) { nodes { data { object } } } }'
    found = await world.api.ask(query)
    return dict(found["events"]["nodes"][0]["data"]["object"])


async def test_a_renewal_is_announced_seven_days_before(world: World) -> None:
    jenny, subscription = await announced(world)

    await world.move_to("2027-02-21T09:59:59Z")
    assert await world.news() == moving()
    await world.move_to("2027-02-21T10:00:00Z")
    assert await world.news() == moving(UPCOMING)
    snapshot = await told(world)
    assert "id" not in snapshot
    assert (snapshot["object"], snapshot["customer"], snapshot["billing_reason"]) == (
        "invoice", jenny.id, "subscription_cycle"
    )  # fmt: skip
    assert (snapshot["status"], snapshot["total"], snapshot["amount_due"]) == ("draft", 2800, 2800)
    assert snapshot["parent"]["subscription_details"]["subscription"] == subscription.id
    assert snapshot["next_payment_attempt"] == 1803812400  # 28 February 2027, 11:00
    assert len(await subscription.billed()) == 1
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    await world.move_to("2027-03-24T10:00:00Z")
    assert await world.news() == moving(UPCOMING)  # 7 days before 31 March


async def test_an_announcement_shows_the_lines_of_the_renewal(world: World) -> None:
    jenny, subscription = await announced(world)
    pro = await world.price("Pro", 5600)
    await world.do(
        "customerBalanceTransactionCreate",
        "customerBalanceTransaction { id }",
        customer=jenny.id,
        amount=-1000,
        currency="usd",
    )
    await world.move_to(HALF)
    await subscription.switch(pro)
    await world.move_to("2027-02-21T10:00:00Z")

    snapshot = await told(world)
    assert [line["amount"] for line in snapshot["lines"]["data"]] == [-1400, 2800, 5600]  # 14 of 28 days
    assert (snapshot["total"], snapshot["starting_balance"], snapshot["amount_due"]) == (7000, -1000, 6000)
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.invoices())[1]["amountDue"] == 6000


@pytest.mark.parametrize(
    ("days", "before", "at"),
    [(3, "2027-02-25T09:59:59Z", "2027-02-25T10:00:00Z"), (15, "2027-02-13T09:59:59Z", "2027-02-13T10:00:00Z")],
)
async def test_how_long_before_is_a_setting(world: World, days: int, before: str, at: str) -> None:
    await announced(world, days)
    await world.move_to(before)
    assert await world.news() == moving()
    await world.move_to(at)
    assert await world.news() == moving(UPCOMING)


async def test_no_days_announce_nothing(world: World) -> None:
    await announced(world, 0)
    await world.move_to("2027-02-28T09:00:00Z")
    assert await world.news() == moving()


async def test_another_setting_counts_from_the_next_period(world: World) -> None:
    await announced(world)
    await world.do("accountSettingsUpdate", "account { id }", upcomingInvoiceDays=3)
    await world.move_to("2027-02-21T10:00:00Z")
    assert await world.news() == moving(UPCOMING)
    await world.move_to("2027-03-24T10:00:00Z")
    await world.news()
    await world.move_to("2027-03-28T10:00:00Z")  # 3 days before 31 March
    assert await world.news() == moving(UPCOMING)


async def test_a_period_that_is_shorter_is_announced_at_its_beginning(world: World) -> None:
    await announced(world, every="1 DAY")
    await world.move_to("2027-01-31T11:00:00Z")
    assert await world.news() == moving(UPCOMING)


@pytest.mark.parametrize("input", [{"cancelAtPeriodEnd": True}, {"cancelAt": "2027-02-25T00:00:00Z"}])
async def test_what_ends_is_not_announced_unless_that_is_taken_back(world: World, input: dict[str, Any]) -> None:
    _, subscription = await announced(world)
    await subscription.update(**input)
    await world.move_to("2027-02-22T10:00:00Z")
    assert UPCOMING not in await world.news()
    await subscription.update(cancelAt=None)
    await world.news()
    await world.move_to("2027-02-27T10:00:00Z")
    assert await world.news() == moving()  # the time for it has passed
    await world.move_to("2027-03-24T10:00:00Z")
    assert (await world.news())[-2:] == [UPCOMING, "test_helpers.test_clock.ready"]


async def test_the_first_invoice_after_a_trial_is_announced(world: World) -> None:
    await announced(world, trialPeriodDays=30)
    await world.move_to("2027-02-23T10:00:00Z")  # 30 days end on 2 March
    assert await world.news() == moving(UPCOMING)
    assert (await told(world))["total"] == 2800


async def test_days_that_cannot_be_are_refused(world: World) -> None:
    refused = await world.refusal("accountSettingsUpdate", "account", upcomingInvoiceDays=61)
    assert refused == [("PARAMETER_INVALID_INTEGER", "upcomingInvoiceDays")]


async def test_an_invoice_that_is_sent_is_not_announced(world: World) -> None:
    await announced(world, collectionMethod="SEND_INVOICE", daysUntilDue=30)
    await world.move_to("2027-02-22T10:00:00Z")
    assert UPCOMING not in await world.news()


async def test_an_announcement_foresees_a_change_that_waits_for_the_renewal(world: World) -> None:
    _, subscription = await announced(world)
    less = await world.price("Less", 900)
    await world.do("accountSettingsUpdate", "account { id }", downgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(less)
    await world.move_to("2027-02-21T10:00:00Z")
    assert (await told(world))["total"] == 900
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "900 PAID 2027-02-28T10:00:00Z"
