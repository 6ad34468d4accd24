"""Steps along relations: one statement for all objects of a level, straight from rows to rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.values import get_argument_values

from resolvers.reading.connections import ConnectionPlan
from resolvers.reading.leaves import Column
from resolvers.reading.plans import ObjectPlan, Run, Step
from resolvers.reading.refusals import NotPlanned
from schema.relations import Relation, page_arguments
from services.blocks import Block, Columns
from services.pages import Page
from services.related import block_by_id, block_of_parents, counts_of_parents, pages_of_parents


@dataclass(slots=True)
class OneStep(Step):
    """The object that a column of the row names."""

    relation: Relation
    plan: ObjectPlan
    nullable: bool

    @property
    def wanted(self) -> Sequence[str]:
        """The column with its id."""
        return (self.relation.column,)

    async def run(self, block: Block, run: Run) -> Column:
        """Each object is read and answered once, however many rows name it."""
        keys = block.column(self.relation.column)
        answers = await answers_by_id(self.relation, self.plan, [key for key in dict.fromkeys(keys) if key], run)
        found = [answers.get(key) for key in keys]
        if not self.nullable and None in found:
            raise NotPlanned("null in a field that has a value")
        return found


@dataclass(slots=True)
class ByIdStep(Step):
    """The object whose id is an argument, at the root of a query."""

    relation: Relation
    definition: GraphQLField
    node: FieldNode
    plan: ObjectPlan

    async def run(self, block: Block, run: Run) -> Column:
        """The object, or null."""
        identifier: str = get_argument_values(self.definition, self.node, run.variables)["id"]
        answers = await answers_by_id(self.relation, self.plan, [identifier], run)
        return [answers.get(identifier)]


@dataclass(slots=True)
class ManyStep(Step):
    """The objects that name the row, all of them."""

    relation: Relation
    plan: ObjectPlan

    @property
    def wanted(self) -> Sequence[str]:
        """The row's own id."""
        return ("id",)

    async def run(self, block: Block, run: Run) -> Column:
        """One list for each row."""
        run.require(self.relation.target)
        parents, children, limit = block.column("id"), self.relation.children(), self.relation.limit
        wanted = self.plan.wanted_with(children.column)
        found, places = await block_of_parents(run.context.scope, children, parents, limit, wanted)
        answers = await self.plan.run(found, run)
        return [[answers[place] for place in places.get(parent, ())[:limit]] for parent in parents]


@dataclass(slots=True)
class PageStep(Step):
    """The page of objects that name the row."""

    relation: Relation
    definition: GraphQLField
    node: FieldNode
    plan: ConnectionPlan

    @property
    def wanted(self) -> Sequence[str]:
        """The row's own id."""
        return ("id",)

    async def run(self, block: Block, run: Run) -> Column:
        """One connection for each row; rows and counts only where they are asked for."""
        run.require(self.relation.target)
        arguments = get_argument_values(self.definition, self.node, run.variables)
        request, conditions = page_arguments(self.relation, arguments)
        scope, children, parents = run.context.scope, self.relation.children(), block.column("id")
        counts: Mapping[str, int] = {}
        found: Block = Columns({"id": ()}, 0)
        pages: Mapping[str, Page[int]] = {}
        if self.plan.needs_count:
            counts = await counts_of_parents(scope, children, parents, conditions)
        if self.plan.needs_rows:
            wanted = self.plan.wanted_with(children.column)
            found, pages = await pages_of_parents(scope, children, parents, request, conditions, wanted)
        told = [pages.get(parent, _EMPTY) for parent in parents]
        return await self.plan.run(found, told, [counts.get(parent, 0) for parent in parents], run)


_EMPTY: Page[int] = Page((), has_next=False, has_previous=False)


async def answers_by_id(relation: Relation, plan: ObjectPlan, identifiers: Sequence[str], run: Run) -> dict[Any, Any]:
    """The answers of the objects with these ids, by id; absent where there is none."""
    if not identifiers:
        return {}
    run.require(relation.target)
    found = await block_by_id(run.context.scope, relation.targets(), identifiers, plan.wanted)
    return dict(zip(found.column("id"), await plan.run(found, run), strict=True))
