"""Lines 1 to 3: a list of subscriptions with everything around them, a single one, and the statements they take."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks.databases import folder, sqlite_file
from benchmarks.documents import LIST, LISTED, OBJECTS_EACH, RELATIONS, SINGLE
from benchmarks.figures import Asked, Extent, Figure, length
from benchmarks.load import graphql, load, once, repeated, sample
from benchmarks.processes import Server, server
from benchmarks.rounds import Side, by_cpu, interleaved, ratio, say
from benchmarks.serving import STATEMENTS
from benchmarks.stored import SECRET, Stock, identifier

_KINDS = ("house", "memory", "handwritten")
_CONNECTIONS = 4


def measure(extent: Extent) -> list[Figure]:
    """All three lines, of the same servers."""
    stored = extent.of(2_000, 500)
    with folder() as place, ExitStack() as stack:
        path = sqlite_file(place / "reads.db", Stock(stored, items=2))
        servers = [stack.enter_context(server(kind, str(path))) for kind in _KINDS]
        asked = {
            "1": (f"list of {LISTED} subscriptions", graphql(LIST, {"first": LISTED}, secret=SECRET)),
            "2": ("one subscription", graphql(SINGLE, {"id": identifier("sub", 1)}, secret=SECRET)),
        }
        figures: list[Figure] = []
        for number, (what, request) in asked.items():
            say(f"{what} with everything around")
            _same_answers(servers, request)
            figures += _line(number, what, servers, request, extent, stored)
        return figures + [_statements(servers[0], what, request) for what, request in asked.values()]


def _line(number: str, what: str, servers: list[Server], request: bytes, extent: Extent, stored: int) -> list[Figure]:
    seconds = extent.of(3, 1) / 2
    sides = interleaved(
        extent.of(7, 3),
        *(
            lambda each=each: sample(each, repeated(request), connections=_CONNECTIONS, seconds=seconds)
            for each in servers
        ),
    )
    house, memory, handwritten = sides
    objects = OBJECTS_EACH * (LISTED if number == "1" else 1)
    settings = f"{objects} objects, {stored:,} subscriptions stored, SQLite, {_CONNECTIONS} connections"
    return [
        Figure(
            number,
            what,
            _told(house),
            f"Strawberry, the same document over objects in memory: {_told(memory)}",
            ratio(memory, house),
            Asked(first=0.7, goal=1),
            settings + by_cpu(memory, house),
        ),
        Figure(
            f"{number}b",
            what,
            _told(house),
            f"written by hand, one batched statement per relation: {_told(handwritten)}",
            ratio(handwritten, house),
            Asked(goal=0.5),
            settings + by_cpu(handwritten, house),
        ),
    ]


def _told(side: Side) -> str:
    cpu = side.cpu_seconds
    return length(side.seconds) + (f" ({length(cpu)} of CPU)" if cpu else "")


def _same_answers(servers: list[Server], request: bytes) -> None:
    """The floors have to give the very data that the house gives."""
    first: Any = None
    for kind, each in zip(_KINDS, servers, strict=True):
        data = once(each.port, request)["data"]
        if first is None:
            first = data
        if data != first:
            raise RuntimeError(f"{kind} answers otherwise:\n{json.dumps(data)[:2_000]}\n{json.dumps(first)[:2_000]}")


def _statements(house: Server, what: str, request: bytes) -> Figure:
    """Line 3. The key is known for a second after the request before, so that its own statement does not count."""
    ask = f"GET {STATEMENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    answers = load(house.port, _thrice(ask, request), connections=1, keep=True)
    statements = [sql for sql in json.loads(answers.kept[-1]) if not sql.startswith("UPDATE")]
    # Keys are looked up once a second.
    own = [sql for sql in statements if '"api_keys"' not in sql and '"accounts"' not in sql]
    return Figure(
        "3",
        f"SQL statements for {what}",
        f"{len(own)}",
        f"one per relation and level: {RELATIONS + 1}",
        len(own) / (RELATIONS + 1),
        Asked(first=1, at_most=True),
        "beside the look-up of the key, once a second",
    )


def _thrice(ask: bytes, request: bytes) -> Iterator[bytes]:
    yield request
    yield ask
    yield request
    yield ask
