"""Who sells: on card statements and papers the account on whose behalf is charged, and who owes the tax."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Charge, Invoice, Quote, Subscription
from services.invoices.papers import invoice_paper
from tests.scenarios.connecting import START, account, acting
from tests.scenarios.invoicing import draft, finalize
from tests.scenarios.quoting import offered
from tests.scenarios.taxing import registered
from tests.scenarios.world import World
from tests.serving import served

BERLIN = {"country": "DE", "postalCode": "10115", "city": "Berlin", "line1": "Chausseestr. 1"}
LIABILITY = "automaticTax { enabled liability { type account { id } } }"


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[World]:
    """A platform."""
    async with served(database_url) as api:
        yield await World.opened(api, START)


def owed_by(identifier: str) -> dict[str, Any]:
    """Automatic tax that an account owes."""
    return {"enabled": True, "liability": {"type": "ACCOUNT", "account": identifier}}


async def test_statement_and_paper_name_who_sells(shop: World) -> None:
    address = {"line1": "1 Main St", "city": "Berlin", "country": "DE"}
    author = await account(
        shop, "Author", country="DE", settings={"statement_descriptor": "AUTHOR"}, company={"address": address}
    )
    jenny = await shop.customer(card="pm_card_visa")
    novel = await shop.price("Novel", 1000)
    named = {"transferData": {"destination": author.id}, "onBehalfOf": author.id}

    for more in (named, {"transferData": {"destination": author.id}}):
        await shop.do("subscriptionCreate", "subscription { id }", customer=jenny.id, items=[{"price": novel}], **more)

    theirs, ours = [await invoice_paper(row.id) for row in await Invoice.all().order_by("id")]
    assert theirs is not None and ours is not None
    assert (theirs.seller.name, theirs.seller.address and theirs.seller.address.line1) == ("Author", "1 Main St")
    assert ours.seller.name != "Author"
    assert [row.statement_descriptor for row in await Charge.all().order_by("id")] == ["AUTHOR", None]


async def test_registrations_of_who_owes_the_tax_decide(shop: World) -> None:
    author = await account(shop, "Author", country="DE")
    theirs = await acting(shop, author)
    await registered(theirs, "DE")
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    novel = await shop.price("Novel", 1000, currency="eur")
    wanted = {"customer": jenny.id, "items": [{"price": novel}]}
    selection = f"subscription {{ id {LIABILITY} latestInvoice {{ total totalExcludingTax {LIABILITY} }} }}"

    own = await shop.do("subscriptionCreate", selection, **wanted, automaticTax={"enabled": True})
    other = await shop.do("subscriptionCreate", selection, **wanted, automaticTax=owed_by(author.id))

    # The platform is registered nowhere; 19 % of German tax are in 10.00, of which 8.40 are left.
    said = {"enabled": True, "liability": {"type": "SELF", "account": None}}
    assert own["subscription"]["latestInvoice"] == {"total": 1000, "totalExcludingTax": 1000, "automaticTax": said}
    said = {"enabled": True, "liability": {"type": "ACCOUNT", "account": {"id": author.id}}}
    assert other["subscription"]["latestInvoice"] == {"total": 1000, "totalExcludingTax": 840, "automaticTax": said}
    assert other["subscription"]["automaticTax"] == said
    await shop.move_to("2027-02-28T12:00:00Z")
    assert sorted(row.total_excluding_tax for row in await Invoice.all()) == [840, 840, 1000, 1000]


async def test_who_owes_the_tax_is_decided_before_the_first_invoice(shop: World) -> None:
    author = await account(shop, "Author")
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    subscription = await jenny.subscribe(await shop.price("Novel", 1000), automaticTax={"enabled": True})
    await shop.news()

    refused = await shop.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, automaticTax=owed_by(author.id)
    )
    await subscription.update(automaticTax={"enabled": False})

    assert refused == [("SUBSCRIPTION_UNEXPECTED_STATE", "automaticTax.liability")]
    assert [(row.automatic_tax, row.tax_liability_id) for row in await Subscription.all()] == [(False, None)]


async def test_invoices_and_quotes_say_who_owes_the_tax(shop: World) -> None:
    author = await account(shop, "Author", country="DE")
    await registered(await acting(shop, author), "DE")
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    bill = await draft(shop, jenny.id, 1000, currency="eur")

    await shop.do("invoiceUpdate", "invoice { id }", id=bill, automaticTax=owed_by(author.id))
    await finalize(shop, bill)
    offer = await offered(jenny, await shop.price("Novel", 1000, currency="eur"), automaticTax=owed_by(author.id))
    await (await offer.finalize()).accept()

    assert {(row.tax_liability_id, row.total_excluding_tax) for row in await Invoice.all()} == {(author.id, 840)}
    assert [row.tax_liability_id for row in await Quote.all()] == [author.id]
    assert [row.tax_liability_id for row in await Subscription.all()] == [author.id]


@pytest.mark.parametrize(
    ("liability", "problem"),
    [
        ({"type": "ACCOUNT"}, ("PARAMETER_MISSING", "automaticTax.liability.account")),
        ({"type": "SELF", "account": "AUTHOR"}, ("PARAMETERS_EXCLUSIVE", "automaticTax.liability.account")),
        ({"type": "ACCOUNT", "account": "FOREIGN"}, ("RESOURCE_MISSING", "automaticTax.liability.account")),
        ({"type": "ACCOUNT", "account": "PLATFORM"}, ("PARAMETER_INVALID", "automaticTax.liability.account")),
    ],
)
async def test_who_cannot_owe_the_tax_is_refused(
    shop: World, liability: dict[str, str], problem: tuple[str, str]
) -> None:
    accounts = {
        "AUTHOR": (await account(shop, "Author")).id,
        "FOREIGN": (await account(shop, "Foreign", platform_id="acct_other")).id,
        "PLATFORM": shop.api.scope.account_id,
    }
    jenny = await shop.customer(card="pm_card_visa", address=BERLIN)
    price = await shop.price("Novel", 1000)
    await shop.news()
    said = {"enabled": True, "liability": {key: accounts.get(value, value) for key, value in liability.items()}}

    made = await shop.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": price}], automaticTax=said
    )
    billed = await shop.refusal("invoiceCreate", "invoice", customer=jenny.id, automaticTax=said)
    quoted = await shop.refusal(
        "quoteCreate", "quote", customer=jenny.id, lineItems=[{"price": price}], automaticTax=said
    )

    assert made == billed == quoted == [problem]
    assert await shop.news() == []


async def test_account_lets_nobody_else_owe_its_tax(shop: World) -> None:
    author, gym = await account(shop, "Author"), await acting(shop, await account(shop))
    jenny = await gym.customer(card="pm_card_visa", address=BERLIN)

    refused = await gym.refusal("invoiceCreate", "invoice", customer=jenny.id, automaticTax=owed_by(author.id))

    assert refused == [("PLATFORM_ACCOUNT_REQUIRED", "automaticTax.liability.account")]
    assert await Invoice.all().count() == 0
