"""From inputs to drafts: frozen dataclasses of the domain that services take.

    draft_of(CustomerDraft, input)

goes by field names. An absent or null field of a create input leaves the draft's default; a `strawberry.Maybe` of an
update input gives `UNSET` (absent), None (null) or the value, and null is refused where the draft's field takes no
None. Nested inputs become the dataclass that the draft's field names, lists become tuples.
"""

import dataclasses
import types
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import strawberry

from domain.errors import DomainError, ErrorCode, Problems
from schema.errors import camel_case

DRAFT = TypeVar("DRAFT")

_ADDRESSED = frozenset({"id"})
"""Names the object that a mutation acts on: an argument of its own for the service, not a part of the draft."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """What a draft's field takes: the dataclass that its annotation mentions, if any, and whether it takes None."""

    nested: type | None
    takes_none: bool


def draft_of(draft: type[DRAFT], input: object) -> DRAFT:
    """The draft that an input asks for. A field of the input that the draft lacks is our own mistake.

    Raises a `DomainError` with every field that was given as null and cannot be.
    """
    known = _fields_of(cast(Hashable, draft))
    values: dict[str, Any] = {}
    problems = Problems()
    for field in dataclasses.fields(input):  # type: ignore[arg-type]
        value = getattr(input, field.name)
        if field.name not in known:
            assert field.name in _ADDRESSED, f"{draft.__name__} has no field {field.name}"
            continue
        if isinstance(value, strawberry.Some):
            value = value.value
        elif value is None or value is strawberry.UNSET:
            continue
        try:
            values[field.name] = _drafted(value, known[field.name])
        except DomainError as error:
            problems.add_from(error, camel_case(field.name))
    problems.raise_any()
    return draft(**values)


def _drafted(value: Any, field: _Field) -> Any:
    if value is None and not field.takes_none:
        raise DomainError(ErrorCode.PARAMETER_INVALID, "null is not possible here; leave it out to keep what is there.")
    if isinstance(value, list):
        return tuple(_member(each, field, index) for index, each in enumerate(value))
    if field.nested is not None and dataclasses.is_dataclass(value):
        return draft_of(field.nested, value)
    return value


def _member(value: Any, field: _Field, index: int) -> Any:
    try:
        return _drafted(value, field)
    except DomainError as error:
        raise error.under(str(index)) from None


@cache
def _fields_of(draft: Any) -> dict[str, _Field]:
    """The fields of a draft."""
    hints = get_type_hints(draft)
    mentioned = {field.name: list(_mentioned(hints[field.name])) for field in dataclasses.fields(draft) if field.init}
    return {
        name: _Field(next((each for each in types if dataclasses.is_dataclass(each)), None), type(None) in types)
        for name, types in mentioned.items()
    }


def _mentioned(annotation: Any) -> Iterator[type]:
    if get_origin(annotation) in (Union, types.UnionType, tuple, list, Sequence):
        for part in get_args(annotation):
            yield from _mentioned(part)
    elif isinstance(annotation, type):
        yield annotation
