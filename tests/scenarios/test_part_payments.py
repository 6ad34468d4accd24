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
