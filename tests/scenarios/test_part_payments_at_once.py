"""Payments of one invoice side by side: never more is taken than is due, and nobody waits in a circle."""

import asyncio
from typing import Any

import pytest

from models import Charge, Invoice, PaymentIntent, PaymentMethod
from services.payments import Attempts, Resolution, Wish
from services.transactions import in_transaction
from services.transactions.retries import contention
from tests.scenarios.test_part_payments import asked, attach, intent, money
from tests.scenarios.world import World
from tests.simulation.invariants import check_all


async def taken(invoice: str) -> int:
    """What all charges of an invoice took."""
    return sum(each.amount_captured for each in await Charge.filter(invoice_id=invoice))


async def test_parallel_parts_never_take_more_than_is_due(world: World) -> None:
    _, invoice = await asked(world)

    async def part() -> bool:
        answer = await world.api.do("invoicePay", "invoice { id }", {"id": invoice, "amount": 400})
        return answer["invoice"] is not None

    done = 0
    for _ in range(4):  # Of those that meet, one is carried out; the others are refused while it is in flight.
        done += sum(await asyncio.gather(*(part() for _ in range(6))))

    assert done == 3  # 3 × 4.00 of 15.00; a fourth would be 16.00
    assert await taken(invoice) == 1200
    assert await money(world, invoice) == ("OPEN", 1500, 1200, 300, 0, 0)
    await check_all()


async def test_whole_and_attached_payments_at_once_take_the_amount_once(world: World) -> None:
    jenny, invoice = await asked(world)
    attached = [await intent(world, jenny.id, 1500) for _ in range(3)]
    for payment in attached:
        await attach(world, invoice, payment)

    async def confirm(payment: str) -> Any:
        wanted = {"id": payment, "paymentMethod": jenny.cards[0]}
        return await world.api.do("paymentIntentConfirm", "paymentIntent { id }", wanted)

    whole = (world.api.do("invoicePay", "invoice { id }", {"id": invoice}) for _ in range(3))
    await asyncio.gather(*whole, *map(confirm, attached))

    assert await taken(invoice) == 1500
    assert await money(world, invoice) == ("PAID", 1500, 1500, 0, 0, 0)
    await check_all()


async def test_paying_voiding_and_confirming_at_once_wait_for_each_other_in_one_order(world: World) -> None:
    stories = [await asked(world) for _ in range(4)]
    before = contention.units_repeated
    works = []
    for jenny, invoice in stories:
        payment = await intent(world, jenny.id, 1000)
        await attach(world, invoice, payment)
        confirmation = {"id": payment, "paymentMethod": jenny.cards[0]}
        card = {"id": jenny.id, "invoiceSettings": {"defaultPaymentMethod": jenny.cards[0]}}
        works += [
            world.api.do("invoicePay", "invoice { id }", {"id": invoice}),
            world.api.do("paymentIntentConfirm", "paymentIntent { id }", confirmation),
            world.api.do("invoicePay", "invoice { id }", {"id": invoice, "amount": 500}),
            world.api.do("invoiceVoid", "invoice { id }", {"id": invoice}),
            world.api.do("invoiceMarkUncollectible", "invoice { id }", {"id": invoice}),
            world.api.do("customerUpdate", "customer { id }", card),
        ]

    await asyncio.gather(*works)

    assert contention.units_repeated == before
    assert all([await taken(invoice) <= 1500 for _, invoice in stories])
    await check_all()


@pytest.mark.parametrize(("status", "paid"), [("void", 0), ("paid", 1500)])
async def test_late_success_of_a_payment_becomes_credit(world: World, status: str, paid: int) -> None:
    jenny, invoice = await asked(world)
    wish = Wish(
        intent=await PaymentIntent.get(invoice_id=invoice),
        payment_method=await PaymentMethod.get(id=jenny.cards[0]),
        at=(await Invoice.get(id=invoice)).created_at,
        off_session=True,
        test_clock_id=world.clock,
    )
    [charge] = await in_transaction(lambda: Attempts(world.api.scope).prepare([wish]))
    # What no verb lets happen while a payment is in flight: a network that takes money from what is canceled.
    await Invoice.filter(id=invoice).update(status=status, amount_paid=paid)

    await Resolution(world.api.scope).resolve([charge.id])

    assert await money(world, invoice) == (status.upper(), 1500, paid, 0, 1500, 0)
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": jenny.id})
    assert found["customer"]["balance"] == -1500
    assert (await world.news())[-2:] == ["customer.updated", "invoice.overpaid"]
