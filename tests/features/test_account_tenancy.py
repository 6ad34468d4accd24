"""Nobody sees or changes another account, whichever way it is asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from models import Account, ApiKey, Event, Person
from tests.features.accounts import JENNY, KNOWN, made, news, refusals, row_of, shown
from tests.features.attacked import foreign, live, restricted
from tests.features.test_account_connections import of_type, own_key
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def strangers(api: Api, gym: Account) -> dict[str, Api]:
    """Everybody who is not to know of the gym: a neighbour with a key, by header and by itself, and other platforms."""
    other = await of_type(api, "STANDARD")
    own = await own_key(api, other)
    return {
        "a neighbour's own key": own,
        "the platform acting for a neighbour": api.acting(other),
        "live mode": await live(api),
        "another platform": await foreign(api),
    }


async def test_strangers_find_no_account_and_no_person(api: Api) -> None:
    gym = await made(api, "id individual { id }", type="CUSTOM", **KNOWN)
    person, known = gym["individual"]["id"], await row_of(gym["id"])
    events = [each.id for each in await Event.filter(account_id=gym["id"])]
    document = """query($ids: [ID!]!, $account: ID!, $person: ID!) {
        nodes(ids: $ids) { id } account(id: $account) { id } person(id: $person) { id } accounts { totalCount } }"""
    for name, stranger in (await strangers(api, known)).items():
        ids = [gym["id"], person, *events]
        found = await stranger.ask(document, {"ids": ids, "account": gym["id"], "person": person})
        expected = {"nodes": [None] * len(ids), "account": None, "person": None, "accounts": {"totalCount": 0}}
        assert found == expected, name


async def test_strangers_change_no_account_and_no_person(api: Api) -> None:
    gym = await made(api, "id individual { id }", type="CUSTOM", **KNOWN)
    person = gym["individual"]["id"]
    attacks = [
        ("accountUpdate", "account", {"id": gym["id"], "email": "thief@example.com"}, "id"),
        ("sandboxAccountOnboard", "account", {"id": gym["id"]}, "id"),
        ("accountDeauthorize", "account", {"id": gym["id"]}, "id"),
        ("accountReconnect", "account", {"id": gym["id"]}, "id"),
        ("personCreate", "person", {"account": gym["id"], **JENNY}, "account"),
        ("personUpdate", "person", {"id": person, "firstName": "Thief"}, "id"),
        ("personDelete", "person", {"id": person}, "id"),
        ("apiKeyCreate", "apiKey", {"kind": "SECRET", "account": gym["id"]}, "account"),
        ("customerCreate", "customer", {"representsAccount": gym["id"]}, "representsAccount"),
    ]
    callers = await strangers(api, await row_of(gym["id"]))
    before = (await Account.get(id=gym["id"]).values(), await Person.all().count(), await Event.all().count())
    for name, stranger in callers.items():
        for mutation, noun, wanted, param in attacks:
            [(code, path)] = await refusals(stranger, mutation, noun, **wanted)
            # That only platforms have such customers is told before any id is looked at.
            assert code in {"RESOURCE_MISSING", "TEST_MODE_ONLY", "PLATFORM_ACCOUNT_REQUIRED"}, (name, mutation)
            assert path in {param, ""}, (name, mutation)
    after = (await Account.get(id=gym["id"]).values(), await Person.all().count(), await Event.all().count())
    assert after == before


async def test_connected_account_sees_itself_and_not_its_platform(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    own, platform_id = await own_key(api, gym), api.scope.account_id
    await api.do("customerCreate", "customer { id }", {"name": "The platform's"})

    for caller in (own, api.acting(gym)):
        assert (await shown(caller, gym.id, "id"))["id"] == gym.id
        assert await shown(caller, platform_id, "id") is None
        found = await caller.ask("query($id: ID!) { node(id: $id) { id } }", {"id": platform_id})
        assert found == {"node": None}
        assert await refusals(caller, "accountUpdate", "account", id=platform_id, email="a@example.com") == [
            ("RESOURCE_MISSING", "id")
        ]
        assert await refusals(caller, "accountCreate", "account", type="CUSTOM") == [("PLATFORM_ACCOUNT_REQUIRED", "")]
        assert not {each for each in await news(caller) if each.startswith("customer.")}
    assert await Account.all().count() == 2


async def test_restricted_keys_need_the_grant_of_accounts(api: Api) -> None:
    gym = await made(api, "id individual { id }", type="CUSTOM", **KNOWN)
    ids = {"id": gym["id"], "person": gym["individual"]["id"]}
    reading = "query($id: ID!, $person: ID!) { account(id: $id) { id } person(id: $person) { id } }"
    none, reader = await restricted(api, customers="write"), await restricted(api, accounts="read")

    assert (await none.send(reading, ids)).codes == ["FORBIDDEN"] * 2
    assert (await none.send("query($id: ID!) { node(id: $id) { id } }", {"id": gym["id"]})).codes == ["FORBIDDEN"]
    assert (await none.send("{ accounts { totalCount } }")).codes == ["FORBIDDEN"]
    assert await reader.ask(reading, ids) == {"account": {"id": ids["id"]}, "person": {"id": ids["person"]}}
    update = 'mutation($id: ID!) { accountUpdate(input: {id: $id, email: "a@example.com"}) { account { id } } }'
    for key in (none, reader):
        assert (await key.send(update, {"id": gym["id"]})).codes == ["FORBIDDEN"]
    stealing = 'mutation { customerCreate(input: {name: "x"}) { customer { representsAccount { id } } } }'
    assert (await none.send(stealing)).codes == ["FORBIDDEN"]
    assert (await row_of(gym["id"])).email is None


async def test_restricted_keys_read_events_of_accounts_by_their_grant(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    await api.do("accountDeauthorize", "account { id }", {"id": gym.id})
    told = '{ events(filter: {types: ["account.*"]}) { nodes { type account { id } } } }'
    granted, other = await restricted(api, events="read", accounts="read"), await restricted(api, events="read")

    [event] = (await granted.ask(told))["events"]["nodes"]
    assert event == {"type": "account.application.deauthorized", "account": {"id": gym.id}}
    assert (await other.ask(told))["events"]["nodes"] == []


@pytest.mark.parametrize(
    ("type", "refused"),
    [
        ("STANDARD", []),
        ("EXPRESS", [("ACCOUNT_INVALID", "account")]),
        ("CUSTOM", [("ACCOUNT_INVALID", "account")]),
    ],
)
async def test_keys_are_for_accounts_with_a_full_dashboard(api: Api, type: str, refused: list[tuple[str, str]]) -> None:
    gym = await of_type(api, type)
    for caller, wanted in [(api, {"account": gym.id}), (api.acting(gym), {})]:
        answer = await caller.do("apiKeyCreate", "apiKey { id }", {"kind": "SECRET", **wanted})
        assert [(each["code"], ".".join(each["param"])) for each in answer["userErrors"]] == refused
    assert await ApiKey.filter(account_id=gym.id).count() == (0 if refused else 2)


async def test_a_platform_sees_its_accounts_in_one_statement(api: Api) -> None:
    for _ in range(3):
        await made(api, type="CUSTOM", **KNOWN)
    document = "{ accounts(first: 3) { nodes { id businessName individual { firstName } } } }"
    with api.statements() as seen:
        found = await api.ask(document)
    assert [each["individual"]["firstName"] for each in found["accounts"]["nodes"]] == ["Jenny"] * 3
    assert len(seen) == 2


async def test_an_account_of_the_other_mode_has_no_key_here(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    platform = await live(api)
    acting = replace(platform, acting_for=gym.id)

    assert (await acting.send("{ account { id } }")).status == 403
