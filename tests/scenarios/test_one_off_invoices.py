"""Invoices that no subscription asks for: made by hand, finalized, collected, deleted."""

from tests.scenarios.invoicing import add, draft, finalize, item, lines, once, shown, waiting
from tests.scenarios.world import World

START = "2027-01-31T10:00:00Z"
COLLECTED = [
    *("invoice.finalized", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded"),
    *("invoice.paid", "invoice.payment_succeeded"),
]


async def test_draft_by_hand_waits_until_it_is_finalized_and_collected(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
    setup = await once(world, 5000)
    await world.news()

    invoice = await draft(world, jenny.id, description="Thanks", footer="Bye", metadata={"order": "7"})
    await add(world, invoice, {"price": setup, "quantity": 2}, {"amount": -1500, "description": "Sorry"})
    await world.move_to("2027-02-02T10:00:00Z")  # nothing happens by itself

    made = await shown(world, invoice)
    assert (made["status"], made["billingReason"], made["autoAdvance"]) == ("DRAFT", "MANUAL", False)
    assert (made["total"], made["automaticallyFinalizesAt"], made["number"]) == (8500, None, None)  # 2 × 50 - 15
    assert await lines(world, invoice) == ["10000 2 × Set-up (at $50.00)", "-1500 Sorry"]
    clock = ["test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"]
    edited = ["invoiceitem.created", "invoiceitem.created", "invoice.updated"]
    assert await world.news() == ["customer.updated", "invoice.created", *edited, *clock]
    await finalize(world, invoice, autoAdvance=True)

    paid = await shown(world, invoice)
    assert (paid["status"], paid["number"], paid["amountPaid"]) == ("PAID", "JENNY-0001", 8500)
    assert (paid["description"], paid["footer"]) == ("Thanks", "Bye")
    assert await world.news() == COLLECTED


async def test_draft_that_advances_is_collected_after_its_hour(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    invoice = await draft(world, jenny.id, 700, autoAdvance=True, statementDescriptor="SET-UP")
    waits = await shown(world, invoice)
    assert waits["automaticallyFinalizesAt"] == waits["nextPaymentAttempt"] == "2027-01-31T11:00:00Z"

    await world.move_to("2027-01-31T11:00:00Z")

    assert (await shown(world, invoice))["status"] == "PAID"
    charges = (await world.api.ask("{ charges { nodes { amount statementDescriptor } } }"))["charges"]["nodes"]
    assert charges == [{"amount": 700, "statementDescriptor": "SET-UP"}]


async def test_waiting_items_of_the_customer_are_taken_up_where_that_is_asked(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await item(world, customer=jenny.id, amount=900, currency="usd", description="Visit")

    assert await lines(world, await draft(world, jenny.id)) == []
    invoice = await draft(world, jenny.id, pendingInvoiceItemsBehavior="INCLUDE")

    assert (await lines(world, invoice), await waiting(world, jenny.id)) == (["900 Visit"], [])
    again = await draft(world, jenny.id, pendingInvoiceItemsBehavior="INCLUDE")
    assert await lines(world, again) == []


async def test_item_of_a_customer_is_taken_up_by_the_next_renewal_once(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    first, second = await jenny.subscribe(basic), await jenny.subscribe(basic)
    await item(world, customer=jenny.id, amount=300, description="Visit")

    await world.move_to("2027-03-31T12:00:00Z")

    assert await first.lines(1) == ["300 Visit", "1500 1 × Basic (at $15.00 / month)"]
    assert [each["total"] for each in await first.invoices()] == [1500, 1800, 1500]
    assert [each["total"] for each in await second.invoices()] == [1500, 1500, 1500]


async def test_item_of_a_customer_is_taken_up_by_the_first_invoice_of_a_subscription(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    for behavior, amount in (("ALLOW_INCOMPLETE", 300), ("ERROR_IF_INCOMPLETE", 400)):
        await item(world, customer=jenny.id, amount=amount, currency="usd", description="Visit")
        subscription = await jenny.subscribe(basic, paymentBehavior=behavior)
        assert await subscription.lines() == [f"{amount} Visit", "1500 1 × Basic (at $15.00 / month)"]
        assert (await subscription.billed())[0] == f"{1500 + amount} PAID {START}"
    assert await waiting(world, jenny.id) == []


async def test_trial_leaves_items_of_its_customer_waiting_for_the_first_paid_period(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await item(world, customer=jenny.id, amount=300, currency="usd", description="Visit")

    subscription = await jenny.subscribe(await world.price("Basic", 1500), trialPeriodDays=7)
    assert await waiting(world, jenny.id) == [300]
    await world.move_to("2027-02-07T12:00:00Z")

    assert [each["total"] for each in await subscription.invoices()] == [0, 1800]


async def test_deleted_draft_gives_waiting_items_back_and_takes_its_own_along(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await item(world, customer=jenny.id, amount=900, currency="usd")
    invoice = await draft(world, jenny.id, 100, pendingInvoiceItemsBehavior="INCLUDE", autoAdvance=True)
    await world.news()

    await world.do("invoiceDelete", "invoice { id status }", id=invoice)

    assert await world.news() == ["invoiceitem.deleted", "invoice.deleted"]
    assert await waiting(world, jenny.id) == [900]
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { id } }", {"id": invoice})
    assert found["invoice"] is None
    await world.move_to("2027-01-31T12:00:00Z")  # past the hour at which it would have been finalized
    again = await draft(world, jenny.id, pendingInvoiceItemsBehavior="INCLUDE")
    assert await lines(world, again) == ["900 Invoice item"]


async def test_draft_of_nothing_is_paid_and_one_below_nothing_is_credit(world: World) -> None:
    jenny = await world.customer()

    empty, credit = await draft(world, jenny.id), await draft(world, jenny.id, -700)
    await finalize(world, empty)
    await finalize(world, credit)

    assert [(await shown(world, each))["status"] for each in (empty, credit)] == ["PAID", "PAID"]
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -700


async def test_pay_finalizes_a_draft_first(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    charged, elsewhere = await draft(world, jenny.id, 700), await draft(world, jenny.id, 800)
    await world.news()

    await world.do("invoicePay", "invoice { status }", id=charged)
    assert await world.news() == COLLECTED
    await world.do("invoicePay", "invoice { status }", id=elsewhere, paidOutOfBand=True)

    assert (await shown(world, charged))["amountPaid"] == 700
    outside = await shown(world, elsewhere)
    assert (outside["status"], outside["paidOutOfBand"], outside["amountRemaining"]) == ("PAID", True, 0)
    canceled = ["payment_intent.created", "payment_intent.canceled"]
    assert await world.news() == ["invoice.finalized", *canceled, "invoice.paid"]


async def test_declined_one_off_is_retried_and_makes_its_customer_delinquent(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    invoice = await draft(world, jenny.id, 700)

    answer = await finalize(world, invoice, autoAdvance=True)

    assert [each["code"] for each in answer["userErrors"]] == ["CARD_DECLINED"]
    failed = await shown(world, invoice)
    assert (failed["status"], failed["attemptCount"]) == ("OPEN", 1)
    assert failed["nextPaymentAttempt"] is not None
    assert await delinquent(world, jenny.id)
    await world.move_to("2027-02-14T12:00:00Z")
    assert (await shown(world, invoice))["status"] == "PAID"
    assert not await delinquent(world, jenny.id)


async def test_invoice_for_a_subscription_leaves_its_status_alone(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await item(world, subscription=subscription.id, amount=900)
    await item(world, customer=jenny.id, amount=100)
    await jenny.script("INSUFFICIENT_FUNDS")

    invoice = await draft(world, jenny.id, subscription=subscription.id, pendingInvoiceItemsBehavior="INCLUDE")
    await finalize(world, invoice, autoAdvance=True)

    assert await lines(world, invoice) == ["900 Invoice item"]
    assert (await shown(world, invoice))["status"] == "OPEN"
    assert (await subscription.status(), await waiting(world, jenny.id)) == ("ACTIVE", [100])


async def test_billing_s_own_fee_on_one_off_invoices_is_another(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", billingFeePercent="0.7", invoicingFeePercent="0.4")
    jenny = await world.customer(card="pm_card_visa")
    await world.do("invoicePay", "invoice { id }", id=await draft(world, jenny.id, 1500))
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    tied = await draft(world, jenny.id, 1500, subscription=subscription.id)
    await world.do("invoicePay", "invoice { id }", id=tied)

    found = await world.api.ask("{ balanceTransactions { nodes { fee } } }")

    # 2.9 % are 43.5, and 30; then 0.7 % are 10.5 and 0.4 % are 6
    assert [each["fee"] for each in found["balanceTransactions"]["nodes"]] == [74 + 11, 74 + 11, 74 + 6]


async def test_one_off_invoices_that_make_no_sense_are_refused(world: World) -> None:
    jenny, ada = await world.customer(card="pm_card_visa"), await world.customer()
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await world.news()
    sent = {"collectionMethod": "SEND_INVOICE"}
    for wanted, problems in (
        ({"customer": "cus_none"}, [("RESOURCE_MISSING", "customer")]),
        ({"customer": ada.id, "subscription": subscription.id}, [("PARAMETER_INVALID", "subscription")]),
        ({"customer": jenny.id, "currency": "eur"}, [("CURRENCY_MISMATCH", "currency")]),
        ({"customer": jenny.id, "daysUntilDue": 3}, [("PARAMETER_UNKNOWN", "daysUntilDue")]),
        ({"customer": jenny.id, **sent}, [("PARAMETER_MISSING", "daysUntilDue")]),
        ({"customer": jenny.id, **sent, "dueDate": START}, [("PARAMETER_INVALID", "dueDate")]),
        (
            {"customer": jenny.id, "footer": " ", "statementDescriptor": "1", "defaultPaymentMethod": "pm_none"},
            [
                ("PARAMETER_INVALID_STRING_EMPTY", "footer"),
                ("PARAMETER_INVALID", "statementDescriptor"),
                ("RESOURCE_MISSING", "defaultPaymentMethod"),
            ],
        ),
    ):
        assert await world.refusal("invoiceCreate", "invoice", **wanted) == problems
    assert await world.news() == []


async def test_lists_find_invoices_by_time_and_by_how_they_are_collected(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    charged = await draft(world, jenny.id, 700)
    await world.move_to("2027-02-10T10:00:00Z")
    sent = await draft(world, jenny.id, 800, collectionMethod="SEND_INVOICE", daysUntilDue=5)

    async def listed(**filter: object) -> list[str]:
        query = "query($filter: InvoiceFilter) { invoices(filter: $filter) { nodes { id } } }"
        return [each["id"] for each in (await world.api.ask(query, {"filter": filter}))["invoices"]["nodes"]]

    assert await listed(collectionMethod="SEND_INVOICE") == [sent]
    assert await listed(created={"lt": "2027-02-01T00:00:00Z"}) == [charged]
    assert await listed(dueDate={"gte": "2027-02-15T10:00:00Z"}) == [sent]
    assert await listed(dueDate={"gt": "2027-02-15T10:00:00Z"}) == []


async def delinquent(world: World, customer: str) -> bool:
    """Whether the customer's latest invoice could not be collected."""
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { delinquent } }", {"id": customer})
    return bool(found["customer"]["delinquent"])
