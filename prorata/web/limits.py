"""How large a document may be. Checked once per document, before validation, whose own effort grows with its square."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

from schema.errors import RequestCode


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, and the budget of one key."""

    tokens_max: int = 5_000
    depth_max: int = 16
    fields_max: int = 500
    aliases_max: int = 100
    directives_max: int = 50
    cost_max: int = 50_000
    budget: int = 5_000_000
    """Cost that one key may cause within a window, in one process."""
    window_seconds: int = 60
    body_bytes_max: int = 1_000_000
    body_seconds_max: int = 30
    upload_bytes_max: int = 4_000_000
    event_bytes_max: int = 64_000
    """Of one meter event."""
    events_bytes_max: int = 50_000_000
    """Of all meter events of a request, some 200 000."""


@dataclass(frozen=True, slots=True)
class _Size:
    """What a selection amounts to with its fragments spread out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "_Size") -> "_Size":
        """Both, one after the other."""
        return _Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


class _Measure:
    """Sizes of a document's parts. A fragment is measured once, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Size] = {}
        self._open: set[str] = set()

    def of(self, selections: SelectionSetNode | None, *, spread: bool = True) -> _Size:
        """The size of a selection set, its fragments spread out or left aside."""
        size = _Size()
        for selection in selections.selections if selections else ():
            size = size.beside(self._of_selection(selection, spread=spread))
        return size

    def _of_selection(self, selection: Node, *, spread: bool) -> _Size:
        directives = len(getattr(selection, "directives", None) or ())
        if isinstance(selection, FieldNode):
            # Introspection nests deeply by nature and is answered from memory.
            introspects = selection.name.value.startswith("__")
            inner = _Size() if introspects else self.of(selection.selection_set, spread=spread)
            own = _Size(0, 1, 1 if selection.alias else 0, directives)
            return _Size(inner.depth + 1, inner.fields, inner.aliases, inner.directives).beside(own)
        if isinstance(selection, InlineFragmentNode):
            return self.of(selection.selection_set, spread=spread).beside(_Size(directives=directives))
        assert isinstance(selection, FragmentSpreadNode)
        fragment = self._of_fragment(selection.name.value) if spread else _Size()
        return fragment.beside(_Size(directives=directives))

    def _of_fragment(self, name: str) -> _Size:
        if name in self._measured:
            return self._measured[name]
        if name in self._open or name not in self._fragments:
            return _Size()  # Validation names what is wrong with it.
        self._open.add(name)
        size = self._measured[name] = self.of(self._fragments[name].selection_set)
        self._open.discard(name)
        return size


def excesses(document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """What is too large about a document; nothing when it may go on to validation."""
    measure = _Measure(document)
    written, executed = _Size(), _Size()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            own = _Size(directives=len(definition.directives or ()))
            written = written.beside(measure.of(definition.selection_set, spread=False)).beside(own)
        if isinstance(definition, OperationDefinitionNode):
            executed = executed.beside(measure.of(definition.selection_set))
    # What is written is what validation looks at, what is executed may be far more.
    messages = [*_messages(executed, limits)] or [*_messages(written, limits)]
    return [
        GraphQLError(message, extensions={"code": RequestCode.GRAPHQL_VALIDATION_FAILED.value}) for message in messages
    ]


def _messages(size: _Size, limits: Limits) -> Iterator[str]:
    for found, most, what in (
        (size.depth, limits.depth_max, "levels deep"),
        (size.fields, limits.fields_max, "fields long"),
    ):
        if found > most:
            yield f"The document is {found} {what}; it may be {most}."
    for found, most, what in (
        (size.aliases, limits.aliases_max, "aliases"),
        (size.directives, limits.directives_max, "directives"),
    ):
        if found > most:
            yield f"The document has {found} {what}; it may have {most}."
