"""What the answer of a mutation will read, checked before the mutation changes anything.

Were a key refused only when the answer is read, money would have moved under an error that says FORBIDDEN.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from resolvers.context import Info
from schema.base import NODE_KINDS
from schema.errors import Forbidden
from services.scope import EVERYTHING, Access

_PROBLEMS = "userErrors"
"""The one object behind it may be absent, so a refusal there leaves the rest of the answer standing."""


def require_answer(info: Info) -> None:
    """Refuse a key that may not read what is selected behind the object that a mutation answers with."""
    policy = info.context.scope.policy
    for kind in () if policy is EVERYTHING else _kinds_shown(info._raw_info):
        if not policy.allows(kind, Access.READ):
            raise Forbidden(
                f"This key may not read {kind}, which the answer would show; it would need the grant '{kind}: read'. "
                "Nothing was changed."
            )


def _kinds_shown(raw: Any) -> Iterator[str]:
    payload = get_named_type(raw.return_type)
    for node in raw.field_nodes:
        for field, answer in _objects(raw, payload, node.selection_set):
            if field.name.value != _PROBLEMS:
                yield from _kinds(raw, answer, field.selection_set)


def _kinds(raw: Any, parent: GraphQLNamedType, selections: SelectionSetNode | None) -> Iterator[str]:
    """The kinds of all objects that a selection reaches."""
    for field, target in _objects(raw, parent, selections):
        kind = _kind_of(target)
        if kind is not None:
            yield kind
        yield from _kinds(raw, target, field.selection_set)


def _objects(
    raw: Any, parent: GraphQLNamedType, selections: SelectionSetNode | None
) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
    """The selected fields that give objects, fragments spread out, and the types that they give."""
    for selection in selections.selections if selections else ():
        if not isinstance(selection, FieldNode):
            yield from _objects(raw, *_spread(raw, parent, selection))
        elif (target := _object_of(parent, selection)) is not None:
            yield selection, target


def _spread(raw: Any, parent: GraphQLNamedType, selection: Any) -> tuple[GraphQLNamedType, SelectionSetNode]:
    """The type that a fragment narrows to, and its selection."""
    fragment = raw.fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
    condition = fragment.type_condition
    return raw.schema.type_map[condition.name.value] if condition else parent, fragment.selection_set


def _object_of(parent: GraphQLNamedType, field: FieldNode) -> GraphQLNamedType | None:
    """The type of the object that a field gives; None where it gives a value."""
    if field.selection_set is None or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return None
    definition = parent.fields.get(field.name.value)
    return None if definition is None else get_named_type(definition.type)


def _kind_of(target: GraphQLNamedType) -> str | None:
    """The kind of a node type, or of the entries of a connection."""
    entries = target.fields.get("nodes") if isinstance(target, GraphQLObjectType) else None
    declared = get_named_type(entries.type if entries else target).extensions.get(
        GraphQLCoreConverter.DEFINITION_BACKREF
    )
    known = NODE_KINDS.get(getattr(declared, "origin", type(None)))
    return None if known is None else known.kind
