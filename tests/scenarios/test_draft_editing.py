"""Drafts are edited line by line, and invoices by what their status still allows."""

import asyncio
from typing import Any

from tests.scenarios.invoicing import add, draft, finalize, item, lines, once, shown, waiting
from tests.scenarios.world import World


async def change(world: World, invoice: str, *changes: dict[str, Any]) -> None:
    """Change lines of a draft."""
    await world.do("invoiceUpdateLines", "invoice { id }", id=invoice, lines=list(changes))


async def renewal(world: World) -> tuple[str, str]:
    """A customer and the draft of their renewal."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await world.move_to("2027-02-28T10:30:00Z")
    return jenny.id, (await subscription.invoices())[1]["id"]


async def test_lines_are_added_changed_and_taken_off(world: World) -> None:
    jenny = await world.customer()
    setup, other = await once(world, 5000), await once(world, 700)
    invoice = await draft(world, jenny.id)
    await add(
        world,
        invoice,
        {"price": setup, "quantity": 2, "metadata": {"kind": "work"}},
        {
            "amount": 900,
            "description": "Visit",
            "period": {"start": "2027-01-01T00:00:00Z", "end": "2027-01-02T00:00:00Z"},
        },
    )
    first, second = (await shown(world, invoice))["lines"]
    assert (first["metadata"], second["period"]["end"]) == ({"kind": "work"}, "2027-01-02T00:00:00Z")
    await world.news()

    await change(world, invoice, {"id": first["id"], "quantity": 3}, {"id": second["id"], "amount": 1000})

    assert await lines(world, invoice) == ["15000 3 × Set-up (at $50.00)", "1000 Visit"]
    assert ((await shown(world, invoice))["total"], await world.news()) == (16000, ["invoice.updated"])
    await change(world, invoice, {"id": first["id"], "price": other}, {"id": second["id"], "description": "Call"})
    assert await lines(world, invoice) == ["2100 3 × Set-up (at $7.00)", "1000 Call"]  # 3 × 7.00
    off = [{"id": first["id"], "behavior": "DELETE"}]
    await world.do("invoiceRemoveLines", "invoice { id }", id=invoice, lines=off)
    assert await lines(world, invoice) == ["1000 Call"]
    assert await world.news() == ["invoice.updated", "invoiceitem.deleted", "invoice.updated"]


async def test_inline_price_is_made_for_its_line_and_counted_anew(world: World) -> None:
    jenny = await world.customer()
    product = (await world.do("productCreate", "product { id }", name="Visit"))["product"]["id"]
    invoice = await draft(world, jenny.id)
    terms = {"product": product, "currency": "usd", "unitAmountDecimal": "33.3"}
    await world.news()

    await add(world, invoice, {"priceData": terms, "quantity": 5})
    assert await lines(world, invoice) == ["167 5 × Visit (at $0.333)"]  # 166.5, half away from zero
    assert await world.news() == ["price.created", "invoiceitem.created", "invoice.updated"]

    [line] = (await shown(world, invoice))["lines"]
    await change(world, invoice, {"id": line["id"], "quantity": 10})
    assert await lines(world, invoice) == ["333 10 × Visit (at $0.333)"]


async def test_waiting_item_is_put_on_a_draft_and_waits_again(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    visit = await item(world, customer=jenny.id, amount=300, description="Visit")
    invoice = await draft(world, jenny.id)

    await add(world, invoice, {"invoiceItem": visit})
    assert (await lines(world, invoice), await waiting(world, jenny.id)) == (["300 Visit"], [])

    [line] = (await shown(world, invoice))["lines"]
    off = [{"id": line["id"], "behavior": "UNASSIGN"}]
    await world.do("invoiceRemoveLines", "invoice { id }", id=invoice, lines=off)
    assert (await lines(world, invoice), await waiting(world, jenny.id)) == ([], [300])
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["300 Visit", "1500 1 × Basic (at $15.00 / month)"]


async def test_item_is_aimed_at_a_draft(world: World) -> None:
    customer, invoice = await renewal(world)
    await world.news()

    await item(world, invoice=invoice, amount=300, description="Visit")

    assert await lines(world, invoice) == ["1500 1 × Basic (at $15.00 / month)", "300 Visit"]
    assert await world.news() == ["invoiceitem.created", "invoice.updated"]
    refused = await world.refusal("invoiceItemCreate", "invoiceItem", invoice=invoice, amount=1, currency="eur")
    assert refused == [("PARAMETER_INVALID", "currency")]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await shown(world, invoice))["amountPaid"] == 1800
    refused = await world.refusal("invoiceItemCreate", "invoiceItem", invoice=invoice, amount=1)
    assert (refused, await waiting(world, customer)) == ([("INVOICE_UNEXPECTED_STATE", "invoice")], [])


async def test_period_of_a_subscription_keeps_what_it_costs(world: World) -> None:
    _, invoice = await renewal(world)
    [line] = (await shown(world, invoice))["lines"]
    await world.news()

    assert await refused(world, "invoiceUpdateLines", invoice, {"id": line["id"], "amount": 1}) == [
        ("PARAMETER_INVALID", "lines.0.id")
    ]
    assert await refused(world, "invoiceRemoveLines", invoice, {"id": line["id"], "behavior": "DELETE"}) == [
        ("PARAMETER_INVALID", "lines.0.id")
    ]
    assert await world.refusal("invoiceDelete", "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]
    assert await world.news() == []
    await change(world, invoice, {"id": line["id"], "description": "March"})
    assert await lines(world, invoice) == ["1500 March"]


async def test_lines_that_make_no_sense_are_refused_all_together(world: World) -> None:
    jenny, ada = await world.customer(), await world.customer()
    basic, euro = await world.price("Basic", 1500), await once(world, 500, "eur")
    foreign = await item(world, customer=ada.id, amount=1, currency="usd")
    invoice = await draft(world, jenny.id, 100)
    [line] = (await shown(world, invoice))["lines"]
    await world.news()

    added: list[dict[str, Any]] = [
        *({}, {"amount": 1, "price": basic}, {"price": basic}, {"price": euro}, {"amount": 10**8}),
        *({"invoiceItem": foreign}, {"invoiceItem": foreign, "amount": 3}, {"amount": 5}),
        {"amount": 5, "quantity": -1},
    ]
    assert await refused(world, "invoiceAddLines", invoice, *added) == [
        ("PARAMETER_MISSING", "lines.0.amount"),
        ("PARAMETERS_EXCLUSIVE", "lines.1.amount"),
        ("PARAMETER_INVALID", "lines.2.price"),
        ("CURRENCY_MISMATCH", "lines.3.price"),
        ("AMOUNT_TOO_LARGE", "lines.4.amount"),
        ("PARAMETER_INVALID", "lines.5.invoiceItem"),
        ("PARAMETER_INVALID", "lines.6"),
        ("PARAMETERS_EXCLUSIVE", "lines.8.quantity"),
    ]
    changes = [{"id": "il_none", "amount": 1}, {"id": line["id"], "quantity": 2}]
    assert await refused(world, "invoiceUpdateLines", invoice, *changes) == [
        ("RESOURCE_MISSING", "lines.0.id"),
        ("PARAMETERS_EXCLUSIVE", "lines.1.quantity"),
    ]
    assert (await lines(world, invoice), await world.news()) == (["100 Invoice item"], [])


async def refused(world: World, mutation: str, invoice: str, *edits: dict[str, Any]) -> list[tuple[str, str]]:
    """How a mutation of lines is refused."""
    return await world.refusal(mutation, "invoice", id=invoice, lines=list(edits))


async def test_draft_is_changed_in_everything_and_a_finalized_invoice_in_little(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa", invoiceSettings={"footer": "Always"})
    invoice = await draft(world, jenny.id, 700)
    said = {
        "description": "Work",
        "footer": "Bye",
        "customFields": [{"name": "PO", "value": "7"}],
        "collectionMethod": "SEND_INVOICE",
        "daysUntilDue": 10,
    }
    await world.do("invoiceUpdate", "invoice { id }", id=invoice, **said)
    changed = await shown(world, invoice)
    assert {
        name: changed[name] for name in ("description", "footer", "customFields", "collectionMethod", "dueDate")
    } == {
        **{name: said[name] for name in ("description", "footer", "customFields", "collectionMethod")},
        "dueDate": "2027-02-10T10:00:00Z",
    }
    await finalize(world, invoice)
    await world.news()

    late = await world.refusal("invoiceUpdate", "invoice", id=invoice, footer="x", daysUntilDue=3, metadata={"a": "b"})

    assert late == [("INVOICE_UNEXPECTED_STATE", "daysUntilDue"), ("INVOICE_UNEXPECTED_STATE", "footer")]
    assert await world.news() == []
    await world.do(
        "invoiceUpdate", "invoice { id }", id=invoice, metadata={"a": "b"}, defaultPaymentMethod="pm_card_visa"
    )
    assert await world.news() == ["payment_method.attached", "invoice.updated"]


async def test_wrong_state_is_named(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    invoice = await draft(world, jenny.id, 700)
    for verb in ("invoiceVoid", "invoiceMarkUncollectible"):
        assert await world.refusal(verb, "invoice", id=invoice) == [("INVOICE_UNEXPECTED_STATE", "id")]
    await world.do("invoicePay", "invoice { id }", id=invoice)
    verbs = ("invoiceFinalize", "invoiceDelete", "invoicePay", "invoiceSend", "invoiceVoid", "invoiceMarkUncollectible")
    await world.news()
    for verb in verbs:
        answer = await world.api.do(verb, "invoice { id }", {"id": invoice})
        [error] = answer["userErrors"]
        assert (error["code"], "is paid" in error["message"]) == ("INVOICE_UNEXPECTED_STATE", True), verb
    assert await world.news() == []


async def test_uncollectible_invoice_is_still_paid_or_voided(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    paid, void = await draft(world, jenny.id, 700), await draft(world, jenny.id, 800)
    for each in (paid, void):
        await finalize(world, each)
        await world.do("invoiceMarkUncollectible", "invoice { id }", id=each)
        assert (await shown(world, each))["amountRemaining"] > 0

    await world.do("invoicePay", "invoice { id }", id=paid)
    await world.do("invoiceVoid", "invoice { id }", id=void)

    assert [
        (each["status"], each["amountRemaining"]) for each in [await shown(world, one) for one in (paid, void)]
    ] == [
        ("PAID", 0),
        ("VOID", 0),
    ]


async def test_auto_advance_stops_a_draft_and_starts_it_again(world: World) -> None:
    customer, invoice = await renewal(world)
    await world.do("invoiceUpdate", "invoice { id }", id=invoice, autoAdvance=False)
    await world.move_to("2027-03-01T10:00:00Z")
    stopped = await shown(world, invoice)
    assert (stopped["status"], stopped["automaticallyFinalizesAt"]) == ("DRAFT", None)

    await world.do("invoiceUpdate", "invoice { id }", id=invoice, autoAdvance=True)

    going = await shown(world, invoice)
    assert going["automaticallyFinalizesAt"] == going["nextPaymentAttempt"] == "2027-03-01T11:00:00Z"
    await world.move_to("2027-03-01T11:00:00Z")
    assert (await shown(world, invoice))["status"] == "PAID"
    assert customer


async def test_auto_advance_stops_retries_and_starts_them_again(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    invoice = await draft(world, jenny.id, 700)
    await finalize(world, invoice, autoAdvance=True)
    planned = (await shown(world, invoice))["nextPaymentAttempt"]

    await world.do("invoiceUpdate", "invoice { id }", id=invoice, autoAdvance=False)
    assert (await shown(world, invoice))["nextPaymentAttempt"] is None
    await world.do("invoiceUpdate", "invoice { id }", id=invoice, autoAdvance=True)

    assert (await shown(world, invoice))["nextPaymentAttempt"] == planned
    await world.move_to(planned)
    paid = await shown(world, invoice)
    assert (paid["status"], paid["attemptCount"]) == ("PAID", 2)


async def test_open_invoice_that_was_never_tried_is_collected_once_it_advances(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    invoice = await draft(world, jenny.id, 700)
    await finalize(world, invoice)
    assert (await shown(world, invoice))["nextPaymentAttempt"] is None

    await world.do("invoiceUpdate", "invoice { id }", id=invoice, autoAdvance=True)
    await world.move_to("2027-01-31T11:00:00Z")

    paid = await shown(world, invoice)
    assert (paid["status"], paid["attemptCount"]) == ("PAID", 1)


async def test_drafts_kept_while_collection_was_paused_are_finalized_and_collected_by_hand(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await subscription.update(pauseCollection={"behavior": "KEEP_AS_DRAFT"})
    await world.move_to("2027-04-30T12:00:00Z")
    february, march, april = [each["id"] for each in (await subscription.invoices())[1:]]

    await finalize(world, february, autoAdvance=True)
    await finalize(world, march)
    await world.do("invoicePay", "invoice { id }", id=march)
    await world.do("invoiceUpdate", "invoice { id }", id=april, autoAdvance=True)
    await world.move_to("2027-04-30T13:00:00Z")

    assert [each["status"] for each in await subscription.invoices()] == ["PAID"] * 4
    assert await subscription.status() == "ACTIVE"


async def test_drafts_are_edited_while_they_are_finalized_and_every_line_is_asked_for(world: World) -> None:
    payers = [await world.customer(card="pm_card_visa") for _ in range(4)]
    drafts = [await draft(world, payers[number % 4].id, 100) for number in range(16)]

    async def edited(invoice: str) -> bool:
        addition = {"id": invoice, "lines": [{"amount": 900}]}
        return (await world.api.do("invoiceAddLines", "invoice { id }", addition))["invoice"] is not None

    finalizing = (finalize(world, each, autoAdvance=True) for each in drafts)
    added = (await asyncio.gather(*finalizing, *map(edited, drafts)))[len(drafts) :]

    for invoice, was_added in zip(drafts, added, strict=True):
        paid = await shown(world, invoice)
        total = 1000 if was_added else 100
        assert (paid["status"], paid["total"], paid["amountPaid"], len(paid["lines"])) == (
            *("PAID", total, total),
            2 if was_added else 1,
        )
