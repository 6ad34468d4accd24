"""Attacks by values: texts without end, characters that no database keeps, numbers that fit nowhere."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from domain.currencies import CHARGE_AMOUNT_MAX
from models import Charge, Customer, Invoice, Subscription
from tests.features.attacked import made
from tests.serving import Api, Reply, reply_of, served

ENDLESS = "cus_" + "💥" * 1000

FILTERS: list[tuple[str, dict[str, Any]]] = [
    ("customers", {"email": ENDLESS}), ("customers", {"testClock": ENDLESS}), ("products", {"ids": [ENDLESS]}),
    ("products", {"url": ENDLESS}), ("prices", {"product": ENDLESS}), ("prices", {"lookupKeys": [ENDLESS]}),
    ("events", {"objectId": ENDLESS}), ("setupIntents", {"customer": ENDLESS, "paymentMethod": ENDLESS}),
    ("paymentIntents", {"customer": ENDLESS, "invoice": ENDLESS}), ("charges", {"paymentIntent": ENDLESS}),
    ("refunds", {"charge": ENDLESS}), ("balanceTransactions", {"source": ENDLESS}),
    ("invoices", {"customer": ENDLESS, "subscription": ENDLESS}), ("subscriptions", {"price": ENDLESS}),
]  # fmt: skip


def type_of(list_name: str) -> str:
    """`customers` → `CustomerFilter`."""
    return list_name[0].upper() + list_name[1:-1] + "Filter"


async def sent(api: Api, body: bytes) -> Reply:
    """The answer to these bytes."""
    headers = api.headers(Content_Type="application/json")
    async with api.http.post(api.url, data=body, headers=headers) as response:
        return await reply_of(response)


async def test_text_longer_than_any_column_is_simply_not_found(database_url: str) -> None:
    async with served(database_url) as api:
        found: dict[tuple[str, ...], Any] = {}
        for name, wanted in FILTERS:
            document = f"query($filter: {type_of(name)}) {{ {name}(filter: $filter) {{ totalCount nodes {{ id }} }} }}"
            found[name, *wanted] = (await api.ask(document, {"filter": wanted}))[name]
        ended = [await api.do(verb, "apiKey { id }", {"id": ENDLESS}) for verb in ("apiKeyRoll", "apiKeyRevoke")]
        customer = (await made(api, "customerCreate", "customer { id }", {}))["id"]
        defaults = {"id": customer, "invoiceSettings": {"defaultPaymentMethod": ENDLESS}}
        ended.append(await api.do("customerUpdate", "customer { id }", defaults))
    assert {name: page for name, page in found.items() if page != {"totalCount": 0, "nodes": []}} == {}
    assert [payload["userErrors"][0]["code"] for payload in ended] == ["RESOURCE_MISSING"] * 3


@pytest.mark.parametrize("cursor", ["x" * 5000, urlsafe_b64encode(("id:" + "z" * 5000).encode()).decode(), "💥"])
async def test_cursor_that_was_never_given_out_is_refused(sqlite_url: str, cursor: str) -> None:
    async with served(sqlite_url) as api:
        reply = await api.send("query($after: String) { customers(after: $after) { nodes { id } } }", {"after": cursor})
    assert reply.codes == ["BAD_REQUEST"]


ZEROS = [rb"\\u0000", rb"\u005cu0000", rb"\\\u00750000", rb"\u005cu{00}"]
"""U+0000 as GraphQL escapes it, in JSON, whose own escapes hide it."""


@pytest.mark.parametrize("zero", ZEROS)
async def test_zero_character_reaches_no_column_however_it_is_written(sqlite_url: str, zero: bytes) -> None:
    mutation = rb"mutation { customerCreate(input: {name: \"a%s\"}) { customer { id } } }" % zero
    async with served(sqlite_url) as api:
        reply = await sent(api, b'{"query": "' + mutation + b'"}')
        customers = await Customer.all().count()
    assert (reply.status, reply.codes, customers) == (400, ["BAD_REQUEST"], 0)


async def test_backslash_before_digits_is_text_like_any_other(sqlite_url: str) -> None:
    path = r"C:\u0000"
    async with served(sqlite_url) as api:
        customer = await made(api, "customerCreate", "customer { name }", {"name": path})
    assert customer == {"name": path}
    assert json.dumps(path) == r'"C:\\u0000"'


async def subscribed(api: Api, unit_amount: int, quantity: int, balance: int = 0) -> Any:
    """What becomes of a subscription to so many at that price, of a customer who owes `balance`."""
    customer = (await made(api, "customerCreate", "customer { id }", {}))["id"]
    if balance:
        owing = {"customer": customer, "amount": balance, "currency": "usd"}
        await made(api, "customerBalanceTransactionCreate", "customerBalanceTransaction { id }", owing)
    product = (await made(api, "productCreate", "product { id }", {"name": "Basic"}))["id"]
    price = {"product": product, "currency": "usd", "unitAmount": unit_amount, "recurring": {"interval": "MONTH"}}
    item = {"priceData": price, "quantity": quantity}
    wanted = {"customer": customer, "items": [item], "defaultPaymentMethod": "pm_card_visa"}
    selection = "subscription { latestInvoice { total amountDue endingBalance customer { balance } } }"
    return await api.do("subscriptionCreate", selection, wanted)


@pytest.mark.parametrize(
    ("unit_amount", "quantity"), [(999_999_999_999, 2**31 - 1), (1, 100_000_000), (100_000_000, 1)]
)
async def test_period_that_no_card_could_pay_is_refused(database_url: str, unit_amount: int, quantity: int) -> None:
    async with served(database_url) as api:
        payload = await subscribed(api, unit_amount, quantity)
        made = [await model.all().count() for model in (Subscription, Invoice, Charge)]
    [error] = payload["userErrors"]
    assert (error["code"], error["param"]) == ("AMOUNT_TOO_LARGE", ["items"])
    assert error["message"].endswith("the most that can be charged is 99999999 usd ($999,999.99).")
    assert made == [0, 0, 0]


async def test_debt_beyond_what_a_card_takes_stays_in_the_balance(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        payload = await subscribed(api, 1500, 1, balance=200_000_000)
    # 200 001 500 are owed, 99 999 999 are charged.
    assert payload["userErrors"] == []
    assert payload["subscription"]["latestInvoice"] == {
        "total": 1500, "amountDue": CHARGE_AMOUNT_MAX, "endingBalance": 100_001_501,
        "customer": {"balance": 100_001_501},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["Acme\nInc", "Acme\x1b[31m", "\u202eemcA", "Acme\u2028"])
async def test_statement_descriptor_is_one_plain_line(sqlite_url: str, text: str) -> None:
    async with served(sqlite_url) as api:
        payload = await api.do("accountSettingsUpdate", "account { id }", {"statementDescriptor": text + "x"})
    assert [error["code"] for error in payload["userErrors"]] == ["INVALID_CHARACTERS"]


@pytest.mark.parametrize(
    ("scalar", "value"), [("Decimal", "１２"), ("MinorUnits", "١٢"), ("DateTime", "２０２７-01-01T00:00:00Z")]
)
async def test_digits_of_other_scripts_are_no_numbers(sqlite_url: str, scalar: str, value: str) -> None:
    fields = {
        "Decimal": "accountSettingsUpdate(input: {processingFeePercent: $value}) { account { id } }",
        "MinorUnits": 'paymentIntentCreate(input: {amount: $value, currency: "usd"}) { paymentIntent { id } }',
        "DateTime": "testClockCreate(input: {frozenTime: $value}) { testClock { id } }",
    }
    async with served(sqlite_url) as api:
        reply = await api.send(f"mutation($value: {scalar}!) {{ {fields[scalar]} }}", {"value": value})
    assert reply.codes == ["GRAPHQL_VALIDATION_FAILED"]
