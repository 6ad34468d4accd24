"""Quotes that are accepted: what they come to, and what comes of them."""

from models import Quote
from tests.scenarios.quoting import offered, one_time
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

MADE = ["customer.subscription.created", "invoiceitem.created", "invoice.created", "invoice.finalized"]
PAID = [
    *("charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"),
    "customer.subscription.updated",
]


async def test_quote_tells_what_is_due_at_first_and_each_period(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    jenny = await world.customer()

    quote = await (await offered(jenny, {"price": basic, "quantity": 3}, setup)).now()

    # 3 × 15.00 each month = 45.00, and 50.00 once: 95.00 at first.
    assert quote["amountSubtotal"] == quote["amountTotal"] == 9500
    assert quote["computed"] == {
        "upfront": {"amountTotal": 9500},
        "recurring": {"amountTotal": 4500, "interval": "MONTH", "intervalCount": 1},
    }
    assert [(line["amountTotal"], line["description"]) for line in quote["lineItems"]] == [
        (4500, "3 × Basic (at $15.00 / month)"),
        (5000, "1 × Set-up (at $50.00)"),
    ]
    assert (quote["status"], quote["number"], quote["expiresAt"]) == ("DRAFT", None, "2027-03-02T10:00:00Z")


async def test_accepted_quote_becomes_a_subscription_with_what_is_charged_once(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
    await world.news()

    quote = await offered(jenny, {"price": basic, "quantity": 3}, setup)
    assert await world.news() == ["quote.created"]
    await quote.finalize()
    assert await world.news() == ["customer.updated", "quote.finalized"]  # It decides the currency.
    subscription = await quote.accept()

    assert await world.news() == [*MADE, "quote.accepted", "payment_intent.created", *PAID]
    assert await subscription.status() == "ACTIVE"
    assert await subscription.billed() == ["9500 PAID 2027-01-31T10:00:00Z"]
    assert await subscription.lines() == ["5000 1 × Set-up (at $50.00)", "4500 3 × Basic (at $15.00 / month)"]
    now = await quote.now()
    assert (now["number"], now["status"], now["subscription"]["id"]) == ("QT-JENNY-0001-1", "ACCEPTED", subscription.id)
    assert now["statusTransitions"]["acceptedAt"] == "2027-01-31T10:00:00Z"
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "4500 PAID 2027-02-28T10:00:00Z"
    assert await quote.status() == "ACCEPTED"
    await check_all()


async def test_subscription_is_what_the_quote_said_it_would_be(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    data = {"billingMode": "CLASSIC", "description": "Team", "metadata": {"deal": "7"}, "trialPeriodDays": 14}
    quote = await offered(jenny, await world.price("Basic", 1500), subscriptionData=data)
    now = await quote.now()
    # Nothing at first, 15.00 each month after two weeks.
    assert (now["amountTotal"], now["computed"]["upfront"]["amountTotal"]) == (1500, 0)
    assert now["computed"]["recurring"]["amountTotal"] == 1500

    subscription = await (await quote.finalize()).accept()

    made = (await quote.now())["subscription"]
    assert made == {
        "id": subscription.id, "status": "TRIALING", "description": "Team", "metadata": {"deal": "7"},
        "billingMode": "CLASSIC",
    }  # fmt: skip
    assert (await subscription.now())["trialEnd"] == "2027-02-14T10:00:00Z"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]
    await world.move_to("2027-02-14T12:00:00Z")
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-14T10:00:00Z"


async def test_prices_made_for_a_quote_are_sold_by_it(world: World) -> None:
    product = (await world.do("productCreate", "product { id }", name="Special"))["product"]["id"]
    jenny = await world.customer(card="pm_card_visa")
    each_year = {"product": product, "currency": "usd", "unitAmount": 99900, "recurring": {"interval": "YEAR"}}
    once = {"product": product, "currency": "usd", "unitAmountDecimal": "12.5"}

    quote = await offered(jenny, {"priceData": each_year}, {"priceData": once, "quantity": 3})
    subscription = await (await quote.finalize()).accept()

    # 3 × 12.5 cents = 37.5, rounded half away from zero to 38; with 999.00 a year 999.38.
    assert await subscription.billed() == ["99938 PAID 2027-01-31T10:00:00Z"]
    items = (await quote.now())["lineItems"]
    assert items[1]["explanation"] == "3 × $0.125 = $0.375, rounded half away from zero to $0.38"
    assert (await subscription.now())["items"][0]["currentPeriodEnd"] == "2028-01-31T10:00:00Z"


async def test_quote_in_a_currency_without_decimals(world: World) -> None:
    yen = await world.price("Basic", 700, currency="jpy", every="3 MONTH")
    jenny = await world.customer(card="pm_card_visa")

    quote = await offered(jenny, {"price": yen, "quantity": 4})

    now = await quote.now()
    assert now["computed"]["recurring"] == {"amountTotal": 2800, "interval": "MONTH", "intervalCount": 3}
    assert now["lineItems"][0]["description"] == "4 × Basic (at ¥700 every 3 months)"
    subscription = await (await quote.finalize()).accept()
    assert await subscription.billed() == ["2800 PAID 2027-01-31T10:00:00Z"]


async def test_credit_pays_what_a_quote_asks_for(world: World) -> None:
    jenny = await world.customer()
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()
    await world.do(
        "customerBalanceTransactionCreate", "customerBalanceTransaction { id }", customer=jenny.id, amount=-2000,
        currency="usd",
    )  # fmt: skip
    await world.news()

    subscription = await quote.accept()  # No card is needed: 20.00 of credit pay 15.00.

    assert await subscription.status() == "ACTIVE"
    assert await world.news() == [
        *("customer.subscription.created", "invoice.created", "customer.updated", "invoice.finalized", "invoice.paid"),
        *("invoice.payment_succeeded", "quote.accepted"),
    ]
    assert (await quote.now())["computed"]["upfront"]["amountTotal"] == 1500


async def test_declined_first_payment_is_told_beside_the_accepted_quote(world: World) -> None:
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()
    await world.news()

    subscription = await quote.accept()

    assert [error["code"] for error in subscription.errors] == ["CARD_DECLINED"]
    assert (await quote.status(), await subscription.status()) == ("ACCEPTED", "INCOMPLETE")
    assert await world.news() == [
        *("customer.subscription.created", "invoice.created", "invoice.finalized", "quote.accepted"),
        *("payment_intent.created", "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"),
        "customer.updated",  # They are delinquent.
    ]
    await jenny.take_card("pm_card_visa")
    await world.move_to("2027-02-01T12:00:00Z")  # 23 hours went by without another payment.
    assert (await quote.status(), await subscription.status()) == ("ACCEPTED", "INCOMPLETE_EXPIRED")


async def test_payment_that_needs_the_customer_waits_for_them(world: World) -> None:
    jenny = await world.customer(card="pm_card_authenticationRequired")
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()

    subscription = await quote.accept()

    assert (subscription.errors, await subscription.status()) == ([], "INCOMPLETE")
    found = await world.api.ask("{ paymentIntents(first: 1) { nodes { id status } } }")
    [intent] = found["paymentIntents"]["nodes"]
    assert intent["status"] == "REQUIRES_ACTION"
    await world.do(
        "sandboxAuthenticate", "paymentIntent { id }", subject={"paymentIntent": intent["id"]}, outcome="PASS"
    )
    assert (await quote.status(), await subscription.status()) == ("ACCEPTED", "ACTIVE")


async def test_repetition_under_a_key_accepts_once(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    quote = await (await offered(jenny, await world.price("Basic", 1500))).finalize()
    await world.news()
    document = "mutation($id: ID!) { quoteAccept(input: {id: $id}) { quote { status } userErrors { code } } }"

    first = await world.api.send(document, {"id": quote.id}, Idempotency_Key="deal")
    news = await world.news()
    again = await world.api.send(document, {"id": quote.id}, Idempotency_Key="deal")

    assert first.data == again.data == {"quoteAccept": {"quote": {"status": "ACCEPTED"}, "userErrors": []}}
    assert (news.count("quote.accepted"), await world.news()) == (1, [])
    assert await Quote.exclude(subscription_id=None).count() == 1
