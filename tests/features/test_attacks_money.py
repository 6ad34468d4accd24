"""Attacks on money: everything at once on one object. Whoever wins, money moves once and the books balance."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.features.attacked import MONTHLY, intent, made
from tests.features.paying import balanced_books
from tests.serving import Api, served

PAYING = {"amount": 1000, "currency": "usd", "paymentMethod": "pm_card_visa"}
STATE = """query($id: ID!) { paymentIntent(id: $id) { status amountReceived
    charges { nodes { status amountCaptured amountRefunded refunds { nodes { amount } } } } } }"""
INVOICE = """query($id: ID!) { invoice(id: $id) { status paidOutOfBand amountPaid amountRemaining
    paymentIntent { status } charges { nodes { status } } subscription { status } } }"""

Ask = tuple[str, str, Mapping[str, Any]]


async def at_once(api: Api, *asked: Ask) -> list[str]:
    """How each of these fared, sent side by side: `ok`, or the code of what was wrong."""

    async def one(mutation: str, noun: str, wanted: Mapping[str, Any]) -> str:
        payload = await api.do(mutation, f"{noun} {{ id }}", wanted)
        return payload["userErrors"][0]["code"] if payload["userErrors"] else "ok"

    return await asyncio.gather(*(one(*each) for each in asked))


async def state_of(api: Api, identifier: str) -> Any:
    """A payment intent with its charges and their refunds."""
    return (await api.ask(STATE, {"id": identifier}))["paymentIntent"]


async def unpaid(api: Api) -> tuple[str, str]:
    """An open invoice over 15.00 USD whose card failed, and its payment intent."""
    customer = await made(api, "customerCreate", "customer { id }", {})
    product = await made(api, "productCreate", "product { id }", {"name": "Basic"})
    wanted = {
        "customer": customer["id"],
        "items": [{"priceData": {"product": product["id"], **MONTHLY}}],
        "defaultPaymentMethod": "pm_card_chargeCustomerFail",
    }
    begun = await api.do("subscriptionCreate", "subscription { id latestInvoice { id paymentIntent { id } } }", wanted)
    invoice = begun["subscription"]["latestInvoice"]
    return invoice["id"], invoice["paymentIntent"]["id"]


async def test_many_confirmations_charge_once(database_url: str) -> None:
    async with served(database_url) as api:
        waiting = (await intent(api, PAYING))["id"]
        fared = await at_once(api, *[("paymentIntentConfirm", "paymentIntent", {"id": waiting})] * 12)
        state = await state_of(api, waiting)
        await balanced_books()
    assert sorted(fared) == ["PAYMENT_INTENT_UNEXPECTED_STATE"] * 11 + ["ok"]
    assert (state["amountReceived"], len(state["charges"]["nodes"])) == (1000, 1)


async def test_of_confirming_and_canceling_one_wins_whole(database_url: str) -> None:
    async with served(database_url) as api:
        for _ in range(4):
            waiting = (await intent(api, PAYING))["id"]
            verbs = ("paymentIntentConfirm", "paymentIntentCancel") * 2
            fared = await at_once(api, *((verb, "paymentIntent", {"id": waiting}) for verb in verbs))
            state = await state_of(api, waiting)
            charges = [charge["status"] for charge in state["charges"]["nodes"]]
            assert (state["status"], state["amountReceived"], charges) in [
                ("SUCCEEDED", 1000, ["SUCCEEDED"]),
                ("CANCELED", 0, []),
            ]
            assert fared.count("ok") == 1
        await balanced_books()


async def test_held_money_is_taken_once_or_released(database_url: str) -> None:
    async with served(database_url) as api:
        held = (await intent(api, {**PAYING, "captureMethod": "MANUAL", "confirm": True}))["id"]
        more = await at_once(api, ("paymentIntentCapture", "paymentIntent", {"id": held, "amountToCapture": 1001}))
        taking = ("paymentIntentCapture", "paymentIntent", {"id": held, "amountToCapture": 600})
        fared = await at_once(api, *[taking] * 5, *[("paymentIntentCancel", "paymentIntent", {"id": held})] * 3)
        state = await state_of(api, held)
        await balanced_books()
    assert (more, fared.count("ok")) == (["AMOUNT_TOO_LARGE"], 1)
    assert (state["status"], state["amountReceived"]) in [("SUCCEEDED", 600), ("CANCELED", 0)]


async def test_no_more_goes_back_than_came_in(database_url: str) -> None:
    async with served(database_url) as api:
        paid = await intent(api, {**PAYING, "confirm": True})
        part: Ask = ("refundCreate", "refund", {"charge": paid["latestCharge"]["id"], "amount": 300})
        fared = await at_once(api, *[part] * 8)
        rest: Ask = ("refundCreate", "refund", {"paymentIntent": paid["id"]})
        fared_then = await at_once(api, *[rest] * 5)
        [charge] = (await state_of(api, paid["id"]))["charges"]["nodes"]
        await balanced_books()
    assert sorted(fared) == ["AMOUNT_TOO_LARGE"] * 5 + ["ok"] * 3
    assert sorted(fared_then) == ["CHARGE_ALREADY_REFUNDED"] * 4 + ["ok"]
    assert charge["amountRefunded"] == 1000
    assert sorted(refund["amount"] for refund in charge["refunds"]["nodes"]) == [100, 300, 300, 300]


async def test_invoice_is_paid_voided_or_settled_outside_but_once(database_url: str) -> None:
    async with served(database_url) as api:
        for _ in range(4):
            invoice, payment = await unpaid(api)
            fared = await at_once(
                api,
                ("invoicePay", "invoice", {"id": invoice, "paymentMethod": "pm_card_visa"}),
                ("invoicePay", "invoice", {"id": invoice, "paidOutOfBand": True}),
                ("invoiceVoid", "invoice", {"id": invoice}),
                ("paymentIntentConfirm", "paymentIntent", {"id": payment, "paymentMethod": "pm_card_visa"}),
            )
            then = (await api.ask(INVOICE, {"id": invoice}))["invoice"]
            succeeded = [charge["status"] for charge in then["charges"]["nodes"]].count("SUCCEEDED")
            assert fared.count("ok") == 1
            assert (then["status"], then["paidOutOfBand"], then["amountRemaining"], succeeded) in [
                ("PAID", False, 0, 1),
                ("PAID", True, 0, 0),
                ("VOID", False, 0, 0),
            ]
            assert then["subscription"]["status"] == ("ACTIVE" if then["status"] == "PAID" else "INCOMPLETE_EXPIRED")
        await balanced_books()


async def test_amount_that_is_charged_is_the_amount_of_the_intent(database_url: str) -> None:
    async with served(database_url) as api:
        for _ in range(4):
            waiting = (await intent(api, PAYING))["id"]
            changing: Ask = ("paymentIntentUpdate", "paymentIntent", {"id": waiting, "amount": 99_999})
            fared = await at_once(api, ("paymentIntentConfirm", "paymentIntent", {"id": waiting}), changing)
            state = await state_of(api, waiting)
            assert state["amountReceived"] == (99_999 if fared[1] == "ok" else 1000)
            assert [each["amountCaptured"] for each in state["charges"]["nodes"]] == [state["amountReceived"]]
        await balanced_books()


async def test_one_card_goes_into_one_file(database_url: str) -> None:
    async with served(database_url) as api:
        card = await made(api, "paymentMethodCreate", "paymentMethod { id }", {"card": {"token": "pm_card_visa"}})
        people = [(await made(api, "customerCreate", "customer { id }", {}))["id"] for _ in range(4)]
        fared = await at_once(
            api, *(("paymentMethodAttach", "paymentMethod", {"id": card["id"], "customer": each}) for each in people)
        )
    assert sorted(fared) == ["PAYMENT_METHOD_UNEXPECTED_STATE"] * 3 + ["ok"]


async def test_customer_has_one_currency_however_they_subscribe(database_url: str) -> None:
    async with served(database_url) as api:
        customer = await made(api, "customerCreate", "customer { id }", {})
        product = await made(api, "productCreate", "product { id }", {"name": "Basic"})
        wanted = {"customer": customer["id"], "defaultPaymentMethod": "pm_card_visa"}
        prices = [{"product": product["id"], **MONTHLY, "currency": currency} for currency in ("usd", "eur", "gbp")]
        fared = await at_once(
            api,
            *(("subscriptionCreate", "subscription", {**wanted, "items": [{"priceData": each}]}) for each in prices),
        )
        answer = await api.ask("query($id: ID!) { customer(id: $id) { invoices { totalCount } } }", customer)
    assert sorted(fared) == ["CURRENCY_MISMATCH"] * 2 + ["ok"]
    assert answer["customer"]["invoices"] == {"totalCount": 1}
