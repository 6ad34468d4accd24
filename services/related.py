"""Rows that belong to other rows: one statement for any number of parents, tenancy and policy applied.

The text of a statement is constant, whatever the number of keys: they travel as one JSON array on SQLite and as one
array on PostgreSQL. Nothing here begins a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from tortoise.models import Model

from services.pages import Page, PageRequest, cut
from services.rows import hydrate
from services.rows.tables import Table, table_of
from services.scope import Scope
from services.transactions import database

Row: TypeAlias = Any
Conditions: TypeAlias = tuple[tuple[str, Any], ...]
"""Column and value; a tuple of values means any of them."""


@dataclass(frozen=True, slots=True)
class Children:
    """The rows of `model` whose `column` holds the parent's id, in `order` (a column, `-` before it for descending).

    `kind` is the policy kind of the model.
    """

    model: type[Model]
    kind: str
    column: str = "id"
    order: str = "id"


async def rows_by_id(scope: Scope, model: type[Model], kind: str, identifiers: Sequence[str]) -> dict[str, Row]:
    """The rows of these ids that the scope may see, by id; one statement."""
    selection = _Selection(scope, Children(model, kind), identifiers)
    return {row.id: row for row in await selection.rows(f"SELECT {selection.columns} {selection.source}")}


async def rows_of_parents(scope: Scope, children: Children, parents: Sequence[str], limit: int) -> dict[str, list[Row]]:
    """Per parent its first `limit` rows in order; parents without any are absent. One statement.

    A second one follows only where the lists together are longer than allowed, which a domain limit should prevent.
    """
    selection = _Selection(scope, children, parents)
    order = f'"{children.order.lstrip("-")}"' + (" DESC" if children.order.startswith("-") else "")
    most = selection.mark(len(parents) * limit + 1)
    rows = await selection.rows(f"SELECT {selection.columns} {selection.source} ORDER BY {order} LIMIT {most}")
    if len(rows) > len(parents) * limit:
        ranked = _Selection(scope, children, parents)
        rows = await ranked.rows(ranked.ranked(order, limit))
    return _grouped(rows, children.column)


async def pages_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], request: PageRequest, conditions: Conditions = ()
) -> dict[str, Page[Row]]:
    """Per parent the page that is asked for, newest first; one statement for all of them."""
    selection = _Selection(scope, children, parents)
    selection.narrow(conditions)
    if request.after is not None:
        selection.source += f' AND "id" < {selection.mark(request.after)}'
    if request.before is not None:
        selection.source += f' AND "id" > {selection.mark(request.before)}'
    order = '"id"' if request.backwards else '"id" DESC'
    if len(parents) == 1:  # An index in order of ids can then stop early; ranking would read the whole list.
        limit = selection.mark(request.size + 1)
        sql = f"SELECT {selection.columns} {selection.source} ORDER BY {order} LIMIT {limit}"
    else:
        sql = selection.ranked(order, request.size + 1)
    grouped = _grouped(await selection.rows(sql), children.column)
    return {parent: cut(grouped.get(parent, []), request) for parent in parents}


async def counts_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], conditions: Conditions = ()
) -> dict[str, int]:
    """Per parent the number of its rows; parents without any are absent. One statement."""
    selection = _Selection(scope, children, parents)
    selection.narrow(conditions)
    column = f'"{children.column}"'
    sql = f"SELECT {column} AS parent, COUNT(*) AS number {selection.source} GROUP BY {column}"
    _, records = await database().query(sql, selection.values)
    return {record["parent"]: record["number"] for record in records}


class _Selection:
    """The rows of some parents in the making: `FROM … WHERE …` and its values."""

    def __init__(self, scope: Scope, children: Children, parents: Sequence[str]) -> None:
        self.values: list[Any] = []
        self._table: Table[Any] = table_of(children.model)
        self._model = children.model
        self._column = children.column
        self.columns = self._table.select_list
        # Without statistics SQLite may prefer an index over the account's whole table to the one of the parents.
        alone = children.column in self._table.first_in_an_index and not self._table.postgres
        self.source = f"FROM {self._table.name} WHERE {self._among(children.column, parents)}"
        self.narrow(_ownership(scope, children), unary="+" if alone else "")

    def narrow(self, conditions: Conditions, unary: str = "") -> None:
        """Keep only the rows that meet the conditions."""
        for attribute, value in conditions:
            if isinstance(value, tuple):
                self.source += f" AND {self._among(attribute, value)}"
            else:
                self.source += f' AND {unary}"{attribute}" = {self.mark(self._converted(attribute, value))}'

    def mark(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}" if self._table.postgres else f"?{len(self.values)}"

    def ranked(self, order: str, limit: int) -> str:
        """The first `limit` rows of every parent."""
        parent = f'"{self._column}"'
        return (
            f"SELECT {self.columns} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {parent} ORDER BY {order}) "
            f"AS place_within {self.source}) AS ranked WHERE place_within <= {self.mark(limit)} ORDER BY {order}"
        )

    async def rows(self, sql: str) -> list[Row]:
        """The rows that a statement over this selection gives."""
        _, records = await database().query(sql, self.values)
        return hydrate(self._model, records)

    def _among(self, attribute: str, values: Sequence[Any]) -> str:
        converted = [self._converted(attribute, value) for value in values]
        if self._table.postgres:
            return f'"{attribute}" = ANY({self.mark(converted)}::{self._table.columns[attribute].sql_type}[])'
        return f'"{attribute}" IN (SELECT value FROM json_each({self.mark(orjson.dumps(converted).decode())}))'

    def _converted(self, attribute: str, value: Any) -> Any:
        convert = self._table.columns[attribute].to_database
        return value if convert is None else convert(value)


def _ownership(scope: Scope, children: Children) -> Conditions:
    """The tenancy filter: account and mode where the model has them; an account itself is known by its id."""
    fields = children.model._meta.fields_map
    owned: Conditions = (("account_id", scope.account_id), ("livemode", scope.livemode))
    if "account_id" not in fields:
        owned = (("id", scope.account_id),)
    if scope.policy.sees_active_only(children.kind) and "active" in fields:
        return (*owned, ("active", True))
    return owned


def _grouped(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(getattr(row, column), []).append(row)
    return grouped
