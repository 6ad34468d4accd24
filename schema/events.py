"""Events in the API: what happened, with the objects as they were right after it."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from schema.base import Node, Wrapping, column, computed, input_field, node_type, part_type
from schema.refs import AccountRef
from schema.relations import one
from schema.scalars import Json, Sequence


@part_type
class EventData(Wrapping):
    """The object that an event tells of."""

    object: Json = column(
        "The object right after the change, in the shape of Stripe's REST API: snake_case names, unix times.",
        source="data",
    )
    previous_attributes: Json | None = column(
        "What the attributes that changed said before; null where the event is not about a change."
    )


@part_type
class EventRequest(Wrapping):
    """The request that brought an event about."""

    id: str | None = column("Its id; null when time brought the event about.", source="request_id")
    idempotency_key: str | None = column("The idempotency key it came with.")


@node_type(models.Event, kind="events", prefix=Prefix.EVENT)
class Event(Node):
    """Something that happened to an object. Events are written in the same transaction as the change itself."""

    created: datetime = column("When it happened, by the object's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    account: AccountRef | None = one(
        "connected_account_id",
        "The connected account that it happened on, or that it is about; null of what is the platform's own affair.",
    )
    type: str = column("What happened, as Stripe names it: `invoice.paid`.")
    sequence: Sequence = column("Its place among all events of the account and mode: 1, 2, 3, without gaps.")
    object_sequence: Sequence = column("Its place among the events of the same object: 1, 2, 3, without gaps.")
    api_version: str = column("The version of Stripe's API whose shape `data.object` has.")

    @computed("The object that it happened to.")
    def data(self) -> EventData:
        """Reads through to the event."""
        return EventData.of(self.row)

    @computed("The request that brought it about.")
    def request(self) -> EventRequest:
        """Reads through to the event."""
        return EventRequest.of(self.row)


@strawberry.input(description="A span of time; the bounds that are given must all hold.")
class CreatedFilter:
    """Becomes `Span`."""

    gte: datetime | None = input_field("Not before this moment.")
    gt: datetime | None = input_field("After this moment.")
    lte: datetime | None = input_field("Not after this moment.")
    lt: datetime | None = input_field("Before this moment.")


@strawberry.input(description="Which events to list. What is not given is not asked.")
class EventFilter:
    """Becomes `EventSearch`."""

    types: list[str] | None = input_field(
        "Only these types, at most 20; `*` stands for any text: `invoice.*`, `*.created`."
    )
    object_id: strawberry.ID | None = input_field("Only what happened to this object.", name="objectId")
    created: CreatedFilter | None = input_field("Only what happened in this span, by the objects' clocks.")
