"""Another interval, a price for what was free, and an anchor that is moved, in both billing modes.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February, the first year 365.
"""

import pytest

from tests.scenarios.test_intervals import HALF, periods, totals
from tests.scenarios.test_renewals import COLLECTED
from tests.scenarios.world import Subscription, World


async def anchor(subscription: Subscription) -> str:
    """From where its periods are counted."""
    return str((await subscription.now())["billingCycleAnchor"])


async def test_month_to_year_prorates_and_keeps_the_anchor(world: World) -> None:
    basic, yearly = await world.price("Basic", 2800), await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)

    await subscription.switch(yearly, prorationBehavior="ALWAYS_INVOICE")

    assert await subscription.lines() == [
        "-1400 Unused time on 1 × Basic after 14 Feb 2027",  # 14 of 28 days
        "35100 Remaining time on 1 × Yearly after 14 Feb 2027",  # 351 of 365 days
    ]
    assert (await anchor(subscription), await periods(subscription)) == (
        *("2027-01-31T10:00:00Z", ["2027-01-31…2028-01-31"]),
    )
    await world.move_to("2028-02-29T12:00:00Z")
    assert await totals(subscription) == ["2800 2027-01-31", "33700 2027-02-14", "36500 2028-01-31"]


async def test_year_to_month_prorates_and_keeps_the_anchor(world: World) -> None:
    basic, yearly = await world.price("Basic", 3000), await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(yearly)
    await world.move_to("2027-05-11T10:00:00Z")  # day 100; the month from 30 April has 31 days, 20 are left

    await subscription.switch(basic)

    assert await subscription.waiting() == [-26500, 1935]  # 265 of 365 days; 1935.48
    assert await periods(subscription) == ["2027-04-30…2027-05-31"]
    await world.move_to("2027-07-01T12:00:00Z")
    assert await totals(subscription) == [
        *["36500 2027-01-31", "-21565 2027-05-31", "3000 2027-06-30"],  # -26500 + 1935 + 3000
    ]


async def test_classic_month_to_year_begins_a_new_period_at_once(world: World) -> None:
    basic, yearly = await world.price("Basic", 2800), await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode="CLASSIC")
    await world.move_to(HALF)
    await world.news()

    await subscription.switch(yearly)

    assert await subscription.billed_lines(1) == [
        "-1400 2027-02-14…2027-02-28 Unused time on 1 × Basic after 14 Feb 2027",
        "36500 2027-02-14…2028-02-14 1 × Yearly (at $365.00 / year)",
    ]
    assert await world.news() == [
        *["invoiceitem.created", "invoiceitem.created", "invoice.created", "invoice.finalized"],
        *["customer.subscription.updated", "payment_intent.created", *COLLECTED[2:]],
    ]
    assert (await anchor(subscription), await periods(subscription)) == (HALF, ["2027-02-14…2028-02-14"])
    await world.move_to("2028-02-15T12:00:00Z")
    assert await totals(subscription) == ["2800 2027-01-31", "35100 2027-02-14", "36500 2028-02-14"]


async def test_classic_year_to_month_turns_the_rest_into_credit(world: World) -> None:
    basic, yearly = await world.price("Basic", 3000), await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(yearly, billingMode="CLASSIC")
    await world.move_to("2027-05-11T10:00:00Z")

    await subscription.switch(basic)

    invoice = (await subscription.invoices())[1]
    assert (invoice["total"], invoice["amountDue"], invoice["status"]) == (-23500, 0, "PAID")  # 3000 - 26500
    await world.move_to("2027-06-11T12:00:00Z")
    assert await totals(subscription) == ["36500 2027-01-31", "-23500 2027-05-11", "3000 2027-06-11"]
    assert (await subscription.invoices())[2]["amountDue"] == 0


async def test_classic_change_of_interval_without_proration_gives_nothing_back(world: World) -> None:
    basic, yearly = await world.price("Basic", 2800), await world.price("Yearly", 36500, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode="CLASSIC")
    await world.move_to(HALF)

    await subscription.switch(yearly, prorationBehavior="NONE")

    assert await totals(subscription) == ["2800 2027-01-31", "36500 2027-02-14"]


async def test_change_of_interval_without_proration_waits_for_the_next_period_of_the_new_one(world: World) -> None:
    basic, quarterly = await world.price("Basic", 2800), await world.price("Quarter", 9000, every="3 MONTH")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)

    await subscription.switch(quarterly, prorationBehavior="NONE")

    assert await periods(subscription) == ["2027-01-31…2027-04-30"]
    await world.move_to("2027-04-30T12:00:00Z")
    assert await totals(subscription) == ["2800 2027-01-31", "9000 2027-04-30"]


async def test_classic_free_to_paid_begins_a_new_period_at_once(world: World) -> None:
    free, pro = await world.price("Free", 0), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(free, billingMode="CLASSIC")
    await world.move_to(HALF)

    await subscription.switch(pro)

    assert (await anchor(subscription), await totals(subscription)) == (HALF, ["0 2027-01-31", "4000 2027-02-14"])
    await world.move_to("2027-03-14T12:00:00Z")
    assert (await totals(subscription))[2] == "4000 2027-03-14"


async def test_classic_free_to_paid_can_keep_the_anchor(world: World) -> None:
    free, pro = await world.price("Free", 0), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(free, billingMode="CLASSIC")
    await world.move_to(HALF)

    await subscription.switch(pro, billingCycleAnchor="UNCHANGED")

    assert (await anchor(subscription), await subscription.waiting()) == ("2027-01-31T10:00:00Z", [0, 2000])


@pytest.mark.parametrize(
    ("behavior", "waiting", "billed"),
    [
        ("CREATE_PRORATIONS", [-1400, 2800], ["2800 2027-01-31", "4200 2027-03-14"]),  # -1400 + 2800 + 2800
        ("NONE", [2800], ["2800 2027-01-31", "5600 2027-03-14"]),
        ("ALWAYS_INVOICE", [], ["2800 2027-01-31", "1400 2027-02-14", "2800 2027-03-14"]),
    ],
)
async def test_anchor_that_is_moved_begins_a_new_period(
    world: World, behavior: str, waiting: list[int], billed: list[str]
) -> None:
    basic = await world.price("Basic", 2800)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)

    await subscription.update(billingCycleAnchor="NOW", prorationBehavior=behavior)

    assert (await anchor(subscription), await periods(subscription)) == (HALF, ["2027-02-14…2027-03-14"])
    assert await subscription.waiting() == waiting
    await world.move_to("2027-03-14T12:00:00Z")
    assert await totals(subscription) == billed


@pytest.mark.parametrize(
    ("behavior", "billed"),
    [
        ("CREATE_PRORATIONS", ["2800 2027-01-31", "1400 2027-02-14", "2800 2027-03-14"]),
        ("NONE", ["2800 2027-01-31", "2800 2027-02-14", "2800 2027-03-14"]),
        ("ALWAYS_INVOICE", ["2800 2027-01-31", "1400 2027-02-14", "2800 2027-03-14"]),
    ],
)
async def test_classic_anchor_that_is_moved_is_invoiced_at_once(world: World, behavior: str, billed: list[str]) -> None:
    basic = await world.price("Basic", 2800)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode="CLASSIC")
    await world.move_to(HALF)

    await subscription.update(billingCycleAnchor="NOW", prorationBehavior=behavior)

    assert await subscription.waiting() == []
    await world.move_to("2027-03-14T12:00:00Z")
    assert await totals(subscription) == billed


async def test_anchor_and_items_move_together(world: World) -> None:
    seat, hosting = await world.price("Seat", 2800), await world.price("Hosting", 36500, every="1 YEAR")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(seat)
    await subscription.update(items=[{"price": hosting}], prorationBehavior="ALWAYS_INVOICE")
    await world.move_to(HALF)

    await subscription.switch(quantity=2, billingCycleAnchor="NOW", prorationBehavior="ALWAYS_INVOICE")

    assert await subscription.lines() == [
        "-1400 Unused time on 1 × Seat after 14 Feb 2027",
        "-35100 Unused time on 1 × Hosting after 14 Feb 2027",
        "5600 2 × Seat (at $28.00 / month)",
        "36500 1 × Hosting (at $365.00 / year)",
    ]
    assert await periods(subscription) == ["2027-02-14…2027-03-14", "2027-02-14…2028-02-14"]


async def test_preview_of_another_interval_has_the_lines_of_the_change(world: World) -> None:
    basic, yearly = await world.price("Basic", 2801), await world.price("Yearly", 36502, every="1 YEAR")
    jenny = await world.customer(card="pm_card_visa")
    for mode in ("FLEXIBLE", "CLASSIC"):
        subscription = await jenny.subscribe(basic, billingMode=mode)
        details = {
            "items": [{"id": await subscription.item(), "price": yearly}],
            "prorationDate": (await subscription.now())["items"][0]["currentPeriodStart"],
        }
        before = await subscription.now()

        preview = await subscription.preview(**details)

        assert await subscription.now() == before
        await subscription.update(**details)
        if mode == "FLEXIBLE":
            assert await subscription.preview() == preview
        else:
            lines = [f"{each['amount']} {each['description']}" for each in preview["lines"]]
            assert await subscription.lines() == lines


async def test_change_on_the_31st_across_february_comes_back_to_the_31st(world: World) -> None:
    await world.move_to("2027-02-28T12:00:00Z")
    basic, quarterly = await world.price("Basic", 3100), await world.price("Quarter", 9000, every="3 MONTH")
    await world.move_to("2027-08-31T10:00:00Z")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2028-02-25T10:00:00Z")  # the month from 31 January has 29 days in 2028; 4 are left

    await subscription.switch(quarterly)

    # The quarters from 31 August: the second ends with February too, and has 91 days since 30 November.
    assert await subscription.waiting() == [-428, 396]  # 427.59; 395.60
    assert await periods(subscription) == ["2027-11-30…2028-02-29"]
    await world.move_to("2028-05-31T12:00:00Z")
    assert (await totals(subscription))[-2:] == ["8968 2028-02-29", "9000 2028-05-31"]


@pytest.mark.parametrize(("currency", "waiting"), [("jpy", [-500, 34652]), ("kwd", [-500, 34652])])
async def test_change_of_interval_in_currencies_without_and_with_three_decimals(
    world: World, currency: str, waiting: list[int]
) -> None:
    basic = await world.price("Basic", 1000, currency=currency)
    yearly = await world.price("Yearly", 36034, every="1 YEAR", currency=currency)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)

    await subscription.switch(yearly)

    assert await subscription.waiting() == waiting  # 14 of 28 days; 351 of 365 days: 34651.87


async def test_anchor_does_not_move_during_a_trial_or_with_contradictions(world: World) -> None:
    basic, yearly = await world.price("Basic", 2800), await world.price("Yearly", 36500, every="1 YEAR")
    jenny = await world.customer(card="pm_card_visa")
    trial = await jenny.subscribe(basic, trialPeriodDays=10)
    classic = await jenny.subscribe(basic, billingMode="CLASSIC")
    items = [{"id": await classic.item(), "price": yearly}]
    await world.news()

    on_trial = await world.refusal("subscriptionUpdate", "subscription", id=trial.id, billingCycleAnchor="NOW")
    staying = await world.refusal(
        "subscriptionUpdate", "subscription", id=classic.id, items=items, billingCycleAnchor="UNCHANGED"
    )

    assert on_trial == staying == [("PARAMETER_INVALID", "billingCycleAnchor")]
    assert await world.news() == []
