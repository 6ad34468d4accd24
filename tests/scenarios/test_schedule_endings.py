"""How schedules end: released, canceled, with their subscription, with their customer, or never begun.

The world's clock stands at 31 January 2027, 10:00; monthly periods end on 28 February and 31 March.
"""

import pytest

from tests.scenarios.scheduling import Schedule, adopted, phase, schedule_of
from tests.scenarios.test_renewals import moving
from tests.scenarios.world import World

CANCELED = "subscription_schedule.canceled"
DELETED = "customer.subscription.deleted"
PAID = ["invoice.paid", "invoice.payment_succeeded"]


async def running(world: World, **input: object) -> Schedule:
    """Two months of Basic, then one of Pro, for a customer with a card."""
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 2), phase(pro, 1), **input)
    await world.move_to("2027-02-10T10:00:00Z")
    await world.news()
    return schedule


async def test_released_subscription_goes_on_without_its_phases(world: World) -> None:
    schedule = await running(world)
    subscription = await schedule.subscription()

    await schedule.release()

    assert await world.news() == ["subscription_schedule.released", "customer.subscription.updated"]
    now = await schedule.now()
    assert (now["status"], now["releasedAt"], now["currentPhase"]) == ("RELEASED", "2027-02-10T10:00:00Z", None)
    await world.move_to("2027-04-30T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500"] * 4
    assert "subscription_schedule.expiring" not in await world.news()


async def test_canceled_schedule_ends_its_subscription(world: World) -> None:
    schedule = await running(world)
    subscription = await schedule.subscription()

    await schedule.cancel()

    invoiced = ["invoiceitem.created", "invoice.created", "customer.updated", "invoice.finalized", *PAID]
    assert await world.news() == [*invoiced, DELETED, CANCELED]
    now = await schedule.now()
    assert (now["status"], now["canceledAt"]) == ("CANCELED", "2027-02-10T10:00:00Z")
    assert await subscription.status() == "CANCELED"
    await world.move_to("2027-06-30T12:00:00Z")
    assert await world.news() == moving()
    assert (await subscription.billed())[1:] == ["-964 PAID 2027-02-10T10:00:00Z"]  # 18 of 28 days of 15.00


async def test_canceled_schedule_may_leave_everything_as_it_was_billed(world: World) -> None:
    schedule = await running(world)

    await schedule.cancel(prorate=False, invoiceNow=False)

    assert await world.news() == [DELETED, CANCELED]
    assert len(await (await schedule.subscription()).invoices()) == 1


async def test_end_with_the_schedule_is_an_end_of_the_subscription(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, endDate="2027-03-14T10:00:00Z"), endBehavior="CANCEL")
    subscription = await schedule.subscription()
    assert (await subscription.now())["cancelAt"] == "2027-03-14T10:00:00Z"

    await world.move_to("2027-03-14T12:00:00Z")

    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "677 PAID 2027-02-28T10:00:00Z",  # 14 of 31 days of 15.00: 6.774
    ]
    assert await schedule.status() == "COMPLETED"
    assert (await subscription.now())["endedAt"] == "2027-03-14T10:00:00Z"


@pytest.mark.parametrize(
    ("preserved", "cancel_at", "waiting"), [(True, "2027-02-14T10:00:00Z", []), (False, None, [750])]
)
async def test_release_may_keep_the_end(
    world: World, preserved: bool, cancel_at: str | None, waiting: list[int]
) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, endDate="2027-02-14T10:00:00Z"), endBehavior="CANCEL")
    subscription = await schedule.subscription()
    await world.move_to("2027-02-10T10:00:00Z")
    await world.news()

    await schedule.release(preserveCancelDate=preserved)

    made = [] if preserved else ["invoiceitem.created"]
    assert await world.news() == ["subscription_schedule.released", *made, "customer.subscription.updated"]
    assert (await subscription.now())["cancelAt"] == cancel_at
    assert await subscription.waiting() == waiting  # the other 14 of 28 days
    await world.move_to("2027-02-15T10:00:00Z")
    assert await subscription.status() == ("CANCELED" if preserved else "ACTIVE")


async def test_end_behavior_can_change_while_it_runs(world: World) -> None:
    schedule = await running(world)
    subscription = await schedule.subscription()

    await schedule.update(endBehavior="CANCEL")
    assert await world.news() == ["customer.subscription.updated", "subscription_schedule.updated"]
    assert (await subscription.now())["cancelAt"] == "2027-04-30T10:00:00Z"
    await schedule.update(endBehavior="RELEASE")
    assert (await subscription.now())["cancelAt"] is None

    await world.move_to("2027-05-01T10:00:00Z")
    assert await subscription.status() == "ACTIVE"


async def test_what_ended_can_be_neither_changed_released_nor_canceled(world: World) -> None:
    schedule = await running(world)
    await schedule.release()
    await world.news()

    for verb in ("Update", "Release", "Cancel"):
        refused = await world.refusal(f"subscriptionSchedule{verb}", "subscriptionSchedule", id=schedule.id)
        assert refused == [("SUBSCRIPTION_SCHEDULE_UNEXPECTED_STATE", "id")]

    assert await world.news() == []
    assert await (await schedule.subscription()).status() == "ACTIVE"


async def test_schedule_that_has_not_begun_can_be_canceled_or_released(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    later = {"startDate": "2027-03-01T00:00:00Z"}
    first, second = [await schedule_of(jenny, phase(basic, 1), **later) for _ in range(2)]
    await world.news()

    await first.cancel()
    await second.release()

    assert await world.news() == [CANCELED, "subscription_schedule.released"]
    await world.move_to("2027-03-02T00:00:00Z")
    assert await world.news() == moving()
    assert [await each.status() for each in (first, second)] == ["CANCELED", "RELEASED"]


async def test_canceling_the_subscription_cancels_its_schedule(world: World) -> None:
    schedule = await running(world)

    await (await schedule.subscription()).cancel()

    assert await world.news() == [DELETED, CANCELED]
    assert await schedule.status() == "CANCELED"
    await world.move_to("2027-06-30T12:00:00Z")
    assert await world.news() == moving()


async def test_dunning_that_ends_the_subscription_aborts_its_schedule(world: World) -> None:
    schedule = await running(world)
    await world.do("sandboxOutcomesSet", "paymentMethod { id }", **await failing(world, schedule))

    await world.move_to("2027-03-20T00:00:00Z")

    assert (await world.news())[-3:] == [DELETED, "subscription_schedule.aborted", "test_helpers.test_clock.ready"]
    now = await schedule.now()
    assert (now["status"], now["canceledAt"]) == ("CANCELED", "2027-03-12T11:00:00Z")
    assert now["subscription"] == {"id": (await schedule.subscription()).id}


async def failing(world: World, schedule: Schedule) -> dict[str, object]:
    """What makes the next charges of the schedule's customer fail."""
    query = "query($id: ID!) { subscriptionSchedule(id: $id) { customer { paymentMethods { nodes { id } } } } }"
    found = await world.api.ask(query, {"id": schedule.id})
    [card] = found["subscriptionSchedule"]["customer"]["paymentMethods"]["nodes"]
    return {"paymentMethod": card["id"], "outcomes": ["INSUFFICIENT_FUNDS"] * 4}


async def test_deleted_customer_takes_all_schedules_along(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    live = await schedule_of(jenny, phase(basic, 1))
    waiting = await schedule_of(jenny, phase(basic, 1), startDate="2027-03-01T00:00:00Z")
    await world.news()

    await world.do("customerDelete", "customer { id }", id=jenny.id)

    told = await world.news()
    assert [each for each in told if "schedule" in each] == [CANCELED, CANCELED]
    assert [await each.status() for each in (live, waiting)] == ["CANCELED", "CANCELED"]
    await world.move_to("2027-03-02T00:00:00Z")
    assert await world.news() == moving()


@pytest.mark.parametrize(("months", "told_at"), [(2, "2027-03-24T10:00:00Z"), (1, "2027-02-21T10:00:00Z")])
async def test_expiring_is_told_seven_days_before_the_end(world: World, months: int, told_at: str) -> None:
    basic = await world.price("Basic", 1500)
    schedule = await schedule_of(await world.customer(card="pm_card_visa"), phase(basic, months))

    await world.move_to("2027-05-01T00:00:00Z")

    assert await told(world, schedule, "subscription_schedule.expiring") == [told_at]


async def test_expiring_is_told_at_once_when_the_end_is_nearer(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    await schedule_of(jenny, phase(basic, endDate="2027-02-05T10:00:00Z"))

    assert (await world.news())[-1] == "subscription_schedule.expiring"


async def told(world: World, schedule: Schedule, type: str) -> list[str]:
    """When events of this type were told of the schedule."""
    found = await world.api.ask(
        "query($id: ID!, $types: [String!]) { events(first: 50, filter: { objectId: $id, types: $types })"
        " { nodes { created } } }",
        {"id": schedule.id, "types": [type]},
    )
    return [each["created"] for each in found["events"]["nodes"]]


async def test_first_phase_that_cannot_begin_says_why_and_keeps_nobody_waiting(world: World) -> None:
    basic, euro = await world.price("Basic", 1500), await world.price("Euro", 1500, currency="eur")
    jenny, ada = [await world.customer(card="pm_card_visa") for _ in range(2)]
    later = {"startDate": "2027-02-10T00:00:00Z"}
    stuck, fine = await schedule_of(jenny, phase(euro, 1), **later), await schedule_of(ada, phase(basic, 1), **later)
    other = await jenny.subscribe(basic)  # from now on Jenny is billed in usd
    await world.news()

    await world.move_to("2027-02-12T12:00:00Z")

    assert await fine.status() == "ACTIVE"
    now = await stuck.now()
    assert (now["status"], now["problem"]) == ("NOT_STARTED", {"code": "CURRENCY_MISMATCH"})
    assert now["problemAt"] == "2027-02-12T00:00:00Z"  # tried on the 10th, 11th and 12th
    await other.cancel()
    await world.move_to("2027-02-13T02:00:00Z")
    now = await stuck.now()
    assert (now["status"], now["problem"]) == ("ACTIVE", None)
    assert await (await stuck.subscription()).billed() == ["1500 PAID 2027-02-13T00:00:00Z"]


async def test_prices_that_were_archived_since_are_kept(world: World) -> None:
    schedule = await running(world)
    [_, second] = (await schedule.now())["phases"]
    await world.do("priceUpdate", "price { id }", id=second["items"][0]["price"]["id"], active=False)

    await world.move_to("2027-03-31T12:00:00Z")

    billed = await (await schedule.subscription()).billed()
    assert [line.split()[0] for line in billed] == ["1500", "1500", "4000"]


async def test_schedule_may_follow_another(world: World) -> None:
    schedule = await running(world)
    await schedule.release()
    subscription = await schedule.subscription()

    again = await adopted(subscription)

    assert await again.status() == "ACTIVE"
    refused = await world.refusal(
        "subscriptionScheduleCreate", "subscriptionSchedule", fromSubscription=subscription.id
    )
    assert refused == [("SUBSCRIPTION_UNDER_SCHEDULE", "fromSubscription")]


async def test_schedules_go_with_their_clock(world: World) -> None:
    schedule = await running(world)

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    query = "query($id: ID!) { subscriptionSchedule(id: $id) { id } }"
    assert (await world.api.ask(query, {"id": schedule.id}))["subscriptionSchedule"] is None
