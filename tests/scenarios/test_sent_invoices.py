"""Invoices that are sent to their customer: when they are due, overdue, and what their subscription makes of it."""

from typing import Any

from tests.scenarios.invoicing import draft, finalize, item, lines, shown
from tests.scenarios.world import World

SENT: dict[str, Any] = {"collectionMethod": "SEND_INVOICE", "daysUntilDue": 10}


def moving(*types: str) -> list[str]:
    """These events while the clock is on its way."""
    return ["test_helpers.test_clock.advancing", *types, "test_helpers.test_clock.ready"]


async def test_subscription_that_is_invoiced_is_active_at_once_without_a_payment_method(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    await item(world, customer=jenny.id, amount=300, currency="usd", description="Visit")
    await world.news()

    subscription = await jenny.subscribe(basic, **SENT)

    assert await subscription.status() == "ACTIVE"
    assert await world.news() == ["customer.subscription.created", "invoice.created"]
    [first] = await subscription.invoices()
    assert (first["status"], first["automaticallyFinalizesAt"]) == ("DRAFT", "2027-01-31T11:00:00Z")
    assert await lines(world, first["id"]) == ["300 Visit", "1500 1 × Basic (at $15.00 / month)"]
    await world.move_to("2027-01-31T11:00:00Z")

    open_one = await shown(world, first["id"])
    assert (open_one["status"], open_one["dueDate"]) == ("OPEN", "2027-02-10T10:00:00Z")  # ten days after 31 January
    assert (open_one["nextPaymentAttempt"], open_one["attemptCount"]) == (None, 0)
    assert await world.news() == moving("invoice.finalized", "invoice.sent", "payment_intent.created")


async def test_overdue_invoice_makes_its_subscription_past_due_until_it_is_paid(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **SENT)
    await world.move_to("2027-02-07T09:00:00Z")
    await world.news()

    await world.move_to("2027-02-07T10:00:00Z")  # three days before it is due
    assert await world.news() == moving("invoice.will_be_due")
    await world.move_to("2027-02-10T10:00:00Z")

    assert await world.news() == moving("invoice.overdue", "customer.subscription.updated", "customer.updated")
    assert await subscription.status() == "PAST_DUE"
    await world.move_to("2027-02-20T10:00:00Z")  # nothing is charged or tried again
    assert await world.news() == moving()
    await world.do("invoicePay", "invoice { id }", id=(await subscription.invoices())[0]["id"])
    paid = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
    assert await world.news() == [*paid, "customer.subscription.updated", "customer.updated"]
    assert await subscription.status() == "ACTIVE"


async def test_paying_what_is_overdue_counts_although_a_later_invoice_is_not_due(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **SENT)
    await world.move_to("2027-03-01T10:00:00Z")  # February's is sent, January's overdue
    first, second = [each["id"] for each in await subscription.invoices()]
    assert await subscription.status() == "PAST_DUE"

    await world.do("invoicePay", "invoice { id }", id=first, paidOutOfBand=True)

    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-03-10T10:00:00Z")
    assert ((await shown(world, second))["dueDate"], await subscription.status()) == (
        "2027-03-10T10:00:00Z",
        "PAST_DUE",
    )
    await world.do("invoiceVoid", "invoice { id }", id=second)
    assert await subscription.status() == "ACTIVE"  # January's, which is paid, counts again


async def test_invoice_that_is_paid_in_time_hears_nothing_of_its_due_date(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **SENT)
    await world.move_to("2027-02-01T10:00:00Z")
    await world.do("invoicePay", "invoice { id }", id=(await subscription.invoices())[0]["id"])
    await world.news()

    await world.move_to("2027-02-20T10:00:00Z")

    assert await world.news() == moving()


async def test_card_that_is_declined_leaves_an_invoice_that_was_sent_as_it_was(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **SENT)
    await world.move_to("2027-02-01T10:00:00Z")
    await jenny.script("INSUFFICIENT_FUNDS")
    invoice = (await subscription.invoices())[0]["id"]

    await world.do("invoicePay", "invoice { id }", id=invoice)

    failed = await shown(world, invoice)
    assert (failed["status"], failed["attemptCount"], failed["nextPaymentAttempt"]) == ("OPEN", 1, None)
    assert await subscription.status() == "ACTIVE"


async def test_trial_of_a_subscription_that_is_invoiced_ends_in_a_sent_invoice(world: World) -> None:
    jenny = await world.customer()
    ending = {"endBehavior": {"missingPaymentMethod": "CANCEL"}}
    subscription = await jenny.subscribe(
        await world.price("Basic", 1500), trialPeriodDays=7, trialSettings=ending, **SENT
    )
    assert await subscription.status() == "TRIALING"

    await world.move_to("2027-02-07T11:00:00Z")

    assert await subscription.status() == "ACTIVE"  # nothing is missing where nothing is charged
    _, invoice = await subscription.invoices()
    assert (invoice["status"], (await shown(world, invoice["id"]))["dueDate"]) == ("OPEN", "2027-02-17T10:00:00Z")


async def test_subscription_goes_over_to_invoices_and_back(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    missing = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, collectionMethod="SEND_INVOICE"
    )
    assert missing == [("PARAMETER_MISSING", "daysUntilDue")]
    await subscription.update(**SENT)
    await world.move_to("2027-02-28T12:00:00Z")
    await subscription.update(daysUntilDue=20)
    await world.move_to("2027-03-31T12:00:00Z")
    await subscription.update(collectionMethod="CHARGE_AUTOMATICALLY")
    await world.move_to("2027-04-30T12:00:00Z")

    invoices = [await shown(world, each["id"]) for each in await subscription.invoices()]
    assert [(each["status"], each["dueDate"]) for each in invoices] == [
        ("PAID", None),
        ("OPEN", "2027-03-10T10:00:00Z"),
        ("OPEN", "2027-04-20T10:00:00Z"),
        ("PAID", None),
    ]
    late = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, daysUntilDue=3)
    assert late == [("PARAMETER_UNKNOWN", "daysUntilDue")]


async def test_change_that_is_invoiced_at_once_is_sent_and_not_charged(world: World) -> None:
    basic, team = await world.price("Basic", 1500), await world.price("Team", 3000)
    jenny = await world.customer()
    subscription = await jenny.subscribe(basic, **SENT)
    await world.move_to("2027-02-14T10:00:00Z")
    await world.news()

    await subscription.switch(team, prorationBehavior="ALWAYS_INVOICE")

    change = (await subscription.invoices())[1]
    assert (change["status"], change["total"]) == ("OPEN", 750)  # half of 28 days: 30.00 / 2 - 15.00 / 2
    assert [each for each in await world.news() if each.startswith(("invoice.", "charge."))] == [
        "invoice.created",
        "invoice.finalized",
        "invoice.sent",
    ]


async def test_one_off_invoice_is_sent_by_hand_also_twice(world: World) -> None:
    jenny = await world.customer()
    invoice = await draft(world, jenny.id, 700, collectionMethod="SEND_INVOICE", dueDate="2027-02-05T10:00:00Z")
    await world.news()

    await world.do("invoiceSend", "invoice { id }", id=invoice)
    assert await world.news() == ["invoice.finalized", "payment_intent.created", "invoice.sent"]
    await world.do("invoiceSend", "invoice { id }", id=invoice)
    assert await world.news() == ["invoice.sent"]

    await world.move_to("2027-02-06T10:00:00Z")
    assert await world.news() == moving("invoice.will_be_due", "invoice.overdue", "customer.updated")
    charged = await draft(world, jenny.id, 700)
    assert await world.refusal("invoiceSend", "invoice", id=charged) == [("INVOICE_UNEXPECTED_STATE", "id")]


async def test_one_off_invoice_is_finalized_without_being_sent(world: World) -> None:
    jenny = await world.customer()
    await world.do("accountSettingsUpdate", "account { id }", invoiceDueReminderDays=0)
    invoice = await draft(world, jenny.id, 700, **SENT)
    await world.news()

    await finalize(world, invoice)

    assert await world.news() == ["invoice.finalized", "payment_intent.created"]
    await world.move_to("2027-02-10T10:00:00Z")
    assert await world.news() == moving("invoice.overdue", "customer.updated")
    assert (await shown(world, invoice))["status"] == "OPEN"


async def test_paused_collection_of_invoices_that_would_be_sent(world: World) -> None:
    jenny = await world.customer()
    subscription = await jenny.subscribe(await world.price("Basic", 1500), **SENT)
    await world.move_to("2027-02-01T10:00:00Z")
    await subscription.update(pauseCollection={"behavior": "VOID"})
    await world.do("invoicePay", "invoice { id }", id=(await subscription.invoices())[0]["id"], paidOutOfBand=True)
    await world.news()

    await world.move_to("2027-03-20T10:00:00Z")

    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "VOID"]
    assert "invoice.sent" not in await world.news()
    assert await subscription.status() == "ACTIVE"
