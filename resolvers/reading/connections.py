"""Connections in a plan: the rows of all pages of a level are answered together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resolvers.queries import Listed
from resolvers.reading.leaves import Column
from resolvers.reading.plans import ObjectPlan, Run, Shape, settled
from resolvers.reading.refusals import NotPlanned
from schema.connections import ConnectionOf, cursor_of, page_info_of
from services.blocks import Block, Columns, Rows
from services.pages import Page, block_of_page


@dataclass(slots=True)
class ConnectionPlan:
    """The selected fields of a connection."""

    keys: Sequence[str]
    names: Sequence[str]
    typename: str
    nodes: dict[str, ObjectPlan] = field(default_factory=dict)
    """Plans of the node by the response key of `nodes` or `edges`."""
    edges: dict[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """The fields of an edge, key and name, by the response key of `edges`."""
    page_info: dict[str, ObjectPlan] = field(default_factory=dict)

    @property
    def needs_rows(self) -> bool:
        """Whether anything but the count is asked for."""
        return any(name not in ("totalCount", "__typename") for name in self.names)

    @property
    def needs_count(self) -> bool:
        """Whether the count is asked for."""
        return "totalCount" in self.names

    def wanted_with(self, *columns: str) -> tuple[str, ...] | None:
        """The columns to read of the rows, these among them; None when whole rows are needed."""
        wanted = dict.fromkeys(("id", *columns))
        for plan in self.nodes.values():
            if plan.wanted is None:
                return None
            wanted.update(dict.fromkeys(plan.wanted))
        return tuple(wanted)

    async def run(self, block: Block, pages: Sequence[Page[int]], counts: Sequence[int], run: Run) -> list[Any]:
        """The answers of some connections: pages are the places of their rows in the block, which may hold more."""
        kept = [place for page in pages for place in page.rows]
        if kept != list(range(len(block))):
            block = block.take(kept)
        named = zip(self.keys, self.names, strict=True)
        columns = [await self._column(key, name, block, pages, counts, run) for key, name in named]
        return [dict(zip(self.keys, values, strict=True)) for values in zip(*columns, strict=True)]

    async def _column(
        self, key: str, name: str, block: Block, pages: Sequence[Page[int]], counts: Sequence[int], run: Run
    ) -> Column:
        match name:
            case "nodes" | "edges":
                answers = iter(await self._listed(key, block, run))
                return [[next(answers) for _ in page.rows] for page in pages]
            case "pageInfo":
                ids = iter(block.column("id"))
                told = [page_info_of(page, [next(ids) for _ in page.rows]) for page in pages]
                return await self.page_info[key].run(Rows(told), run)
            case "totalCount":
                return counts
        return [self.typename] * len(pages)

    async def _listed(self, key: str, block: Block, run: Run) -> Sequence[Any]:
        """The answers of all rows of the block, as nodes or as edges."""
        ids, plan = block.column("id"), self.nodes.get(key)
        answers: Sequence[Any] = await plan.run(block, run) if plan is not None else ids
        if key not in self.edges:
            return answers
        return [self._edge(self.edges[key], *each) for each in zip(ids, answers, strict=True)]

    def _edge(self, fields: Sequence[tuple[str, str]], identifier: str, node: Any) -> dict[str, Any]:
        edge = self.typename.removesuffix("Connection") + "Edge"
        told = {"node": node, "cursor": cursor_of(identifier), "__typename": edge}
        return {key: told[name] for key, name in fields}


@dataclass(slots=True)
class ConnectionShape(Shape):
    """A list that a resolver gives, as a rule unread, at the root of a query."""

    plan: ConnectionPlan

    async def complete(self, values: Column, run: Run) -> Column:
        """The page is read with the columns that are needed, and counted only when asked."""
        return [await self._read(value, run) for value in values]

    async def _read(self, listed: object, run: Run) -> Mapping[str, Any]:
        if isinstance(listed, Listed):
            block, page, count = await self._unread(listed)
        elif isinstance(listed, ConnectionOf):
            block = Rows([node.row for node in listed.nodes], listed.nodes)
            page = Page(range(len(block)), listed.page.has_next, listed.page.has_previous)
            (count,) = await settled([listed.total_count]) if self.plan.needs_count else (0,)
        else:
            raise NotPlanned("a connection that is none")
        (answer,) = await self.plan.run(block, [page], [count], run)
        return answer  # type: ignore[no-any-return]

    async def _unread(self, listed: Listed) -> tuple[Block, Page[int], int]:
        count = await listed.found.count() if self.plan.needs_count else 0
        if not self.plan.needs_rows:
            return Columns({"id": ()}, 0), Page((), has_next=False, has_previous=False), count
        return *await block_of_page(listed.found, listed.request, self.plan.wanted_with()), count
