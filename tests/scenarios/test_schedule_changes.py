"""Changing schedules while they run, and what a subscription under one refuses.

The world's clock stands at 31 January 2027, 10:00; monthly periods end on 28 February and 31 March.
"""

from typing import Any

import pytest

from tests.scenarios.scheduling import Schedule, phase, schedule_of
from tests.scenarios.world import World

CREATE = ("subscriptionScheduleCreate", "subscriptionSchedule")
UPDATE = ("subscriptionScheduleUpdate", "subscriptionSchedule")
UPDATED = "subscription_schedule.updated"


async def planned(world: World, **input: Any) -> tuple[Schedule, str, str]:
    """A month of Basic and a month of Pro, 14 of 28 days into the first, with both prices."""
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1), phase(pro, 1), **input)
    await world.move_to("2027-02-14T10:00:00Z")
    await world.news()
    return schedule, basic, pro


async def test_phases_to_come_can_be_replaced(world: World) -> None:
    schedule, basic, pro = await planned(world)

    await schedule.update(phases=[phase(basic, 2), phase(pro, 1, quantity=2)])

    assert await world.news() == [UPDATED]
    assert await schedule.ends() == ["2027-03-31T10:00:00Z", "2027-04-30T10:00:00Z"]
    await world.move_to("2027-03-31T12:00:00Z")
    billed = await (await schedule.subscription()).billed()
    assert [line.split()[0] for line in billed] == ["1500", "1500", "8000"]


async def test_current_phase_can_be_cut_short(world: World) -> None:
    schedule, basic, pro = await planned(world)

    await schedule.update(phases=[phase(basic, endDate="2027-02-21T10:00:00Z"), phase(pro, 1)])
    await world.move_to("2027-02-21T10:00:00Z")

    assert await (await schedule.subscription()).waiting() == [-375, 1000]  # 7 of 28 days


@pytest.mark.parametrize(
    ("behavior", "waiting", "billed"),
    [
        ("CREATE_PRORATIONS", [-750, 2000], ["1500"]),  # 14 of 28 days of 15.00 and of 40.00
        ("ALWAYS_INVOICE", [], ["1500", "1250"]),
        ("NONE", [], ["1500"]),
    ],
)
async def test_items_of_the_current_phase_change_at_once(
    world: World, behavior: str, waiting: list[int], billed: list[str]
) -> None:
    schedule, _, pro = await planned(world)
    subscription = await schedule.subscription()

    await schedule.update(phases=[phase(pro, 1)], prorationBehavior=behavior)

    assert await subscription.waiting() == waiting
    assert [line.split()[0] for line in await subscription.billed()] == billed
    told = [each for each in await world.news() if not each.startswith("invoice")]
    assert told == ["customer.subscription.updated", UPDATED]
    await world.move_to("2027-02-28T12:00:00Z")
    due = 5250 if waiting else 4000  # 40.00 - 7.50 + 20.00
    assert (await subscription.billed())[-1] == f"{due} PAID 2027-02-28T10:00:00Z"


async def test_changes_that_change_nothing_are_not_told(world: World) -> None:
    schedule, basic, pro = await planned(world)

    await schedule.update(phases=[phase(basic, 1), phase(pro, 1)], endBehavior="RELEASE", metadata={})

    assert await world.news() == []


async def test_schedule_that_waits_can_begin_at_another_time(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1), startDate="2027-02-10T00:00:00Z")

    await schedule.update(phases=[phase(pro, 1, startDate="2027-02-20T00:00:00Z")], endBehavior="CANCEL")
    await world.move_to("2027-02-15T00:00:00Z")
    assert await schedule.status() == "NOT_STARTED"
    await world.move_to("2027-02-20T02:00:00Z")

    assert await (await schedule.subscription()).billed() == ["4000 PAID 2027-02-20T00:00:00Z"]


async def test_end_that_moves_is_told_anew(world: World) -> None:
    schedule, basic, pro = await planned(world)
    await world.move_to("2027-03-26T10:00:00Z")  # told on the 24th that it ends on the 31st
    assert "subscription_schedule.expiring" in await world.news()

    await schedule.update(phases=[phase(pro, 2)])
    assert await world.news() == [UPDATED]
    await world.move_to("2027-04-24T10:00:00Z")

    assert "subscription_schedule.expiring" in await world.news()
    assert basic != pro


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cancelAtPeriodEnd": True}, "cancelAtPeriodEnd"),
        ({"cancelAt": "2027-03-10T10:00:00Z"}, "cancelAt"),
        ({"trialEnd": "2027-03-10T10:00:00Z"}, "trialEnd"),
    ],
)
async def test_scheduled_subscription_refuses_what_its_schedule_decides(
    world: World, change: dict[str, Any], field: str
) -> None:
    schedule, _, pro = await planned(world)
    subscription = await schedule.subscription()
    verb = ("subscriptionUpdate", "subscription")

    assert await world.refusal(*verb, id=subscription.id, **change) == [("SUBSCRIPTION_UNDER_SCHEDULE", field)]
    items = [{"id": await subscription.item(), "price": pro}]
    assert await world.refusal(*verb, id=subscription.id, items=items) == [("SUBSCRIPTION_UNDER_SCHEDULE", "items")]

    paused = await world.refusal("subscriptionPause", "subscription", id=subscription.id)
    assert paused == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]
    mary = await world.customer(card="pm_card_visa")
    await world.news()
    transfer = await world.refusal("subscriptionTransfer", "subscription", id=subscription.id, customer=mary.id)
    assert transfer == [("SUBSCRIPTION_UNDER_SCHEDULE", "id")]

    assert await world.news() == []
    assert await subscription.waiting() == []
    await subscription.update(description="Mine", pauseCollection={"behavior": "VOID"})  # that is nobody else's
    assert await world.news() == ["customer.subscription.updated"]


async def test_all_problems_of_all_phases_are_told(world: World) -> None:
    basic, yearly = await world.price("Basic", 1500), await world.price("Year", 9000, every="1 YEAR")
    euro = await world.price("Euro", 1500, currency="eur")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    refused = await world.refusal(
        *CREATE, customer=jenny.id, phases=[phase("price_x", 1), phase(basic, 1, quantity=-1, metadata={"[": "x"})]
    )

    assert refused == [
        ("RESOURCE_MISSING", "phases.0.items.0.price"),
        ("PARAMETER_INVALID_INTEGER", "phases.1.items.0.quantity"),
        ("INVALID_CHARACTERS", "phases.1.metadata.["),
    ]
    refused = await world.refusal(*CREATE, customer=jenny.id, phases=[phase(basic, 1), phase(yearly), phase(euro, 1)])
    assert refused == [
        ("PARAMETER_INVALID", "phases.1.items.0.price"),
        ("CURRENCY_MISMATCH", "phases.2.items.0.price"),
    ]
    assert await world.news() == []


REFUSALS = [
    ({"phases": []}, ("PARAMETER_INVALID", "phases")),
    ({"startDate": "2027-01-30T10:00:00Z"}, ("PARAMETER_INVALID", "startDate")),
    ({"customer": "cus_x"}, ("RESOURCE_MISSING", "customer")),
    ({"customer": None}, ("PARAMETER_MISSING", "customer")),
]
PHASE_REFUSALS = [
    ({"endDate": "2027-01-31T10:00:00Z"}, ("PARAMETER_INVALID", "endDate")),
    ({"endDate": "2027-03-31T10:00:00Z", "duration": {"interval": "DAY"}}, ("PARAMETERS_EXCLUSIVE", "endDate")),
    ({"duration": {"interval": "YEAR", "intervalCount": 4}}, ("PARAMETER_INVALID_INTEGER", "duration.intervalCount")),
    ({"startDate": "2027-02-01T10:00:00Z"}, ("PARAMETER_INVALID", "startDate")),
    ({"trialEnd": "2027-03-01T10:00:00Z"}, ("PARAMETER_INVALID", "trialEnd")),
    ({"trialEnd": "2027-02-10T10:00:00Z", "trial": True}, ("PARAMETERS_EXCLUSIVE", "trialEnd")),
    ({"defaultPaymentMethod": "pm_x"}, ("RESOURCE_MISSING", "defaultPaymentMethod")),
    ({"addInvoiceItems": [{"price": "price_x"}]}, ("RESOURCE_MISSING", "addInvoiceItems.0.price")),
]


@pytest.mark.parametrize(("input", "problem"), REFUSALS)
async def test_schedule_that_makes_no_sense_is_refused(
    world: World, input: dict[str, Any], problem: tuple[str, str]
) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    assert await world.refusal(*CREATE, **{"customer": jenny.id, "phases": [phase(basic)], **input}) == [problem]

    assert await world.news() == []


@pytest.mark.parametrize(("input", "problem"), PHASE_REFUSALS)
async def test_phase_that_makes_no_sense_is_refused_at_its_place(
    world: World, input: dict[str, Any], problem: tuple[str, str]
) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    refused = await world.refusal(*CREATE, customer=jenny.id, phases=[phase(basic, **input)])

    assert refused == [(problem[0], f"phases.0.{problem[1]}")]
    assert await world.news() == []


async def test_subscription_is_taken_over_as_it_is_or_not_at_all(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()

    refused = await world.refusal(
        *CREATE, fromSubscription=subscription.id, endBehavior="CANCEL", phases=[phase(basic)]
    )
    assert refused == [("PARAMETERS_EXCLUSIVE", "phases"), ("PARAMETERS_EXCLUSIVE", "endBehavior")]
    await subscription.update(cancelAtPeriodEnd=True)
    refused = await world.refusal(*CREATE, fromSubscription=subscription.id)
    assert refused == [("SUBSCRIPTION_UNEXPECTED_STATE", "fromSubscription")]
    await subscription.cancel()
    assert await world.refusal(*CREATE, fromSubscription=subscription.id) == refused
    assert not [each for each in await world.news() if "schedule" in each]


async def test_what_has_happened_in_the_current_phase_stays(world: World) -> None:
    schedule, basic, _ = await planned(world)
    once = await world.do("priceCreate", "price { id }", currency="usd", unitAmount=500, productData={"name": "Setup"})
    charge = [{"price": once["price"]["id"]}]
    await world.news()

    rewritings: list[tuple[dict[str, Any], str]] = [
        ({"endDate": "2027-02-14T10:00:00Z"}, "endDate"),
        ({"startDate": "2027-02-01T10:00:00Z"}, "startDate"),
        ({"trialEnd": "2027-02-20T10:00:00Z"}, "trialEnd"),
        ({"addInvoiceItems": charge}, "addInvoiceItems"),
    ]
    for change, field in rewritings:
        refused = await world.refusal(*UPDATE, id=schedule.id, phases=[phase(basic, **change)])
        assert refused == [("PARAMETER_INVALID", f"phases.0.{field}")]

    assert await world.news() == []
    assert len((await schedule.now())["phases"]) == 2


async def test_bulk_migration_passes_over_scheduled_subscriptions(world: World) -> None:
    schedule, basic, pro = await planned(world)
    subscription = await schedule.subscription()

    answer = await world.do("priceMigrationCreate", "priceMigration { id }", fromPrice=basic, toPrice=pro)

    await world.move_to("2027-02-15T10:00:00Z")
    query = "query($id: ID!) { priceMigration(id: $id) { skips { reason subscriptions } } }"
    found = await world.api.ask(query, {"id": answer["priceMigration"]["id"]})
    assert found["priceMigration"]["skips"] == [{"reason": "SCHEDULED", "subscriptions": 1}]
    assert await subscription.waiting() == []
