"""Tax rates by hand: on subscriptions and their items, on invoices and lines, worked out by hand."""

from typing import Any

import pytest

from models import Event, Subscription, TaxRate
from tests.features.attacked import foreign, made
from tests.scenarios.invoicing import add, draft, finalize, item
from tests.scenarios.taxing import rate, shown, sums, taxed
from tests.scenarios.world import World


async def latest(world: World, subscription: Any) -> dict[str, Any]:
    """What the latest invoice of a subscription says of tax."""
    return await taxed(world, (await subscription.now())["latestInvoice"]["id"])


async def test_exclusive_tax_comes_on_top_and_renewals_ask_for_it_too(world: World) -> None:
    vat = await rate(world, "19")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    subscription = await jenny.subscribe(await world.price("Basic", 1500), defaultTaxRates=[vat])

    first = await latest(world, subscription)
    assert sums(first) == (1500, 1500, 1785)  # 19 % of 15.00 are 2.85
    assert shown(first["totalTaxes"]) == ["285 of 1500 at 19 EXCLUSIVE STANDARD_RATED"]
    assert shown(first["lines"][0]["taxes"]) == shown(first["totalTaxes"])
    assert first["lines"][0]["explanation"].endswith("; plus 19% tax on $15.00 = $2.85; together $17.85")
    assert (first["status"], first["amountDue"]) == ("PAID", 1785)
    await world.move_to("2027-02-28T12:00:00Z")
    assert [each["total"] for each in await subscription.invoices()] == [1785, 1785]
    told = await Event.filter(type="customer.subscription.created").get()
    [known] = told.data["default_tax_rates"]
    assert (known["id"], known["object"], known["percentage"]) == (vat, "tax_rate", 19)
    created = await Event.filter(type="invoice.created").first()
    assert created is not None
    assert created.data["total_taxes"][0]["tax_rate_details"] == {"tax_rate": vat}
    assert created.data["lines"]["data"][0]["taxes"][0]["amount"] == 285


async def test_inclusive_tax_is_within_the_price(world: World) -> None:
    vat = await rate(world, "19", inclusive=True)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1190, currency="eur"), defaultTaxRates=[vat])
    found = await latest(world, subscription)
    assert sums(found) == (1190, 1000, 1190)  # 11.90 / 1.19 = 10.00
    assert shown(found["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]
    assert found["lines"][0]["explanation"].endswith("; with 19% tax on €10.00 = €1.90 in it")


async def test_tax_of_a_trial_is_explained_after_it(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    basic, vat = await world.price("Basic", 1500), await rate(world, "19")
    [line] = (await latest(world, await jenny.subscribe(basic, trialPeriodDays=14, defaultTaxRates=[vat])))["lines"]
    assert line["explanation"] == "Nothing is charged for the time of a trial; plus 19% tax on $0.00 = $0.00"


async def test_rates_of_an_item_take_the_place_of_the_defaults(world: World) -> None:
    standard, reduced, city = await rate(world, "20"), await rate(world, "5.5"), await rate(world, "1", name="City")
    jenny = await world.customer(card="pm_card_visa")
    basic, books = await world.price("Basic", 1500), await world.price("Books", 999)
    items = [{"price": basic}, {"price": books, "taxRates": [reduced, city]}]
    answer = await world.do(
        "subscriptionCreate", "subscription { latestInvoice { id } items { taxRates { id } } }",
        customer=jenny.id, items=items, defaultTaxRates=[standard],
    )  # fmt: skip
    found = await taxed(world, answer["subscription"]["latestInvoice"]["id"])
    assert [shown(line["taxes"]) for line in found["lines"]] == [
        ["300 of 1500 at 20 EXCLUSIVE STANDARD_RATED"],
        # 5.5 % of 9.99 are 54.945, 1 % are 9.99, each rounded on its own
        ["55 of 999 at 5.5 EXCLUSIVE STANDARD_RATED", "10 of 999 at 1 EXCLUSIVE STANDARD_RATED"],
    ]
    assert sums(found) == (2499, 2499, 2499 + 365)
    assert answer["subscription"]["items"] == [{"taxRates": []}, {"taxRates": [{"id": reduced}, {"id": city}]}]


@pytest.mark.parametrize(("rounding", "amounts"), [("PER_LINE", [10, 10, 10]), ("PER_INVOICE", [10, 9, 10])])
async def test_tax_is_rounded_on_every_line_or_once(world: World, rounding: str, amounts: list[int]) -> None:
    # 19 % of 0.50 are 9.5 cents, of three lines 28.5: 10 + 10 + 10, or 29 that the lines share
    await world.do("accountSettingsUpdate", "account { id }", taxRounding=rounding)
    vat = await rate(world, "19")
    jenny = await world.customer()
    invoice = await draft(world, jenny.id, 50, 50, 50, defaultTaxRates=[vat])
    found = await taxed(world, invoice)
    assert [line["taxes"][0]["amount"] for line in found["lines"]] == amounts
    assert (found["totalTaxes"][0]["amount"], found["total"]) == (sum(amounts), 150 + sum(amounts))


@pytest.mark.parametrize(
    ("exempt", "asked"),
    [("EXEMPT", "0 of 0 at 19 EXCLUSIVE CUSTOMER_EXEMPT"), ("REVERSE", "0 of 1500 at 19 EXCLUSIVE REVERSE_CHARGE")],
)
async def test_exemption_of_the_customer_is_decided_at_finalization(world: World, exempt: str, asked: str) -> None:
    jenny = await world.customer()
    invoice = await draft(world, jenny.id, 1500, defaultTaxRates=[await rate(world, "19")])
    assert sums(await taxed(world, invoice)) == (1500, 1500, 1785)
    await world.do("customerUpdate", "customer { id }", id=jenny.id, taxExempt=exempt)

    await finalize(world, invoice)

    found = await taxed(world, invoice)
    assert (sums(found), shown(found["totalTaxes"])) == ((1500, 1500, 1500), [asked])
    await world.do("customerUpdate", "customer { id }", id=jenny.id, taxExempt="NONE")
    assert sums(await taxed(world, invoice)) == (1500, 1500, 1500)  # finalized amounts never change


async def test_proration_is_taxed_like_any_other_line(world: World) -> None:
    vat = await rate(world, "10")
    jenny = await world.customer(card="pm_card_visa")
    basic, pro = await world.price("Basic", 3000), await world.price("Pro", 6000)
    subscription = await jenny.subscribe(basic, defaultTaxRates=[vat])
    await world.move_to("2027-02-14T10:00:00Z")  # 14 of 28 days
    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")
    found = await latest(world, subscription)
    assert [line["amount"] for line in found["lines"]] == [-1500, 3000]
    assert [line["taxes"][0]["amount"] for line in found["lines"]] == [-150, 300]
    assert sums(found) == (1500, 1500, 1650)


async def test_another_rate_prorates_nothing_and_holds_from_the_next_invoice_on(world: World) -> None:
    old, new = await rate(world, "19"), await rate(world, "20")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), defaultTaxRates=[old])
    await world.news()

    await subscription.update(defaultTaxRates=[new])
    await subscription.update(items=[{"id": await subscription.item(), "taxRates": [old]}])
    assert await world.news() == ["customer.subscription.updated"] * 2
    assert await subscription.waiting() == []
    await subscription.update(items=[{"id": await subscription.item(), "taxRates": []}])
    await world.move_to("2027-02-28T12:00:00Z")

    assert [each["total"] for each in await subscription.invoices()] == [1785, 1800]
    [told] = await Event.filter(type="customer.subscription.updated").order_by("sequence").offset(1).limit(1)
    assert told.previous_attributes is not None
    assert told.previous_attributes["default_tax_rates"][0]["id"] == old


async def test_changing_the_rates_of_a_draft_taxes_it_anew(world: World) -> None:
    low, high = await rate(world, "5"), await rate(world, "10")
    jenny = await world.customer()
    invoice = await draft(world, jenny.id, 1000, 2000, defaultTaxRates=[low])
    assert sums(await taxed(world, invoice)) == (3000, 3000, 3150)
    await world.do("invoiceUpdate", "invoice { id }", id=invoice, defaultTaxRates=[high])
    found = await taxed(world, invoice)
    assert sums(found) == (3000, 3000, 3300)
    lines = [{"id": found["lines"][1]["id"], "taxRates": [low]}]
    await world.do("invoiceUpdateLines", "invoice { id }", id=invoice, lines=lines)
    assert sums(await taxed(world, invoice)) == (3000, 3000, 3200)  # 10 % of 10.00 and 5 % of 20.00
    await world.do("invoiceUpdate", "invoice { id }", id=invoice, defaultTaxRates=None)
    assert sums(await taxed(world, invoice)) == (3000, 3000, 3100)
    await finalize(world, invoice)
    assert await world.refusal("invoiceUpdate", "invoice", id=invoice, defaultTaxRates=[high]) == [
        ("INVOICE_UNEXPECTED_STATE", "defaultTaxRates")
    ]


async def test_rates_of_an_item_go_with_it_onto_whatever_invoice_takes_it_up(world: World) -> None:
    vat, other = await rate(world, "10"), await rate(world, "20")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    waiting = await item(world, subscription=subscription.id, amount=1000, taxRates=[vat])
    await world.do("invoiceItemUpdate", "invoiceItem { id }", id=waiting, taxRates=[other])
    await world.move_to("2027-02-28T12:00:00Z")
    found = await latest(world, subscription)
    assert [(line["amount"], [each["amount"] for each in line["taxes"]]) for line in found["lines"]] == [
        (1000, [200]), (1500, []),
    ]  # fmt: skip
    invoice = await draft(world, jenny.id)
    await add(world, invoice, {"amount": 500, "taxRates": [vat]})
    assert sums(await taxed(world, invoice)) == (500, 500, 550)


async def test_preview_shows_the_tax_that_there_will_be(world: World) -> None:
    vat = await rate(world, "19")
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "defaultTaxRates": [vat]}
    shows = "invoicePreview { subtotal total totalExcludingTax totalTaxes { amount taxRate { id } } amountDue }"
    new = await world.do("invoiceCreatePreview", shows, newSubscription=wanted)
    subscription = await jenny.subscribe(basic, defaultTaxRates=[vat])
    following = await world.do("invoiceCreatePreview", shows, subscription=subscription.id)
    for preview in (new["invoicePreview"], following["invoicePreview"]):
        assert (sums(preview), preview["amountDue"]) == ((1500, 1500, 1785), 1785)
        assert preview["totalTaxes"] == [{"amount": 285, "taxRate": {"id": vat}}]


async def test_phases_carry_their_rates(world: World) -> None:
    first, second = await rate(world, "10"), await rate(world, "20")
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1000)
    phases = [
        {"items": [{"price": basic}], "defaultTaxRates": [first], "duration": {"interval": "MONTH"}},
        {"items": [{"price": basic, "taxRates": [second]}], "duration": {"interval": "MONTH"}},
    ]
    shows = "subscriptionSchedule { subscription { id } phases { defaultTaxRates { id } items { taxRates { id } } } }"
    answer = await world.do("subscriptionScheduleCreate", shows, customer=jenny.id, startDate="NOW", phases=phases)
    planned = answer["subscriptionSchedule"]["phases"]
    assert planned[0] == {"defaultTaxRates": [{"id": first}], "items": [{"taxRates": []}]}
    assert planned[1] == {"defaultTaxRates": [], "items": [{"taxRates": [{"id": second}]}]}
    await world.move_to("2027-02-28T12:00:00Z")
    found = await world.api.ask("{ invoices { nodes { total } } }")
    assert [each["total"] for each in found["invoices"]["nodes"]] == [1200, 1100]


async def test_what_cannot_be_attached_is_refused_with_every_path(world: World) -> None:
    vat, archived = await rate(world, "19"), await rate(world, "7", active=False)
    many = [await rate(world, "1") for _ in range(6)]
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    items = [{"price": basic, "taxRates": [vat, vat]}]
    wanted = {"customer": jenny.id, "items": items, "defaultTaxRates": [archived, "txr_1"]}
    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == [
        ("TAX_RATE_INACTIVE", "defaultTaxRates.0"),
        ("RESOURCE_MISSING", "defaultTaxRates.1"),
        ("PARAMETER_INVALID", "items.0.taxRates.1"),
    ]
    assert await Subscription.all().count() == 0
    assert await world.refusal("invoiceCreate", "invoice", customer=jenny.id, defaultTaxRates=many) == [
        ("PARAMETER_LIST_TOO_LONG", "defaultTaxRates")
    ]
    waiting = {"customer": jenny.id, "amount": 1, "taxRates": [archived]}
    assert await world.refusal("invoiceItemCreate", "invoiceItem", **waiting) == [("TAX_RATE_INACTIVE", "taxRates.0")]
    phases = [{"items": [{"price": basic}], "defaultTaxRates": ["txr_1"]}]
    assert await world.refusal(
        "subscriptionScheduleCreate", "subscriptionSchedule", customer=jenny.id, startDate="NOW", phases=phases
    ) == [("RESOURCE_MISSING", "phases.0.defaultTaxRates.0")]


async def test_archived_rate_goes_on_for_whoever_has_it(world: World) -> None:
    vat, other = await rate(world, "19"), await rate(world, "1")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), defaultTaxRates=[vat])
    await world.do("taxRateUpdate", "taxRate { id }", id=vat, active=False)
    await subscription.update(defaultTaxRates=[vat, other])  # it may stay
    await world.move_to("2027-02-28T12:00:00Z")
    assert [each["total"] for each in await subscription.invoices()] == [1785, 1800]
    await subscription.update(defaultTaxRates=[])
    refused = {"id": subscription.id, "defaultTaxRates": [vat]}
    assert await world.refusal("subscriptionUpdate", "subscription", **refused) == [
        ("TAX_RATE_INACTIVE", "defaultTaxRates.0")
    ]


async def test_rates_of_others_do_not_exist(world: World) -> None:
    vat = await rate(world, "19")
    other = await foreign(world.api)
    customer = await made(other, "customerCreate", "customer { id }", {"name": "Eve"})
    wanted = {"customer": customer["id"], "defaultTaxRates": [vat]}
    refused = await other.do("invoiceCreate", "invoice { id }", wanted)
    assert [(each["code"], each["param"]) for each in refused["userErrors"]] == [
        ("RESOURCE_MISSING", ["defaultTaxRates", "0"])
    ]
    live = await draft(world, (await world.customer()).id, 100, defaultTaxRates=[vat])
    await TaxRate.filter(id=vat).update(livemode=True)  # as one of the other mode
    assert await world.refusal("invoiceUpdate", "invoice", id=live, defaultTaxRates=[vat, vat]) == [
        ("RESOURCE_MISSING", "defaultTaxRates.0"), ("RESOURCE_MISSING", "defaultTaxRates.1"),
    ]  # fmt: skip
