"""A void invoice counts no more as what was invoiced for a period.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February, the second 31.
"""

import pytest

from tests.scenarios.test_intervals import HALF
from tests.scenarios.world import Subscription, World


async def void_latest(subscription: Subscription) -> None:
    """Void the latest invoice of a subscription."""
    latest = (await subscription.now())["latestInvoice"]["id"]
    await subscription.world.do("invoiceVoid", "invoice { id }", id=latest)


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", 0), ("CLASSIC", -750)])
async def test_period_whose_invoice_is_void_is_not_given_back(world: World, mode: str, credit: int) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, billingMode=mode)
    await world.do(
        "accountSettingsUpdate", "account { id }", retryPolicy="CUSTOM", retryWaits=[], retriesEnd="PAST_DUE"
    )
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-03-16T10:00:00Z")
    await void_latest(subscription)

    await subscription.switch(pro, prorationDate="2027-03-15T22:00:00Z")  # 15.5 of 31 days are left

    assert await subscription.waiting() == [credit, 2000]
    await subscription.switch(basic, prorationDate="2027-03-15T22:00:00Z")
    assert await subscription.waiting() == [credit, 2000, -2000, 750]  # what was charged meanwhile is given back


async def test_void_invoice_of_a_change_leaves_what_was_invoiced_before(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    plus = await world.price("Plus", 2000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to(HALF)
    await jenny.script("INSUFFICIENT_FUNDS")
    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")
    await void_latest(subscription)

    await subscription.switch(plus)

    assert await subscription.waiting() == [-750, 1000]  # half of Basic, which was paid; half of Plus


async def test_item_that_was_changed_since_keeps_what_was_invoiced(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to(HALF)
    await jenny.script("INSUFFICIENT_FUNDS")
    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")
    unpaid = (await subscription.now())["latestInvoice"]["id"]
    await subscription.switch(quantity=2)
    await world.do("invoiceVoid", "invoice { id }", id=unpaid)

    await subscription.switch(quantity=1)

    assert await subscription.waiting() == [-2000, 4000, -4000, 2000]
