"""Reading by plan: queries run level by level over whole columns of rows, not field by field of each object.

graphql-core resolves every field of every object on its own; for large answers that, not the database, is the wall.
A plan is compiled once per document and reads each relation with one statement, straight into the answer. It knows
the happy way only: wherever anything is refused, null where it may not be, or raises, the plan gives up and the
general executor runs the query anew, so that errors are always told by it. Queries change nothing, so running one
twice is safe. Mutations and introspection are never planned.
"""

import logging
from typing import Any, Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.execution import optimized_is_awaitable

from resolvers.context import RequestContext
from resolvers.reading.compiling import Compiler
from resolvers.reading.plans import Called, ObjectPlan, Run
from resolvers.reading.refusals import NotPlanned
from services.blocks import Rows
from services.transactions import is_postgres

__all__ = ["Plans"]

_KEPT: Final = 16
_log = logging.getLogger(__name__)


class Plans:
    """The plans of one operation: one for each combination of the variables that its directives may depend on."""

    __slots__ = ("_document", "_fragments", "_operation", "_plans", "_schema", "_switches", "_variables")

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._variables = operation.variable_definitions or ()
        self._switches = [each.variable.name.value for each in self._variables if _is_switch(each.type)]
        self._plans: dict[tuple[Any, ...], ObjectPlan | None] = {}

    async def answer(self, variables: dict[str, Any], context: RequestContext) -> dict[str, Any] | None:
        """The data of the query; None when it is for the general executor."""
        if self._operation.operation is not OperationType.QUERY:
            return None
        try:
            values = get_variable_values(self._schema, self._variables, variables)
            if not isinstance(values, VariableValues):
                return None
            plan = self._plan(values)
            if plan is None:
                return None
            run = Run(context.for_plan(), values, self._info, together=is_postgres())
            (data,) = await plan.run(Rows([None]), run)
        except NotPlanned:
            return None
        except Exception as error:
            # Whatever it was, the general executor meets it again and tells it at its place.
            _log.debug("A plan gave up: %r", error)
            return None
        return data

    def _plan(self, values: VariableValues) -> ObjectPlan | None:
        key = tuple(values.coerced.get(name) for name in self._switches)
        if key not in self._plans:
            if len(self._plans) >= _KEPT:
                self._plans.clear()
            self._plans[key] = self._compiled(values)
        return self._plans[key]

    def _compiled(self, values: VariableValues) -> ObjectPlan | None:
        try:
            return Compiler(self._schema, self._document, values).plan(self._operation)
        except NotPlanned:
            return None

    def _info(self, run: Run, called: Called) -> "GraphQLResolveInfo[Any]":
        """What a resolver is told. The path names the field without the places of its parents in their lists."""
        info: GraphQLResolveInfo[Any] = _make_info(
            called.nodes[0].name.value,
            called.nodes,
            called.definition.type,
            called.parent,
            called.path,
            self._schema,
            self._fragments,
            None,
            self._operation,
            run.variables.coerced,
            run.context,
            optimized_is_awaitable,
            None,
            None,
        )
        return info


_make_info: Any = GraphQLResolveInfo
"""Strawberry hands resolvers the plain variables as well, where graphql-core has them with their sources."""


def _is_switch(annotation: Any) -> bool:
    """Whether a variable is a Boolean."""
    inner = annotation.type if isinstance(annotation, NonNullTypeNode) else annotation
    name = getattr(inner, "name", None)
    return name is not None and name.value == "Boolean"
