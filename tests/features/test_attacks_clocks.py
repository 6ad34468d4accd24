"""Attacks on test clocks: what may happen to a customer whose present is on its way, and how far clocks go."""

from typing import Any

import pytest

from domain.lifecycles import TestClockStatus
from models import Event, Refund, TestClock
from tests.serving import Api, served

CLOCK = "testClock { id frozenTime status }"
TAX_ID = {"type": "EU_VAT", "value": "DE136695976"}
MONTHLY = {"currency": "usd", "unitAmount": 1500, "recurring": {"interval": "MONTH"}}


async def made(api: Api, mutation: str, noun: str, input: dict[str, Any], selection: str = "id") -> Any:
    """The object that a mutation makes."""
    payload = await api.do(mutation, f"{noun} {{ {selection} }}", input)
    assert payload["userErrors"] == []
    return payload[noun]


async def on_a_clock(api: Api) -> dict[str, Any]:
    """The ids of everything that a customer on a test clock can have."""
    clock = await made(api, "testClockCreate", "testClock", {"frozenTime": "2027-01-31T10:00:00Z"})
    customer = await made(api, "customerCreate", "customer", {"testClock": clock["id"], "name": "Jenny"})
    mine = {"customer": customer["id"]}
    card = await made(api, "paymentMethodAttach", "paymentMethod", {"id": "pm_card_visa", **mine})
    paying = {"amount": 1500, "currency": "usd", "paymentMethod": card["id"], **mine}
    product = await made(
        api, "productCreate", "product", {"name": "B", "defaultPriceData": MONTHLY}, "defaultPrice { id }"
    )
    failing = await made(api, "paymentMethodAttach", "paymentMethod", {"id": "pm_card_chargeCustomerFail", **mine})
    subscribing = {"items": [{"price": product["defaultPrice"]["id"]}], "defaultPaymentMethod": failing["id"], **mine}
    paid = await made(
        api, "paymentIntentCreate", "paymentIntent", {**paying, "confirm": True}, "id latestCharge { id }"
    )
    refund = {"charge": paid["latestCharge"]["id"], "amount": 1}
    held = {**paying, "confirm": True, "captureMethod": "MANUAL"}
    asking = {**paying, "confirm": True, "paymentMethod": "pm_card_authenticationRequired"}
    begun = await api.do("subscriptionCreate", "subscription { id latestInvoice { id } }", subscribing)
    return {
        "clock": clock["id"], "customer": customer["id"], "card": card["id"], "charge": paid["latestCharge"]["id"],
        "intent": (await made(api, "paymentIntentCreate", "paymentIntent", paying))["id"],
        "held": (await made(api, "paymentIntentCreate", "paymentIntent", held))["id"],
        "asking": (await made(api, "paymentIntentCreate", "paymentIntent", asking))["id"],
        "setup": (await made(api, "setupIntentCreate", "setupIntent", mine))["id"],
        "refund": (await made(api, "refundCreate", "refund", refund))["id"],
        "tax": (await made(api, "customerTaxIdCreate", "customerTaxId", {**TAX_ID, **mine}))["id"],
        "subscription": begun["subscription"],
        "subscribing": {**subscribing, "defaultPaymentMethod": card["id"]}, "paying": paying,
    }  # fmt: skip


def writes(has: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every mutation that changes something of that customer."""
    mine, card = {"customer": has["customer"]}, has["card"]
    invoice = has["subscription"]["latestInvoice"]["id"]
    return [
        ("customerUpdate", "customer", {"id": has["customer"], "name": "x"}),
        ("customerDelete", "customer", {"id": has["customer"]}),
        ("customerAnonymize", "customer", {"id": has["customer"]}),
        ("customerTaxIdCreate", "customerTaxId", {**TAX_ID, **mine}),
        ("customerTaxIdDelete", "customerTaxId", {"id": has["tax"]}),
        ("customerBalanceTransactionCreate", "customerBalanceTransaction", {"amount": 1, "currency": "usd", **mine}),
        ("paymentMethodAttach", "paymentMethod", {"id": "pm_card_visa", **mine}),
        ("paymentMethodDetach", "paymentMethod", {"id": card}),
        ("paymentMethodUpdate", "paymentMethod", {"id": card, "metadata": {"a": "b"}}),
        ("setupIntentCreate", "setupIntent", mine),
        ("setupIntentConfirm", "setupIntent", {"id": has["setup"], "paymentMethod": card}),
        ("setupIntentCancel", "setupIntent", {"id": has["setup"]}),
        ("sandboxAuthenticate", "paymentIntent", {"subject": {"paymentIntent": has["asking"]}, "outcome": "PASS"}),
        ("paymentIntentCreate", "paymentIntent", has["paying"]),
        ("paymentIntentUpdate", "paymentIntent", {"id": has["intent"], "description": "x"}),
        ("paymentIntentConfirm", "paymentIntent", {"id": has["intent"]}),
        ("paymentIntentCapture", "paymentIntent", {"id": has["held"]}),
        ("paymentIntentCancel", "paymentIntent", {"id": has["held"]}),
        ("refundCreate", "refund", {"charge": has["charge"]}),
        ("refundUpdate", "refund", {"id": has["refund"], "metadata": {"a": "b"}}),
        ("subscriptionCreate", "subscription", has["subscribing"]),
        ("subscriptionUpdate", "subscription", {"id": has["subscription"]["id"], "description": "x"}),
        ("subscriptionCancel", "subscription", {"id": has["subscription"]["id"]}),
        ("invoicePay", "invoice", {"id": invoice}),
        ("invoiceVoid", "invoice", {"id": invoice}),
    ]


async def test_nothing_of_a_customer_changes_while_their_clock_is_on_its_way(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        has = await on_a_clock(api)
        clock = await TestClock.get(id=has["clock"])
        await TestClock.filter(id=clock.id).update(status=TestClockStatus.ADVANCING, target_at=clock.frozen_at)
        before = await Event.all().count(), await Refund.all().count()
        told = {}
        for mutation, noun, change in writes(has):
            payload = await api.do(mutation, f"{noun} {{ id }}", change)
            told[mutation] = [error["code"] for error in payload["userErrors"]]
        after = await Event.all().count(), await Refund.all().count()
    assert {name: codes for name, codes in told.items() if codes != ["TEST_CLOCK_ADVANCING"]} == {}
    assert after == before


@pytest.mark.parametrize("time", ["9000-01-01T00:00:01Z", "9999-12-31T23:59:59Z"])
async def test_clock_beyond_the_year_9000_is_refused(sqlite_url: str, time: str) -> None:
    async with served(sqlite_url) as api:
        payload = await api.do("testClockCreate", CLOCK, {"frozenTime": time, "name": "x" * 301})
    assert [(error["code"], error["param"]) for error in payload["userErrors"]] == [
        ("PARAMETER_STRING_TOO_LONG", ["name"]),
        ("PARAMETER_INVALID", ["frozenTime"]),
    ]


@pytest.mark.parametrize(
    ("time", "later"),
    [("0001-01-31T00:00:00Z", "0001-03-05T00:00:00Z"), ("1969-12-31T23:59:59Z", "1970-02-05T00:00:00Z")],
)
async def test_clock_before_1970_renews_like_any_other(database_url: str, time: str, later: str) -> None:
    async with served(database_url) as api:
        clock = await made(api, "testClockCreate", "testClock", {"frozenTime": time})
        customer = await made(api, "customerCreate", "customer", {"testClock": clock["id"]})
        price = {
            "priceData": {"product": (await made(api, "productCreate", "product", {"name": "B"}))["id"], **MONTHLY}
        }
        subscribing = {"customer": customer["id"], "items": [price], "defaultPaymentMethod": "pm_card_visa"}
        await made(api, "subscriptionCreate", "subscription", subscribing)
        await api.do("testClockAdvance", CLOCK, {"id": clock["id"], "frozenTime": later, "wait": True})
        invoices = (await api.ask("{ invoices { nodes { status total } } }"))["invoices"]["nodes"]
    # The first, and the renewal a month later.
    assert invoices == [{"status": "PAID", "total": 1500}] * 2
