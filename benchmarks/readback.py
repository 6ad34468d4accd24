"""What a database gained between two moments, and the plainest way to write it once more.

A subject's work is read back as rows: those inserted, changed and deleted, table by table. A floor then brings an
identical copy of the earlier database to the same state by bare statements of the driver, in a given number of groups
with one transaction each, without any code of the house.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

import models

Record = tuple[Any, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """A table at one moment: its columns, and its rows by primary key."""

    name: str
    columns: Sequence[str]
    rows: Mapping[Any, Record]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one table. Rows to update hold the changed columns, then the key."""

    table: str
    columns: Sequence[str]
    inserted: Sequence[Record]
    changed_columns: Sequence[str]
    updated: Sequence[Record]
    deleted: Sequence[Any]

    def part(self, number: int, of: int) -> "Change":
        """The share of one group among so many. What is fewer than groups, such as a counter, goes into every group."""

        def share(rows: Sequence[T]) -> Sequence[T]:
            if len(rows) < of:
                return rows
            return rows[number * len(rows) // of : (number + 1) * len(rows) // of]

        return Change(
            self.table, self.columns, share(self.inserted), self.changed_columns, share(self.updated),
            share(self.deleted),
        )  # fmt: skip


def tables() -> list[str]:
    """The tables of the house, those that are referred to before those that refer."""
    known = {f"models.{name}": getattr(models, name) for name in models.__all__}
    ordered: list[str] = []

    def visit(name: str) -> None:
        meta = known[name]._meta
        for field in meta.fk_fields:
            visit(meta.fields_map[field].model_name)
        if meta.db_table not in ordered:
            ordered.append(meta.db_table)

    for name in known:
        visit(name)
    return ordered


def sqlite_image(path: Path) -> dict[str, Table]:
    """Everything that an SQLite file holds now."""
    with sqlite3.connect(path) as connection:
        image = {}
        for name in tables():
            cursor = connection.execute(f'SELECT * FROM "{name}" ORDER BY id')
            image[name] = _table(name, [each[0] for each in cursor.description], cursor.fetchall())
    connection.close()
    return image


async def postgres_image(url: str) -> dict[str, Table]:
    """Everything that a PostgreSQL database holds now."""
    connection = await asyncpg.connect(url)
    try:
        image = {}
        for name in tables():
            columns = [each["column_name"] for each in await connection.fetch(_COLUMNS, name)]
            records = await connection.fetch(f'SELECT {_list(columns)} FROM "{name}" ORDER BY id COLLATE "C"')
            image[name] = _table(name, columns, [tuple(each) for each in records])
    finally:
        await connection.close()
    return image


_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 "
    "ORDER BY ordinal_position"
)


def _table(name: str, columns: Sequence[str], rows: Sequence[Record]) -> Table:
    key = columns.index("id")
    return Table(name, columns, {row[key]: row for row in rows})


def changes(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[Change]:
    """What happened between two images, for each table that anything happened to."""
    found = [_change(before[name], after[name]) for name in before]
    return [each for each in found if each.inserted or each.updated or each.deleted]


def _change(before: Table, after: Table) -> Change:
    inserted = [row for key, row in after.rows.items() if key not in before.rows]
    deleted = [key for key in before.rows if key not in after.rows]
    pairs = [(old, new) for key, new in after.rows.items() if (old := before.rows.get(key)) is not None and old != new]
    at = [
        position for position in range(len(after.columns)) if any(old[position] != new[position] for old, new in pairs)
    ]
    key = after.columns.index("id")
    updated = [(*(new[position] for position in at), new[key]) for _, new in pairs]
    return Change(after.name, after.columns, inserted, [after.columns[position] for position in at], updated, deleted)


def told(changed: Sequence[Change], operations: int) -> str:
    """How many rows one operation wrote, as the table shows it."""
    inserted = sum(len(each.inserted) for each in changed)
    updated = sum(len(each.updated) for each in changed)
    deleted = sum(len(each.deleted) for each in changed)
    size = sum(len(str(value)) for each in changed for row in each.inserted for value in row)
    return (
        f"each writes {inserted / operations:g} rows ({size / operations / 1_000:.1f} kB), "
        f"changes {updated / operations:g}, removes {deleted / operations:g}"
    )


class SqliteFloor:
    """Plain `sqlite3` with the durability of the house: WAL, `synchronous = FULL`, foreign keys checked."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=1024)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536"):
            self._connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def write(self, groups: Sequence[Sequence[Change]]) -> None:
        """Write every group in one transaction."""
        for group in groups:
            self._connection.execute("BEGIN IMMEDIATE")
            for change in group:
                self._write(change)
            self._connection.execute("COMMIT")

    def _write(self, change: Change) -> None:
        many = self._connection.executemany
        if change.deleted:
            many(f'DELETE FROM "{change.table}" WHERE id = ?', [(key,) for key in change.deleted])
        if change.inserted:
            marks = ", ".join("?" * len(change.columns))
            many(f'INSERT INTO "{change.table}" ({_list(change.columns)}) VALUES ({marks})', change.inserted)
        if change.updated:
            assigned = ", ".join(f'"{name}" = ?' for name in change.changed_columns)
            many(f'UPDATE "{change.table}" SET {assigned} WHERE id = ?', change.updated)


class PostgresFloor:
    """Plain asyncpg: COPY for new rows, `UPDATE … FROM unnest` for changed ones."""

    def __init__(self, connection: Any, types: Mapping[tuple[str, str], str]) -> None:
        self._connection = connection
        self._types = types

    @classmethod
    async def connected(cls, url: str) -> "PostgresFloor":
        """The floor with a connection of its own."""
        connection = await asyncpg.connect(url)
        types = {(each["table_name"], each["column_name"]): each["udt_name"] for each in await connection.fetch(_TYPES)}
        return cls(connection, types)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def write(self, groups: Sequence[Sequence[Change]]) -> None:
        """Write every group in one transaction."""
        for group in groups:
            async with self._connection.transaction():
                for change in group:
                    await self._write(change)

    async def _write(self, change: Change) -> None:
        if change.deleted:
            await self._connection.execute(f'DELETE FROM "{change.table}" WHERE id = ANY($1)', list(change.deleted))
        if change.inserted:
            await self._connection.copy_records_to_table(
                change.table, records=change.inserted, columns=list(change.columns)
            )
        if change.updated:
            names = [*change.changed_columns, "id"]
            arrays = ", ".join(
                f"${number}::{self._types[change.table, name]}[]" for number, name in enumerate(names, 1)
            )
            assigned = ", ".join(f'"{name}" = new."{name}"' for name in change.changed_columns)
            await self._connection.execute(
                f'UPDATE "{change.table}" AS old SET {assigned} FROM unnest({arrays}) AS new ({_list(names)}) '
                f"WHERE old.id = new.id",
                *map(list, zip(*change.updated, strict=True)),
            )


_TYPES = "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"


def groups_of(changed: Sequence[Change], count: int) -> list[list[Change]]:
    """The changes in so many equal groups."""
    return [[each.part(number, count) for each in changed] for number in range(count)]


def matching(check: Callable[[], Mapping[str, Table]], expected: Mapping[str, Table]) -> None:
    """Raise when the floor did not arrive at the same rows."""
    differing = [each.table for each in changes(expected, check())]
    if differing:
        raise RuntimeError(f"The floor did not write the same rows into {', '.join(differing)}.")


def _list(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
