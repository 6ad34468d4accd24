"""Periods counted from the anchor, and what a renewal does when the card says yes or no."""

import pytest

from tests.scenarios.world import World

RENEWED = ["invoice.created", "customer.subscription.updated"]
COLLECTED = [
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.paid",
    "invoice.payment_succeeded",
]


async def test_monthly_from_the_31st_bills_on_the_last_day_of_shorter_months(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)

    await world.move_to("2027-05-31T12:00:00Z")

    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-02-28T10:00:00Z",
        "1500 PAID 2027-03-31T10:00:00Z",
        "1500 PAID 2027-04-30T10:00:00Z",
        "1500 PAID 2027-05-31T10:00:00Z",
    ]
    [item] = (await subscription.now())["items"]
    assert (item["currentPeriodStart"], item["currentPeriodEnd"]) == ("2027-05-31T10:00:00Z", "2027-06-30T10:00:00Z")


async def test_yearly_from_a_leap_day_returns_to_it_in_leap_years(world: World) -> None:
    await world.move_to("2028-02-29T10:00:00Z")
    pro = await world.price("Pro", 12000, every="1 YEAR")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(pro)

    await world.move_to("2032-03-01T00:00:00Z")

    assert [line.split()[2] for line in await subscription.billed()] == [
        "2028-02-29T10:00:00Z",
        "2029-02-28T10:00:00Z",
        "2030-02-28T10:00:00Z",
        "2031-02-28T10:00:00Z",
        "2032-02-29T10:00:00Z",
    ]


@pytest.mark.parametrize(
    ("every", "second"),
    [
        ("1 DAY", "2027-02-01T10:00:00Z"),
        ("10 DAY", "2027-02-10T10:00:00Z"),
        ("2 WEEK", "2027-02-14T10:00:00Z"),
        ("3 MONTH", "2027-04-30T10:00:00Z"),
        ("1 YEAR", "2028-01-31T10:00:00Z"),
    ],
)
async def test_second_invoice_comes_one_interval_later(world: World, every: str, second: str) -> None:
    price = await world.price("Basic", 1500, every=every)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price)

    await world.move_to(second)

    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z", f"1500 DRAFT {second}"]


async def test_renewal_is_a_draft_for_an_hour_and_then_collected(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()

    await world.move_to("2027-02-28T10:59:59Z")
    draft = (await subscription.invoices())[1]
    assert (draft["status"], draft["total"], draft["created"]) == ("DRAFT", 1500, "2027-02-28T10:00:00Z")
    assert draft["automaticallyFinalizesAt"] == draft["nextPaymentAttempt"] == "2027-02-28T11:00:00Z"
    assert await world.news() == moving(*RENEWED)
    await world.move_to("2027-02-28T11:00:00Z")

    paid = (await subscription.invoices())[1]
    assert (paid["status"], paid["automaticallyFinalizesAt"], paid["nextPaymentAttempt"]) == ("PAID", None, None)
    assert await world.news() == moving(*COLLECTED)


async def test_declined_renewal_is_past_due_until_it_is_paid(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T10:30:00Z")
    await world.news()

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"
    declined = ["invoice.finalized", "payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    followed = ["invoice.payment_failed", "invoice.updated", "customer.subscription.updated", "customer.updated"]
    assert await world.news() == moving(*declined, *followed)
    assert await delinquent(world, jenny.id)

    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { status }", id=invoice)

    assert await subscription.status() == "ACTIVE"
    assert not await delinquent(world, jenny.id)
    caught_up = ["customer.subscription.updated", "customer.updated"]
    assert await world.news() == [*COLLECTED[2:], *caught_up]


async def test_renewal_that_needs_the_absent_customer_waits_for_them(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await jenny.script("AUTHENTICATION_REQUIRED")

    await world.move_to("2027-02-28T12:00:00Z")

    invoice = (await subscription.invoices())[1]
    assert (await subscription.status(), invoice["paymentIntent"]["status"]) == ("PAST_DUE", "REQUIRES_ACTION")


async def test_renewal_without_any_payment_method_is_past_due(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.do("paymentMethodDetach", "paymentMethod { id }", id=jenny.cards[0])

    await world.move_to("2027-02-28T12:00:00Z")

    invoice = (await subscription.invoices())[1]
    assert (await subscription.status(), invoice["status"], invoice["attempted"]) == ("PAST_DUE", "OPEN", True)


async def test_unpaid_invoice_that_is_voided_makes_the_one_before_it_count(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.status() == "PAST_DUE"

    await world.do("invoiceVoid", "invoice { status }", id=(await subscription.now())["latestInvoice"]["id"])

    assert await subscription.status() == "ACTIVE"  # the invoice of January is paid


async def test_credit_pays_first_and_the_rest_is_charged(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.do(
        "customerBalanceTransactionCreate",
        "customerBalanceTransaction { endingBalance }",
        customer=jenny.id,
        amount=-2000,
        currency="usd",
    )

    await world.move_to("2027-03-31T12:00:00Z")

    due = [(each["total"], each["amountDue"], each["amountPaid"]) for each in await subscription.invoices()]
    assert due == [(1500, 1500, 1500), (1500, 0, 0), (1500, 1000, 1000)]  # credit 20.00: all of February, 5.00 of March


async def test_card_statement_says_what_the_first_product_with_words_for_it_wants(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", statementDescriptor="PHOTO HOST")
    basic, named, other = [await world.price(name, 1500) for name in ("Basic", "Premium", "Archive")]
    for price, words in ((named, "PHOTO PREMIUM"), (other, "PHOTO ARCHIVE")):
        found = await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": price})
        change = {"id": found["price"]["product"]["id"], "statementDescriptor": words}
        await world.do("productUpdate", "product { id }", **change)
    jenny = await world.customer(card="pm_card_visa")

    await jenny.subscribe(basic)
    items = [{"price": price} for price in (basic, named, other)]
    for behavior in ("ALLOW_INCOMPLETE", "ERROR_IF_INCOMPLETE"):
        wanted = {"customer": jenny.id, "items": items, "paymentBehavior": behavior}
        await world.do("subscriptionCreate", "subscription { id }", **wanted)
    await world.move_to("2027-02-28T12:00:00Z")

    charges = (await world.api.ask("{ charges(first: 6) { nodes { amount statementDescriptor } } }"))["charges"][
        "nodes"
    ]
    told = sorted((each["amount"], each["statementDescriptor"]) for each in charges)
    assert told == [(1500, "PHOTO HOST")] * 2 + [(4500, "PHOTO PREMIUM")] * 4


async def test_billing_s_own_fee_is_kept_of_what_subscriptions_bring_in(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", billingFeePercent="0.7")
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await jenny.subscribe(basic)
    await jenny.subscribe(basic, paymentBehavior="ERROR_IF_INCOMPLETE")
    await world.move_to("2027-02-28T12:00:00Z")
    single = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_visa", "confirm": True}
    await world.do("paymentIntentCreate", "paymentIntent { id }", **single)

    document = "{ balanceTransactions { nodes { fee net feeDetails { type description amount currency } } } }"
    alone, *recurring = (await world.api.ask(document))["balanceTransactions"]["nodes"]

    processing = {"type": "processing_fee", "description": "Processing fee", "amount": 74, "currency": "usd"}
    billing = {"type": "billing_fee", "description": "Billing fee", "amount": 11, "currency": "usd"}  # 10.5
    assert alone == {"fee": 74, "net": 1426, "feeDetails": [processing]}  # 2.9 % are 43.5, and 30
    assert recurring == [{"fee": 85, "net": 1415, "feeDetails": [processing, billing]}] * 4


async def test_what_is_too_small_to_be_charged_is_owed_with_the_next_invoice(world: World) -> None:
    tiny = await world.price("Tiny", 30)  # the least that a card is charged is 0.50 USD
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(tiny)
    assert await journal(world, jenny.id) == [("INVOICE_TOO_SMALL", 30, 30)]

    await world.move_to("2027-03-31T12:00:00Z")

    invoices = [(each["total"], each["amountDue"], each["status"]) for each in await subscription.invoices()]
    assert invoices == [(30, 0, "PAID"), (30, 60, "PAID"), (30, 0, "PAID")]
    assert await journal(world, jenny.id) == [
        ("INVOICE_TOO_SMALL", 30, 30),
        ("APPLIED_TO_INVOICE", -30, 0),  # February takes January's 0.30 along
        ("INVOICE_TOO_SMALL", 30, 30),
    ]


async def test_credit_that_leaves_too_little_is_told_apart_from_what_is_put_off(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    credit = {"customer": jenny.id, "amount": -1480, "currency": "usd"}
    await world.do("customerBalanceTransactionCreate", "customerBalanceTransaction { id }", **credit)

    await jenny.subscribe(basic)

    assert await journal(world, jenny.id) == [
        ("ADJUSTMENT", -1480, -1480),
        ("APPLIED_TO_INVOICE", 1480, 0),
        ("INVOICE_TOO_SMALL", 20, 20),
    ]


async def journal(world: World, customer: str) -> list[tuple[str, int, int]]:
    """Type, amount and ending balance of each line of the customer's balance, oldest first."""
    document = "query($id: ID!) { customer(id: $id) { balanceTransactions { nodes { type amount endingBalance } } } }"
    found = await world.api.ask(document, {"id": customer})
    lines = found["customer"]["balanceTransactions"]["nodes"][::-1]
    return [(each["type"], each["amount"], each["endingBalance"]) for each in lines]


def moving(*types: str) -> list[str]:
    """These events while the clock is on its way."""
    return ["test_helpers.test_clock.advancing", *types, "test_helpers.test_clock.ready"]


async def delinquent(world: World, customer: str) -> bool:
    """Whether the customer's latest invoice could not be collected."""
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { delinquent } }", {"id": customer})
    return bool(found["customer"]["delinquent"])
