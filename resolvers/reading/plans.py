"""What a plan consists of, and how it runs: level by level, each field for all objects of its level at once."""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

from resolvers.context import RequestContext
from resolvers.reading.leaves import Column, Complete
from resolvers.reading.refusals import NotPlanned
from schema.base import NodeKind
from services.blocks import Block, Rows
from services.scope import Access

Answer: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a plan: the request and its variables."""

    context: RequestContext
    variables: VariableValues
    info: Callable[["Run", "Called"], "GraphQLResolveInfo[Any]"]
    together: bool
    """Whether statements are better sent at once (PostgreSQL) than one after the other (SQLite)."""

    def require(self, target: NodeKind) -> None:
        """Give up where the key may not read this kind."""
        if not self.context.scope.policy.allows(target.kind, Access.READ):
            raise NotPlanned(f"{target.kind} may not be read")

    async def all(self, steps: "Sequence[Step]", block: Block) -> list[Column]:
        """The answers of several steps; when one fails, the others are broken off."""
        if self.together and len(steps) > 1:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(step.run(block, self)) for step in steps]
            return [task.result() for task in tasks]
        return [await step.run(block, self) for step in steps]


class Step:
    """One field of a plan, for all objects of its level."""

    @property
    def wanted(self) -> Sequence[str] | None:
        """The columns that it needs of its rows; None when it needs whole rows."""
        return None

    async def run(self, block: Block, run: Run) -> Column:
        """The answers, one for each object."""
        raise NotImplementedError


class ObjectPlan:
    """The selected fields of one object type. It reads rows where the type wraps rows, else any objects."""

    __slots__ = ("_constants", "_keys", "_leaves", "_steps", "_steps_at", "wanted", "wrap")

    def __init__(
        self,
        keys: Sequence[str],
        leaves: Sequence[tuple[int, str, Complete]],
        steps: Sequence[tuple[int, Step]],
        constants: Sequence[tuple[int, Any]],
        wrap: Callable[[Any], Any] | None,
    ) -> None:
        self._keys = keys
        self._constants = constants
        self._leaves = leaves
        self._steps = [step for _, step in steps]
        self._steps_at = [position for position, _ in steps]
        self.wrap = wrap
        self.wanted = self._columns() if wrap is not None else None

    def _columns(self) -> tuple[str, ...] | None:
        """The columns to read, the id always among them; None when whole rows are needed."""
        wanted = dict.fromkeys(("id", *(name for _, name, _ in self._leaves)))
        for step in self._steps:
            if step.wanted is None:
                return None
            wanted.update(dict.fromkeys(step.wanted))
        return tuple(wanted)

    def wanted_with(self, column: str) -> tuple[str, ...] | None:
        """The columns to read where one more is needed to tell whose a row is."""
        if self.wanted is None or column in self.wanted:
            return self.wanted
        return (*self.wanted, column)

    async def run(self, block: Block, run: Run) -> list[Answer]:
        """The answers of all rows, in order."""
        count = len(block)
        if not count:
            return []
        columns: list[Column] = [()] * len(self._keys)
        for position, value in self._constants:
            columns[position] = [value] * count
        for position, name, complete in self._leaves:
            columns[position] = complete(block.column(name))
        if self._steps:
            results = await run.all(self._steps, block)
            for position, column in zip(self._steps_at, results, strict=True):
                columns[position] = column
        keys = self._keys
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]


class Shape:
    """How the value of a field becomes an answer: nulls, lists and objects, many at a time."""

    async def complete(self, values: Column, run: Run) -> Column:
        """The answers of these values, in order."""
        raise NotImplementedError


@dataclass(slots=True)
class LeafShape(Shape):
    """A scalar or an enum."""

    leaf: Complete

    async def complete(self, values: Column, run: Run) -> Column:
        """The column's answers."""
        return self.leaf(values)


@dataclass(slots=True)
class NullableShape(Shape):
    """What may be null, or must not."""

    of: Shape
    nullable: bool

    async def complete(self, values: Column, run: Run) -> Column:
        """Nulls stay where they are; the others are completed together."""
        if None not in values:
            return await self.of.complete(values, run)
        if not self.nullable:
            raise NotPlanned("null in a field that has a value")
        present = iter(await self.of.complete([value for value in values if value is not None], run))
        return [None if value is None else next(present) for value in values]


@dataclass(slots=True)
class ListShape(Shape):
    """A list of one shape."""

    of: Shape

    async def complete(self, values: Column, run: Run) -> Column:
        """The members of all lists are completed together, then told apart again."""
        if not all(isinstance(value, list | tuple) for value in values):
            raise NotPlanned("a list that is none")
        members = iter(await self.of.complete(await settled([each for value in values for each in value]), run))
        return [[next(members) for _ in value] for value in values]


@dataclass(slots=True)
class ObjectShape(Shape):
    """An object of one type."""

    plan: ObjectPlan

    async def complete(self, values: Column, run: Run) -> Column:
        """Where the type wraps rows, the plan reads the rows."""
        if self.plan.wrap is None:
            return await self.plan.run(Rows(values), run)
        return await self.plan.run(Rows([value.row for value in values], values), run)


@dataclass(slots=True)
class AbstractShape(Shape):
    """An object of one of several types, known by its class."""

    plans: dict[type, ObjectShape]

    async def complete(self, values: Column, run: Run) -> Column:
        """Objects of one type are completed together."""
        places: dict[type, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(type(value), []).append(place)
        answers: list[Any] = [None] * len(values)
        for kind, found in places.items():
            if kind not in self.plans:
                raise NotPlanned(f"{kind} is of no known type")
            completed = await self.plans[kind].complete([values[place] for place in found], run)
            for place, answer in zip(found, completed, strict=True):
                answers[place] = answer
        return answers


@dataclass(slots=True)
class Called(Step):
    """A field with a resolver of its own, called for each object."""

    parent: GraphQLObjectType
    definition: GraphQLField
    nodes: list[FieldNode]
    shape: Shape
    path: Path
    wrap: Callable[[Any], Any] | None

    async def run(self, block: Block, run: Run) -> Column:
        """What the resolver gives, completed."""
        arguments = get_argument_values(self.definition, self.nodes[0], run.variables) if self.definition.args else {}
        info = run.info(run, self)
        resolve: Any = self.definition.resolve
        assert isinstance(block, Rows), "a resolver needs whole rows"
        values: list[Any] = []
        try:
            for source in block.objects(self.wrap):
                values.append(resolve(source, info, **arguments))
        except Exception:
            await settled(values)
            raise
        return await self.shape.complete(await settled(values), run)


async def settled(values: list[Any]) -> list[Any]:
    """The values, those awaited that are still to come. An error among them is for the general executor."""
    coming = [value for value in values if inspect.isawaitable(value)]
    if coming:
        results = iter(await asyncio.gather(*coming, return_exceptions=True))
        values = [next(results) if inspect.isawaitable(value) else value for value in values]
    for value in values:
        if isinstance(value, BaseException):
            raise NotPlanned("an error among the values") from value
    return values
