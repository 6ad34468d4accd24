"""Events are stored once each and counted into their buckets, set by set.

Whoever counts into a day holds that day's bucket until the commit; everything finer is only touched by its holder, in
one order, so that two senders never wait for each other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from typing import Any, Final, NamedTuple

from tortoise.exceptions import IntegrityError

from domain.ids import Prefix
from domain.usage import CROWDED_ABOVE, DAY, DAY_SUM_MAX, NANOS, SPANS, Formula, carried
from models import MeterEvent, UsageValue
from services.base import Service
from services.rows import delete_by
from services.transactions import current_unit, database, is_postgres, savepoint
from services.usage.asking import BUCKETS, JOIN, asked, asked_values


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


BucketKey = tuple[str, str, int]
"""Customer, meter and start: in this order buckets are locked."""


class Counted(NamedTuple):
    """The ids of events that count now, and of those that no day could hold, with the whole sum that there would be."""

    fresh: Collection[str]
    beyond: Mapping[str, int]


class _Tally(NamedTuple):
    """What a bucket has come to by now. The value is null by formulas that need not have one."""

    events: int
    whole: int
    nano: int


class Counting(Service):
    """Stores events and counts them, within the caller's transaction."""

    async def count(self, events: Sequence[Sent], formulas: Mapping[str, Formula]) -> Counted:
        """Store events and count those that were not known. Each id is among the events once at most.

        Where a customer's day would exceed what can be summed exactly, the events that do not fit, in the order given,
        are neither stored nor counted.
        """
        fresh = await self._stored(events)
        beyond: dict[str, int] = {}
        waiting: Sequence[Sent] = [each for each in events if each.id in fresh]
        for span in SPANS:
            if not waiting:
                break
            waiting = await self._counted(span, waiting, formulas, beyond)
        return Counted({each for each in fresh if each not in beyond} if beyond else fresh, beyond)

    async def _stored(self, events: Sequence[Sent]) -> Collection[str]:
        """Insert what is not there yet, in the order of the ids; the ids of what was inserted."""
        ordered = sorted(events)
        owner = (self.scope.account_id, self.scope.livemode)
        if is_postgres():
            records = (await database().query(_STORE_POSTGRES, [*map(list, zip(*ordered, strict=True)), *owner]))[1]
            return {record["id"] for record in records}
        rows = [each + owner for each in ordered]
        try:
            async with savepoint():
                await _query_many(_STORE_SQLITE, rows)
        except IntegrityError:  # Some are known: sent twice, by somebody who had no answer. Nobody else writes now.
            ids = asked_values([(each.id,) for each in ordered], postgres=False)
            known = {record["id"] for record in (await database().query(_KNOWN_SQLITE, ids))[1]}
            rows = [each for each in rows if each[0] not in known]
            await _query_many(_STORE_SQLITE, rows)
        return {each[0] for each in rows}

    async def _counted(
        self, span: int, events: Sequence[Sent], formulas: Mapping[str, Formula], beyond: MutableMapping[str, int]
    ) -> Sequence[Sent]:
        """Count events into their buckets of one span; what the finer buckets below have to be given of it."""
        by_bucket: dict[BucketKey, list[Sent]] = {}
        for each in events:
            key = (each.customer_id, each.meter_id, each.occurred_at // span * span)
            if key in by_bucket:
                by_bucket[key].append(each)
            else:
                by_bucket[key] = [each]
        below: list[Sent] = []
        crowding: list[BucketKey] = []
        for formula in Formula:
            keys = sorted(key for key in by_bucket if formulas[key[1]] is formula)
            if not keys:
                continue
            tallies = await self._added(formula, span, keys, by_bucket)
            if formula is Formula.SUM and span == DAY:
                tallies |= await self._taken_back(by_bucket, tallies, beyond)
            for key, (count, _, _) in tallies.items():
                if count - len(by_bucket[key]) > CROWDED_ABOVE:
                    below += by_bucket[key]
                elif count > CROWDED_ABOVE:
                    crowding.append(key)
            if formula is Formula.UNIQUE:
                await self._add_texts(span, keys, by_bucket)
        return below + await self.within(span, crowding)

    async def within(self, span: int, keys: Sequence[BucketKey]) -> list[Sent]:
        """All events of these buckets, canceled ones included."""
        if not keys:
            return []
        postgres = is_postgres()
        rows = [(customer, meter, start, start + span) for customer, meter, start in keys]
        _, records = await database().query(_WITHIN[postgres], asked_values(rows, postgres=postgres))
        return [Sent(*record) for record in records]

    async def _added(
        self, formula: Formula, span: int, keys: Sequence[BucketKey], by_bucket: Mapping[BucketKey, Sequence[Sent]]
    ) -> dict[BucketKey, _Tally]:
        """Add to buckets, making those that are missing; what each has come to by now."""
        sum_of, ids = _SUMS[formula], self.scope.ids
        rows = [(ids.new(Prefix.USAGE_BUCKET), *key, len(by_bucket[key]), *sum_of(by_bucket[key])) for key in keys]
        return {
            (customer, meter, start): _Tally(events, whole, nano)
            for customer, meter, start, events, whole, nano in await self._asked(
                _ADD[formula, is_postgres()], rows, span
            )
        }

    async def _taken_back(
        self,
        by_bucket: MutableMapping[BucketKey, list[Sent]],
        tallies: Mapping[BucketKey, _Tally],
        beyond: MutableMapping[str, int],
    ) -> dict[BucketKey, _Tally]:
        """Take back what made days too large, from what is stored, from its days and from `by_bucket`.

        What those days have come to without it. They are held until the commit, so nobody has seen them too large.
        """
        mended: dict[BucketKey, _Tally] = {}
        rows: list[tuple[Any, ...]] = []
        gone: list[str] = []
        for key in sorted(key for key, tally in tallies.items() if abs(tally.whole) > DAY_SUM_MAX):
            events, whole, nano = tallies[key]
            fitting, others = _fitting(by_bucket[key], whole, nano, beyond)
            added, added_nano, *_ = _summed(others)
            assert added is not None and added_nano is not None, "a sum is never nothing"
            less = carried(-added, -added_nano)
            rows.append((self.new_id(Prefix.USAGE_BUCKET), *key, -len(others), *less, None, None))
            gone += [each.id for each in others]
            by_bucket[key] = fitting
            mended[key] = _Tally(events - len(others), *carried(whole + less[0], nano + less[1]))
        if rows:
            await self._asked(_ADD[Formula.SUM, is_postgres()], rows, DAY)
            await delete_by(MeterEvent, "id", gone, **self.ownership())
        return mended

    async def _add_texts(
        self, span: int, keys: Sequence[BucketKey], by_bucket: Mapping[BucketKey, Sequence[Sent]]
    ) -> None:
        """Count the distinct values of buckets of one span."""
        rows = [
            (self.new_id(Prefix.USAGE_VALUE), *key, events, text)
            for key in keys
            for text, events in sorted(Counter(each.text for each in by_bucket[key] if not each.canceled).items())
        ]
        if rows:
            await self._asked(_ADD_TEXTS[is_postgres()], rows, span)

    async def _asked(self, sql: str, rows: Sequence[Sequence[Any]], span: int) -> Sequence[Any]:
        """The records of a statement over rows of one span."""
        now = int(self.scope.clock.now().timestamp())
        common = [self.scope.account_id, self.scope.livemode, span, now]
        return (await database().query(sql, [*common, *asked_values(rows, postgres=is_postgres())]))[1]


def identifier_in(event_id: str) -> str:
    """The identifier that the sender chose for a stored event."""
    return event_id.partition(":")[2]


Figures = tuple[int | None, int | None, int | None, int | None]
"""Whole, nano, and of the last event when it occurred and was received."""


def _summed(events: Sequence[Sent]) -> Figures:
    if len(events) == 1 and not events[0].canceled:
        return events[0].whole, events[0].nano, None, None
    counted = [each for each in events if not each.canceled]
    whole, nano = carried(sum(each.whole for each in counted), sum(each.nano for each in counted))
    return whole, nano, None, None


def _largest(events: Sequence[Sent]) -> Figures:
    found = max(((each.whole, each.nano) for each in events if not each.canceled), default=(None, None))
    return *found, None, None


def _last(events: Sequence[Sent]) -> Figures:
    counted = ((each.occurred_at, each.ticks, each.whole, each.nano) for each in events if not each.canceled)
    at, ticks, whole, nano = max(counted, default=(None, None, None, None))
    return whole, nano, at, ticks


def _nothing(_events: Sequence[Sent]) -> Figures:
    return 0, 0, None, None


_SUMS: Final[Mapping[Formula, Callable[[Sequence[Sent]], Figures]]] = {
    Formula.COUNT: _summed,
    Formula.SUM: _summed,
    Formula.LAST: _last,
    Formula.MAX: _largest,
    Formula.UNIQUE: _nothing,
}
"""What some events of one bucket come to; canceled ones do not count."""


async def _query_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    unit = current_unit()
    assert unit is not None, "events are counted within a transaction"
    await unit.session().query_many(sql, rows)


def _fitting(
    events: Sequence[Sent], whole: int, nano: int, beyond: MutableMapping[str, int]
) -> tuple[list[Sent], list[Sent]]:
    """Which of the events that were added to this sum fit, one after the other, and which are `beyond` its limit."""
    for each in events:
        whole, nano = whole - each.whole, nano - each.nano
    fitting: list[Sent] = []
    others: list[Sent] = []
    for each in events:
        then = carried(whole + each.whole, nano + each.nano)
        if abs(then[0]) <= DAY_SUM_MAX:
            whole, nano = then
            fitting.append(each)
        else:
            beyond[each.id] = then[0]
            others.append(each)
    return fitting, others


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

_KEY: Final = (("id", "varchar"), ("customer_id", "varchar"), ("meter_id", "varchar"), ("start", "bigint"))
_BUCKET: Final = (
    *_KEY, ("events", "bigint"), ("whole", "bigint"), ("nano", "bigint"), ("last_at", "bigint"),
    ("last_ticks", "bigint"),
)  # fmt: skip
_TEXT: Final = (*_KEY, ("events", "bigint"), ("text", "varchar"))
_COMMON: Final = ("account_id", "livemode", "span", "created_at")


def _insert(table: str, columns: Sequence[tuple[str, str]], *, postgres: bool) -> str:
    """`INSERT` of what is asked for, with the columns that all rows have in common as the first parameters."""
    names = ", ".join(name for name, _ in columns)
    marks = "$1, $2, $3::int, $4::bigint" if postgres else "?, ?, ?, ?"
    rows = asked(columns, postgres=postgres, after=len(_COMMON))
    return f"INSERT INTO {table} AS kept ({', '.join(_COMMON)}, {names}) SELECT {marks}, {names} FROM {rows} WHERE true"


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
    (formula, postgres): _insert(BUCKETS, _BUCKET, postgres=postgres)
    + " ON CONFLICT (customer_id, meter_id, span, start) DO UPDATE SET events = kept.events + excluded.events, "
    + merged
    + " RETURNING customer_id, meter_id, start, events, whole, nano"
    for formula, merged in _MERGED.items()
    for postgres in (False, True)
}
_ADD_TEXTS: Final = {
    postgres: _insert(_TEXTS, _TEXT, postgres=postgres)
    + " ON CONFLICT (customer_id, meter_id, span, start, text) DO UPDATE SET events = kept.events + excluded.events"
    for postgres in (False, True)
}
