"""What a change gives back takes its tax along as it was asked for, whatever tax is asked for now.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
Halfway, 10.00 of a price of 20.00 are left.
"""

from typing import Any

import pytest

from tests.scenarios.taxing import rate
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
MODES = pytest.mark.parametrize("mode", ["FLEXIBLE", "CLASSIC"])


async def _given_back(subscription: Subscription) -> int:
    """The total of the invoice that ends the subscription now."""
    await subscription.cancel(prorate=True, invoiceNow=True)
    return int((await subscription.invoices())[1]["total"])


async def _half_gone(world: World, mode: str, **terms: Any) -> Subscription:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 2000), billingMode=mode, **terms)
    await world.move_to(HALF)
    return subscription


@MODES
async def test_tax_that_was_not_asked_for_is_not_given_back(world: World, mode: str) -> None:
    subscription = await _half_gone(world, mode)
    await subscription.update(defaultTaxRates=[await rate(world, "10")])
    assert await _given_back(subscription) == -1000


@MODES
async def test_tax_that_was_asked_for_is_given_back(world: World, mode: str) -> None:
    subscription = await _half_gone(world, mode, defaultTaxRates=[await rate(world, "10")])
    assert (await subscription.invoices())[0]["total"] == 2200
    await subscription.update(defaultTaxRates=[])
    assert await _given_back(subscription) == -1100  # 10.00 and 10 % of it


@MODES
async def test_who_becomes_exempt_gets_back_the_tax_that_they_paid(world: World, mode: str) -> None:
    subscription = await _half_gone(world, mode, defaultTaxRates=[await rate(world, "10")])
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { customer { id } } }", {"id": subscription.id}
    )
    customer = found["subscription"]["customer"]["id"]
    await world.do("customerUpdate", "customer { id }", id=customer, taxExempt="EXEMPT")
    assert await _given_back(subscription) == -1100


@MODES
async def test_who_was_exempt_gets_no_tax_back(world: World, mode: str) -> None:
    jenny = await world.customer(card="pm_card_visa", taxExempt="EXEMPT")
    ten = await rate(world, "10")
    subscription = await jenny.subscribe(await world.price("Basic", 2000), billingMode=mode, defaultTaxRates=[ten])
    await world.move_to(HALF)
    await world.do("customerUpdate", "customer { id }", id=jenny.id, taxExempt="NONE")
    assert await _given_back(subscription) == -1000


@MODES
async def test_an_upgrade_is_taxed_as_now_and_its_credit_as_before(world: World, mode: str) -> None:
    """-10.00 with 10 %, 20.00 of a price of 40.00 with 20 %."""
    subscription = await _half_gone(world, mode, defaultTaxRates=[await rate(world, "10")])
    await subscription.update(defaultTaxRates=[await rate(world, "20")])

    await subscription.switch(await world.price("Pro", 4000), prorationBehavior="ALWAYS_INVOICE")

    assert (await subscription.invoices())[1]["total"] == -1100 + 2400
    answer = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { lines { taxes { amount taxableAmount } } } } }",
        {"id": subscription.id},
    )
    taxes = [line["taxes"] for line in answer["subscription"]["latestInvoice"]["lines"]]
    assert taxes == [[{"amount": -100, "taxableAmount": -1000}], [{"amount": 400, "taxableAmount": 2000}]]


async def test_a_credit_that_waits_keeps_its_tax(world: World) -> None:
    """-10.00 with 10 %, 20.00 and the next period's 40.00 with 20 %: what waits is taxed when it is invoiced."""
    subscription = await _half_gone(world, "FLEXIBLE", defaultTaxRates=[await rate(world, "10")])
    await subscription.update(defaultTaxRates=[await rate(world, "20")])
    await subscription.switch(await world.price("Pro", 4000))
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.invoices())[1]["total"] == -1100 + 2400 + 4800
