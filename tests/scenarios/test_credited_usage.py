"""Credit notes of lines by use, which may have decimals."""

from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import World


async def test_a_unit_of_use_is_credited_at_its_price(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(unitAmount=100))
    await usage.used(jenny, "2027-02-10T00:00:00Z", "1.9")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["190 1.9 × Calls (at $1.00 / month)"]
    invoice = (await subscription.invoices())[-1]["id"]
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { lines { id } } }", {"id": invoice})
    line = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": found["invoice"]["lines"][0]["id"], "quantity": 1}
    fields = "creditNote { amount lines { quantity amount } }"

    answer = await world.do("creditNoteCreate", fields, invoice=invoice, lines=[line], creditAmount=100)
    again = await world.refusal("creditNoteCreate", "creditNote", invoice=invoice, lines=[line], creditAmount=90)

    assert answer["creditNote"] == {"amount": 100, "lines": [{"quantity": 1, "amount": 100}]}
    assert again == [("AMOUNT_TOO_LARGE", "lines.0.quantity")]  # 0.9 are left
