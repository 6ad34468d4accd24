"""Schedules over the API: lists and filters, what they relate to, replay, and whose they are."""

from typing import Any

from tests.scenarios.scheduling import Schedule, phase, schedule_of
from tests.scenarios.world import World
from tests.serving import served

START = "2027-01-31T10:00:00Z"
LIST = "query($filter: SubscriptionScheduleFilter) { subscriptionSchedules(filter: $filter) { nodes { id } } }"


async def listed(world: World, **filter: Any) -> list[str]:
    """The ids of the schedules that a list shows."""
    found = await world.api.ask(LIST, {"filter": filter})
    return [each["id"] for each in found["subscriptionSchedules"]["nodes"]]


async def test_lists_can_be_narrowed(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        basic = await world.price("Basic", 1500)
        jenny, ada = [await world.customer(card="pm_card_visa") for _ in range(2)]
        first = await schedule_of(jenny, phase(basic, 1))
        second = await schedule_of(jenny, phase(basic, 1), startDate="2027-03-01T00:00:00Z")
        third = await schedule_of(ada, phase(basic, 1))

        assert await listed(world) == [third.id, second.id, first.id]
        assert await listed(world, customer=jenny.id) == [second.id, first.id]
        assert await listed(world, status=["NOT_STARTED"]) == [second.id]
        assert await listed(world, subscription=(await first.subscription()).id) == [first.id]
        assert await listed(world, status=["CANCELED", "RELEASED"]) == []


async def test_a_screen_of_schedules_costs_few_statements(database_url: str) -> None:
    counts = []
    async with served(database_url) as api:
        world = await World.opened(api, START)
        basic = await world.price("Basic", 1500)
        for size in (1, 4):
            for _ in range(size):
                await schedule_of(await world.customer(card="pm_card_visa"), phase(basic, 1), phase(basic, 1))
            with api.statements() as statements:
                found = await api.ask(
                    "{ subscriptionSchedules(first: 50) { nodes { status customer { id }"
                    " subscription { id status schedule { id } }"
                    " phases { startDate items { quantity price { unitAmount } } } } } }"
                )
            counts.append(len(statements))
    assert len(found["subscriptionSchedules"]["nodes"]) == 5
    assert counts[0] == counts[1]


async def test_a_schedule_is_found_by_its_id_alone_and_says_what_it_was_told(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        basic = await world.price("Basic", 1500)
        jenny = await world.customer(card="pm_card_visa")
        settings = {"defaultPaymentMethod": jenny.cards[0], "description": "Two years"}
        schedule = await schedule_of(
            jenny, phase(basic, 24), metadata={"a": "b"}, billingMode="CLASSIC", defaultSettings=settings
        )
        found = await api.ask(
            "query($id: ID!) { node(id: $id) { __typename ... on SubscriptionSchedule { billingMode currency metadata"
            " endBehavior defaultSettings { description defaultPaymentMethod { id } } currentPhase { endDate trial }"
            " testClock { id } livemode created } } }",
            {"id": schedule.id},
        )
    assert found["node"] == {
        "__typename": "SubscriptionSchedule",
        "billingMode": "CLASSIC",
        "currency": "usd",
        "metadata": {"a": "b"},
        "endBehavior": "RELEASE",
        "defaultSettings": {"description": "Two years", "defaultPaymentMethod": {"id": jenny.cards[0]}},
        "currentPhase": {"endDate": "2029-01-31T10:00:00Z", "trial": False},
        "testClock": {"id": world.clock},
        "livemode": False,
        "created": START,
    }


async def test_prices_can_be_made_for_a_phase(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        basic = await world.price("Basic", 1500)
        product = (await api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": basic}))["price"]
        data = {"product": product["product"]["id"], "currency": "usd", "recurring": {"interval": "MONTH"}}
        phases = [{"items": [{"priceData": {**data, "unitAmount": amount}}]} for amount in (1000, 1200)]
        schedule: Schedule = await schedule_of(await world.customer(card="pm_card_visa"), *phases)

        await world.move_to("2027-02-28T12:00:00Z")

        billed = await (await schedule.subscription()).billed()
    assert [line.split()[0] for line in billed] == ["1000", "1200"]
