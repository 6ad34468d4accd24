"""What is attacked: an account with everything that a customer can have, and those who should not get at it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.ids import Prefix
from domain.keys import KeyKind, Resource
from models import Account, ApiKey
from services.api_keys import ApiKeyDraft, ApiKeys, Grant
from services.scope import Access
from tests.serving import Api

TAX_ID = {"type": "EU_VAT", "value": "DE136695976"}
ASKING = "pm_card_authenticationRequired"
MONTHLY = {"currency": "usd", "unitAmount": 1500, "recurring": {"interval": "MONTH"}}


async def restricted(api: Api, **grants: str) -> Api:
    """The same account with a key of these grants: `customers="read"`."""
    return await api.as_key(KeyKind.RESTRICTED, *(Grant(Resource(kind), Access(to)) for kind, to in grants.items()))


async def foreign(api: Api) -> Api:
    """Another account of the same database."""
    own = await Account.get(id=api.scope.account_id)
    key = await ApiKey.filter(kind="secret", account_id=own.id).first()
    assert key is not None
    own.id = own.platform_id = key.account_id = api.scope.ids.new(Prefix.ACCOUNT)
    key.id = api.scope.ids.new(Prefix.API_KEY)
    secret = "sk_test_foreign_0123456789abcdef"
    key.digest = hashlib.sha256(secret.encode()).hexdigest()
    own._saved_in_db = key._saved_in_db = False
    await own.save(force_create=True)
    await key.save(force_create=True)
    return replace(api, secret=secret, scope=replace(api.scope, account_id=own.id))


async def live(api: Api) -> Api:
    """The same account in live mode."""
    scope = replace(api.scope, livemode=True)
    issued = await ApiKeys(scope).create(ApiKeyDraft())
    assert issued.secret is not None
    return replace(api, secret=issued.secret, scope=scope)


async def made(api: Api, mutation: str, selection: str, wanted: Mapping[str, Any]) -> Any:
    """The object that a mutation makes."""
    payload = await api.do(mutation, selection, wanted)
    assert payload["userErrors"] == []
    return payload[selection.split(" ", maxsplit=1)[0]]


async def everything(api: Api) -> dict[str, Any]:
    """The ids of everything that a customer, here one on a test clock, can have; and what would make more of it."""
    clock = await made(api, "testClockCreate", "testClock { id }", {"frozenTime": "2027-01-31T10:00:00Z"})
    customer = await made(api, "customerCreate", "customer { id }", {"testClock": clock["id"], "name": "Jenny"})
    mine = {"customer": customer["id"]}
    card = await made(api, "paymentMethodAttach", "paymentMethod { id }", {"id": "pm_card_visa", **mine})
    failing = {"id": "pm_card_chargeCustomerFail", **mine}
    failing = await made(api, "paymentMethodAttach", "paymentMethod { id }", failing)
    product = {"name": "Basic", "defaultPriceData": MONTHLY}
    product = await made(api, "productCreate", "product { id defaultPrice { id } }", product)
    feature = await made(api, "featureCreate", "feature { id }", {"name": "Export", "lookupKey": "export"})
    bringing = {"product": product["id"], "entitlementFeature": feature["id"]}
    brought = await made(api, "productFeatureCreate", "productFeature { id }", bringing)
    subscribing = {"items": [{"price": product["defaultPrice"]["id"]}], "defaultPaymentMethod": failing["id"], **mine}
    begun = await api.do("subscriptionCreate", "subscription { id latestInvoice { id } }", subscribing)
    credit = {
        "amount": {"monetary": {"value": 500, "currency": "usd"}},
        "applicabilityConfig": {"scope": {"prices": [product["defaultPrice"]["id"]]}},
        "category": "PAID",
        **mine,
    }
    quoting = {"lineItems": [{"price": product["defaultPrice"]["id"]}], **mine}
    paying = {"amount": 1500, "currency": "usd", "paymentMethod": card["id"], **mine}
    paid = await intent(api, {**paying, "confirm": True})
    bank = {"externalAccount": {"token": "btok_us_verified"}}
    bank = await made(api, "externalAccountCreate", "externalAccount { id }", bank)
    leaving = {"amount": 100, "currency": "usd", "destination": bank["id"]}
    await made(api, "topupCreate", "topup { id }", {"amount": 500, "currency": "usd"})
    payout = await made(api, "payoutCreate", "payout { id }", leaving)
    disputed = await intent(api, {**paying, "confirm": True})
    against = {"charge": disputed["latestCharge"]["id"]}
    return {
        "dispute": (await made(api, "sandboxDisputeCreate", "dispute { id }", against))["id"],
        "clock": clock["id"], "customer": customer["id"], "card": card["id"], "charge": paid["latestCharge"]["id"],
        "product": product["id"], "price": product["defaultPrice"]["id"], "paid": paid["id"],
        "intent": (await intent(api, paying))["id"],
        "held": (await intent(api, {**paying, "confirm": True, "captureMethod": "MANUAL"}))["id"],
        "asking": (await intent(api, {**paying, "confirm": True, "paymentMethod": ASKING}))["id"],
        "setup": (await made(api, "setupIntentCreate", "setupIntent { id }", mine))["id"],
        "refund": (await made(api, "refundCreate", "refund { id }", {"paymentIntent": paid["id"], "amount": 1}))["id"],
        "tax": (await made(api, "customerTaxIdCreate", "customerTaxId { id }", {**TAX_ID, **mine}))["id"],
        "subscription": begun["subscription"]["id"], "invoice": begun["subscription"]["latestInvoice"]["id"],
        "grant": (await made(api, "creditGrantCreate", "creditGrant { id }", credit))["id"], "credit": credit,
        "bank": bank["id"], "payout": payout["id"], "leaving": leaving,
        "feature": feature["id"], "brought": brought["id"],
        "quote": (await made(api, "quoteCreate", "quote { id }", quoting))["id"], "quoting": quoting,
        "subscribing": {**subscribing, "defaultPaymentMethod": card["id"]}, "paying": paying,
    }  # fmt: skip


async def intent(api: Api, wanted: Mapping[str, Any]) -> Any:
    """A payment intent."""
    return await made(api, "paymentIntentCreate", "paymentIntent { id latestCharge { id } }", wanted)


def writes(has: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every mutation that changes something of that customer."""
    mine, card = {"customer": has["customer"]}, has["card"]
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
        ("disputeUpdate", "dispute", {"id": has["dispute"], "evidence": {"customerName": "x"}}),
        ("disputeClose", "dispute", {"id": has["dispute"]}),
        ("externalAccountUpdate", "externalAccount", {"id": has["bank"], "metadata": {"a": "b"}}),
        ("externalAccountDelete", "externalAccount", {"id": has["bank"]}),
        ("payoutCreate", "payout", has["leaving"]),
        ("payoutCancel", "payout", {"id": has["payout"]}),
        ("subscriptionCreate", "subscription", has["subscribing"]),
        ("subscriptionUpdate", "subscription", {"id": has["subscription"], "description": "x"}),
        ("subscriptionCancel", "subscription", {"id": has["subscription"]}),
        ("featureUpdate", "feature", {"id": has["feature"], "name": "x"}),
        ("productFeatureCreate", "productFeature", {"product": has["product"], "entitlementFeature": has["feature"]}),
        ("productFeatureDelete", "productFeature", {"id": has["brought"]}),
        ("creditGrantCreate", "creditGrant", has["credit"]),
        ("creditGrantUpdate", "creditGrant", {"id": has["grant"], "metadata": {"a": "b"}}),
        ("creditGrantExpire", "creditGrant", {"id": has["grant"]}),
        ("creditGrantVoid", "creditGrant", {"id": has["grant"]}),
        ("quoteCreate", "quote", has["quoting"]),
        ("quoteUpdate", "quote", {"id": has["quote"], "header": "x"}),
        ("quoteFinalize", "quote", {"id": has["quote"]}),
        ("quoteAccept", "quote", {"id": has["quote"]}),
        ("quoteCancel", "quote", {"id": has["quote"]}),
        ("invoicePay", "invoice", {"id": has["invoice"]}),
        ("invoiceVoid", "invoice", {"id": has["invoice"]}),
    ]
