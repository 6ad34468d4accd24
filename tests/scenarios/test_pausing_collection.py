"""Collection that is paused: invoices go on being made, nobody is charged, and the status stays."""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

UPDATED = "customer.subscription.updated"
ASKED = ["invoice.finalized", "payment_intent.created"]
SUCCEEDED = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
PAUSE = "pauseCollection { behavior resumesAt }"


async def paused(world: World, customer: Customer, behavior: str, **until: str) -> Subscription:
    """A paid monthly subscription of 15.00 USD from 31 January, whose collection is then paused."""
    basic = await world.price("Basic", 1500)
    subscription = await customer.subscribe(basic)
    await world.news()
    await subscription.update(pauseCollection={"behavior": behavior, **until})
    return subscription


async def pause_of(subscription: Subscription) -> Any:
    """How its collection is paused."""
    asked = f"query($id: ID!) {{ subscription(id: $id) {{ {PAUSE} }} }}"
    return (await subscription.world.api.ask(asked, {"id": subscription.id}))["subscription"]["pauseCollection"]


async def test_pausing_tells_of_the_subscription_alone_and_keeps_its_status(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID", resumesAt="2027-05-01T00:00:00Z")

    assert await world.news() == [UPDATED]
    assert await subscription.status() == "ACTIVE"
    assert await pause_of(subscription) == {"behavior": "VOID", "resumesAt": "2027-05-01T00:00:00Z"}


async def test_kept_as_drafts_they_are_never_finalized_by_themselves(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "KEEP_AS_DRAFT")
    await world.news()

    await world.move_to("2027-03-31T12:00:00Z")

    assert await world.news() == moving(*RENEWED, *RENEWED)
    assert await subscription.status() == "ACTIVE"
    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "1500 DRAFT 2027-02-28T10:00:00Z",
        "1500 DRAFT 2027-03-31T10:00:00Z",
    ]


async def test_void_they_ask_for_nothing(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID")
    await world.news()

    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.news() == moving(*RENEWED, *ASKED, "payment_intent.canceled", "invoice.voided")
    assert await subscription.status() == "ACTIVE"
    assert (await subscription.billed())[1] == "1500 VOID 2027-02-28T10:00:00Z"


async def test_marked_as_uncollectible_they_may_still_be_paid(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "MARK_UNCOLLECTIBLE")
    await world.news()

    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.news() == moving(*RENEWED, *ASKED, "invoice.marked_uncollectible")
    assert await subscription.status() == "ACTIVE"
    assert (await subscription.billed())[1] == "1500 UNCOLLECTIBLE 2027-02-28T10:00:00Z"
    await world.do("invoicePay", "invoice { status }", id=(await subscription.now())["latestInvoice"]["id"])
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"
    assert await world.news() == SUCCEEDED


@pytest.mark.parametrize("behavior", ["VOID", "MARK_UNCOLLECTIBLE", "KEEP_AS_DRAFT"])
async def test_what_was_past_due_stays_so(world: World, behavior: str) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    never = {"retryPolicy": "CUSTOM", "retryWaits": [], "retriesEnd": "PAST_DUE"}
    await world.do("accountSettingsUpdate", "account { id }", **never)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    await subscription.update(pauseCollection={"behavior": behavior})

    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"


async def test_collection_goes_on_by_itself_at_the_time_that_was_set(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID", resumesAt="2027-03-15T00:00:00Z")
    await world.move_to("2027-03-14T23:59:59Z")
    await world.news()

    await world.move_to("2027-03-15T00:00:00Z")

    assert await world.news() == moving(UPDATED)
    assert await pause_of(subscription) is None
    await world.move_to("2027-03-31T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert [line.rsplit(" ", 1)[0] for line in await subscription.billed()] == ["1500 PAID", "1500 VOID", "1500 PAID"]


async def test_null_lets_it_go_on_and_nothing_happens_at_the_time_that_was_set(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID", resumesAt="2027-02-10T00:00:00Z")
    await world.news()

    await subscription.update(pauseCollection=None)

    assert await world.news() == [UPDATED]
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)


async def test_what_was_made_before_is_collected_and_what_was_made_meanwhile_is_not(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to("2027-02-28T10:30:00Z")
    await subscription.update(pauseCollection={"behavior": "VOID"})
    await world.move_to("2027-03-31T10:30:00Z")
    await subscription.update(pauseCollection=None)

    await world.move_to("2027-03-31T12:00:00Z")

    assert [line.rsplit(" ", 1)[0] for line in await subscription.billed()] == ["1500 PAID", "1500 PAID", "1500 VOID"]


async def test_an_invoice_that_credit_pays_is_paid_all_the_same(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID")
    credit = {"customer": jenny.id, "amount": -2000, "currency": "usd"}
    await world.do("customerBalanceTransactionCreate", "customerBalanceTransaction { id }", **credit)

    await world.move_to("2027-03-31T12:00:00Z")

    # 20.00 of credit pay all of February; the 5.00 that helped with March came back when that was voided.
    assert [line.rsplit(" ", 1)[0] for line in await subscription.billed()] == ["1500 PAID", "1500 PAID", "1500 VOID"]
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -500


async def test_it_may_be_paused_during_a_trial(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, trialPeriodDays=14)
    await subscription.update(pauseCollection={"behavior": "VOID"})
    assert await subscription.status() == "TRIALING"

    await world.move_to("2027-02-14T12:00:00Z")

    assert await subscription.status() == "ACTIVE"
    assert (await subscription.billed())[1] == "1500 VOID 2027-02-14T10:00:00Z"


async def test_cancelled_it_does_not_go_on(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID", resumesAt="2027-02-10T00:00:00Z")
    await subscription.cancel()
    await world.news()

    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.news() == moving()


async def test_lists_can_be_asked_for_it(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    other = await jenny.subscribe(basic)
    subscription = await paused(world, jenny, "VOID")
    asked = "query($on: Boolean) { subscriptions(filter: { collectionPaused: $on }) { nodes { id } } }"

    found = [(await world.api.ask(asked, {"on": on}))["subscriptions"]["nodes"] for on in (True, False, None)]

    ids = [[each["id"] for each in nodes] for nodes in found]
    assert ids == [[subscription.id], [other.id], [subscription.id, other.id]]


async def test_it_cannot_go_on_in_the_past(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await paused(world, jenny, "VOID")
    asked = {"id": subscription.id, "pauseCollection": {"behavior": "VOID", "resumesAt": "2027-01-31T10:00:00Z"}}

    assert await world.refusal("subscriptionUpdate", "subscription", **asked) == [
        ("PARAMETER_INVALID", "pauseCollection.resumesAt")
    ]


async def test_bad_debt_keeps_the_status_and_can_be_paid_or_voided(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await jenny.script("INSUFFICIENT_FUNDS", "SUCCEED")
    await world.move_to("2027-02-28T12:00:00Z")
    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.news()

    selection = "invoice { status statusTransitions { markedUncollectibleAt } }"
    answer = await world.do("invoiceMarkUncollectible", selection, id=invoice)

    marked = {"status": "UNCOLLECTIBLE", "statusTransitions": {"markedUncollectibleAt": "2027-02-28T12:00:00Z"}}
    assert answer["invoice"] == marked
    assert (await subscription.status(), await world.news()) == ("PAST_DUE", ["invoice.marked_uncollectible"])
    assert await world.refusal("invoiceMarkUncollectible", "invoice", id=invoice) == [
        ("INVOICE_UNEXPECTED_STATE", "id")
    ]
    await world.do("invoiceVoid", "invoice { status }", id=invoice)
    assert await subscription.status() == "ACTIVE"  # January is paid
    assert await world.news() == ["payment_intent.canceled", "invoice.voided", UPDATED, "customer.updated"]
