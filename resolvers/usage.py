"""Usage: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import MeterRef
from schema.usage import (
    MeterCreateInput,
    MeterCreatePayload,
    MeterDeactivateInput,
    MeterDeactivatePayload,
    MeterFilter,
    MeterReactivateInput,
    MeterReactivatePayload,
    MeterUpdateInput,
    MeterUpdatePayload,
)
from schema.usage.events import (
    MeterEventAdjustmentCreateInput,
    MeterEventAdjustmentCreatePayload,
    MeterEventCreateInput,
    MeterEventCreatePayload,
    MeterEventsCreateInput,
    MeterEventsCreatePayload,
)
from services.pages import Listing
from services.usage import AdjustmentDraft, MeterChange, MeterDraft, MeterEventDraft, MeterSearch

_Meters = Annotated[MeterFilter | None, strawberry.argument(description="Which meters; all without it.")]


class UsageQueries:
    """Reading meters."""

    meter: MeterRef | None = by_id("The meter with this id; null when there is none.")

    @listing(MeterRef, kind="usage")
    def meters(self, info: Info, filter: _Meters = None) -> Listing:
        """Meters, newest first."""
        wanted = draft_of(MeterSearch, filter) if filter else MeterSearch()
        return info.context.services.meters.matching(wanted)


class MeterMutations:
    """Changing meters."""

    @mutation(kind="usage", payload=MeterCreatePayload)
    async def meter_create(self, info: Info, input: MeterCreateInput) -> Answer:
        """Creates a meter, which counts the events of one name from then on."""
        return await info.context.services.meters.create(draft_of(MeterDraft, input))

    @mutation(kind="usage", payload=MeterUpdatePayload)
    async def meter_update(self, info: Info, input: MeterUpdateInput) -> Answer:
        """Changes what a meter is called. What it counts, and how, never changes."""
        return await info.context.services.meters.update(draft_of(MeterChange, input))

    @mutation(kind="usage", payload=MeterDeactivatePayload)
    async def meter_deactivate(self, info: Info, input: MeterDeactivateInput) -> Answer:
        """Lets a meter refuse events. What it counted stays, and its event name is free for another meter."""
        return await info.context.services.meters.deactivate(input.id)

    @mutation(kind="usage", payload=MeterReactivatePayload)
    async def meter_reactivate(self, info: Info, input: MeterReactivateInput) -> Answer:
        """Lets a meter count again."""
        return await info.context.services.meters.reactivate(input.id)


class MeterEventMutations:
    """Telling what customers did."""

    @mutation(kind="usage", payload=MeterEventCreatePayload)
    async def meter_event_create(self, info: Info, input: MeterEventCreateInput) -> Answer:
        """Counts one event. Sent again under its identifier, it is answered as it was and counts no second time."""
        return await info.context.services.meter_events.create(draft_of(MeterEventDraft, input))

    @mutation(kind="usage", payload=MeterEventsCreatePayload)
    async def meter_events_create(self, info: Info, input: MeterEventsCreateInput) -> Answer:
        """Counts up to 1 000 events and says of each what became of it; `POST /meter_events` takes more at once."""
        return await info.context.services.meter_events.create_all(input.events)

    @mutation(kind="usage", payload=MeterEventAdjustmentCreatePayload)
    async def meter_event_adjustment_create(self, info: Info, input: MeterEventAdjustmentCreateInput) -> Answer:
        """Takes an event back, within 24 hours of its receipt."""
        return await info.context.services.meter_event_adjustments.create(draft_of(AdjustmentDraft, input))
