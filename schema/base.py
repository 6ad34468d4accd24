"""What every GraphQL type stands on: nodes that wrap a row, parts that wrap a piece of one, columns, enums.

`Customer.of(row)` makes one light object; a column reads through to the row, nothing is copied. A computed field is
a synchronous `@computed` method that looks at `self.row`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from inspect import getdoc
from operator import attrgetter
from typing import Any, Self, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.ids import Prefix
from services.scope import Access

COLUMN = "prorata.column"
"""Metadata key of a field that reads an attribute of the row; its value is the attribute's name, None for the same."""
DIRECT = "prorata.direct"
"""Metadata key of a field with a resolver `(source, info, **arguments)` of its own, past Strawberry's machinery."""

T = TypeVar("T")


def column(description: str, *, name: str | None = None, source: str | None = None) -> Any:
    """A field that reads an attribute of the row: the one of its own name, or `source`. `name` is its GraphQL name."""
    return strawberry.field(description=description, name=name, metadata={COLUMN: source})


def computed(description: str, *, name: str | None = None) -> Callable[[Callable[[Any], Any]], Any]:
    """Make a synchronous method without arguments a field; it looks at `self.row`. Its annotation is the type."""

    def declare(method: Callable[[Any], Any]) -> Any:
        def resolve(source: Any, _info: Any) -> Any:
            return method(source)

        return strawberry.field(resolver=method, description=description, name=name, metadata={DIRECT: resolve})

    return declare


def confidential(
    kind: str, description: str, read: str | Callable[[Any], Any], absent: Callable[[], Any] = lambda: None
) -> Any:
    """A field with what `read` finds in the row, for keys that may read this kind; `absent()` for others.

    A page with its client secret sees the rest of the object, so that nothing is refused.
    """
    look = attrgetter(read) if isinstance(read, str) else read

    def resolve(source: Any, info: Any) -> Any:
        return look(source.row) if info.context.scope.policy.allows(kind, Access.READ) else absent()

    note = "Not shown to a publishable key."
    return strawberry.field(description=f"{description} {note}", metadata={DIRECT: resolve})


def input_field(description: str, *, name: str | None = None) -> Any:
    """A field of an input, optional when its annotation says so. Absent and null are the same, except in a `Maybe`."""
    return strawberry.field(description=description, name=name)


class Keyed:
    """Makes a mapping readable like a row: absent keys are None."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = entries

    def __getattr__(self, name: str) -> Any:
        return self._entries.get(name)


class Wrapping:
    """An object of the API around a row, a dataclass or a mapping; its columns are read from there."""

    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Self:
        """The API's object for this row."""
        made = cls.__new__(cls)
        made.row = Keyed(row) if type(row) is dict else row
        return made


@strawberry.interface(description="Anything with an id of its own; `node(id:)` finds it.")
class Node(Wrapping):
    """The Relay interface. Ids are unique over all kinds."""

    id: strawberry.ID = column("The id: a prefix that tells the kind, then text that sorts by creation.")


@dataclass(frozen=True, slots=True)
class NodeKind:
    """What the house knows of a node type: its row model, the policy kind that guards it, its id prefix."""

    graphql: type[Node]
    model: type[Any]
    kind: str
    prefix: Prefix | None


NODE_KINDS: dict[type, NodeKind] = {}
"""By GraphQL type."""
KINDS_BY_MODEL: dict[type, NodeKind] = {}
KINDS_BY_PREFIX: dict[Prefix, NodeKind] = {}

NODE = TypeVar("NODE", bound=type[Node])
PART = TypeVar("PART", bound=type[Wrapping])


def node_type(model: type[Any], *, kind: str, prefix: Prefix | None = None) -> Callable[[NODE], NODE]:
    """Class decorator: a GraphQL type for the rows of `model`, described by the first paragraph of its docstring.

    `kind` is what a restricted key needs to read it (a stem of the house), `prefix` makes `node(id:)` find it.
    """

    def declare(cls: NODE) -> NODE:
        declared = strawberry.type(cls, description=description_of(cls))
        known = NodeKind(declared, model, kind, prefix)
        assert model not in KINDS_BY_MODEL, f"{model.__name__} has a GraphQL type already"
        assert prefix is None or prefix not in KINDS_BY_PREFIX, f"{prefix} belongs to another type already"
        NODE_KINDS[declared] = KINDS_BY_MODEL[model] = known
        if prefix is not None:
            KINDS_BY_PREFIX[prefix] = known
        return declared

    return declare


def part_type(cls: PART) -> PART:
    """Class decorator: a GraphQL type without an id, for a piece of a row, a frozen dataclass or a mapping."""
    return strawberry.type(cls, description=description_of(cls))


def wrapped(value: Any) -> Any:
    """A row as the API's object, a list of rows as a list of them; anything else as it is."""
    if isinstance(value, list | tuple):
        return [wrapped(each) for each in value]
    known = KINDS_BY_MODEL.get(type(value))
    return value if known is None else known.graphql.of(value)


def describe_enum(enum: type[Enum], description: str, **values: str) -> None:
    """Expose a domain enum in GraphQL under its own name, with a description for every member by its name.

    Members that carry a `description` of their own need none here.
    """
    if "__strawberry_definition__" not in enum.__dict__:  # A module that was imported earlier may name it already.
        strawberry.enum(enum)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    definition.description = description
    for member, value in zip(enum, definition.values, strict=True):
        value.description = values.pop(member.name, None) or getattr(member, "description", None)
        assert value.description, f"{enum.__name__}.{member.name} is not described"
    assert not values, f"{enum.__name__} has no member {', '.join(values)}"


def description_of(declared: Any) -> str:
    """The first paragraph of the docstring on one line: what the API says of a class or function."""
    text = getdoc(declared) if declared.__doc__ else None
    assert text, f"{declared.__name__} needs a docstring: it is its description in the API"
    return " ".join(text.split("\n\n")[0].split())
