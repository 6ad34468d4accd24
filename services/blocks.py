"""Rows read together, as columns or as whole rows.

A reader that needs three columns of five hundred rows is served best by three lists: making five hundred objects costs
more than reading them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from services.rows import hydrate
from services.rows.tables import Table
from services.transactions import database


class Block(Protocol):
    """Some rows of one model in order."""

    def __len__(self) -> int:
        """How many rows there are."""
        ...

    def column(self, name: str) -> Sequence[Any]:
        """One attribute of every row."""
        ...

    def take(self, places: Sequence[int]) -> "Block":
        """The rows at these places."""
        ...


class Columns:
    """Rows of which only some columns were read."""

    __slots__ = ("_columns", "_count")

    def __init__(self, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        self._columns = columns
        self._count = count

    def __len__(self) -> int:
        return self._count

    def column(self, name: str) -> Sequence[Any]:
        """One attribute of every row."""
        return self._columns[name]

    def take(self, places: Sequence[int]) -> "Columns":
        """The rows at these places."""
        taken = {name: [column[place] for place in places] for name, column in self._columns.items()}
        return Columns(taken, len(places))


class Rows:
    """Whole rows, or any objects with attributes; `objects` are what resolvers are given, where that exists already."""

    __slots__ = ("_objects", "rows")

    def __init__(self, rows: Sequence[Any], objects: Sequence[Any] | None = None) -> None:
        self.rows = rows
        self._objects = objects

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Sequence[Any]:
        """One attribute of every row."""
        return [getattr(row, name) for row in self.rows]

    def take(self, places: Sequence[int]) -> "Rows":
        """The rows at these places."""
        return Rows([self.rows[place] for place in places])

    def objects(self, wrap: Callable[[Any], Any] | None) -> Sequence[Any]:
        """What resolvers are given: the rows as `wrap` wraps them."""
        if wrap is None:
            return self.rows
        if self._objects is None:
            self._objects = [wrap(row) for row in self.rows]
        return self._objects


def whole(block: Block) -> Sequence[Any]:
    """The rows of a block that was read with all columns."""
    assert isinstance(block, Rows), "only some columns were read"
    return block.rows


def selected(table: Table[Any], wanted: Sequence[str] | None) -> str:
    """The select list of the wanted attributes, of all when None."""
    if wanted is None:
        return table.select_list
    return table.text(("selected", wanted), lambda: ", ".join(f'"{table.columns[name].name}"' for name in wanted))


async def block_of(table: Table[Any], wanted: Sequence[str] | None, sql: str, values: Sequence[Any]) -> Block:
    """The rows that a statement with the select list of `selected` gives."""
    _, records = await database().query(sql, values)
    if wanted is None:
        return Rows(hydrate(table.model, records))
    if not records:
        return Columns(dict.fromkeys(wanted, ()), 0)
    columns = table.columns
    read: dict[str, Sequence[Any]] = {}
    for name, values_of in zip(wanted, zip(*records, strict=True), strict=True):
        convert = columns[name].to_python
        read[name] = values_of if convert is None else [None if v is None else convert(v) for v in values_of]
    return Columns(read, len(records))
