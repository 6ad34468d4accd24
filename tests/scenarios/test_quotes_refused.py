"""What cannot be offered or accepted is refused, and nothing moves."""

import asyncio
from typing import Any

from models import Charge, Event, Invoice, Price, Quote, Subscription
from tests.scenarios.quoting import Offer, offered, one_time
from tests.scenarios.world import World
from tests.simulation.invariants import check_all


async def moved() -> list[int]:
    """Counts that show whether anything happened."""
    return [await model.all().count() for model in (Event, Charge, Invoice, Subscription, Quote, Price)]


async def refused_whole(quote: Offer, verb: str) -> list[tuple[str, str]]:
    """What is wrong with a verb that must leave everything as it was."""
    before, status = await moved(), await quote.status()
    problems = await quote.refused(verb)
    assert (await moved(), await quote.status()) == (before, status)
    return problems


async def test_quotes_that_make_no_sense_are_refused(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 9000, every="1 YEAR")
    euro, setup = await world.price("Euro", 1500, currency="eur"), await one_time(world, "Set-up", 5000)
    line, jenny = {"price": basic}, await world.customer()
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({}, [("PARAMETER_INVALID", "lineItems")]),
        ({"lineItems": [{}]}, [("PARAMETER_MISSING", "lineItems.0.price")]),
        ({"lineItems": [line, {"price": pro}]}, [("PARAMETER_INVALID", "lineItems.1.price")]),
        ({"lineItems": [line, {"price": euro}]}, [("CURRENCY_MISMATCH", "lineItems.1.price")]),
        ({"lineItems": [line, line]}, [("PARAMETER_INVALID", "lineItems.1.price")]),
        ({"lineItems": [line] * 21}, [("PARAMETER_INVALID", "lineItems")]),
        ({"lineItems": [{"price": basic, "quantity": -1}]}, [("PARAMETER_INVALID_INTEGER", "lineItems.0.quantity")]),
        ({"lineItems": [{"price": basic, "quantity": 70_000}]}, [("AMOUNT_TOO_LARGE", "lineItems")]),
        ({"lineItems": [line], "expiresAt": "2027-01-31T10:00:00Z"}, [("PARAMETER_INVALID", "expiresAt")]),
        (
            {"lineItems": [line, {"price": setup}], "subscriptionData": {"trialPeriodDays": 7}},
            [("PARAMETERS_EXCLUSIVE", "subscriptionData.trialPeriodDays")],
        ),
        (
            {"lineItems": [{"price": "price_none"}], "subscriptionData": {"trialPeriodDays": 0}, "footer": "x" * 501},
            [
                ("PARAMETER_STRING_TOO_LONG", "footer"),
                ("PARAMETER_INVALID_INTEGER", "subscriptionData.trialPeriodDays"),
                ("RESOURCE_MISSING", "lineItems.0.price"),
            ],
        ),
    ]
    before = await moved()
    for given, problems in cases:
        assert await world.refusal("quoteCreate", "quote", customer=jenny.id, **given) == problems
    assert await world.refusal("quoteCreate", "quote", lineItems=[line]) == [("PARAMETER_MISSING", "customer")]
    unknown = await world.refusal("quoteCreate", "quote", customer="cus_none", lineItems=[line])
    assert (unknown, await moved()) == ([("RESOURCE_MISSING", "customer")], before)


async def test_what_the_customer_would_choose_is_refused_with_what_would_be_right(world: World) -> None:
    price = await world.do(
        "priceCreate", "price { id }",
        productData={"name": "Gift"}, currency="usd", customUnitAmount={"preset": 2000},
    )  # fmt: skip
    gift, jenny = price["price"]["id"], await world.customer()
    answer = await world.api.do("quoteCreate", "quote { id }", {"customer": jenny.id, "lineItems": [{"price": gift}]})
    [problem] = answer["userErrors"]
    assert (problem["param"], problem["message"]) == (
        ["lineItems", "0", "price"],
        f"Price {gift} leaves the amount to the customer, whom nobody asks here; it would have to be a price that says"
        " what it costs.",
    )


async def test_terms_that_make_no_sense_are_refused(world: World) -> None:
    setup, jenny = await one_time(world, "Set-up", 5000), await world.customer()
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"collectionMethod": "SEND_INVOICE"}, ("PARAMETER_MISSING", "invoiceSettings.daysUntilDue")),
        ({"invoiceSettings": {"daysUntilDue": 14}}, ("PARAMETER_UNKNOWN", "invoiceSettings.daysUntilDue")),
        (
            {"collectionMethod": "SEND_INVOICE", "invoiceSettings": {"daysUntilDue": 731}},
            ("PARAMETER_INVALID_INTEGER", "invoiceSettings.daysUntilDue"),
        ),
        ({"subscriptionData": {"trialPeriodDays": 7}}, ("PARAMETERS_EXCLUSIVE", "subscriptionData.trialPeriodDays")),
    ]
    before = await moved()
    for given, problem in cases:
        lines = [{"price": setup}]
        assert await world.refusal("quoteCreate", "quote", customer=jenny.id, lineItems=lines, **given) == [problem]
    assert await moved() == before


async def test_copies_that_make_no_sense_are_refused(world: World) -> None:
    jenny, basic = await world.customer(), await world.price("Basic", 1500)
    draft = await offered(jenny, basic)
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"fromQuote": {"quote": "qt_none"}}, ("RESOURCE_MISSING", "fromQuote.quote")),
        ({"fromQuote": {"quote": draft.id}, "customer": jenny.id}, ("PARAMETERS_EXCLUSIVE", "fromQuote")),
        ({"fromQuote": {"quote": draft.id, "isRevision": True}}, ("QUOTE_UNEXPECTED_STATE", "fromQuote.quote")),
    ]
    before = await moved()
    for given, problem in cases:
        assert await world.refusal("quoteCreate", "quote", **given) == [problem]
    assert await moved() == before


async def test_draft_is_not_accepted_nor_finalized_twice(world: World) -> None:
    quote = await offered(await world.customer(card="pm_card_visa"), await world.price("Basic", 1500))

    assert await refused_whole(quote, "quoteAccept") == [("QUOTE_UNEXPECTED_STATE", "id")]
    await quote.finalize()
    assert await refused_whole(quote, "quoteFinalize") == [("QUOTE_UNEXPECTED_STATE", "id")]
    await quote.accept()
    for verb in ("quoteAccept", "quoteCancel"):
        assert await refused_whole(quote, verb) == [("QUOTE_UNEXPECTED_STATE", "id")]


async def test_without_a_card_nothing_is_accepted(world: World) -> None:
    jenny = await world.customer()
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()

    assert await refused_whole(quote, "quoteAccept") == [("RESOURCE_MISSING", "id")]

    await jenny.take_card("pm_card_visa")
    assert await (await quote.accept()).status() == "ACTIVE"


async def test_archived_prices_and_products_are_accepted_no_more(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    found = await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": setup})
    jenny = await world.customer(card="pm_card_visa")
    quote, draft = await (await offered(jenny, basic, setup)).finalize(), await offered(jenny, basic, setup)

    await world.do("priceUpdate", "price { id }", id=basic, active=False)
    await world.do("productUpdate", "product { id }", id=found["price"]["product"]["id"], active=False)

    gone = [("PRICE_INACTIVE", "id"), ("PRODUCT_INACTIVE", "id")]
    assert await refused_whole(quote, "quoteAccept") == gone
    assert await refused_whole(draft, "quoteFinalize") == gone
    await world.do("priceUpdate", "price { id }", id=basic, active=True)
    await world.do("productUpdate", "product { id }", id=found["price"]["product"]["id"], active=True)
    assert await (await quote.accept()).status() == "ACTIVE"


async def test_deleted_customer_accepts_nothing(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    quote, draft = await (await offered(jenny, basic)).finalize(), await offered(jenny, basic)
    await world.do("customerDelete", "customer { id }", id=jenny.id)

    assert await refused_whole(quote, "quoteAccept") == [("RESOURCE_MISSING", "id")]
    assert await refused_whole(draft, "quoteFinalize") == [("RESOURCE_MISSING", "id")]
    assert await world.refusal("quoteCreate", "quote", fromQuote={"quote": quote.id}) == [
        ("RESOURCE_MISSING", "customer")
    ]
    await world.move_to("2027-03-03T00:00:00Z")
    assert (await quote.status(), await draft.status()) == ("CANCELED", "CANCELED")


async def test_open_quote_holds_the_currency_of_its_customer(world: World) -> None:
    basic, euro = await world.price("Basic", 1500), await world.price("Euro", 1500, currency="eur")
    jenny = await world.customer(card="pm_card_visa")
    other = await offered(jenny, euro)
    quote = await (await offered(jenny, basic)).finalize()

    assert await refused_whole(other, "quoteFinalize") == [("CURRENCY_MISMATCH", "id")]
    items = [{"price": euro}]
    refused = await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items)
    assert refused == [("CURRENCY_MISMATCH", "items.0.price")]
    assert await world.refusal("quoteCreate", "quote", customer=jenny.id, lineItems=items) == [
        ("CURRENCY_MISMATCH", "lineItems")
    ]
    await world.do("quoteCancel", "quote { id }", id=quote.id)
    assert await (await (await other.finalize()).accept()).status() == "ACTIVE"


async def test_parallel_acceptances_make_one_subscription_and_one_charge(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()

    answers = await asyncio.gather(
        *(world.api.do("quoteAccept", "quote { subscription { id } }", {"id": quote.id}) for _ in range(20))
    )

    accepted = [each for each in answers if each["quote"] is not None]
    refusals = {error["code"] for each in answers if each["quote"] is None for error in each["userErrors"]}
    assert (len(accepted), refusals) == (1, {"QUOTE_UNEXPECTED_STATE"})
    assert (await Subscription.all().count(), await Charge.all().count(), await Invoice.all().count()) == (1, 1, 1)
    await check_all()


async def test_parallel_finalizations_number_without_gap_or_double(world: World) -> None:
    jenny = await world.customer(invoicePrefix="JENNY")
    basic = await world.price("Basic", 1500)
    quotes = [await offered(jenny, basic) for _ in range(16)]

    await asyncio.gather(*(quote.finalize() for quote in quotes))

    numbers = {(await quote.now())["number"] for quote in quotes}
    assert numbers == {f"QT-JENNY-{place:04d}-1" for place in range(1, 17)}


async def test_prefix_that_stands_on_a_quote_is_not_given_again(world: World) -> None:
    jenny = await world.customer(invoicePrefix="JENNY")
    await (await offered(jenny, await world.price("Basic", 1500))).finalize()
    await world.do("customerUpdate", "customer { id }", id=jenny.id, invoicePrefix="OTHER")

    assert await world.refusal("customerCreate", "customer", invoicePrefix="JENNY") == [
        ("RESOURCE_ALREADY_EXISTS", "invoicePrefix")
    ]
