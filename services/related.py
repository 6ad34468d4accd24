"""Rows that belong to other rows: one statement for any number of parents, tenancy and policy applied.

The text of a statement is constant, whatever the number of keys: they travel as one JSON array on SQLite and as one
array on PostgreSQL. Nothing here begins a transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import orjson
from tortoise.models import Model

from services.pages import Page, PageRequest, cut
from services.rows import hydrate
from services.scope import Scope
from services.transactions import is_postgres

Row: TypeAlias = Any
Conditions: TypeAlias = tuple[tuple[str, Any], ...]
"""Column and value, the value a scalar or a tuple of scalars."""


@dataclass(frozen=True, slots=True)
class Children:
    """The rows of `model` whose `column` holds the parent's id, in `order` (a column, `-` before it for descending)."""

    model: type[Model]
    column: str
    order: str = "id"


async def rows_by_id(scope: Scope, model: type[Model], identifiers: Sequence[str], kind: str) -> dict[str, Row]:
    """The rows of these ids that the scope may see, by id; one statement."""
    values = [_keys(identifiers)]
    where = f"t.id {_among(1)}{_ownership(scope, model, kind, values)}"
    rows = await _fetch(model, f"SELECT {_columns(model)} FROM {_table(model)} t WHERE {where}", values)
    return {row.id: row for row in rows}


async def rows_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], kind: str, limit: int
) -> dict[str, list[Row]]:
    """Per parent its first `limit` rows in order; parents without any are absent. One statement.

    A second one follows only where the lists together are longer than allowed, which a domain limit should prevent.
    """
    model, values = children.model, [_keys(parents)]
    where = f"t.{children.column} {_among(1)}{_ownership(scope, model, kind, values)}"
    order = f"t.{children.order.lstrip('-')}" + (" DESC" if children.order.startswith("-") else "")
    most = len(parents) * limit
    rows = await _fetch(
        model,
        f"SELECT {_columns(model)} FROM {_table(model)} t WHERE {where} ORDER BY {order} LIMIT {most + 1}",
        values,
    )
    if len(rows) > most:
        sql = _ranked(model, children.column, where, order, len(values) + 1)
        rows = await _fetch(model, sql, [*values, limit])
    grouped = _grouped(rows, children.column)
    return {parent: found[:limit] for parent, found in grouped.items()}


async def pages_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], kind: str, request: PageRequest, conditions: Conditions
) -> dict[str, Page[Row]]:
    """Per parent the page that is asked for, newest first; one statement for all of them."""
    model, values = children.model, [_keys(parents)]
    where = f"t.{children.column} {_among(1)}{_ownership(scope, model, kind, values)}"
    where += _conditions(conditions, values)
    if request.after is not None:
        values.append(request.after)
        where += f" AND t.id < {_mark(len(values))}"
    if request.before is not None:
        values.append(request.before)
        where += f" AND t.id > {_mark(len(values))}"
    order = "t.id" if request.backwards else "t.id DESC"
    values.append(request.size + 1)
    if len(parents) == 1:  # An index in order of ids can then stop early; ranking would read the whole list.
        limit = _mark(len(values))
        sql = f"SELECT {_columns(model)} FROM {_table(model)} t WHERE {where} ORDER BY {order} LIMIT {limit}"
    else:
        sql = _ranked(model, children.column, where, order, len(values))
    grouped = _grouped(await _fetch(model, sql, values), children.column)
    return {parent: cut(grouped.get(parent, []), request) for parent in parents}


async def counts_of_parents(
    scope: Scope, children: Children, parents: Sequence[str], kind: str, conditions: Conditions
) -> dict[str, int]:
    """Per parent the number of its rows; parents without any are absent. One statement."""
    model, values = children.model, [_keys(parents)]
    where = f"t.{children.column} {_among(1)}{_ownership(scope, model, kind, values)}"
    where += _conditions(conditions, values)
    column = f"t.{children.column}"
    sql = f"SELECT {column} AS parent, COUNT(*) AS number FROM {_table(model)} t WHERE {where} GROUP BY {column}"
    _, records = await model._meta.db.execute_query(sql, values)
    return {record["parent"]: record["number"] for record in records}


async def _fetch(model: type[Model], sql: str, values: list[Any]) -> list[Row]:
    _, records = await model._meta.db.execute_query(sql, values)
    return hydrate(model, records)


def _grouped(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(getattr(row, column), []).append(row)
    return grouped


def _ranked(model: type[Model], column: str, where: str, order: str, limit: int) -> str:
    """The first rows of every parent, by their rank within it; parameter number `limit` says how many."""
    plain = order.replace("t.", "")
    return (
        f"SELECT {_columns(model)} FROM (SELECT t.*, ROW_NUMBER() OVER (PARTITION BY t.{column} ORDER BY {order}) "
        f"AS place_within FROM {_table(model)} t WHERE {where}) t WHERE place_within <= {_mark(limit)} ORDER BY {plain}"
    )


def _ownership(scope: Scope, model: type[Model], kind: str, values: list[Any]) -> str:
    """The tenancy filter: account and mode where the model has them; an account itself is known by its id."""
    columns = model._meta.fields_map
    owned: Mapping[str, Any]
    if "account_id" in columns:
        owned = {"account_id": scope.account_id, "livemode": scope.livemode}
    else:
        owned = {"id": scope.account_id}
    if scope.policy.sees_active_only(kind) and "active" in columns:
        owned = {**owned, "active": True}
    return _conditions(tuple(owned.items()), values)


def _conditions(conditions: Conditions, values: list[Any]) -> str:
    text = ""
    for column, value in conditions:
        several = isinstance(value, tuple)
        values.append(_keys(value) if several else value)
        text += f" AND t.{column} {_among(len(values))}" if several else f" AND t.{column} = {_mark(len(values))}"
    return text


def _keys(keys: Sequence[Any]) -> Any:
    return list(keys) if is_postgres() else orjson.dumps(list(keys)).decode()


def _among(number: int) -> str:
    return f"= ANY(${number})" if is_postgres() else f"IN (SELECT value FROM json_each(?{number}))"


def _mark(number: int) -> str:
    return f"${number}" if is_postgres() else f"?{number}"


@cache
def _columns(model: type[Model]) -> str:
    return ", ".join(f't."{column}"' for column in model._meta.fields_db_projection.values())


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'
