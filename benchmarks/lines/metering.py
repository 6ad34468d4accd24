"""Line 10: meter events by HTTP, a thousand to a request, against the bare rows of the events alone."""

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.databases import folder, postgres_server, sqlite_file
from benchmarks.figures import Asked, Extent, Figure, per_second
from benchmarks.load import graphql, load, post, settled
from benchmarks.processes import Server, server
from benchmarks.rounds import Sample, interleaved, ratio, say, timed
from benchmarks.stored import SECRET, Stock, payer

BATCH = 1_000
CUSTOMERS = 1_000
CONNECTIONS = 2
_METER = """mutation { meterCreate(input: {
  displayName: "Calls", eventName: "calls", defaultAggregation: { formula: SUM }
}) { meter { id } userErrors { message } } }"""
_COLUMNS = (
    ("id", "varchar"), ("created_at", "bigint"), ("account_id", "varchar"), ("livemode", "bool"),
    ("meter_id", "varchar"), ("customer_id", "varchar"), ("occurred_at", "bigint"), ("ticks", "bigint"),
    ("whole", "bigint"), ("nano", "bigint"), ("text", "varchar"), ("canceled", "bool"),
)  # fmt: skip
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_TABLE = f"CREATE TABLE events ({', '.join(' '.join(column) for column in _COLUMNS)}, UNIQUE (id))"

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A database to measure on: a server of the house over it, and what writes rows by its bare driver."""

    name: str
    house: Server
    floor: Callable[[Sequence[Sequence[Row]]], float]
    floor_name: str
    number: str


class Events:
    """Events that are never sent twice, over many customers and the hour before they are made."""

    def __init__(self) -> None:
        self._chance = random.Random(10)
        self._meter = "mtr_" + "0" * 23

    def batches(self, count: int) -> list[list[dict[str, Any]]]:
        """So many batches."""
        now = int(time.time())
        return [[self._event(now) for _ in range(BATCH)] for _ in range(count)]

    def rows(self, batches: Sequence[Sequence[dict[str, Any]]]) -> list[list[Row]]:
        """The rows that are stored of them."""
        return [[self._row(event) for event in batch] for batch in batches]

    def _event(self, now: int) -> dict[str, Any]:
        customer, _ = payer(self._chance.randrange(CUSTOMERS))
        return {
            "eventName": "calls",
            "identifier": f"{self._chance.getrandbits(128):032x}",
            "timestamp": now - self._chance.randrange(3_600),
            "payload": {"stripe_customer_id": customer, "value": str(self._chance.randrange(1_000))},
        }

    def _row(self, event: dict[str, Any]) -> Row:
        at, payload = event["timestamp"], event["payload"]
        owner = (self._meter, payload["stripe_customer_id"], at, at * 1_000_000)
        identifier = f"{self._meter}:{event['identifier']}"
        return (identifier, at, "acct_" + "0" * 23, False, *owner, int(payload["value"]), 0, "", False)


def measure(extent: Extent) -> list[Figure]:
    """Both databases."""
    with folder() as place:
        base = sqlite_file(place / "base.db", Stock(10, payers=CUSTOMERS))
        with server("house", str(base)) as house:
            floor = SqliteFloor(place / "floor.db")
            figures = _measure(Place("SQLite", house, floor.write, "sqlite3: executemany", "10"), extent)
            floor.close()
    with postgres_server() as postgres:
        try:
            url = postgres.filled("prorata_bench_events", Stock(10, payers=CUSTOMERS))
            floor_url = postgres.fresh("prorata_bench_floor")
            with server("house", url) as house:
                written = PostgresFloor(floor_url)
                name, bare = f"PostgreSQL {postgres.version()}", "asyncpg: INSERT … SELECT unnest … ON CONFLICT"
                figures += _measure(Place(name, house, written.write, bare, "10b"), extent)
        finally:
            for name in ("prorata_bench_events", "prorata_bench_floor"):
                postgres.drop(name)
    return figures


def _measure(place: Place, extent: Extent) -> list[Figure]:
    count, rounds = extent.of(40, 10), extent.of(5, 3)
    say(f"meter events on {place.name}")
    events = Events()
    made = load(place.house.port, iter([graphql(_METER, secret=SECRET)]), connections=1, keep=True)
    settled(made.kept, "meterCreate")
    _sent(place.house, events.batches(5))
    place.floor(events.rows(events.batches(5)))

    def subject() -> Sample:
        return _sent(place.house, events.batches(count))

    def floor() -> Sample:
        return Sample(place.floor(events.rows(events.batches(count))) / (count * BATCH))

    sides = interleaved(rounds, subject, floor)
    return [
        Figure(
            place.number,
            f"meter events by HTTP on {place.name}",
            per_second(sides[0].seconds),
            f"{place.floor_name}: {per_second(sides[1].seconds)}",
            ratio(sides[1], sides[0]),
            Asked(first=0.25, goal=0.4),
            f"NDJSON, {BATCH:,} to a request and a transaction, {count} requests per round, {CONNECTIONS} connections, "
            f"{CUSTOMERS:,} customers, the last hour; the floor stores events alone, without what they sum to",
        )
    ]


def _requests(batches: Sequence[Sequence[dict[str, Any]]]) -> Iterator[bytes]:
    for batch in batches:
        body = b"".join(json.dumps(event).encode() + b"\n" for event in batch)
        yield post("/meter_events", body, f"Authorization: Bearer {SECRET}", content_type="application/x-ndjson")


def _sent(house: Server, batches: Sequence[Sequence[dict[str, Any]]]) -> Sample:
    """Send them; seconds for each event. Raises when one was not accepted."""
    before = house.cpu_seconds()
    answers = load(house.port, iter(list(_requests(batches))), connections=CONNECTIONS, keep=True)
    accepted = sum(body.count(b'"status":"accepted"') for body in answers.kept)
    if accepted != len(batches) * BATCH:
        raise RuntimeError(f"{accepted} of {len(batches) * BATCH} events were accepted: {answers.last[-300:]!r}")
    return Sample(answers.seconds / accepted, (house.cpu_seconds() - before) / accepted)


class SqliteFloor:
    """Plain `sqlite3` with the durability of the house."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_TABLE)

    def write(self, batches: Sequence[Sequence[Row]]) -> float:
        """Each batch in one transaction; how many seconds it took."""
        return timed(lambda: self._write(batches))[0]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, batches: Sequence[Sequence[Row]]) -> None:
        sql = f"INSERT OR IGNORE INTO events ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"
        for batch in batches:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(sql, batch)
            self._connection.execute("COMMIT")


class PostgresFloor:
    """Plain asyncpg."""

    def __init__(self, url: str) -> None:
        self._url = url
        asyncio.run(self._made())

    def write(self, batches: Sequence[Sequence[Row]]) -> float:
        """Each batch in one transaction; how many seconds it took."""
        return asyncio.run(self._written(batches))

    async def _made(self) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute(_TABLE)
        await connection.close()

    async def _written(self, batches: Sequence[Sequence[Row]]) -> float:
        arrays = ", ".join(f"${number}::{kind}[]" for number, (_, kind) in enumerate(_COLUMNS, 1))
        sql = f"INSERT INTO events ({_NAMES}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING RETURNING id"
        connection = await asyncpg.connect(self._url)
        try:
            await connection.fetch(sql, *([] for _ in _COLUMNS))
            began = time.perf_counter()
            for batch in batches:
                async with connection.transaction():
                    await connection.fetch(sql, *map(list, zip(*batch, strict=True)))
            return time.perf_counter() - began
        finally:
            await connection.close()
