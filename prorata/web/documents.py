"""Documents made ready: parsed, measured, validated and estimated once per text.

Clients send the same few texts again and again. What is kept is bounded by the length of the texts, because a syntax
tree takes about a hundred times the memory of its text.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from prorata.web.costs import Estimate, Term, defaults_of
from prorata.web.limits import Limits, excesses
from resolvers.reading import Plans
from schema.errors import RequestCode

_KEPT_CHARACTERS: Final = 500_000
_ERRORS_MAX: Final = 20


class Operation:
    """One operation of a document and what it costs."""

    __slots__ = ("_defaults", "_term", "name", "node", "plans")

    def __init__(self, node: OperationDefinitionNode, term: Term, plans: Plans) -> None:
        self.node = node
        self.plans = plans
        self.name = node.name.value if node.name else None
        self._term = term
        self._defaults = defaults_of(node)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The estimate with these variables, at least 1."""
        return max(1, self._term.cost({**self._defaults, **variables}))


class Document:
    """A valid document and its operations by name."""

    __slots__ = ("node", "operations")

    def __init__(self, node: DocumentNode, operations: Mapping[str | None, Operation]) -> None:
        self.node = node
        self.operations = operations

    def operation(self, name: str | None) -> Operation:
        """The one to execute. Refuses a name that is missing or unknown."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise _refused("The document has several operations: say in `operationName` which one to execute.")
        if name not in self.operations:
            raise _refused(f"The document has no operation {name[:80]!r}.")
        return self.operations[name]


class InvalidDocument(Exception):
    """A text that is no document of this schema, with everything that is wrong about it."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


class Documents:
    """Prepares documents for one schema, and keeps those that were used last."""

    def __init__(self, schema: Schema, limits: Limits, *, introspection: bool) -> None:
        self._schema = schema._schema
        self._limits = limits
        own = (MaybeNullValidationRule, OneOfInputValidationRule)
        self._rules = [*specified_rules, *own, *(() if introspection else (NoSchemaIntrospectionCustomRule,))]
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self.characters = 0

    def prepare(self, text: str) -> Document:
        """The document of this text. Raises `InvalidDocument`."""
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._prepared(text)
        self._kept[text] = document
        self.characters += len(text)
        while self.characters > _KEPT_CHARACTERS:
            forgotten, _ = self._kept.popitem(last=False)
            self.characters -= len(forgotten)
        return document

    def _prepared(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=self._limits.tokens_max)
        except GraphQLError as error:
            raise InvalidDocument([_coded(error, RequestCode.GRAPHQL_PARSE_FAILED)]) from None
        errors = excesses(node, self._limits) or validate(self._schema, node, self._rules, max_errors=_ERRORS_MAX)
        if errors:
            raise InvalidDocument([_coded(error, RequestCode.GRAPHQL_VALIDATION_FAILED) for error in errors])
        estimate = Estimate(self._schema, node)
        operations = [
            Operation(each, estimate.of(each), Plans(self._schema, node, each))
            for each in node.definitions
            if isinstance(each, OperationDefinitionNode)
        ]
        if not operations:
            raise InvalidDocument([_refused("The document has no operation.")])
        return Document(node, {each.name: each for each in operations})


def _coded(error: GraphQLError, code: RequestCode) -> GraphQLError:
    error.extensions = {"code": code.value}
    return error


def _refused(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": RequestCode.GRAPHQL_VALIDATION_FAILED.value})
