"""Table rebuilds on SQLite that keep their indexes and unique constraints.

SQLite alters little in place, so Tortoise copies the table under a new name and renames it. The copy has the columns,
but neither the indexes nor the constraints over several columns; and a constraint that belongs to a table cannot be
dropped alone. See docs/decisions/0003-migrations.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.fields.base import Field
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.schema_editor import SqliteSchemaEditor
from tortoise.models import Model


@dataclass(frozen=True, slots=True)
class _StoredIndex:
    """An index as SQLite tells of it; one that backs a constraint of the table has no name of its own."""

    name: str | None
    unique: bool
    columns: tuple[str, ...]


class RebuildingEditor(SqliteSchemaEditor):
    """Tortoise's editor for SQLite, minus the losses."""

    async def _remake_table(
        self,
        model: type[Model],
        create_field: Field[Any] | None = None,
        delete_field: Field[Any] | None = None,
        alter_fields: Sequence[tuple[Field[Any], Field[Any]]] | None = None,
        without: tuple[str, ...] | None = None,
    ) -> None:
        """Rebuild the table; `without` names the columns of a unique constraint that is to go."""
        table = model._meta.db_table
        renamed = {_column(old): _column(new) for old, new in alter_fields or ()}
        stored = await self._stored_indexes(table)
        await super()._remake_table(model, create_field, delete_field, list(alter_fields or ()))
        _, columns = await self.client.execute_query(f'PRAGMA table_info("{table}")')
        present = {column["name"] for column in columns}
        rebuilt = {(index.unique, index.columns) for index in await self._stored_indexes(table)}
        for index in stored:
            now = tuple(renamed.get(column, column) for column in index.columns)
            single_unique = index.name is None and len(now) == 1  # `UNIQUE` of one column is part of the column
            if now == without or single_unique or not present.issuperset(now) or (index.unique, now) in rebuilt:
                continue
            name = index.name or self._get_unique_constraint_name(model, list(now))
            unique = "UNIQUE " if index.unique else ""
            quoted = ", ".join(self.quote(column) for column in now)
            await self._run_sql(f'CREATE {unique}INDEX "{name}" ON "{table}" ({quoted})')

    async def remove_constraint(self, model: type[Model], constraint: UniqueConstraint | CheckConstraint) -> None:
        """Remove a constraint; one that belongs to the table itself goes by a rebuild."""
        if isinstance(constraint, CheckConstraint):
            await super().remove_constraint(model, constraint)
            return
        columns = tuple(self._resolve_fields_to_columns(model, constraint.fields))
        for index in await self._stored_indexes(model._meta.db_table):
            if index.unique and index.columns == columns:
                if index.name is None:
                    await self._remake_table(model, without=columns)
                else:
                    await self.remove_index(model, Index(fields=columns, name=index.name))
                return
        raise ValueError(f"{model._meta.db_table} has no unique constraint over {', '.join(columns)}.")

    async def _stored_indexes(self, table: str) -> list[_StoredIndex]:
        _, listed = await self.client.execute_query(f'PRAGMA index_list("{table}")')
        stored = []
        for index in listed:
            if index["origin"] == "pk":
                continue
            _, columns = await self.client.execute_query(f'PRAGMA index_info("{index["name"]}")')
            stored.append(
                _StoredIndex(
                    name=index["name"] if index["origin"] == "c" else None,
                    unique=bool(index["unique"]),
                    columns=tuple(column["name"] for column in columns),
                )
            )
        return stored


def _column(field: Field[Any]) -> str:
    return field.source_field or field.model_field_name
