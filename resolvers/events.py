"""Events: fields of Query."""

from typing import Annotated, Any, TypeVar, cast

import strawberry
from strawberry import UNSET

from resolvers.context import Info
from resolvers.queries import by_id, field, require_read
from schema.base import wrapped
from schema.connections import After, Before, Connection, ConnectionOf, First, Last, page_request
from schema.events import EventFilter
from schema.inputs import draft_of
from schema.refs import EventRef
from services.events import EventSearch

_Filter = Annotated[EventFilter | None, strawberry.argument(description="Which events; all without it.")]

ARGUMENT = TypeVar("ARGUMENT")


class EventQueries:
    """Reading events."""

    event: EventRef | None = by_id("The event with this id; null when there is none.")

    @field
    async def events(
        self,
        info: Info,
        filter: _Filter = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[EventRef]:
        """Events, newest first by their sequence; to a restricted key those of objects that it may read."""
        require_read(info.context, "events", "events")
        log = info.context.services.events
        listing = log.matching(draft_of(EventSearch, filter) if filter else EventSearch())
        request = page_request(_given(first), _given(after), _given(last), _given(before))
        page = await log.page(listing, request)
        connection: Any = ConnectionOf(wrapped(page.rows), page, listing.count)
        return cast(Connection[EventRef], connection)


def _given(argument: ARGUMENT | None) -> ARGUMENT | None:
    return None if argument is UNSET else argument
