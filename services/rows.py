"""Many rows at once: set-based writes and reads by model, with one statement text whatever the number of rows.

SQLite gets `executemany` and `json_each`, PostgreSQL `unnest`, COPY and `= ANY`. Rows are instances of Tortoise
models whose ids are set already. Values are converted as the model's fields say, column by column, but not
validated: that happened in the service.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, cast

import orjson
from tortoise.fields.base import Field
from tortoise.models import Model

from services.transactions import database, transaction
from services.transactions.postgres import PostgresSession

MODEL = TypeVar("MODEL", bound=Model)
Converter = Callable[[Any], Any]

_COPY_FROM: Final = 200
"""Rows from which COPY is quicker than `INSERT … SELECT unnest` on PostgreSQL."""


@dataclass(frozen=True)
class _Column:
    """One column of a table: its names, its PostgreSQL type, and what converts a value that is not null."""

    name: str
    attribute: str
    sql_type: str
    to_database: Converter | None
    to_python: Converter | None


class _Table(Generic[MODEL]):
    """What is known of a model on one database: columns, converters and the texts of its statements."""

    def __init__(self, model: type[MODEL], *, postgres: bool) -> None:
        meta = model._meta
        self.model = model
        self.postgres = postgres
        self.name = f'"{meta.db_table}"'
        self.bare_name = meta.db_table
        self.columns = {
            attribute: _column(meta.fields_map[attribute], attribute, name, postgres=postgres)
            for attribute, name in meta.fields_db_projection.items()
        }
        self.key = self.columns[meta.pk_attr]
        self.all = tuple(self.columns.values())
        self.attributes = tuple(self.columns)
        self.select_list = ", ".join(f'"{column.name}"' for column in self.all)
        self.to_python = tuple((c.attribute, c.to_python) for c in self.all if c.to_python is not None)
        self.texts: dict[object, str] = {}
        self.first_in_an_index = _first_in_an_index(model)

    def text(self, key: object, compose: Callable[[], str]) -> str:
        """A statement, composed when first needed."""
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = compose()
        return text

    @cached_property
    def blank(self) -> dict[str, Any]:
        """What Tortoise sets on an instance that it read from the database."""
        generated = self.key.name in self.model._meta.generated_db_fields
        return {
            "_partial": False,
            "_saved_in_db": True,
            "_custom_generated_pk": not generated,
            "_await_when_save": {},
        }

    def insert(self, *, ignore_conflicts: bool, unnest: bool) -> str:
        """`INSERT` of all columns, from one row of parameters or from one array per column."""
        if unnest:
            arrays = ", ".join(f"${n}::{column.sql_type}[]" for n, column in enumerate(self.all, 1))
            source = f"SELECT * FROM unnest({arrays})"
        elif self.postgres:
            source = f"VALUES ({', '.join(f'${n}' for n in range(1, len(self.all) + 1))})"
        else:
            source = f"VALUES ({', '.join('?' * len(self.all))})"
        conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        return f"INSERT INTO {self.name} ({self.select_list}) {source}{conflict}"

    def update(self, columns: Sequence[_Column], *, unnest: bool) -> str:
        """`UPDATE` of some columns by key; the key is the last parameter."""
        if unnest:
            named = [*columns, self.key]
            arrays = ", ".join(f"${n}::{column.sql_type}[]" for n, column in enumerate(named, 1))
            names = ", ".join(f'"{column.name}"' for column in named)
            changes = ", ".join(f'"{column.name}" = new."{column.name}"' for column in columns)
            return (
                f"UPDATE {self.name} AS old SET {changes} FROM unnest({arrays}) AS new ({names}) "
                f'WHERE old."{self.key.name}" = new."{self.key.name}"'
            )
        marks = [f"${n}" for n in range(1, len(columns) + 2)] if self.postgres else ["?"] * (len(columns) + 1)
        changes = ", ".join(f'"{column.name}" = {mark}' for column, mark in zip(columns, marks, strict=False))
        return f'UPDATE {self.name} SET {changes} WHERE "{self.key.name}" = {marks[-1]}'

    def condition(self, attribute: str, scope: Sequence[str]) -> str:
        """`WHERE` one column is among the values of the first parameter and the scope's columns equal the others."""
        column = self.columns[attribute]
        if self.postgres:
            among = f'"{column.name}" = ANY($1::{column.sql_type}[])'
            equal = [f'"{self.columns[name].name}" = ${n}' for n, name in enumerate(scope, 2)]
        else:
            among = f'"{column.name}" IN (SELECT value FROM json_each(?))'
            # Without statistics SQLite may prefer an index over the account's whole table to the selective one; the
            # unary plus keeps the scope's columns out of its choice where the column has an index to itself.
            plus = "+" if attribute in self.first_in_an_index else ""
            equal = [f'{plus}"{self.columns[name].name}" = ?' for name in scope]
        return " AND ".join([among, *equal])


_tables: dict[tuple[type[Model], bool], _Table[Any]] = {}


def _table(model: type[MODEL]) -> _Table[MODEL]:
    postgres = database().dialect == "postgres"
    table = _tables.get((model, postgres))
    if table is None:
        table = _tables[model, postgres] = _Table(model, postgres=postgres)
    return cast(_Table[MODEL], table)


def _column(field: Field[Any], attribute: str, name: str, *, postgres: bool) -> _Column:
    cls = type(field)
    to_database: Converter | None = None
    if cls.to_db_value is not Field.to_db_value:
        to_database = _converter_to_database(field)
    elif field.field_type is bool and not postgres:
        to_database = int
    to_python: Converter | None = None
    if cls.to_python_value is not Field.to_python_value and not field.skip_to_python_if_native:
        to_python = field.to_python_value
    elif field.field_type is bool and not postgres:
        to_python = bool
    sql_type = str(field.get_for_dialect("postgres", "SQL_TYPE"))
    return _Column(name=name, attribute=attribute, sql_type=sql_type, to_database=to_database, to_python=to_python)


def _converter_to_database(field: Field[Any]) -> Converter:
    convert = field.to_db_value
    return lambda value: convert(value, None)  # type: ignore[arg-type]


def _first_in_an_index(model: type[Model]) -> frozenset[str]:
    meta = model._meta
    alone = {name for name, field in meta.fields_map.items() if field.pk or field.index or field.unique}
    composed = {next(iter(fields)) for fields in (*meta.unique_together, *_index_fields(meta.indexes))}
    # An index on a relation is one on its column.
    return frozenset(name for each in alone | composed for name in (each, f"{each}_id"))


def _index_fields(indexes: Iterable[Any]) -> list[tuple[str, ...]]:
    return [tuple(getattr(index, "fields", index)) for index in indexes]


def _columns_of(rows: Sequence[Model], columns: Sequence[_Column]) -> list[Sequence[Any]]:
    """The values of the rows, one sequence per column, as the database takes them."""
    attributes = [column.attribute for column in columns]
    if len(attributes) == 1:
        values: list[Sequence[Any]] = [[getattr(row, attributes[0]) for row in rows]]
    else:
        values = list(zip(*map(attrgetter(*attributes), rows), strict=True))
    for position, column in enumerate(columns):
        convert = column.to_database
        if convert is not None:
            values[position] = [None if value is None else convert(value) for value in values[position]]
    return values


async def insert_rows(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> int:
    """Insert rows of one model; gives how many were inserted.

    With `ignore_conflicts`, rows that collide with stored ones are left out, without an error. Otherwise a collision
    raises Tortoise's `IntegrityError` and inserts none of them.
    """
    if not rows:
        return 0
    table = _table(type(rows[0]))
    values = _columns_of(rows, table.all)
    count = len(rows)
    unnest = table.postgres and count > 1
    sql = table.text(
        ("insert", ignore_conflicts, unnest), lambda: table.insert(ignore_conflicts=ignore_conflicts, unnest=unnest)
    )
    async with transaction() as unit:
        session = unit.session()
        if count == 1:
            inserted = (await session.query(sql, [value[0] for value in values]))[0]
        elif not table.postgres:
            inserted = await session.query_many(sql, list(zip(*values, strict=True)))
        elif count < _COPY_FROM or ignore_conflicts:
            inserted = (await session.query(sql, values))[0]
        else:
            names = [column.name for column in table.all]
            await cast(PostgresSession, session).copy(table.bare_name, names, zip(*values, strict=True))
            inserted = count
    for row in rows:
        row.__dict__["_saved_in_db"] = True
    return inserted


async def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> int:
    """Write these fields of rows of one model, by id; gives how many rows were there to change."""
    if not rows:
        return 0
    table = _table(type(rows[0]))
    columns = [table.columns[name] for name in fields]
    values = _columns_of(rows, [*columns, table.key])
    unnest = table.postgres and len(rows) > 1
    sql = table.text(("update", *fields, unnest), lambda: table.update(columns, unnest=unnest))
    async with transaction() as unit:
        session = unit.session()
        if len(rows) == 1:
            return (await session.query(sql, [value[0] for value in values]))[0]
        if table.postgres:
            return (await session.query(sql, values))[0]
        return await session.query_many(sql, list(zip(*values, strict=True)))


async def fetch_by(
    model: type[MODEL],
    column: str,
    values: Iterable[Any],
    *,
    order: Sequence[str] = (),
    lock: bool = False,
    **scope: Any,
) -> list[MODEL]:
    """The rows whose `column` is among `values`, of those that the scope's columns select (`account_id=…`).

    `order` names fields, with a leading minus for descending. With `lock` the rows are held until the unit ends, in
    the order of their ids, so that two groups never wait for each other (PostgreSQL; SQLite has one writer anyway).
    """
    table = _table(model)
    by = tuple(order) or ((table.key.attribute,) if lock else ())
    locked = lock and table.postgres

    def compose() -> str:
        sql = f"SELECT {table.select_list} FROM {table.name} WHERE {table.condition(column, tuple(scope))}"
        if by:
            sql += " ORDER BY " + ", ".join(_ordering(table, name) for name in by)
        return sql + (" FOR NO KEY UPDATE" if locked else "")

    sql = table.text(("fetch", column, *scope, by, locked), compose)
    parameters = _parameters(table, column, values, scope)
    return hydrate(model, (await database().query(sql, parameters))[1])


async def delete_by(model: type[Model], column: str, values: Iterable[Any], **scope: Any) -> int:
    """Delete the rows that `fetch_by` would give; gives how many."""
    table = _table(model)
    sql = table.text(
        ("delete", column, *scope), lambda: f"DELETE FROM {table.name} WHERE {table.condition(column, tuple(scope))}"
    )
    return (await database().query(sql, _parameters(table, column, values, scope)))[0]


def _ordering(table: _Table[Any], name: str) -> str:
    column = table.columns[name.removeprefix("-")].name
    return f'"{column}" DESC' if name.startswith("-") else f'"{column}"'


def _parameters(table: _Table[Any], column: str, values: Iterable[Any], scope: Mapping[str, Any]) -> list[Any]:
    among = _converted(table.columns[column], dict.fromkeys(values))
    first: Any = among if table.postgres else orjson.dumps(among).decode()
    return [first, *(_converted(table.columns[name], [value])[0] for name, value in scope.items())]


def _converted(column: _Column, values: Iterable[Any]) -> list[Any]:
    if column.to_database is None:
        return list(values)
    return [column.to_database(value) for value in values]


def select_list(model: type[Model]) -> str:
    """The columns that `hydrate` reads quickest, quoted, in its order: for SQL that joins or pages."""
    return _table(model).select_list


def hydrate(model: type[MODEL], records: Sequence[Any]) -> list[MODEL]:
    """Model instances of database records, as if Tortoise had read them.

    Records are rows of either driver or dictionaries by column, all with the same columns in the same order. Columns
    that the model does not have are passed over; quickest are those of `select_list`.
    """
    if not records:
        return []
    table = _table(model)
    found = tuple(records[0].keys())
    if found != tuple(column.name for column in table.all):
        records = [tuple(record[column.name] for column in table.all) for record in records]
    elif isinstance(records[0], dict):
        records = [tuple(record.values()) for record in records]
    make = model.__new__
    blank, attributes, to_python = table.blank, table.attributes, table.to_python
    rows = []
    for record in records:
        row = make(model)
        fields = row.__dict__
        fields.update(blank)
        fields.update(zip(attributes, record, strict=True))
        for attribute, convert in to_python:
            value = fields[attribute]
            if value is not None:
                fields[attribute] = convert(value)
        rows.append(row)
    return rows
