"""`node` and `nodes`: any object by its id alone."""

from typing import Annotated, Any

import strawberry

from domain.ids import prefix_of
from resolvers.context import Info
from resolvers.queries import field
from schema.base import KINDS_BY_PREFIX, Node
from schema.errors import BadRequest, Forbidden
from services.pages import PAGE_SIZE_MAX

_Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
_Ids = Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {PAGE_SIZE_MAX} ids, of any kinds.")]


class NodeQueries:
    """Relay's two root fields."""

    @field
    def node(self, info: Info, id: _Id) -> Node | None:
        """Any object by its id; null when it is absent or another account's."""
        found: Node | None = _found(info, id)
        return found

    @field
    def nodes(self, info: Info, ids: _Ids) -> list[Node | None]:
        """Objects by their ids, in the order of the ids, null for those that are absent."""
        if len(ids) > PAGE_SIZE_MAX:
            raise BadRequest(f"`ids` may hold at most {PAGE_SIZE_MAX} ids, not {len(ids)}.")
        return [_found_or_refused(info, each) for each in ids]


def _found(info: Info, id: str) -> Any:
    prefix = prefix_of(id)
    known = KINDS_BY_PREFIX.get(prefix) if prefix is not None else None
    return None if known is None else info.context.load.one(known).load(id)


def _found_or_refused(info: Info, id: str) -> Any:
    """A refusal becomes the error of its own entry, so that the others are answered."""
    try:
        return _found(info, id)
    except Forbidden as refusal:
        return refusal
