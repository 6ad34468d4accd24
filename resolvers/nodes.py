"""`node` and `nodes`: any object by its id alone."""

from typing import Annotated, Any

import strawberry

from domain.coupons import is_identifier
from domain.ids import prefix_of
from resolvers.context import Info
from resolvers.queries import field
from schema.base import KINDS_BY_PREFIX, Node, wrapped
from schema.errors import BadRequest, Forbidden
from services.coupons import Coupons
from services.pages import PAGE_SIZE_MAX
from services.scope import Access, Scope

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
    if prefix is None:
        return _coupon(info, id)
    known = KINDS_BY_PREFIX.get(prefix)
    return None if known is None else info.context.load.one(known).load(id)


def _coupon(info: Info, id: str) -> Any:
    """A coupon whose id somebody chose, which has no prefix; null for a key that may not read coupons."""
    if not is_identifier(id) or not info.context.scope.policy.allows("coupons", Access.READ):
        return None
    return info.context.load.values(_coupons_named, _nothing).load(id)


async def _coupons_named(scope: Scope, identifiers: list[str]) -> dict[str, Any]:
    found = await Coupons(scope).all_named(identifiers)
    return {identifier: wrapped(row) for identifier, row in found.items()}


def _nothing() -> None:
    return None


def _found_or_refused(info: Info, id: str) -> Any:
    """A refusal becomes the error of its own entry, so that the others are answered."""
    try:
        return _found(info, id)
    except Forbidden as refusal:
        return refusal
