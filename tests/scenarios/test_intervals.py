"""Several intervals on one subscription: what ends together shares an invoice, and what is longer keeps its period.

The world's clock stands at 31 January 2027, 10:00; the first month ends on 28 February, the first year on 31 January.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""


async def with_items(world: World, *prices: str, **input: Any) -> Subscription:
    """A subscription to all of these prices."""
    jenny = await world.customer(card="pm_card_visa")
    answer = await world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=jenny.id,
        items=[{"price": each} for each in prices],
        **input,
    )
    return Subscription(world, answer["subscription"]["id"])


async def periods(subscription: Subscription) -> list[str]:
    """The current periods of its items."""
    items = (await subscription.now())["items"]
    return [f"{each['currentPeriodStart'][:10]}…{each['currentPeriodEnd'][:10]}" for each in items]


async def totals(subscription: Subscription) -> list[str]:
    """What its invoices asked for, and when."""
    return [f"{each['total']} {each['created'][:10]}" for each in await subscription.invoices()]


async def test_months_with_years_over_thirteen_months(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 12000, every="1 YEAR")
    subscription = await with_items(world, seat, hosting)
    assert await periods(subscription) == ["2027-01-31…2027-02-28", "2027-01-31…2028-01-31"]
    await world.move_to("2027-02-28T10:00:00Z")
    await world.news()

    await world.move_to("2027-03-31T12:00:00Z")

    assert await world.news() == moving(*COLLECTED, *RENEWED, *COLLECTED)
    assert await periods(subscription) == ["2027-03-31…2027-04-30", "2027-01-31…2028-01-31"]
    await world.move_to("2028-02-29T12:00:00Z")
    assert await totals(subscription) == [
        *["13000 2027-01-31", "1000 2027-02-28", "1000 2027-03-31", "1000 2027-04-30", "1000 2027-05-31"],
        *["1000 2027-06-30", "1000 2027-07-31", "1000 2027-08-31", "1000 2027-09-30", "1000 2027-10-31"],
        *["1000 2027-11-30", "1000 2027-12-31", "13000 2028-01-31", "1000 2028-02-29"],
    ]
    assert await subscription.billed_lines(12) == [
        "1000 2028-01-31…2028-02-29 1 × Seat (at $10.00 / month)",
        "12000 2028-01-31…2029-01-31 1 × Hosting (at $120.00 / year)",
    ]


async def test_days_with_weeks_and_months(world: World) -> None:
    daily = await world.price("Desk", 100, every="1 DAY")
    weekly, monthly = await world.price("Room", 500, every="1 WEEK"), await world.price("Mail", 900)
    subscription = await with_items(world, monthly, daily, weekly)

    await world.move_to("2027-02-28T12:00:00Z")

    billed = await totals(subscription)
    assert billed[:2] == ["1500 2027-01-31", "100 2027-02-01"]
    assert [each for each in billed if each.split()[0] != "100"] == [
        *["1500 2027-01-31", "600 2027-02-07", "600 2027-02-14", "600 2027-02-21"],
        "1500 2027-02-28",  # four weeks, and a month: all three meet
    ]
    assert len(billed) == 29


@pytest.mark.parametrize(
    ("intervals", "mode", "problem"),
    [
        (["1 WEEK", "1 MONTH"], "FLEXIBLE", "items.1.price"),
        (["2 MONTH", "3 MONTH"], "FLEXIBLE", "items.1.price"),
        (["1 MONTH", "1 YEAR"], "CLASSIC", "items.1.price"),
    ],
)
async def test_intervals_that_do_not_go_together_are_refused(
    world: World, intervals: list[str], mode: str, problem: str
) -> None:
    prices = [await world.price(each, 1000, every=each) for each in intervals]
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    refused = await world.refusal(
        "subscriptionCreate",
        "subscription",
        customer=jenny.id,
        items=[{"price": each} for each in prices],
        billingMode=mode,
    )

    assert (refused, await world.news()) == ([("PARAMETER_INVALID", problem)], [])


async def test_yearly_item_that_joins_is_charged_for_the_rest_of_the_year(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 36500, every="1 YEAR")
    subscription = await with_items(world, seat)
    await world.move_to("2027-05-11T10:00:00Z")  # day 100 of 365

    await subscription.update(items=[{"price": hosting}])

    assert await subscription.waiting() == [26500]
    assert await periods(subscription) == ["2027-04-30…2027-05-31", "2027-01-31…2028-01-31"]
    await world.move_to("2028-02-01T10:00:00Z")
    billed = await totals(subscription)
    assert (billed[4], billed[5], billed[12]) == ("27500 2027-05-31", "1000 2027-06-30", "37500 2028-01-31")


async def test_cycles_go_on_when_the_monthly_item_leaves_and_comes_back(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 12000, every="1 YEAR")
    subscription = await with_items(world, seat, hosting)
    await world.move_to("2027-03-17T10:00:00Z")
    await subscription.update(items=[{"id": await subscription.item(), "deleted": True}], prorationBehavior="NONE")
    await world.move_to("2027-09-15T10:00:00Z")
    assert await totals(subscription) == ["13000 2027-01-31", "1000 2027-02-28"]

    await subscription.update(items=[{"price": seat}])  # 15 of the 30 days from 31 August

    assert await subscription.waiting() == [500]
    await world.move_to("2028-03-01T10:00:00Z")
    assert await totals(subscription) == [
        *["13000 2027-01-31", "1000 2027-02-28", "1500 2027-09-30", "1000 2027-10-31", "1000 2027-11-30"],
        *["1000 2027-12-31", "13000 2028-01-31", "1000 2028-02-29"],
    ]


async def test_longer_item_remembers_what_was_invoiced_over_shorter_periods(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 36500, every="1 YEAR")
    subscription = await with_items(world, seat, hosting)
    yearly = (await subscription.now())["items"][1]["id"]
    await subscription.update(items=[{"id": yearly, "quantity": 3}], prorationBehavior="NONE")
    await world.move_to("2027-05-11T10:00:00Z")  # 265 of 365 days are left

    await subscription.update(items=[{"id": yearly, "quantity": 2}])

    assert await subscription.waiting() == [-26500, 53000]  # one was invoiced, not three


async def test_preview_of_the_next_renewal_has_what_is_due_alone(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 12000, every="1 YEAR")
    subscription = await with_items(world, seat, hosting)

    preview = await subscription.preview()

    assert (preview["total"], [line["amount"] for line in preview["lines"]]) == (1000, [1000])
    await world.move_to("2028-01-31T09:00:00Z")
    preview = await subscription.preview()
    await world.move_to("2028-01-31T12:00:00Z")
    assert preview["total"] == 13000
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_end_of_a_trial_bills_all_intervals(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 12000, every="1 YEAR")
    subscription = await with_items(world, seat, hosting, trialPeriodDays=14)
    assert await periods(subscription) == ["2027-01-31…2027-02-14", "2027-01-31…2027-02-14"]

    await world.move_to("2027-03-14T12:00:00Z")

    assert await totals(subscription) == ["0 2027-01-31", "13000 2027-02-14", "1000 2027-03-14"]
    assert await periods(subscription) == ["2027-03-14…2027-04-14", "2027-02-14…2028-02-14"]


async def test_end_with_the_period_is_that_of_the_shortest(world: World) -> None:
    seat, hosting = await world.price("Seat", 1000), await world.price("Hosting", 12000, every="1 YEAR")
    subscription = await with_items(world, hosting, seat)
    await subscription.update(cancelAtPeriodEnd=True)
    assert (await subscription.now())["cancelAt"] == "2027-02-28T10:00:00Z"

    await world.move_to("2027-02-28T10:00:00Z")

    assert await subscription.status() == "CANCELED"
    # 337 of the 365 days that were paid for are given back: 11079.45
    assert await totals(subscription) == ["13000 2027-01-31", "-11079 2027-02-28"]
