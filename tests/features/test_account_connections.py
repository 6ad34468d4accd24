"""Accounts leave their platform and come back: who may, what is told, and who can act meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from domain.accounts import CONTROLLERS, AccountType, application_id_of
from domain.keys import KeyKind
from models import Account, Event
from tests.features.accounts import KNOWN, made, news, refusals, row_of, shown
from tests.features.attacked import live
from tests.features.connected import connected
from tests.serving import Api, served

OUT = ("accountDeauthorize", "account")
BACK = ("accountReconnect", "account")


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def of_type(api: Api, type: str) -> Account:
    """An account of a type, completed."""
    account = await made(api, type=type)
    await api.do("sandboxAccountOnboard", "account { id }", {"id": account["id"]})
    return await row_of(account["id"])


async def own_key(api: Api, account: Account) -> Api:
    """The account's own key, made by its platform."""
    wanted = {"kind": "SECRET", "account": account.id}
    made = await api.do("apiKeyCreate", "secret apiKey { id }", wanted)
    scope = replace(api.scope, account_id=account.id)
    return replace(api, secret=made["secret"], scope=scope)


async def disconnect(api: Api, account: Account) -> Any:
    """The payload of a disconnection by id."""
    answer = await api.do("accountDeauthorize", "account { id disconnectedAt }", {"id": account.id})
    assert answer["userErrors"] == []
    return answer["account"]


@pytest.mark.parametrize(
    ("type", "told"),
    [
        ("STANDARD", ["account.application.deauthorized", "account.application.authorized"]),
        ("EXPRESS", ["account.application.deauthorized", "account.application.authorized"]),
        ("CUSTOM", []),  # It has no dashboard in which it could have been told.
    ],
)
async def test_platform_hears_of_accounts_with_a_dashboard(api: Api, type: str, told: list[str]) -> None:
    gym = await of_type(api, type)
    own_log = await news(api.acting(gym))

    assert (await disconnect(api, gym))["disconnectedAt"] is not None
    back = await api.do("accountReconnect", "account { disconnectedAt }", {"id": gym.id})

    assert back == {"account": {"disconnectedAt": None}, "userErrors": []}
    assert await news(api) == told
    assert await news(api.acting(gym)) == own_log


async def test_event_names_the_account_and_carries_the_application(api: Api) -> None:
    gym = await of_type(api, "EXPRESS")
    await disconnect(api, gym)

    [event] = (await api.ask("{ events(first: 1) { nodes { account { id } data { object } } } }"))["events"]["nodes"]

    application = {"id": application_id_of(api.scope.account_id, livemode=False), "object": "application", "name": None}
    assert event == {"account": {"id": gym.id}, "data": {"object": application}}
    row = await Event.get(type="account.application.deauthorized")
    assert (row.account_id, row.connected_account_id) == (api.scope.account_id, gym.id)


async def test_platform_acts_no_more_from_the_next_request_on(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    acting, own = api.acting(gym), await own_key(api, gym)
    assert (await acting.ask("{ account { id } }"))["account"]["id"] == gym.id  # Known for a second from now on.

    await disconnect(api, gym)

    refused = await acting.send("{ account { id } }")
    assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])
    assert (await own.ask("{ account { id } }"))["account"]["id"] == gym.id
    for mutation, noun, more in [
        ("accountUpdate", "account", {"metadata": {"a": "b"}}),
        ("sandboxAccountOnboard", "account", {}),
        ("accountDeauthorize", "account", {}),
    ]:
        found = await refusals(api, mutation, noun, id=gym.id, **more)
        assert found == [("RESOURCE_MISSING" if mutation != "accountDeauthorize" else "ACCOUNT_INVALID", "id")]
    assert await refusals(api, "apiKeyCreate", "apiKey", kind="SECRET", account=gym.id) == [
        ("RESOURCE_MISSING", "account")
    ]
    await own.do("accountReconnect", "account { id }", {})
    assert (await acting.ask("{ account { id } }"))["account"]["id"] == gym.id


async def test_former_platform_reads_that_the_account_is_there_and_no_more(api: Api) -> None:
    account = await made(api, type="CUSTOM", **KNOWN, email="jenny@example.com", metadata={"a": "b"})
    gym = await row_of(account["id"])
    selection = (
        "id country disconnectedAt email businessName businessType businessProfile { name } company { name }"
        " individual { id } persons { totalCount nodes { id } } metadata requirements { currentlyDue }"
        " capabilities { transfers } tosAcceptance { ip } settings { statementDescriptor }"
    )
    person = (await shown(api, gym.id, selection))["individual"]["id"]
    await disconnect(api, gym)

    told = await shown(api, gym.id, selection)

    assert (told.pop("id"), told.pop("country")) == (gym.id, "US")
    assert told.pop("disconnectedAt") is not None
    assert told.pop("persons") == {"totalCount": 0, "nodes": []}
    assert not any(told.values())
    found = await api.ask(
        "query($a: ID!, $b: ID!) { node(id: $a) { id } person(id: $b) { id } }", {"a": person, "b": person}
    )
    assert found == {"node": None, "person": None}
    await api.do("accountReconnect", "account { id }", {"id": gym.id})
    assert (await shown(api, gym.id, selection))["individual"]["id"] == person


async def test_account_leaves_by_itself(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    own = await own_key(api, gym)

    answer = await own.do("accountDeauthorize", "account { id disconnectedAt }", {})

    assert answer["account"]["id"] == gym.id and answer["account"]["disconnectedAt"]
    assert (await api.acting(gym).send("{ account { id } }")).status == 403
    assert await refusals(own, *OUT) == [("ACCOUNT_INVALID", "id")]
    assert await refusals(api, *OUT) == [("ACCOUNT_INVALID", "id")]  # A platform is connected to nobody.
    assert await refusals(api, *BACK) == [("ACCOUNT_INVALID", "id")]


@pytest.mark.parametrize(("type", "refused"), [("standard", True), ("express", False), ("custom", False)])
async def test_full_dashboard_in_live_mode_comes_back_by_itself(api: Api, type: str, refused: bool) -> None:
    platform = await live(api)
    controller = CONTROLLERS[AccountType(type)].as_json()
    gym = await connected(platform.scope, type=type, controller=controller)
    own = await platform.acting(gym).as_key(KeyKind.SECRET) if refused else platform
    await disconnect(platform, gym)

    if refused:
        assert await refusals(platform, *BACK, id=gym.id) == [("ACCOUNT_HOLDER_REQUIRED", "id")]
        assert (await row_of(gym.id)).disconnected_at is not None
    own = replace(own, acting_for=None)
    answer = await own.do("accountReconnect", "account { disconnectedAt }", {"id": gym.id})
    assert answer == {"account": {"disconnectedAt": None}, "userErrors": []}
    assert await refusals(own, *BACK, id=gym.id) == [("ACCOUNT_INVALID", "id")]


async def test_a_disconnection_that_was_refused_changes_nothing(api: Api) -> None:
    gym = await of_type(api, "EXPRESS")
    other = await of_type(api, "STANDARD")
    stranger, count = await own_key(api, other), await Event.all().count()

    for caller in (stranger, await live(api)):
        for mutation in ("accountDeauthorize", "accountReconnect"):
            assert await refusals(caller, mutation, "account", id=gym.id) == [("RESOURCE_MISSING", "id")]

    assert (await row_of(gym.id)).disconnected_at is None
    assert await Event.all().count() == count
