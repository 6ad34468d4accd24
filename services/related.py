"""Rows that belong to other rows: one statement for any number of parents, tenancy and policy applied.

The text of a statement is constant, whatever the number of keys: they travel as one JSON array on SQLite and as one
array on PostgreSQL. Nothing here begins a transaction. `wanted` names the columns that are needed, None all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from tortoise.models import Model

from services.blocks import Block, block_of, selected
from services.pages import Page, PageRequest, archived_with, cut
from services.rows.tables import Table, table_of
from services.scope import Scope
from services.transactions import database

Wanted: TypeAlias = Sequence[str] | None
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


async def block_by_id(scope: Scope, children: Children, identifiers: Sequence[str], wanted: Wanted = None) -> Block:
    """The rows of these ids that the scope may see, in no order; one statement. `id` must be wanted."""
    return await _Selection(scope, children, identifiers, wanted).block("")


async def block_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], limit: int, wanted: Wanted = None
) -> tuple[Block, dict[str, list[int]]]:
    """Of every parent its first `limit` rows in order, and the places of each parent's rows. One statement.

    A second one follows only where the lists together are longer than allowed, which a domain limit should prevent.
    The children's column must be wanted.
    """
    selection = _Selection(scope, children, parents, wanted)
    order = f'"{children.order.lstrip("-")}"' + (" DESC" if children.order.startswith("-") else "")
    most = selection.mark(len(parents) * limit + 1)
    block = await selection.block(f" ORDER BY {order} LIMIT {most}")
    if len(block) > len(parents) * limit:
        block = await _Selection(scope, children, parents, wanted).ranked(order, limit)
    return block, _places(block.column(children.column))


async def pages_of_parents(
    scope: Scope,
    children: Children,
    parents: Sequence[str],
    request: PageRequest,
    conditions: Conditions = (),
    wanted: Wanted = None,
) -> tuple[Block, dict[str, Page[int]]]:
    """The rows of every parent's page, newest first, and each page as places of its rows; one statement for all."""
    selection = _Selection(scope, children, parents, wanted)
    selection.narrow(conditions)
    if request.after is not None:
        selection.source += f' AND "id" < {selection.mark(request.after)}'
    if request.before is not None:
        selection.source += f' AND "id" > {selection.mark(request.before)}'
    order = '"id"' if request.backwards else '"id" DESC'
    if len(parents) == 1:  # An index in order of ids can then stop early; ranking would read the whole list.
        block = await selection.block(f" ORDER BY {order} LIMIT {selection.mark(request.size + 1)}")
    else:
        block = await selection.ranked(order, request.size + 1)
    places = _places(block.column(children.column))
    return block, {parent: cut(places.get(parent, ()), request) for parent in parents}


async def counts_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], conditions: Conditions = ()
) -> dict[str, int]:
    """Per parent the number of its rows; parents without any are absent. One statement."""
    selection = _Selection(scope, children, parents, None)
    selection.narrow(conditions)
    column = f'"{children.column}"'
    sql = f"SELECT {column} AS parent, COUNT(*) AS number {selection.source} GROUP BY {column}"
    _, records = await database().query(sql, selection.values)
    return {record["parent"]: record["number"] for record in records}


class _Selection:
    """The rows of some parents in the making: `FROM … WHERE …` and its values."""

    def __init__(self, scope: Scope, children: Children, parents: Sequence[str], wanted: Wanted) -> None:
        self.values: list[Any] = []
        self._table: Table[Any] = table_of(children.model)
        self._column = children.column
        self._wanted = wanted
        self._select = selected(self._table, wanted)
        # Without statistics SQLite may prefer an index over the account's whole table to the one of the parents.
        alone = children.column in self._table.first_in_an_index and not self._table.postgres
        self.source = f"FROM {self._table.name} WHERE {self._among(children.column, parents)}"
        unary = "+" if alone else ""
        if "platform_id" in self._table.columns:
            self.source += f" AND {self._shared(scope, unary)}"
        self.narrow(_ownership(scope, children), unary=unary)
        if scope.policy.sees_active_only(children.kind):
            for column, owner in archived_with(children.model).items():
                self.source += f' AND "{column}" IN (SELECT "id" FROM {table_of(owner).name} WHERE "active")'

    def narrow(self, conditions: Conditions, unary: str = "") -> None:
        """Keep only the rows that meet the conditions."""
        for attribute, value in conditions:
            if isinstance(value, tuple):
                self.source += f" AND {self._among(attribute, value)}"
            else:
                self.source += f' AND {unary}"{attribute}" = {self.mark(self._converted(attribute, value))}'

    def _shared(self, scope: Scope, unary: str) -> str:
        """What a platform sees beside its own: the accounts connected to it, and what stands behind them."""
        own = "account_id" if "account_id" in self._table.columns else "id"
        mine, over = self.mark(scope.account_id), self.mark(scope.account_id)
        mode = self._converted("livemode", scope.livemode)
        others = f'{unary}"platform_id" = {over} AND "livemode" = {self.mark(mode)}'
        return f'({unary}"{own}" = {mine} OR {others})'

    def mark(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}" if self._table.postgres else f"?{len(self.values)}"

    async def block(self, tail: str) -> Block:
        """The rows, with what follows the conditions."""
        return await block_of(self._table, self._wanted, f"SELECT {self._select} {self.source}{tail}", self.values)

    async def ranked(self, order: str, limit: int) -> Block:
        """The first `limit` rows of every parent."""
        place = f'ROW_NUMBER() OVER (PARTITION BY "{self._column}" ORDER BY {order}) AS place_within'
        sql = (
            f"SELECT {self._select} FROM (SELECT *, {place} {self.source}) AS ranked "
            f"WHERE place_within <= {self.mark(limit)} ORDER BY {order}"
        )
        return await block_of(self._table, self._wanted, sql, self.values)

    def _among(self, attribute: str, values: Sequence[Any]) -> str:
        converted = [self._converted(attribute, value) for value in values]
        if self._table.postgres:
            return f'"{attribute}" = ANY({self.mark(converted)}::{self._table.columns[attribute].sql_type}[])'
        return f'"{attribute}" IN (SELECT value FROM json_each({self.mark(orjson.dumps(converted).decode())}))'

    def _converted(self, attribute: str, value: Any) -> Any:
        convert = self._table.columns[attribute].to_database
        return value if convert is None else convert(value)


def _ownership(scope: Scope, children: Children) -> Conditions:
    """The tenancy filter: account and mode where the model has them. What platforms see too is filtered beside it.

    With it goes what the key's policy hides: what is archived, and events of objects that may not be read.
    """
    fields = children.model._meta.fields_map
    owned: Conditions = (("account_id", scope.account_id), ("livemode", scope.livemode))
    if "platform_id" in fields:
        owned = () if "account_id" not in fields else (("livemode", scope.livemode),)
    objects = scope.policy.objects_told_of() if "object_type" in fields else None
    if objects is not None:
        return (*owned, ("object_type", objects))
    if scope.policy.sees_active_only(children.kind) and "active" in fields:
        return (*owned, ("active", True))
    return owned


def _places(parents: Sequence[str]) -> dict[str, list[int]]:
    """Per parent the places of its rows."""
    places: dict[str, list[int]] = {}
    for place, parent in enumerate(parents):
        places.setdefault(parent, []).append(place)
    return places
