"""Quotes with tax: what they come to is what is invoiced once they are accepted."""

from typing import Any

from models import Event, Quote
from tests.scenarios.invoicing import once
from tests.scenarios.taxing import TAXES, rate, registered, shown
from tests.scenarios.world import World

QUOTE = (
    "id status amountSubtotal amountTotal automaticTax { enabled status } defaultTaxRates { id }"
    f" totalTaxes {{ {TAXES} }} lineItems {{ id amountSubtotal amountTotal explanation taxes {{ amount }} }}"
    " computed { upfront { amountSubtotal amountTotal } recurring { amountSubtotal amountTotal } }"
)


async def quoted(world: World, **input: Any) -> dict[str, Any]:
    """A new quote."""
    return dict((await world.do("quoteCreate", f"quote {{ {QUOTE} }}", **input))["quote"])


async def accepted(world: World, quote: str) -> dict[str, Any]:
    """What came of a quote."""
    await world.do("quoteFinalize", "quote { id }", id=quote)
    shows = f"subscription {{ defaultTaxRates {{ id }} latestInvoice {{ total totalTaxes {{ {TAXES} }} }} }}"
    invoice = f"invoice {{ total totalTaxes {{ {TAXES} }} }}"
    return dict((await world.do("quoteAccept", f"quote {{ {shows} {invoice} }}", id=quote))["quote"])


async def test_quote_comes_to_what_its_invoice_asks_for(world: World) -> None:
    standard, reduced = await rate(world, "19"), await rate(world, "7")
    jenny = await world.customer(card="pm_card_visa")
    basic, setup = await world.price("Basic", 1500), await once(world, 5000)
    lines = [{"price": basic}, {"price": setup, "taxRates": [reduced]}]
    quote = await quoted(world, customer=jenny.id, lineItems=lines, defaultTaxRates=[standard])
    # 15.00 + 2.85 each month, 50.00 + 3.50 once
    assert (quote["amountSubtotal"], quote["amountTotal"]) == (6500, 7135)
    assert [each["amountTotal"] for each in quote["lineItems"]] == [1785, 5350]
    assert quote["lineItems"][1]["explanation"].endswith("; plus 7% tax on $50.00 = $3.50; together $53.50")
    assert quote["computed"] == {
        "upfront": {"amountSubtotal": 6500, "amountTotal": 7135},
        "recurring": {"amountSubtotal": 1500, "amountTotal": 1785},
    }
    told = await Event.get(type="quote.created")
    assert told.data["total_details"]["amount_tax"] == 635
    assert told.data["computed"]["recurring"]["total_details"]["amount_tax"] == 285
    assert told.data["default_tax_rates"] == [standard]
    subscription = (await accepted(world, quote["id"]))["subscription"]
    assert subscription["defaultTaxRates"] == [{"id": standard}]
    assert subscription["latestInvoice"]["total"] == 7135


async def test_what_is_quoted_once_is_invoiced_with_its_tax(world: World) -> None:
    vat = await rate(world, "19", inclusive=True)
    jenny = await world.customer(card="pm_card_visa")
    lines = [{"price": await once(world, 1190)}]
    quote = await quoted(world, customer=jenny.id, lineItems=lines, defaultTaxRates=[vat])
    assert (quote["amountSubtotal"], quote["amountTotal"]) == (1190, 1190)
    invoice = (await accepted(world, quote["id"]))["invoice"]
    assert shown(invoice["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]
    assert invoice["total"] == 1190


async def test_changing_rates_of_a_draft_quotes_anew(world: World) -> None:
    vat, other = await rate(world, "10"), await rate(world, "20")
    jenny = await world.customer()
    quote = await quoted(world, customer=jenny.id, lineItems=[{"price": await world.price("Basic", 1000)}])
    assert quote["amountTotal"] == 1000
    change = await world.do("quoteUpdate", f"quote {{ {QUOTE} }}", id=quote["id"], defaultTaxRates=[vat])
    assert change["quote"]["amountTotal"] == 1100
    lines = [{"id": quote["lineItems"][0]["id"], "taxRates": [other]}]
    change = await world.do("quoteUpdate", f"quote {{ {QUOTE} }}", id=quote["id"], lineItems=lines)
    assert change["quote"]["amountTotal"] == 1200
    copy = await quoted(world, fromQuote={"quote": quote["id"]})
    assert (copy["amountTotal"], copy["defaultTaxRates"]) == (1200, [{"id": vat}])


async def test_trial_asks_for_tax_once_it_is_over(world: World) -> None:
    vat = await rate(world, "10")
    jenny = await world.customer(card="pm_card_visa")
    wanted = {"lineItems": [{"price": await world.price("Basic", 1000)}], "subscriptionData": {"trialPeriodDays": 7}}
    quote = await quoted(world, customer=jenny.id, defaultTaxRates=[vat], **wanted)
    assert quote["computed"]["upfront"]["amountTotal"] == 0
    assert quote["computed"]["recurring"]["amountTotal"] == 1100


async def test_quote_is_taxed_by_where_the_customer_is(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", country="DE")
    await registered(world, "DE")
    jenny = await world.customer(card="pm_card_visa", address={"country": "DE"})
    lines = [{"price": await world.price("Basic", 1190, currency="eur")}]
    quote = await quoted(world, customer=jenny.id, lineItems=lines, automaticTax={"enabled": True})
    assert quote["automaticTax"] == {"enabled": True, "status": "COMPLETE"}
    assert shown(quote["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]
    subscription = (await accepted(world, quote["id"]))["subscription"]
    assert shown(subscription["latestInvoice"]["totalTaxes"]) == ["190 of 1000 at 19 INCLUSIVE STANDARD_RATED"]


async def test_tax_that_cannot_be_is_refused_with_its_path(world: World) -> None:
    vat, archived = await rate(world, "10"), await rate(world, "7", active=False)
    jenny = await world.customer()
    basic = await world.price("Basic", 1000)
    lines = [{"price": basic, "taxRates": [archived]}]
    wanted = {"customer": jenny.id, "lineItems": lines, "defaultTaxRates": ["txr_1"], "automaticTax": {"enabled": True}}
    assert sorted(await world.refusal("quoteCreate", "quote", **wanted)) == [
        ("PARAMETERS_EXCLUSIVE", "automaticTax"),
        ("RESOURCE_MISSING", "defaultTaxRates.0"),
        ("TAX_RATE_INACTIVE", "lineItems.0.taxRates.0"),
    ]
    later = {"effectiveDate": "2027-05-01T00:00:00Z"}
    plain = {"customer": jenny.id, "lineItems": [{"price": basic}]}
    assert await world.refusal(
        "quoteCreate", "quote", **plain, automaticTax={"enabled": True}, subscriptionData=later
    ) == [("PARAMETERS_EXCLUSIVE", "automaticTax")]
    assert await Quote.all().count() == 0
    quote = await quoted(world, **plain, defaultTaxRates=[vat])
    assert await world.refusal("quoteUpdate", "quote", id=quote["id"], automaticTax={"enabled": True}) == [
        ("PARAMETERS_EXCLUSIVE", "automaticTax")
    ]
    assert not (await Quote.get(id=quote["id"])).automatic_tax
