"""Requests: what is accepted, how refusals look, what is said of errors, who may call from a browser."""

import io
import json
import logging
from typing import Any

import pytest
from aiohttp import FormData

from models import Account
from services.settings import Settings, SettingsChange
from tests.features.kernel_library import UNDERSTOOD, library, stocked
from tests.serving import Api, Reply, reply_of

PICTURE = (
    """mutation($input: ShelfCreateInput!) { shelfCreate(input: $input) { shelf { name } userErrors { code } } }"""
)


async def posted(api: Api, body: Any, kind: str = "application/json", **headers: str) -> Reply:
    sent = {**api.headers(**headers), "Content-Type": kind}
    async with api.http.post(api.url, data=body, headers=sent) as response:
        return await reply_of(response)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"{", "is not JSON"),
        (b'{"query": "{ __typename }", "variables": NaN}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'"text"', "must be a JSON object"),
        (b'[{"query": "{ __typename }"}]', "one operation"),
        (b"{}", "`query` must be"),
        (b'{"query": "  "}', "`query` must be"),
        (b'{"query": 1}', "`query` must be"),
        (b'{"query": "{ __typename }", "variables": []}', "`variables` must be"),
        (b'{"query": "{ __typename }", "operationName": 1}', "`operationName` must be"),
    ],
    ids=range(12),
)
async def test_malformed_bodies_are_refused_in_words(sqlite_url: str, body: bytes, told: str) -> None:
    async with library(sqlite_url) as api:
        reply = await posted(api, body)
    assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])
    assert told in reply.body["errors"][0]["message"]


async def test_deep_variables_do_not_harm(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        deep = b"[" * 900 + b"]" * 900
        reply = await posted(api, b'{"query": "{ __typename }", "variables": {"a": ' + deep + b"}}")
        shown = await posted(
            api,
            b'{"query": "mutation($input: ShelfCreateInput!) { shelfCreate(input: $input) { draft } }",'
            b' "variables": {"input": {"name": ' + deep + b"}}}",
        )
    assert reply.data == {"__typename": "Query"}
    assert shown.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_other_content_types_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        replies = [await posted(api, b"{ __typename }", kind) for kind in ("application/graphql", "text/plain")]
    assert [reply.status for reply in replies] == [415, 415]


async def test_long_bodies_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        reply = await posted(api, b'{"query": "' + b" " * 1_000_001 + b'{ __typename }"}')

        async def pieces() -> Any:
            for _ in range(100):
                yield b" " * 50_000

        chunked = await posted(api, pieces())
    assert (reply.status, reply.codes) == (413, ["BAD_REQUEST"])
    assert (chunked.status, chunked.codes) == (413, ["BAD_REQUEST"])


def form(operations: Any, places: Any, *files: tuple[str, bytes]) -> FormData:
    made = FormData()
    made.add_field("operations", operations if isinstance(operations, str) else json.dumps(operations))
    made.add_field("map", places if isinstance(places, str) else json.dumps(places))
    for name, content in files:
        made.add_field(name, io.BytesIO(content), filename=f"{name}.png", content_type="image/png")
    return made


async def multipart(api: Api, data: FormData) -> Reply:
    async with api.http.post(api.url, data=data, headers=api.headers()) as response:
        return await reply_of(response)


async def test_files_arrive_in_their_places(sqlite_url: str) -> None:
    operations = {"query": PICTURE, "variables": {"input": {"name": "x", "picture": None}}}
    async with library(sqlite_url) as api:
        reply = await multipart(api, form(operations, {"0": ["variables.input.picture"]}, ("0", b"\x89PNG\x00\xff")))
        (draft,) = UNDERSTOOD
    assert reply.data["shelfCreate"]["shelf"] == {"name": "x"}
    assert draft.picture is not None
    assert (draft.picture.filename, draft.picture.content) == ("0.png", b"\x89PNG\x00\xff")


FULL = {"query": PICTURE, "variables": {"input": {"name": "x", "picture": None}}}


@pytest.mark.parametrize(
    ("operations", "places", "told"),
    [
        ("{", {"0": ["variables.input.picture"]}, "`operations` is not JSON"),
        (FULL, "{", "`map` is not JSON"),
        (FULL, [], "`map` must be an object"),
        (FULL, {"1": ["variables.input.picture"]}, "has no file"),
        (FULL, {"0": "variables.input.picture"}, "has no file or no list"),
        (FULL, {"0": ["variables.input.name"]}, "where `operations` has no null"),
        (FULL, {"0": ["variables.nothing.at.all"]}, "where `operations` has no null"),
        (FULL, {"0": ["variables.input.picture.0"]}, "where `operations` has no null"),
        (FULL, {"0": [7]}, "where `operations` has no null"),
        ([FULL], {"0": ["0.variables.input.picture"]}, "one operation"),
    ],
    ids=range(10),
)
async def test_malformed_forms_are_refused_in_words(sqlite_url: str, operations: Any, places: Any, told: str) -> None:
    async with library(sqlite_url) as api:
        reply = await multipart(api, form(operations, places, ("0", b"x")))
    assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])
    assert told in reply.body["errors"][0]["message"]


async def test_large_files_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        reply = await multipart(api, form(FULL, {"0": ["variables.input.picture"]}, ("0", b"x" * 4_000_001)))
        broken = await posted(api, b"nothing of the kind", "multipart/form-data; boundary=x")
    assert reply.status == 413
    assert (broken.status, broken.codes) == (400, ["BAD_REQUEST"])


async def test_browser_gets_graphiql_and_others_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        async with api.http.get(api.url, headers={"Accept": "text/html,*/*"}) as page:
            text = await page.text()
        async with api.http.get(api.url + "?query={__typename}", headers=api.headers()) as response:
            query = await reply_of(response)
        async with api.http.delete(api.url, headers=api.headers()) as response:
            delete = await reply_of(response)
    assert page.content_type == "text/html"
    assert "graphiql" in text
    assert "Content-Security-Policy" in page.headers
    assert (query.status, query.codes, query.headers["Allow"]) == (405, ["BAD_REQUEST"], "POST")
    assert delete.status == 405


async def test_the_bare_address_leads_to_the_page(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        address = api.url.replace("/graphql", "/")
        async with api.http.get(address, headers={"Accept": "text/html"}) as page:
            assert (page.status, page.url.path, page.content_type) == (200, "/graphql", "text/html")


async def test_schema_is_served_as_text(sqlite_url: str) -> None:
    async with library(sqlite_url) as api, api.http.get(api.url.replace("/graphql", "/schema.graphql")) as response:
        text = await response.text()
    assert "type ShelfNode implements Node" in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_told_without_a_key(sqlite_url: str, path: str) -> None:
    async with library(sqlite_url) as api, api.http.get(api.url.replace("/graphql", path)) as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [("my-request.1234", True), ("short", False), ("x" * 41, False), ("with space in it", False), (None, False)],
)
async def test_request_ids_are_taken_where_they_are_plain(sqlite_url: str, given: str | None, kept: bool) -> None:
    async with library(sqlite_url) as api:
        headers = {} if given is None else {"X_Request_Id": given}
        reply = await api.send("{ nothing }", None, **headers)
    told = reply.headers["X-Request-Id"]
    assert (told == given) is kept
    assert kept or told.startswith("req_")
    assert reply.body["errors"][0]["extensions"]["requestId"] == told


async def test_long_idempotency_keys_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send("{ __typename }", Idempotency_Key="k" * 256)
    assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])


async def test_unexpected_errors_are_masked(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="prorata.web.masking")
    async with library(sqlite_url) as api:
        await stocked(api, shelves=1, books=1)
        read = await api.send("{ shelves { nodes { bestBook { title secret } } } }")
        broken = await api.send("{ shelves { nodes { bestBook { title lost } } } }")
        write = await api.send(PICTURE, {"input": {"name": "broken"}})
    assert read.codes == broken.codes == write.codes == ["INTERNAL"]
    assert read.body["data"]["shelves"]["nodes"] == [{"bestBook": {"title": "0.0", "secret": None}}]
    assert broken.body["data"]["shelves"]["nodes"] == [{"bestBook": None}]
    assert "swordfish" not in json.dumps(read.body)
    assert "secret of the house" not in json.dumps(write.body)
    assert write.body["data"] is None


async def test_refusal_of_a_query_is_told(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send("{ cheapest { title } }")
    (error,) = reply.body["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("Nothing is cheap here.", "BAD_REQUEST")
    assert error["extensions"]["problems"] == [{"code": "PARAMETER_INVALID", "message": "Nothing is cheap here."}]


@pytest.mark.parametrize(
    ("document", "code"),
    [("{ shelves {", "GRAPHQL_PARSE_FAILED"), ("{ shelfs }", "GRAPHQL_VALIDATION_FAILED")],
)
async def test_status_follows_the_media_type_that_was_asked_for(sqlite_url: str, document: str, code: str) -> None:
    async with library(sqlite_url) as api:
        plain = await api.send(document)
        strict = await api.send(document, Accept="application/graphql-response+json")
    assert (plain.status, strict.status) == (200, 400)
    assert plain.codes == strict.codes == [code]
    assert "data" not in plain.body
    assert strict.headers["Content-Type"].startswith("application/graphql-response+json")


async def test_answers_carry_security_headers(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        headers = (await api.send("{ __typename }")).headers
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


async def test_origins_are_opened_by_account(sqlite_url: str) -> None:
    shop, stranger = "https://shop.example.com", "https://evil.example.com"
    async with library(sqlite_url) as api:
        await Settings(api.scope).update(SettingsChange(allowed_origins=[shop]))
        other = await Account.get()
        await Account.create(
            id="acct_other",
            created_at=other.created_at,
            platform_id=other.id,
            country="US",
            default_currency="usd",
            settings={"allowed_origins": ["https://other.example.com"]},
        )
        opened = [await preflight(api, each) for each in (shop, "https://other.example.com", stranger)]
        answers = [
            (await api.send("{ __typename }", Origin=each)).headers.get("Access-Control-Allow-Origin")
            for each in (shop, "https://other.example.com", stranger)
        ]
        refused = await posted(api, b"{", Origin=shop)
    assert opened == [shop, "https://other.example.com", None]
    assert answers == [shop, None, None]
    assert refused.headers["Access-Control-Allow-Origin"] == shop


async def preflight(api: Api, origin: str) -> str | None:
    async with api.http.options(api.url, headers={"Origin": origin}) as response:
        assert response.status == 204
        return response.headers.get("Access-Control-Allow-Origin")
