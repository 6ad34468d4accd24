"""Values of scalars and enums on their way out, a whole column at a time."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
)

from resolvers.reading.refusals import NotPlanned
from schema.scalars import IDENTICAL

Column: TypeAlias = Sequence[Any]
Complete: TypeAlias = Callable[[Column], Column]

_INT_MAX = 2_147_483_647
_NONE = type(None)


def completion_of(leaf: GraphQLLeafType, *, nullable: bool) -> Complete:
    """What turns a column of values into a column of answers. Refuses a null that may not be, and values of no use."""
    if leaf is GraphQLString or leaf is GraphQLID:
        return _of_one_type(str, leaf, nullable=nullable)
    if leaf is GraphQLBoolean:
        return _of_one_type(bool, leaf, nullable=nullable)
    if leaf is GraphQLInt:
        return _integers(nullable=nullable)
    if isinstance(leaf, GraphQLEnumType):
        return _looked_up({value.value: name for name, value in leaf.values.items()}, nullable=nullable)
    assert isinstance(leaf, GraphQLScalarType)
    if leaf.name in IDENTICAL:
        return _unchanged(nullable=nullable)
    return _each(leaf.coerce_output_value, nullable=nullable)


def _of_one_type(kind: type, leaf: GraphQLScalarType, *, nullable: bool) -> Complete:
    allowed = {kind, _NONE} if nullable else {kind}
    otherwise = _each(leaf.coerce_output_value, nullable=nullable)

    def complete(values: Column) -> Column:
        return values if allowed.issuperset(map(type, values)) else otherwise(values)

    return complete


def _integers(*, nullable: bool) -> Complete:
    allowed = {int, _NONE} if nullable else {int}
    otherwise = _each(GraphQLInt.coerce_output_value, nullable=nullable)

    def complete(values: Column) -> Column:
        if allowed.issuperset(map(type, values)) and all(
            not value or -_INT_MAX <= value <= _INT_MAX for value in values
        ):
            return values
        return otherwise(values)

    return complete


def _looked_up(names: dict[Any, str], *, nullable: bool) -> Complete:
    known = {**names, None: None} if nullable else names

    def complete(values: Column) -> Column:
        return [known[value] for value in values]

    return complete


def _unchanged(*, nullable: bool) -> Complete:
    def complete(values: Column) -> Column:
        if not nullable and None in values:
            raise NotPlanned("null in a field that has a value")
        return values

    return complete


def _each(coerce: Callable[[Any], Any], *, nullable: bool) -> Complete:
    def complete(values: Column) -> Column:
        answers = [None if value is None else coerce(value) for value in values]
        if not nullable and None in answers:
            raise NotPlanned("null in a field that has a value")
        return answers

    return complete
