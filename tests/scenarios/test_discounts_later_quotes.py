"""Quotes with discounts: what they come to, and what is redeemed when they are accepted."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from models import Event, Subscription
from services.quotes.papers import quote_paper
from tests.scenarios.couponing import code, counted, coupon, discounts, totals
from tests.scenarios.quoting import Offer, copied, offered, one_time
from tests.scenarios.test_quotes_refused import refused_whole
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

REDUCED = """
amountSubtotal amountTotal totalDetails { amountDiscount }
discounts { coupon { id } promotionCode { id } }
totalDiscountAmounts { amount percentOff coupon { id } }
computed {
    upfront { amountSubtotal amountTotal totalDetails { amountDiscount } }
    recurring { amountSubtotal amountTotal totalDetails { amountDiscount } }
}
lineItems {
    amountSubtotal amountTotal amountDiscount explanation discounts { coupon { id } }
    discountAmounts { amount coupon { id } }
}
"""


async def reduced(quote: Offer) -> dict[str, Any]:
    """What the quote comes to, and how."""
    found = await quote.world.api.ask(f"query($id: ID!) {{ quote(id: $id) {{ {REDUCED} }} }}", {"id": quote.id})
    return dict(found["quote"])


def sums(part: dict[str, Any]) -> tuple[int, int, int]:
    """Subtotal, discount and total."""
    return part["amountSubtotal"], part["totalDetails"]["amountDiscount"], part["amountTotal"]


async def invoiced(world: World, identifier: str) -> tuple[int, int, list[list[int]]]:
    """Subtotal and total of an invoice, and what is taken off each of its lines."""
    found = await world.api.ask(
        "query($id: ID!) { invoice(id: $id) { subtotal total lines { discountAmounts { amount } } } }",
        {"id": identifier},
    )
    invoice = found["invoice"]
    cuts = [[each["amount"] for each in line["discountAmounts"]] for line in invoice["lines"]]
    return invoice["subtotal"], invoice["total"], cuts


async def _quoted(world: World) -> Offer:
    """Two of what recurs and a set-up at half the price, 10 % off all of it."""
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    line = {"price": setup, "discounts": [{"coupon": "HALF"}]}
    return await offered(jenny, {"price": basic, "quantity": 2}, line, discounts=[{"coupon": "TENTH"}])


async def test_quote_is_reckoned_with_its_discounts(world: World) -> None:
    quote = await _quoted(world)

    now = await reduced(quote)

    # 2 × 1500 - 10 % = 2700; 5000 - 2500 = 2500, less 10 % of that: 2250. Each period 3000 - 300.
    assert sums(now) == sums(now["computed"]["upfront"]) == (8000, 3050, 4950)
    assert sums(now["computed"]["recurring"]) == (3000, 300, 2700)
    assert [(each["amountDiscount"], each["amountTotal"]) for each in now["lineItems"]] == [(300, 2700), (2750, 2250)]
    assert now["lineItems"][1]["discounts"] == [{"coupon": {"id": "HALF"}}]
    assert [(each["amount"], each["coupon"]["id"]) for each in now["lineItems"][1]["discountAmounts"]] == [
        (2500, "HALF"),
        (250, "TENTH"),
    ]
    assert [(each["amount"], each["percentOff"], each["coupon"]["id"]) for each in now["totalDiscountAmounts"]] == [
        (550, "10", "TENTH"),
        (2500, "50", "HALF"),
    ]
    assert await counted() == {"TENTH": 0, "HALF": 0}


async def test_paper_and_events_tell_the_discounts(world: World) -> None:
    quote = await (await _quoted(world)).finalize()

    paper = await quote_paper(quote.id)

    assert paper is not None
    assert [(each.name, each.amount, each.percentage) for each in paper.discounts] == [
        ("TENTH", 550, Decimal(10)),
        ("HALF", 2500, Decimal(50)),
    ]
    assert (paper.subtotal, paper.total, [line.amount for line in paper.lines]) == (8000, 4950, [3000, 5000])
    event = await Event.filter(type="quote.finalized").get()
    told = event.data
    assert told["total_details"]["amount_discount"] == 3050
    assert told["computed"]["recurring"]["total_details"]["amount_discount"] == 300
    assert (told["computed"]["upfront"]["amount_total"], told["discounts"]) == (4950, [])


async def test_acceptance_redeems_what_the_quote_names(world: World) -> None:
    quote = await (await _quoted(world)).finalize()
    await world.news()

    subscription = await quote.accept()

    assert await world.news() == [
        *("customer.subscription.created", "customer.discount.created", "invoiceitem.created", "invoice.created"),
        *("invoice.finalized", "quote.accepted", "payment_intent.created"),
        *("charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"),
        "customer.subscription.updated",
    ]
    assert await totals(subscription) == [(8000, 4950)]
    assert await discounts(subscription) == ["TENTH"]
    assert await counted() == {"TENTH": 1, "HALF": 1}
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await totals(subscription))[1:] == [(3000, 2700)]
    await check_all()


async def test_discount_that_ends_is_not_in_what_recurs(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "ONCE", percentOff="10")
    await coupon(world, "MONTHS", percentOff="50", duration="REPEATING", durationInMonths=3)
    jenny = await world.customer(card="pm_card_visa")
    item = {"price": basic, "discounts": [{"coupon": "MONTHS"}]}
    quote = await offered(jenny, item, discounts=[{"coupon": "ONCE"}])

    now = await reduced(quote)
    assert sums(now["computed"]["upfront"]) == (1500, 825, 675)  # 1500 - 750 - 75
    assert sums(now["computed"]["recurring"]) == (1500, 0, 1500)

    subscription = await (await quote.finalize()).accept()
    await world.move_to("2027-02-28T12:00:00Z")
    assert await totals(subscription) == [(1500, 675), (1500, 750)]


async def test_invoice_of_a_quote_has_its_discounts(world: World) -> None:
    setup, visit = await one_time(world, "Set-up", 5000), await one_time(world, "Visit", 1000)
    await coupon(world, "TENTH", percentOff="10")
    await coupon(world, "FIVE", amountOff=500, currency="usd")
    jenny = await world.customer(card="pm_card_visa")
    line = {"price": visit, "quantity": 3, "discounts": [{"coupon": "TENTH"}]}
    quote = await offered(jenny, setup, line, discounts=[{"coupon": "FIVE"}])
    # 3000 - 300 = 2700; 500 over 5000 and 2700: 324.67 and 175.32, the rest on the last: 324 and 176.
    assert sums(await reduced(quote)) == (8000, 800, 7200)
    await quote.finalize()

    invoice = await quote.invoiced()

    assert await invoiced(world, invoice.id) == (8000, 7200, [[324], [300, 176]])
    assert (await invoice.now())["amountPaid"] == 7200
    assert await counted() == {"TENTH": 1, "FIVE": 1}
    await check_all()


async def test_discounts_of_a_draft_change(world: World) -> None:
    basic = await world.price("Basic", 1500)
    for identifier, percent in (("TENTH", "10"), ("HALF", "50")):
        await coupon(world, identifier, percentOff=percent, duration="FOREVER")
    quote = await offered(await world.customer(), basic, discounts=[{"coupon": "TENTH"}])
    [line] = (await quote.now())["lineItems"]

    async def changed(**input: Any) -> tuple[int, list[str], list[str]]:
        await world.do("quoteUpdate", "quote { id }", id=quote.id, **input)
        now = await reduced(quote)
        return (
            now["amountTotal"],
            [each["coupon"]["id"] for each in now["discounts"]],
            [each["coupon"]["id"] for each in now["lineItems"][0]["discounts"]],
        )

    assert await changed(header="Hello") == (1350, ["TENTH"], [])
    halved = [{"id": line["id"], "discounts": [{"coupon": "HALF"}]}]
    assert await changed(lineItems=halved) == (675, ["TENTH"], ["HALF"])
    assert await changed(discounts=None) == (750, [], ["HALF"])
    copy = await copied(world, {"quote": quote.id})
    assert (await reduced(copy))["amountTotal"] == 750
    assert await changed(lineItems=[{"id": line["id"], "discounts": None}]) == (1500, [], [])


@pytest.mark.parametrize("gone", ["redeemed", "deleted", "renamed"])
async def test_quote_whose_coupon_has_run_out_is_not_accepted(world: World, gone: str) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "LAST", percentOff="50", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_visa")
    quote = await (await offered(jenny, basic, discounts=[{"coupon": "LAST"}])).finalize()
    draft = await offered(jenny, basic, discounts=[{"coupon": "LAST"}])
    if gone == "redeemed":
        await jenny.subscribe(basic, discounts=[{"coupon": "LAST"}])
    else:
        await world.do("couponDelete", "coupon { id }", id="LAST")
    if gone == "renamed":
        await coupon(world, "LAST", percentOff="10")

    assert await refused_whole(quote, "quoteAccept") == [("COUPON_EXPIRED", "id")]
    assert await refused_whole(draft, "quoteFinalize") == [("COUPON_EXPIRED", "id")]
    await check_all()


async def test_quotes_refuse_what_could_not_be_redeemed(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 1000)
    product = (await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": extra}))["price"]
    await coupon(world, "EXTRA", percentOff="50", appliesTo={"products": [product["product"]["id"]]})
    await coupon(world, "EURO", amountOff=500, currency="eur")
    await coupon(world, "TENTH", percentOff="10")
    large = await code(world, "TENTH", restrictions={"minimumAmount": 2000, "minimumAmountCurrency": "usd"})
    jenny = await world.customer()
    lines = [{"price": basic, "discounts": [{"coupon": "EXTRA"}]}, {"price": extra, "discounts": [{"coupon": "NONE"}]}]

    assert await world.refusal(
        "quoteCreate", "quote", customer=jenny.id, lineItems=lines, discounts=[{"coupon": "EURO"}]
    ) == [
        ("COUPON_NOT_APPLICABLE", "discounts.0.coupon"),
        ("COUPON_NOT_APPLICABLE", "lineItems.0.discounts.0.coupon"),
        ("RESOURCE_MISSING", "lineItems.1.discounts.0.coupon"),
    ]
    wanted = [{"promotionCode": large}, {"discount": "di_other"}]
    assert await world.refusal(
        "quoteCreate", "quote", customer=jenny.id, lineItems=[{"price": basic}], discounts=wanted
    ) == [("COUPON_NOT_APPLICABLE", "discounts.0.promotionCode"), ("RESOURCE_MISSING", "discounts.1.discount")]
    quote = await offered(jenny, basic, extra, discounts=[{"promotionCode": large}])  # 2500 are enough
    assert (await reduced(quote))["discounts"] == [{"coupon": {"id": "TENTH"}, "promotionCode": {"id": large}}]
    assert sums(await reduced(quote)) == (2500, 250, 2250)


async def test_last_redemption_goes_to_one_of_many_acceptances(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "LAST", percentOff="50", maxRedemptions=1)
    quotes = []
    for _ in range(8):
        jenny = await world.customer(card="pm_card_visa")
        quotes.append(await (await offered(jenny, basic, discounts=[{"coupon": "LAST"}])).finalize())

    answers = await asyncio.gather(
        *(
            world.api.do("quoteAccept", "quote { subscription { latestInvoice { total } } }", {"id": each.id})
            for each in quotes
        )
    )

    accepted = [each["quote"] for each in answers if each["quote"] is not None]
    assert accepted == [{"subscription": {"latestInvoice": {"total": 750}}}]
    refused = [error["code"] for each in answers for error in each["userErrors"]]
    assert refused == ["COUPON_EXPIRED"] * 7
    assert (await counted(), await Subscription.all().count()) == ({"LAST": 1}, 1)
    await check_all()
