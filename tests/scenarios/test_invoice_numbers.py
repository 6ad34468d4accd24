"""Numbers of invoices have no gap and no double, however many are finalized side by side."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession

from domain.invoicing import invoice_prefix_from
from models import Invoice
from services.invoices import FinalizeDraft, Invoices
from services.transactions import in_transaction
from tests.scenarios.invoicing import draft, finalize, shown
from tests.scenarios.test_concurrency import server
from tests.scenarios.world import World

PARALLEL = 64
FINALIZE = """mutation($id: ID!) {
  invoiceFinalize(input: {id: $id, autoAdvance: true}) { invoice { id number status } userErrors { code message } }
}"""


async def numbers() -> list[str]:
    """The numbers of all invoices, in order."""
    return sorted([str(number) for number in await Invoice.all().values_list("number", flat=True)])


@pytest.mark.parametrize("numbering", ["CUSTOMER", "ACCOUNT"])
async def test_64_parallel_finalizations_leave_no_gap_and_no_double(world: World, numbering: str) -> None:
    await world.do("accountSettingsUpdate", "account { id }", invoiceNumbering=numbering, invoicePrefix="ACME")
    payers = [await world.customer(card="pm_card_visa", invoicePrefix=f"CUS{number}") for number in range(4)]
    drafts = [await draft(world, payers[number % 4].id, 100 + number) for number in range(PARALLEL)]

    replies = await asyncio.gather(*(world.api.send(FINALIZE, {"id": each}) for each in drafts))

    statuses = [reply.data["invoiceFinalize"]["invoice"]["status"] for reply in replies]
    assert statuses == ["PAID"] * PARALLEL
    if numbering == "ACCOUNT":
        assert await numbers() == [f"ACME-{number:04d}" for number in range(1, PARALLEL + 1)]
    else:
        each_of = range(1, PARALLEL // 4 + 1)
        assert await numbers() == [f"CUS{payer}-{number:04d}" for payer in range(4) for number in each_of]


async def test_two_processes_number_by_one_sequence(world: World, database_url: str, tmp_path: Path) -> None:
    await world.do("accountSettingsUpdate", "account { id }", invoiceNumbering="ACCOUNT", invoicePrefix="ACME")
    payers = [await world.customer() for _ in range(4)]
    drafts = [await draft(world, payers[number % 4].id, 700) for number in range(16)]
    async with AsyncExitStack() as stack, ClientSession() as http:
        servers = [stack.enter_async_context(server(database_url, tmp_path)) for _ in range(2)]
        urls = await asyncio.gather(*servers)

        async def finalized(place: int) -> None:
            body = {"query": FINALIZE, "variables": {"id": drafts[place]}}
            url = f"{urls[place % 2]}/graphql"
            async with http.post(url, json=body, headers=world.api.headers()) as response:
                assert (await response.json())["data"]["invoiceFinalize"]["invoice"]["number"] is not None

        await asyncio.gather(*(finalized(place) for place in range(16)))

    assert await numbers() == [f"ACME-{number:04d}" for number in range(1, 17)]


@pytest.mark.parametrize("numbering", ["CUSTOMER", "ACCOUNT"])
async def test_finalization_that_is_rolled_back_uses_up_no_number(world: World, numbering: str) -> None:
    await world.do("accountSettingsUpdate", "account { id }", invoiceNumbering=numbering)
    jenny = await world.customer(invoicePrefix="JENNY")
    first, second = await draft(world, jenny.id, 700), await draft(world, jenny.id, 800)
    invoices = Invoices(world.api.scope)

    async def broken_off() -> None:
        row = await invoices.lock(Invoice, first)
        issued = await invoices.issuing.issue(row)
        assert str(issued.whole.row.number).endswith("-0001")
        raise ArithmeticError("it does not add up")

    with pytest.raises(ArithmeticError):
        await in_transaction(broken_off)
    await finalize(world, second)
    await invoices.finalize(FinalizeDraft(first))

    prefix = "JENNY" if numbering == "CUSTOMER" else invoice_prefix_from(world.api.scope.account_id)
    assert (await shown(world, second))["number"] == f"{prefix}-0001"
    assert (await shown(world, first))["number"] == f"{prefix}-0002"


async def test_sequences_go_on_where_they_were_when_the_setting_changes(world: World) -> None:
    jenny = await world.customer(invoicePrefix="JENNY")
    found = []
    for numbering in ("CUSTOMER", "ACCOUNT", "CUSTOMER", "ACCOUNT"):
        await world.do("accountSettingsUpdate", "account { id }", invoiceNumbering=numbering, invoicePrefix="ACME")
        invoice = await draft(world, jenny.id, 700)
        await finalize(world, invoice)
        found.append((await shown(world, invoice))["number"])

    assert found == ["JENNY-0001", "ACME-0001", "JENNY-0002", "ACME-0002"]
    taken = await world.refusal("accountSettingsUpdate", "account", invoicePrefix="JENNY")
    assert taken == [("RESOURCE_ALREADY_EXISTS", "invoicePrefix")]
    taken = await world.refusal("customerCreate", "customer", invoicePrefix="ACME")
    assert taken == [("RESOURCE_ALREADY_EXISTS", "invoicePrefix")]
