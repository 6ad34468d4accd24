"""What becomes of usage when its item changes within a period, in both billing modes (spec 02, Billing mode)."""

import pytest

from models import UsagePeriod
from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Customer, Subscription, World

FLEXIBLE, CLASSIC = "FLEXIBLE", "CLASSIC"


async def begun(world: World, usage: Usage, mode: str) -> tuple[Customer, Subscription, str]:
    """Jenny with a fixed item and a metered one, who used 100 by 15 February; the metered item's id."""
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, basic, calls, billingMode=mode)
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-15T00:00:00Z")
    items = (await subscription.now())["items"]
    return jenny, subscription, next(each["id"] for each in items if each["quantity"] is None)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (FLEXIBLE, ["1000 100 × Calls (at $0.10 / month)", "150 5 × Dear calls (at $0.30 / month)"]),
        (CLASSIC, ["150 5 × Dear calls (at $0.30 / month)"]),
    ],
)
async def test_a_new_price_holds_for_what_is_used_after_it(world: World, mode: str, expected: list[str]) -> None:
    usage = await Usage.metered(world)
    jenny, subscription, item = await begun(world, usage, mode)
    await world.news()

    await subscription.update(items=[{"id": item, "price": await usage.price("Dear calls", unitAmount=30)}])
    assert [each for each in await world.news() if not each.startswith(("price.", "product."))] == [
        "customer.subscription.updated"
    ]
    assert await subscription.waiting() == []  # metered items are never prorated
    await usage.used(jenny, "2027-02-16T00:00:00Z", "5")
    preview = await subscription.preview()
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.lines())[1:] == expected
    assert [f"{each['amount']} {each['description']}" for each in preview["lines"]] == await subscription.lines()


@pytest.mark.parametrize(
    ("mode", "behavior", "waiting"),
    [(FLEXIBLE, "CREATE_PRORATIONS", [1000]), (FLEXIBLE, "NONE", []), (CLASSIC, "CREATE_PRORATIONS", [])],
)
async def test_a_removed_item_bills_its_use_with_flexible(
    world: World, mode: str, behavior: str, waiting: list[int]
) -> None:
    usage = await Usage.metered(world)
    _, subscription, item = await begun(world, usage, mode)

    await subscription.update(items=[{"id": item, "deleted": True}], prorationBehavior=behavior)

    assert await subscription.waiting() == waiting
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[-1] == f"{1500 + sum(waiting)} PAID 2027-02-28T10:00:00Z"


async def test_what_comes_late_for_a_removed_item_is_billed_too(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription, item = await begun(world, usage, FLEXIBLE)
    await subscription.update(items=[{"id": item, "deleted": True}], prorationBehavior="ALWAYS_INVOICE")
    assert await subscription.lines() == ["1000 100 × Calls (at $0.10 / month)"]

    await usage.used(jenny, "2027-02-11T00:00:00Z", "3")
    await world.move_to("2027-03-31T12:00:00Z")

    assert [await subscription.lines(at) for at in (-2, -1)] == [
        [
            "1500 1 × Basic (at $15.00 / month)",
            "30 3 × Calls (at $0.10 / month), late use from 31 January to 15 February",
        ],
        ["1500 1 × Basic (at $15.00 / month)"],
    ]
    assert [(row.counted, row.is_open) for row in await UsagePeriod.all()] == [("103", False)]


@pytest.mark.parametrize("mode", [FLEXIBLE, CLASSIC])
async def test_an_anchor_that_is_set_anew_bills_use_up_to_it(world: World, mode: str) -> None:
    usage = await Usage.metered(world)
    jenny, subscription, _ = await begun(world, usage, mode)

    await subscription.update(
        billingCycleAnchor="NOW", prorationBehavior="ALWAYS_INVOICE" if mode == FLEXIBLE else "NONE"
    )
    await usage.used(jenny, "2027-02-16T00:00:00Z", "5")
    await world.move_to("2027-03-15T02:00:00Z")

    assert "1000 100 × Calls (at $0.10 / month)" in await subscription.lines(1)
    assert (await subscription.lines(2))[1:] == ["50 5 × Calls (at $0.10 / month)"]


async def test_an_item_goes_over_from_a_quantity_to_use_and_back(world: World) -> None:
    usage = await Usage.metered(world)
    seats, calls = await world.price("Seats", 2800), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(seats, quantity=2)
    await world.move_to("2027-02-14T10:00:00Z")
    await usage.used(jenny, "2027-02-10T00:00:00Z", "1000")  # before it was metered

    await subscription.switch(calls)
    await usage.used(jenny, "2027-02-15T00:00:00Z", "7")
    assert await subscription.waiting() == [-2800]  # 14 of 28 days of 5600
    await world.move_to("2027-02-21T10:00:00Z")
    await subscription.switch(seats)

    assert await subscription.waiting() == [-2800, 700]  # 7 of 28 days of one seat
    assert (await subscription.now())["items"][0]["quantity"] == 1
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.lines())[2:] == [
        "2800 1 × Seats (at $28.00 / month)", "70 7 × Calls (at $0.10 / month)",
    ]  # fmt: skip


async def test_a_quantity_of_use_is_refused(world: World) -> None:
    usage = await Usage.metered(world)
    _, subscription, item = await begun(world, usage, FLEXIBLE)
    calls = await usage.price("More")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    new = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": calls, "quantity": 1}]
    )
    changed = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=[{"id": item, "quantity": 2}]
    )

    assert new == changed == [("PARAMETERS_EXCLUSIVE", "items.0.quantity")]
    assert await world.news() == []


@pytest.mark.parametrize(
    ("wanted", "waiting", "billed"),
    [
        ({}, [-750, 1000], []),  # 14 of 28 days of 1500 are given back
        ({"billFor": {"outstandingUsageThrough": "NONE"}}, [-750], []),
        ({"invoicingBehavior": "INVOICE"}, [], ["-750 PAID 2027-02-14T10:00:00Z", "1000 PAID 2027-02-14T10:00:00Z"]),
    ],
)
async def test_a_pause_bills_use_up_to_it(
    world: World, wanted: dict[str, object], waiting: list[int], billed: list[str]
) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, basic, calls)
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-14T10:00:00Z")

    await world.do("subscriptionPause", "subscription { status }", id=subscription.id, **wanted)
    assert await subscription.waiting() == waiting
    await usage.used(jenny, "2027-02-20T00:00:00Z", "1000")  # while it is paused
    await world.move_to("2027-03-01T00:00:00Z")
    await world.do("subscriptionResume", "subscription { status }", id=subscription.id)
    await usage.used(jenny, "2027-03-02T00:00:00Z", "2")
    await world.move_to("2027-04-01T02:00:00Z")

    assert (await subscription.billed())[1:-2] == billed
    assert (await subscription.lines(-2))[: len(waiting)] == [
        line for line in await subscription.lines(-2) if not line.startswith("1500")
    ]
    assert (await subscription.lines())[1:] == ["20 2 × Calls (at $0.10 / month)"]


async def test_use_before_a_transfer_is_the_former_customers(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription, _ = await begun(world, usage, FLEXIBLE)
    maria = await world.customer(card="pm_card_visa")

    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=maria.id)
    await usage.used(jenny, "2027-02-20T00:00:00Z", "50")
    await usage.used(maria, "2027-02-20T00:00:00Z", "3")
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.lines())[1:] == ["30 3 × Calls (at $0.10 / month)"]
    found = await world.api.ask(
        "query($id: ID!) { invoiceItems(first: 9, filter: {customer: $id, pending: true}) { nodes { amount } } }",
        {"id": jenny.id},
    )
    assert found["invoiceItems"]["nodes"] == [{"amount": 1000}]


LATE = "verdicts { status lateFor { start end } }"


async def test_the_verdict_of_an_event_before_a_transfer_promises_nothing(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, other = await world.customer(card="pm_card_visa"), await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await world.move_to("2027-02-10T00:00:00Z")
    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=other.id)
    await world.move_to("2027-02-11T00:00:00Z")

    early = {"timestamp": "2027-02-09T00:00:00Z", "payload": {"customer": jenny.id, "value": "1"}}
    answer = await world.do("meterEventsCreate", LATE, events=[{"eventName": "calls", **early}])

    assert answer["verdicts"] == [{"status": "ACCEPTED", "lateFor": None}]


async def test_the_verdict_of_an_event_within_a_trial_promises_nothing(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    await subscribed(jenny, await usage.price(), trialPeriodDays=7)
    await world.move_to("2027-02-08T00:00:00Z")

    early = {"timestamp": "2027-02-01T00:00:00Z", "payload": {"customer": jenny.id, "value": "1"}}
    answer = await world.do("meterEventsCreate", LATE, events=[{"eventName": "calls", **early}])

    assert answer["verdicts"] == [{"status": "ACCEPTED", "lateFor": None}]
