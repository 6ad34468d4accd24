"""Events are stored once each and counted into their buckets, set by set.

Whoever counts into a day holds that day's bucket until the commit; everything finer is only touched by its holder, in
one order, so that two senders never wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from domain.usage import CROWDED_ABOVE, DAY, DAY_SUM_MAX, NANOS, SPANS, Formula
from models import MeterEvent, UsageValue
from services.base import Service
from services.transactions import current_unit, database, is_postgres
from services.usage.asking import BUCKETS, JOIN, asked, asked_values, buckets_in


class Sent(NamedTuple):
    """One event that was found to be in order; times in unix seconds, `ticks` in microseconds."""

    id: str
    received_at: int
    meter_id: str
    customer_id: str
    occurred_at: int
    ticks: int
    whole: int
    nano: int
    text: str = ""
    canceled: bool = False


class Sum:
    """What some events of one bucket come to by a formula."""

    __slots__ = ("events", "last_at", "last_ticks", "nano", "whole")

    def __init__(self) -> None:
        self.events = 0
        self.whole: int | None = None
        self.nano: int | None = None
        self.last_at: int | None = None
        self.last_ticks: int | None = None


BucketKey = tuple[str, str, int]
"""Customer, meter and start: in this order buckets are locked."""


class Counting(Service):
    """Stores events and counts them, within the caller's transaction."""

    async def count(self, events: Sequence[Sent], formulas: Mapping[str, Formula]) -> set[str]:
        """Store events and count those that were not known; their ids. Each id is among the events once at most.

        METER_SUM_TOO_LARGE when a customer's day would exceed what can be summed exactly.
        """
        fresh = await self._stored(events)
        waiting: Sequence[Sent] = [each for each in events if each.id in fresh]
        for span in SPANS:
            if not waiting:
                break
            waiting = await self._counted(span, waiting, formulas)
        return fresh

    async def _stored(self, events: Sequence[Sent]) -> set[str]:
        """Insert what is not there yet, in the order of the ids; the ids of what was inserted."""
        ordered = sorted(events)
        owner = [self.scope.account_id, self.scope.livemode]
        if is_postgres():
            records = (await database().query(_STORE_POSTGRES, [*map(list, zip(*ordered, strict=True)), *owner]))[1]
            return {record["id"] for record in records}
        ids = [(each.id,) for each in ordered]
        records = (await database().query(_KNOWN_SQLITE, asked_values(ids, postgres=False)))[1]
        known = {record["id"] for record in records}
        fresh = [each for each in ordered if each.id not in known] if known else ordered
        await _query_many(_STORE_SQLITE, [(*each, *owner) for each in fresh])
        return {each.id for each in fresh}

    async def _counted(self, span: int, events: Sequence[Sent], formulas: Mapping[str, Formula]) -> Sequence[Sent]:
        """Count events into their buckets of one span; what the finer buckets below have to be given of it."""
        by_bucket: dict[BucketKey, list[Sent]] = {}
        for each in events:
            key = (each.customer_id, each.meter_id, each.occurred_at - each.occurred_at % span)
            by_bucket.setdefault(key, []).append(each)
        now: dict[BucketKey, int] = {}
        for formula in Formula:
            sums = {key: sum_of(formula, by_bucket[key]) for key in sorted(by_bucket) if formulas[key[1]] is formula}
            now |= await self._added(formula, span, sums)
            if formula is Formula.UNIQUE:
                await self._add_texts(span, {key: by_bucket[key] for key in sums})
        below: list[Sent] = []
        crowding: list[BucketKey] = []
        for key, count in now.items():
            if count - len(by_bucket[key]) > CROWDED_ABOVE:
                below += by_bucket[key]
            elif count > CROWDED_ABOVE:
                crowding.append(key)
        return below + await self.within(span, crowding)

    async def within(self, span: int, keys: Sequence[BucketKey]) -> list[Sent]:
        """All events of these buckets, canceled ones included."""
        if not keys:
            return []
        postgres = is_postgres()
        rows = [(customer, meter, start, start + span) for customer, meter, start in keys]
        _, records = await database().query(_WITHIN[postgres], asked_values(rows, postgres=postgres))
        return [Sent(*record) for record in records]

    async def _added(self, formula: Formula, span: int, sums: Mapping[BucketKey, Sum]) -> dict[BucketKey, int]:
        """Add to buckets, making those that are missing; how many events each has received by now."""
        if not sums:
            return {}
        now = int(self.scope.clock.now().timestamp())
        rows = [
            (
                self.new_id(Prefix.USAGE_BUCKET), now, self.scope.account_id, self.scope.livemode,
                key[1], key[0], span, key[2], each.events, each.whole, each.nano, each.last_at, each.last_ticks,
            )
            for key, each in sums.items()
        ]  # fmt: skip
        records: Iterable[Mapping[str, Any]]
        if is_postgres():
            _, records = await database().query(_ADD[formula, True], list(map(list, zip(*rows, strict=True))))
        else:
            await _query_many(_ADD[formula, False], rows)
            records = await buckets_in((key[0], key[1], span, key[2]) for key in sums)
        counts: dict[BucketKey, int] = {}
        for record in records:
            whole = record["whole"]
            if span == DAY and whole is not None and abs(whole) > DAY_SUM_MAX and formula is Formula.SUM:
                raise _too_large(record)
            counts[record["customer_id"], record["meter_id"], record["start"]] = record["events"]
        return counts

    async def _add_texts(self, span: int, by_bucket: Mapping[BucketKey, Sequence[Sent]]) -> None:
        """Count the distinct values of buckets of one span."""
        counts: dict[tuple[str, str, int, str], int] = {}
        for (customer, meter, start), events in by_bucket.items():
            for each in events:
                if not each.canceled:
                    key = (customer, meter, start, each.text)
                    counts[key] = counts.get(key, 0) + 1
        if not counts:
            return
        now = int(self.scope.clock.now().timestamp())
        rows = [
            (
                self.new_id(Prefix.USAGE_VALUE), now, self.scope.account_id, self.scope.livemode,
                meter, customer, span, start, text, count,
            )
            for (customer, meter, start, text), count in sorted(counts.items())
        ]  # fmt: skip
        if is_postgres():
            await database().query(_ADD_TEXTS[True], list(map(list, zip(*rows, strict=True))))
        else:
            await _query_many(_ADD_TEXTS[False], rows)


def sum_of(formula: Formula, events: Sequence[Sent]) -> Sum:
    """What events of one bucket come to; canceled ones only count as received."""
    found = Sum()
    found.events = len(events)
    counted = [each for each in events if not each.canceled]
    if formula is Formula.MAX:
        if counted:
            found.whole, found.nano = max((each.whole, each.nano) for each in counted)
    elif formula is Formula.LAST:
        if counted:
            found.last_at, found.last_ticks, found.whole, found.nano = max(
                (each.occurred_at, each.ticks, each.whole, each.nano) for each in counted
            )
    elif formula is Formula.UNIQUE:
        found.whole = found.nano = 0
    else:
        nanos = sum(each.nano for each in counted)
        found.whole, found.nano = sum(each.whole for each in counted) + nanos // NANOS, nanos % NANOS
    return found


async def _query_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    unit = current_unit()
    assert unit is not None, "events are counted within a transaction"
    await unit.session().query_many(sql, rows)


def _too_large(bucket: Mapping[str, Any]) -> DomainError:
    return DomainError(
        ErrorCode.METER_SUM_TOO_LARGE,
        f"The sum of customer {bucket['customer_id']} by meter {bucket['meter_id']} would be {bucket['whole']} for one "
        f"day; it may be {DAY_SUM_MAX}.",
        "events",
    )


_EVENTS: Final = f'"{MeterEvent._meta.db_table}"'
_TEXTS: Final = f'"{UsageValue._meta.db_table}"'
_EVENT_COLUMNS: Final = (
    "id, created_at, meter_id, customer_id, occurred_at, ticks, whole, nano, text, canceled, account_id, livemode"
)
_STORE_SQLITE: Final = f"INSERT INTO {_EVENTS} ({_EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KNOWN_SQLITE: Final = (
    f"SELECT e.id FROM {asked([('id', 'varchar')], postgres=False)} CROSS JOIN {_EVENTS} e ON e.id = r.id"
)
_STORE_POSTGRES: Final = (
    f"INSERT INTO {_EVENTS} ({_EVENT_COLUMNS}) SELECT u.*, $11, $12 FROM unnest($1::varchar[], $2::bigint[], "
    "$3::varchar[], $4::varchar[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::varchar[], $10::bool[]) "
    "AS u ON CONFLICT (id) DO NOTHING RETURNING id"
)
_SPAN: Final = (("customer_id", "varchar"), ("meter_id", "varchar"), ("start", "bigint"), ("until", "bigint"))
_WITHIN: Final = {
    postgres: "SELECT e.id, e.created_at, e.meter_id, e.customer_id, e.occurred_at, e.ticks, e.whole, e.nano, e.text, "
    f"e.canceled FROM {asked(_SPAN, postgres=postgres)} {join} {_EVENTS} e ON e.customer_id = r.customer_id "
    "AND e.meter_id = r.meter_id AND e.occurred_at >= r.start AND e.occurred_at < r.until"
    for postgres, join in JOIN.items()
}

_BUCKET: Final = (
    ("id", "varchar"), ("created_at", "bigint"), ("account_id", "varchar"), ("livemode", "bool"),
    ("meter_id", "varchar"), ("customer_id", "varchar"), ("span", "int"), ("start", "bigint"), ("events", "bigint"),
)  # fmt: skip
_FIGURE: Final = tuple((name, "bigint") for name in ("whole", "nano", "last_at", "last_ticks"))
_TEXT: Final = (*_BUCKET[:-1], ("text", "varchar"), ("events", "bigint"))


def _insert(table: str, columns: Sequence[tuple[str, str]], *, postgres: bool) -> str:
    names = ", ".join(name for name, _ in columns)
    source = (
        f"SELECT * FROM {asked(columns, postgres=True)}" if postgres else f"VALUES ({', '.join('?' * len(columns))})"
    )
    return f"INSERT INTO {table} AS kept ({names}) {source}"


def _replaced(names: Sequence[str], *, order: Sequence[str]) -> str:
    """These columns become the new ones where the old are nothing, or come before the new ones in this order."""
    old, new = (", ".join(f"{row}.{name}" for name in order) for row in ("kept", "excluded"))
    later = f"kept.{order[0]} IS NULL OR ({new}) > ({old})"
    return ", ".join(f"{name} = CASE WHEN {later} THEN excluded.{name} ELSE kept.{name} END" for name in names)


_SUMMED: Final = (
    f"whole = kept.whole + excluded.whole + (kept.nano + excluded.nano) / {NANOS}, "
    f"nano = (kept.nano + excluded.nano) % {NANOS}"
)
_MERGED: Final = {
    Formula.COUNT: _SUMMED,
    Formula.SUM: _SUMMED,
    Formula.LAST: _replaced(
        ("whole", "nano", "last_at", "last_ticks"), order=("last_at", "last_ticks", "whole", "nano")
    ),
    Formula.MAX: _replaced(("whole", "nano"), order=("whole", "nano")),
    Formula.UNIQUE: "whole = 0",
}
_ADD: Final = {
    (formula, postgres): _insert(BUCKETS, (*_BUCKET, *_FIGURE), postgres=postgres)
    + " ON CONFLICT (customer_id, meter_id, span, start) DO UPDATE SET events = kept.events + excluded.events, "
    + merged
    + (" RETURNING customer_id, meter_id, span, start, events, whole" if postgres else "")
    for formula, merged in _MERGED.items()
    for postgres in (False, True)
}
_ADD_TEXTS: Final = {
    postgres: _insert(_TEXTS, _TEXT, postgres=postgres)
    + " ON CONFLICT (customer_id, meter_id, span, start, text) DO UPDATE SET events = kept.events + excluded.events"
    for postgres in (False, True)
}
