"""Invoices through the API: what they show, paying and voiding them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.scenarios.world import Customer, Subscription, World
from tests.serving import served

START = "2027-01-31T10:00:00Z"
MONTH_LATER = "2027-02-28T10:00:00Z"


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[World]:
    async with served(database_url) as api:
        yield await World.opened(api, START)


async def shown(world: World, id: str, selection: str) -> Any:
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {selection} }} }}", {"id": id})
    return found["invoice"]


async def owed(world: World) -> tuple[Customer, Subscription, str]:
    """A customer without a card, an incomplete subscription, and its open invoice of 15.00."""
    jenny = await world.customer()
    made = await jenny.subscribe(await world.price("Basic", 1500), paymentBehavior="DEFAULT_INCOMPLETE")
    [invoice] = await made.invoices()
    return jenny, made, invoice["id"]


async def test_an_invoice_tells_what_is_asked_and_what_was_paid(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
        made = await jenny.subscribe(await world.price("Basic", 1500), quantity=2)
        [invoice] = await made.invoices()
        assert await shown(
            world,
            invoice["id"],
            "number status billingReason collectionMethod autoAdvance automaticallyFinalizesAt periodStart periodEnd"
            " paid currency subtotal total startingBalance endingBalance amountDue amountPaid amountRemaining attempted"
            " attemptCount nextPaymentAttempt paidOutOfBand customer { id } subscription { id }"
            " statusTransitions { finalizedAt paidAt voidedAt } paymentIntent { status } charges { nodes { amount } }",
        ) == {
            "number": "JENNY-0001",
            "status": "PAID",
            "paid": True,
            "billingReason": "SUBSCRIPTION_CREATE",
            "collectionMethod": "CHARGE_AUTOMATICALLY",
            "autoAdvance": True,
            "periodStart": START,
            "periodEnd": START,
            "currency": "usd",
            **dict.fromkeys(("subtotal", "total", "amountDue", "amountPaid"), 3000),  # 2 × 1500
            **dict.fromkeys(("startingBalance", "endingBalance", "amountRemaining"), 0),
            "attempted": True,
            "attemptCount": 1,
            "paidOutOfBand": False,
            **dict.fromkeys(("automaticallyFinalizesAt", "nextPaymentAttempt")),
            "customer": {"id": jenny.id},
            "subscription": {"id": made.id},
            "statusTransitions": {"finalizedAt": START, "paidAt": START, "voidedAt": None},
            "paymentIntent": {"status": "SUCCEEDED"},
            "charges": {"nodes": [{"amount": 3000}]},
        }


async def test_a_line_explains_its_amount(database_url: str) -> None:
    async with opened(database_url) as world:
        terms = {"currency": "usd", "unitAmountDecimal": "33.3", "recurring": {"interval": "MONTH"}}
        team = {"name": "Team", "unitLabel": "seat"}
        price = await world.do("priceCreate", "price { id }", **terms, productData=team)
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(price["price"]["id"], quantity=5)
        [invoice] = await made.invoices()
        [item] = (await made.now())["items"]
        found = await shown(
            world,
            invoice["id"],
            "lines { description amount currency quantity unitAmountDecimal proration explanation calculation metadata"
            " price { id } product { name } subscriptionItem { id } invoice { id } period { start end } }",
        )
        [line] = found["lines"]
        assert line == {
            "description": "5 × Team (at $0.333 per seat / month)",
            "amount": 167,  # 5 × 33.3 = 166.5, half away from zero
            "currency": "usd",
            "quantity": 5,
            "unitAmountDecimal": "33.3",
            "proration": False,
            "explanation": "5 × $0.333 = $1.665, rounded half away from zero to $1.67",
            "calculation": {
                "method": "per_unit",
                "currency": "usd",
                "unit_amount": "33.3",
                "quantity": 5,
                "exact": "166.5",
                "rounding": "half_away_from_zero",
                "amount": 167,
            },
            "metadata": {},
            "price": {"id": price["price"]["id"]},
            "product": {"name": "Team"},
            "subscriptionItem": {"id": item["id"]},
            "invoice": {"id": invoice["id"]},
            "period": {"start": START, "end": MONTH_LATER},
        }


async def test_an_invoice_keeps_the_customer_as_at_finalization(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(
            card="pm_card_visa",
            name="Jenny Rosen",
            email="jenny@example.com",
            address={"line1": "1 Pixel St", "country": "US"},
            taxIds=[{"type": "EU_VAT", "value": "DE136695976"}],
            invoiceSettings={"customFields": [{"name": "PO", "value": "7"}], "footer": "Thank you."},
        )
        made = await jenny.subscribe(await world.price("Basic", 1500))
        await world.do("customerUpdate", "customer { id }", id=jenny.id, name="Jenny Smith", address=None)
        await world.do("customerUpdate", "customer { id }", id=jenny.id, invoiceSettings={"footer": None})
        await world.move_to(MONTH_LATER)  # the second invoice is a draft for an hour
        first, draft = await made.invoices()
        selection = (
            "customerName customerEmail customerPhone customerAddress { line1 city country } customerShipping { name }"
            " customerTaxExempt customerTaxIds { type value } confirmationSecret { type } number endingBalance"
            " customFields { name value } footer"
        )
        kept = await shown(world, first["id"], selection)
        assert kept.pop("confirmationSecret") == {"type": "payment_intent"}
        assert kept == {
            "customerName": "Jenny Rosen",
            "customerEmail": "jenny@example.com",
            "customerPhone": None,
            "customerAddress": {"line1": "1 Pixel St", "city": None, "country": "US"},
            "customerShipping": None,
            "customerTaxExempt": "NONE",
            "customerTaxIds": [{"type": "EU_VAT", "value": "DE136695976"}],
            "number": first["number"],
            "endingBalance": 0,
            "customFields": [{"name": "PO", "value": "7"}],
            "footer": "Thank you.",
        }
        blank = await shown(world, draft["id"], selection)
        assert (blank.pop("customerTaxIds"), blank.pop("customFields")) == ([], [])
        assert set(blank.values()) == {None}


async def test_an_open_invoice_is_paid_by_another_card(database_url: str) -> None:
    async with opened(database_url) as world:
        _, made, invoice = await owed(world)
        refused = await world.refusal("invoicePay", "invoice", id=invoice)
        assert refused == [("RESOURCE_MISSING", "paymentMethod")]
        answer = await world.do("invoicePay", "invoice { status amountPaid }", id=invoice, paymentMethod="pm_card_visa")
        assert answer["invoice"] == {"status": "PAID", "amountPaid": 1500}
        assert await made.status() == "ACTIVE"
        assert await world.refusal("invoicePay", "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]


async def test_a_declined_payment_answers_with_the_open_invoice(database_url: str) -> None:
    async with opened(database_url) as world:
        _, made, invoice = await owed(world)
        answer = await world.do(
            "invoicePay",
            "invoice { status amountRemaining attemptCount }",
            id=invoice,
            paymentMethod="pm_card_chargeCustomerFail",
        )
        assert [(each["type"], each["code"]) for each in answer["userErrors"]] == [("CARD_ERROR", "CARD_DECLINED")]
        assert answer["invoice"] == {"status": "OPEN", "amountRemaining": 1500, "attemptCount": 1}
        assert await made.status() == "INCOMPLETE"


async def test_money_from_elsewhere_pays_without_a_charge(database_url: str) -> None:
    async with opened(database_url) as world:
        _, made, invoice = await owed(world)
        answer = await world.do(
            "invoicePay",
            "invoice { status paidOutOfBand amountRemaining paymentIntent { status } charges { nodes { id } } }",
            id=invoice,
            paidOutOfBand=True,
        )
        assert answer["invoice"] == {
            "status": "PAID",
            "paidOutOfBand": True,
            "amountRemaining": 0,
            "paymentIntent": {"status": "CANCELED"},
            "charges": {"nodes": []},
        }
        assert await made.status() == "ACTIVE"


async def test_a_void_invoice_asks_for_nothing(database_url: str) -> None:
    async with opened(database_url) as world:
        _, made, invoice = await owed(world)
        answer = await world.do(
            "invoiceVoid", "invoice { status statusTransitions { voidedAt } paymentIntent { status } }", id=invoice
        )
        assert answer["invoice"] == {
            "status": "VOID",
            "statusTransitions": {"voidedAt": START},
            "paymentIntent": {"status": "CANCELED"},
        }
        assert await made.status() == "INCOMPLETE_EXPIRED"
        assert await world.refusal("invoiceVoid", "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]


async def test_lists_are_filtered(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny, made, waiting = await owed(world)
        ada = await world.customer(card="pm_card_visa")
        paid = (await (await ada.subscribe(await world.price("Premium", 2500))).invoices())[0]["id"]

        async def listed(**filter: Any) -> list[str]:
            found = await world.api.ask(
                "query($filter: InvoiceFilter) { invoices(filter: $filter) { nodes { id } } }", {"filter": filter}
            )
            return [row["id"] for row in found["invoices"]["nodes"]]

        assert await listed() == [paid, waiting]
        assert await listed(status="OPEN") == await listed(customer=jenny.id) == [waiting]
        assert await listed(subscription=made.id, status="PAID") == []
        found = await world.api.ask(
            "query($id: ID!) { customer(id: $id) { invoices(filter: {status: [PAID]}) { nodes { id } } } }",
            {"id": ada.id},
        )
        assert found["customer"]["invoices"]["nodes"] == [{"id": paid}]


BRANDS = "status charges { nodes { status card { brand } } }"


async def test_a_card_that_was_replaced_is_not_charged_again(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(await world.price("Basic", 1500), defaultPaymentMethod=jenny.cards[0])
        await world.do("accountSettingsUpdate", "account { id }", retryOnNewPaymentMethod=False)
        await jenny.script("LOST_CARD", "LOST_CARD")
        await world.move_to("2027-02-28T11:00:00Z")
        await made.update(defaultPaymentMethod="pm_card_mastercard")
        invoice = (await made.invoices())[-1]["id"]

        await world.do("invoicePay", "invoice { status }", id=invoice)

        charges = [
            {"status": "SUCCEEDED", "card": {"brand": "MASTERCARD"}},
            {"status": "FAILED", "card": {"brand": "VISA"}},
        ]
        assert await shown(world, invoice, BRANDS) == {"status": "PAID", "charges": {"nodes": charges}}


async def test_a_card_that_was_detached_leaves_it_to_the_customers_default(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_mastercard")
        own = await jenny.take_card("pm_card_visa")
        made = await jenny.subscribe(await world.price("Basic", 1500), defaultPaymentMethod=own)
        await world.do(
            "customerUpdate", "customer { id }", id=jenny.id, invoiceSettings={"defaultPaymentMethod": jenny.cards[0]}
        )
        await world.do("paymentMethodDetach", "paymentMethod { id }", id=own)

        await world.move_to("2027-02-28T11:00:00Z")

        charges = [{"status": "SUCCEEDED", "card": {"brand": "MASTERCARD"}}]
        renewal = (await made.invoices())[-1]["id"]
        assert await shown(world, renewal, BRANDS) == {"status": "PAID", "charges": {"nodes": charges}}


async def test_paid_elsewhere_and_by_card_at_once_is_refused(database_url: str) -> None:
    async with opened(database_url) as world:
        _, _, invoice = await owed(world)
        assert await world.refusal(
            "invoicePay", "invoice", id=invoice, paymentMethod="pm_card_visa", paidOutOfBand=True
        ) == [("PARAMETERS_EXCLUSIVE", "paymentMethod")]
        assert (await shown(world, invoice, BRANDS))["status"] == "OPEN"
