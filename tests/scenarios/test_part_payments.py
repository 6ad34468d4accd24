"""Several payments of one invoice: parts by card, money from elsewhere, payments that are attached, too much money.

Every story has an invoice of 15.00 USD that is OPEN, because its first payment waits for the customer.
"""

from typing import Any

from tests.scenarios.world import Customer, Subscription, World

MONEY = "id status amountDue amountPaid amountRemaining amountOverpaid amountPaidOutOfBand attemptCount"
PAYMENTS = "payments { status type amountRequested amountPaid isDefault paymentIntent { id status amount } }"
PART = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid"]
PAID = ["invoice.paid", "invoice.payment_succeeded", "customer.subscription.updated"]


async def asked(world: World, **input: Any) -> tuple[Customer, str]:
    """A customer with a card, and their open invoice of 15.00."""
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    subscription = await jenny.subscribe(basic, paymentBehavior="DEFAULT_INCOMPLETE", **input)
    await world.news()
    return jenny, (await subscription.invoices())[0]["id"]


async def money(world: World, invoice: str) -> tuple[Any, ...]:
    """Status, due, paid, remaining, overpaid and paid elsewhere."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {MONEY} }} }}", {"id": invoice})
    names = ("status", "amountDue", "amountPaid", "amountRemaining", "amountOverpaid", "amountPaidOutOfBand")
    return tuple(found["invoice"][name] for name in names)


async def payments(world: World, invoice: str) -> list[str]:
    """Its payments in short, oldest first: `OPEN 1500 default`."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {PAYMENTS} }} }}", {"id": invoice})
    return [
        f"{each['status']} {each['amountRequested']}" + (" default" if each["isDefault"] else "")
        for each in found["invoice"]["payments"]
    ]


async def pay(world: World, invoice: str, **input: Any) -> None:
    """Pay, or be declined."""
    await world.do("invoicePay", "invoice { id }", id=invoice, **input)


async def test_two_parts_pay_an_invoice(world: World) -> None:
    _, invoice = await asked(world)
    assert await payments(world, invoice) == ["OPEN 1500 default"]

    await pay(world, invoice, amount=1000)

    assert await world.news() == [*PART, "invoice.updated"]
    assert await money(world, invoice) == ("OPEN", 1500, 1000, 500, 0, 0)
    assert await payments(world, invoice) == ["OPEN 500 default", "PAID 1000"]  # the default asks for the other 5.00

    await pay(world, invoice)

    assert await world.news() == [*PART[1:], *PAID]
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 0, 0)
    assert await payments(world, invoice) == ["PAID 500 default", "PAID 1000"]


async def test_part_that_is_declined_counts_as_a_try_and_leaves_the_invoice_open(world: World) -> None:
    jenny, invoice = await asked(world)
    await jenny.script("INSUFFICIENT_FUNDS")

    answer = await world.api.do("invoicePay", "invoice { status attemptCount }", {"id": invoice, "amount": 500})

    assert answer["userErrors"][0]["code"] == "CARD_DECLINED"
    assert answer["invoice"] == {"status": "OPEN", "attemptCount": 1}
    assert await world.news() == [
        "payment_intent.created", "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed",
        "customer.updated",
    ]  # fmt: skip
    assert await money(world, invoice) == ("OPEN", 1500, 0, 1500, 0, 0)
    await pay(world, invoice)
    assert await payments(world, invoice) == ["PAID 1500 default", "CANCELED 500"]


async def test_money_from_elsewhere_may_be_a_part(world: World) -> None:
    _, invoice = await asked(world)

    await pay(world, invoice, amount=900, paidOutOfBand=True)

    assert await world.news() == ["invoice_payment.paid", "invoice.updated"]
    assert await money(world, invoice) == ("OPEN", 1500, 900, 600, 0, 900)
    await pay(world, invoice)
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 0, 900)
    assert await payments(world, invoice) == ["PAID 600 default", "PAID 900"]


async def test_last_part_from_elsewhere_cancels_the_default_payment(world: World) -> None:
    _, invoice = await asked(world)
    await pay(world, invoice, amount=1000)
    await world.news()

    await pay(world, invoice, paidOutOfBand=True)

    paid = ["invoice_payment.paid", "payment_intent.canceled", "invoice.paid", "customer.subscription.updated"]
    assert await world.news() == paid
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 0, 500)
    assert await payments(world, invoice) == ["CANCELED 500 default", "PAID 1000", "PAID 500"]


async def intent(world: World, customer: str, amount: int, **input: Any) -> str:
    """A payment intent of the customer."""
    wanted = {"amount": amount, "currency": "usd", "customer": customer, **input}
    answer = await world.do("paymentIntentCreate", "paymentIntent { id }", **wanted)
    return str(answer["paymentIntent"]["id"])


async def attach(world: World, invoice: str, payment: str) -> None:
    """Let the payment pay the invoice."""
    await world.do("invoiceAttachPayment", "invoice { id }", id=invoice, paymentIntent=payment)


async def test_attached_payment_counts_once_it_succeeds(world: World) -> None:
    jenny, invoice = await asked(world)
    payment = await intent(world, jenny.id, 1000)
    await world.news()

    await attach(world, invoice, payment)

    assert await world.news() == []
    assert await payments(world, invoice) == ["OPEN 1500 default", "OPEN 1000"]
    await world.do("paymentIntentConfirm", "paymentIntent { id }", id=payment, paymentMethod=jenny.cards[0])
    assert await world.news() == [*PART[1:], "invoice.updated"]
    assert await money(world, invoice) == ("OPEN", 1500, 1000, 500, 0, 0)
    assert await payments(world, invoice) == ["OPEN 500 default", "PAID 1000"]


async def test_succeeded_payment_beyond_what_is_due_becomes_credit(world: World) -> None:
    jenny, invoice = await asked(world)
    payment = await intent(world, jenny.id, 2000, confirm=True, paymentMethod=jenny.cards[0])
    await world.news()

    await attach(world, invoice, payment)

    assert await world.news() == [
        "invoice_payment.paid", "payment_intent.canceled", *PAID[:2], "customer.updated", "invoice.overpaid", PAID[2]
    ]  # fmt: skip
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 500, 0)  # 20.00 came for 15.00
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -500


async def test_canceled_payment_does_not_touch_the_invoice(world: World) -> None:
    jenny, invoice = await asked(world)
    payment = await intent(world, jenny.id, 1000)
    await attach(world, invoice, payment)

    await world.do("paymentIntentCancel", "paymentIntent { id }", id=payment)

    assert await payments(world, invoice) == ["OPEN 1500 default", "CANCELED 1000"]
    assert await money(world, invoice) == ("OPEN", 1500, 0, 1500, 0, 0)


async def test_payment_that_would_take_too_much_is_refused_when_it_is_confirmed(world: World) -> None:
    jenny, invoice = await asked(world)
    payment = await intent(world, jenny.id, 1000)
    await attach(world, invoice, payment)
    await pay(world, invoice, amount=900)
    await world.news()

    refused = await world.refusal("paymentIntentConfirm", "paymentIntent", id=payment, paymentMethod=jenny.cards[0])

    assert refused == [("AMOUNT_TOO_LARGE", "id")]  # 10.00, and 6.00 remain
    assert await world.news() == []
    assert await money(world, invoice) == ("OPEN", 1500, 900, 600, 0, 0)


async def test_customer_who_was_about_to_confirm_another_amount_is_asked_anew(world: World) -> None:
    jenny, invoice = await asked(world)
    await pay(world, invoice, paymentMethod="pm_card_authenticationRequired")
    await world.news()

    await pay(world, invoice, amount=1000, paymentMethod=jenny.cards[0])

    assert await world.news() == [*PART, "payment_intent.canceled", "payment_intent.created", "invoice.updated"]
    assert await payments(world, invoice) == ["CANCELED 1500", "PAID 1000", "OPEN 500 default"]
    await pay(world, invoice)
    assert (await money(world, invoice))[:3] == ("PAID", 1500, 1500)


async def test_parts_that_cannot_be_are_refused_and_nothing_moves(world: World) -> None:
    jenny, invoice = await asked(world)
    for amount, code in ((0, "PARAMETER_INVALID_INTEGER"), (1501, "AMOUNT_TOO_LARGE"), (49, "AMOUNT_TOO_SMALL")):
        assert await world.refusal("invoicePay", "invoice", id=invoice, amount=amount) == [(code, "amount")]
    rest = await world.refusal("invoicePay", "invoice", id=invoice, amount=1451, paidOutOfBand=True)
    assert rest == [("AMOUNT_TOO_SMALL", "amount")]  # 0.49 would be left, and 0.50 is the least
    stranger = await world.customer()
    payments_refused = {
        await intent(world, stranger.id, 500): "PARAMETER_INVALID",
        await intent(world, jenny.id, 500, currency="eur"): "CURRENCY_MISMATCH",
        await intent(world, jenny.id, 1600): "AMOUNT_TOO_LARGE",
        await intent(world, jenny.id, 500, captureMethod="MANUAL"): "PAYMENT_INTENT_UNEXPECTED_STATE",
    }
    await world.news()

    for payment, code in payments_refused.items():
        refused = await world.refusal("invoiceAttachPayment", "invoice", id=invoice, paymentIntent=payment)
        assert refused == [(code, "paymentIntent")]

    assert await world.news() == []
    assert await payments(world, invoice) == ["OPEN 1500 default"]


async def test_partly_paid_invoice_is_not_void(world: World) -> None:
    _, invoice = await asked(world)
    await pay(world, invoice, amount=1000)
    await world.news()

    assert await world.refusal("invoiceVoid", "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]

    assert await world.news() == []
    assert await money(world, invoice) == ("OPEN", 1500, 1000, 500, 0, 0)


async def test_parts_of_an_invoice_that_expires_become_credit(world: World) -> None:
    jenny, invoice = await asked(world)
    await pay(world, invoice, amount=1000)

    await world.move_to("2027-02-01T12:00:00Z")  # 23 hours after the start an incomplete subscription expires

    assert await money(world, invoice) == ("VOID", 1500, 0, 0, 1000, 0)
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -1000


async def test_retries_collect_what_remains(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription: Subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    invoice = (await subscription.invoices())[1]["id"]

    await pay(world, invoice, amount=600)

    assert await subscription.status() == "PAST_DUE"
    assert (await subscription.invoices())[1]["nextPaymentAttempt"] == "2027-03-01T11:00:00Z"
    await world.move_to("2027-03-01T12:00:00Z")
    assert await payments(world, invoice) == ["PAID 900 default", "PAID 600"]
    assert (await subscription.invoices())[1]["attemptCount"] == 2  # the first try and one retry; parts do not count
    assert await subscription.status() == "ACTIVE"


async def test_refunding_a_part_does_not_reopen_the_invoice(world: World) -> None:
    _, invoice = await asked(world)
    await pay(world, invoice, amount=1000)
    await pay(world, invoice)
    query = "query($id: ID!) { invoice(id: $id) { charges(first: 9) { nodes { id amount } } } }"
    charges = (await world.api.ask(query, {"id": invoice}))["invoice"]["charges"]["nodes"]
    await world.news()

    for charge in charges:
        await world.do("refundCreate", "refund { id }", charge=charge["id"])

    assert await world.news() == ["refund.created", "charge.refunded"] * 2
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 0, 0)
