"""Attacks below GraphQL: bodies that inflate, forms that are malformed, lists that cost more than they say."""

import asyncio
import gzip
import logging
import zlib
from urllib.parse import urlsplit

import pytest

from models import Customer
from prorata.logs import start_logging
from prorata.settings import load_settings
from prorata.web.limits import Limits
from tests.serving import Api, Reply, reply_of, served

ASKED = b'{"query": "mutation { customerCreate(input: {}) { customer { id } } }"}'


async def sent(api: Api, body: bytes, **headers: str) -> Reply:
    """The answer to these bytes."""
    async with api.http.post(api.url, data=body, headers=api.headers(**headers)) as response:
        return await reply_of(response)


async def raw(api: Api, request: bytes) -> bytes:
    """What the server sends back to these bytes, until it closes or has nothing more to say."""
    place = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(ASKED, mtime=0)), ("deflate", zlib.compress(ASKED)), ("gzip", b"none"), ("br", ASKED)],
)
async def test_compressed_body_is_refused_unread(sqlite_url: str, encoding: str, body: bytes) -> None:
    async with served(sqlite_url) as api:
        reply = await sent(api, body, Content_Encoding=encoding, Content_Type="application/json")
        customers = await Customer.all().count()
    assert (reply.status, reply.codes, customers) == (415, ["BAD_REQUEST"], 0)


async def test_body_that_does_not_come_is_not_awaited_for_ever(sqlite_url: str) -> None:
    async with served(sqlite_url, limits=Limits(body_seconds_max=0)) as api:
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.secret}\r\nConnection: close\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
        )
        place = urlsplit(api.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(head.encode() + b"{")
        status = await reader.readline()
        writer.close()
    assert status == b"HTTP/1.1 408 Request Timeout\r\n"


def form(*parts: bytes) -> bytes:
    """A multipart body with the boundary `b`."""
    return b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"


OPERATIONS = b'name="operations"\r\n\r\n' + ASKED
MALFORMED = [
    pytest.param(b'name="0"; filename="a\x00.png"\r\n\r\nx', id="zero in a file name"),
    pytest.param(b'name="0"; filename="a.png"\r\nX-A: ' + b"a" * 100_000 + b"\r\n\r\nx", id="endless header"),
    pytest.param(b'name="0"\r\n' + b"X: y\r\n" * 5000 + b"\r\nx", id="headers without end"),
    pytest.param(b'name="_charset_"\r\n\r\n' + b"u" * 40, id="character set of another world"),
]


@pytest.mark.parametrize("part", MALFORMED)
async def test_malformed_form_is_the_callers_fault(sqlite_url: str, part: bytes) -> None:
    async with served(sqlite_url) as api:
        parts = (part, OPERATIONS) if b"_charset_" in part else (OPERATIONS, b'name="map"\r\n\r\n{}', part)
        reply = await sent(api, form(*parts), Content_Type="multipart/form-data; boundary=b")
        customers = await Customer.all().count()
    assert (reply.status, reply.codes, customers) == (400, ["BAD_REQUEST"], 0)


PAGES = "query(%s) { customers(%s) { nodes { invoices(%s) { nodes { charges(%s) { nodes { id } } } } } } }"


@pytest.mark.parametrize(
    ("declared", "asked", "given"),
    [
        ("$a: Int, $b: Int", "first: $a, last: $b", {"b": 100}),
        ("$a: Int, $b: Int", "first: $a, last: $b", {"a": None, "b": 100}),
        ("$b: Int", "first: null, last: $b", {"b": 100}),
        ("$b: Int = 100", "last: $b", {}),
    ],
)
async def test_page_costs_what_it_holds_from_whichever_end(
    sqlite_url: str, declared: str, asked: str, given: dict[str, int]
) -> None:
    async with served(sqlite_url) as api:
        reply = await api.send(PAGES % (declared, asked, asked, asked), given)
    # 100 customers, 100 invoices each, 100 charges each, and the connections themselves.
    assert reply.codes == ["COST_LIMIT_EXCEEDED"]
    assert reply.body["errors"][0]["extensions"]["cost"] > 1_000_000


async def test_objects_by_their_ids_cost_as_many_as_there_are_ids(sqlite_url: str) -> None:
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { invoices(first: 100) { nodes { id } } } } }"
    async with served(sqlite_url) as api:
        costs = [
            (await api.send(document, {"ids": ["cus_x"] * count})).body["extensions"]["cost"]["requested"]
            for count in (1, 100)
        ]
    assert costs[1] == 100 * costs[0] > 10_000


async def test_header_that_cannot_be_parsed_does_not_reach_the_log(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    start_logging(load_settings())
    caplog.set_level(logging.DEBUG)
    async with served(sqlite_url) as api:
        request = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.secret}\x00\r\n\r\n"
        answer = await raw(api, request.encode())
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert "A request was refused: it is not well-formed HTTP (BadHttpMessage)" in caplog.text
    assert api.secret not in caplog.text


@pytest.mark.parametrize("host", ['evil.example"><script>', "a b", "[", "[::1", "user@evil.example", "", "a/../b"])
async def test_host_that_no_link_can_be_made_of_is_refused(sqlite_url: str, host: str) -> None:
    async with served(sqlite_url) as api:
        reply = await sent(api, ASKED, Host=host, Content_Type="application/json")
        customers = await Customer.all().count()
    assert (reply.status, reply.codes, customers) == (400, ["BAD_REQUEST"], 0)


@pytest.mark.parametrize("host", ["billing.example", "billing.example:8000", "[::1]:8000", "127.0.0.1"])
async def test_host_that_is_a_name_or_an_address_is_taken(sqlite_url: str, host: str) -> None:
    async with served(sqlite_url) as api:
        reply = await sent(api, ASKED, Host=host, Content_Type="application/json")
    assert reply.data["customerCreate"]["customer"] is not None
