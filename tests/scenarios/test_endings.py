"""How subscriptions end: now, at the period end, or with their customer."""

from tests.scenarios.world import World

CANCELED = "customer.subscription.deleted"


async def test_cancelled_now_it_is_never_billed_again(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()

    await subscription.cancel(cancellationDetails={"feedback": "TOO_EXPENSIVE", "comment": "Sorry."})

    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-01-31T10:00:00Z")
    assert await world.news() == [CANCELED]
    await world.move_to("2027-06-30T00:00:00Z")
    assert len(await subscription.invoices()) == 1
    assert await world.refusal("subscriptionCancel", "subscription", id=subscription.id) == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", "id")
    ]


async def test_cancelled_at_period_end_it_runs_until_then(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)

    await subscription.update(cancelAtPeriodEnd=True)

    now = await subscription.now()
    assert (now["status"], now["cancelAt"]) == ("ACTIVE", "2027-02-28T10:00:00Z")
    await world.move_to("2027-02-28T09:59:59Z")
    assert await subscription.status() == "ACTIVE"
    await world.news()
    await world.move_to("2027-02-28T10:00:00Z")
    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-02-28T10:00:00Z")
    assert await world.news() == ["test_helpers.test_clock.advancing", CANCELED, "test_helpers.test_clock.ready"]
    assert len(await subscription.invoices()) == 1


async def test_cancelling_at_period_end_can_be_taken_back(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, cancelAtPeriodEnd=True)

    await subscription.update(cancelAtPeriodEnd=False)
    await world.move_to("2027-03-01T00:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["cancelAt"], now["canceledAt"]) == ("ACTIVE", None, None)
    assert len(await subscription.invoices()) == 2


async def test_cancelled_with_a_renewal_in_draft_the_draft_stays_and_is_not_collected(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to("2027-02-28T10:30:00Z")
    await world.news()

    await subscription.cancel()
    assert await world.news() == ["invoice.updated", CANCELED]
    await world.move_to("2027-02-28T12:00:00Z")

    draft = (await subscription.invoices())[1]
    assert (draft["status"], draft["automaticallyFinalizesAt"], draft["nextPaymentAttempt"]) == ("DRAFT", None, None)


async def test_cancelling_what_was_never_paid_voids_its_invoice(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(basic)
    await world.news()

    await subscription.cancel()

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"]["status"]) == ("CANCELED", "VOID")
    no_longer_delinquent = "customer.updated"
    assert await world.news() == [CANCELED, "payment_intent.canceled", "invoice.voided", no_longer_delinquent]


async def test_deleting_the_customer_ends_everything_but_the_invoices(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()

    await world.do("customerDelete", "customer { id }", id=jenny.id)

    assert await subscription.status() == "CANCELED"
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]
    assert await world.news() == ["customer.deleted", CANCELED, "payment_method.detached"]
    await world.move_to("2027-06-30T00:00:00Z")
    assert len(await subscription.invoices()) == 1


async def test_money_that_came_elsewhere_settles_the_invoice_without_a_charge(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(basic)
    await world.news()

    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { status }", id=invoice, paidOutOfBand=True)

    assert await subscription.status() == "ACTIVE"
    followed = ["customer.subscription.updated", "customer.updated"]  # active, and no longer delinquent
    assert await world.news() == ["payment_intent.canceled", "invoice.paid", *followed]
    assert await world.refusal("invoiceVoid", "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]
