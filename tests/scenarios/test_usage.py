"""Usage on invoices: billed when its period is over, counted until the invoice is final, and never lost."""

import pytest

from domain.usage import Formula
from models import UsagePeriod
from tests.scenarios.usage import Usage, explained, subscribed
from tests.scenarios.world import World


async def test_use_is_billed_at_the_end_of_its_period_beside_what_comes_next(world: World) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, basic, calls)
    await usage.used(jenny, "2027-02-01T00:00:00Z", "120")
    await usage.used(jenny, "2027-02-28T09:59:59Z", "4.5")
    await usage.used(jenny, "2027-02-28T10:00:00Z", "1000")  # the first second of the next period

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.billed_lines(0) == ["1500 2027-01-31…2027-02-28 1 × Basic (at $15.00 / month)"]
    assert await subscription.billed_lines(1) == [
        "1500 2027-02-28…2027-03-31 1 × Basic (at $15.00 / month)",
        "1245 2027-01-31…2027-02-28 124.5 × Calls (at $0.10 / month)",  # 124.5 × 10
    ]
    assert (await explained(subscription))[1] == "124.5 × $0.10 = $12.45"
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z", "2745 PAID 2027-02-28T10:00:00Z"]


async def test_an_item_by_use_alone_begins_without_an_invoice_or_payment_method(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer()
    await world.news()

    subscription = await subscribed(jenny, await usage.price())

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"], now["items"][0]["quantity"]) == ("ACTIVE", None, None)
    assert await subscription.billed() == []
    await jenny.take_card("pm_card_visa")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["0 0 × Calls (at $0.10 / month)"]
    assert await subscription.billed() == ["0 PAID 2027-02-28T10:00:00Z"]


async def test_what_a_resting_meter_would_count_takes_no_new_subscription(world: World) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.do("meterDeactivate", "meter { id }", id=usage.meter.id)
    await world.news()

    items = [{"price": basic}, {"price": calls}]
    refused = [("METER_INACTIVE", "items.1.price")]
    assert await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items) == refused
    added = {"id": subscription.id, "items": [{"price": calls}]}
    assert await world.refusal("subscriptionUpdate", "subscription", **added) == [("METER_INACTIVE", "items.0.price")]
    assert (await world.news(), await UsagePeriod.all().count()) == ([], 0)
    await world.do("meterReactivate", "meter { id }", id=usage.meter.id)
    assert await (await subscribed(jenny, basic, calls)).status() == "ACTIVE"


async def test_classic_shows_use_of_nothing_on_the_first_invoice(world: World) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")

    subscription = await subscribed(jenny, basic, calls, billingMode="CLASSIC")
    alone = await subscribed(jenny, calls, billingMode="CLASSIC")

    assert await subscription.lines() == ["1500 1 × Basic (at $15.00 / month)", "0 0 × Calls (at $0.10 / month)"]
    assert await explained(subscription) == ["1 × $15.00 = $15.00", "0 × $0.10 = $0.00"]
    assert await alone.billed() == ["0 PAID 2027-01-31T10:00:00Z"]
    assert await alone.status() == "ACTIVE"


async def test_a_draft_counts_use_until_it_is_final(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-28T10:30:00Z")
    assert await subscription.billed() == ["1000 DRAFT 2027-02-28T10:00:00Z"]

    await usage.used(jenny, "2027-02-20T00:00:00Z", "7")  # of the passed period
    await usage.used(jenny, "2027-02-28T10:10:00Z", "50")  # of the new one
    assert await subscription.billed() == ["1000 DRAFT 2027-02-28T10:00:00Z"]
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.billed() == ["1070 PAID 2027-02-28T10:00:00Z"]
    assert await subscription.lines() == ["1070 107 × Calls (at $0.10 / month)"]
    period = await UsagePeriod.get()
    assert (period.counted, period.drafted, period.is_open) == ("107", True, True)


@pytest.mark.parametrize("mode", ["FLEXIBLE", "CLASSIC"])
async def test_late_use_is_billed_once_with_the_open_period(world: World, mode: str) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), billingMode=mode)
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-03-05T00:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", "12")
    await usage.used(jenny, "2027-03-04T00:00:00Z", "30")
    await world.move_to("2027-03-31T10:30:00Z")
    assert await subscription.lines() == [
        "300 30 × Calls (at $0.10 / month)",
        "120 12 × Calls (at $0.10 / month), late use from 31 January to 28 February",
    ]
    await usage.used(jenny, "2027-02-12T00:00:00Z", "3")  # within the hour of the draft
    await world.move_to("2027-04-30T12:00:00Z")

    first = ["0 PAID 2027-01-31T10:00:00Z"] if mode == "CLASSIC" else []
    assert await subscription.billed() == [
        *first,
        "1000 PAID 2027-02-28T10:00:00Z",
        "450 PAID 2027-03-31T10:00:00Z",  # 30 + 12 + 3
        "0 PAID 2027-04-30T10:00:00Z",
    ]
    assert await explained(subscription, -2) == [
        "30 × $0.10 = $3.00",
        "15 × $0.10 = $1.50, late use from 31 January to 28 February",
    ]
    rows = await UsagePeriod.all().order_by("period_start")
    assert [(row.counted, row.is_open) for row in rows] == [("115", False), ("30", True), ("0", True)]


async def test_tiers_and_packages_price_what_was_used(world: World) -> None:
    usage = await Usage.metered(world)
    tiers = await usage.price(
        "Tiered", billingScheme="TIERED", tiersMode="GRADUATED",
        tiers=[{"upTo": 10, "unitAmount": 100, "flatAmount": 200}, {"unitAmount": 80}],
    )  # fmt: skip
    packages = await usage.price("Packed", unitAmount=500, transformQuantity={"divideBy": 10, "round": "UP"})
    value = await usage.price("Share", unitAmountDecimal="0.25")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, tiers, packages, value)
    await usage.used(jenny, "2027-02-10T00:00:00Z", "15")

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.lines() == [
        "1600 15 × Tiered (at graduated rates / month)",  # 200 + 10 × 100 + 5 × 80
        "1000 15 × Packed (at $5.00 per 10 / month)",  # two packages
        "4 15 × Share (at $0.0025 / month)",  # 3.75
    ]


@pytest.mark.parametrize(
    ("formula", "figure"), [(Formula.COUNT, 3), (Formula.LAST, 2), (Formula.MAX, 9), (Formula.UNIQUE, 3)]
)
async def test_every_aggregation_is_billed(world: World, formula: Formula, figure: int) -> None:
    usage = await Usage.metered(world, formula)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    for day, value in (("01", "4"), ("02", "9"), ("03", "2")):
        await usage.used(jenny, f"2027-02-{day}T00:00:00Z", value)

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.lines() == [f"{figure * 10} {figure} × Calls (at $0.10 / month)"]


async def test_use_of_a_trial_is_free(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), trialEnd="2027-02-10T10:00:00Z")
    await usage.used(jenny, "2027-02-05T00:00:00Z", "100")

    await world.move_to("2027-02-10T12:00:00Z")
    await usage.used(jenny, "2027-02-11T00:00:00Z", "2")
    await world.move_to("2027-03-10T12:00:00Z")

    assert await subscription.billed() == ["0 PAID 2027-02-10T10:00:00Z", "20 PAID 2027-03-10T10:00:00Z"]
    assert await subscription.billed_lines(0) == ["0 2027-01-31…2027-02-10 Trial period for Calls"]
    answer = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { invoices { nodes { lines { explanation } } } } }",
        {"id": subscription.id},
    )
    explained = [each["lines"][0]["explanation"] for each in answer["subscription"]["invoices"]["nodes"]]
    assert explained == ["2 × $0.10 = $0.20", "Nothing is charged for the time of a trial"]


async def test_the_last_use_is_billed_when_a_subscription_ends_with_its_period(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await subscription.update(cancelAtPeriodEnd=True)

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.status() == "CANCELED"
    assert await subscription.billed() == ["1000 PAID 2027-02-28T10:00:00Z"]


@pytest.mark.parametrize(("now", "billed"), [(True, ["1000 PAID 2027-02-15T00:00:00Z"]), (False, [])])
async def test_cancelling_bills_use_when_it_is_to_be_invoiced_now(world: World, now: bool, billed: list[str]) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-15T00:00:00Z")

    await subscription.cancel(invoiceNow=now, prorate=True)
    await world.move_to("2027-03-15T00:00:00Z")

    assert await subscription.billed() == billed


async def test_what_is_taken_back_after_its_invoice_lowers_the_next_one(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    subscription = await subscribed(jenny, basic, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-28T12:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", "-30")
    await world.move_to("2027-03-31T12:00:00Z")

    assert (await subscription.lines())[1:] == [
        "0 0 × Calls (at $0.10 / month)",
        "-300 -30 × Calls (at $0.10 / month), use taken back from 31 January to 28 February",
    ]
    assert (await subscription.billed())[-1] == "1200 PAID 2027-03-31T10:00:00Z"


async def test_late_use_of_an_item_that_is_gone_costs_what_it_adds_in_its_own_tiers(world: World) -> None:
    usage = await Usage.metered(world)
    tiers = [{"upTo": 10, "unitAmount": 100, "flatAmount": 200}, {"unitAmount": 80}]
    calls = await usage.price(billingScheme="TIERED", tiersMode="GRADUATED", tiers=tiers)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), calls, billingMode="FLEXIBLE")
    await usage.used(jenny, "2027-02-10T00:00:00Z", "9")
    await world.move_to("2027-02-15T00:00:00Z")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(items=[{"id": item, "deleted": True}])
    assert await subscription.waiting() == [1100]  # 200 + 9 × 100

    await usage.used(jenny, "2027-02-11T00:00:00Z", "3")
    await world.move_to("2027-02-28T12:00:00Z")

    # 12 cost 200 + 10 × 100 + 2 × 80 = 1360, of which 1100 were asked for.
    late = "260 3 × Calls (at graduated rates / month), late use from 31 January to 15 February"
    assert (await subscription.lines())[2] == late
    assert (await explained(subscription))[2] == (
        "first 10 × $1.00 = $10.00; flat fee $2.00; next 2 × $0.80 = $1.60; less $11.00 billed before; together $2.60,"
        " late use from 31 January to 15 February"
    )


CURRENT = """query($id: ID!) { subscription(id: $id) { items { currentUsage {
quantity from to amount currency projectedQuantity projectedAmount } } } }"""


async def test_an_item_tells_what_was_used_so_far_and_where_that_leads(world: World) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, basic, calls)
    other = await subscribed(jenny, calls)
    await usage.used(jenny, "2027-02-03T00:00:00Z", "30.5")
    await world.move_to("2027-02-07T10:00:00Z")  # 7 of 28 days

    found = (await world.api.ask(CURRENT, {"id": subscription.id}))["subscription"]["items"]

    assert found == [
        {"currentUsage": None},
        {
            "currentUsage": {
                "quantity": "30.5",
                "from": "2027-01-31T10:00:00Z",
                "to": "2027-02-07T10:00:00Z",
                "amount": 305,
                "currency": "usd",
                "projectedQuantity": "122",  # 30.5 × 28 / 7
                "projectedAmount": 1220,
            }
        },
    ]
    with world.api.statements() as one:
        await world.api.ask(CURRENT, {"id": other.id})
    with world.api.statements() as two:
        await world.api.ask(CURRENT, {"id": subscription.id})
    assert len(one) == len(two)
    preview = await subscription.preview()
    assert [line["amount"] for line in preview["lines"]] == [1500, 305]


async def test_the_verdict_of_an_event_says_that_its_time_was_billed(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    await subscribed(jenny, await usage.price())
    await world.move_to("2027-03-01T00:00:00Z")
    payload = {"customer": jenny.id, "value": "1"}
    events = [
        {"eventName": "calls", "identifier": str(number), "timestamp": at, "payload": payload}
        for number, at in enumerate(("2027-02-28T09:59:59Z", "2027-02-28T10:00:00Z", "2027-01-31T09:00:00Z"))
    ]

    answer = await world.do(
        "meterEventsCreate", "verdicts { status lateFor { start end } }", events=[*events, events[0]]
    )

    billed = {"start": "2027-01-31T10:00:00Z", "end": "2027-02-28T10:00:00Z"}
    assert answer["verdicts"] == [
        {"status": "ACCEPTED", "lateFor": billed},
        {"status": "ACCEPTED", "lateFor": None},  # of the open period
        {"status": "ACCEPTED", "lateFor": None},  # before there was anything to bill
        {"status": "DUPLICATE", "lateFor": None},
    ]
    one, told = {**events[0], "identifier": "late"}, "duplicate lateFor { start end }"
    answers = [await world.do("meterEventCreate", told, **one) for _ in range(2)]
    assert [(each["duplicate"], each["lateFor"]) for each in answers] == [(False, billed), (True, None)]


async def test_what_comes_late_for_what_has_ended_has_an_invoice_of_its_own(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await subscription.update(cancelAtPeriodEnd=True)
    await world.move_to("2027-03-01T00:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", "12")
    await usage.used(jenny, "2027-03-01T00:00:00Z", "1000")  # after the end
    await world.move_to("2027-05-01T00:00:00Z")

    assert await subscription.billed() == [
        "1000 PAID 2027-02-28T10:00:00Z",
        "120 PAID 2027-04-05T10:00:00Z",  # 36 days after the end
    ]
    assert await subscription.lines() == ["120 12 × Calls (at $0.10 / month), late use from 31 January to 28 February"]
    assert [(row.counted, row.is_open) for row in await UsagePeriod.all()] == [("112", False)]
    assert await subscription.status() == "CANCELED"
