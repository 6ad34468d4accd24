"""Quotes on which nothing recurs become invoices of their own, and quotes whose invoices are sent."""

import asyncio

from models import Charge, Invoice
from tests.scenarios.quoting import offered, one_time
from tests.scenarios.test_quotes_refused import refused_whole
from tests.scenarios.world import World
from tests.simulation.invariants import check_all


async def test_what_does_not_recur_is_invoiced_by_itself(world: World) -> None:
    setup, visit = await one_time(world, "Set-up", 5000), await one_time(world, "Visit", 333)
    jenny = await world.customer(card="pm_card_visa")
    quote = await offered(jenny, setup, {"price": visit, "quantity": 3})
    # 50.00 + 3 × 3.33 = 59.99, and nothing afterwards.
    assert (await quote.now())["computed"] == {"upfront": {"amountTotal": 5999}, "recurring": None}
    await quote.finalize()
    await world.news()

    invoice = await quote.invoiced()

    assert await world.news() == [
        *("invoiceitem.created", "invoiceitem.created", "invoice.created", "invoice.finalized", "quote.accepted"),
        *("payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "invoice.paid"),
        "invoice.payment_succeeded",
    ]
    now = await invoice.now()
    assert (now["status"], now["total"], now["amountPaid"], now["billingReason"]) == ("PAID", 5999, 5999, "MANUAL")
    assert [(line["amount"], line["description"]) for line in now["lines"]] == [
        (5000, "1 × Set-up (at $50.00)"),
        (999, "3 × Visit (at $3.33)"),
    ]
    assert now["lines"][1]["explanation"] == "3 × $3.33 = $9.99"
    await check_all()


async def test_declined_invoice_of_a_quote_is_tried_again(world: World) -> None:
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    quote = await (await offered(jenny, await one_time(world, "Set-up", 5000))).finalize()

    invoice = await quote.invoiced()

    assert [error["code"] for error in invoice.errors] == ["CARD_DECLINED"]
    now = await invoice.now()
    assert (now["status"], now["nextPaymentAttempt"] is not None) == ("OPEN", True)
    await jenny.take_card("pm_card_visa")  # A new default is tried at once.
    assert (await invoice.now())["status"] == "PAID"
    assert await quote.status() == "ACCEPTED"


async def test_without_a_card_nothing_is_invoiced_unless_credit_pays(world: World) -> None:
    jenny = await world.customer()
    quote = await (await offered(jenny, await one_time(world, "Set-up", 5000))).finalize()

    assert await refused_whole(quote, "quoteAccept") == [("RESOURCE_MISSING", "id")]

    await world.do(
        "customerBalanceTransactionCreate", "customerBalanceTransaction { id }", customer=jenny.id, amount=-6000,
        currency="usd",
    )  # fmt: skip
    now = await (await quote.invoiced()).now()
    assert (now["status"], now["total"], now["amountPaid"]) == ("PAID", 5000, 0)


async def test_invoice_of_a_quote_is_sent_and_due_later(world: World) -> None:
    jenny = await world.customer(email="jenny@example.com")
    terms = {"collectionMethod": "SEND_INVOICE", "invoiceSettings": {"daysUntilDue": 14}}
    quote = await (await offered(jenny, await one_time(world, "Set-up", 5000), **terms)).finalize()

    invoice = await quote.invoiced()  # Nobody is charged, so no card is needed.

    now = await invoice.now()
    assert (now["status"], now["dueDate"]) == ("DRAFT", "2027-02-14T10:00:00Z")
    assert now["automaticallyFinalizesAt"] == "2027-01-31T11:00:00Z"
    await world.move_to("2027-01-31T12:00:00Z")
    assert (await invoice.now())["status"] == "OPEN"
    assert "invoice.sent" in await world.news()
    await check_all()


async def test_subscription_of_a_quote_is_invoiced_on_its_terms(world: World) -> None:
    jenny = await world.customer(email="jenny@example.com")
    terms = {"collectionMethod": "SEND_INVOICE", "invoiceSettings": {"daysUntilDue": 30}}
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    quote = await (await offered(jenny, basic, setup, **terms)).finalize()

    subscription = await quote.accept()

    assert await subscription.status() == "ACTIVE"
    assert await subscription.billed() == ["6500 DRAFT 2027-01-31T10:00:00Z"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.billed() == ["6500 OPEN 2027-01-31T10:00:00Z", "1500 OPEN 2027-02-28T10:00:00Z"]
    assert (await quote.now())["invoice"] is None
    await check_all()


async def test_terms_of_a_draft_change(world: World) -> None:
    terms = {"collectionMethod": "SEND_INVOICE", "invoiceSettings": {"daysUntilDue": 14}}
    quote = await offered(await world.customer(), await one_time(world, "Set-up", 5000), **terms)

    await world.do("quoteUpdate", "quote { id }", id=quote.id, invoiceSettings={"daysUntilDue": 7})
    now = await quote.now()
    assert (now["collectionMethod"], now["invoiceSettings"]) == ("SEND_INVOICE", {"daysUntilDue": 7})
    await world.do("quoteUpdate", "quote { id }", id=quote.id, collectionMethod="CHARGE_AUTOMATICALLY")
    now = await quote.now()
    assert (now["collectionMethod"], now["invoiceSettings"]) == ("CHARGE_AUTOMATICALLY", {"daysUntilDue": None})
    assert await quote.refused("quoteUpdate", collectionMethod="SEND_INVOICE") == [
        ("PARAMETER_MISSING", "invoiceSettings.daysUntilDue")
    ]


async def test_parallel_acceptances_make_one_invoice(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    quote = await (await offered(jenny, await one_time(world, "Set-up", 5000))).finalize()

    answers = await asyncio.gather(
        *(world.api.do("quoteAccept", "quote { invoice { id } }", {"id": quote.id}) for _ in range(12))
    )

    assert len([each for each in answers if each["quote"] is not None]) == 1
    assert (await Invoice.all().count(), await Charge.all().count()) == (1, 1)
    await check_all()
