"""What customers used within spans of time, read from buckets: the number of events does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from domain.usage import CROWDED_ABOVE, Formula, Range, edges_of, ranges_of, value_of
from models import Meter, MeterEvent, UsageValue
from services.base import Service
from services.transactions import database, is_postgres
from services.usage.asking import BUCKETS, JOIN, asked, asked_values, buckets_in


@dataclass(frozen=True, slots=True)
class Reading:
    """What one customer used by one meter from `start` until before `end`."""

    meter_id: str
    customer_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Stored sums or events that count into the figure with this number."""

    number: int
    meter_id: str
    customer_id: str
    range: Range


@dataclass(frozen=True, slots=True)
class Figure:
    """What pieces come to, by the meter's formula; null parts when there is nothing to be the last or the largest."""

    whole: int | None
    nano: int | None
    last_at: int | None = None
    last_ticks: int | None = None


class Readings(Service):
    """Reads usage. Some six statements at most, however many readings are wanted and whatever their meters do."""

    async def of(self, wanted: Sequence[Reading]) -> list[Decimal]:
        """One exact figure for each reading, in order; 0 where nothing was used, and for what is not the account's.

        Sums may be negative, as values may. Events of inactive meters still count.
        """
        meters = await self.gather(Meter, "id", {each.meter_id for each in wanted})
        formulas = {meter.id: Formula(meter.formula) for meter in meters}
        known = [(number, each) for number, each in enumerate(wanted) if each.meter_id in formulas]
        crowded = await self._crowded(reading for _, reading in known)
        pieces: dict[Formula, list[Piece]] = defaultdict(list)
        for number, each in known:
            is_crowded = partial(_is_crowded, crowded, each)
            start, end = int(each.start.timestamp()), int(each.end.timestamp())
            for part in ranges_of(start, end, is_crowded):
                pieces[formulas[each.meter_id]].append(Piece(number, each.meter_id, each.customer_id, part))
        values = [Decimal(0)] * len(wanted)
        for formula, parts in pieces.items():
            for number, figure in (await figures_of(formula, parts)).items():
                values[number] = value_of(figure.whole or 0, figure.nano or 0)
        return values

    async def _crowded(self, readings: Iterable[Reading]) -> set[tuple[str, str, int, int]]:
        """Customer, meter, span and start of the buckets cut through by readings that have finer ones below them."""
        cut = {
            (each.customer_id, each.meter_id, span, at)
            for each in readings
            for span, at in edges_of(int(each.start.timestamp()), int(each.end.timestamp()))
        }
        return {
            (row["customer_id"], row["meter_id"], row["span"], row["start"])
            for row in await buckets_in(cut)
            if row["events"] > CROWDED_ABOVE
        }


def _is_crowded(crowded: set[tuple[str, str, int, int]], reading: Reading, span: int, start: int) -> bool:
    return (reading.customer_id, reading.meter_id, span, start) in crowded


async def figures_of(formula: Formula, pieces: Sequence[Piece]) -> dict[int, Figure]:
    """What the pieces of each number come to by one formula, in one statement; numbers without an event are absent."""
    if not pieces:
        return {}
    postgres = is_postgres()
    rows = [(each.number, each.meter_id, each.customer_id, *each.range) for each in pieces]
    _, records = await database().query(_FIGURES[formula, postgres], asked_values(rows, postgres=postgres))
    return {row["number"]: Figure(*(_whole(row[name]) for name in Figure.__dataclass_fields__)) for row in records}


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


_EVENTS: Final = f'"{MeterEvent._meta.db_table}"'
_TEXTS: Final = f'"{UsageValue._meta.db_table}"'

_PIECE: Final = (
    ("number", "int"), ("meter_id", "varchar"), ("customer_id", "varchar"), ("span", "int"), ("start", "bigint"),
    ("until", "bigint"),
)  # fmt: skip

_OF = "ON x.customer_id = r.customer_id AND x.meter_id = r.meter_id"
_STORED = f"{_OF} AND x.span = r.span AND x.start >= r.start AND x.start < r.until"
_SENT = f"{_OF} AND x.occurred_at >= r.start AND x.occurred_at < r.until WHERE r.span = 0 AND NOT x.canceled"
_PIECES: Final = {
    postgres: f"WITH r AS MATERIALIZED (SELECT * FROM {asked(_PIECE, postgres=postgres)}), p AS ("
    f"SELECT r.number, x.whole, x.nano, x.last_at, x.last_ticks FROM r {join} {BUCKETS} x {_STORED} UNION ALL "
    f"SELECT r.number, x.whole, x.nano, x.occurred_at, x.ticks FROM r {join} {_EVENTS} x {_SENT}) "
    for postgres, join in JOIN.items()
}
_DISTINCT: Final = {
    postgres: f"WITH r AS MATERIALIZED (SELECT * FROM {asked(_PIECE, postgres=postgres)}), p AS ("
    f"SELECT r.number, x.text FROM r {join} {_TEXTS} x {_STORED} AND x.events > 0 UNION ALL "
    f"SELECT r.number, x.text FROM r {join} {_EVENTS} x {_SENT}) "
    "SELECT number, COUNT(DISTINCT text) AS whole, 0 AS nano, NULL AS last_at, NULL AS last_ticks FROM p "
    "GROUP BY number"
    for postgres, join in JOIN.items()
}
_SUMMED: Final = (
    "SELECT number, SUM(whole) AS whole, SUM(nano) AS nano, NULL AS last_at, NULL AS last_ticks FROM p GROUP BY number"
)
_LARGEST: Final = (
    "SELECT number, MAX(whole) AS whole, MAX(CASE WHEN whole = top THEN nano END) AS nano, NULL AS last_at, "
    "NULL AS last_ticks FROM (SELECT number, whole, nano, MAX(whole) OVER (PARTITION BY number) AS top FROM p) AS t "
    "GROUP BY number"
)
_LATEST: Final = (
    "SELECT number, whole, nano, last_at, last_ticks FROM (SELECT p.*, ROW_NUMBER() OVER (PARTITION BY number "
    "ORDER BY last_at DESC, last_ticks DESC, whole DESC, nano DESC) AS place FROM p WHERE last_at IS NOT NULL) AS t "
    "WHERE place = 1"
)
_FIGURES: Final = {
    (formula, postgres): _DISTINCT[postgres] if formula is Formula.UNIQUE else _PIECES[postgres] + outcome
    for postgres in (False, True)
    for formula, outcome in (
        (Formula.COUNT, _SUMMED),
        (Formula.SUM, _SUMMED),
        (Formula.MAX, _LARGEST),
        (Formula.LAST, _LATEST),
        (Formula.UNIQUE, ""),
    )
}
"""By formula and database. An event of a meter that counts has the value 1: its count is a sum."""
