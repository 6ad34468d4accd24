"""A database as it tells of itself: its tables to compare, and rows of every table to carry through a migration."""

from dataclasses import dataclass, field
from typing import Any

from services.transactions import database, is_postgres

Names = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column; `default` and `type` as the database spells them."""

    type: str
    nullable: bool
    default: str | None


@dataclass
class Table:
    """One table. Unique constraints and unique indexes are one thing here: both keep the same rows out."""

    columns: dict[str, Column] = field(default_factory=dict)
    key: Names = ()
    uniques: set[Names] = field(default_factory=set)
    indexes: set[tuple[str, Names]] = field(default_factory=set)
    foreign_keys: set[tuple[str, str, str, str]] = field(default_factory=set)
    """Column, table referred to, column there, and what happens when that row is deleted."""


Schema = dict[str, Table]

_POSTGRES_COLUMNS = """
SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS "default"
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1, a.attnum
"""
_POSTGRES_INDEXES = """
SELECT t.relname AS "table", c.relname AS name, i.indisprimary AS is_key, i.indisunique AS is_unique,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = 'public'::regnamespace
"""
_POSTGRES_FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS "table", a.attname AS "column", confrelid::regclass::text AS parent,
       b.attname AS parent_column,
       CASE confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END
       AS on_delete
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


async def schema_of_database() -> Schema:
    """Every table of the connected database but the list of migrations."""
    schema = await (_schema_of_postgres() if is_postgres() else _schema_of_sqlite())
    schema.pop("tortoise_migrations", None)
    return schema


async def _rows(sql: str) -> list[Any]:
    return list((await database().query(sql))[1])


async def _schema_of_postgres() -> Schema:
    schema: Schema = {}
    for row in await _rows(_POSTGRES_COLUMNS):
        column = Column(type=row["type"], nullable=row["nullable"], default=row["default"])
        schema.setdefault(row["table"], Table()).columns[row["name"]] = column
    for row in await _rows(_POSTGRES_INDEXES):
        table, columns = schema[row["table"]], tuple(row["columns"])
        if row["is_key"]:
            table.key = columns
        elif row["is_unique"]:
            table.uniques.add(columns)
        else:
            table.indexes.add((row["name"], columns))
    for row in await _rows(_POSTGRES_FOREIGN_KEYS):
        key = (row["column"], row["parent"], row["parent_column"], row["on_delete"])
        schema[row["table"]].foreign_keys.add(key)
    return schema


async def _schema_of_sqlite() -> Schema:
    schema: Schema = {}
    for row in await _rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        table = schema[row["name"]] = Table()
        for column in await _rows(f'PRAGMA table_info("{row["name"]}")'):
            table.columns[column["name"]] = Column(
                type=column["type"], nullable=not column["notnull"], default=column["dflt_value"]
            )
            if column["pk"]:
                table.key += (column["name"],)
        for index in await _rows(f'PRAGMA index_list("{row["name"]}")'):
            columns = tuple(part["name"] for part in await _rows(f'PRAGMA index_info("{index["name"]}")'))
            if index["unique"] and index["origin"] != "pk":
                table.uniques.add(columns)
            elif index["origin"] == "c":
                table.indexes.add((index["name"], columns))
        for key in await _rows(f'PRAGMA foreign_key_list("{row["name"]}")'):
            table.foreign_keys.add((key["from"], key["table"], key["to"], key["on_delete"]))
    return schema


async def fill(schema: Schema) -> None:
    """Insert one row into every table, with a value in every column, parents before children."""
    waiting = dict(schema)
    while waiting:
        ready = [
            name
            for name, table in waiting.items()
            if all(parent == name or parent not in waiting for _, parent, _, _ in table.foreign_keys)
        ]
        assert ready, f"These tables refer to each other in a circle: {', '.join(waiting)}"
        for name in ready:
            await _insert(name, waiting.pop(name))


async def _insert(name: str, table: Table) -> None:
    parents = {column: parent for column, parent, _, _ in table.foreign_keys}
    values = [
        _literal(f"the {parents[column]}" if column in parents else f"the {name}", column, each)
        for column, each in table.columns.items()
    ]
    columns = ", ".join(f'"{column}"' for column in table.columns)
    await database().query(f'INSERT INTO "{name}" ({columns}) VALUES ({", ".join(values)})')


def _literal(text: str, column: str, described: Column) -> str:
    kind = described.type.lower()
    if "json" in kind:
        return """'{"kept": [1, "two"]}'"""
    if "char" in kind or "text" in kind:
        length = int(kind.partition("(")[2].rstrip(")") or 40)
        return f"'{text[:length]}'"
    if "bool" in kind:
        return "true"
    if "blob" in kind:
        return "x'00ff'"
    if "bytea" in kind:
        return r"'\x00ff'"
    assert "int" in kind, f"no sample value for {column} {described.type}"
    return "7"


async def rows_by_table(schema: Schema) -> dict[str, list[dict[str, Any]]]:
    """All rows of these tables."""
    return {name: [dict(row) for row in await _rows(f'SELECT * FROM "{name}"')] for name in schema}
