"""Attacks from another account and from the other mode: every id there is, wherever an id can be given."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import Charge, Event, Refund
from tests.features.attacked import MONTHLY, everything, foreign, live, made, writes
from tests.serving import Api, served

STRANGERS = [pytest.param(foreign, id="another account"), pytest.param(live, id="live mode")]
Stranger = Callable[[Api], Awaitable[Api]]

ONE = (
    *("product", "price", "customer", "testClock", "paymentMethod", "setupIntent", "charge", "paymentIntent"),
    *("refund", "balanceTransaction", "invoice", "subscription", "quote", "event", "feature", "activeEntitlement"),
    *("creditGrant", "creditBalanceTransaction", "dispute"),
)
LISTS = """query($customer: ID, $charge: ID, $intent: ID, $price: ID, $product: ID, $clock: ID) {
    a: customers(filter: {testClock: $clock}) { totalCount }
    b: prices(filter: {product: $product}) { totalCount }
    c: charges(filter: {customer: $customer}) { totalCount }
    d: charges(filter: {paymentIntent: $intent}) { totalCount }
    e: refunds(filter: {charge: $charge}) { totalCount }
    f: balanceTransactions(filter: {source: $charge}) { totalCount }
    g: invoices(filter: {customer: $customer}) { totalCount }
    h: subscriptions(filter: {price: $price}) { totalCount }
    i: events(filter: {objectId: $customer}) { totalCount }
    j: setupIntents(filter: {customer: $customer}) { totalCount }
    k: paymentIntents(filter: {customer: $customer}) { totalCount }
    l: quotes(filter: {customer: $customer}) { totalCount }
    m: creditGrants(filter: {customer: $customer}) { totalCount }
    n: creditBalanceTransactions(filter: {customer: $customer}) { totalCount }
    o: disputes(filter: {paymentIntent: $intent}) { totalCount } }"""


async def told(api: Api) -> tuple[int, int, int]:
    """What an attack could have added to."""
    return await Event.all().count(), await Charge.all().count(), await Refund.all().count()


def borrowings(has: dict[str, Any], own: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Mutations of one's own objects that name somebody else's."""
    mine = {"customer": own["customer"]}
    waiting = {**mine, "paymentBehavior": "DEFAULT_INCOMPLETE"}
    priced = {"priceData": {"product": has["product"], **MONTHLY}}
    defaults = {"invoiceSettings": {"defaultPaymentMethod": has["card"]}}
    return [
        ("customerCreate", "customer", {"testClock": has["clock"]}),
        ("customerCreate", "customer", {"paymentMethod": has["card"]}),
        ("customerUpdate", "customer", {"id": own["customer"], **defaults}),
        ("paymentMethodAttach", "paymentMethod", {"id": has["card"], **mine}),
        ("setupIntentCreate", "setupIntent", {"paymentMethod": has["card"], **mine}),
        ("paymentIntentCreate", "paymentIntent", {"amount": 99, "currency": "usd", "paymentMethod": has["card"]}),
        ("refundCreate", "refund", {"paymentIntent": has["paid"]}),
        ("sandboxDisputeCreate", "dispute", {"charge": has["charge"]}),
        ("productUpdate", "product", {"id": own["product"], "defaultPrice": has["price"]}),
        ("productUpdate", "product", {"id": has["product"], "name": "x"}),
        ("productDelete", "product", {"id": has["product"]}),
        ("productFeatureCreate", "productFeature", {"product": own["product"], "entitlementFeature": has["feature"]}),
        ("priceCreate", "price", {"product": has["product"], "currency": "usd", "unitAmount": 1}),
        ("priceUpdate", "price", {"id": has["price"], "active": False}),
        ("subscriptionCreate", "subscription", {"items": [{"price": has["price"]}], **waiting}),
        ("subscriptionCreate", "subscription", {"items": [priced], **waiting}),
        ("creditGrantCreate", "creditGrant", {**has["credit"], **mine}),
        ("quoteCreate", "quote", {"lineItems": [{"price": has["price"]}], **mine}),
        ("quoteCreate", "quote", {"fromQuote": {"quote": has["quote"]}}),
        ("testClockAdvance", "testClock", {"id": has["clock"], "frozenTime": "2028-01-01T00:00:00Z"}),
        ("testClockDelete", "testClock", {"id": has["clock"]}),
    ]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_stranger_changes_nothing_by_any_mutation(database_url: str, stranger: Stranger) -> None:
    async with served(database_url) as api:
        has, thief = await everything(api), await stranger(api)
        own = {
            "customer": (await made(thief, "customerCreate", "customer { id }", {}))["id"],
            "product": (await made(thief, "productCreate", "product { id }", {"name": "Mine"}))["id"],
        }
        before, codes = await told(api), {}
        for mutation, noun, wanted in (*writes(has), *borrowings(has, own)):
            payload = await thief.do(mutation, f"{noun} {{ id }}", wanted)
            assert payload[noun] is None, mutation
            codes[mutation, *wanted] = [error["code"] for error in payload["userErrors"]]
        after = await told(api)
    absent = {"RESOURCE_MISSING", "GATEWAY_NOT_CONFIGURED", "TEST_MODE_ONLY"}
    assert {called: found for called, found in codes.items() if not found or set(found) - absent} == {}
    assert after == before


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_stranger_finds_nothing_by_any_id(database_url: str, stranger: Stranger) -> None:
    async with served(database_url) as api:
        has, thief = await everything(api), await stranger(api)
        ids = [each for each in has.values() if isinstance(each, str)]
        ids += [node["id"] for node in (await api.ask("{ events(first: 100) { nodes { id } } }"))["events"]["nodes"]]
        found = (await thief.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids[:100]}))["nodes"]
        document = "query($id: ID!) { " + " ".join(f"{name}(id: $id) {{ id }}" for name in ONE) + " }"
        single = [await thief.ask(document, {"id": each}) for each in has.values() if isinstance(each, str)]
        listed = await thief.ask(LISTS, {**{name: has[name] for name in ("customer", "charge", "price", "product")},
                                         "intent": has["paid"], "clock": has["clock"]})  # fmt: skip
        own = await api.ask("query($id: ID!) { customer(id: $id) { id } }", {"id": has["customer"]})
    assert len(ids) > 40
    assert not any(found) and not any(value for answer in single for value in answer.values())
    assert {name: page["totalCount"] for name, page in listed.items()} == dict.fromkeys("abcdefghijklmno", 0)
    assert own["customer"] is not None


async def test_one_key_of_idempotency_is_each_account_and_mode_s_own(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        callers = [api, await foreign(api), await live(api)]
        replies = [
            await each.do("customerCreate", "customer { id name }", {"name": str(place)}, Idempotency_Key="k")
            for place, each in enumerate(callers)
        ]
    assert [reply["customer"]["name"] for reply in replies] == ["0", "1", "2"]
