"""After the schema is built: relations learn their targets, and fields that need nothing of Strawberry bypass it.

Strawberry's generic resolvers convert arguments, build an `Info` and chain functions for every field of every object.
A column needs none of this, and they are nearly all of a large answer.
"""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLEnumType, GraphQLError, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from schema.base import COLUMN, DIRECT
from schema.relations import RELATION


def tune(schema: strawberry.Schema) -> None:
    """Bind relations and replace resolvers, in place."""
    for graphql_type in schema._schema.type_map.values():
        if isinstance(graphql_type, GraphQLObjectType):
            for field in graphql_type.fields.values():
                declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                if isinstance(declared, StrawberryField):
                    if RELATION in declared.metadata:
                        declared.metadata[RELATION].bind(declared)
                    field.resolve = _direct(declared) or field.resolve
        elif isinstance(graphql_type, GraphQLEnumType):
            _tune_enum(graphql_type)


def _direct(field: StrawberryField) -> Callable[..., Any] | None:
    metadata = field.metadata
    if DIRECT in metadata:
        resolve: Callable[..., Any] = metadata[DIRECT]
        return resolve
    if COLUMN in metadata:
        return _column(metadata[COLUMN] or field.python_name)
    return _attribute(field.python_name) if field.is_basic_field else None


def _column(name: str) -> Callable[..., Any]:
    def resolve(source: Any, _info: Any) -> Any:
        return getattr(source.row, name)

    return resolve


def _attribute(name: str) -> Callable[..., Any]:
    def resolve(source: Any, _info: Any) -> Any:
        return getattr(source, name)

    return resolve


def _tune_enum(enum: GraphQLEnumType) -> None:
    """Rows hold the plain text of a member, which equals the member and hashes like it: one lookup serves both."""
    names: dict[Any, str] = {value.value: name for name, value in enum.values.items()}

    def name_of(value: Any) -> str:
        try:
            return names[value]
        except KeyError:
            raise GraphQLError(f"Enum {enum.name} has no member {value!r}.") from None

    enum.__dict__.update(coerce_output_value=name_of, serialize=name_of)
