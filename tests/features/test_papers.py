"""Papers over HTTP: who has the address reads the invoice, and nobody finds an address that was not given away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from models import Account, InvoiceLine
from prorata.web.app import runner_of
from prorata.web.papers import Papers
from services.rows import insert_rows
from services.transactions import in_transaction
from tests.documents.reading import pages_of
from tests.scenarios.world import World
from tests.serving import served

SECRET_KEY = "x" * 40


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with served(database_url, secret_key=SECRET_KEY, public_url="https://billing.example.com") as api:
        yield await World.opened(api, "2027-02-01T10:00:00Z")


async def invoiced(world: World, **customer: Any) -> dict[str, Any]:
    """The first invoice of a new subscription to Basic, 15.00 USD a month."""
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa", **customer)
    subscription = await jenny.subscribe(basic, quantity=2)
    answer = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { id number invoicePdf } } }", {"id": subscription.id}
    )
    return dict(answer["subscription"]["latestInvoice"])


async def fetched(world: World, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET without a key."""
    async with world.api.http.get(world.api.url.removesuffix("/graphql") + path) as response:
        return response.status, dict(response.headers), await response.read()


def path_of(invoice: dict[str, Any]) -> str:
    address = invoice["invoicePdf"]
    assert address.startswith("https://billing.example.com/papers/in_")
    return str(address.removeprefix("https://billing.example.com"))


async def test_who_has_the_address_reads_the_invoice_without_a_key(world: World) -> None:
    invoice = await invoiced(world, name="Jenny Rosen", email="jenny@example.com")

    status, headers, body = await fetched(world, path_of(invoice))

    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert headers["Content-Disposition"] == f'inline; filename="{invoice["number"]}.pdf"'
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    [page] = pages_of(body)
    for line in (
        f"Invoice number {invoice['number']}", "Jenny Rosen", "jenny@example.com", "Date of issue February 1, 2027",
        "2 × Basic (at $15.00 / month) 2 $15.00 $30.00", "Amount due $30.00", "Amount paid $30.00",
        "Amount remaining $0.00", "Paid",
    ):  # fmt: skip
        assert line in page.splitlines()


async def test_it_is_in_the_language_that_the_customer_had_when_it_was_finalized(world: World) -> None:
    await Account.filter(id=world.api.scope.account_id).update(
        business_name="株式会社プロラータ", email="b@acme.example"
    )
    invoice = await invoiced(
        world,
        name="山田花子",
        preferredLocales=["ja"],
        address={"country": "JP", "postalCode": "100-0005", "state": "東京都", "city": "千代田区"},
    )
    before = await fetched(world, path_of(invoice))
    found = await world.api.ask("{ customers(first: 1) { nodes { id } } }")
    [customer] = found["customers"]["nodes"]
    await world.do("customerUpdate", "customer { id }", id=customer["id"], preferredLocales=["de"], name="Hanako")

    after = await fetched(world, path_of(invoice))

    assert before[2] == after[2]
    lines = pages_of(after[2])[0].splitlines()
    assert [
        line
        for line in ("請求書 株式会社プロラータ", "山田花子", "東京都千代田区", "ご請求金額 $30.00")
        if line not in lines
    ] == []


async def test_a_draft_has_no_paper(world: World) -> None:
    invoice = await invoiced(world)
    await world.move_to("2027-03-01T10:00:00Z")
    answer = await world.api.ask("{ invoices(first: 2) { nodes { id status invoicePdf } } }")
    draft, paid = answer["invoices"]["nodes"]
    assert (draft["status"], draft["invoicePdf"], paid["id"]) == ("DRAFT", None, invoice["id"])
    assert paid["invoicePdf"] == invoice["invoicePdf"]

    assert (await fetched(world, Papers(SECRET_KEY).path_of(draft["id"])))[0] == 404


async def test_an_address_that_was_changed_leads_nowhere(world: World) -> None:
    first, second = await invoiced(world), await invoiced(world)
    path, other = path_of(first), path_of(second)
    _, _, identifier, signature = path.split("/")
    elsewhere = Papers("y" * 40).path_of(identifier)
    for wrong in (
        path.replace(identifier, second["id"]),  # somebody else's invoice under this signature
        f"/papers/{identifier}/{other.split('/')[-1]}",
        path.replace(".pdf", "A.pdf"),
        f"/papers/{identifier}/%C3%A9.pdf",
        elsewhere,  # signed by another installation
        Papers(SECRET_KEY).path_of("in_" + "0" * 23),  # signed, but there is no such invoice
        Papers(SECRET_KEY).path_of("cus_" + "0" * 23),
    ):
        status, _, body = await fetched(world, wrong)
        assert (status, body.startswith(b"%PDF")) == (404, False), wrong
    assert signature != other.split("/")[-1]
    assert (await fetched(world, path))[0] == 200


async def test_a_void_invoice_says_so(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    subscription = await jenny.subscribe(basic, paymentBehavior="DEFAULT_INCOMPLETE")
    [invoice] = await subscription.invoices()
    await world.do("invoiceVoid", "invoice { id }", id=invoice["id"])

    _, _, body = await fetched(world, Papers(SECRET_KEY).path_of(invoice["id"]))

    assert pages_of(body)[0].splitlines()[1:3] == ["Void", "February 1, 2027"]


async def test_a_very_long_invoice_keeps_nobody_waiting(world: World) -> None:
    invoice = await invoiced(world)
    [line] = await InvoiceLine.filter(invoice_id=invoice["id"])
    columns = {name: getattr(line, name) for name in InvoiceLine._meta.fields_db_projection}
    more = [InvoiceLine.made(**{**columns, "id": f"il_{place}", "position": place}) for place in range(1, 3_000)]
    await in_transaction(lambda: insert_rows(more))

    printing = asyncio.create_task(fetched(world, path_of(invoice)))
    await asyncio.sleep(0.2)
    alive = await fetched(world, "/healthz")

    assert (alive[0], printing.done()) == (200, False)
    assert len(pages_of((await printing)[2])) > 100


async def test_a_quote_has_a_paper_once_it_is_finalized(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(name="Jenny Rosen", preferredLocales=["fr"])
    lines = [{"price": basic, "quantity": 5}]
    made = await world.do("quoteCreate", "quote { id pdf }", customer=jenny.id, lineItems=lines)
    assert made["quote"]["pdf"] is None
    assert (await fetched(world, Papers(SECRET_KEY).path_of(made["quote"]["id"])))[0] == 404

    offered = await world.do("quoteFinalize", "quote { number pdf }", id=made["quote"]["id"])
    _, headers, body = await fetched(world, offered["quote"]["pdf"].removeprefix("https://billing.example.com"))

    assert headers["Content-Disposition"] == f'inline; filename="{offered["quote"]["number"]}.pdf"'
    found = pages_of(body)[0].replace("\xa0", " ").splitlines()
    for line in (f"Numéro de devis {offered['quote']['number']}", "Jenny Rosen", "Récurrent (1 mois) 75,00 $US"):
        assert line in found


async def test_when_too_many_wait_for_the_press_others_are_told_to_come_again(world: World) -> None:
    invoice = await invoiced(world)
    app = web.Application()
    app.add_routes(Papers(SECRET_KEY, waiting_max=0).routes())
    runner = runner_of(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with world.api.http.get(f"http://127.0.0.1:{runner.addresses[0][1]}{path_of(invoice)}") as response:
            assert (response.status, response.headers["Retry-After"]) == (503, "5")
    finally:
        await runner.cleanup()


async def test_a_sent_invoice_says_when_it_is_due(world: World) -> None:
    jenny = await world.customer(name="Jenny Rosen")
    terms = {"collectionMethod": "SEND_INVOICE", "daysUntilDue": 30}
    made = await world.do("invoiceCreate", "invoice { id }", customer=jenny.id, description="Thanks.", **terms)
    identifier = made["invoice"]["id"]
    await world.do("invoiceAddLines", "invoice { id }", id=identifier, lines=[{"amount": 5000, "description": "Visit"}])
    answer = await world.do("invoiceFinalize", "invoice { invoicePdf }", id=identifier)

    _, _, body = await fetched(world, path_of(answer["invoice"]))

    found = pages_of(body)[0].splitlines()
    for line in ("Date due March 3, 2027", "Thanks.", "Visit 1 $50.00 $50.00", "Amount due $50.00"):
        assert line in found


async def test_a_credit_note_has_a_paper(world: World) -> None:
    invoice = await invoiced(world, name="Jenny Rosen", preferredLocales=["it"])
    amounts = {"amount": 1000, "creditAmount": 1000}
    made = await world.do("creditNoteCreate", "creditNote { number pdf }", invoice=invoice["id"], **amounts)
    note = made["creditNote"]

    _, headers, body = await fetched(world, note["pdf"].removeprefix("https://billing.example.com"))

    assert headers["Content-Disposition"] == f'inline; filename="{note["number"]}.pdf"'
    found = pages_of(body)[0].replace("\xa0", " ").splitlines()
    for line in (f"Numero nota di credito {note['number']}", f"Numero fattura {invoice['number']}", "Jenny Rosen"):
        assert line in found
