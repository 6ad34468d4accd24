"""Periods that begin on a day of choice: stubs prorated or free, the 31st, leap years, and trials before them.

The world's clock stands at 31 January 2027, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_intervals import totals, with_items
from tests.scenarios.test_renewals import COLLECTED
from tests.scenarios.world import Subscription, World

FIRST = ["customer.subscription.created", "invoice.created", "invoice.finalized", "payment_intent.created"]
PAID = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]


async def subscribed(world: World, *, amount: int = 3100, every: str = "1 MONTH", **input: Any) -> Subscription:
    """A subscription of somebody with a good card."""
    price = await world.price("Basic", amount, every=every)
    return await (await world.customer(card="pm_card_visa")).subscribe(price, **input)


async def current(subscription: Subscription) -> tuple[str, str]:
    """The bounds of its current period."""
    [item] = (await subscription.now())["items"]
    return item["currentPeriodStart"], item["currentPeriodEnd"]


async def test_time_until_the_anchor_costs_its_share(world: World) -> None:
    subscription = await subscribed(world, billingCycleAnchor="2027-02-15T10:00:00Z")

    # 15 of the 31 days since 15 January
    assert await subscription.billed_lines(0) == [
        "1500 2027-01-31…2027-02-15 Time on 1 × Basic from 31 Jan 2027 until 15 Feb 2027"
    ]
    assert await current(subscription) == ("2027-01-31T10:00:00Z", "2027-02-15T10:00:00Z")
    assert (await subscription.now())["billingCycleAnchor"] == "2027-02-15T10:00:00Z"
    await world.move_to("2027-03-15T12:00:00Z")
    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "3100 PAID 2027-02-15T10:00:00Z",
        "3100 PAID 2027-03-15T10:00:00Z",
    ]


async def test_a_stub_of_february_is_measured_by_february(world: World) -> None:
    await world.move_to("2027-02-15T00:00:00Z")
    subscription = await subscribed(world, amount=2800, billingCycleAnchor="2027-03-01T00:00:00Z")
    await world.move_to("2027-04-01T02:00:00Z")
    # 14 of the 28 days since 1 February
    assert [line.split()[0] for line in await subscription.billed()] == ["1400", "2800", "2800"]


async def test_a_stub_in_a_leap_year_is_measured_by_29_days(world: World) -> None:
    await world.move_to("2028-02-15T00:00:00Z")
    subscription = await subscribed(world, amount=2900, billingCycleAnchor="2028-03-01T00:00:00Z")
    assert await subscription.billed() == ["1500 PAID 2028-02-15T00:00:00Z"]  # 15 of 29 days


async def test_a_stub_of_a_year_is_measured_by_its_days(world: World) -> None:
    subscription = await subscribed(world, amount=36500, every="1 YEAR", billingCycleAnchor="2027-07-01T10:00:00Z")
    assert await subscription.billed() == ["15100 PAID 2027-01-31T10:00:00Z"]  # 151 of 365 days: 28+31+30+31+30 and one
    await world.move_to("2029-07-01T12:00:00Z")
    assert [line.split()[2] for line in await subscription.billed()][1:] == [
        "2027-07-01T10:00:00Z",
        "2028-07-01T10:00:00Z",
        "2029-07-01T10:00:00Z",
    ]


async def test_a_stub_is_rounded_half_away_from_zero(world: World) -> None:
    subscription = await subscribed(world, amount=1001, billingCycleAnchor="2027-01-31T10:00:01Z")
    assert (await subscription.billed())[0].split()[:2] == ["0", "PAID"]  # a second of 31 days: 0.0004
    other = await subscribed(world, amount=1001, billingCycleAnchor="2027-02-16T22:00:00Z")
    assert await other.billed() == ["533 PAID 2027-01-31T10:00:00Z"]  # 16.5 of 31 days: 532.79


async def test_without_prorations_the_time_until_the_anchor_is_free(world: World) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer()  # no card yet
    await world.news()

    subscription = await jenny.subscribe(price, billingCycleAnchor="2027-02-15T10:00:00Z", prorationBehavior="NONE")

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"]) == ("ACTIVE", None)
    assert await world.news() == ["customer.updated", "customer.subscription.created"]
    await jenny.take_card("pm_card_visa")
    await world.move_to("2027-03-15T12:00:00Z")
    assert await subscription.billed() == ["3100 PAID 2027-02-15T10:00:00Z", "3100 PAID 2027-03-15T10:00:00Z"]


async def test_what_is_sold_once_is_charged_at_once_though_the_time_is_free(world: World) -> None:
    setup = await world.do(
        "priceCreate", "price { id }", currency="usd", unitAmount=900, productData={"name": "Set-up"}
    )
    subscription = await subscribed(
        world,
        billingCycleAnchor="2027-02-15T10:00:00Z",
        prorationBehavior="NONE",
        addInvoiceItems=[{"price": setup["price"]["id"]}],
    )
    await world.move_to("2027-02-15T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["900", "3100"]


async def test_a_change_within_a_stub_is_measured_by_the_full_period(world: World) -> None:
    pro = await world.price("Pro", 6200)
    subscription = await subscribed(world, billingCycleAnchor="2027-02-15T10:00:00Z")
    await world.move_to("2027-02-10T10:00:00Z")

    await subscription.switch(pro)

    assert await subscription.waiting() == [-500, 1000]  # 5 of 31 days of 31.00 and of 62.00


async def test_a_change_within_free_time_gives_nothing_back(world: World) -> None:
    pro = await world.price("Pro", 6200)
    subscription = await subscribed(world, billingCycleAnchor="2027-02-15T10:00:00Z", prorationBehavior="NONE")
    await world.move_to("2027-02-10T10:00:00Z")
    await subscription.switch(pro)
    assert sum(await subscription.waiting()) == 1000  # 5 of 31 days of 62.00


async def test_a_pause_within_a_stub_gives_back_its_share_of_the_full_period(world: World) -> None:
    subscription = await subscribed(world, billingCycleAnchor="2027-02-15T10:00:00Z")
    await world.move_to("2027-02-10T10:00:00Z")
    await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
    assert await subscription.waiting() == [-500]  # 5 of 31 days


@pytest.mark.parametrize(
    ("config", "stub", "renewals"),
    [
        # from the 31st to the last day of February it is a whole month
        ({"dayOfMonth": 31}, "3100", ["2027-02-28T10:00:00Z", "2027-03-31T10:00:00Z", "2027-04-30T10:00:00Z"]),
        # 14 hours of the 31 days since 1 January: 58.33
        ({"dayOfMonth": 1, "hour": 0}, "58", ["2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z", "2027-04-01T00:00:00Z"]),
        # 15 of 31 days
        ({"dayOfMonth": 15}, "1500", ["2027-02-15T10:00:00Z", "2027-03-15T10:00:00Z", "2027-04-15T10:00:00Z"]),
        # half an hour of 31 days: 2.08
        (
            {"dayOfMonth": 31, "minute": 30},
            "2",
            ["2027-01-31T10:30:00Z", "2027-02-28T10:30:00Z", "2027-03-31T10:30:00Z"],
        ),
    ],
)
async def test_periods_begin_on_the_day_that_was_configured(
    world: World, config: dict[str, int], stub: str, renewals: list[str]
) -> None:
    subscription = await subscribed(world, billingCycleAnchorConfig=config)
    await world.move_to(renewals[-1].replace("00Z", "59Z"))
    billed = [line.split() for line in await subscription.billed()]
    assert billed[0][0] == stub
    assert [created for _, _, created in billed[1:]] == renewals


async def test_the_month_of_the_config_aligns_quarters_and_years(world: World) -> None:
    quarterly = await subscribed(
        world, amount=9000, every="3 MONTH", billingCycleAnchorConfig={"dayOfMonth": 31, "month": 12}
    )
    # quarters end on 31 December, March …: 59 of the 90 days since 31 December
    assert await current(quarterly) == ("2027-01-31T10:00:00Z", "2027-03-31T10:00:00Z")
    assert (await quarterly.billed())[0].split()[0] == "5900"
    yearly = await subscribed(
        world, amount=36500, every="1 YEAR", billingCycleAnchorConfig={"dayOfMonth": 29, "month": 2}
    )
    assert await current(yearly) == ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z")
    assert (await yearly.billed())[0].split()[0] == "2800"  # 28 of 365 days
    await world.move_to("2028-02-29T12:00:00Z")
    assert (await yearly.billed())[-1].split()[2] == "2028-02-29T10:00:00Z"


async def test_after_a_trial_the_time_until_the_anchor_costs_its_share(world: World) -> None:
    subscription = await subscribed(world, trialEnd="2027-02-10T10:00:00Z", billingCycleAnchor="2027-02-15T10:00:00Z")
    assert await subscription.status() == "TRIALING"
    await world.move_to("2027-03-15T12:00:00Z")
    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "500 PAID 2027-02-10T10:00:00Z",  # 5 of 31 days
        "3100 PAID 2027-02-15T10:00:00Z",
        "3100 PAID 2027-03-15T10:00:00Z",
    ]


async def test_after_a_trial_the_time_until_the_anchor_may_be_free(world: World) -> None:
    subscription = await subscribed(
        world,
        trialEnd="2027-02-10T10:00:00Z",
        billingCycleAnchor="2027-02-15T10:00:00Z",
        prorationBehavior="NONE",
    )
    await world.move_to("2027-02-09T10:00:00Z")
    await world.news()
    await world.move_to("2027-02-12T10:00:00Z")

    assert await subscription.status() == "ACTIVE"
    assert await world.news() == [
        "test_helpers.test_clock.advancing", "customer.subscription.updated", "test_helpers.test_clock.ready"
    ]  # fmt: skip
    assert await current(subscription) == ("2027-02-10T10:00:00Z", "2027-02-15T10:00:00Z")
    await world.move_to("2027-03-15T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["0", "3100", "3100"]


async def test_a_declined_stub_leaves_it_incomplete(world: World) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(price, billingCycleAnchor="2027-02-15T10:00:00Z")
    assert await subscription.status() == "INCOMPLETE"


async def test_events_of_a_beginning_with_a_stub_are_those_of_any(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    price = await world.price("Basic", 3100)
    await world.news()
    await jenny.subscribe(price, billingCycleAnchor="2027-02-15T10:00:00Z")
    assert sorted(await world.news()) == sorted(
        [*FIRST, *COLLECTED[2:], "customer.updated", "customer.subscription.updated"]
    )


@pytest.mark.parametrize(
    ("input", "code", "path"),
    [
        ({"billingCycleAnchor": "2027-01-31T10:00:00Z"}, "PARAMETER_INVALID", "billingCycleAnchor"),
        ({"billingCycleAnchor": "2027-02-28T10:00:01Z"}, "PARAMETER_INVALID", "billingCycleAnchor"),
        (
            {"billingCycleAnchor": "2027-02-15T10:00:00Z", "billingCycleAnchorConfig": {"dayOfMonth": 1}},
            "PARAMETERS_EXCLUSIVE",
            "billingCycleAnchorConfig",
        ),
        (
            {"billingCycleAnchorConfig": {"dayOfMonth": 32}},
            "PARAMETER_INVALID_INTEGER",
            "billingCycleAnchorConfig.dayOfMonth",
        ),
        (
            {"billingCycleAnchorConfig": {"dayOfMonth": 1, "hour": 24}},
            "PARAMETER_INVALID_INTEGER",
            "billingCycleAnchorConfig.hour",
        ),
        (
            {"trialEnd": "2027-02-10T10:00:00Z", "billingCycleAnchor": "2027-02-09T10:00:00Z"},
            "PARAMETER_INVALID",
            "billingCycleAnchor",
        ),
    ],
)
async def test_an_anchor_that_cannot_be_is_refused_and_nothing_is_made(
    world: World, input: dict[str, Any], code: str, path: str
) -> None:
    price = await world.price("Basic", 3100)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()
    refused = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": price}], **input
    )
    assert refused == [(code, path)]
    assert await world.news() == []


async def test_a_week_begins_on_no_day_of_a_month(world: World) -> None:
    price = await world.price("Basic", 700, every="1 WEEK")
    jenny = await world.customer(card="pm_card_visa")
    assert await world.refusal(
        "subscriptionCreate",
        "subscription",
        customer=jenny.id,
        items=[{"price": price}],
        billingCycleAnchorConfig={"dayOfMonth": 1},
    ) == [("PARAMETER_INVALID", "billingCycleAnchorConfig")]


async def test_every_interval_has_its_own_stub(world: World) -> None:
    monthly, yearly = await world.price("Seat", 3100), await world.price("Hosting", 36500, every="1 YEAR")
    subscription = await with_items(world, yearly, monthly, billingCycleAnchor="2027-02-15T10:00:00Z")
    # 15 of the 365 and of the 31 days until 15 February
    assert [line.split()[0] for line in await subscription.billed_lines(0)] == ["1500", "1500"]
    await world.move_to("2027-03-15T12:00:00Z")
    assert await totals(subscription) == ["3000 2027-01-31", "39600 2027-02-15", "3100 2027-03-15"]


@pytest.mark.parametrize(
    ("input", "first", "all_in"),
    [
        # the year costs its share until 28 February: 28 of 365 days
        ({"cancelAtPeriodEnd": True}, ["2800", "3100"], 5900),
        ({"cancelAt": "MIN_PERIOD_END"}, ["2800", "3100"], 5900),
        ({"cancelAt": "MAX_PERIOD_END"}, ["36500", "3100"], 36500 + 12 * 3100),
    ],
)
async def test_an_end_with_a_period_may_be_that_of_the_first_or_the_last_item(
    world: World, input: dict[str, Any], first: list[str], all_in: int
) -> None:
    monthly, yearly = await world.price("Seat", 3100), await world.price("Hosting", 36500, every="1 YEAR")
    subscription = await with_items(world, yearly, monthly, **input)
    assert [line.split()[0] for line in await subscription.billed_lines(0)] == first
    await world.move_to("2028-02-01T12:00:00Z")
    assert await subscription.status() == "CANCELED"
    assert sum(each["total"] for each in await subscription.invoices()) == all_in
