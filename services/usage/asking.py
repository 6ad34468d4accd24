"""Asking for many buckets or spans in one statement, on both databases."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from models import UsageBucket
from services.transactions import database, is_postgres

Columns = Sequence[tuple[str, str]]
"""Names and PostgreSQL types of what is asked for."""

BUCKETS: Final = f'"{UsageBucket._meta.db_table}"'
JOIN: Final = {False: "CROSS JOIN", True: "JOIN"}
"""By database. What is asked for comes first, then an index: SQLite takes the tables of a cross join in their order."""

_KEY: Final = (("customer_id", "varchar"), ("meter_id", "varchar"), ("span", "int"), ("start", "bigint"))


def asked(columns: Columns, *, postgres: bool, after: int = 0) -> str:
    """What is asked for, as the table `r`: from an array for each column, or from one JSON list of lists.

    Its parameters come behind so many others.
    """
    if postgres:
        arrays = ", ".join(f"${number}::{type_}[]" for number, (_, type_) in enumerate(columns, after + 1))
        return f"unnest({arrays}) AS r ({', '.join(name for name, _ in columns)})"
    parts = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, (name, _) in enumerate(columns))
    return f"(SELECT {parts} FROM json_each(?)) AS r"


def asked_values(rows: Sequence[Sequence[Any]], *, postgres: bool) -> list[Any]:
    """The values of a statement with `asked`; there is at least one row."""
    return list(map(list, zip(*rows, strict=True))) if postgres else [orjson.dumps(rows).decode()]


async def buckets_in(keys: Iterable[tuple[str, str, int, int]]) -> Sequence[Mapping[str, Any]]:
    """Key, events and whole part of the stored buckets with these customers, meters, spans and starts."""
    rows = list(keys)
    if not rows:
        return []
    postgres = is_postgres()
    return (await database().query(_STORED[postgres], asked_values(rows, postgres=postgres)))[1]


_STORED: Final = {
    postgres: f"SELECT b.customer_id, b.meter_id, b.span, b.start, b.events, b.whole FROM "
    f"{asked(_KEY, postgres=postgres)} {join} {BUCKETS} b ON b.customer_id = r.customer_id "
    "AND b.meter_id = r.meter_id AND b.span = r.span AND b.start = r.start"
    for postgres, join in JOIN.items()
}
