"""What a credit note gave back of a line is not given back again by changes within its period.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_credit_notes import credit, line_of
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""


async def _credited(world: World, amount: int, **more: Any) -> Subscription:
    """A subscription of 30.00 a month, paid with 50 % off, and so much of its line refunded."""
    coupon = (await world.do("couponCreate", "coupon { id }", percentOff="50", duration="FOREVER"))["coupon"]
    jenny = await world.customer(card="pm_card_visa")
    price = await world.price("Basic", 3000)
    subscription = await jenny.subscribe(price, discounts=[{"coupon": coupon["id"]}], **more)
    invoice = (await subscription.invoices())[0]["id"]
    line = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": await line_of(world, invoice), "amount": amount}
    await credit(world, invoice, lines=[line], refundAmount=amount // 2)
    await world.move_to(HALF)
    return subscription


@pytest.mark.parametrize(("amount", "left"), [(3000, []), (1000, [-500]), (2000, [-250])])
async def test_an_end_gives_back_what_was_not_credited(world: World, amount: int, left: list[int]) -> None:
    """Half of 15.00, less the half of what was refunded: 15.00, 5.00 or 10.00."""
    subscription = await _credited(world, amount)
    await subscription.cancel(prorate=True, invoiceNow=True)
    assert [each["total"] for each in await subscription.invoices()][1:] == left


async def test_a_change_gives_back_what_was_not_credited(world: World) -> None:
    """Half of 15.00 - 5.00, and half of 60.00 less 50 %; the next change gives that back, which was not credited."""
    subscription = await _credited(world, 1000)
    await subscription.switch(await world.price("Pro", 6000))
    assert await subscription.waiting() == [-500, 1500]
    await world.move_to("2027-02-21T10:00:00Z")
    await subscription.switch(await world.price("Plus", 3000))
    assert await subscription.waiting() == [-500, 1500, -750, 375]


async def test_classic_gives_back_the_price_in_force(world: World) -> None:
    subscription = await _credited(world, 3000, billingMode="CLASSIC")
    await subscription.cancel(prorate=True, invoiceNow=True)
    assert (await subscription.invoices())[1]["total"] == -750


async def test_what_was_credited_is_told(world: World) -> None:
    subscription = await _credited(world, 1000)
    await subscription.cancel(prorate=True, invoiceNow=True)
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { lines { explanation } } } }", {"id": subscription.id}
    )
    assert found["subscription"]["latestInvoice"]["lines"][0]["explanation"] == (
        "1 × $30.00 = $30.00; discounts of 50 %, void invoices and credit notes took $20.00 of $30.00 off a period;"
        " 14 of 28 days (1209600 of 2419200 seconds) are given back: -$5.00"
    )
