"""Automatic tax: what is asked for by where the customer is, and what becomes of drafts whose tax is not known."""

import asyncio
from typing import Any

import pytest

from gateways.tax.embedded import FAILING_LINE
from models import AgendaEntry, Event, Invoice, Subscription, TaxRate
from tests.scenarios.invoicing import draft
from tests.scenarios.taxing import registered, shown, sums, taxed
from tests.scenarios.world import Customer, World
from tests.scenarios.world import Subscription as Subscribed

BERLIN = {"line1": "Unter den Linden 1", "city": "Berlin", "postalCode": "10117", "country": "DE"}
PARIS = {"city": "Paris", "country": "FR"}
ON = {"enabled": True}
FAILING = {**BERLIN, "line1": FAILING_LINE}


@pytest.fixture
async def shop(world: World) -> World:
    """A German seller who is registered at home."""
    await world.do("accountSettingsUpdate", "account { id }", country="DE", defaultCurrency="eur")
    await registered(world, "DE")
    return world


async def moved(customer: Customer, address: dict[str, str] | None) -> None:
    """The customer has another address."""
    await customer.world.do("customerUpdate", "customer { id }", id=customer.id, address=address)


async def latest(subscription: Subscribed) -> dict[str, Any]:
    """What the latest invoice says of tax."""
    return await taxed(subscription.world, (await subscription.now())["latestInvoice"]["id"])


async def automatic(world: World, invoice: str) -> dict[str, Any]:
    """What an invoice says of automatic tax and of its finalization."""
    shows = "status automaticTax { enabled status } lastFinalizationError { code } automaticallyFinalizesAt total"
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {shows} }} }}", {"id": invoice})
    return dict(found["invoice"])


async def test_euros_have_the_tax_of_the_country_in_them(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    basic = await shop.price("Basic", 1190, currency="eur")
    await shop.news()
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    found = await latest(subscription)
    assert sums(found) == (1190, 1000, 1190)
    assert shown(found["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]
    told = await Event.filter(type="invoice.created").get()
    liable = {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    assert told.data["automatic_tax"] == {**liable, "provider": None, "status": "complete"}
    assert await shop.news() == [
        "tax_rate.created", "customer.updated", "customer.subscription.created", "invoice.created", "invoice.finalized",
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "invoice.paid",
        "invoice.payment_succeeded", "customer.subscription.updated",
    ]  # fmt: skip
    await shop.move_to("2027-02-28T12:00:00Z")
    assert [each["total"] for each in await subscription.invoices()] == [1190, 1190]
    [rate] = await TaxRate.all()  # made once
    assert (rate.display_name, rate.country, rate.jurisdiction, rate.active) == ("VAT", "DE", "Germany", False)
    assert await Event.filter(type="tax_rate.created").count() == 1


@pytest.mark.parametrize(
    ("behavior", "expected"), [("EXCLUSIVE", (1000, 1000, 1190)), ("INCLUSIVE", (1000, 840, 1000))]
)
async def test_price_says_whether_tax_is_in_it(shop: World, behavior: str, expected: tuple[int, int, int]) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    price = {"currency": "eur", "unitAmount": 1000, "taxBehavior": behavior, "recurring": {"interval": "MONTH"}}
    made = await shop.do("priceCreate", "price { id }", **price, productData={"name": "Basic"})
    found = await latest(await jenny.subscribe(made["price"]["id"], automaticTax=ON))
    assert sums(found) == expected  # 10.00 / 1.19 = 8.4034, so that 1.60 are tax


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("EXCLUSIVE", "INCLUSIVE", (1300, 1092, 1300)),  # 13.00 / 1.19 = 10.9244, so that 2.08 are tax
        ("INCLUSIVE", "EXCLUSIVE", (1300, 1300, 1547)),  # 19 % of 13.00 is 2.47
        ("EXCLUSIVE", "UNSPECIFIED", (1300, 1092, 1300)),  # what goes without saying in euros
    ],
)
async def test_each_currency_of_a_price_says_whether_tax_is_in_it(
    shop: World, own: str, other: str, expected: tuple[int, int, int]
) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    euros = {"currency": "eur", "unitAmount": 1300, "taxBehavior": other}
    price = {"currency": "usd", "unitAmount": 1500, "taxBehavior": own, "currencyOptions": [euros]}
    recurring = {"recurring": {"interval": "MONTH"}, "productData": {"name": "Basic"}}
    made = await shop.do("priceCreate", "price { id }", **price, **recurring)
    found = await latest(await jenny.subscribe(made["price"]["id"], currency="eur", automaticTax=ON))
    assert sums(found) == expected


async def test_account_says_it_where_prices_do_not(shop: World) -> None:
    await shop.do("accountSettingsUpdate", "account { id }", defaultTaxBehavior="EXCLUSIVE")
    jenny = await shop.customer(address=BERLIN)
    invoice = await draft(shop, jenny.id, 1000, automaticTax=ON)
    assert sums(await taxed(shop, invoice)) == (1000, 1000, 1190)


@pytest.mark.parametrize(
    ("country", "vat", "exempt", "expected"),
    [
        ("FR", None, "NONE", "0 of 1000 at 0 INCLUSIVE NOT_COLLECTING"),
        ("FR", "FR40303265045", "NONE", "0 of 1000 at 0 INCLUSIVE REVERSE_CHARGE"),
        ("DE", "FR40303265045", "NONE", "160 of 840 at 19 INCLUSIVE STANDARD_RATED"),
        ("DE", None, "EXEMPT", "0 of 0 at 19 INCLUSIVE CUSTOMER_EXEMPT"),
        ("DE", None, "REVERSE", "0 of 1000 at 19 INCLUSIVE REVERSE_CHARGE"),
        ("US", None, "NONE", "0 of 1000 at 0 INCLUSIVE NOT_SUPPORTED"),
    ],
)
async def test_tax_follows_from_who_buys_where(
    shop: World, country: str, vat: str | None, exempt: str, expected: str
) -> None:
    numbers = [{"type": "EU_VAT", "value": vat}] if vat else []
    jenny = await shop.customer(address={"country": country}, taxIds=numbers, taxExempt=exempt)
    invoice = await draft(shop, jenny.id, 1000, currency="eur", automaticTax=ON)
    assert shown((await taxed(shop, invoice))["totalTaxes"]) == [expected]


async def test_taxes_of_a_province_come_beside_those_of_the_country(shop: World) -> None:
    await registered(shop, "CA")
    await registered(shop, "CA", "QC")
    jenny = await shop.customer(address={"country": "CA", "state": "QC"})
    invoice = await draft(shop, jenny.id, 10000, currency="cad", automaticTax=ON)
    found = await taxed(shop, invoice)
    assert shown(found["totalTaxes"]) == [
        "500 of 10000 at 5 EXCLUSIVE STANDARD_RATED",
        "998 of 10000 at 9.975 EXCLUSIVE STANDARD_RATED",  # 997.5, half away from zero
    ]
    assert found["total"] == 11498


async def test_goods_are_taxed_where_they_go(shop: World) -> None:
    shipping = {"name": "Jenny", "address": PARIS}
    jenny = await shop.customer(address=BERLIN, shipping=shipping)
    await registered(shop, "FR")
    invoice = await draft(shop, jenny.id, 1200, currency="eur", automaticTax=ON)
    assert shown((await taxed(shop, invoice))["totalTaxes"]) == ["200 of 1000 at 20 INCLUSIVE STANDARD_RATED"]


async def test_nobody_subscribes_whose_place_is_not_known(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa")
    basic = await shop.price("Basic", 1190, currency="eur")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "automaticTax": ON}
    await shop.news()
    refused = [("CUSTOMER_TAX_LOCATION_INVALID", "automaticTax")]
    assert await shop.refusal("subscriptionCreate", "subscription", **wanted) == refused
    assert await shop.refusal("subscriptionCreate", "subscription", **wanted, trialPeriodDays=3) == refused
    await moved(jenny, FAILING)
    assert await shop.refusal("subscriptionCreate", "subscription", **wanted) == [
        ("TAXES_CALCULATION_FAILED", "automaticTax")
    ]
    assert (await Subscription.all().count(), await Invoice.all().count()) == (0, 0)
    assert await shop.news() == ["customer.updated"]
    await moved(jenny, None)
    subscription = await jenny.subscribe(basic)
    change = {"id": subscription.id, "automaticTax": ON}
    assert await shop.refusal("subscriptionUpdate", "subscription", **change) == refused


async def test_renewal_without_a_place_stays_a_draft_until_somebody_finalizes_it(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    subscription = await jenny.subscribe(await shop.price("Basic", 1190, currency="eur"), automaticTax=ON)
    await moved(jenny, None)
    await shop.news()

    await shop.move_to("2027-02-28T12:00:00Z")

    told = await shop.news()
    assert [each for each in told if each.startswith("invoice.")] == ["invoice.created", "invoice.finalization_failed"]
    waiting = (await subscription.invoices())[1]["id"]
    assert await automatic(shop, waiting) == {
        "status": "DRAFT", "automaticTax": {"enabled": True, "status": "REQUIRES_LOCATION_INPUTS"}, "total": 1190,
        "lastFinalizationError": {"code": "CUSTOMER_TAX_LOCATION_INVALID"}, "automaticallyFinalizesAt": None,
    }  # fmt: skip
    answer = await shop.api.do("invoiceFinalize", "invoice { status }", {"id": waiting})
    assert (answer["invoice"]["status"], answer["userErrors"][0]["code"]) == ("DRAFT", "CUSTOMER_TAX_LOCATION_INVALID")
    await moved(jenny, BERLIN)
    await shop.move_to("2027-03-05T12:00:00Z")
    assert (await automatic(shop, waiting))["status"] == "DRAFT"  # nobody has finalized it
    await shop.do("invoiceFinalize", "invoice { id }", id=waiting)
    found = await automatic(shop, waiting)
    assert (found["status"], found["lastFinalizationError"]) == ("PAID", None)
    assert found["automaticTax"] == {"enabled": True, "status": "COMPLETE"}
    assert shown((await taxed(shop, waiting))["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]


async def test_failed_calculation_is_tried_again_with_growing_delay_until_it_works(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    subscription = await jenny.subscribe(await shop.price("Basic", 1190, currency="eur"), automaticTax=ON)
    await moved(jenny, FAILING)
    # Made on 28 February at 10:00, finalized at 11:00, then after 10, 20, 40 minutes and so on.
    for until, failures, again in (
        ("2027-02-28T11:05:00Z", 1, "2027-02-28T11:10:00Z"),
        ("2027-02-28T11:15:00Z", 2, "2027-02-28T11:30:00Z"),
        ("2027-02-28T12:00:00Z", 3, "2027-02-28T12:10:00Z"),
    ):
        await shop.move_to(until)
        waiting = (await subscription.invoices())[1]["id"]
        found = await automatic(shop, waiting)
        assert (found["lastFinalizationError"]["code"], found["automaticallyFinalizesAt"]) == (
            "TAXES_CALCULATION_FAILED", again,
        )  # fmt: skip
        assert (await shop.news()).count("invoice.finalization_failed") == 1
        assert await Invoice.filter(id=waiting, last_finalization_error__isnull=False).count() == 1, failures
    await moved(jenny, BERLIN)
    await shop.move_to("2027-02-28T12:15:00Z")
    assert (await automatic(shop, waiting))["status"] == "PAID"
    assert await AgendaEntry.filter(subject_id=waiting).count() == 0


async def test_clock_goes_on_past_a_calculation_that_fails_for_weeks(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    subscription = await jenny.subscribe(await shop.price("Basic", 1190, currency="eur"), automaticTax=ON)
    await moved(jenny, FAILING)
    await shop.move_to("2027-03-20T12:00:00Z")
    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "DRAFT"]
    await moved(jenny, BERLIN)
    await shop.move_to("2027-03-21T01:00:00Z")  # twelve hours at the most
    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "PAID"]


async def test_failing_member_never_blocks_its_group(shop: World) -> None:
    basic = await shop.price("Basic", 1190, currency="eur")
    payers = [await shop.customer(card="pm_card_visa", address=BERLIN) for _ in range(5)]
    subscriptions = [await payer.subscribe(basic, automaticTax=ON) for payer in payers]
    await moved(payers[1], None)
    await moved(payers[3], FAILING)
    await shop.move_to("2027-02-28T11:05:00Z")
    drafts = [(await each.invoices())[1]["status"] for each in subscriptions]
    assert drafts == ["PAID", "DRAFT", "PAID", "DRAFT", "PAID"]


async def test_change_that_is_charged_at_once_is_refused_without_its_tax(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    basic, pro = [await shop.price(name, amount, currency="eur") for name, amount in (("Basic", 1190), ("Pro", 2380))]
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    await moved(jenny, FAILING)
    item = {"id": await subscription.item(), "price": pro}
    wanted = {"id": subscription.id, "items": [item], "prorationBehavior": "ALWAYS_INVOICE"}
    await shop.news()
    assert await shop.refusal("subscriptionUpdate", "subscription", **wanted) == [("TAXES_CALCULATION_FAILED", "")]
    assert await shop.news() == []
    assert len(await subscription.invoices()) == 1


async def test_rates_and_automatic_tax_exclude_each_other(shop: World) -> None:
    made = await shop.do("taxRateCreate", "taxRate { id }", displayName="VAT", percentage="7", inclusive=False)
    vat = made["taxRate"]["id"]
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    basic = await shop.price("Basic", 1190, currency="eur")
    both = {"automaticTax": ON, "defaultTaxRates": [vat]}
    refused = [("PARAMETERS_EXCLUSIVE", "automaticTax")]
    items = [{"price": basic}]
    assert await shop.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items, **both) == refused
    assert await shop.refusal("invoiceCreate", "invoice", customer=jenny.id, **both) == refused
    subscription = await jenny.subscribe(basic, defaultTaxRates=[vat])
    assert await shop.refusal("subscriptionUpdate", "subscription", id=subscription.id, automaticTax=ON) == refused
    await subscription.update(automaticTax=ON, defaultTaxRates=[])
    await shop.move_to("2027-02-28T12:00:00Z")
    assert [each["total"] for each in await subscription.invoices()] == [1273, 1190]  # 7 % on top, then 19 % within


async def test_draft_by_hand_is_taxed_anew(shop: World) -> None:
    jenny = await shop.customer(address=BERLIN)
    invoice = await draft(shop, jenny.id, 1190, currency="eur")
    await shop.do("invoiceUpdate", "invoice { id }", id=invoice, automaticTax=ON)
    assert sums(await taxed(shop, invoice)) == (1190, 1000, 1190)
    await shop.do("invoiceUpdate", "invoice { id }", id=invoice, automaticTax={"enabled": False})
    assert (await automatic(shop, invoice))["automaticTax"] == {"enabled": False, "status": None}
    assert (await taxed(shop, invoice))["totalTaxes"] == []


async def test_preview_tells_tax_and_writes_nothing(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    basic = await shop.price("Basic", 1190, currency="eur")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "automaticTax": ON}
    taxes = "automaticTax { enabled status } totalTaxes { amount taxRate { id } }"
    shows = f"invoicePreview {{ totalExcludingTax total {taxes} }}"
    answer = await shop.do("invoiceCreatePreview", shows, newSubscription=wanted)
    assert answer["invoicePreview"] == {
        "totalExcludingTax": 1000, "total": 1190, "automaticTax": {"enabled": True, "status": "COMPLETE"},
        "totalTaxes": [{"amount": 190, "taxRate": None}],
    }  # fmt: skip
    assert await TaxRate.all().count() == 0
    subscription = await jenny.subscribe(basic)
    await subscription.update(automaticTax=ON)
    following = await shop.do("invoiceCreatePreview", shows, subscription=subscription.id)
    assert following["invoicePreview"]["totalExcludingTax"] == 1000
    assert await TaxRate.all().count() == 0


async def test_preview_without_any_tax_tells_that_it_is_not_automatic(shop: World) -> None:
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    basic = await shop.price("Basic", 1190, currency="eur")
    wanted = {"customer": jenny.id, "items": [{"price": basic}]}
    shows = "invoicePreview { total automaticTax { enabled status } }"
    plain = {"invoicePreview": {"total": 1190, "automaticTax": {"enabled": False, "status": None}}, "userErrors": []}
    assert await shop.do("invoiceCreatePreview", shows, newSubscription=wanted) == plain
    subscription = await jenny.subscribe(basic)
    assert await shop.do("invoiceCreatePreview", shows, subscription=subscription.id) == plain


async def test_registration_that_is_of_no_use_is_refused(shop: World) -> None:
    for place, path in (({"country": "US"}, "country"), ({"country": "CA", "state": "ON"}, "state")):
        assert await shop.refusal("taxRegistrationCreate", "taxRegistration", **place) == [("PARAMETER_INVALID", path)]


async def test_rate_that_many_need_at_once_is_made_once(shop: World) -> None:
    customers = [await shop.customer(address=BERLIN) for _ in range(6)]
    wanted = {"currency": "eur", "automaticTax": ON}
    invoices = [await draft(shop, customer.id, 1000, currency="eur") for customer in customers]
    assert await TaxRate.all().count() == 0
    answers = await asyncio.gather(
        *(shop.do("invoiceUpdate", "invoice { total }", id=each, automaticTax=ON) for each in invoices),
        *(shop.do("invoiceCreate", "invoice { total }", customer=each.id, **wanted) for each in customers),
    )
    assert [answer["invoice"]["total"] for answer in answers] == [1000] * 6 + [0] * 6
    assert await TaxRate.all().count() == 1
    assert await Event.filter(type="tax_rate.created").count() == 1


async def test_who_moves_away_gets_back_the_tax_that_they_paid(shop: World) -> None:
    """19 % of 10.00 were paid in Germany; 14 of 28 days are left. In Poland the seller is not registered."""
    customer = await shop.customer(card="pm_card_visa", address=BERLIN)
    price = await shop.priced("Basic", currency="eur", unitAmount=1000, taxBehavior="EXCLUSIVE")
    subscription = await customer.subscribe(price, automaticTax=ON)
    assert (await subscription.invoices())[0]["total"] == 1190
    await shop.move_to("2027-02-14T10:00:00Z")
    await moved(customer, {"city": "Warszawa", "country": "PL"})

    await subscription.cancel(prorate=True, invoiceNow=True)

    assert (await subscription.invoices())[1]["total"] == -595  # half of 11.90
