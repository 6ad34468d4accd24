"""Schedules whose phases have discounts: redeemed when a phase begins, ended when the next one does.

The world's clock stands at 31 January 2027, 10:00; monthly periods end on 28 February, 31 March, 30 April.
"""

from typing import Any

import pytest

from models import SubscriptionSchedule
from tests.scenarios.couponing import code, counted, coupon, discounts, totals
from tests.scenarios.quoting import offered, one_time
from tests.scenarios.scheduling import Schedule, adopted, phase, schedule_of
from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.test_schedules import MADE, PASSED
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

NAMED = "discounts { coupon { id } promotionCode { id } discount { id } }"


async def named(schedule: Schedule) -> list[list[str]]:
    """The coupons that each phase names, and those of its first item."""
    found = await schedule.world.api.ask(
        f"query($id: ID!) {{ subscriptionSchedule(id: $id) {{ phases {{ {NAMED} items {{ {NAMED} }} }} }} }}",
        {"id": schedule.id},
    )
    phases = found["subscriptionSchedule"]["phases"]
    return [[each["coupon"]["id"] for each in (*one["discounts"], *one["items"][0]["discounts"])] for one in phases]


async def test_phases_give_discounts_and_end_those_of_the_one_before(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    schedule = await schedule_of(
        jenny,
        phase(basic, 1, discounts=[{"coupon": "HALF"}]),
        phase(basic, 1, discounts=[{"coupon": "TENTH"}]),
        phase(basic, 1),
    )

    made = ["subscription_schedule.created", *MADE[:2], "customer.discount.created", *MADE[2:]]
    assert await world.news() == made
    assert await named(schedule) == [["HALF"], ["TENTH"], []]
    subscription = await schedule.subscription()
    assert (await discounts(subscription), await counted()) == (["HALF"], {"HALF": 1, "TENTH": 0})
    await world.move_to("2027-01-31T12:00:00Z")
    await world.news()
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving("customer.discount.updated", *PASSED, *RENEWED, *COLLECTED)
    assert (await discounts(subscription), await counted()) == (["TENTH"], {"HALF": 1, "TENTH": 1})
    await world.move_to("2027-03-31T12:00:00Z")
    told = await world.news()
    assert told.count("customer.discount.deleted") == 1

    # 1500 / 2, then 1500 - 150, then the whole price.
    assert await totals(subscription) == [(1500, 750), (1500, 1350), (1500, 1500)]
    assert await discounts(subscription) == []
    await check_all()


async def test_same_coupon_in_the_next_phase_goes_on(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    await coupon(world, "HALF", percentOff="50", duration="REPEATING", durationInMonths=2)
    one = await code(world, "HALF", code="ONE", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_visa")
    wanted = [{"promotionCode": one}]
    schedule = await schedule_of(jenny, phase(basic, 1, discounts=wanted), phase(pro, 2, discounts=wanted))
    subscription = await schedule.subscription()
    await world.move_to("2027-01-31T12:00:00Z")
    await world.news()

    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.news() == moving(*PASSED, *RENEWED, *COLLECTED)
    await world.move_to("2027-03-31T12:00:00Z")
    # Its two months are those from 31 January on.
    assert await totals(subscription) == [(1500, 750), (4000, 2000), (4000, 4000)]
    assert await counted() == {"HALF": 1}


async def test_items_and_charges_of_phases_have_their_own(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 1000)
    visit = await one_time(world, "Visit", 3000)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "FIVE", amountOff=500, currency="usd")
    jenny = await world.customer(card="pm_card_visa")
    half, five = [{"coupon": "HALF"}], [{"coupon": "FIVE"}]
    first = {"items": [{"price": basic, "discounts": half}], "duration": {"interval": "MONTH"}}
    second = {
        "items": [{"price": basic}, {"price": extra, "discounts": half}],
        "addInvoiceItems": [{"price": visit, "discounts": five}],
    }
    schedule = await schedule_of(jenny, first, second)
    subscription = await schedule.subscription()

    await world.move_to("2027-02-28T12:00:00Z")

    # 1500 / 2; then 1500, 1000 / 2 and 3000 - 500.
    assert await totals(subscription) == [(1500, 750), (5500, 1500 + 500 + 2500)]
    assert await counted() == {"HALF": 2, "FIVE": 1}
    await check_all()


async def test_phase_whose_coupon_has_run_out_waits_and_is_told(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "LAST", percentOff="50", duration="FOREVER", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1), phase(basic, 2, discounts=[{"coupon": "LAST"}]))
    subscription = await schedule.subscription()
    other = await world.customer(card="pm_card_visa")
    await other.subscribe(basic, discounts=[{"coupon": "LAST"}])

    await world.move_to("2027-02-28T12:00:00Z")

    now = await schedule.now()
    assert (now["problem"], now["currentPhase"]["startDate"]) == ({"code": "COUPON_EXPIRED"}, "2027-01-31T10:00:00Z")
    assert await totals(subscription) == [(1500, 1500), (1500, 1500)]
    assert (await discounts(subscription), await counted()) == ([], {"LAST": 1})
    await world.do("couponUpdate", "coupon { id }", id="LAST", name="Last")
    await schedule.update(phases=[phase(basic, endDate="2027-03-31T10:00:00Z"), phase(basic, 2)])
    await world.move_to("2027-03-31T12:00:00Z")
    assert (await schedule.now())["problem"] is None
    await check_all()


async def test_schedule_takes_over_and_changes_what_runs(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "LAST", percentOff="50", duration="FOREVER", maxRedemptions=1)
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, discounts=[{"coupon": "LAST"}])
    schedule = await adopted(subscription)
    assert await named(schedule) == [["LAST"]]
    end = "2027-02-28T10:00:00Z"
    await world.news()

    # What runs stays, though nobody else could redeem it any more.
    last, tenth = {"coupon": "LAST"}, {"coupon": "TENTH"}
    await schedule.update(
        phases=[phase(basic, endDate=end, discounts=[last]), phase(basic, 1, discounts=[last, tenth])]
    )
    assert await world.news() == ["subscription_schedule.updated"]
    await schedule.update(phases=[phase(basic, endDate=end), phase(basic, 1, discounts=[tenth])])
    told = ["customer.discount.deleted", "customer.subscription.updated", "subscription_schedule.updated"]
    assert await world.news() == told
    assert await discounts(subscription) == []
    await world.move_to("2027-02-28T12:00:00Z")
    assert await totals(subscription) == [(1500, 750), (1500, 1350)]
    assert await subscription.waiting() == []


async def test_changing_the_current_phase_redeems_nothing_again(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "ONCE", percentOff="50")
    once = [{"coupon": "ONCE"}]
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1, discounts=once))
    subscription = await schedule.subscription()
    await world.move_to("2027-01-31T12:00:00Z")
    assert await discounts(subscription) == []  # The first invoice has used it up.

    await schedule.update(phases=[phase(basic, 2, quantity=2, discounts=once, prorationBehavior="NONE")])
    assert await counted() == {"ONCE": 1}
    await schedule.update(phases=[phase(basic, 1, quantity=2, discounts=once), phase(basic, 1, discounts=once)])
    assert await counted() == {"ONCE": 1}
    await world.move_to("2027-02-28T12:00:00Z")
    assert await counted() == {"ONCE": 2}  # The next phase asks for it anew.


@pytest.mark.parametrize("again", [False, True])
async def test_phase_does_not_take_another_coupon_of_that_id(world: World, again: bool) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    half = [{"coupon": "HALF"}]
    later = await schedule_of(jenny, phase(basic, 1, discounts=half), startDate="2027-02-10T10:00:00Z")
    running = await schedule_of(jenny, phase(basic, 1), phase(basic, 1, discounts=half))
    await world.do("couponDelete", "coupon { id }", id="HALF")
    if again:
        await coupon(world, "HALF", percentOff="90", duration="FOREVER")

    await world.move_to("2027-02-28T12:00:00Z")

    assert (await later.now())["problem"] == {"code": "COUPON_EXPIRED"}
    assert (await running.now())["problem"] == {"code": "COUPON_EXPIRED" if again else "RESOURCE_MISSING"}
    assert await totals(await running.subscription()) == [(1500, 1500), (1500, 1500)]


@pytest.mark.parametrize("verb", ["subscriptionScheduleCreate", "subscriptionScheduleUpdate"])
async def test_phases_refuse_what_could_not_be_redeemed(world: World, verb: str) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "EURO", amountOff=500, currency="eur")
    await coupon(world, "TENTH", percentOff="10")
    large = await code(world, "TENTH", restrictions={"minimumAmount": 2000, "minimumAmountCurrency": "usd"})
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1))
    before = await SubscriptionSchedule.all().order_by("id").values()
    phases: list[dict[str, Any]] = [
        phase(basic, 1, discounts=[{"coupon": "EURO"}, {"promotionCode": large}]),
        {"items": [{"price": basic, "discounts": [{"coupon": "NONE"}, {"discount": "di_other"}]}]},
    ]
    named_by = {"customer": jenny.id} if verb.endswith("Create") else {"id": schedule.id}
    await world.news()

    assert await world.refusal(verb, "subscriptionSchedule", **named_by, phases=phases) == [
        ("COUPON_NOT_APPLICABLE", "phases.0.discounts.0.coupon"),
        ("COUPON_NOT_APPLICABLE", "phases.0.discounts.1.promotionCode"),
        ("RESOURCE_MISSING", "phases.1.items.0.discounts.0.coupon"),
        ("RESOURCE_MISSING", "phases.1.items.0.discounts.1.discount"),
    ]
    assert await SubscriptionSchedule.all().order_by("id").values() == before
    assert (await world.news(), await counted()) == ([], {"EURO": 0, "TENTH": 0})


async def test_quote_that_begins_later_redeems_then(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    line = {"price": basic, "discounts": [{"coupon": "HALF"}]}
    data = {"effectiveDate": "2027-02-10T10:00:00Z"}
    quote = await (await offered(jenny, line, discounts=[{"coupon": "TENTH"}], subscriptionData=data)).finalize()
    schedule = Schedule(world, await quote.scheduled())
    assert (await named(schedule), await counted()) == ([["TENTH", "HALF"]], {"TENTH": 0, "HALF": 0})

    await world.move_to("2027-03-10T12:00:00Z")

    # 1500 - 750 - 75, then 1500 - 150.
    subscription = await schedule.subscription()
    assert await totals(subscription) == [(1500, 675), (1500, 1350)]
    assert await counted() == {"TENTH": 1, "HALF": 1}
    await check_all()
