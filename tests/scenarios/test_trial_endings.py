"""How trials end otherwise: without a payment method, early, late, by cancelling, and put in between."""

from typing import Any

from tests.scenarios.test_renewals import RENEWED, moving
from tests.scenarios.test_trials import DELETED, UPDATED, on_trial, settings
from tests.scenarios.world import Customer, Subscription, World

PAUSED = "customer.subscription.paused"
RESUMED = "customer.subscription.resumed"
RESUMPTION = ["invoice.created", "invoice.finalized", UPDATED, "payment_intent.created"]
PAYMENT = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]


async def paused(world: World, customer: Customer) -> Subscription:
    """One whose trial ended on 14 February without a payment method."""
    subscription = await on_trial(world, customer, trialSettings=settings("PAUSE"))
    await world.move_to("2027-02-14T12:00:00Z")
    assert await subscription.status() == "PAUSED"
    await world.news()
    return subscription


async def resume(subscription: Subscription) -> dict[str, Any]:
    """What resuming it answers."""
    answer = await subscription.world.do("subscriptionResume", "subscription { status }", id=subscription.id)
    return {"status": answer["subscription"]["status"], "errors": [each["code"] for each in answer["userErrors"]]}


async def test_without_a_payment_method_it_is_invoiced_and_past_due(world: World) -> None:
    jenny = await world.customer()
    subscription = await on_trial(world, jenny)
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"
    assert (await subscription.billed())[1] == "1500 OPEN 2027-02-14T10:00:00Z"
    failed = ["invoice.finalized", "payment_intent.created", "invoice.payment_failed", "invoice.updated"]
    assert await world.news() == moving(*RENEWED, *failed, UPDATED, "customer.updated")


async def test_without_a_payment_method_it_is_cancelled_when_that_was_settled(world: World) -> None:
    jenny = await world.customer()
    subscription = await on_trial(world, jenny, trialSettings=settings("CANCEL"))
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T10:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-02-14T10:00:00Z")
    assert await world.news() == moving(DELETED)
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]


async def test_without_a_payment_method_it_is_paused_when_that_was_settled(world: World) -> None:
    jenny = await world.customer()
    subscription = await on_trial(world, jenny, trialSettings=settings("PAUSE"))
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T10:00:00Z")
    assert await world.news() == moving(UPDATED, PAUSED)
    await world.move_to("2027-06-30T00:00:00Z")

    assert await subscription.status() == "PAUSED"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]


async def test_with_a_payment_method_the_end_behaviour_does_not_matter(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, trialSettings=settings("CANCEL"))

    await world.move_to("2027-02-14T12:00:00Z")

    assert (await subscription.status(), len(await subscription.invoices())) == ("ACTIVE", 2)


async def test_a_method_of_its_own_that_was_detached_is_none(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    [card] = jenny.cards
    subscription = await on_trial(world, jenny, trialSettings=settings("PAUSE"), defaultPaymentMethod=card)
    await world.do("paymentMethodDetach", "paymentMethod { id }", id=card)

    await world.move_to("2027-02-14T12:00:00Z")

    assert await subscription.status() == "PAUSED"


async def test_resumed_it_is_billed_from_now_on_and_active_when_that_is_paid(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    await world.move_to("2027-03-05T09:00:00Z")
    await jenny.take_card("pm_card_visa")
    await world.news()

    assert await resume(subscription) == {"status": "ACTIVE", "errors": []}

    assert await world.news() == [*RESUMPTION, *PAYMENT, UPDATED, RESUMED]
    await world.move_to("2027-05-05T12:00:00Z")
    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-03-05T09:00:00Z",
        "1500 PAID 2027-04-05T09:00:00Z",
        "1500 PAID 2027-05-05T09:00:00Z",
    ]


async def test_resumed_with_a_card_that_declines_it_waits_for_23_hours(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    await jenny.take_card("pm_card_chargeCustomerFail")
    await world.news()

    assert await resume(subscription) == {"status": "PAUSED", "errors": ["CARD_DECLINED"]}
    assert await world.refusal("subscriptionResume", "subscription", id=subscription.id) == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", "id")
    ]
    await world.move_to("2027-02-15T10:59:59Z")
    assert (await subscription.now())["latestInvoice"]["status"] == "OPEN"
    await world.news()
    await world.move_to("2027-02-15T11:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"]["status"]) == ("PAUSED", "VOID")
    assert await world.news() == moving("payment_intent.canceled", "invoice.voided", "customer.updated")  # owes nothing


async def test_its_resumption_may_be_paid_later_and_then_it_renews(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    await jenny.take_card("pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    assert (await resume(subscription))["status"] == "PAUSED"  # on 14 February at 12:00
    await world.news()

    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { status }", id=invoice)

    assert await subscription.status() == "ACTIVE"
    assert await world.news() == [*PAYMENT, UPDATED, RESUMED, "customer.updated"]  # no longer delinquent
    await world.move_to("2027-03-14T14:00:00Z")
    assert (await subscription.billed())[2] == "1500 PAID 2027-03-14T12:00:00Z"


async def test_a_voided_resumption_leaves_it_paused_and_may_be_begun_anew(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    await jenny.take_card("pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    await resume(subscription)

    await world.do("invoiceVoid", "invoice { status }", id=(await subscription.now())["latestInvoice"]["id"])
    assert await subscription.status() == "PAUSED"

    assert await resume(subscription) == {"status": "ACTIVE", "errors": []}
    billed = [line.rsplit(" ", 1)[0] for line in await subscription.billed()]
    assert billed == ["0 PAID", "1500 VOID", "1500 PAID"]


async def test_resuming_needs_a_payment_method_and_a_pause(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    assert await world.refusal("subscriptionResume", "subscription", id=subscription.id) == [("RESOURCE_MISSING", "id")]
    assert await world.news() == []
    assert len(await subscription.invoices()) == 1

    other = await on_trial(world, jenny)
    assert await world.refusal("subscriptionResume", "subscription", id=other.id) == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", "id")
    ]


async def test_paid_with_credit_it_is_active_at_once(world: World) -> None:
    jenny = await world.customer()
    subscription = await paused(world, jenny)
    await world.do(
        "customerBalanceTransactionCreate",
        "customerBalanceTransaction { endingBalance }",
        customer=jenny.id, amount=-1500, currency="usd",
    )  # fmt: skip
    await world.news()

    assert await resume(subscription) == {"status": "ACTIVE", "errors": []}

    paid = ["invoice.created", "customer.updated", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
    assert await world.news() == [*paid, UPDATED, UPDATED, RESUMED]  # a new period, and then active
