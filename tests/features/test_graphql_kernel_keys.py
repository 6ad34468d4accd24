"""Keys: who gets in, how far each kind reaches, how keys are made, rolled and revoked."""

import asyncio
import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from domain.errors import DomainError
from domain.keys import KeyKind, Resource
from models import ApiKey
from services.api_keys import ApiKeyDraft, ApiKeys, Grant
from services.scope import Access
from tests.features.kernel_library import library, stocked
from tests.features.scopes import StandingClock
from tests.serving import Api, Reply, reply_of

READ_CATALOG = Grant(Resource.CATALOG, Access.READ)
CREATE_KEY = """mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
    apiKey { id kind hint grants { resource access } } secret userErrors { code param message } } }"""


async def with_authorization(api: Api, value: str | None) -> Reply:
    headers = {} if value is None else {"Authorization": value}
    async with api.http.post(api.url, data=b"\xff not json", headers=headers) as response:
        return await reply_of(response)


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer ", "Bearer sk_test_unknown", "Basic !!", basic(":x"), "Digest x"]
)
async def test_without_a_valid_key_nothing_is_parsed(sqlite_url: str, value: str | None) -> None:
    async with library(sqlite_url) as api:
        reply = await with_authorization(api, value)
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert reply.body["errors"][0]["extensions"]["requestId"] == reply.headers["X-Request-Id"]


@pytest.mark.parametrize("password", ["", ":", ":anything"])
async def test_basic_takes_the_key_as_user_name(sqlite_url: str, password: str) -> None:
    async with library(sqlite_url) as api:
        headers = {"Authorization": basic(api.secret + password)}
        async with api.http.post(api.url, json={"query": "{ __typename }"}, headers=headers) as response:
            reply = await reply_of(response)
    assert reply.data == {"__typename": "Query"}


async def test_restricted_key_is_refused_where_it_was_granted_nothing(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        (shelf,) = await stocked(api, shelves=1, books=1)
        key = await api.as_key(KeyKind.RESTRICTED, READ_CATALOG)
        reply = await key.send("{ shelves { nodes { name bestBook { title } } } }")
        write = await key.send('mutation { shelfCreate(input: {name: "x"}) { shelf { name } } }')
        keys = await key.send("{ apiKeys { nodes { id } } }")
    assert reply.codes == ["FORBIDDEN"]
    assert reply.body["data"] == {"shelves": {"nodes": [{"name": shelf.name, "bestBook": None}]}}
    assert reply.body["errors"][0]["path"] == ["shelves", "nodes", 0, "bestBook"]
    assert reply.body["errors"][0]["message"] == (
        "This key may not read customers; it would need the grant 'customers: read'."
    )
    assert write.codes == keys.codes == ["FORBIDDEN"]


async def test_write_grant_opens_reading_and_writing(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        key = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.CATALOG, Access.WRITE))
        await key.ask('mutation { shelfCreate(input: {name: "x"}) { shelf { name } } }')
        answer = await key.ask("{ shelves { nodes { name } } }")
    assert answer["shelves"]["nodes"] == [{"name": "x"}]


async def test_publishable_key_sees_only_what_is_active(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        old, new = await stocked(api, shelves=2, books=1)
        old.active = False
        await old.save(update_fields=["active"])
        key = await api.as_key(KeyKind.PUBLISHABLE)
        listed = await key.ask("{ shelves { totalCount nodes { name } } }")
        document = "query($id: ID!) { shelf(id: $id) { name } }"
        hidden, shown = await key.ask(document, {"id": old.id}), await key.ask(document, {"id": new.id})
        refused = await key.send('mutation { shelfCreate(input: {name: "x"}) { shelf { name } } }')
        nested = await key.send("{ shelves { nodes { bestBook { title } } } }")
    assert listed["shelves"] == {"totalCount": 1, "nodes": [{"name": "1"}]}
    assert (hidden["shelf"], shown["shelf"]) == (None, {"name": "1"})
    assert refused.codes == nested.codes == ["FORBIDDEN"]


async def test_revoked_key_is_refused_after_a_second(sqlite_url: str) -> None:
    clock = StandingClock()
    async with library(sqlite_url, clock=clock) as api:
        key = await api.as_key(KeyKind.SECRET)
        await key.ask("{ __typename }")
        identifier = (await key.ask("{ apiKeys(first: 1) { nodes { id } } }"))["apiKeys"]["nodes"][0]["id"]
        revoked = await api.do("apiKeyRevoke", "apiKey { revokedAt }", {"id": identifier})
        clock.at += timedelta(seconds=1)
        reply = await key.send("{ __typename }")
        again = await api.do("apiKeyRevoke", "apiKey { id }", {"id": identifier})
    assert revoked["apiKey"] == {"revokedAt": "2027-01-31T12:00:00Z"}
    assert reply.status == 401
    assert [error["code"] for error in again["userErrors"]] == ["RESOURCE_MISSING"]


async def test_rolled_key_goes_on_for_the_overlap(sqlite_url: str) -> None:
    clock = StandingClock()
    async with library(sqlite_url, clock=clock) as api:
        identifier = (await api.ask("{ apiKeys { nodes { id } } }"))["apiKeys"]["nodes"][0]["id"]
        rolled = await api.do("apiKeyRoll", "apiKey { id kind } secret", {"id": identifier, "overlapHours": 2})
        successor = replace(api, secret=rolled["secret"])
        clock.at += timedelta(hours=2, seconds=-1)
        await api.ask("{ __typename }")
        clock.at += timedelta(seconds=1)
        ended = await api.send("{ __typename }")
        await successor.ask("{ __typename }")
    assert rolled["apiKey"]["id"] != identifier
    assert ended.status == 401


async def test_secret_is_shown_once_and_stored_nowhere(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        wanted = {"kind": "RESTRICTED", "grants": [{"resource": "EVENTS", "access": "READ"}]}
        first = (await api.ask(CREATE_KEY, {"input": wanted}, Idempotency_Key="k"))["apiKeyCreate"]
        again = await api.send(CREATE_KEY, {"input": wanted}, Idempotency_Key="k")
        rows = await ApiKey.all()
    assert first["secret"].startswith("rk_test_")
    assert first["apiKey"]["hint"] == f"rk_test_…{first['secret'][-4:]}"
    assert first["apiKey"]["grants"] == [{"resource": "EVENTS", "access": "READ"}]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.data["apiKeyCreate"] == {**first, "secret": None}
    assert not [row for row in rows if first["secret"] in str(vars(row))]


@pytest.mark.parametrize(
    ("input", "problems"),
    [
        ({"kind": "RESTRICTED"}, [("PARAMETER_MISSING", ["grants"])]),
        ({"kind": "SECRET", "grants": [{"resource": "EVENTS", "access": "READ"}]}, [("PARAMETER_INVALID", ["grants"])]),
        (
            {"kind": "RESTRICTED", "name": "x" * 101, "grants": [{"resource": "EVENTS", "access": "READ"}] * 2},
            [("PARAMETER_STRING_TOO_LONG", ["name"]), ("PARAMETER_INVALID", ["grants", "1", "resource"])],
        ),
    ],
)
async def test_keys_that_make_no_sense_are_refused(sqlite_url: str, input: object, problems: object) -> None:
    async with library(sqlite_url) as api:
        answer = (await api.ask(CREATE_KEY, {"input": input}))["apiKeyCreate"]
        count = await ApiKey.all().count()
    assert [(error["code"], error["param"]) for error in answer["userErrors"]] == problems
    assert answer["apiKey"] is None
    assert count == 1


async def noted(at: datetime | None = None) -> None:
    """Wait until a use of the key is written, in the background."""
    while (found := (await ApiKey.get()).last_used_at) is None or at not in (None, found):
        await asyncio.sleep(0.01)


async def test_use_of_a_key_is_noted_once_a_minute(sqlite_url: str) -> None:
    clock = StandingClock()
    async with library(sqlite_url, clock=clock) as api:
        with api.statements() as sent:
            for _ in range(5):
                clock.at += timedelta(seconds=11)
                await api.ask("{ __typename }")
            await noted()
            clock.at += timedelta(seconds=60)
            await api.ask("{ __typename }")
        await noted(clock.at)
    assert len([each for each in sent if each.startswith("UPDATE")]) == 2


async def test_test_key_cannot_see_live_rows(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        live = replace(api, scope=replace(api.scope, livemode=True))
        (shelf,) = await stocked(live, shelves=1, books=1)
        live = await live.as_key(KeyKind.SECRET)
        document = "query($id: ID!) { shelf(id: $id) { name } }"
        seen = [await each.ask(document, {"id": shelf.id}) for each in (api, live)]
    assert live.secret.startswith("sk_live_")
    assert seen == [{"shelf": None}, {"shelf": {"name": "0"}}]


@dataclass(frozen=True)
class Known:
    secret: str
    accepted: bool


@pytest.mark.parametrize(
    "known",
    [
        Known("sk_test_bootstrap_1234567890", accepted=True),
        Known("sk_live_bootstrap1234567890", accepted=False),
        Known("sk_test_short", accepted=False),
        Known("pk_test_1234567890123456", accepted=False),
        Known("sk_test_1234567890 12345", accepted=False),
    ],
    ids=lambda known: known.secret,
)
async def test_known_secret_must_fit_kind_and_mode(sqlite_url: str, known: Known) -> None:
    async with library(sqlite_url) as api:
        before = await ApiKey.all().count()
        keys = ApiKeys(api.scope)
        if known.accepted:
            await keys.create(ApiKeyDraft(), secret=known.secret)
            assert await replace(api, secret=known.secret).ask("{ __typename }")
        else:
            with pytest.raises(DomainError, match="The secret must look like sk_test_"):
                await keys.create(ApiKeyDraft(), secret=known.secret)
            assert await ApiKey.all().count() == before
