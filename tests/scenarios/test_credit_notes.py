"""Credit notes: before and after payment, by line and by amount, refunded, credited, given elsewhere, and taken back.

Every story begins with three seats of 15.00 USD a month: an invoice of 45.00.
"""

import asyncio
from typing import Any

import pytest

from models import AgendaEntry, CreditNote, Refund
from tests.scenarios.test_part_payments import money, pay
from tests.scenarios.world import Customer, Subscription, World
from tests.simulation.invariants import check_all

NOTE = """id number status type reason memo amount prePaymentAmount postPaymentAmount refundAmount creditAmount
outOfBandAmount lines { type amount quantity description } refunds { amount status }"""
SUMS = "prePaymentCreditNotesAmount postPaymentCreditNotesAmount"


async def seats(world: World, *, paid: bool, **input: Any) -> tuple[Customer, Subscription, str]:
    """A customer with three seats, and the invoice, paid or open."""
    jenny = await world.customer(card="pm_card_visa")
    behavior = {} if paid else {"paymentBehavior": "DEFAULT_INCOMPLETE"}
    price = await world.price("Team", 1500)
    subscription = await jenny.subscribe(price, quantity=3, **behavior, **input)
    await world.news()
    return jenny, subscription, (await subscription.invoices())[0]["id"]


async def credit(world: World, invoice: str, **input: Any) -> dict[str, Any]:
    """A credit note."""
    answer = await world.do("creditNoteCreate", f"creditNote {{ {NOTE} }}", invoice=invoice, **input)
    return dict(answer["creditNote"])


async def refused(world: World, invoice: str, **input: Any) -> list[tuple[str, str]]:
    """What a credit note is refused with."""
    return await world.refusal("creditNoteCreate", "creditNote", invoice=invoice, **input)


async def line_of(world: World, invoice: str, position: int = 0) -> str:
    """The id of one of its lines."""
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { lines { id } } }", {"id": invoice})
    return str(found["invoice"]["lines"][position]["id"])


async def units(world: World, invoice: str, quantity: int) -> list[dict[str, Any]]:
    """So many units of its first line."""
    line = await line_of(world, invoice)
    return [{"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line, "quantity": quantity}]


async def sums(world: World, invoice: str) -> tuple[int, int]:
    """What credit notes took off before, and gave back after payment."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {SUMS} }} }}", {"id": invoice})
    return found["invoice"]["prePaymentCreditNotesAmount"], found["invoice"]["postPaymentCreditNotesAmount"]


async def balance(world: World, customer: Customer) -> int:
    """The customer's balance; negative is credit."""
    found = await world.api.ask("query($id: ID!) { customer(id: $id) { balance } }", {"id": customer.id})
    return int(found["customer"]["balance"])


async def test_a_seat_less_lowers_what_an_open_invoice_asks_for(world: World) -> None:
    _, subscription, invoice = await seats(world, paid=False)

    note = await credit(world, invoice, lines=await units(world, invoice, 1), reason="ORDER_CHANGE", memo="One less.")

    assert await world.news() == ["credit_note.created", "invoice.updated"]
    number = (await subscription.invoices())[0]["number"]
    assert (note["number"], note["type"], note["amount"]) == (f"{number}-CN-01", "PRE_PAYMENT", 1500)
    assert note["lines"] == [
        {"type": "INVOICE_LINE_ITEM", "amount": 1500, "quantity": 1, "description": "3 × Team (at $15.00 / month)"}
    ]
    assert await money(world, invoice) == ("OPEN", 3000, 0, 3000, 0, 0)  # 45.00 less 15.00
    assert await sums(world, invoice) == (1500, 0)
    await pay(world, invoice)
    assert await money(world, invoice) == ("PAID", 3000, 3000, 0, 0, 0)
    assert await subscription.status() == "ACTIVE"
    await check_all()


async def test_open_invoice_that_is_credited_whole_is_paid(world: World) -> None:
    _, subscription, invoice = await seats(world, paid=False)

    await credit(world, invoice, amount=4500)

    assert await world.news() == [
        "credit_note.created", "payment_intent.canceled", "invoice.paid", "customer.subscription.updated"
    ]  # fmt: skip
    assert await money(world, invoice) == ("PAID", 0, 0, 0, 0, 0)
    assert await subscription.status() == "ACTIVE"
    await check_all()


async def test_paid_invoice_is_given_back_in_three_ways(world: World) -> None:
    jenny, _, invoice = await seats(world, paid=True)

    note = await credit(
        world, invoice, amount=2000, refundAmount=1200, creditAmount=500, outOfBandAmount=300, reason="DUPLICATE"
    )

    assert await world.news() == [
        "credit_note.created", "customer.updated", "invoice.updated", "refund.created", "charge.refunded"
    ]  # fmt: skip
    assert (note["type"], note["prePaymentAmount"], note["postPaymentAmount"]) == ("POST_PAYMENT", 0, 2000)
    assert note["refunds"] == [{"amount": 1200, "status": "SUCCEEDED"}]
    assert await money(world, invoice) == ("PAID", 4500, 4500, 0, 0, 0)
    assert await sums(world, invoice) == (0, 2000)
    assert await balance(world, jenny) == -500
    assert (await Refund.get()).reason == "duplicate"
    await check_all()


async def test_credit_is_used_by_the_next_invoice(world: World) -> None:
    _, subscription, invoice = await seats(world, paid=True)
    await credit(world, invoice, lines=await units(world, invoice, 2), creditAmount=3000)

    await world.move_to("2027-02-28T12:00:00Z")

    renewal = (await subscription.invoices())[1]
    assert (renewal["status"], renewal["total"], renewal["amountDue"]) == ("PAID", 4500, 1500)  # 45.00 less 30.00


async def test_partly_paid_invoice_takes_a_mixed_credit_note(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    await pay(world, invoice, amount=3000)

    note = await credit(world, invoice, amount=2000, refundAmount=500)  # 15.00 were due; 5.00 go back

    assert (note["type"], note["prePaymentAmount"], note["postPaymentAmount"]) == ("MIXED", 1500, 500)
    assert await money(world, invoice) == ("PAID", 3000, 3000, 0, 0, 0)
    assert await sums(world, invoice) == (1500, 500)
    await check_all()


async def test_balance_that_an_invoice_used_up_can_be_given_back(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await world.do(
        "customerBalanceTransactionCreate", "customerBalanceTransaction { id }",
        customer=jenny.id, amount=-1000, currency="usd",
    )  # fmt: skip
    price = await world.price("Team", 1500)
    subscription = await jenny.subscribe(price, quantity=3, paymentBehavior="DEFAULT_INCOMPLETE")
    invoice = (await subscription.invoices())[0]["id"]
    assert await money(world, invoice) == ("OPEN", 3500, 0, 3500, 0, 0)

    await credit(world, invoice, amount=4500, creditAmount=1000)

    assert await money(world, invoice) == ("PAID", 0, 0, 0, 0, 0)
    assert await balance(world, jenny) == -1000
    await check_all()


async def test_refund_of_several_payments_takes_the_latest_first(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    await pay(world, invoice, amount=3000)
    await pay(world, invoice)

    note = await credit(world, invoice, amount=2000, refundAmount=2000)

    assert sorted(each["amount"] for each in note["refunds"]) == [500, 1500]  # 15.00 of the second, 5.00 of the first
    await check_all()


async def test_no_line_is_credited_beyond_itself(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)
    line = await line_of(world, invoice)
    part = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line}
    await credit(world, invoice, lines=[{**part, "quantity": 2}], outOfBandAmount=3000)
    await world.news()

    for wanted, code, param in (
        ([{**part, "quantity": 2}], "AMOUNT_TOO_LARGE", "lines.0.quantity"),
        ([{**part, "amount": 1501}], "AMOUNT_TOO_LARGE", "lines.0.amount"),
        ([{**part, "amount": 1000}, {**part, "amount": 600}], "AMOUNT_TOO_LARGE", "lines.1.amount"),
        ([{**part, "amount": 0}], "PARAMETER_INVALID_INTEGER", "lines.0.amount"),
        ([{"type": "INVOICE_LINE_ITEM", "invoiceLineItem": "il_x", "amount": 1}], "RESOURCE_MISSING",
         "lines.0.invoiceLineItem"),
        ([{"type": "CUSTOM_LINE_ITEM", "description": "Sorry", "unitAmount": 1501}], "AMOUNT_TOO_LARGE", "lines"),
    ):  # fmt: skip
        assert await refused(world, invoice, lines=wanted, outOfBandAmount=1500) == [(code, param)]

    assert await world.news() == []
    assert await sums(world, invoice) == (0, 3000)


async def test_ways_have_to_sum_to_what_is_given_back(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)

    for ways in ({}, {"refundAmount": 999}, {"refundAmount": 600, "creditAmount": 500}):
        assert await refused(world, invoice, amount=1000, **ways) == [("PARAMETER_INVALID", "refundAmount")]
    assert await refused(world, invoice, amount=4501, creditAmount=4501) == [("AMOUNT_TOO_LARGE", "amount")]
    assert await refused(world, invoice, creditAmount=5) == [("PARAMETER_MISSING", "lines")]

    assert await world.news() == []
    assert await CreditNote.all().count() == 0


async def test_refunds_made_before_leave_less_to_credit(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)
    query = "query($id: ID!) { invoice(id: $id) { charges(first: 1) { nodes { id } } } }"
    charge = (await world.api.ask(query, {"id": invoice}))["invoice"]["charges"]["nodes"][0]["id"]
    await world.do("refundCreate", "refund { id }", charge=charge, amount=4000)

    assert await refused(world, invoice, amount=501, creditAmount=501) == [("AMOUNT_TOO_LARGE", "amount")]
    note = await credit(world, invoice, amount=500, refundAmount=500)

    assert note["refunds"] == [{"amount": 500, "status": "SUCCEEDED"}]
    await check_all()


async def test_more_than_was_paid_here_is_not_refunded(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    await pay(world, invoice, amount=3000, paidOutOfBand=True)
    await pay(world, invoice)
    await world.news()

    too_much = await refused(world, invoice, amount=2000, refundAmount=2000)  # 15.00 came by card

    assert too_much == [("AMOUNT_TOO_LARGE", "refundAmount")]
    assert (await world.news(), await CreditNote.all().count()) == ([], 0)


async def test_proration_that_gave_back_is_credited_with_its_sign(world: World) -> None:
    _, subscription, first = await seats(world, paid=True)
    await world.move_to("2027-02-14T10:00:00Z")  # 14 of 28 days are left
    await subscription.switch(quantity=1, prorationBehavior="CREATE_PRORATIONS")
    await world.move_to("2027-02-28T12:00:00Z")
    invoice = (await subscription.invoices())[1]["id"]
    # -22.50 for three seats, 7.50 for one, and 15.00 for the new month: nothing is asked for.
    assert [line.split()[0] for line in await subscription.billed_lines(1)] == ["-2250", "750", "1500"]
    line, month = await line_of(world, invoice, 0), await line_of(world, invoice, 2)
    negative = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": line}
    whole = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": month, "amount": 1500}

    for amount in (-2251, 100):
        [(_, param)] = await refused(world, invoice, lines=[{**negative, "amount": amount}, whole])
        assert param == "lines.0.amount"
    assert await refused(world, invoice, lines=[whole], creditAmount=1500) == [("AMOUNT_TOO_LARGE", "lines")]

    assert await sums(world, first) == (0, 0)
    assert await CreditNote.all().count() == 0


async def test_change_that_was_invoiced_is_credited_with_what_it_gave_back(world: World) -> None:
    _, subscription, _ = await seats(world, paid=True)
    await world.move_to("2027-02-14T10:00:00Z")  # 14 of 28 days are left
    await subscription.switch(quantity=5, prorationBehavior="CREATE_PRORATIONS")
    await world.move_to("2027-02-28T12:00:00Z")
    invoice = (await subscription.invoices())[1]["id"]
    # -22.50 for three seats, 37.50 for five, and 75.00 for the new month: 90.00.
    assert [line.split()[0] for line in await subscription.billed_lines(1)] == ["-2250", "3750", "7500"]
    lines = [
        {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": await line_of(world, invoice, 0), "amount": -2250},
        {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": await line_of(world, invoice, 1), "quantity": 5},
    ]

    note = await credit(world, invoice, lines=lines, refundAmount=1500)

    assert [each["amount"] for each in note["lines"]] == [-2250, 3750]
    assert (note["amount"], await sums(world, invoice)) == (1500, (0, 1500))
    assert await refused(world, invoice, lines=lines[1:], refundAmount=3750) == [
        ("AMOUNT_TOO_LARGE", "lines.0.quantity")
    ]
    await check_all()


async def test_void_credit_note_is_due_again(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    note = await credit(world, invoice, lines=await units(world, invoice, 2))
    await world.news()

    answer = await world.do("creditNoteVoid", "creditNote { status voidedAt }", id=note["id"])

    assert answer["creditNote"] == {"status": "VOID", "voidedAt": "2027-01-31T10:00:00Z"}
    assert await world.news() == ["credit_note.voided", "invoice.updated"]
    assert await money(world, invoice) == ("OPEN", 4500, 0, 4500, 0, 0)
    assert await sums(world, invoice) == (0, 0)
    again = await credit(world, invoice, lines=await units(world, invoice, 3))  # the two are free again
    assert again["number"].endswith("-CN-02")
    await check_all()


async def test_credit_note_of_a_paid_invoice_is_not_void(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    before = await credit(world, invoice, amount=1500)
    await pay(world, invoice)
    after = await credit(world, invoice, amount=500, creditAmount=500)
    await world.news()

    for note in (before, after):
        errors = await world.refusal("creditNoteVoid", "creditNote", id=note["id"])
        assert errors == [("INVOICE_UNEXPECTED_STATE", "id")]

    assert await world.news() == []
    assert await sums(world, invoice) == (1500, 500)


async def test_texts_of_a_credit_note_change(world: World) -> None:
    _, _, invoice = await seats(world, paid=False)
    note = await credit(world, invoice, amount=1500, memo="Sorry.", metadata={"case": "7"})
    await world.news()

    answer = await world.do(
        "creditNoteUpdate", "creditNote { memo metadata }", id=note["id"], memo=None, metadata={"case": "", "by": "Ada"}
    )

    assert answer["creditNote"] == {"memo": None, "metadata": {"by": "Ada"}}
    assert await world.news() == ["credit_note.updated"]


async def test_preview_is_what_is_made_and_writes_nothing(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)
    shown = "number type amount prePaymentAmount postPaymentAmount refundAmount creditAmount lines { amount quantity }"
    wanted = {"lines": await units(world, invoice, 1), "refundAmount": 1000, "creditAmount": 500}

    answer = await world.do("creditNotePreview", f"creditNotePreview {{ {shown} }}", invoice=invoice, **wanted)

    assert (await world.news(), await CreditNote.all().count()) == ([], 0)
    made = await world.do("creditNoteCreate", f"creditNote {{ {shown} }}", invoice=invoice, **wanted)
    assert answer["creditNotePreview"] == made["creditNote"]


@pytest.mark.parametrize("status", ["VOID", "UNCOLLECTIBLE", "DRAFT"])
async def test_invoices_that_are_neither_open_nor_paid_are_not_credited(world: World, status: str) -> None:
    _, subscription, invoice = await seats(world, paid=status == "DRAFT")
    if status == "VOID":
        await world.do("invoiceVoid", "invoice { id }", id=invoice)
    elif status == "UNCOLLECTIBLE":
        await world.do("invoiceMarkUncollectible", "invoice { id }", id=invoice)
    else:
        await world.move_to("2027-02-28T10:30:00Z")
        invoice = (await subscription.invoices())[1]["id"]

    assert await refused(world, invoice, amount=1500) == [("INVOICE_UNEXPECTED_STATE", "invoice")]


async def test_refund_that_fails_is_told_and_the_money_may_be_given_again(world: World) -> None:
    jenny = await world.customer(card="pm_card_refundFail")
    subscription = await jenny.subscribe(await world.price("Team", 1500), quantity=3)
    invoice = (await subscription.invoices())[0]["id"]
    await credit(world, invoice, amount=4500, refundAmount=4500)

    await world.move_to("2027-01-31T11:00:00Z")

    found = await world.api.ask(
        "query($id: ID!) { creditNotes(filter: { invoice: $id }) { nodes { status refunds { status } } } }",
        {"id": invoice},
    )
    assert found["creditNotes"]["nodes"] == [{"status": "ISSUED", "refunds": [{"status": "FAILED"}]}]
    assert await refused(world, invoice, amount=1, creditAmount=1) == [("AMOUNT_TOO_LARGE", "amount")]
    await check_all()


async def test_parallel_credit_notes_never_exceed_the_invoice(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)
    wanted = {"invoice": invoice, "lines": await units(world, invoice, 1), "refundAmount": 1500}

    async def one() -> bool:
        answer = await world.api.do("creditNoteCreate", "creditNote { id }", wanted)
        return answer["creditNote"] is not None

    made = await asyncio.gather(*(one() for _ in range(10)))

    assert sum(made) == 3  # three seats
    assert await sums(world, invoice) == (0, 4500)
    assert sorted([each.sequence for each in await CreditNote.all()]) == [1, 2, 3]
    await check_all()


async def test_key_sent_twice_makes_one_credit_note(world: World) -> None:
    _, _, invoice = await seats(world, paid=True)
    wanted = {"invoice": invoice, "amount": 1000, "refundAmount": 1000}
    query = "mutation($input: CreditNoteCreateInput!) { creditNoteCreate(input: $input) { creditNote { id } } }"

    replies = [await world.api.send(query, {"input": wanted}, Idempotency_Key="cn-1") for _ in range(2)]

    assert replies[0].data == replies[1].data
    assert (await CreditNote.all().count(), await Refund.all().count()) == (1, 1)


async def test_sent_invoice_that_is_credited_whole_is_never_overdue(world: World) -> None:
    jenny = await world.customer()
    price = await world.price("Team", 1500)
    subscription = await jenny.subscribe(price, collectionMethod="SEND_INVOICE", daysUntilDue=10)
    await world.move_to("2027-01-31T12:00:00Z")
    invoice = (await subscription.invoices())[0]
    assert invoice["status"] == "OPEN"

    await credit(world, invoice["id"], amount=1500)

    assert await AgendaEntry.filter(subject_id=invoice["id"]).count() == 0
    await world.news()
    await world.move_to("2027-02-20T00:00:00Z")
    assert "invoice.overdue" not in await world.news()
