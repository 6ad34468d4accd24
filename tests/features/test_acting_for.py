"""A platform's key acts for the accounts that are connected to it, and for no others."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.keys import KeyKind
from models import Customer
from tests.features.connected import connected
from tests.features.scopes import NOON
from tests.serving import Api, served

ACCOUNT = "{ account { id } }"


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def test_a_platform_acts_for_its_account(api: Api) -> None:
    gym = await connected(api.scope, "Gym")

    mine = await api.acting(gym).do("customerCreate", "customer { id }", {"name": "Jenny"})

    assert (await api.acting(gym).ask(ACCOUNT))["account"]["id"] == gym.id
    assert (await api.ask(ACCOUNT))["account"]["id"] == api.scope.account_id
    found = await api.ask("query($id: ID!) { customer(id: $id) { id } }", {"id": mine["customer"]["id"]})
    assert found == {"customer": None}


@pytest.mark.parametrize(
    "columns",
    [{"disconnected_at": NOON}, {"livemode": True}, {"platform_id": "acct_other"}],
    ids=["disconnected", "of the other mode", "another platform's"],
)
async def test_nobody_acts_for_an_account_that_is_not_connected(api: Api, columns: dict[str, object]) -> None:
    gym = await connected(api.scope, "Gym", **columns)

    refused = await api.acting(gym).send(ACCOUNT)

    assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])
    absent = await api.send(ACCOUNT, Stripe_Account="acct_" + "0" * 23)
    told = [each.body["errors"][0]["message"] for each in (refused, absent)]
    assert told[0].replace(gym.id, "X") == told[1].replace("acct_" + "0" * 23, "X")


async def test_a_connected_account_acts_for_nobody_else(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    key = await api.acting(gym).as_key(KeyKind.SECRET)

    own = await key.send(ACCOUNT, Stripe_Account=gym.id)
    refused = await key.send(ACCOUNT, Stripe_Account=api.scope.account_id)

    assert own.data["account"]["id"] == gym.id
    assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])


async def test_idempotency_keys_of_platform_and_account_are_their_own(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    acting = api.acting(gym)
    own = await replace(acting, scope=replace(acting.scope, application_id=None), acting_for=None).as_key(
        KeyKind.SECRET
    )

    async def made(client: Api, name: str) -> str:
        answer = await client.do("customerCreate", "customer { id }", {"name": name}, Idempotency_Key="order-1")
        assert answer["userErrors"] == []
        return str(answer["customer"]["id"])

    ours, theirs = await made(acting, "Jenny"), await made(own, "Jenny")

    assert ours != theirs
    assert (await made(acting, "Jenny"), await made(own, "Jenny")) == (ours, theirs)
    assert await Customer.filter(account_id=gym.id).count() == 2


async def test_page_does_not_see_what_a_platform_earns(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    asked = {"amount": 1000, "currency": "usd", "transferGroup": "g", "metadata": {"margin": "high"}}
    shared = {"applicationFeeAmount": 100, "transferData": {"destination": gym.id}}
    made = await api.do("paymentIntentCreate", "paymentIntent { id clientSecret }", asked | shared)
    named = {key: made["paymentIntent"][key] for key in ("id", "clientSecret")}
    terms = "amount applicationFeeAmount transferGroup application metadata transferData { amount }"
    page = await api.as_key(KeyKind.PUBLISHABLE)
    kept: dict[str, object] = {
        "applicationFeeAmount": None,
        "transferGroup": None,
        "application": None,
        "metadata": {},
        "transferData": [],
    }

    query = f"query($id: ID!, $s: String) {{ paymentIntent(id: $id, clientSecret: $s) {{ {terms} }} }}"
    shown = await page.ask(query, {"id": named["id"], "s": named["clientSecret"]})
    selection, card = f"paymentIntent {{ {terms} }}", {"paymentMethod": "pm_card_visa"}
    paid = await page.do("paymentIntentConfirm", selection, named | card)
    known = (await api.ask(query, {"id": named["id"]}))["paymentIntent"]

    assert shown["paymentIntent"] == paid["paymentIntent"] == {"amount": 1000, **kept}
    assert (known["applicationFeeAmount"], known["transferGroup"], known["metadata"]) == (100, "g", {"margin": "high"})
    assert known["transferData"] == [{"amount": None}]
