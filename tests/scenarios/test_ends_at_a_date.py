"""Ending at a date, taking that back, and what is given back of time that is not used.

The world's clock stands at 31 January 2027, 10:00; the first period has 28 days, a day of it costs 1.00. The second
period has 31 days.
"""

from typing import Any

import pytest

from tests.scenarios.test_anchors import current, subscribed
from tests.scenarios.test_changes import HALF
from tests.scenarios.test_renewals import COLLECTED, moving
from tests.scenarios.world import Subscription, World

DELETED = "customer.subscription.deleted"
UPDATED = "customer.subscription.updated"
MID_MARCH = "2027-03-15T10:00:00Z"


async def running(world: World, **input: Any) -> Subscription:
    """A subscription of 28.00 a month."""
    return await subscribed(world, amount=2800, **input)


async def test_end_in_a_later_period_shortens_that_period(world: World) -> None:
    subscription = await running(world)
    await world.news()
    await subscription.update(cancelAt=MID_MARCH)

    now = await subscription.now()
    assert (now["cancelAt"], now["canceledAt"], now["cancelAtPeriodEnd"]) == (MID_MARCH, "2027-01-31T10:00:00Z", False)
    assert await world.news() == [UPDATED]
    assert await subscription.waiting() == []
    await world.move_to("2027-03-01T10:00:00Z")
    # 15 of the 31 days from 28 February: 13.548
    assert await subscription.billed_lines(1) == [
        "1355 2027-02-28…2027-03-15 Time on 1 × Basic from 28 Feb 2027 until 15 Mar 2027"
    ]
    assert await current(subscription) == ("2027-02-28T10:00:00Z", MID_MARCH)
    await world.news()
    await world.move_to("2027-06-01T00:00:00Z")
    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", MID_MARCH)
    assert await world.news() == moving(DELETED)
    assert len(await subscription.billed()) == 2


async def test_end_in_the_current_period_gives_back_what_is_beyond(world: World) -> None:
    subscription = await running(world)
    await world.move_to("2027-02-07T10:00:00Z")
    await world.news()
    await subscription.update(cancelAt=HALF)

    assert await subscription.waiting() == [-1400]  # 14 of 28 days
    assert await world.news() == ["invoiceitem.created", UPDATED]
    assert await current(subscription) == ("2027-01-31T10:00:00Z", HALF)
    await world.move_to("2027-02-14T12:00:00Z")
    # what waited is invoiced at the end, and becomes credit
    assert await subscription.billed() == ["2800 PAID 2027-01-31T10:00:00Z", f"-1400 PAID {HALF}"]
    assert await subscription.status() == "CANCELED"
    assert await world.news() == moving(
        *["invoice.created", DELETED, "customer.updated"],
        *["invoice.finalized", "invoice.paid", "invoice.payment_succeeded"],
    )
    assert await subscription.waiting() == []


async def test_without_prorations_nothing_of_the_current_period_is_given_back(world: World) -> None:
    subscription = await running(world)
    await subscription.update(cancelAt=HALF, prorationBehavior="NONE")
    assert await subscription.waiting() == []
    assert await current(subscription) == ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z")
    await world.move_to("2027-03-31T12:00:00Z")
    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", HALF)
    assert len(await subscription.billed()) == 1


async def test_what_is_given_back_may_be_invoiced_at_once(world: World) -> None:
    subscription = await running(world)
    await subscription.update(cancelAt=HALF, prorationBehavior="ALWAYS_INVOICE")
    assert [line.split()[:2] for line in await subscription.billed()] == [["2800", "PAID"], ["-1400", "PAID"]]
    await subscription.update(cancelAt=None, prorationBehavior="ALWAYS_INVOICE")
    assert [each["amountDue"] for each in await subscription.invoices()] == [2800, 0, 0]  # paid from the credit
    assert (await subscription.billed())[2].split()[:2] == ["1400", "PAID"]


@pytest.mark.parametrize("back", [{"cancelAt": None}, {"cancelAtPeriodEnd": False}])
async def test_end_that_is_taken_back_costs_nothing_in_all(world: World, back: dict[str, Any]) -> None:
    subscription = await running(world)
    await world.move_to("2027-02-07T10:00:00Z")
    await subscription.update(cancelAt=HALF)
    if back == {"cancelAtPeriodEnd": False}:
        await subscription.update(cancelAtPeriodEnd=True)  # put off to the end of the period
    await subscription.update(**back)

    now = await subscription.now()
    assert (now["cancelAt"], now["canceledAt"]) == (None, None)
    assert await subscription.waiting() == [-1400, 1400]
    assert await current(subscription) == ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z")
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["2800", "2800"]


async def test_end_that_is_put_off_charges_the_time_between(world: World) -> None:
    subscription = await running(world)
    await subscription.update(cancelAt="2027-02-10T10:00:00Z")
    await subscription.update(cancelAt=HALF)
    assert await subscription.waiting() == [-1800, 400]  # 18 days given back, 4 charged


async def test_a_change_before_the_end_is_prorated_up_to_it(world: World) -> None:
    pro = await world.price("Pro", 5600)
    subscription = await running(world)
    await subscription.update(cancelAt=HALF)
    await world.move_to("2027-02-10T10:00:00Z")
    await subscription.switch(pro)
    assert await subscription.waiting() == [-1400, -400, 800]  # of the 4 days that are left until 14 February


@pytest.mark.parametrize("word", ["MIN_PERIOD_END", "MAX_PERIOD_END"])
async def test_the_end_of_a_period_may_be_said_by_a_word(world: World, word: str) -> None:
    subscription = await running(world)
    await subscription.update(cancelAt=word)
    now = await subscription.now()
    assert (now["cancelAt"], now["cancelAtPeriodEnd"]) == ("2027-02-28T10:00:00Z", False)
    await world.move_to("2027-03-01T00:00:00Z")
    assert (await subscription.status(), len(await subscription.billed())) == ("CANCELED", 1)


async def test_an_end_may_be_set_from_the_beginning(world: World) -> None:
    within = await running(world, cancelAt=HALF)
    assert await within.billed() == ["1400 PAID 2027-01-31T10:00:00Z"]  # 14 of 28 days
    free = await running(world, cancelAt=HALF, prorationBehavior="NONE")
    assert await free.billed() == ["2800 PAID 2027-01-31T10:00:00Z"]
    later = await running(world, cancelAt=MID_MARCH)
    await world.move_to("2027-04-30T12:00:00Z")
    assert [line.split()[0] for line in await later.billed()] == ["2800", "1355"]
    for each in (within, free, later):
        assert await each.status() == "CANCELED"


@pytest.mark.parametrize(("mode", "trial_end"), [("FLEXIBLE", "2027-03-02T10:00:00Z"), ("CLASSIC", HALF)])
@pytest.mark.parametrize("at_first", [True, False])
async def test_end_before_the_end_of_a_trial(world: World, mode: str, trial_end: str, at_first: bool) -> None:
    first = {"cancelAt": HALF} if at_first else {}
    subscription = await running(world, trialPeriodDays=30, billingMode=mode, **first)
    if not at_first:
        await subscription.update(cancelAt=HALF)

    now = await subscription.now()
    assert (now["trialEnd"], now["cancelAt"]) == (trial_end, HALF)
    await world.move_to("2027-02-14T12:00:00Z")
    assert await subscription.status() == "CANCELED"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]


async def test_end_after_a_trial_shortens_the_first_period(world: World) -> None:
    subscription = await running(world, trialEnd="2027-02-28T10:00:00Z", cancelAt=MID_MARCH)
    await world.move_to("2027-03-15T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["0", "1500"]  # 15 of 28 days until 28 March
    assert await subscription.status() == "CANCELED"


async def test_cancelling_now_may_give_back_what_is_not_used(world: World) -> None:
    subscription = await running(world)
    await world.move_to(HALF)
    await world.news()
    await subscription.cancel(prorate=True)
    assert await world.news() == ["invoiceitem.created", DELETED]
    found = await world.api.ask("{ invoiceItems(first: 2, filter: {pending: true}) { nodes { amount } } }")
    assert found["invoiceItems"]["nodes"] == [{"amount": -1400}]
    assert len(await subscription.billed()) == 1


async def test_cancelling_now_may_turn_it_into_credit(world: World) -> None:
    price = await world.price("Basic", 2800)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price)
    await world.move_to(HALF)
    await world.news()
    await subscription.cancel(prorate=True, invoiceNow=True)

    assert (await subscription.billed())[1] == f"-1400 PAID {HALF}"
    told = await world.news()
    assert told[:3] == ["invoiceitem.created", "invoice.created", "customer.updated"]
    assert told[-1] == DELETED
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -1400


async def test_cancelling_now_may_collect_what_waits(world: World) -> None:
    pro = await world.price("Pro", 5600)
    subscription = await running(world)
    await world.move_to(HALF)
    await subscription.switch(pro)  # 14 of 28 days: -1400 + 2800
    await subscription.cancel(invoiceNow=True)
    assert (await subscription.billed())[1] == f"1400 PAID {HALF}"
    assert await subscription.waiting() == []


async def test_a_declined_final_invoice_stays_open_and_the_end_stands(world: World) -> None:
    price, pro = await world.price("Basic", 2800), await world.price("Pro", 5600)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price)
    await world.move_to(HALF)
    await subscription.switch(pro)
    await jenny.script("DO_NOT_HONOR")
    answer = await world.do("subscriptionCancel", "subscription { status }", id=subscription.id, invoiceNow=True)
    assert answer["subscription"]["status"] == "CANCELED"
    assert [each["type"] for each in answer["userErrors"]] == ["CARD_ERROR"]
    assert (await subscription.billed())[1] == f"1400 OPEN {HALF}"


async def test_what_was_not_collected_is_not_given_back(world: World) -> None:
    subscription = await running(world)
    await world.move_to("2027-02-28T10:30:00Z")  # the renewal is a draft, which stays one
    await subscription.cancel(prorate=True)
    assert await subscription.waiting() == []
    trialing = await running(world, trialPeriodDays=10)
    await trialing.cancel(prorate=True, invoiceNow=True)
    assert len(await trialing.billed()) == 1


async def test_items_that_wait_are_collected_at_the_end_of_the_period(world: World) -> None:
    pro = await world.price("Pro", 5600)
    subscription = await running(world)
    await subscription.update(cancelAtPeriodEnd=True)
    await world.move_to(HALF)
    await subscription.switch(pro)
    await world.news()
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1400 PAID 2027-02-28T10:00:00Z"
    assert await world.news() == moving("invoice.created", DELETED, *COLLECTED)


@pytest.mark.parametrize(
    ("input", "code"),
    [
        ({"cancelAt": "2027-01-31T10:00:00Z"}, "PARAMETER_INVALID"),
        ({"cancelAt": HALF, "cancelAtPeriodEnd": True}, "PARAMETERS_EXCLUSIVE"),
    ],
)
async def test_an_end_that_cannot_be_is_refused_and_nothing_moves(
    world: World, input: dict[str, Any], code: str
) -> None:
    subscription = await running(world)
    before = await subscription.now()
    await world.news()
    refused = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, **input)
    assert refused == [(code, "cancelAt")]
    assert (await subscription.now(), await world.news()) == (before, [])
