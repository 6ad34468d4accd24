"""What is known of a model's table on each database: columns, converters, and the texts of its statements."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

import orjson
from tortoise.fields import JSONField
from tortoise.fields.base import Field
from tortoise.models import Model

from models.base import InstantField
from services.transactions import database

_EMPTY_JSON: dict[type, str] = {dict: "{}", list: "[]"}

MODEL = TypeVar("MODEL", bound=Model)
Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column of a table: its names, its PostgreSQL type, and what converts a value that is not null."""

    name: str
    attribute: str
    sql_type: str
    to_database: Converter | None
    to_python: Converter | None


class Table(Generic[MODEL]):
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
        self.names = tuple(column.name for column in self.all)
        self.select_list = ", ".join(f'"{column.name}"' for column in self.all)
        self.to_python = _positions([column.to_python for column in self.all])
        self._getters: dict[tuple[str, ...], Getter] = {}
        self._texts: dict[object, str] = {}
        self.first_in_an_index = _first_in_an_index(model)

    def text(self, key: object, compose: Callable[[], str]) -> str:
        """A statement, composed when first needed."""
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = compose()
        return text

    def getter(self, *attributes: str) -> "Getter":
        """What reads these columns of rows, or all of them."""
        getter = self._getters.get(attributes)
        if getter is None:
            columns = [self.columns[attribute] for attribute in attributes or self.attributes]
            getter = self._getters[attributes] = Getter(columns)
        return getter

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

    def update(self, columns: Sequence[Column], *, unnest: bool) -> str:
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


_tables: dict[tuple[type[Model], bool], Table[Any]] = {}


def table_of(model: type[MODEL]) -> Table[MODEL]:
    """The table of a model on the connected database."""
    postgres = database().dialect == "postgres"
    table = _tables.get((model, postgres))
    if table is None:
        table = _tables[model, postgres] = Table(model, postgres=postgres)
    return cast(Table[MODEL], table)


def _column(field: Field[Any], attribute: str, name: str, *, postgres: bool) -> Column:
    sql_type = str(field.get_for_dialect("postgres", "SQL_TYPE"))
    to_database, to_python = _converters(field, postgres=postgres)
    return Column(name=name, attribute=attribute, sql_type=sql_type, to_database=to_database, to_python=to_python)


def _converters(field: Field[Any], *, postgres: bool) -> tuple[Converter | None, Converter | None]:
    """To the database and back, none where the drivers take and give what the model holds."""
    if isinstance(field, InstantField):
        return _seconds, _instant
    if isinstance(field, JSONField):
        return _to_json, _from_json
    if field.field_type is bool and not postgres:
        return int, bool
    cls = type(field)
    convert = field.to_db_value
    to_database = None if cls.to_db_value is Field.to_db_value else lambda value: convert(value, None)  # type: ignore[arg-type]
    native = cls.to_python_value is Field.to_python_value or field.skip_to_python_if_native
    return to_database, None if native else field.to_python_value


def _seconds(value: datetime) -> int:
    return int(value.timestamp())


@lru_cache(maxsize=8192)
def _instant(value: int | datetime) -> datetime:
    # Rows read together share most of their moments: those of their period, their invoice, their creation.
    return value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)


def _to_json(value: Any) -> str:
    if not value and type(value) in _EMPTY_JSON:  # most metadata is empty
        return _EMPTY_JSON[type(value)]
    return orjson.dumps(value).decode()


def _from_json(value: Any) -> Any:
    # Records that were dictionaries may hold what the text stands for.
    if value == "[]":  # most columns that hold lists are empty
        return []
    if value == "{}":
        return {}
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


def _positions(converters: Sequence[Converter | None]) -> tuple[tuple[int, Converter], ...]:
    return tuple((position, convert) for position, convert in enumerate(converters) if convert is not None)


def _first_in_an_index(model: type[Model]) -> frozenset[str]:
    meta = model._meta
    alone = {name for name, field in meta.fields_map.items() if field.pk or field.index or field.unique}
    composed = {next(iter(fields)) for fields in (*meta.unique_together, *_index_fields(meta.indexes))}
    # An index on a relation is one on its column.
    return frozenset(name for each in alone | composed for name in (each, f"{each}_id"))


def _index_fields(indexes: Iterable[Any]) -> list[tuple[str, ...]]:
    return [tuple(getattr(index, "fields", index)) for index in indexes]


class Getter:
    """Reads some columns of rows as the database takes them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._attributes = [column.attribute for column in columns]
        self._get = attrgetter(*self._attributes)
        self._to_database = _positions([column.to_database for column in columns])

    def row(self, row: Model) -> list[Any]:
        """The values of one row."""
        values = [self._get(row)] if len(self._attributes) == 1 else list(self._get(row))
        for position, convert in self._to_database:
            if values[position] is not None:
                values[position] = convert(values[position])
        return values

    def columns(self, rows: Sequence[Model]) -> list[Sequence[Any]]:
        """The values of many rows, one sequence for each column."""
        values: list[Sequence[Any]]
        if len(self._attributes) == 1:
            values = [[self._get(row) for row in rows]]
        else:
            values = list(zip(*map(self._get, rows), strict=True))
        for position, convert in self._to_database:
            values[position] = [None if value is None else convert(value) for value in values[position]]
        return values
