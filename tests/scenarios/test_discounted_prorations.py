"""Discounts within prorations, in both billing modes, worked out by hand.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""
MODES = pytest.mark.parametrize("mode", ["FLEXIBLE", "CLASSIC"])


async def _coupon(world: World, **terms: Any) -> list[dict[str, str]]:
    answer = await world.do("couponCreate", "coupon { id }", **{"duration": "FOREVER", **terms})
    return [{"coupon": answer["coupon"]["id"]}]


async def _first_total(subscription: Subscription) -> int:
    return int((await subscription.invoices())[0]["total"])


@MODES
@pytest.mark.parametrize(
    ("terms", "first", "waiting"),
    [
        ({"percentOff": "20"}, 1200, [-600, 1600]),  # half of 15.00 - 3.00, half of 40.00 - 8.00
        ({"amountOff": 500, "currency": "usd"}, 1000, [-500, 1750]),  # half of 15.00 - 5.00, half of 40.00 - 5.00
        ({"amountOff": 2000, "currency": "usd"}, 0, [0, 1000]),  # never below zero; half of 40.00 - 20.00
        ({"percentOff": "100"}, 0, [0, 0]),
    ],
)
async def test_both_sides_of_a_change_are_discounted(
    world: World, mode: str, terms: dict[str, Any], first: int, waiting: list[int]
) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=await _coupon(world, **terms))
    assert await _first_total(subscription) == first
    await world.move_to(HALF)

    await subscription.switch(pro)

    assert await subscription.waiting() == waiting


async def test_discounts_within_prorations_are_not_taken_again(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=await _coupon(world, percentOff="20"))
    await world.move_to(HALF)
    await subscription.switch(pro)
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.lines() == [
        "-600 Unused time on 1 × Basic after 14 Feb 2027",
        "1600 Remaining time on 1 × Pro after 14 Feb 2027",
        "4000 1 × Pro (at $40.00 / month)",
    ]
    assert (await subscription.invoices())[1]["total"] == 4200  # -6.00 + 16.00 + 40.00 - 8.00


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -600), ("CLASSIC", -350)])
async def test_a_fixed_coupon_is_shared_by_items_or_falls_on_the_credited_one(
    world: World, mode: str, credit: int
) -> None:
    """8.00 off 15.00 and 25.00 are 3.00 and 5.00; off 40.00 and 25.00 they are 4.92 and the rest.

    FLEXIBLE gives back half of 15.00 - 3.00, CLASSIC half of 15.00 - 8.00; half of 40.00 - 4.92 is charged.
    """
    basic, plus, pro = [await world.price(*each) for each in (("Basic", 1500), ("Plus", 2500), ("Pro", 4000))]
    jenny = await world.customer(card="pm_card_visa")
    answer = await world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=jenny.id,
        items=[{"price": basic}, {"price": plus}],
        billingMode=mode,
        discounts=await _coupon(world, amountOff=800, currency="usd"),
    )
    subscription = Subscription(world, answer["subscription"]["id"])
    assert await _first_total(subscription) == 3200
    await world.move_to(HALF)

    await subscription.switch(pro)

    assert await subscription.waiting() == [credit, 1754]


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -375), ("CLASSIC", -750)])
async def test_credit_has_the_coupon_that_its_invoice_used_up(world: World, mode: str, credit: int) -> None:
    """15.00 less 50 %, once: FLEXIBLE gives back half of the 7.50 that were invoiced, CLASSIC half of 15.00."""
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    once = await _coupon(world, percentOff="50", duration="ONCE")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=once)
    assert await _first_total(subscription) == 750
    await world.move_to(HALF)

    await subscription.switch(pro)

    assert await subscription.waiting() == [credit, 2000]


@MODES
async def test_a_coupon_of_one_invoice_waits_for_a_whole_period(world: World, mode: str) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode=mode)
    await world.move_to(HALF)
    await subscription.update(discounts=await _coupon(world, percentOff="50", duration="ONCE"))

    await subscription.switch(pro)

    assert await subscription.waiting() == [-750, 2000]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.invoices())[1]["total"] == 3250  # -7.50 + 20.00 + 40.00 - 20.00
    await world.move_to("2027-03-31T12:00:00Z")
    assert (await subscription.invoices())[2]["total"] == 4000


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -750), ("CLASSIC", -600)])
async def test_a_coupon_that_came_later_is_in_the_charge(world: World, mode: str, credit: int) -> None:
    """FLEXIBLE gives back what was invoiced, CLASSIC with what is in force; half of 40.00 - 8.00 is charged."""
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode=mode)
    await world.move_to(HALF)
    await subscription.update(discounts=await _coupon(world, percentOff="20"))
    assert await subscription.waiting() == []

    await subscription.switch(pro)

    assert await subscription.waiting() == [credit, 1600]


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -600), ("CLASSIC", -750)])
async def test_a_coupon_that_went_is_in_the_credit_alone(world: World, mode: str, credit: int) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    discounts = await _coupon(world, percentOff="20")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=discounts)
    await world.move_to(HALF)
    await subscription.update(discounts=[])

    await subscription.switch(pro)

    assert await subscription.waiting() == [credit, 2000]


@MODES
async def test_a_second_change_gives_back_what_the_first_one_charged(world: World, mode: str) -> None:
    """7 of 28 days are left: of 40.00 - 8.00 and of 20.00 - 4.00."""
    basic, pro, plus = [await world.price(*each) for each in (("Basic", 1500), ("Pro", 4000), ("Plus", 2000))]
    jenny = await world.customer(card="pm_card_visa")
    discounts = await _coupon(world, percentOff="20")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=discounts)
    await world.move_to(HALF)
    await subscription.switch(pro)
    await world.move_to("2027-02-21T10:00:00Z")

    await subscription.switch(plus)

    assert await subscription.waiting() == [-600, 1600, -800, 400]


@MODES
async def test_an_end_gives_back_what_was_left_after_discounts(world: World, mode: str) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    discounts = await _coupon(world, percentOff="20")
    subscription = await jenny.subscribe(basic, billingMode=mode, discounts=discounts)
    await world.move_to(HALF)

    await subscription.cancel(prorate=True, invoiceNow=True)

    assert (await subscription.invoices())[1]["total"] == -600  # half of 15.00 - 3.00


async def test_a_pause_gives_back_what_was_left_after_discounts(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=await _coupon(world, percentOff="20"))
    await world.move_to(HALF)

    await world.do("subscriptionPause", "subscription { id }", id=subscription.id, billFor={"unusedTimeFrom": "NOW"})

    assert await subscription.waiting() == [-600]


async def test_a_discount_of_the_customer_is_within_prorations(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa", discount=(await _coupon(world, percentOff="20"))[0])
    subscription = await jenny.subscribe(basic)
    assert await _first_total(subscription) == 1200
    await world.move_to(HALF)

    await subscription.switch(pro)

    assert await subscription.waiting() == [-600, 1600]


async def test_prorations_tell_their_discounts_step_by_step(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=await _coupon(world, percentOff="20"))
    await world.move_to(HALF)

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    answer = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { total lines { explanation discountAmounts { amount }"
        " } } } }",
        {"id": subscription.id},
    )
    invoice = answer["subscription"]["latestInvoice"]
    assert invoice["total"] == 1000
    assert [line["explanation"] for line in invoice["lines"]] == [
        "1 × $15.00 = $15.00; discounts of 20 % take $3.00 of $15.00 off a period;"
        " 14 of 28 days (1209600 of 2419200 seconds) are given back: -$6.00",
        "1 × $40.00 = $40.00; discounts of 20 % take $8.00 of $40.00 off a period;"
        " 14 of 28 days (1209600 of 2419200 seconds) are charged: $16.00",
    ]
    assert [line["discountAmounts"] for line in invoice["lines"]] == [[], []]


@MODES
async def test_per_cents_off_a_renewal_are_whole_beside_what_it_gives_back(world: World, mode: str) -> None:
    """-60.00 + 7.50 of the change to half of 120.00 and 15.00, and 30.00 less 50 %; the sum is the customer's."""
    basic, pro = await world.price("Basic", 3000), await world.price("Pro", 24000)
    jenny = await world.customer(card="pm_card_visa")
    discounts = await _coupon(world, percentOff="50")
    subscription = await jenny.subscribe(pro, billingMode=mode, discounts=discounts)
    await world.move_to(HALF)
    await subscription.switch(basic)
    assert await subscription.waiting() == [-6000, 750]

    await world.move_to("2027-02-28T12:00:00Z")

    assert [each["total"] for each in await subscription.invoices()] == [12000, -3750]  # -60.00 + 7.50 + 15.00
