"""What cannot be asked of a payment that others have a part in: a clear refusal, and nothing is there afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.keys import KeyKind
from models import Account, BalanceTransaction, Charge, Event, PaymentIntent
from tests.features.connected import connected
from tests.features.scopes import NOON
from tests.scenarios.transferring import balanced, moved, pay, refused
from tests.serving import Api, served

ASKED: dict[str, Any] = {"amount": 1000, "currency": "usd", "paymentMethod": "pm_card_visa", "confirm": True}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    return await connected(api.scope, "Gym")


async def nothing_happened() -> None:
    for model in (PaymentIntent, Charge, BalanceTransaction, Event):
        assert await model.all().count() == 0, model


@pytest.mark.parametrize(
    ("input", "problems"),
    [
        ({"applicationFeeAmount": 100}, [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]),
        ({"applicationFeeAmount": 1001, "transferData": "gym"}, [("AMOUNT_TOO_LARGE", "applicationFeeAmount")]),
        (
            {"applicationFeeAmount": 1, "transferData": {"destination": "gym", "amount": 5}},
            [("PARAMETERS_EXCLUSIVE", "applicationFeeAmount")],
        ),
        ({"transferData": {"destination": "gym", "amount": 1001}}, [("AMOUNT_TOO_LARGE", "transferData")]),
        ({"transferData": {"destination": "acct_none"}}, [("RESOURCE_MISSING", "transferData.0.destination")]),
        ({"transferData": "foreign"}, [("RESOURCE_MISSING", "transferData.0.destination")]),
        ({"transferData": "gone"}, [("RESOURCE_MISSING", "transferData.0.destination")]),
        (
            {"transferData": "incapable"},
            [("INSUFFICIENT_CAPABILITIES_FOR_TRANSFER", "transferData.0.destination")],
        ),
        ({"transferData": "platform"}, [("TRANSFERS_NOT_ALLOWED", "transferData.0.destination")]),
        ({"onBehalfOf": "platform"}, [("PARAMETER_INVALID", "onBehalfOf")]),
        ({"onBehalfOf": "incapable"}, [("ACCOUNT_INVALID", "onBehalfOf")]),
        ({"onBehalfOf": "foreign"}, [("RESOURCE_MISSING", "onBehalfOf")]),
        ({"transferGroup": "g" * 201}, [("PARAMETER_STRING_TOO_LONG", "transferGroup")]),
    ],
)
async def test_platform_is_refused(
    api: Api, gym: Account, input: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    known = {
        "gym": gym.id,
        "platform": api.scope.account_id,
        "gone": (await connected(api.scope, "Gone", disconnected_at=NOON)).id,
        "foreign": (await connected(api.scope, "Foreign", platform_id="acct_other")).id,
        "incapable": (await connected(api.scope, "Incapable", capabilities={})).id,
    }
    wanted = dict(input)
    if isinstance(wanted.get("transferData"), str):
        wanted["transferData"] = {"destination": known[wanted["transferData"]]}
    elif "transferData" in wanted:
        named = known.get(wanted["transferData"]["destination"], "acct_none")
        wanted["transferData"] = wanted["transferData"] | {"destination": named}
    if "onBehalfOf" in wanted:
        wanted["onBehalfOf"] = known[wanted["onBehalfOf"]]

    assert await refused(api, "paymentIntentCreate", "paymentIntent", **ASKED, **wanted) == problems

    await nothing_happened()


@pytest.mark.parametrize(
    "columns", [{"charges_enabled": False}, {"capabilities": {"transfers": "active", "card_payments": "pending"}}]
)
@pytest.mark.parametrize("confirm", [True, False])
async def test_account_that_cannot_be_charged_for_is_refused(api: Api, columns: dict[str, Any], confirm: bool) -> None:
    gym = await connected(api.scope, "Gym", **columns)
    asked = {**ASKED, "confirm": confirm}

    problems = await refused(api.acting(gym), "paymentIntentCreate", "paymentIntent", **asked)

    assert problems == [("ACCOUNT_INVALID", "")]
    await nothing_happened()


async def test_account_that_lost_its_capability_is_not_charged_later(api: Api, gym: Account) -> None:
    made = await api.acting(gym).do("paymentIntentCreate", "paymentIntent { id }", {**ASKED, "confirm": False})
    await Account.filter(id=gym.id).update(charges_enabled=False)

    answer = await api.acting(gym).do(
        "paymentIntentConfirm", "paymentIntent { status }", {"id": made["paymentIntent"]["id"]}
    )

    assert [each["code"] for each in answer["userErrors"]] == ["ACCOUNT_INVALID"]
    assert await Charge.all().count() == 0


async def test_account_shares_nothing_itself(api: Api, gym: Account) -> None:
    cook = await connected(api.scope, "Cook")
    acting, own = api.acting(gym), await api.acting(gym).as_key(KeyKind.SECRET)
    own.acting_for = None
    share = {"transferData": {"destination": cook.id}}

    for key in (acting, own):
        for asked in (share, {"onBehalfOf": cook.id}):
            problems = await refused(key, "paymentIntentCreate", "paymentIntent", **ASKED, **asked)
            assert problems[0][0] == "PLATFORM_ACCOUNT_REQUIRED"
    problems = await refused(own, "paymentIntentCreate", "paymentIntent", **ASKED, applicationFeeAmount=5)

    assert problems == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    await nothing_happened()


async def test_account_changes_no_fee_of_its_platform(api: Api, gym: Account) -> None:
    own = await api.acting(gym).as_key(KeyKind.SECRET)
    own.acting_for = None
    held = await pay(api.acting(gym), 1000, captureMethod="MANUAL", applicationFeeAmount=100)
    made = await api.acting(gym).do(
        "paymentIntentCreate", "paymentIntent { id }", {**ASKED, "confirm": False, "applicationFeeAmount": 100}
    )
    intent = made["paymentIntent"]["id"]

    for fee in (None, 1):
        problems = await refused(own, "paymentIntentUpdate", "paymentIntent", id=intent, applicationFeeAmount=fee)
        assert problems == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    problems = await refused(own, "paymentIntentCapture", "paymentIntent", id=held["id"], applicationFeeAmount=0)
    assert problems == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    await own.do("paymentIntentConfirm", "paymentIntent { id }", {"id": intent})

    # 2.9 % of 1000 is 29, and 30: the platform pays it
    assert await moved(platform=api.scope.account_id, gym=gym) == {
        "platform": ["stripe_fee 0 - 59", "application_fee 100"],
        "gym": ["charge 1000 - 100 (100 application)"],
    }
    await balanced()


async def test_payment_is_never_less_than_what_others_have_of_it(api: Api, gym: Account) -> None:
    asked = {**ASKED, "confirm": False, "transferData": {"destination": gym.id}, "applicationFeeAmount": 700}
    made = (await api.do("paymentIntentCreate", "paymentIntent { id }", asked))["paymentIntent"]["id"]

    lowered = await refused(api, "paymentIntentUpdate", "paymentIntent", id=made, amount=600)
    raised = await refused(api, "paymentIntentUpdate", "paymentIntent", id=made, applicationFeeAmount=1001)
    alone = await refused(api, "paymentIntentUpdate", "paymentIntent", id=made, transferData=None)
    changed = await api.do(
        "paymentIntentUpdate",
        "paymentIntent { amount applicationFeeAmount transferData { destination { id } } transferGroup }",
        {"id": made, "amount": 600, "applicationFeeAmount": 600, "transferGroup": "ORDER-7"},
    )

    assert lowered == raised == [("AMOUNT_TOO_LARGE", "applicationFeeAmount")]
    assert alone == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    assert changed["paymentIntent"] == {
        "amount": 600,
        "applicationFeeAmount": 600,
        "transferData": [{"destination": {"id": gym.id}}],
        "transferGroup": "ORDER-7",
    }


async def test_plain_payment_costs_no_statement_for_others(api: Api) -> None:
    with api.statements() as seen:
        await api.do("paymentIntentCreate", "paymentIntent { id }", ASKED)

    tables = ("transfers", "transfer_reversals", "destination_payments", "application_fees", "application_fee_refunds")
    assert not [each for each in seen if any(f'"{table}"' in each for table in tables)]
    # Either transaction reads the settings of the account; nobody else's.
    assert len([each for each in seen if '"accounts"' in each]) == 2
