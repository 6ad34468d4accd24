"""Steps along relations: one statement for all objects of a level, straight from rows to rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.values import get_argument_values

from resolvers.reading.leaves import Column
from resolvers.reading.plans import Level, ObjectPlan, Run, Shape, Step
from resolvers.reading.refusals import NotPlanned
from schema.connections import ConnectionOf, cursor_of
from schema.relations import Relation, page_arguments
from services.pages import Page
from services.related import counts_of_parents, pages_of_parents, rows_by_id, rows_of_parents


@dataclass(slots=True)
class OneStep(Step):
    """The object that a column of the row names."""

    relation: Relation
    plan: ObjectPlan
    nullable: bool

    async def run(self, level: Level, run: Run) -> Column:
        """Each object is read and answered once, however many rows name it."""
        column, target = self.relation.column, self.relation.target
        keys = [getattr(row, column) for row in level.sources]
        wanted = dict.fromkeys(keys)
        wanted.pop(None, None)
        answers: dict[str | None, Any] = {}
        if wanted:
            run.require(target)
            known = run.rows.setdefault(target, {})
            missing = [key for key in wanted if key not in known]
            if missing:
                known.update(await rows_by_id(run.context.scope, target.model, target.kind, missing))
            present = [key for key in wanted if key in known]
            completed = await self.plan.run([known[key] for key in present], run)
            answers = dict(zip(present, completed, strict=True))
        found = [answers.get(key) for key in keys]
        if not self.nullable and None in found:
            raise NotPlanned("null in a field that has a value")
        return found


@dataclass(slots=True)
class ManyStep(Step):
    """The objects that name the row, all of them."""

    relation: Relation
    plan: ObjectPlan

    async def run(self, level: Level, run: Run) -> Column:
        """One list for each row."""
        run.require(self.relation.target)
        parents = [row.id for row in level.sources]
        children = self.relation.children()
        found = await rows_of_parents(run.context.scope, children, parents, self.relation.limit)
        lists = [found.get(parent, ()) for parent in parents]
        completed = iter(await self.plan.run([row for rows in lists for row in rows], run))
        return [[next(completed) for _ in rows] for rows in lists]


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

    async def run(self, pages: Sequence[ConnectionOf], rows: Sequence[Sequence[Any]], run: Run) -> list[Any]:
        """The answers of some connections with the rows on their pages."""
        columns = [
            await self._column(key, name, pages, rows, run) for key, name in zip(self.keys, self.names, strict=True)
        ]
        return [dict(zip(self.keys, values, strict=True)) for values in zip(*columns, strict=True)]

    async def _column(
        self, key: str, name: str, pages: Sequence[ConnectionOf], rows: Sequence[Sequence[Any]], run: Run
    ) -> Column:
        match name:
            case "nodes" | "edges":
                return await self._listed(key, rows, run)
            case "pageInfo":
                return await self.page_info[key].run([page.page_info for page in pages], run)
            case "totalCount":
                return [
                    page.total_count if isinstance(page.total_count, int) else await page.total_count for page in pages
                ]
        return [self.typename] * len(pages)

    async def _listed(self, key: str, rows: Sequence[Sequence[Any]], run: Run) -> Column:
        flat = [row for each in rows for row in each]
        plan = self.nodes.get(key)
        answers: Sequence[Any] = await plan.run(flat, run) if plan is not None else flat
        if key in self.edges:
            answers = [self._edge(self.edges[key], row, answer) for row, answer in zip(flat, answers, strict=True)]
        listed = iter(answers)
        return [[next(listed) for _ in each] for each in rows]

    def _edge(self, fields: Sequence[tuple[str, str]], row: Any, node: Any) -> dict[str, Any]:
        told = {"node": node, "cursor": cursor_of(row.id), "__typename": self.typename.replace("Connection", "Edge")}
        return {key: told[name] for key, name in fields}


@dataclass(slots=True)
class ConnectionShape(Shape):
    """A connection that a resolver made."""

    plan: ConnectionPlan

    async def complete(self, values: Column, run: Run) -> Column:
        """The rows are those of the nodes."""
        if not all(type(value) is ConnectionOf for value in values):
            raise NotPlanned("a connection that is none")
        return await self.plan.run(values, [[node.row for node in value.nodes] for value in values], run)


@dataclass(slots=True)
class PageStep(Step):
    """The page of objects that name the row."""

    relation: Relation
    definition: GraphQLField
    node: FieldNode
    plan: ConnectionPlan

    async def run(self, level: Level, run: Run) -> Column:
        """One connection for each row; rows and counts only where they are asked for."""
        run.require(self.relation.target)
        arguments = get_argument_values(self.definition, self.node, run.variables)
        request, conditions = page_arguments(self.relation, arguments)
        scope, children = run.context.scope, self.relation.children()
        parents = [row.id for row in level.sources]
        counts: Mapping[str, int] = {}
        pages: Mapping[str, Page[Any]] = {}
        if self.plan.needs_count:
            counts = await counts_of_parents(scope, children, parents, conditions)
        if self.plan.needs_rows:
            pages = await pages_of_parents(scope, children, parents, request, conditions)
        connections = [_connection(pages.get(parent, _EMPTY), counts.get(parent, 0)) for parent in parents]
        return await self.plan.run(connections, [pages.get(parent, _EMPTY).rows for parent in parents], run)


_EMPTY: Page[Any] = Page((), has_next=False, has_previous=False)


def _connection(page: Page[Any], count: int) -> ConnectionOf:
    return ConnectionOf([], page, lambda: count)
