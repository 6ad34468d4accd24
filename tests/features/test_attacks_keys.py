"""Attacks with keys: more than was granted, another account, another mode, another's secrets."""

import pytest

from domain.event_types import RESOURCES_BY_OBJECT
from domain.keys import KeyKind, Resource
from models import ApiKey, Charge, Customer, IdempotencyRecord, PaymentIntent, Refund
from services.snapshots import snapshot_of
from tests.features.attacked import MONTHLY, made, restricted
from tests.features.snapshot_subjects import KINDS
from tests.serving import served

PAID = "paymentIntent { id status latestCharge { id } }"
PAYING = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_visa", "confirm": True}
EVENTS = "{ events(first: 50) { totalCount nodes { type data { object } } } }"


async def test_refund_whose_answer_may_not_be_read_gives_nothing_back(database_url: str) -> None:
    async with served(database_url) as api:
        charge = (await made(api, "paymentIntentCreate", PAID, PAYING))["latestCharge"]["id"]
        key = await restricted(api, refunds="write")
        document = """mutation($charge: ID!) { refundCreate(input: {charge: $charge}) {
            refund { id charge { amount } } userErrors { code } } }"""
        reply = await key.send(document, {"charge": charge})
        refunds = await Refund.all().count()
        allowed = await key.do("refundCreate", "refund { amount }", {"charge": charge})
    assert (reply.codes, reply.body["data"]) == (["FORBIDDEN"], None)
    assert reply.body["errors"][0]["message"] == (
        "This key may not read payments, which the answer would show; it would need the grant 'payments: read'. "
        "Nothing was changed."
    )
    assert refunds == 0
    assert allowed == {"refund": {"amount": 1500}, "userErrors": []}


@pytest.mark.parametrize(
    "selection",
    ["...on CustomerCreatePayload { customer { ...F } }", "customer { invoices { totalCount } }", "customer { ...F }"],
)
async def test_no_fragment_and_no_count_hides_what_an_answer_reads(sqlite_url: str, selection: str) -> None:
    async with served(sqlite_url) as api:
        key = await restricted(api, customers="write")
        document = f"mutation {{ customerCreate(input: {{}}) {{ {selection} }} }}"
        if "...F" in selection:
            document += " fragment F on Customer { invoices { edges { node { id } } } }"
        reply = await key.send(document)
        customers = await Customer.all().count()
    assert (reply.codes, customers) == (["FORBIDDEN"], 0)


async def test_declined_card_is_told_to_a_key_that_may_not_see_the_payment(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        customer = await made(api, "customerCreate", "customer { id }", {})
        product = {"name": "B", "defaultPriceData": MONTHLY}
        price = (await made(api, "productCreate", "product { defaultPrice { id } }", product))["defaultPrice"]
        key = await restricted(api, subscriptions="write")
        reply = await key.send(
            """mutation($input: SubscriptionCreateInput!) { subscriptionCreate(input: $input) {
                subscription { status } userErrors { declineCode paymentIntent { clientSecret } } } }""",
            {"input": {"customer": customer["id"], "items": [{"price": price["id"]}],
                       "defaultPaymentMethod": "pm_card_chargeCustomerFail"}},
        )  # fmt: skip
    assert reply.body["data"]["subscriptionCreate"] == {
        "subscription": {"status": "INCOMPLETE"},
        "userErrors": [{"declineCode": "generic_decline", "paymentIntent": None}],
    }
    assert reply.codes == ["FORBIDDEN"]


async def test_no_restricted_key_makes_rolls_or_ends_keys(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        key = await restricted(api, **{resource.value: "write" for resource in Resource})
        known = [each.id for each in await ApiKey.all()]
        replies = [
            await key.send("mutation { apiKeyCreate(input: {kind: SECRET}) { secret } }"),
            await key.send(f'mutation {{ apiKeyRoll(input: {{id: "{known[0]}"}}) {{ secret }} }}'),
            await key.send(f'mutation {{ apiKeyRevoke(input: {{id: "{known[0]}"}}) {{ apiKey {{ id }} }} }}'),
            await key.send("{ apiKeys { nodes { hint } } }"),
            await key.send(f'{{ node(id: "{known[0]}") {{ id }} }}'),
        ]
        after = await ApiKey.filter(revoked_at=None, expires_at=None).count()
    assert [reply.codes for reply in replies] == [["FORBIDDEN"]] * 5
    assert after == len(known)


async def test_publishable_key_sees_no_price_of_an_archived_product(database_url: str) -> None:
    async with served(database_url) as api:
        wanted = {"name": "Secret plan", "active": False, "defaultPriceData": MONTHLY}
        old = await made(api, "productCreate", "product { id defaultPrice { id } }", wanted)
        new = await made(api, "productCreate", "product { id }", {"name": "Basic", "defaultPriceData": MONTHLY})
        key = await api.as_key(KeyKind.PUBLISHABLE)
        listed = await key.ask("{ prices { totalCount nodes { product { id name } } } }")
        one = await key.ask(
            "query($id: ID!) { price(id: $id) { product { name } } }", {"id": old["defaultPrice"]["id"]}
        )
        of_it = await key.ask("query($id: ID!) { prices(filter: {product: $id}) { nodes { id } } }", {"id": old["id"]})
    assert listed["prices"] == {"totalCount": 1, "nodes": [{"product": {"id": new["id"], "name": "Basic"}}]}
    assert (one, of_it) == ({"price": None}, {"prices": {"nodes": []}})


async def test_answer_of_a_secret_key_is_not_replayed_to_a_page(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        waiting = await made(api, "paymentIntentCreate", "paymentIntent { id }", {"amount": 1500, "currency": "usd"})
        confirming = {"id": waiting["id"], "paymentMethod": "pm_card_visa"}
        await api.do("paymentIntentConfirm", "paymentIntent { id }", confirming, Idempotency_Key="order-1")
        page = await api.as_key(KeyKind.PUBLISHABLE)
        shown = await page.do(
            "paymentIntentConfirm", "paymentIntent { clientSecret }", confirming, Idempotency_Key="order-1"
        )
        charges = await Charge.all().count()
    assert shown["paymentIntent"] is None
    assert [error["code"] for error in shown["userErrors"]] == ["RESOURCE_MISSING"]
    assert charges == 1


@pytest.mark.parametrize("sent", ["", "x", "{id}", "{id}_secret_", "{secret}x", "seti_1_secret_2", "é"])
async def test_payment_intent_opens_to_its_own_client_secret_alone(sqlite_url: str, sent: str) -> None:
    async with served(sqlite_url) as api:
        waiting = await made(
            api, "paymentIntentCreate", "paymentIntent { id clientSecret }", {"amount": 1500, "currency": "usd"}
        )
        page = await api.as_key(KeyKind.PUBLISHABLE)
        guess = sent.format(id=waiting["id"], secret=waiting["clientSecret"])
        asking = "query($id: ID!, $secret: String) { paymentIntent(id: $id, clientSecret: $secret) { id } }"
        shown = await page.ask(asking, {"id": waiting["id"], "secret": guess})
        known = await page.ask(asking, {"id": waiting["id"], "secret": waiting["clientSecret"]})
        confirming = {"id": waiting["id"], "paymentMethod": "pm_card_visa", "clientSecret": guess}
        refused = await page.do("paymentIntentConfirm", "paymentIntent { id }", confirming)
        intent = await PaymentIntent.get(id=waiting["id"])
    assert (shown["paymentIntent"], known["paymentIntent"]) == (None, {"id": waiting["id"]})
    assert [error["code"] for error in refused["userErrors"]] == ["RESOURCE_MISSING"]
    assert intent.status == "requires_payment_method"


async def test_request_for_another_account_is_refused(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        mutation = "mutation { customerCreate(input: {}) { customer { id } } }"
        refused = await api.send(mutation, Stripe_Account="acct_other")
        customers = await Customer.all().count()
        own = await api.send("{ account { id } }", Stripe_Account=api.scope.account_id)
    assert (refused.status, refused.codes, customers) == (403, ["FORBIDDEN"], 0)
    assert own.data["account"]["id"] == api.scope.account_id


async def test_event_of_an_object_that_may_not_be_read_is_not_there(database_url: str) -> None:
    async with served(database_url) as api:
        nothing = (await (await restricted(api, events="read")).ask(EVENTS))["events"]
        await made(api, "customerCreate", "customer { id }", {"name": "Jenny"})
        await made(api, "paymentIntentCreate", PAID, PAYING)
        whole = (await api.ask("{ events(first: 50) { nodes { id type } } }"))["events"]["nodes"]
        key = await restricted(api, events="read", customers="read")
        listed = (await key.ask(EVENTS))["events"]
        asking = {"ids": [event["id"] for event in whole]}
        found = (await key.ask("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { type } } }", asking))["nodes"]
        of_types = await key.ask('{ events(filter: {types: ["payment_intent.*"]}) { totalCount nodes { id } } }')
    assert nothing == {"totalCount": 0, "nodes": []}
    assert {event["type"] for event in whole} > {"customer.created", "payment_intent.succeeded", "charge.succeeded"}
    assert [event["type"] for event in listed["nodes"]] == ["customer.created"]
    assert listed["totalCount"] == 1
    assert [event for event in found if event] == [{"type": "customer.created"}]
    assert of_types["events"] == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize("name", KINDS)
def test_kind_of_every_object_that_events_tell_of_is_known(name: str) -> None:
    assert snapshot_of(KINDS[name][0](True))["object"] in RESOURCES_BY_OBJECT


async def test_card_number_cannot_be_searched_for_among_what_is_kept_of_a_request(sqlite_url: str) -> None:
    card = {"number": "4242424242424242", "expMonth": 12, "expYear": 2040, "cvc": "123"}
    async with served(sqlite_url) as api:
        for key in ("first", "second"):
            await api.do("paymentMethodCreate", "paymentMethod { id }", {"card": card}, Idempotency_Key=key)
        kept = await IdempotencyRecord.all()
    assert len({record.fingerprint for record in kept}) == 2
    assert not any("4242424242" in str(record.answer) for record in kept)
