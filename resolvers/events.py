"""Events: fields of Query."""

from typing import Any, cast

from strawberry import UNSET

from resolvers.context import Info
from resolvers.queries import by_id, field, require_read
from schema.base import wrapped
from schema.connections import After, Before, Connection, ConnectionOf, First, Last, page_request
from schema.errors import BadRequest
from schema.events import EventFilter
from schema.inputs import draft_of
from schema.refs import EventRef
from services.events import EventSearch

TYPES_MAX = 20


class EventQueries:
    """Reading events."""

    event: EventRef | None = by_id("The event with this id; null when there is none.")

    @field
    async def events(
        self,
        info: Info,
        filter: EventFilter | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Connection[EventRef]:
        """Events, newest first by their sequence."""
        require_read(info.context, "events", "events")
        log = info.context.services.events
        listing = log.matching(_search(filter or EventFilter()))
        given = (None if each is UNSET else each for each in (first, after, last, before))
        page = await log.page(listing, page_request(*given))
        connection: Any = ConnectionOf(wrapped(page.rows), page, listing.count)
        return cast(Connection[EventRef], connection)


def _search(filter: EventFilter) -> EventSearch:
    if filter.types is not None and len(filter.types) > TYPES_MAX:
        raise BadRequest(f"`types` may hold at most {TYPES_MAX} patterns, not {len(filter.types)}.")
    return draft_of(EventSearch, filter)
