"""A platform's key acts for the accounts that are connected to it, and for no others."""

from collections.abc import AsyncIterator

import pytest

from domain.keys import KeyKind
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
