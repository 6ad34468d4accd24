"""Ends at a date that are set, moved and taken back: the time is given back and charged again with its discounts.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.world import Subscription, World

MODES = pytest.mark.parametrize("mode", ["FLEXIBLE", "CLASSIC"])
ENDS = ("2027-02-14T10:00:00Z", "2027-02-07T10:00:00Z", "2027-02-21T10:00:00Z", None)
"""14 days are given back, then 7 more; then 14 are charged again, and the last 7."""


async def _subscribed(world: World, mode: str, **terms: Any) -> Subscription:
    """A subscription of 28.00 a month with a coupon."""
    coupon = await world.do("couponCreate", "coupon { id }", **terms)
    jenny = await world.customer(card="pm_card_visa")
    discounts = [{"coupon": coupon["coupon"]["id"]}]
    return await jenny.subscribe(await world.price("Basic", 2800), billingMode=mode, discounts=discounts)


@MODES
@pytest.mark.parametrize(
    ("terms", "waiting"),
    [
        ({"percentOff": "50", "duration": "FOREVER"}, [-700, -350, 700, 350]),
        ({"amountOff": 1400, "currency": "usd", "duration": "FOREVER"}, [-700, -350, 700, 350]),
    ],
)
async def test_what_was_given_back_is_charged_again_less_its_discounts(
    world: World, mode: str, terms: dict[str, Any], waiting: list[int]
) -> None:
    subscription = await _subscribed(world, mode, **terms)
    for end in ENDS:
        await subscription.update(cancelAt=end)
    assert await subscription.waiting() == waiting


async def test_what_a_coupon_of_one_invoice_took_off_it_takes_off_again(world: World) -> None:
    subscription = await _subscribed(world, "FLEXIBLE", percentOff="50", duration="ONCE")
    for end in ENDS:
        await subscription.update(cancelAt=end)
    assert await subscription.waiting() == [-700, -350, 700, 350]


@MODES
async def test_what_was_not_billed_is_charged_less_the_discounts_in_force(world: World, mode: str) -> None:
    """14 of the 31 days of the second period cost 12.65 less 10.00; the other 17 are 17/31 of 28.00 - 10.00."""
    subscription = await _subscribed(world, mode, amountOff=1000, currency="usd", duration="FOREVER")
    await subscription.update(cancelAt="2027-03-14T10:00:00Z")
    await world.move_to("2027-03-01T10:00:00Z")
    assert (await subscription.invoices())[1]["total"] == 265
    await subscription.update(cancelAt=None)
    assert await subscription.waiting() == [987]
