"""What becomes of a new subscription when its first payment succeeds, fails, or needs the customer."""

from tests.scenarios.world import World

WRITTEN = ["customer.updated", "customer.subscription.created", "invoice.created", "invoice.finalized"]
"""A first subscription gives its customer a currency; then agreement and invoice are written."""
PAID = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
ACTIVATED = "customer.subscription.updated"
DECLINED = ["charge.failed", "payment_intent.payment_failed"]


async def test_good_card_makes_it_active_at_once(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    subscription = await jenny.subscribe(basic, quantity=3)

    now = await subscription.now()
    assert now["status"] == "ACTIVE"
    assert now["latestInvoice"]["total"] == 4500  # 3 × 15.00
    assert (now["latestInvoice"]["status"], now["latestInvoice"]["amountPaid"]) == ("PAID", 4500)
    assert await world.news() == [*WRITTEN, "payment_intent.created", *PAID, ACTIVATED]


async def test_declined_card_leaves_it_incomplete_and_says_why(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    await world.news()

    subscription = await jenny.subscribe(basic)

    [error] = subscription.errors
    assert (error["type"], error["code"], error["declineCode"]) == ("CARD_ERROR", "CARD_DECLINED", "generic_decline")
    now = await subscription.now()
    assert now["status"] == "INCOMPLETE"
    assert (now["latestInvoice"]["status"], now["latestInvoice"]["attemptCount"]) == ("OPEN", 1)
    told = ["invoice.payment_failed", "customer.updated"]  # the customer is delinquent now
    assert await world.news() == [*WRITTEN, "payment_intent.created", *DECLINED, *told]


async def test_second_card_completes_an_incomplete_subscription(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(basic)
    await world.news()

    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { status }", id=invoice, paymentMethod="pm_card_visa")

    assert await subscription.status() == "ACTIVE"
    assert await world.news() == ["payment_method.attached", *PAID, ACTIVATED, "customer.updated"]


async def test_scripted_lack_of_funds_is_told_by_its_decline_code(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")

    subscription = await jenny.subscribe(basic)

    [error] = subscription.errors
    assert (error["code"], error["declineCode"]) == ("CARD_DECLINED", "insufficient_funds")
    assert await subscription.status() == "INCOMPLETE"


async def test_default_incomplete_leaves_the_payment_to_the_customer(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    await world.news()

    subscription = await jenny.subscribe(basic, paymentBehavior="DEFAULT_INCOMPLETE")

    assert subscription.errors == []
    assert await subscription.status() == "INCOMPLETE"
    assert await world.news() == [*WRITTEN, "payment_intent.created"]
    intent = await intent_of(world, subscription.id)
    assert intent["status"] == "REQUIRES_PAYMENT_METHOD"
    await world.do("paymentIntentConfirm", "paymentIntent { status }", id=intent["id"], paymentMethod="pm_card_visa")
    assert await subscription.status() == "ACTIVE"


async def test_error_if_incomplete_leaves_nothing_but_the_failed_charge(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    await world.news()

    answer = await world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=jenny.id,
        items=[{"price": basic}],
        paymentBehavior="ERROR_IF_INCOMPLETE",
    )

    assert answer["subscription"] is None
    assert [error["code"] for error in answer["userErrors"]] == ["CARD_DECLINED"]
    assert await world.news() == ["payment_intent.created", *DECLINED]
    found = await world.api.ask("{ subscriptions { totalCount } invoices { totalCount } }")
    assert (found["subscriptions"]["totalCount"], found["invoices"]["totalCount"]) == (0, 0)


async def test_error_if_incomplete_with_a_good_card_is_active(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    subscription = await jenny.subscribe(basic, paymentBehavior="ERROR_IF_INCOMPLETE")

    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]
    assert await subscription.status() == "ACTIVE"
    paid_before = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert await world.news() == [*paid_before, *WRITTEN, "invoice.paid", "invoice.payment_succeeded", ACTIVATED]


async def test_customer_who_authenticates_completes_it(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_authenticationRequired")
    await world.news()

    subscription = await jenny.subscribe(basic)

    assert await subscription.status() == "INCOMPLETE"
    asked = ["payment_intent.created", "payment_intent.requires_action", "invoice.payment_action_required"]
    assert await world.news() == [*WRITTEN, *asked]
    intent = await intent_of(world, subscription.id)
    assert intent["status"] == "REQUIRES_ACTION"
    await world.do(
        "sandboxAuthenticate", "paymentIntent { status }", subject={"paymentIntent": intent["id"]}, outcome="PASS"
    )
    assert await subscription.status() == "ACTIVE"
    assert await world.news() == [*PAID, ACTIVATED]


async def test_failed_authentication_leaves_it_incomplete(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_authenticationRequired")
    subscription = await jenny.subscribe(basic)
    intent = await intent_of(world, subscription.id)

    answer = await world.do(
        "sandboxAuthenticate", "paymentIntent { status }", subject={"paymentIntent": intent["id"]}, outcome="FAIL"
    )

    assert answer["paymentIntent"]["status"] == "REQUIRES_PAYMENT_METHOD"
    assert [error["code"] for error in answer["userErrors"]] == ["PAYMENT_INTENT_AUTHENTICATION_FAILURE"]
    assert await subscription.status() == "INCOMPLETE"


async def test_after_23_hours_an_unpaid_start_expires_and_its_invoice_is_void(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(basic)

    await world.move_to("2027-02-01T08:59:59Z")
    assert await subscription.status() == "INCOMPLETE"
    await world.news()
    await world.move_to("2027-02-01T09:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"]["status"]) == ("INCOMPLETE_EXPIRED", "VOID")
    # Nothing is owed any more: Jenny is not delinquent.
    ended = ["payment_intent.canceled", "invoice.voided", ACTIVATED, "customer.updated"]
    assert await world.news() == ["test_helpers.test_clock.advancing", *ended, "test_helpers.test_clock.ready"]
    await world.move_to("2027-04-01T00:00:00Z")
    assert len(await subscription.invoices()) == 1


async def test_without_a_payment_method_only_what_costs_nothing_begins(world: World) -> None:
    basic, free = await world.price("Basic", 1500), await world.price("Free", 0)
    jenny = await world.customer()
    await world.news()

    refused = await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": basic}])

    assert refused == [("RESOURCE_MISSING", "defaultPaymentMethod")]
    assert await world.news() == []
    subscription = await jenny.subscribe(free)
    assert (await subscription.status(), await subscription.billed()) == ("ACTIVE", ["0 PAID 2027-01-31T10:00:00Z"])


async def intent_of(world: World, subscription: str) -> dict[str, str]:
    """The payment of a subscription's latest invoice."""
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { paymentIntent { id status } } } }",
        {"id": subscription},
    )
    return dict(found["subscription"]["latestInvoice"]["paymentIntent"])
