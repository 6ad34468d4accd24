"""Subscriptions that go to another customer: who is charged for what, before and after.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

UPDATED = "customer.subscription.updated"
HALF = "2027-02-14T10:00:00Z"


async def two(world: World, **input: Any) -> tuple[Customer, Customer, Subscription]:
    """Jenny, Omar who will have her subscription over 15.00 USD a month, and that, at half time."""
    jenny, omar = [await world.customer(card="pm_card_visa") for _ in range(2)]
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **input)
    await world.move_to(HALF)
    await world.news()
    return jenny, omar, subscription


async def transfer(subscription: Subscription, to: Customer, **input: Any) -> None:
    world = subscription.world
    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=to.id, **input)


async def refused(subscription: Subscription, to: str, **input: Any) -> list[tuple[str, str]]:
    """How a transfer is refused; nothing moves."""
    world = subscription.world
    await world.news()
    before = await subscription.now()
    asked = {"id": subscription.id, "customer": to, **input}
    found = await world.refusal("subscriptionTransfer", "subscription", **asked)
    assert (await subscription.now(), await world.news()) == (before, [])
    return found


async def payers(subscription: Subscription) -> list[str]:
    """Whose each of its invoices is, oldest first, with total and status."""
    asked = "invoices(first: 100) { nodes { total status customer { id } } }"
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ {asked} }} }}", {"id": subscription.id}
    )
    nodes = found["subscription"]["invoices"]["nodes"][::-1]
    return [f"{each['customer']['id']} {each['total']} {each['status']}" for each in nodes]


async def of(customer: Customer, selection: str) -> Any:
    """Something of a customer."""
    asked = f"query($id: ID!) {{ customer(id: $id) {{ {selection} }} }}"
    return (await customer.world.api.ask(asked, {"id": customer.id}))["customer"]


async def test_the_new_customer_is_charged_from_the_next_period_on(world: World) -> None:
    jenny, omar, subscription = await two(world)

    await transfer(subscription, omar)

    assert await world.news() == [*["customer.updated"], UPDATED]  # Omar's currency is decided
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{omar.id} 1500 PAID"]
    numbers = [each["number"] for each in await subscription.invoices()]
    assert numbers[0].endswith("-0001") and numbers[1].endswith("-0001")  # each has their own
    assert (await subscription.now())["billingCycleAnchor"] == "2027-01-31T10:00:00Z"


async def test_the_event_names_the_former_customer(world: World) -> None:
    jenny, omar, subscription = await two(world)

    await transfer(subscription, omar, defaultPaymentMethod=omar.cards[0])

    page = await world.api.ask("{ events(first: 1) { nodes { type data { object previousAttributes } } } }")
    [event] = page["events"]["nodes"]
    assert (event["type"], event["data"]["object"]["customer"]) == (UPDATED, omar.id)
    assert event["data"]["previousAttributes"] == {"customer": jenny.id, "default_payment_method": None}


async def test_nobody_pays_twice_and_lists_show_it_where_it_is(world: World) -> None:
    jenny, omar, subscription = await two(world)

    await transfer(subscription, omar)

    shown = [await of(each, "subscriptions { nodes { id } } invoices { nodes { total } }") for each in (jenny, omar)]
    assert [each["subscriptions"]["nodes"] for each in shown] == [[], [{"id": subscription.id}]]
    assert [each["invoices"]["nodes"] for each in shown] == [[{"total": 1500}], []]


async def test_what_waits_goes_along(world: World) -> None:
    jenny, omar, subscription = await two(world)
    await subscription.switch(await world.price("Pro", 4000))

    await transfer(subscription, omar)
    await world.move_to("2027-02-28T12:00:00Z")

    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{omar.id} 5250 PAID"]  # -7.50 + 20.00 + 40.00


async def test_a_draft_stays_with_the_former_customer_and_their_card(world: World) -> None:
    jenny, omar, subscription = await two(world)
    own = await jenny.take_card("pm_card_amex")
    await jenny.take_card("pm_card_visa")
    await subscription.update(defaultPaymentMethod=own)
    await world.move_to("2027-02-28T10:30:00Z")
    await world.news()

    await transfer(subscription, omar)

    assert await world.news() == ["invoice.updated", "customer.updated", UPDATED]  # the draft keeps the card
    await world.move_to("2027-03-31T12:00:00Z")
    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{jenny.id} 1500 PAID", f"{omar.id} 1500 PAID"]
    asked = "query($id: ID!) { invoice(id: $id) { paymentIntent { paymentMethod { id } } } }"
    charged = [
        (await world.api.ask(asked, {"id": each["id"]}))["invoice"]["paymentIntent"]["paymentMethod"]["id"]
        for each in (await subscription.invoices())[1:]
    ]
    assert charged == [own, omar.cards[-1]]


async def test_debts_stay_with_the_former_customer_and_do_not_touch_the_new_one(world: World) -> None:
    jenny, omar, subscription = await two(world)
    await world.do("accountSettingsUpdate", "account { id }", retryPolicy="CUSTOM", retryWaits=[3], retriesEnd="CANCEL")
    await jenny.script("INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.status() == "PAST_DUE"

    await transfer(subscription, omar)

    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-03-04T12:00:00Z")  # the last retry fails
    assert await subscription.status() == "ACTIVE"
    assert [(await of(each, "delinquent"))["delinquent"] for each in (jenny, omar)] == [True, False]
    debt = (await subscription.invoices())[1]
    assert (debt["status"], debt["attemptCount"]) == ("OPEN", 2)
    await world.do("invoicePay", "invoice { status }", id=debt["id"])
    assert await of(jenny, "delinquent") == {"delinquent": False}
    await world.move_to("2027-03-31T12:00:00Z")
    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{jenny.id} 1500 PAID", f"{omar.id} 1500 PAID"]


async def test_a_new_card_of_the_new_customer_pays_no_debt_of_the_former_one(world: World) -> None:
    jenny, omar, subscription = await two(world)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")

    await transfer(subscription, omar, defaultPaymentMethod="pm_card_amex")

    assert (await subscription.invoices())[1]["status"] == "OPEN"
    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{jenny.id} 1500 OPEN"]


async def test_balances_stay_where_they_are(world: World) -> None:
    jenny, omar, subscription = await two(world)
    credit = {"customer": jenny.id, "amount": -2000, "currency": "usd"}
    await world.do("customerBalanceTransactionCreate", "customerBalanceTransaction { id }", **credit)

    await transfer(subscription, omar)
    await world.move_to("2027-02-28T12:00:00Z")

    assert (await subscription.invoices())[1]["amountDue"] == 1500
    assert await of(jenny, "balance") == {"balance": -2000}


async def test_a_trial_goes_on_with_the_new_customer_even_without_a_card(world: World) -> None:
    jenny, _, subscription = await two(world, trialPeriodDays=20)
    ada = await world.customer()

    await transfer(subscription, ada)

    assert await subscription.status() == "TRIALING"
    await ada.take_card("pm_card_visa")
    await world.move_to("2027-02-20T12:00:00Z")
    assert await payers(subscription) == [f"{jenny.id} 0 PAID", f"{ada.id} 1500 PAID"]


async def test_paused_it_is_resumed_by_the_new_customer(world: World) -> None:
    jenny, omar, subscription = await two(world)
    await world.do("subscriptionPause", "subscription { id }", id=subscription.id, billFor={"unusedTimeFrom": "NONE"})

    await transfer(subscription, omar)
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)

    assert await subscription.status() == "ACTIVE"
    assert await payers(subscription) == [f"{jenny.id} 1500 PAID", f"{omar.id} 1500 PAID"]


async def test_when_the_former_customer_is_deleted_it_goes_on(world: World) -> None:
    jenny, omar, subscription = await two(world)
    await transfer(subscription, omar)

    await world.do("customerDelete", "customer { id }", id=jenny.id)

    assert await subscription.status() == "ACTIVE"


async def test_transfers_that_do_not_fit_are_refused(world: World) -> None:
    jenny, omar, subscription = await two(world)
    other = await World.opened(world.api, "2027-02-14T10:00:00Z")
    elsewhere = await other.customer(card="pm_card_visa")
    european = await world.customer(card="pm_card_visa")
    await european.subscribe(await world.price("Klein", 900, currency="eur"))
    world._told = other._told = 0
    await world.news()
    poor, gone = await world.customer(), await world.customer()
    await world.do("customerDelete", "customer { id }", id=gone.id)

    assert await refused(subscription, jenny.id) == [("PARAMETER_INVALID", "customer")]
    assert await refused(subscription, elsewhere.id) == [("PARAMETER_INVALID", "customer")]
    assert await refused(subscription, european.id) == [("CURRENCY_MISMATCH", "customer")]
    assert await refused(subscription, poor.id) == [("RESOURCE_MISSING", "defaultPaymentMethod")]
    assert await refused(subscription, gone.id) == [("RESOURCE_MISSING", "customer")]
    assert await refused(subscription, "cus_nobody") == [("RESOURCE_MISSING", "customer")]
    assert await refused(subscription, omar.id, defaultPaymentMethod=jenny.cards[0]) == [
        ("PAYMENT_METHOD_UNEXPECTED_STATE", "defaultPaymentMethod")
    ]


@pytest.mark.parametrize("state", ["INCOMPLETE", "CANCELED", "resuming"])
async def test_what_awaits_a_payment_or_is_over_stays(world: World, state: str) -> None:
    jenny, omar, subscription = await two(world)
    if state == "CANCELED":
        await subscription.cancel()
    if state == "resuming":
        await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
        behavior = "RESUME_ON_PAYMENT_ATTEMPT"
        await world.do("subscriptionResume", "subscription { id }", id=subscription.id, paymentBehavior=behavior)
    if state == "INCOMPLETE":
        await jenny.take_card("pm_card_chargeCustomerFail")
        subscription = await jenny.subscribe(await world.price("Plus", 2000))

    assert await refused(subscription, omar.id) == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]


async def test_what_is_sent_needs_no_card(world: World) -> None:
    jenny, ada = await world.customer(email="jenny@example.com"), await world.customer(email="ada@example.com")
    price = await world.price("Basic", 1500)
    subscription = await jenny.subscribe(price, collectionMethod="SEND_INVOICE", daysUntilDue=14)
    await world.move_to("2027-01-31T12:00:00Z")
    paused = await world.refusal("subscriptionPause", "subscription", id=subscription.id)
    assert paused == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]

    await transfer(subscription, ada)
    await world.move_to("2027-02-28T12:00:00Z")

    assert await payers(subscription) == [f"{jenny.id} 1500 OPEN", f"{ada.id} 1500 OPEN"]
    assert await subscription.status() == "ACTIVE"  # what Jenny owes since 14 February is hers


async def test_discounts_go_along_and_are_the_new_customer_s(world: World) -> None:
    answer = await world.do("couponCreate", "coupon { id }", percentOff="50", duration="FOREVER")
    wanted = [{"coupon": answer["coupon"]["id"]}]
    jenny, omar = [await world.customer(card="pm_card_visa") for _ in range(2)]
    items = [{"price": await world.price("Basic", 1500), "discounts": wanted}]
    made = await world.do("subscriptionCreate", "subscription { id }", customer=jenny.id, items=items, discounts=wanted)
    subscription = Subscription(world, made["subscription"]["id"])

    await transfer(subscription, omar)

    whose = "discounts { customer { id } }"
    found = await world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ {whose} items {{ {whose} }} }} }}", {"id": subscription.id}
    )
    theirs = [{"customer": {"id": omar.id}}]
    assert found["subscription"] == {"discounts": theirs, "items": [{"discounts": theirs}]}
    await world.move_to("2027-02-28T12:00:00Z")
    assert await payers(subscription) == [f"{jenny.id} 375 PAID", f"{omar.id} 375 PAID"]
