"""Subscriptions that began before they were made. The world's clock stands at 31 January 2027, 10:00."""

from typing import Any

import pytest

from tests.scenarios.test_anchors import current, subscribed
from tests.scenarios.world import World

SINCE = "2026-12-17T10:00:00Z"
"""45 days ago: 14 of the 31 days from 30 November, then the whole month from 31 December."""


async def test_flexible_bills_a_line_for_every_period_since_then(world: World) -> None:
    subscription = await subscribed(world, backdateStartDate=SINCE)

    assert await subscription.billed_lines(0) == [
        "1400 2026-12-17…2026-12-31 Time on 1 × Basic from 17 Dec 2026 until 31 Dec 2026",
        "3100 2026-12-31…2027-01-31 1 × Basic (at $31.00 / month)",
        "3100 2027-01-31…2027-02-28 1 × Basic (at $31.00 / month)",
    ]
    assert await current(subscription) == ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z")
    await world.move_to("2027-03-31T12:00:00Z")
    assert await subscription.billed() == [
        "7600 PAID 2027-01-31T10:00:00Z",
        "3100 PAID 2027-02-28T10:00:00Z",
        "3100 PAID 2027-03-31T10:00:00Z",
    ]


async def test_classic_bills_one_line_for_all_the_time_since_then(world: World) -> None:
    subscription = await subscribed(world, backdateStartDate=SINCE, billingMode="CLASSIC")

    # counted from 17 December: a whole month until 17 January, then 14 of the 31 days until 17 February
    assert await subscription.billed_lines(0) == [
        "4500 2026-12-17…2027-01-31 Time on 1 × Basic from 17 Dec 2026 until 31 Jan 2027",
        "3100 2027-01-31…2027-02-28 1 × Basic (at $31.00 / month)",
    ]


async def test_a_line_for_several_periods_explains_itself(world: World) -> None:
    subscription = await subscribed(world, backdateStartDate=SINCE, billingMode="CLASSIC")
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { lines { explanation } } } }", {"id": subscription.id}
    )
    assert found["subscription"]["latestInvoice"]["lines"][0]["explanation"] == (
        "1 × $31.00 = $31.00 a period; 1 whole and 14 of 31 days (1209600 of 2678400 seconds) are charged: $45.00"
    )


async def test_without_prorations_the_time_since_then_is_free(world: World) -> None:
    subscription = await subscribed(world, backdateStartDate=SINCE, prorationBehavior="NONE")

    assert await subscription.billed() == ["3100 PAID 2027-01-31T10:00:00Z"]
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { startDate created } }", {"id": subscription.id}
    )
    assert found["subscription"] == {"startDate": SINCE, "created": "2027-01-31T10:00:00Z"}


@pytest.mark.parametrize(
    ("mode", "lines"),
    [
        # periods end on the 15th: 29 of the 31 days from 15 December, then the month from 15 January that is current
        ("FLEXIBLE", ["2900 2026-12-17…2027-01-15", "3100 2027-01-15…2027-02-15"]),
        # counted from 17 December: a whole month until 17 January, then 29 of the 31 days until 17 February
        ("CLASSIC", ["6000 2026-12-17…2027-02-15"]),
    ],
)
async def test_with_an_anchor_the_time_until_it_is_billed_too(world: World, mode: str, lines: list[str]) -> None:
    subscription = await subscribed(
        world, backdateStartDate=SINCE, billingCycleAnchor="2027-02-15T10:00:00Z", billingMode=mode
    )

    assert [line[: line.index(" ", 5)] for line in await subscription.billed_lines(0)] == lines
    assert await current(subscription) == ("2027-01-15T10:00:00Z", "2027-02-15T10:00:00Z")
    await world.move_to("2027-02-15T12:00:00Z")
    assert (await subscription.billed())[1] == "3100 PAID 2027-02-15T10:00:00Z"


async def test_with_an_anchor_and_without_prorations_nothing_is_billed_until_then(world: World) -> None:
    subscription = await subscribed(
        world, backdateStartDate=SINCE, billingCycleAnchor="2027-02-15T10:00:00Z", prorationBehavior="NONE"
    )
    assert await subscription.billed() == []
    await world.move_to("2027-02-15T12:00:00Z")
    assert await subscription.billed() == ["3100 PAID 2027-02-15T10:00:00Z"]


async def test_a_year_ago_over_a_leap_day(world: World) -> None:
    await world.move_to("2028-03-15T00:00:00Z")
    subscription = await subscribed(world, amount=36600, every="1 YEAR", backdateStartDate="2028-02-15T00:00:00Z")
    # 29 of the 366 days from 15 March 2027: 2900.00; then the year from now
    assert [line.split()[0] for line in await subscription.billed_lines(0)] == ["2900", "36600"]


@pytest.mark.parametrize(
    ("input", "code"),
    [
        ({"backdateStartDate": "2027-01-31T10:00:00Z"}, "PARAMETER_INVALID"),
        ({"backdateStartDate": SINCE, "trialPeriodDays": 3}, "PARAMETERS_EXCLUSIVE"),
        ({"backdateStartDate": "2000-01-31T10:00:00Z"}, "PARAMETER_INVALID"),  # 325 lines
    ],
)
async def test_a_start_that_cannot_be_is_refused_and_nothing_is_made(
    world: World, input: dict[str, Any], code: str
) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()
    refused = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": price}], **input
    )
    assert refused == [(code, "backdateStartDate")]
    assert await world.news() == []
