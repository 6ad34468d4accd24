"""Schedules: phases follow one another, and subscriptions become what each phase wants, at the second it begins.

The world's clock stands at 31 January 2027, 10:00; monthly periods end on 28 February, 31 March, 30 April, 31 May.
"""

from typing import Any

from tests.scenarios.scheduling import adopted, phase, schedule_of
from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import World

MADE = ["customer.updated", "customer.subscription.created", "invoice.created"]
PASSED = ["customer.subscription.updated", "subscription_schedule.updated"]
EXPIRING = ["subscription_schedule.expiring"]
COMPLETED = ["subscription_schedule.completed"]
RELEASED = [*COMPLETED, "subscription_schedule.released", "customer.subscription.updated"]


async def test_three_phases_over_five_months(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    schedule = await schedule_of(jenny, phase(basic, 2), phase(pro, 2), phase(pro, 1, quantity=3))

    assert await schedule.ends() == ["2027-03-31T10:00:00Z", "2027-05-31T10:00:00Z", "2027-06-30T10:00:00Z"]
    assert await world.news() == ["subscription_schedule.created", *MADE]
    subscription = await schedule.subscription()
    assert await subscription.billed() == ["1500 DRAFT 2027-01-31T10:00:00Z"]
    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-01-31T12:00:00Z")
    assert await world.news() == moving(*COLLECTED)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    await world.move_to("2027-03-31T12:00:00Z")
    assert await world.news() == moving(*PASSED, *RENEWED, *COLLECTED)  # the phase changes before the renewal bills
    await world.move_to("2027-07-31T12:00:00Z")

    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-02-28T10:00:00Z",
        "4000 PAID 2027-03-31T10:00:00Z",
        "4000 PAID 2027-04-30T10:00:00Z",
        "12000 PAID 2027-05-31T10:00:00Z",  # 3 × 40.00
        "12000 PAID 2027-06-30T10:00:00Z",  # released: it goes on as the last phase left it
        "12000 PAID 2027-07-31T10:00:00Z",
    ]
    assert await world.news() == moving(
        *(*RENEWED, *COLLECTED),  # 30 April
        *(*PASSED, *RENEWED, *COLLECTED),  # 31 May
        *EXPIRING,  # 23 June
        *(*RELEASED, *RENEWED, *COLLECTED),  # 30 June
        *(*RENEWED, *COLLECTED),
    )
    now = await schedule.now()
    assert (now["status"], now["completedAt"], now["releasedAt"]) == ("RELEASED", *["2027-06-30T10:00:00Z"] * 2)
    assert (now["subscription"], now["releasedSubscription"]) == (None, {"id": subscription.id})


async def test_phase_that_begins_within_a_period_is_prorated(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, endDate="2027-02-14T10:00:00Z"), phase(pro, 2))
    subscription = await schedule.subscription()
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T10:00:00Z")

    assert await subscription.waiting() == [-750, 2000]  # 14 of 28 days of 15.00 and of 40.00
    assert await world.news() == moving("invoiceitem.created", "invoiceitem.created", *PASSED)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == [
        "-750 Unused time on 1 × Basic after 14 Feb 2027",
        "2000 Remaining time on 1 × Pro after 14 Feb 2027",
        "4000 1 × Pro (at $40.00 / month)",
    ]
    assert await schedule.ends() == ["2027-02-14T10:00:00Z", "2027-04-14T10:00:00Z"]


async def test_phase_can_be_invoiced_at_once_or_not_prorated(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(
        jenny,
        phase(basic, endDate="2027-02-07T10:00:00Z"),
        phase(pro, endDate="2027-02-14T10:00:00Z", prorationBehavior="ALWAYS_INVOICE"),
        phase(basic, 1, prorationBehavior="NONE"),
    )
    subscription = await schedule.subscription()
    await world.move_to("2027-02-07T10:00:00Z")
    assert (await subscription.billed())[1] == "1875 DRAFT 2027-02-07T10:00:00Z"  # 21 of 28 days: 30.00 - 11.25
    await world.news()

    await world.move_to("2027-02-07T12:00:00Z")
    assert await world.news() == moving(*COLLECTED)
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "1875 PAID 2027-02-07T10:00:00Z",
        "1500 PAID 2027-02-28T10:00:00Z",  # nothing is given back for the last two weeks of February
    ]


async def test_schedule_that_begins_later_makes_its_subscription_then(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()
    schedule = await schedule_of(jenny, phase(basic, 1), startDate="2027-02-10T00:00:00Z", metadata={"a": "b"})
    assert await world.news() == ["subscription_schedule.created"]
    now = await schedule.now()
    assert (now["status"], now["subscription"], now["currentPhase"]) == ("NOT_STARTED", None, None)

    await world.move_to("2027-02-10T00:00:00Z")

    assert await world.news() == moving(*MADE, "subscription_schedule.updated")
    now = await schedule.now()
    phases = {"startDate": "2027-02-10T00:00:00Z", "endDate": "2027-03-10T00:00:00Z"}
    assert (now["status"], now["currentPhase"]) == ("ACTIVE", phases)
    subscription = await schedule.subscription()
    assert await subscription.billed() == ["1500 DRAFT 2027-02-10T00:00:00Z"]
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { schedule { id } startDate } }", {"id": subscription.id}
    )
    assert found["subscription"] == {"schedule": {"id": schedule.id}, "startDate": "2027-02-10T00:00:00Z"}
    await world.move_to("2027-03-10T02:00:00Z")
    assert await subscription.billed() == ["1500 PAID 2027-02-10T00:00:00Z", "1500 PAID 2027-03-10T00:00:00Z"]
    assert await schedule.status() == "RELEASED"


async def test_subscription_that_runs_is_taken_over_and_planned(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, quantity=2)
    await world.move_to("2027-02-10T10:00:00Z")
    await world.news()

    schedule = await adopted(subscription)

    assert await world.news() == ["subscription_schedule.created", "customer.subscription.updated"]
    now = await schedule.now()
    current = {"startDate": "2027-01-31T10:00:00Z", "endDate": "2027-02-28T10:00:00Z"}
    assert (now["status"], now["currentPhase"]) == ("ACTIVE", current)
    items = [{"price": {"id": basic}, "quantity": 2}]
    assert now["phases"] == [{**current, "trialEnd": None, "items": items}]
    await schedule.update(phases=[phase(basic, quantity=2), phase(pro, 1)], endBehavior="NONE")
    assert await schedule.ends() == ["2027-02-28T10:00:00Z", "2027-03-31T10:00:00Z"]
    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.billed() == [
        "3000 PAID 2027-01-31T10:00:00Z",
        "4000 PAID 2027-02-28T10:00:00Z",
        "4000 PAID 2027-03-31T10:00:00Z",
    ]
    now = await schedule.now()
    assert (now["status"], now["subscription"]["id"]) == ("COMPLETED", subscription.id)
    await subscription.switch(basic)  # nobody else decides about it any more


async def test_end_behavior_cancel_ends_the_subscription_with_the_last_phase(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 2), endBehavior="CANCEL")
    subscription = await schedule.subscription()
    await world.move_to("2027-03-30T10:00:00Z")
    await world.news()

    await world.move_to("2027-04-30T12:00:00Z")

    assert await world.news() == moving(*COMPLETED, "customer.subscription.deleted")
    assert await schedule.status() == "COMPLETED"
    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-03-31T10:00:00Z")
    assert len(await subscription.invoices()) == 2


async def test_trial_phase_is_free_and_the_next_one_is_charged(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    trial: Any = {"duration": {"interval": "DAY", "intervalCount": 14}, "trial": True}
    schedule = await schedule_of(jenny, phase(basic, **trial), phase(pro, 2))
    subscription = await schedule.subscription()
    assert await subscription.status() == "TRIALING"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T12:00:00Z")

    renewed = ["invoice.created", "customer.subscription.updated"]
    assert await world.news() == moving(*PASSED, *renewed, *COLLECTED)
    assert await schedule.ends() == ["2027-02-14T10:00:00Z", "2027-04-14T10:00:00Z"]
    await world.move_to("2027-03-14T12:00:00Z")
    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "4000 PAID 2027-02-14T10:00:00Z",
        "4000 PAID 2027-03-14T10:00:00Z",
    ]


async def test_trial_may_come_later_and_end_within_its_phase(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(
        jenny, phase(basic, 1), phase(basic, endDate="2027-04-10T10:00:00Z", trialEnd="2027-03-10T10:00:00Z")
    )
    subscription = await schedule.subscription()

    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.status() == "TRIALING"
    await world.move_to("2027-04-10T12:00:00Z")

    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "0 PAID 2027-02-28T10:00:00Z",
        "1500 PAID 2027-03-10T10:00:00Z",
        "1500 PAID 2027-04-10T10:00:00Z",
    ]


async def test_phases_charge_once_with_their_first_invoice(world: World) -> None:
    basic = await world.price("Basic", 1500)
    once = await one_time(world, "Setup", 5000)
    jenny = await world.customer(card="pm_card_visa")
    charge: Any = {"addInvoiceItems": [{"price": once, "quantity": 2}]}
    schedule = await schedule_of(jenny, phase(basic, 1, **charge), phase(basic, 1, **charge), phase(basic, 1))
    await world.move_to("2027-03-31T12:00:00Z")

    subscription = await schedule.subscription()

    assert [line.split()[0] for line in await subscription.billed()] == ["11500", "11500", "1500"]  # 2 × 50.00 + 15.00
    assert await subscription.lines(1) == ["10000 2 × Setup (at $50.00)", "1500 1 × Basic (at $15.00 / month)"]


async def one_time(world: World, name: str, amount: int) -> str:
    """The id of a one-time price of a new product."""
    answer = await world.do(
        "priceCreate", "price { id }", currency="usd", unitAmount=amount, productData={"name": name}
    )
    return str(answer["price"]["id"])


async def test_items_that_stay_keep_their_ids_and_others_come_and_go(world: World) -> None:
    basic, pro, extra = [await world.price(name, 1000) for name in ("Basic", "Pro", "Extra")]
    jenny = await world.customer(card="pm_card_visa")
    wanted = [[(basic, 1), (pro, 2)], [(extra, 1), (pro, 3)], [(pro, 3)]]
    phases = [
        {
            "items": [{"price": price, "quantity": quantity} for price, quantity in items],
            "duration": {"interval": "MONTH"},
        }
        for items in wanted
    ]
    schedule = await schedule_of(jenny, *phases)
    subscription = await schedule.subscription()
    first = [each["id"] for each in (await subscription.now())["items"]]

    await world.move_to("2027-02-28T12:00:00Z")
    assert [(each["id"], each["quantity"]) for each in (await subscription.now())["items"]] == [
        (first[0], 1),  # Basic became Extra
        (first[1], 3),
    ]
    await world.move_to("2027-03-31T12:00:00Z")

    assert [each["id"] for each in (await subscription.now())["items"]] == [first[1]]
    assert [line.split()[0] for line in await subscription.billed()] == ["3000", "4000", "3000"]


async def test_what_a_phase_says_beside_items_comes_with_it(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    later: Any = {"description": "Second", "metadata": {"plan": "2"}, "defaultPaymentMethod": "pm_card_mastercard"}
    settings = {"description": "First"}
    schedule = await schedule_of(
        jenny,
        phase(basic, 1, metadata={"plan": "1", "kept": "yes"}),
        phase(basic, 1, **later),
        defaultSettings=settings,
    )
    query = "query($id: ID!) { subscription(id: $id) { description metadata defaultPaymentMethod { card { brand } } } }"
    ids = {"id": (await schedule.subscription()).id}
    assert (await world.api.ask(query, ids))["subscription"] == {
        "description": "First",
        "metadata": {"plan": "1", "kept": "yes"},
        "defaultPaymentMethod": None,
    }

    await world.move_to("2027-02-28T12:00:00Z")

    assert (await world.api.ask(query, ids))["subscription"] == {
        "description": "Second",
        "metadata": {"plan": "2", "kept": "yes"},
        "defaultPaymentMethod": {"card": {"brand": "MASTERCARD"}},
    }


async def test_first_invoice_that_fails_is_retried_as_a_renewal(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    subscription = await (await schedule_of(jenny, phase(basic, 3))).subscription()

    await world.move_to("2027-01-31T12:00:00Z")
    assert await subscription.status() == "PAST_DUE"
    await world.move_to("2027-02-15T12:00:00Z")

    assert await subscription.status() == "ACTIVE"
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]


async def test_phases_change_in_sets_whatever_their_number(world: World) -> None:
    counts = []
    for size in (2, 10):
        there = await World.opened(world.api, "2027-01-31T10:00:00Z")
        basic, pro = await there.price("Basic", 1500), await there.price("Pro", 4000)
        for _ in range(size):
            jenny = await there.customer(card="pm_card_visa")
            more: Any = {"prorationBehavior": "ALWAYS_INVOICE"}
            await schedule_of(jenny, phase(basic, endDate="2027-02-14T10:00:00Z"), phase(pro, 1, **more))
        await there.move_to("2027-02-13T10:00:00Z")
        with there.api.statements() as statements:
            await there.move_to("2027-02-14T10:00:00Z")
        counts.append(len(statements))
    assert counts[0] == counts[1]
