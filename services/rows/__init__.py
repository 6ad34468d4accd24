"""Many rows at once: set-based writes and reads by model, with one statement text whatever the number of rows.

SQLite gets `executemany` and `json_each`, PostgreSQL `unnest`, COPY and `= ANY`. Rows are instances of Tortoise
models whose ids are set already. Values are converted as the model's fields say, column by column, but not
validated: that happened in the service.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

import orjson
from tortoise.models import Model

from services.rows.tables import Column, Table, table_of
from services.transactions import database, transaction
from services.transactions.postgres import PostgresSession

__all__ = ["delete_by", "fetch_by", "hydrate", "insert_rows", "select_list", "update_rows"]

MODEL = TypeVar("MODEL", bound=Model)

_LOCKS: Final = {
    (False, False, False, False): "",
    (True, False, False, False): " FOR NO KEY UPDATE",
    (False, True, False, False): " FOR SHARE",
    (False, False, True, False): " FOR KEY SHARE",
    (False, False, False, True): " FOR UPDATE",
}
"""By `lock`, `share`, `keep` and `alone`, of which there is one at most."""

_COPY_FROM: Final = 200
"""Rows from which COPY is quicker than `INSERT … SELECT unnest` on PostgreSQL."""


async def insert_rows(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> int:
    """Insert rows of one model; gives how many were inserted.

    With `ignore_conflicts`, rows that collide with stored ones are left out, without an error. Otherwise a collision
    raises Tortoise's `IntegrityError` and inserts none of them.
    """
    if not rows:
        return 0
    table = table_of(type(rows[0]))
    count = len(rows)
    unnest = table.postgres and count > 1
    sql = table.text(
        ("insert", ignore_conflicts, unnest), lambda: table.insert(ignore_conflicts=ignore_conflicts, unnest=unnest)
    )
    async with transaction() as unit:
        session = unit.session()
        if count == 1:
            inserted = (await session.query(sql, table.getter().row(rows[0])))[0]
        elif not table.postgres:
            inserted = await session.query_many(sql, list(zip(*table.getter().columns(rows), strict=True)))
        elif count < _COPY_FROM or ignore_conflicts:
            inserted = (await session.query(sql, table.getter().columns(rows)))[0]
        else:
            records = zip(*table.getter().columns(rows), strict=True)
            await cast(PostgresSession, session).copy(table.bare_name, table.names, records)
            inserted = count
    for row in rows:
        row.__dict__["_saved_in_db"] = True
    return inserted


async def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> int:
    """Write these fields of rows of one model, by id; gives how many rows were there to change."""
    if not rows:
        return 0
    table = table_of(type(rows[0]))
    columns = [table.columns[name] for name in fields]
    getter = table.getter(*fields, table.key.attribute)
    unnest = table.postgres and len(rows) > 1
    sql = table.text(("update", *fields, unnest), lambda: table.update(columns, unnest=unnest))
    async with transaction() as unit:
        session = unit.session()
        if len(rows) == 1:
            return (await session.query(sql, getter.row(rows[0])))[0]
        if table.postgres:
            return (await session.query(sql, getter.columns(rows)))[0]
        return await session.query_many(sql, list(zip(*getter.columns(rows), strict=True)))


async def fetch_by(
    model: type[MODEL],
    column: str,
    values: Iterable[Any],
    *,
    order: Sequence[str] = (),
    lock: bool = False,
    share: bool = False,
    keep: bool = False,
    alone: bool = False,
    **scope: Any,
) -> list[MODEL]:
    """The rows whose `column` is among `values`, of those that the scope's columns select (`account_id=…`).

    `order` names fields, with a leading minus for descending. With `lock` the rows are held until the unit ends, in
    the order of their ids, so that two groups never wait for each other (PostgreSQL; SQLite has one writer anyway).
    With `share` instead they only stay as they are: others may hold them likewise, and nobody changes them.
    `keep` waits for nobody but those who read them with `alone`, who in turn wait for all others: so somebody who is
    about to change what follows from a row knows everybody who has read it before.
    """
    table = table_of(model)
    locked = _LOCKS[lock, share, keep, alone]
    by = tuple(order) or ((table.key.attribute,) if locked else ())
    locked = locked if table.postgres else ""

    def compose() -> str:
        sql = f"SELECT {table.select_list} FROM {table.name} WHERE {table.condition(column, tuple(scope))}"
        if by:
            sql += " ORDER BY " + ", ".join(_ordering(table, name) for name in by)
        return sql + locked

    sql = table.text(("fetch", column, *scope, by, locked), compose)
    parameters = _parameters(table, column, values, scope)
    return hydrate(model, (await database().query(sql, parameters))[1])


async def delete_by(model: type[Model], column: str, values: Iterable[Any], **scope: Any) -> int:
    """Delete the rows that `fetch_by` would give; gives how many."""
    table = table_of(model)
    sql = table.text(
        ("delete", column, *scope), lambda: f"DELETE FROM {table.name} WHERE {table.condition(column, tuple(scope))}"
    )
    return (await database().query(sql, _parameters(table, column, values, scope)))[0]


def _ordering(table: Table[Any], name: str) -> str:
    column = table.columns[name.removeprefix("-")].name
    return f'"{column}" DESC' if name.startswith("-") else f'"{column}"'


def _parameters(table: Table[Any], column: str, values: Iterable[Any], scope: Mapping[str, Any]) -> list[Any]:
    among = _converted(table.columns[column], dict.fromkeys(values))
    first: Any = among if table.postgres else orjson.dumps(among).decode()
    return [first, *(_converted(table.columns[name], [value])[0] for name, value in scope.items())]


def _converted(column: Column, values: Iterable[Any]) -> list[Any]:
    if column.to_database is None:
        return list(values)
    return [column.to_database(value) for value in values]


def select_list(model: type[Model]) -> str:
    """The columns that `hydrate` reads quickest, quoted, in its order: for SQL that joins or pages."""
    return table_of(model).select_list


def hydrate(model: type[MODEL], records: Sequence[Any]) -> list[MODEL]:
    """Model instances of database records, as if Tortoise had read them.

    Records are rows of either driver, all with the same columns, or dictionaries by column, where a column that is
    absent counts as null. Columns that the model does not have are passed over; quickest are those of `select_list`.
    """
    if not records:
        return []
    table = table_of(model)
    if isinstance(records[0], dict):
        records = [tuple(map(record.get, table.names)) for record in records]
    elif tuple(records[0].keys()) != table.names:
        records = [tuple(record[name] for name in table.names) for record in records]
    make = model.__new__
    blank, attributes = table.blank, table.attributes
    columns: list[Sequence[Any]] = list(zip(*records, strict=True))
    for position, convert in table.to_python:
        columns[position] = [None if value is None else convert(value) for value in columns[position]]
    rows = []
    for values in zip(*columns, strict=True):
        row = make(model)
        fields = row.__dict__
        fields.update(blank)
        fields.update(zip(attributes, values, strict=True))
        rows.append(row)
    return rows
