"""The proof that usage adds up: every bucket is what its events come to. Reads whole tables, a thousand at a time."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.usage import CROWDED_ABOVE, DAY, HOUR, MINUTE, Formula, Range, carried
from models import Meter, MeterEvent, UsageBucket
from services.transactions import database, is_postgres
from services.usage.asking import BUCKETS, JOIN, asked, asked_values
from services.usage.readings import Figure, Piece, figures_of

FOUND_MAX: Final = 100
_AT_ONCE: Final = 1_000


async def wrongly_counted() -> list[str]:
    """Buckets that are not what their events come to, and customers of whom some are missing; there should be none.

    At most a hundred, each as customer, meter, length in seconds and start.
    """
    formulas = {meter.id: Formula(meter.formula) for meter in await Meter.all()}
    found: list[str] = []
    last = ""
    while rows := await UsageBucket.filter(id__gt=last).order_by("id").limit(_AT_ONCE):
        found += [_named(row) for row in await _wrong(rows, formulas)]
        last = rows[-1].id
        if len(found) >= FOUND_MAX:
            return found[:FOUND_MAX]
    for statement in (_UNCOUNTED, _parted(DAY, HOUR), _parted(HOUR, MINUTE)):
        found += [" ".join(map(str, record)) for record in (await database().query(statement))[1]]
    return found[:FOUND_MAX]


async def _wrong(rows: Sequence[UsageBucket], formulas: Mapping[str, Formula]) -> list[UsageBucket]:
    ranges = [(place, row.meter_id, row.customer_id, row.start, row.start + row.span) for place, row in enumerate(rows)]
    postgres = is_postgres()
    _, records = await database().query(_RECEIVED[postgres], asked_values(ranges, postgres=postgres))
    received = {record["number"]: record["events"] for record in records}
    wrong = {place for place, row in enumerate(rows) if received.get(place, 0) != row.events}
    for formula in Formula:
        chosen = [(place, row) for place, row in enumerate(rows) if formulas.get(row.meter_id) is formula]
        sent = await figures_of(formula, [_piece(place, row, 0) for place, row in chosen])
        if formula is Formula.UNIQUE:
            kept = await figures_of(formula, [_piece(place, row, row.span) for place, row in chosen])
            wrong |= {place for place, _ in chosen if sent.get(place) != kept.get(place)}
        else:
            wrong |= {place for place, row in chosen if _expected(formula, sent.get(place)) != _kept(row)}
    return [rows[place] for place in sorted(wrong)]


def _piece(place: int, row: UsageBucket, span: int) -> Piece:
    """The events of a bucket, or with its span the bucket itself."""
    end = row.start + (row.span if span == 0 else 1)
    return Piece(place, row.meter_id, row.customer_id, Range(span, row.start, end))


def _kept(row: UsageBucket) -> Figure:
    return Figure(row.whole, row.nano, row.last_at, row.last_ticks)


def _expected(formula: Formula, figure: Figure | None) -> Figure:
    if figure is None or figure.whole is None or figure.nano is None:
        return Figure(0, 0) if formula in {Formula.COUNT, Formula.SUM} else Figure(None, None)
    return Figure(*carried(figure.whole, figure.nano), figure.last_at, figure.last_ticks)


def _named(row: UsageBucket) -> str:
    return f"{row.customer_id} {row.meter_id} {row.span} {row.start}"


_EVENTS: Final = f'"{MeterEvent._meta.db_table}"'
_RANGE: Final = (
    ("number", "int"), ("meter_id", "varchar"), ("customer_id", "varchar"), ("start", "bigint"), ("until", "bigint"),
)  # fmt: skip
_RECEIVED: Final = {
    postgres: f"SELECT r.number, COUNT(*) AS events FROM {asked(_RANGE, postgres=postgres)} {join} {_EVENTS} e "
    "ON e.customer_id = r.customer_id AND e.meter_id = r.meter_id AND e.occurred_at >= r.start "
    "AND e.occurred_at < r.until GROUP BY r.number"
    for postgres, join in JOIN.items()
}
_UNCOUNTED: Final = (
    f"SELECT DISTINCT e.customer_id, e.meter_id FROM {_EVENTS} e LEFT JOIN {BUCKETS} b "
    "ON b.customer_id = e.customer_id AND b.meter_id = e.meter_id "
    f"AND b.span = {DAY} AND b.start = e.occurred_at / {DAY} * {DAY} WHERE b.id IS NULL LIMIT {FOUND_MAX}"
)


def _parted(span: int, finer: int) -> str:
    """Crowded buckets of one span whose finer ones did not receive as many events."""
    return (
        f"SELECT b.customer_id, b.meter_id, b.span, b.start FROM {BUCKETS} b LEFT JOIN (SELECT customer_id, meter_id, "
        f"start / {span} * {span} AS start, SUM(events) AS events FROM {BUCKETS} WHERE span = {finer} GROUP BY 1, 2, 3"
        ") p ON p.customer_id = b.customer_id AND p.meter_id = b.meter_id AND p.start = b.start "
        f"WHERE b.span = {span} AND COALESCE(p.events, 0) <> CASE WHEN b.events > {CROWDED_ABOVE} THEN b.events ELSE 0 "
        f"END LIMIT {FOUND_MAX}"
    )
