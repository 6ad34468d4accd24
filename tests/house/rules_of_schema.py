"""What the API's schema must have: a description of everything, no Float, one shape of mutations."""

import re
from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

__all__ = ["floats", "misshapen_mutations", "undescribed"]


def _undescribed_fields(owner: str, fields: Mapping[str, GraphQLField]) -> Iterator[str]:
    for name, field in fields.items():
        if not field.description:
            yield f"{owner}.{name}"
        yield from (f"{owner}.{name}({argument}:)" for argument, each in field.args.items() if not each.description)


def undescribed(schema: GraphQLSchema) -> list[str]:
    """Types, fields, arguments, input fields and enum values without a description."""
    found: list[str] = []
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            found.append(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            found.extend(_undescribed_fields(name, kind.fields))
        elif isinstance(kind, GraphQLInputObjectType):
            found.extend(f"{name}.{field}" for field, each in kind.fields.items() if not each.description)
        elif isinstance(kind, GraphQLEnumType):
            found.extend(f"{name}.{value}" for value, each in kind.values.items() if not each.description)
    return found


def floats(schema: GraphQLSchema) -> list[str]:
    """`["Float"]` where some field or argument is a float: amounts are MinorUnits, rates Decimal."""
    return [name for name in schema.type_map if name == "Float"]


def _is_misshapen(name: str, field: GraphQLField) -> bool:
    title = name[0].upper() + name[1:]
    payload = get_named_type(field.type)
    shape_of_arguments = {argument: str(each.type) for argument, each in field.args.items()}
    return (
        re.fullmatch(r"[a-z]+[a-zA-Z]*[A-Z][a-z]+", name) is None
        or shape_of_arguments != {"input": f"{title}Input!"}
        or payload.name != f"{title}Payload"
        or not isinstance(payload, GraphQLObjectType)
        or str(payload.fields["userErrors"].type if "userErrors" in payload.fields else "") != "[UserError!]!"
    )


def misshapen_mutations(schema: GraphQLSchema) -> list[str]:
    """Mutations that are not `nounVerb(input: NounVerbInput!): NounVerbPayload` with `userErrors: [UserError!]!`."""
    mutation = schema.mutation_type
    return [name for name, field in mutation.fields.items() if _is_misshapen(name, field)] if mutation else []
