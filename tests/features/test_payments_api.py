"""Payments over HTTP: what a merchant and a page with a publishable key can do."""

from typing import Any

from domain.keys import KeyKind
from tests.serving import Api, served

INTENT = """paymentIntent { id status amountReceived clientSecret nextAction { type }
    lastPaymentError { code declineCode message charge { id } paymentMethod { card { last4 } } }
    latestCharge { status amountRefunded refunded failureCode declineCode outcome { networkStatus type adviceCode }
        card { brand last4 checks { cvcCheck } }
        balanceTransaction { amount fee net status feeDetails { type amount } } } }
"""
ERRORS = "userErrors { type code message param declineCode paymentIntent { id status } }"


async def done(api: Api, mutation: str, selection: str, input: dict[str, Any], **headers: str) -> Any:
    """The payload of a mutation, with the payment that an error is about."""
    title = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {title}Input!) {{ {mutation}(input: $input) {{ {selection} {ERRORS} }} }}"
    return (await api.ask(document, {"input": input}, **headers))[mutation]


async def jenny(api: Api, token: str = "pm_card_visa") -> tuple[str, str]:
    """A customer and their card."""
    customer = (await done(api, "customerCreate", "customer { id }", {"name": "Jenny"}))["customer"]["id"]
    attached = await done(api, "paymentMethodAttach", "paymentMethod { id }", {"id": token, "customer": customer})
    return customer, attached["paymentMethod"]["id"]


async def charged(api: Api, token: str = "pm_card_visa", **more: Any) -> Any:
    """A payment of 15.00 USD, tried at once."""
    wanted = {"amount": 1500, "currency": "USD", "paymentMethod": token, "confirm": True, **more}
    return await done(api, "paymentIntentCreate", INTENT, wanted)


async def test_payment_is_made_and_read_back(database_url: str) -> None:
    async with served(database_url) as api:
        customer, card = await jenny(api)
        payload = await charged(api, card, customer=customer)
        assert payload["userErrors"] == []
        intent = payload["paymentIntent"]
        assert (intent["status"], intent["amountReceived"], intent["nextAction"]) == ("SUCCEEDED", 1500, None)
        charge = intent["latestCharge"]
        assert charge["card"] == {"brand": "VISA", "last4": "4242", "checks": {"cvcCheck": None}}
        assert charge["balanceTransaction"] == {
            "amount": 1500, "fee": 74, "net": 1426, "status": "PENDING",
            "feeDetails": [{"type": "processing_fee", "amount": 74}],
        }  # fmt: skip
        books = await api.ask("{ balance { available { amount currency } pending { amount currency } } }")
        assert books["balance"]["pending"] == [{"amount": 1426, "currency": "usd"}]
        file = await api.ask(
            "query($id: ID!) { customer(id: $id) { paymentMethods { nodes { id } } } }", {"id": customer}
        )
        assert file["customer"]["paymentMethods"]["nodes"] == [{"id": card}]


async def test_decline_answers_with_the_payment_and_a_card_error(database_url: str) -> None:
    async with served(database_url) as api:
        payload = await charged(api, "pm_card_visa_chargeDeclinedInsufficientFunds")
        intent, [error] = payload["paymentIntent"], payload["userErrors"]
        assert intent["status"] == "REQUIRES_PAYMENT_METHOD"
        assert intent["lastPaymentError"]["code"] == "CARD_DECLINED"
        assert intent["lastPaymentError"]["paymentMethod"]["card"]["last4"] == "9995"
        assert intent["latestCharge"]["outcome"] == {
            "networkStatus": "DECLINED_BY_NETWORK", "type": "ISSUER_DECLINED", "adviceCode": "TRY_AGAIN_LATER",
        }  # fmt: skip
        assert (error["type"], error["code"], error["declineCode"], error["paymentIntent"]["id"]) == (
            "CARD_ERROR",
            "CARD_DECLINED",
            "insufficient_funds",
            intent["id"],
        )


async def test_repeated_key_replays_a_decline(database_url: str) -> None:
    async with served(database_url) as api:
        document = (
            f"mutation($i: PaymentIntentCreateInput!) {{ paymentIntentCreate(input: $i) {{ {INTENT} {ERRORS} }} }}"
        )
        wanted = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_chargeCustomerFail", "confirm": True}
        first, again = [await api.send(document, {"i": wanted}, Idempotency_Key="one") for _ in range(2)]
        assert first.data == again.data
        assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
        assert len((await api.ask("{ charges { nodes { id } } }"))["charges"]["nodes"]) == 1


async def test_customer_authenticates_by_mutation(database_url: str) -> None:
    async with served(database_url) as api:
        intent = (await charged(api, "pm_card_authenticationRequired"))["paymentIntent"]
        assert (intent["status"], intent["nextAction"]) == ("REQUIRES_ACTION", {"type": "THREE_D_SECURE"})
        wanted = {"subject": {"paymentIntent": intent["id"]}, "outcome": "PASS"}
        payload = await done(api, "sandboxAuthenticate", "paymentIntent { status } setupIntent { id }", wanted)
        assert payload == {"paymentIntent": {"status": "SUCCEEDED"}, "setupIntent": None, "userErrors": []}
        create = {"paymentMethod": "pm_card_authenticationRequired", "confirm": True}
        setup = (await done(api, "setupIntentCreate", "setupIntent { id status }", create))["setupIntent"]
        wanted = {"subject": {"setupIntent": setup["id"]}, "outcome": "FAIL"}
        payload = await done(api, "sandboxAuthenticate", "paymentIntent { id } setupIntent { status }", wanted)
        assert (payload["paymentIntent"], payload["setupIntent"]["status"]) == (None, "REQUIRES_PAYMENT_METHOD")
        assert payload["userErrors"][0]["code"] == "SETUP_INTENT_AUTHENTICATION_FAILURE"


async def test_page_confirms_with_client_secret_and_publishable_key(database_url: str) -> None:
    async with served(database_url) as api:
        intent = (await charged(api, confirm=False))["paymentIntent"]
        page = await api.as_key(KeyKind.PUBLISHABLE)
        shown = "query($id: ID!, $s: String) { paymentIntent(id: $id, clientSecret: $s) { status } }"
        assert (await page.ask(shown, {"id": intent["id"]}))["paymentIntent"] is None
        known = {"id": intent["id"], "s": intent["clientSecret"]}
        assert (await page.ask(shown, known))["paymentIntent"] == {"status": "REQUIRES_CONFIRMATION"}
        refused = await page.do("paymentIntentConfirm", "paymentIntent { status }", {"id": intent["id"]})
        assert refused["userErrors"][0]["code"] == "RESOURCE_MISSING"
        wanted = {"id": intent["id"], "clientSecret": intent["clientSecret"]}
        confirmed = await page.do("paymentIntentConfirm", "paymentIntent { status }", wanted)
        assert confirmed["paymentIntent"]["status"] == "SUCCEEDED"
        assert (await page.send("{ paymentIntents { nodes { id } } }")).codes == ["FORBIDDEN"]


async def test_refund_shows_at_its_charge(database_url: str) -> None:
    async with served(database_url) as api:
        intent = (await charged(api))["paymentIntent"]
        payload = await done(api, "refundCreate", "refund { status amount charge { amountRefunded refunded } }",
                             {"paymentIntent": intent["id"], "amount": 500, "reason": "DUPLICATE"})  # fmt: skip
        assert payload["refund"] == {
            "status": "SUCCEEDED",
            "amount": 500,
            "charge": {"amountRefunded": 500, "refunded": False},
        }
        await done(api, "refundCreate", "refund { id }", {"paymentIntent": intent["id"]})
        again = await done(api, "refundCreate", "refund { id }", {"paymentIntent": intent["id"]})
        assert (again["refund"], again["userErrors"][0]["code"]) == (None, "CHARGE_ALREADY_REFUNDED")
        found = await api.ask(
            "{ refunds { nodes { amount balanceTransaction { type refund { id } } } }"
            " balanceTransactions { totalCount } }"
        )
        assert [each["amount"] for each in found["refunds"]["nodes"]] == [1000, 500]
        assert found["balanceTransactions"]["totalCount"] == 3


async def test_typed_card_and_scripted_outcomes(database_url: str) -> None:
    async with served(database_url) as api:
        card = {"number": "4242 4242 4242 4242", "expMonth": 4, "expYear": 40, "cvc": "123"}
        wanted = {"card": card, "billingDetails": {"name": "Jenny", "address": {"country": "de"}}}
        selection = "paymentMethod { id card { last4 expYear } billingDetails { name email address { country } } }"
        method = (await done(api, "paymentMethodCreate", selection, wanted))["paymentMethod"]
        assert method["card"] == {"last4": "4242", "expYear": 2040}
        assert method["billingDetails"] == {"name": "Jenny", "email": None, "address": {"country": "DE"}}
        script = {"paymentMethod": method["id"], "outcomes": ["EXPIRED_CARD", "SUCCEED"]}
        shown = "paymentMethod { sandboxOutcomes { outcome charge { id } } }"
        written = await done(api, "sandboxOutcomesSet", shown, script)
        assert [each["outcome"] for each in written["paymentMethod"]["sandboxOutcomes"]] == ["EXPIRED_CARD", "SUCCEED"]
        statuses = [(await charged(api, method["id"]))["paymentIntent"]["status"] for _ in range(2)]
        assert statuses == ["REQUIRES_PAYMENT_METHOD", "SUCCEEDED"]
        cards = await api.ask("{ sandboxPaymentMethods { token number family description } }")
        assert cards["sandboxPaymentMethods"][0]["token"] == "pm_card_visa"


async def test_declining_card_is_refused_with_a_card_error(database_url: str) -> None:
    async with served(database_url) as api:
        customer, _ = await jenny(api)
        wanted = {"id": "pm_card_visa_chargeDeclinedLostCard", "customer": customer}
        payload = await done(api, "paymentMethodAttach", "paymentMethod { id }", wanted)
        assert payload["paymentMethod"] is None
        [error] = payload["userErrors"]
        assert (error["type"], error["code"], error["declineCode"]) == ("CARD_ERROR", "CARD_DECLINED", "lost_card")
