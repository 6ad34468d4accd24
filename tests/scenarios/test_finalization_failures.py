"""A draft that cannot be finalized stays one, says why, and stops nobody else."""

from tests.scenarios.invoicing import draft, finalize, item, shown
from tests.scenarios.world import World

MOST = 99_999_999
"""The most that one payment may be."""


async def test_draft_that_asks_for_too_much_stays_a_draft_until_it_is_put_right(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
    invoice = await draft(world, jenny.id, MOST, 1)
    await world.news()

    wanted = {"id": invoice, "autoAdvance": True}
    answer = await world.api.do("invoiceFinalize", "invoice { id status }", wanted)

    assert answer["invoice"]["status"] == "DRAFT"
    assert [(each["code"], each["param"]) for each in answer["userErrors"]] == [("AMOUNT_TOO_LARGE", ["id"])]
    failed = await shown(world, invoice)
    assert failed["lastFinalizationError"]["code"] == "AMOUNT_TOO_LARGE"
    assert f"asks for {MOST + 1} usd" in failed["lastFinalizationError"]["message"]
    assert await world.news() == ["invoice.finalization_failed"]
    assert (await listed(world, failed=True), await listed(world, failed=False)) == ([invoice], [])
    off = [{"id": failed["lines"][1]["id"], "behavior": "DELETE"}]
    await world.do("invoiceRemoveLines", "invoice { id }", id=invoice, lines=off)

    await finalize(world, invoice)

    paid = await shown(world, invoice)
    assert (paid["status"], paid["lastFinalizationError"], paid["number"]) == ("PAID", None, "JENNY-0001")
    assert (await listed(world, failed=True), await listed(world, failed=False)) == ([], [invoice])


async def listed(world: World, *, failed: bool) -> list[str]:
    """The invoices that could not be finalized, or the others."""
    query = "query($failed: Boolean) { invoices(filter: {finalizationFailed: $failed}) { nodes { id } } }"
    return [each["id"] for each in (await world.api.ask(query, {"failed": failed}))["invoices"]["nodes"]]


async def test_poisoned_draft_never_blocks_the_others_of_its_group(world: World) -> None:
    basic = await world.price("Basic", 1500)
    payers = [await world.customer(card="pm_card_visa") for _ in range(4)]
    subscriptions = [await payer.subscribe(basic) for payer in payers]
    for amount in (MOST, MOST):
        await item(world, subscription=subscriptions[1].id, amount=amount)

    await world.move_to("2027-02-28T12:00:00Z")

    drafts = [(await each.invoices())[1] for each in subscriptions]
    assert [each["status"] for each in drafts] == ["PAID", "DRAFT", "PAID", "PAID"]
    failed = await shown(world, drafts[1]["id"])
    assert failed["lastFinalizationError"]["type"] == "INVALID_REQUEST_ERROR"
    assert (failed["automaticallyFinalizesAt"], failed["nextPaymentAttempt"]) == (None, None)
    assert (await world.news()).count("invoice.finalization_failed") == 1
    await world.move_to("2027-03-10T12:00:00Z")
    assert (await world.news()).count("invoice.finalization_failed") == 0  # not tried again by itself
    assert await subscriptions[1].status() == "ACTIVE"


async def test_failed_finalization_is_answered_again_under_its_key(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    invoice = await draft(world, jenny.id, MOST, 1)
    document = "mutation($id: ID!) { invoiceFinalize(input: {id: $id}) { invoice { status } userErrors { code } } }"
    await world.news()

    replies = [await world.api.send(document, {"id": invoice}, Idempotency_Key="fin-1") for _ in range(2)]

    assert replies[0].data == replies[1].data
    assert replies[0].data["invoiceFinalize"]["userErrors"] == [{"code": "AMOUNT_TOO_LARGE"}]
    assert await world.news() == ["invoice.finalization_failed"]


async def test_paying_a_draft_that_cannot_be_finalized_charges_nothing(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    invoice = await draft(world, jenny.id, MOST, 1)
    await world.news()
    for way in ({}, {"paidOutOfBand": True}):
        answer = await world.api.do("invoicePay", "invoice { status }", {"id": invoice, **way})
        assert (answer["invoice"]["status"], answer["userErrors"][0]["code"]) == ("DRAFT", "AMOUNT_TOO_LARGE")
    assert await world.news() == ["invoice.finalization_failed"] * 2
