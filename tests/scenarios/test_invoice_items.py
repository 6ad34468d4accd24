"""Amounts beside the periods of a subscription: by hand, or charged once when it begins."""

from typing import Any

from tests.scenarios.world import World


async def once(world: World, amount: int, currency: str = "usd") -> str:
    """The id of a one-time price."""
    answer = await world.do(
        "priceCreate", "price { id }", currency=currency, unitAmount=amount, productData={"name": "Set-up"}
    )
    return str(answer["price"]["id"])


async def item(world: World, subscription: str, **input: Any) -> str:
    """The id of an item that waits."""
    answer = await world.do("invoiceItemCreate", "invoiceItem { id }", subscription=subscription, **input)
    return str(answer["invoiceItem"]["id"])


async def test_amounts_and_one_time_prices_wait_for_the_next_invoice(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await once(world, 5000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.news()

    await item(world, subscription.id, amount=-300, description="Sorry")
    await item(world, subscription.id, price=setup, quantity=2)

    assert (await subscription.waiting(), await world.news()) == ([-300, 10000], ["invoiceitem.created"] * 2)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == [
        "-300 Sorry",
        "10000 2 × Set-up (at $50.00)",
        "1500 1 × Basic (at $15.00 / month)",
    ]
    assert (await subscription.billed())[1] == "11200 PAID 2027-02-28T10:00:00Z"


async def test_item_that_waits_is_changed_and_dropped(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    first, second = await item(world, subscription.id, amount=700), await item(world, subscription.id, amount=900)

    await world.do("invoiceItemUpdate", "invoiceItem { amount explanation }", id=first, amount=500, description="Less")
    await world.do("invoiceItemDelete", "invoiceItem { id }", id=second)

    assert await subscription.waiting() == [500]
    await world.do("invoiceItemDelete", "invoiceItem { id }", id=first)
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"


async def test_item_that_an_invoice_took_up_stays_as_it_is(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    taken = await item(world, subscription.id, amount=700)
    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.refusal("invoiceItemUpdate", "invoiceItem", id=taken, amount=1) == [("PARAMETER_INVALID", "id")]
    assert await world.refusal("invoiceItemDelete", "invoiceItem", id=taken) == [("PARAMETER_INVALID", "id")]


async def test_one_time_prices_are_charged_with_the_first_invoice(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await once(world, 5000)
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    subscription = await jenny.subscribe(basic, addInvoiceItems=[{"price": setup}])

    assert await subscription.billed() == ["6500 PAID 2027-01-31T10:00:00Z"]
    assert (await subscription.waiting(), (await world.news()).count("invoiceitem.created")) == ([], 1)
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"


async def test_one_time_prices_of_a_declined_subscription_that_is_not_made_leave_nothing(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await once(world, 5000)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")

    answer = await world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=jenny.id,
        items=[{"price": basic}],
        addInvoiceItems=[{"price": setup}],
        paymentBehavior="ERROR_IF_INCOMPLETE",
    )

    found = await world.api.ask("{ invoiceItems(first: 1) { totalCount } }")
    assert (answer["subscription"], found["invoiceItems"]["totalCount"]) == (None, 0)


async def test_items_that_make_no_sense_are_refused(world: World) -> None:
    basic, euro = await world.price("Basic", 1500), await once(world, 5000, "eur")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({}, ("PARAMETER_MISSING", "amount")),
        ({"amount": 1, "price": euro}, ("PARAMETERS_EXCLUSIVE", "amount")),
        ({"price": euro}, ("CURRENCY_MISMATCH", "price")),
        ({"price": basic}, ("PARAMETER_INVALID", "price")),
        ({"price": "price_none"}, ("RESOURCE_MISSING", "price")),
        ({"amount": 10**9}, ("AMOUNT_TOO_LARGE", "amount")),
    ]
    for given, problem in cases:
        refused = await world.refusal("invoiceItemCreate", "invoiceItem", subscription=subscription.id, **given)
        assert refused == [problem]
    assert await subscription.waiting() == []
