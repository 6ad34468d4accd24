"""Subscriptions that are paused and go on: the period ends, unused time is given back, and nothing is invoiced.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

UPDATED, PAUSED = "customer.subscription.updated", "customer.subscription.paused"
RESUMED = "customer.subscription.resumed"
HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""
ASKED = ["invoice.created", "invoice.finalized", UPDATED, "payment_intent.created"]
PAYMENT = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]


async def subscribed(world: World, **input: Any) -> tuple[Customer, Subscription]:
    """Jenny and her subscription over 15.00 USD a month, at half time."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **input)
    await world.move_to(HALF)
    await world.news()
    return jenny, subscription


async def pause(subscription: Subscription, **input: Any) -> None:
    await subscription.world.do("subscriptionPause", "subscription { id }", id=subscription.id, **input)


async def resume(subscription: Subscription, **input: Any) -> list[str]:
    """Resume it; the codes of what was wrong with the card."""
    answer = await subscription.world.do("subscriptionResume", "subscription { id }", id=subscription.id, **input)
    return [each["code"] for each in answer["userErrors"]]


async def refused(subscription: Subscription, verb: str = "subscriptionPause", **input: Any) -> list[tuple[str, str]]:
    """How the verb is refused; nothing moves."""
    await subscription.world.news()
    before = await subscription.now(), await subscription.waiting()
    found = await subscription.world.refusal(verb, "subscription", id=subscription.id, **input)
    assert (await subscription.now(), await subscription.waiting()) == before
    assert await subscription.world.news() == []
    return found


async def test_a_pause_ends_the_period_and_gives_unused_time_back(world: World) -> None:
    _, subscription = await subscribed(world)

    await pause(subscription)

    assert await subscription.waiting() == [-750]  # 14 of 28 days of 15.00
    assert await world.news() == ["invoiceitem.created", UPDATED, PAUSED]
    now = await subscription.now()
    assert (now["status"], now["items"][0]["currentPeriodEnd"]) == ("PAUSED", HALF)
    details = "statusDetails { paused { transitionedAt subscription { type } } }"
    asked = f"query($id: ID!) {{ subscription(id: $id) {{ {details} }} }}"
    found = (await world.api.ask(asked, {"id": subscription.id}))["subscription"]["statusDetails"]
    assert found == {"paused": {"transitionedAt": HALF, "subscription": {"type": "PAUSE_REQUESTED"}}}
    await world.move_to("2027-06-30T00:00:00Z")
    assert await world.news() == moving()
    assert len(await subscription.invoices()) == 1


async def test_the_event_of_a_pause_says_why(world: World) -> None:
    _, subscription = await subscribed(world)

    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})

    page = await world.api.ask("{ events(first: 2) { nodes { type data { object previousAttributes } } } }")
    last, before = page["events"]["nodes"]
    told = last["data"]["object"]["status_details"]["paused"]
    assert (last["type"], told["type"], told["subscription"]) == (PAUSED, "subscription", {"type": "pause_requested"})
    assert told["transitioned_at"] == 1802599200  # 14 February 2027, 10:00
    former = before["data"]["previousAttributes"]
    assert (former["status"], former["status_details"]) == ("active", None)


@pytest.mark.parametrize(("since", "waiting"), [("NONE", []), ("NOW", [-750]), ("ITEM_CURRENT_PERIOD_START", [-1500])])
async def test_what_is_given_back_is_chosen(world: World, since: str, waiting: list[int]) -> None:
    _, subscription = await subscribed(world)

    await pause(subscription, billFor={"unusedTimeFrom": since})

    assert await subscription.waiting() == waiting


async def test_credit_that_is_invoiced_at_once_belongs_to_the_customer(world: World) -> None:
    jenny, subscription = await subscribed(world)

    await pause(subscription, invoicingBehavior="INVOICE")

    assert (await subscription.billed())[1] == f"-750 PAID {HALF}"
    assert await subscription.waiting() == []
    assert await subscription.status() == "PAUSED"  # an invoice that is paid meanwhile changes nothing
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -750
    paid = ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
    assert sorted(await world.news()) == sorted(["invoiceitem.created", *paid, "customer.updated", UPDATED, PAUSED])


async def test_credit_is_what_was_invoiced_after_a_change_without_proration(world: World) -> None:
    _, subscription = await subscribed(world)
    await subscription.switch(await world.price("Pro", 4000), prorationBehavior="NONE")

    await pause(subscription)

    assert await subscription.waiting() == [-750]  # Pro was never invoiced


async def test_credit_after_a_prorated_change_is_that_of_the_new_price(world: World) -> None:
    _, subscription = await subscribed(world)
    await subscription.switch(await world.price("Pro", 4000))
    await world.move_to("2027-02-21T10:00:00Z")

    whole = await refused(subscription, billFor={"unusedTimeFrom": "ITEM_CURRENT_PERIOD_START"})
    await pause(subscription)

    assert whole == [("PARAMETER_INVALID", "billFor.unusedTimeFrom")]  # no one price holds for the whole period
    assert await subscription.waiting() == [-750, 2000, -1000]  # 14, 14 and then 7 of 28 days


async def test_resumed_now_a_new_period_begins_and_takes_the_credit_up(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription)
    await world.move_to("2027-03-05T09:00:00Z")
    await world.news()

    assert await resume(subscription) == []

    assert await world.news() == [*ASKED, *PAYMENT, UPDATED, RESUMED]
    now = await subscription.now()
    assert (now["status"], now["billingCycleAnchor"]) == ("ACTIVE", "2027-03-05T09:00:00Z")
    assert await subscription.waiting() == []
    await world.move_to("2027-04-05T12:00:00Z")
    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "750 PAID 2027-03-05T09:00:00Z",  # 15.00 - 7.50
        "1500 PAID 2027-04-05T09:00:00Z",
    ]


async def test_resumed_with_its_anchor_it_joins_the_period_under_way(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription)
    await world.move_to("2027-03-15T22:00:00Z")  # 15.5 of the 31 days from 28 February are left
    await world.news()

    assert await resume(subscription, billingCycleAnchor="UNCHANGED") == []

    assert await world.news() == ["invoiceitem.created", UPDATED, RESUMED]
    assert await subscription.waiting() == [-750, 750]  # half of February, half of the period until 31 March
    now = await subscription.now()
    assert (now["status"], now["billingCycleAnchor"]) == ("ACTIVE", "2027-01-31T10:00:00Z")
    item = now["items"][0]
    assert [item[f"currentPeriod{end}"][:10] for end in ("Start", "End")] == ["2027-02-28", "2027-03-31"]
    await world.move_to("2027-03-31T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert (await subscription.billed())[1] == "1500 PAID 2027-03-31T10:00:00Z"


async def test_pausing_and_resuming_in_one_period_nets_to_the_time_between(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription)
    await world.move_to("2027-02-21T10:00:00Z")

    await resume(subscription, billingCycleAnchor="UNCHANGED")

    assert await subscription.waiting() == [-750, 375]  # 14 days back, 7 again: 7 of 28 days were paused
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1125 PAID 2027-02-28T10:00:00Z"


async def test_a_stub_can_be_invoiced_at_once(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await world.move_to("2027-03-15T22:00:00Z")

    assert await resume(subscription, billingCycleAnchor="UNCHANGED", prorationBehavior="ALWAYS_INVOICE") == []

    assert await subscription.billed_lines(1) == [
        "750 2027-03-15…2027-03-31 Remaining time on 1 × Basic after 15 Mar 2027"
    ]
    await world.move_to("2027-04-30T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "750", "1500", "1500"]
    assert await subscription.status() == "ACTIVE"


async def test_a_stub_can_be_free_and_then_nothing_is_given_back_for_it(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await world.move_to("2027-03-15T22:00:00Z")

    await resume(subscription, billingCycleAnchor="UNCHANGED", prorationBehavior="NONE")

    assert await subscription.waiting() == []
    await subscription.switch(await world.price("Pro", 4000))
    assert await subscription.waiting() == [0, 2000]  # half of Pro; nothing was invoiced that could be given back


async def test_a_card_that_declines_leaves_it_paused_and_the_credit_waits_again(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await pause(subscription)
    await world.move_to("2027-03-05T09:00:00Z")
    await jenny.script("INSUFFICIENT_FUNDS")

    assert await resume(subscription) == ["CARD_DECLINED"]
    assert (await subscription.status(), await subscription.waiting()) == ("PAUSED", [])
    assert await refused(subscription, "subscriptionResume") == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]
    await world.news()
    await world.move_to("2027-03-06T08:00:00Z")

    voided = ["payment_intent.canceled", "invoice.voided", "customer.updated", "invoiceitem.created"]
    assert await world.news() == moving(*voided)
    now = await subscription.now()
    assert (now["status"], now["billingCycleAnchor"]) == ("PAUSED", "2027-01-31T10:00:00Z")  # as before
    assert await subscription.waiting() == [-750]
    assert await resume(subscription) == []
    assert (await subscription.billed())[2] == "750 PAID 2027-03-06T08:00:00Z"


async def test_left_to_the_customer_it_goes_on_when_they_pay(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await world.news()

    await resume(subscription, paymentBehavior="RESUME_ON_PAYMENT_ATTEMPT")

    assert await world.news() == ASKED
    invoice = (await subscription.now())["latestInvoice"]
    assert (await subscription.status(), invoice["status"], invoice["attemptCount"]) == ("PAUSED", "OPEN", 0)
    await world.do("invoicePay", "invoice { status }", id=invoice["id"])
    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-03-14T12:00:00Z")
    assert (await subscription.billed())[2] == "1500 PAID 2027-03-14T10:00:00Z"


async def test_left_to_the_customer_a_payment_that_fails_makes_it_past_due(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await resume(subscription, paymentBehavior="RESUME_ON_PAYMENT_ATTEMPT")
    await jenny.script("INSUFFICIENT_FUNDS")

    await world.do("invoicePay", "invoice { status }", id=(await subscription.now())["latestInvoice"]["id"])

    assert await subscription.status() == "PAST_DUE"
    await world.move_to("2027-03-14T12:00:00Z")  # never voided, never tried again, and renewed in its turn
    assert [line.rsplit(" ", 1)[0] for line in await subscription.billed()] == ["1500 PAID", "1500 OPEN", "1500 PAID"]
    assert await subscription.status() == "ACTIVE"


async def test_given_up_the_resumption_lets_it_go_on(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await jenny.script("INSUFFICIENT_FUNDS")
    await resume(subscription)

    await world.do("invoiceMarkUncollectible", "invoice { id }", id=(await subscription.now())["latestInvoice"]["id"])

    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-03-14T12:00:00Z")
    assert (await subscription.billed())[2] == "1500 PAID 2027-03-14T10:00:00Z"


async def test_debts_from_before_are_tried_on_and_change_nothing(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await jenny.script("INSUFFICIENT_FUNDS", "SUCCEED")
    await world.do("accountSettingsUpdate", "account { id }", retryPolicy="CUSTOM", retryWaits=[3])
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.status() == "PAST_DUE"

    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await world.move_to("2027-03-03T12:00:00Z")

    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"
    assert await subscription.status() == "PAUSED"


async def test_debts_that_cannot_be_collected_do_not_end_what_is_paused(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await jenny.script("INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS")
    await world.do("accountSettingsUpdate", "account { id }", retryPolicy="CUSTOM", retryWaits=[3], retriesEnd="CANCEL")
    await world.move_to("2027-02-28T12:00:00Z")
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})

    await world.move_to("2027-04-28T12:00:00Z")

    assert (await subscription.status(), (await subscription.billed())[1].split()[1]) == ("PAUSED", "OPEN")


async def test_a_draft_from_before_is_collected_in_its_hour(world: World) -> None:
    _, subscription = await subscribed(world)
    await world.move_to("2027-02-28T10:30:00Z")

    await pause(subscription)
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"
    assert await subscription.status() == "PAUSED"
    assert await subscription.waiting() == [-1499]  # 31 days less half an hour: 1498.99


async def test_cancelled_while_it_is_paused_its_debts_stay(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    await pause(subscription)

    await subscription.cancel()

    assert (await subscription.status(), (await subscription.billed())[1].split()[1]) == ("CANCELED", "OPEN")


async def test_cancelled_while_it_is_being_resumed_nobody_pays_for_that(world: World) -> None:
    jenny, subscription = await subscribed(world)
    await pause(subscription, billFor={"unusedTimeFrom": "NONE"})
    await jenny.script("INSUFFICIENT_FUNDS")
    await resume(subscription)

    await subscription.cancel()

    assert (await subscription.status(), (await subscription.billed())[1].split()[1]) == ("CANCELED", "VOID")


async def test_items_and_endings_are_refused_while_it_is_paused(world: World) -> None:
    _, subscription = await subscribed(world)
    await pause(subscription)
    state = [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]

    assert await refused(subscription) == state  # twice
    item = {"id": await subscription.item(), "quantity": 2}
    assert await refused(subscription, "subscriptionUpdate", items=[item]) == state
    assert await refused(subscription, "subscriptionUpdate", cancelAtPeriodEnd=True) == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", "cancelAtPeriodEnd")
    ]
    await subscription.update(pauseCollection={"behavior": "VOID"})
    assert await refused(subscription, "subscriptionResume") == state
    await subscription.update(pauseCollection=None)
    assert await resume(subscription) == []


async def test_what_cannot_be_paused(world: World) -> None:
    jenny, classic = await subscribed(world, billingMode="CLASSIC")
    free = await world.price("Plus", 2000)
    trial = await jenny.subscribe(free, trialPeriodDays=10)
    ending = await jenny.subscribe(free, cancelAtPeriodEnd=True)
    uncollected = await jenny.subscribe(free)
    await uncollected.update(pauseCollection={"behavior": "VOID"})
    over = await jenny.subscribe(free)
    await over.cancel()
    await jenny.take_card("pm_card_chargeCustomerFail")
    incomplete = await jenny.subscribe(free)

    for subscription in (classic, trial, ending, uncollected, over, incomplete):
        assert await refused(subscription) == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]


async def test_resuming_from_a_trial_may_keep_the_anchor_too(world: World) -> None:
    jenny = await world.customer()
    settings = {"endBehavior": {"missingPaymentMethod": "PAUSE"}}
    subscription = await jenny.subscribe(await world.price("Basic", 1500), trialPeriodDays=14, trialSettings=settings)
    await world.move_to("2027-02-28T10:00:00Z")  # half of the 28 days from the end of the trial, 14 February
    assert await subscription.status() == "PAUSED"

    await resume(subscription, billingCycleAnchor="UNCHANGED")

    assert (await subscription.status(), await subscription.waiting()) == ("ACTIVE", [750])
    await jenny.take_card("pm_card_visa")
    await world.move_to("2027-03-14T12:00:00Z")
    assert (await subscription.billed())[1] == "2250 PAID 2027-03-14T10:00:00Z"
