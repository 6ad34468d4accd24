"""Relay connections: lists in pages, newest first by id. Nothing is counted unless `totalCount` is selected."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from schema.errors import BadRequest
from services.pages import PAGE_SIZE, PAGE_SIZE_MAX, Page, PageRequest

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many from the beginning; {PAGE_SIZE} when neither this nor `last` is given."),
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, for paging backwards.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]

_CURSOR = "id:"


@strawberry.type(description="Where a page lies within its list.")
class PageInfo:
    """Flags and cursors of a page."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first entry, null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last entry, null on an empty page.")


@strawberry.type(description="An entry of a list with its place in it.")
class Edge(Generic[T]):
    """One node and its cursor."""

    cursor: str = strawberry.field(description="The place, for `after` and `before`.")
    node: T = strawberry.field(description="The entry itself.")


@strawberry.type(description="A page of a list, newest first.")
class Connection(Generic[T]):
    """What `ConnectionOf` looks like in the API."""

    edges: list[Edge[T]] = strawberry.field(description="The entries with their cursors.")
    nodes: list[T] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")
    total_count: int = strawberry.field(description="How many there are in all pages; costs a query of its own.")


class EdgeOf:
    """A node and its cursor, made when edges are asked for."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node

    @property
    def cursor(self) -> str:
        """The opaque form of the node's id."""
        return cursor_of(self.node.row.id)


class ConnectionOf:
    """A page of wrapped rows; `count` is called only when `totalCount` is selected."""

    __slots__ = ("_count", "nodes", "page")

    def __init__(self, nodes: list[Any], page: Page[Any], count: Callable[[], Awaitable[int] | int]) -> None:
        self.nodes = nodes
        self.page = page
        self._count = count

    @property
    def edges(self) -> list[EdgeOf]:
        """The nodes with their cursors."""
        return [EdgeOf(node) for node in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        """Flags and cursors."""
        return page_info_of(self.page, [node.row.id for node in self.nodes])

    @property
    def total_count(self) -> Awaitable[int] | int:
        """The number over all pages."""
        return self._count()


def page_info_of(page: Page[Any], identifiers: Sequence[str]) -> PageInfo:
    """Where a page lies; the ids are those of its rows."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursor_of(identifiers[0]) if identifiers else None,
        end_cursor=cursor_of(identifiers[-1]) if identifiers else None,
    )


def cursor_of(identifier: str) -> str:
    """The opaque form of an id."""
    return urlsafe_b64encode((_CURSOR + identifier).encode()).decode().rstrip("=")


def page_request(first: int | None, after: str | None, last: int | None, before: str | None) -> PageRequest:
    """The page that these arguments ask for. Refuses sizes outside 1 to 100, and cursors that are none."""
    if first is not None and last is not None:
        raise BadRequest("Give `first` or `last`, not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= PAGE_SIZE_MAX:
            raise BadRequest(f"`{name}` must be between 1 and {PAGE_SIZE_MAX}, not {size}.")
    return PageRequest(
        size=last or first or PAGE_SIZE,
        backwards=last is not None,
        after=_id_of(after, "after"),
        before=_id_of(before, "before"),
    )


def _id_of(cursor: str | None, name: str) -> str | None:
    if cursor is None:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    if not text.startswith(_CURSOR) or len(text) > 80:
        raise BadRequest(f"`{name}` must be a cursor from an earlier answer, not {cursor[:80]!r}.")
    return text.removeprefix(_CURSOR)
