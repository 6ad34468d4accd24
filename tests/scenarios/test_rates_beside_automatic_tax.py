"""Tax rates beside automatic tax: refused wherever they meet knowingly; what waited with rates keeps them."""

from typing import Any

import pytest

from tests.scenarios.invoicing import add, draft, item
from tests.scenarios.taxing import rate, registered, shown, sums, taxed
from tests.scenarios.world import Customer, World

BERLIN = {"city": "Berlin", "country": "DE"}
ON = {"enabled": True}


@pytest.fixture
async def shop(world: World) -> World:
    """A German seller who is registered at home."""
    await world.do("accountSettingsUpdate", "account { id }", country="DE", defaultCurrency="eur")
    await registered(world, "DE")
    return world


async def buyer(shop: World) -> tuple[Customer, str]:
    """Somebody in Berlin, and a price of €11.90."""
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    return jenny, await shop.price("Basic", 1190, currency="eur")


async def refused(shop: World, mutation: str, noun: str, path: str, **input: Any) -> None:
    """The mutation is refused for tax at this path, and nothing happens."""
    await shop.news()
    assert await shop.refusal(mutation, noun, **input) == [("PARAMETERS_EXCLUSIVE", path)], (mutation, path)
    assert await shop.news() == []


async def test_subscription_with_automatic_tax_takes_no_rates(shop: World) -> None:
    vat = await rate(shop, "7")
    jenny, basic = await buyer(shop)
    other = await shop.price("Other", 500, currency="eur")
    setup = await shop.priced("Set-up", currency="eur", every=None, unitAmount=500)
    once = [{"price": setup, "taxRates": [vat]}]
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "automaticTax": ON}
    await refused(shop, "subscriptionCreate", "subscription", "automaticTax", **wanted, addInvoiceItems=once)
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    held = await subscription.item()
    update = ("subscriptionUpdate", "subscription")
    await refused(shop, *update, "defaultTaxRates", id=subscription.id, defaultTaxRates=[vat])
    for change in ({"id": held, "taxRates": [vat]}, {"price": other, "taxRates": [vat]}):
        await refused(shop, *update, "items.0.taxRates", id=subscription.id, items=[change])
        preview = {"subscription": subscription.id, "subscriptionDetails": {"items": [change]}}
        thought_of = await shop.api.do("invoiceCreatePreview", "invoicePreview { total }", preview)
        assert [each["code"] for each in thought_of["userErrors"]] == ["PARAMETERS_EXCLUSIVE"]
    await refused(shop, "subscriptionItemUpdate", "subscriptionItem", "taxRates", id=held, taxRates=[vat])
    addition = {"subscription": subscription.id, "price": other, "taxRates": [vat]}
    await refused(shop, "subscriptionItemCreate", "subscriptionItem", "taxRates", **addition)
    charge = {"subscription": subscription.id, "amount": 500, "taxRates": [vat]}
    await refused(shop, "invoiceItemCreate", "invoiceItem", "taxRates", **charge)
    await subscription.update(description="More", defaultTaxRates=None)
    waiting = await item(shop, subscription=subscription.id, amount=500)
    await refused(shop, "invoiceItemUpdate", "invoiceItem", "taxRates", id=waiting, taxRates=[vat])


async def test_automatic_tax_does_not_begin_over_rates(shop: World) -> None:
    vat = await rate(shop, "7")
    jenny, basic = await buyer(shop)
    update = ("subscriptionUpdate", "subscription")
    subscription = await jenny.subscribe(basic)
    held = await subscription.item()
    await subscription.update(items=[{"id": held, "taxRates": [vat]}])
    await refused(shop, *update, "automaticTax", id=subscription.id, automaticTax=ON)
    items = [{"id": held, "taxRates": []}]
    both: dict[str, Any] = {"automaticTax": ON, "defaultTaxRates": [vat], "items": items}
    await refused(shop, *update, "automaticTax", id=subscription.id, **both)
    await subscription.update(automaticTax=ON, items=[{"id": held, "taxRates": []}])
    await shop.move_to("2027-02-28T12:00:00Z")
    last = await taxed(shop, (await subscription.invoices())[-1]["id"])
    assert shown(last["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]


async def test_draft_with_automatic_tax_takes_no_rates(shop: World) -> None:
    vat = await rate(shop, "7")
    jenny, _ = await buyer(shop)
    invoice = await draft(shop, jenny.id, 1190, currency="eur", automaticTax=ON)
    [line] = (await taxed(shop, invoice))["lines"]
    lines = [{"amount": 500, "taxRates": [vat]}]
    await refused(shop, "invoiceAddLines", "invoice", "lines.0.taxRates", id=invoice, lines=lines)
    lines = [{"id": line["id"], "taxRates": [vat]}]
    await refused(shop, "invoiceUpdateLines", "invoice", "lines.0.taxRates", id=invoice, lines=lines)
    charge = {"invoice": invoice, "amount": 500, "taxRates": [vat]}
    await refused(shop, "invoiceItemCreate", "invoiceItem", "taxRates", **charge)
    await refused(shop, "invoiceUpdate", "invoice", "defaultTaxRates", id=invoice, defaultTaxRates=[vat])
    plain = await draft(shop, jenny.id, currency="eur")
    await add(shop, plain, {"amount": 500, "taxRates": [vat]})
    await refused(shop, "invoiceUpdate", "invoice", "automaticTax", id=plain, automaticTax=ON)


async def test_what_waited_with_rates_keeps_them_on_an_invoice_with_automatic_tax(shop: World) -> None:
    vat = await rate(shop, "7")
    jenny, basic = await buyer(shop)
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    await item(shop, customer=jenny.id, amount=500, currency="eur", taxRates=[vat])
    await shop.move_to("2027-02-28T12:00:00Z")
    last = await taxed(shop, (await subscription.invoices())[-1]["id"])
    # 11.90 have 1.90 of 19 % in them; 7 % of 5.00 are 0.35 and come on top.
    assert sums(last) == (1690, 1500, 1725)
    assert sorted(shown(last["totalTaxes"])) == [
        "190 of 1000 at 19 INCLUSIVE STANDARD_RATED",
        "35 of 500 at 7 EXCLUSIVE STANDARD_RATED",
    ]


async def test_phases_name_no_rates_beside_automatic_tax(shop: World) -> None:
    vat = await rate(shop, "7")
    jenny, basic = await buyer(shop)
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    made = await shop.do(
        "subscriptionScheduleCreate",
        "subscriptionSchedule { id phases { startDate endDate } }",
        fromSubscription=subscription.id,
    )
    schedule = made["subscriptionSchedule"]
    [current] = schedule["phases"]
    first = {"items": [{"price": basic}], **current}
    rated = {"items": [{"price": basic, "taxRates": [vat]}], "duration": {"interval": "MONTH", "intervalCount": 1}}
    update = ("subscriptionScheduleUpdate", "subscriptionSchedule")
    path = "phases.1.items.0.taxRates"
    await refused(shop, *update, path, id=schedule["id"], phases=[first, rated])
    await subscription.update(automaticTax={"enabled": False})
    await shop.do(update[0], f"{update[1]} {{ id }}", id=schedule["id"], phases=[first, rated])
    await refused(shop, "subscriptionUpdate", "subscription", "automaticTax", id=subscription.id, automaticTax=ON)
