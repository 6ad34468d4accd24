"""Line 11: renewals of a metered item whose customer had few, many and very many events in the period."""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.databases import PostgresServer, folder, postgres_server, sqlite_copy, sqlite_file, sqlite_url
from benchmarks.figures import Asked, Extent, Figure, length
from benchmarks.processes import module, run_json
from benchmarks.rounds import Sample, interleaved, ratio, say
from benchmarks.stored import ACCOUNT, ANCHOR, ENDS, Stock, identifier
from domain.ids import IdMint
from domain.usage import Formula
from gateways.registry import Gateways
from models import Meter
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from services.rows import insert_rows
from services.scope import Actor, ActorKind, Scope
from services.transactions import database, transaction
from services.usage.counting import Counting, Sent

METER = identifier("mtr", 1)
CUSTOMER = identifier("cus", 1)
BATCH = 10_000
_TIERS = json.dumps([{"up_to": None, "unit_amount_decimal": "0.001", "flat_amount_decimal": "1000"}])
"""However few events there are, there is something to pay."""
_OURS = (
    f"UPDATE prices SET usage_type = 'metered', meter_id = '{METER}', billing_scheme = 'tiered',"
    f" tiers_mode = 'graduated', unit_amount = NULL, unit_amount_decimal = NULL, tiers = '{_TIERS}'",
    f"UPDATE subscriptions SET has_usage = TRUE, customer_id = '{CUSTOMER}',"
    f" default_payment_method_id = '{identifier('pm', 1)}'",
    f"UPDATE invoices SET customer_id = '{CUSTOMER}'",
    f"UPDATE subscription_items SET quantity = 0, metered_since = {int(ANCHOR.timestamp())}",
)
"""All subscriptions are one customer's, and bill the same events."""


def measure(extent: Extent) -> list[Figure]:
    """On both databases, from the fewest events to the most."""
    counts = (10, 10_000, extent.of(1_000_000, 100_000))
    stock = Stock(extent.of(100, 30))
    with folder() as place, postgres_server() as server:
        return [*_on_sqlite(place, counts, stock, extent), *_on_postgres(server, counts, stock, extent)]


def _on_sqlite(place: Path, counts: tuple[int, ...], stock: Stock, extent: Extent) -> list[Figure]:
    files = {count: sqlite_file(place / f"{count}.db", stock) for count in counts}
    for count, file in files.items():
        _filled(sqlite_url(file), count)

    def copy(count: int) -> str:
        return sqlite_url(sqlite_copy(files[count], "subject.db"))

    return _figures("11", "SQLite", copy, counts, stock, extent)


def _on_postgres(server: PostgresServer, counts: tuple[int, ...], stock: Stock, extent: Extent) -> list[Figure]:
    names = {count: f"prorata_bench_used_{count}" for count in counts}
    try:
        for count, name in names.items():
            _filled(server.filled(name, stock), count)

        def copy(count: int) -> str:
            return server.fresh("subject", names[count])

        return _figures("11p", f"PostgreSQL {server.version()}", copy, counts, stock, extent)
    finally:
        for name in ("subject", *names.values()):
            server.drop(name)


def _figures(
    number: str, name: str, copy: Callable[[int], str], counts: tuple[int, ...], stock: Stock, extent: Extent
) -> list[Figure]:
    def renewing(count: int) -> Callable[[], Sample]:
        return lambda: _renewed(copy(count), stock.subscriptions)

    few, *more = interleaved(extent.of(5, 2), *(renewing(count) for count in counts))
    return [
        Figure(
            f"{number}{mark}",
            f"renewal with {count:,} events on {name}",
            length(side.seconds),
            f"with {counts[0]}: {length(few.seconds)}",
            1 / ratio(few, side),
            Asked(first=2, goal=1.2, at_most=True),
            f"{stock.subscriptions} renewals one by one, drafted, counted again, finalized and paid",
        )
        for mark, count, side in zip("ab", counts[1:], more, strict=True)
    ]


def _renewed(url: str, count: int) -> Sample:
    told: Any = run_json(module("benchmarks.renewing", "subject", url, "1"))
    if told["renewed"] != count:
        raise RuntimeError(f"{told['renewed']} of {count} subscriptions were renewed and paid.")
    return Sample(told["seconds"] / count, told["cpu"] / count)


def _filled(url: str, count: int) -> None:
    say(f"{count:,} events counted")
    asyncio.run(_use(url, count))


async def _use(url: str, count: int) -> None:
    """Let the items be metered, and the customer have used so much within their period, of one unit each."""
    chance, span = random.Random(11), int((ENDS - ANCHOR).total_seconds())
    actor, ids = Actor(ActorKind.SYSTEM), IdMint(SYSTEM_CLOCK.ticks)
    scope = Scope(ACCOUNT, ACCOUNT, False, SYSTEM_CLOCK, ids, Gateways.standard(), actor)
    async with connected(url):
        async with transaction():
            await insert_rows([_meter()])
            for statement in _OURS:
                await database().query(statement)
        for begin in range(0, count, BATCH):
            moments = [int(ANCHOR.timestamp()) + chance.randrange(span) for _ in range(min(BATCH, count - begin))]
            events = [
                Sent(f"{METER}:{begin + place}", moment, METER, CUSTOMER, moment, begin + place, 1, 0)
                for place, moment in enumerate(moments)
            ]
            async with transaction():
                await Counting(scope).count(events, {METER: Formula.SUM})
        await database().query("ANALYZE")


def _meter() -> Meter:
    return Meter.made(
        id=METER, created_at=ANCHOR, updated_at=ANCHOR, account_id=ACCOUNT, livemode=False, display_name="Calls",
        event_name="calls", formula=Formula.SUM.value, customer_key="customer", value_key="value", status="active",
    )  # fmt: skip
