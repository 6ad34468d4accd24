"""Prepaid credit pays invoices before money does; its journal tells of everything that becomes of it."""

import asyncio

from models import Customer
from tests.scenarios.crediting import granted, journal, left, paid, void_latest
from tests.scenarios.invoicing import add, draft, once
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

MOVED = "billing.credit_balance_transaction.created"
ADVANCED = ["test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"]


async def test_grant_of_50_pays_renewals_until_it_is_used_up(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    grant = await granted(jenny, 5000, basic)
    assert (await world.news())[-2:] == ["billing.credit_grant.created", MOVED]

    subscription = await jenny.subscribe(basic)
    told = ["customer.updated", "customer.subscription.created", "invoice.created", MOVED, "invoice.finalized"]
    assert await world.news() == [*told, "invoice.paid", "invoice.payment_succeeded"]
    await world.move_to("2027-03-31T12:00:00Z")

    # 50.00 pay 30.00 of the first invoice, and 20.00 of the second; the third is charged whole
    assert await paid(subscription, [grant]) == [
        "3000 less 3000 of 0: 0 PAID",
        "3000 less 2000 of 0: 1000 PAID",
        "3000: 3000 PAID",
    ]
    assert await journal(world) == [
        "CREDITS_GRANTED +5000 2027-01-31T10:00:00Z",
        "CREDITS_APPLIED -3000 2027-01-31T10:00:00Z",
        "CREDITS_APPLIED -2000 2027-02-28T11:00:00Z",
    ]
    assert await left(jenny) == ["0 of 0 usd"]
    assert not (await Customer.get(id=jenny.id)).has_credit_grants  # renewals look for credit no more
    await check_all()


async def test_draft_shows_no_draw_and_its_finalization_does(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    grant = await granted(jenny, 1000, basic)
    await world.move_to("2027-02-28T10:30:00Z")
    await world.news()

    assert (await paid(subscription, [grant]))[1] == "3000: 3000 DRAFT"
    assert await left(jenny) == ["1000 of 1000 usd"]
    await world.move_to("2027-02-28T11:00:00Z")

    assert (await paid(subscription, [grant]))[1] == "3000 less 1000 of 0: 2000 PAID"
    assert (await world.news())[1:3] == [MOVED, "invoice.finalized"]
    await check_all()


async def test_grants_are_drawn_by_priority_then_expiry_then_category(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    grants = [
        await granted(jenny, 1000, basic),
        await granted(jenny, 900, basic, category="PROMOTIONAL"),
        await granted(jenny, 800, basic, expiresAt="2027-12-31T00:00:00Z"),
        await granted(jenny, 700, basic, priority=10),
    ]

    subscription = await jenny.subscribe(basic)

    # 7.00 + 8.00 + 9.00 + 6.00 = 30.00
    assert await paid(subscription, grants) == [
        "3000 less 700 of 3 less 800 of 2 less 900 of 1 less 600 of 0: 0 PAID",
    ]
    assert await left(jenny) == ["400 of 400 usd"]
    await check_all()


async def test_grant_pays_only_for_its_prices_currency_and_time(world: World) -> None:
    basic, pro = await world.price("Basic", 1000), await world.price("Pro", 2000)
    jenny = await world.customer(card="pm_card_visa")
    await granted(jenny, 5000)  # metered prices, of which there are none here
    await granted(jenny, 5000, basic, pro, currency="eur")
    await granted(jenny, 5000, basic, pro, effectiveAt="2027-03-01T00:00:00Z")
    grant = await granted(jenny, 5000, pro)
    answer = await world.do(
        "subscriptionCreate",
        "subscription { latestInvoice { total lines { amount pretaxCreditAmounts { amount creditGrant { id } } } } }",
        customer=jenny.id,
        items=[{"price": basic}, {"price": pro}],
    )

    invoice = answer["subscription"]["latestInvoice"]
    assert invoice["total"] == 1000
    assert [line["pretaxCreditAmounts"] for line in invoice["lines"]] == [
        [],
        [{"amount": 2000, "creditGrant": {"id": grant}}],
    ]
    # 50.00 metered and 30.00 of the last can be drawn now; the third is not in force yet
    assert sorted(await left(jenny)) == ["5000 of 5000 eur", "8000 of 13000 usd"]
    assert await left(jenny, creditGrant=grant) == ["3000 of 3000 usd"]
    assert await left(jenny, applicabilityScope={"priceType": "METERED"}) == ["5000 of 5000 usd"]
    assert await left(jenny, applicabilityScope={"prices": [basic]}) == ["5000 of 5000 eur", "0 of 5000 usd"]
    await check_all()


async def test_what_is_left_expires_by_the_customers_clock_once(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    grant = await granted(jenny, 5000, basic, expiresAt="2027-02-28T11:00:00Z")
    subscription = await jenny.subscribe(basic)
    await world.news()

    # it is over at the very moment at which the renewal is finalized
    await world.move_to("2027-02-28T12:00:00Z")

    assert await paid(subscription, [grant]) == ["3000 less 3000 of 0: 0 PAID", "3000: 3000 PAID"]
    assert (await journal(world))[2:] == ["CREDITS_EXPIRED -2000 2027-02-28T11:00:00Z"]
    assert (await world.news()).count(MOVED) == 1
    found = await world.api.ask("query($id: ID!) { creditGrant(id: $id) { status } }", {"id": grant})
    assert found["creditGrant"]["status"] == "EXPIRED"
    await world.move_to("2027-04-30T12:00:00Z")
    assert len(await journal(world)) == 3
    await check_all()


async def test_voiding_an_invoice_gives_its_credit_back(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    grant = await granted(jenny, 1000, basic)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await paid(subscription, [grant]))[1] == "3000 less 1000 of 0: 2000 OPEN"
    assert await left(jenny) == ["0 of 0 usd"]
    await world.news()

    await void_latest(subscription)

    assert await left(jenny) == ["1000 of 1000 usd"]
    assert (await journal(world))[2:] == ["CREDITS_APPLICATION_INVOICE_VOIDED +1000 2027-02-28T12:00:00Z"]
    assert (await world.news())[:3] == ["payment_intent.canceled", MOVED, "invoice.voided"]
    await world.move_to("2027-03-31T12:00:00Z")
    assert (await paid(subscription, [grant]))[2] == "3000 less 1000 of 0: 2000 PAID"
    await check_all()


async def test_what_comes_back_to_an_expired_grant_is_lost_again(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await granted(jenny, 1000, basic, expiresAt="2027-02-28T20:00:00Z")
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T21:00:00Z")

    await void_latest(subscription)

    assert (await journal(world))[2:] == [
        "CREDITS_APPLICATION_INVOICE_VOIDED +1000 2027-02-28T21:00:00Z",
        "CREDITS_EXPIRED -1000 2027-02-28T21:00:00Z",
    ]
    assert await left(jenny) == ["0 of 0 usd"]
    await check_all()


async def test_credit_pays_an_upgrade_that_is_invoiced_at_once(world: World) -> None:
    basic, pro = await world.price("Basic", 1000), await world.price("Pro", 3800)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    grant = await granted(jenny, 1000, basic, pro)
    await world.move_to("2027-02-14T10:00:00Z")

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    # 14 of 28 days: 5.00 come back, 19.00 are asked for; of the 14.00 together 10.00 are paid
    assert (await paid(subscription, [grant]))[1] == "1400 less 1000 of 0: 400 PAID"
    await check_all()


async def test_credit_never_pays_for_what_another_line_gives_back(world: World) -> None:
    basic, pro = await world.price("Basic", 1000), await world.price("Pro", 3800)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    grant = await granted(jenny, 5000, basic, pro)
    await world.move_to("2027-02-14T10:00:00Z")

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    # the 14.00 that are asked for together, not the 19.00 of one line
    assert (await paid(subscription, [grant]))[1] == "1400 less 1400 of 0: 0 PAID"
    assert await left(jenny) == ["3600 of 3600 usd"]
    await check_all()


async def test_preview_shows_what_would_be_drawn_and_draws_nothing(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    grant = await granted(jenny, 1000, basic)
    shown = (
        "invoicePreview { subtotal total amountDue totalPretaxCreditAmounts"
        " { amount creditGrant { id } creditBalanceTransaction { id } } lines { pretaxCreditAmounts { amount } } }"
    )
    new = {"customer": jenny.id, "items": [{"price": basic}]}
    await world.news()

    for wanted in ({"subscription": subscription.id}, {"newSubscription": new}):
        preview = (await world.do("invoiceCreatePreview", shown, **wanted))["invoicePreview"]
        assert preview == {
            "subtotal": 3000,
            "total": 2000,
            "amountDue": 2000,
            "totalPretaxCreditAmounts": [
                {"amount": 1000, "creditGrant": {"id": grant}, "creditBalanceTransaction": None}
            ],
            "lines": [{"pretaxCreditAmounts": [{"amount": 1000}]}],
        }

    assert await left(jenny) == ["1000 of 1000 usd"]
    assert await world.news() == []


async def test_subscription_that_credit_pays_needs_no_card(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer()
    wanted = {"customer": jenny.id, "items": [{"price": basic}]}
    await granted(jenny, 2000, basic)
    refused = [("RESOURCE_MISSING", "defaultPaymentMethod")]
    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == refused
    assert await left(jenny) == ["2000 of 2000 usd"]
    await granted(jenny, 1000, basic)

    subscription = await jenny.subscribe(basic, paymentBehavior="ERROR_IF_INCOMPLETE")

    assert await subscription.status() == "ACTIVE"
    assert await left(jenny) == ["0 of 0 usd"]
    await check_all()


async def test_what_is_charged_before_a_subscription_is_made_is_less_the_credit(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    grant = await granted(jenny, 1000, basic)
    await jenny.script("INSUFFICIENT_FUNDS")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "paymentBehavior": "ERROR_IF_INCOMPLETE"}

    declined = await world.do("subscriptionCreate", "subscription { id }", **wanted)

    assert declined["subscription"] is None
    assert await left(jenny) == ["1000 of 1000 usd"]
    subscription = await jenny.subscribe(basic, paymentBehavior="ERROR_IF_INCOMPLETE")
    assert await paid(subscription, [grant]) == ["3000 less 1000 of 0: 2000 PAID"]
    await check_all()


async def test_parallel_finalizations_never_draw_the_same_credit_twice(world: World) -> None:
    hour = await once(world, 300)
    jenny = await world.customer(card="pm_card_visa")
    await granted(jenny, 1000, hour)
    drafts = [await draft(world, jenny.id) for _ in range(6)]
    for each in drafts:
        await add(world, each, {"price": hour})

    answers = await asyncio.gather(
        *(
            world.api.do(
                "invoiceFinalize",
                "invoice { total }",
                {"id": each, "autoAdvance": False},
            )
            for each in drafts
        )
    )

    # three whole ones, 1.00 of the fourth, nothing of the others
    totals = sorted(answer["invoice"]["total"] for answer in answers)
    assert totals == [0, 0, 0, 200, 300, 300]
    assert await left(jenny) == ["0 of 0 usd"]
    await check_all()


async def test_line_says_how_much_credit_paid(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    await granted(jenny, 1000, basic)
    subscription = await jenny.subscribe(basic)

    invoice = (await subscription.now())["latestInvoice"]["id"]
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { lines { explanation } } }", {"id": invoice})

    [line] = found["invoice"]["lines"]
    assert line["explanation"] == "1 × $30.00 = $30.00; less $10.00 of prepaid credit = $20.00"


async def test_credited_line_takes_its_share_of_what_credit_paid_along(world: World) -> None:
    seat = await world.price("Seat", 1000)
    jenny = await world.customer(card="pm_card_visa")
    await granted(jenny, 1000, seat)
    subscription = await jenny.subscribe(seat, quantity=3)
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { id total lines { id } } } }", {"id": subscription.id}
    )
    invoice = found["subscription"]["latestInvoice"]
    assert invoice["total"] == 2000
    line = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": invoice["lines"][0]["id"]}
    shown = "creditNote { amount subtotal lines { total pretaxCreditAmounts { amount } } }"
    credited = []

    for quantity, refund in ((1, 667), (2, 1333)):
        wanted = {"invoice": invoice["id"], "lines": [{**line, "quantity": quantity}], "refundAmount": refund}
        credited.append((await world.do("creditNoteCreate", shown, **wanted))["creditNote"])

    # a third of 10.00 is 3.33 (1000 - 333), and the rest 6.67 (2000 - 667); no credit comes back
    assert [(each["subtotal"], each["amount"]) for each in credited] == [(1000, 667), (2000, 1333)]
    assert [each["lines"][0]["pretaxCreditAmounts"][0]["amount"] for each in credited] == [333, 667]
    assert await left(jenny) == ["0 of 0 usd"]
    await check_all()
