"""Discounts of invoices by hand, of invoice items and of lines: for one invoice alone."""

from typing import Any

from tests.scenarios.couponing import counted, coupon
from tests.scenarios.world import Customer, World

TOLD = (
    "invoice { id subtotal total totalDiscountAmounts { amount discount { coupon { id } } }"
    " lines { id amount discountable discountAmounts { amount } } }"
)


async def drafted(customer: Customer, *amounts: int, **wanted: Any) -> dict[str, Any]:
    """A draft by hand with these amounts."""
    made = await customer.world.do("invoiceCreate", "invoice { id }", customer=customer.id, **wanted)
    lines = [{"amount": amount} for amount in amounts]
    answer = await customer.world.do("invoiceAddLines", TOLD, id=made["invoice"]["id"], lines=lines)
    return dict(answer["invoice"])


def cuts(invoice: dict[str, Any]) -> list[list[int]]:
    """By line, what each discount takes off."""
    return [[each["amount"] for each in line["discountAmounts"]] for line in invoice["lines"]]


async def test_amount_off_is_spread_over_the_lines_of_an_invoice(world: World) -> None:
    await coupon(world, "TEN", amountOff=1000, currency="usd", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    invoice = await drafted(jenny, 1000, 1000, 1001, discounts=[{"coupon": "TEN"}])

    # 1000 × 1000/3001 = 333.2…, 333.2…, 333.5…: rounded down, and the rest of 1 on the last
    assert cuts(invoice) == [[333], [333], [334]]
    assert (invoice["subtotal"], invoice["total"]) == (3001, 2001)
    final = await world.do("invoiceFinalize", "invoice { total discounts { invoice { id } usedUpBy { id } } }",
                           id=invoice["id"])  # fmt: skip
    told = {"invoice": {"id": invoice["id"]}, "usedUpBy": None}
    assert final["invoice"] == {"total": 2001, "discounts": [told]}


async def test_discounts_of_lines_come_before_those_of_the_invoice(world: World) -> None:
    await coupon(world, "HALF", percentOff="50")
    await coupon(world, "TENTH", percentOff="10")
    jenny = await world.customer(card="pm_card_visa")
    invoice = await drafted(jenny, 1000, 500, discounts=[{"coupon": "TENTH"}])
    line, other = (each["id"] for each in invoice["lines"])
    changes = [{"id": line, "discounts": [{"coupon": "HALF"}]}, {"id": other, "discountable": False}]
    answer = await world.do("invoiceUpdateLines", TOLD, id=invoice["id"], lines=changes)

    # 1000 - 500 - 50; the other line has no discount at all.
    assert (cuts(answer["invoice"]), answer["invoice"]["total"]) == ([[500, 50], []], 450 + 500)
    assert await counted() == {"HALF": 1, "TENTH": 1}


async def test_draft_gets_and_loses_discounts(world: World) -> None:
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa", discount={"coupon": "HALF"})
    invoice = await drafted(jenny, 1000)
    assert invoice["total"] == 500  # the customer's
    bare = await world.do("invoiceUpdate", TOLD, id=invoice["id"], discounts=[])
    assert (bare["invoice"]["total"], bare["invoice"]["totalDiscountAmounts"]) == (1000, [])
    await coupon(world, "TENTH", percentOff="10")
    lower = await world.do("invoiceUpdate", TOLD, id=invoice["id"], discounts=[{"coupon": "TENTH"}])
    assert lower["invoice"]["totalDiscountAmounts"] == [{"amount": 100, "discount": {"coupon": {"id": "TENTH"}}}]
    await world.do("invoiceFinalize", "invoice { id }", id=invoice["id"])
    assert await world.refusal("invoiceUpdate", "invoice", id=invoice["id"], discounts=[]) == [
        ("INVOICE_UNEXPECTED_STATE", "discounts")
    ]


async def test_invoice_item_brings_its_discounts_along(world: World) -> None:
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    item = {"customer": jenny.id, "amount": 1000, "currency": "usd", "discounts": [{"coupon": "HALF"}]}
    made = await world.do("invoiceItemCreate", "invoiceItem { id discounts { coupon { id } } }", **item)
    assert made["invoiceItem"]["discounts"] == [{"coupon": {"id": "HALF"}}]
    answer = await world.do("invoiceCreate", TOLD, customer=jenny.id, pendingInvoiceItemsBehavior="INCLUDE")
    assert (cuts(answer["invoice"]), answer["invoice"]["total"]) == ([[500]], 500)


async def test_item_beside_the_first_period_has_discounts_of_its_own(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await world.priced("Setup", every=None, unitAmount=2000)
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    once = [{"price": setup, "discounts": [{"coupon": "HALF"}]}]
    subscription = await jenny.subscribe(basic, addInvoiceItems=once)
    assert (await subscription.invoices())[0]["total"] == 1000 + 1500


async def test_refused_discounts_of_invoices_move_nothing(world: World) -> None:
    await coupon(world, "EURO", amountOff=100, currency="eur")
    jenny = await world.customer(card="pm_card_visa")
    euro = [{"coupon": "EURO"}]
    invoice = await drafted(jenny, 1000)
    await world.news()
    for mutation, noun, wanted, param in (
        ("invoiceCreate", "invoice", {"customer": jenny.id, "discounts": euro}, "discounts.0.coupon"),
        ("invoiceUpdate", "invoice", {"id": invoice["id"], "discounts": euro}, "discounts.0.coupon"),
        ("invoiceItemCreate", "invoiceItem", {"customer": jenny.id, "amount": 1, "discounts": euro},
         "discounts.0.coupon"),
        ("invoiceAddLines", "invoice", {"id": invoice["id"], "lines": [{"amount": 1, "discounts": euro}]},
         "lines.0.discounts.0.coupon"),
    ):  # fmt: skip
        assert await world.refusal(mutation, noun, **wanted) == [("COUPON_NOT_APPLICABLE", param)]
    assert (await world.news(), await counted()) == ([], {"EURO": 0})
