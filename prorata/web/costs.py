"""What a request costs: an estimate from the document and its variables, before anything is fetched.

An object costs 1, times the number of parents it may have; a connection counts as long as the page that is asked for,
a bounded list as its bound (at most 20), a count 5, a mutation 10. Values of objects cost nothing, but 1 where they
take arguments: those are looked up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.relations import RELATION, Shape
from services.pages import PAGE_SIZE, PAGE_SIZE_MAX

_MUTATION = 10
_COUNT = 5
_LIST_LENGTH = 20


@dataclass(slots=True)
class Term:
    """A part of the estimate: its own weight and its children, `times` (a number, or what may say it)."""

    weight: int
    times: "int | Sizes"
    children: tuple["Term", ...]

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The estimate with these variables."""
        inner = self.weight
        for child in self.children:
            inner += child.cost(variables)
        return inner * (self.times if isinstance(self.times, int) else self.times.size(variables))


@dataclass(frozen=True, slots=True)
class Sizes:
    """What may say how many entries are asked for: variables, of which those count that are given, and numbers."""

    variables: tuple[str, ...]
    least: int
    """What the document says itself; 0 when it leaves that to the variables."""

    def size(self, variables: Mapping[str, Any]) -> int:
        """The largest that is said; the usual page when nothing is."""
        largest = self.least
        for name in self.variables:
            given = variables.get(name)
            if isinstance(given, list):
                largest = max(largest, len(given))
            elif isinstance(given, int) and given <= PAGE_SIZE_MAX:
                largest = max(largest, given)
        return largest or PAGE_SIZE


class Estimate:
    """Makes the term of an operation. Fragments are followed; cycles were refused by validation."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._root_weight = 1
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def of(self, operation: OperationDefinitionNode) -> Term:
        """The term of a whole operation."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        self._root_weight = _MUTATION if operation.operation is OperationType.MUTATION else 1
        return Term(0, 1, tuple(self._terms(root, operation.selection_set, 1, at_root=True)))

    def _terms(
        self, parent: GraphQLNamedType, selections: SelectionSetNode, length: int | Sizes, *, at_root: bool = False
    ) -> Iterator[Term]:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                term = self._field(parent, selection, length, at_root=at_root)
                if term is not None:
                    yield term
            elif isinstance(selection, InlineFragmentNode):
                narrowed = self._named(selection.type_condition.name.value) if selection.type_condition else parent
                yield from self._terms(narrowed, selection.selection_set, length, at_root=at_root)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                fragment = self._fragments[selection.name.value]
                narrowed = self._named(fragment.type_condition.name.value)
                yield from self._terms(narrowed, fragment.selection_set, length, at_root=at_root)

    def _named(self, name: str) -> GraphQLNamedType:
        return self._schema.type_map[name]

    def _field(self, parent: GraphQLNamedType, node: FieldNode, length: int | Sizes, *, at_root: bool) -> Term | None:
        """`length` is how many entries the connection has that the field belongs to."""
        fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        name = node.name.value
        field = fields.get(name)
        if field is None:  # `__typename` and introspection are answered from memory
            return None
        if node.selection_set is None:
            weight = _COUNT if name == "totalCount" else int(bool(field.args))
            return Term(weight, 1, ()) if weight else None
        target = get_named_type(field.type)
        weight = self._root_weight if at_root else int(target.name not in _FRAMES and not parent.name.endswith("Edge"))
        children = tuple(self._terms(target, node.selection_set, _page_size(field, node)))
        return Term(weight, _asked_by_ids(node) or (length if name in ("nodes", "edges") else _bound(field)), children)


_FRAMES = frozenset({"PageInfo", "UserError"})
"""Types that come along with others."""


def defaults_of(operation: OperationDefinitionNode) -> dict[str, int]:
    """The whole numbers that variables have when they are not given."""
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }


def _page_size(field: GraphQLField, node: FieldNode) -> int | Sizes:
    """How many entries a connection is asked for, by `first` or by `last`: a number, or what may say it."""
    if "first" not in field.args:
        return 1
    said = [each.value for each in node.arguments or () if each.name.value in ("first", "last")]
    numbers = [min(max(int(each.value), 1), PAGE_SIZE_MAX) for each in said if isinstance(each, IntValueNode)]
    variables = tuple(each.name.value for each in said if isinstance(each, VariableNode))
    if variables:
        return Sizes(variables, max(numbers, default=0))
    return max(numbers, default=PAGE_SIZE)


def _asked_by_ids(node: FieldNode) -> int | Sizes | None:
    """How many objects are asked for by a list of their ids; None when they are not."""
    for argument in node.arguments or ():
        if argument.name.value == "ids":
            if isinstance(argument.value, VariableNode):
                return Sizes((argument.value.name.value,), 1)
            return len(argument.value.values) if isinstance(argument.value, ListValueNode) else 1
    return None


def _bound(field: GraphQLField) -> int:
    """How many objects a field may give for one parent."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    relation = getattr(declared, "metadata", {}).get(RELATION)
    if relation is None or relation.shape is not Shape.MANY:
        return 1
    return min(int(relation.limit), _LIST_LENGTH)
