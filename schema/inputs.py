"""From inputs to drafts: frozen dataclasses of the domain that services take.

    draft_of(CustomerDraft, input)

goes by field names. An absent or null field of a create input leaves the draft's default; a `strawberry.Maybe` of an
update input gives `UNSET` (absent), None (null) or the value. Nested inputs become the dataclass that the draft's
field names, lists become tuples.
"""

import dataclasses
import types
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import strawberry

DRAFT = TypeVar("DRAFT")

_ADDRESSED = frozenset({"id"})
"""Names the object that a mutation acts on: an argument of its own for the service, not a part of the draft."""


def draft_of(draft: type[DRAFT], input: object) -> DRAFT:
    """The draft that an input asks for. A field of the input that the draft lacks is our own mistake."""
    known = _fields_of(cast(Hashable, draft))
    values: dict[str, Any] = {}
    for field in dataclasses.fields(input):  # type: ignore[arg-type]
        value = getattr(input, field.name)
        if field.name not in known:
            assert field.name in _ADDRESSED, f"{draft.__name__} has no field {field.name}"
        elif isinstance(value, strawberry.Some):
            values[field.name] = _drafted(value.value, known[field.name])
        elif value is not None and value is not strawberry.UNSET:
            values[field.name] = _drafted(value, known[field.name])
    return draft(**values)


def _drafted(value: Any, nested: type | None) -> Any:
    if isinstance(value, list):
        return tuple(_drafted(each, nested) for each in value)
    if nested is not None and dataclasses.is_dataclass(value):
        return draft_of(nested, value)
    return value


@cache
def _fields_of(draft: Any) -> dict[str, type | None]:
    """The fields of a draft, each with the dataclass that its annotation mentions, if any."""
    hints = get_type_hints(draft)
    names = [field.name for field in dataclasses.fields(draft) if field.init]
    return {
        name: next((each for each in _mentioned(hints[name]) if dataclasses.is_dataclass(each)), None) for name in names
    }


def _mentioned(annotation: Any) -> Iterator[type]:
    if get_origin(annotation) in (Union, types.UnionType, tuple, list, Sequence):
        for part in get_args(annotation):
            yield from _mentioned(part)
    elif isinstance(annotation, type):
        yield annotation
