"""Credit notes of taxed invoices: what is credited of a line brings its share of tax along, and never more."""

from typing import Any

from models import Event
from tests.scenarios.couponing import coupon
from tests.scenarios.invoicing import draft, finalize
from tests.scenarios.taxing import TAXES, rate, shown, sums, taxed
from tests.scenarios.world import World

NOTE = (
    f"id amount subtotal totalExcludingTax totalTaxes {{ {TAXES} }} prePaymentAmount refundAmount"
    f" lines {{ amount total taxes {{ amount }} }}"
)


async def finalized(world: World, *amounts: int, percentage: str = "19", inclusive: bool = False) -> dict[str, Any]:
    """An open invoice with lines of these amounts."""
    jenny = await world.customer()
    vat = await rate(world, percentage, inclusive=inclusive)
    sent = {"collectionMethod": "SEND_INVOICE", "daysUntilDue": 9}
    invoice = await draft(world, jenny.id, *amounts, defaultTaxRates=[vat], **sent)
    await finalize(world, invoice)
    return await taxed(world, invoice)


async def credit(world: World, invoice: str, *lines: tuple[str, int], **ways: int) -> dict[str, Any]:
    """A credit note of these amounts of lines."""
    wanted = [{"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line, "amount": amount} for line, amount in lines]
    answer = await world.do("creditNoteCreate", f"creditNote {{ {NOTE} }}", invoice=invoice, lines=wanted, **ways)
    return dict(answer["creditNote"])


async def test_part_of_a_line_takes_its_tax_along_and_the_parts_sum_to_the_whole(world: World) -> None:
    invoice = await finalized(world, 1000, 50)  # 190 and 9.5, so 10, of tax: 1250 in all
    first, second = [line["id"] for line in invoice["lines"]]
    assert invoice["total"] == 1250

    one = await credit(world, invoice["id"], (first, 333))

    # 19 % of 3.33 are 63.27
    assert (one["subtotal"], one["totalExcludingTax"], one["amount"]) == (333, 333, 396)
    assert shown(one["totalTaxes"]) == ["63 of 333 at 19 EXCLUSIVE STANDARD_RATED"]
    assert one["lines"] == [{"amount": 333, "total": 396, "taxes": [{"amount": 63}]}]
    rest = await credit(world, invoice["id"], (first, 667), (second, 50))
    assert [line["taxes"][0]["amount"] for line in rest["lines"]] == [127, 10]
    assert one["amount"] + rest["amount"] == 1250
    [told] = await Event.filter(type="credit_note.created", object_id=one["id"])
    assert told.data["total_taxes"][0]["amount"] == 63
    assert (told.data["subtotal"], told.data["total"], told.data["total_excluding_tax"]) == (333, 396, 333)
    assert told.data["lines"]["data"][0]["taxes"][0]["taxable_amount"] == 333
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { status amountDue } }", {"id": invoice["id"]})
    assert found["invoice"] == {"status": "PAID", "amountDue": 0}


async def test_tax_within_the_price_goes_back_within_it(world: World) -> None:
    invoice = await finalized(world, 1190, inclusive=True)
    note = await credit(world, invoice["id"], (invoice["lines"][0]["id"], 595))
    assert (note["subtotal"], note["totalExcludingTax"], note["amount"]) == (595, 500, 595)
    assert shown(note["totalTaxes"]) == ["95 of 500 at 19 INCLUSIVE STANDARD_RATED"]


async def test_no_more_is_credited_than_was_invoiced_with_tax(world: World) -> None:
    invoice = await finalized(world, 1000)
    line = invoice["lines"][0]["id"]
    await credit(world, invoice["id"], (line, 600))
    wanted = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line, "amount": 401}
    assert await world.refusal("creditNoteCreate", "creditNote", invoice=invoice["id"], lines=[wanted]) == [
        ("AMOUNT_TOO_LARGE", "lines.0.amount")
    ]
    assert await world.refusal("creditNoteCreate", "creditNote", invoice=invoice["id"], amount=477) == [
        ("AMOUNT_TOO_LARGE", "amount")  # 11.90 less 7.14 are 4.76
    ]
    note = await world.do("creditNoteCreate", f"creditNote {{ {NOTE} }}", invoice=invoice["id"], amount=476)
    assert (note["creditNote"]["amount"], note["creditNote"]["totalTaxes"]) == (476, [])


async def test_paid_tax_is_refunded_with_its_line(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500), defaultTaxRates=[await rate(world, "19")])
    invoice = await taxed(world, (await subscription.now())["latestInvoice"]["id"])
    line = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": invoice["lines"][0]["id"], "quantity": 1}
    wanted = {"invoice": invoice["id"], "lines": [line], "refundAmount": 1785}
    shows = "creditNotePreview { amount subtotal totalExcludingTax totalTaxes { amount } lines { total } }"
    preview = await world.do("creditNotePreview", shows, **wanted)
    assert preview["creditNotePreview"] == {
        "amount": 1785, "subtotal": 1500, "totalExcludingTax": 1500, "totalTaxes": [{"amount": 285}],
        "lines": [{"total": 1785}],
    }  # fmt: skip
    answer = await world.do("creditNoteCreate", "creditNote { refundAmount refunds { amount } }", **wanted)
    assert answer["creditNote"] == {"refundAmount": 1785, "refunds": [{"amount": 1785}]}


async def test_discount_and_tax_of_a_line_go_back_with_it(world: World) -> None:
    await coupon(world, "TENTH", percentOff="10")
    jenny = await world.customer(card="pm_card_visa")
    vat = await rate(world, "19")
    subscription = await jenny.subscribe(
        await world.price("Basic", 1500), defaultTaxRates=[vat], discounts=[{"coupon": "TENTH"}]
    )
    invoice = await taxed(world, (await subscription.now())["latestInvoice"]["id"])
    # 15.00 less 1.50, and 19 % of 13.50 are 2.565
    assert (sums(invoice), invoice["subtotalExcludingTax"]) == ((1500, 1350, 1607), 1500)
    assert invoice["lines"][0]["explanation"].endswith(
        "; less a 10% discount of $1.50 = $13.50; plus 19% tax on $13.50 = $2.57; together $16.07"
    )
    line = invoice["lines"][0]["id"]
    cuts = "amount percentOff discount { id }"
    shows = (
        f"totalDiscountAmounts {{ {cuts} }} pretaxCreditAmounts {{ amount }} lines {{ discountAmounts {{ {cuts} }} }}"
    )
    wanted = {"invoice": invoice["id"], "refundAmount": 536, "lines": [
        {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line, "amount": 500},
    ]}  # fmt: skip
    preview = (await world.do("creditNotePreview", f"creditNotePreview {{ {shows} }}", **wanted))["creditNotePreview"]
    [discount] = preview["totalDiscountAmounts"]
    assert (discount["amount"], discount["percentOff"]) == (50, "10")
    assert preview["lines"] == [{"discountAmounts": [discount]}]
    # A third: 5.00 less 0.50, and 0.8566… of tax; then the rest
    one = await credit(world, invoice["id"], (line, 500), refundAmount=536)
    assert (one["subtotal"], one["totalExcludingTax"], one["amount"]) == (500, 450, 536)
    found = await world.api.ask(f"query($id: ID!) {{ creditNote(id: $id) {{ {shows} }} }}", {"id": one["id"]})
    assert found["creditNote"] == preview
    rest = await credit(world, invoice["id"], (line, 1000), refundAmount=1071)
    assert one["amount"] + rest["amount"] == 1607
    told = await Event.get(type="credit_note.created", object_id=one["id"])
    assert (told.data["discount_amount"], told.data["discount_amounts"][0]["amount"]) == (50, 50)
    assert told.data["lines"]["data"][0]["discount_amount"] == 50
