"""Meter events in the API: what customers did, told one by one or in batches, and taken back."""

from datetime import datetime

import strawberry

import models
from domain.errors import ErrorCode
from domain.meter_events import AdjustmentStatus, AdjustmentType, VerdictStatus
from domain.usage import value_of
from schema.base import Node, column, computed, describe_enum, input_field, node_type
from schema.payloads import payload
from schema.refs import (
    CustomerRef,
    MeterEventAdjustmentRef,
    MeterEventRef,
    MeterEventVerdictRef,
    MeterRef,
)
from schema.relations import one
from schema.scalars import MeterEventBatch, MeterEventPayload

describe_enum(
    VerdictStatus,
    "What became of an event.",
    ACCEPTED="It counts.",
    DUPLICATE="It had been counted before, under the same identifier.",
    REJECTED="It does not count; the code says why.",
)
describe_enum(AdjustmentType, "What is done about an event.", CANCEL="It is taken back.")
describe_enum(AdjustmentStatus, "Whether it has been done.", COMPLETE="It has.")


@node_type(models.MeterEvent, kind="usage")
class MeterEvent(Node):
    """Something that a customer did, as a meter counted it."""

    created: datetime = column("When it was received, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    meter: MeterRef = one("meter_id", "What counted it.")
    customer: CustomerRef = one("customer_id", "Whose usage it is.")
    timestamp: datetime = column("When it happened.", source="occurred_at")
    canceled: bool = column("Whether it was taken back.")

    @computed("The sender's name for it, or one that was made for it.")
    def identifier(self) -> str:
        """Behind the meter."""
        return str(self.row.id).partition(":")[2]

    @computed("Its value: a decimal, or a text where the meter counts different values; 1 where it counts events.")
    def value(self) -> str:
        """Without zeros at its end."""
        return self.row.text or format(value_of(self.row.whole, self.row.nano), "f")


_LATE_FOR = (
    "The time it belongs to, where that was billed before it came: it is billed with the next invoice of the "
    "subscription, or, where that has ended, 36 days after the end. Null where it is not billed any more, as within a "
    "trial and before a transfer. Of events within the last hour it is not told."
)


@strawberry.type(description="A time whose usage was billed.")
class MeterEventBilledTime:
    """Reads the service's answer as it is."""

    start: datetime = strawberry.field(description="Its first moment.")
    end: datetime = strawberry.field(description="The moment after its last.")


@strawberry.type(description="What became of one event of a batch.")
class MeterEventVerdict:
    """Reads the service's verdict as it is: there may be a thousand."""

    identifier: str | None = strawberry.field(
        description="The event's identifier, made for it where none was sent; null where there can be none."
    )
    status: VerdictStatus = strawberry.field(description="Whether it counts.")
    code: ErrorCode | None = strawberry.field(description="Why it does not, for a program.")
    message: str | None = strawberry.field(description="Why it does not and what would be right, for a person.")
    param: list[str] | None = strawberry.field(description="The path of what is wrong within the event.")
    late_for: MeterEventBilledTime | None = strawberry.field(description=_LATE_FOR)


@strawberry.type(description="An event that was taken back.")
class MeterEventAdjustment:
    """Reads the service's answer as it is."""

    event_name: str = strawberry.field(description="The name of the event.")
    identifier: str = strawberry.field(description="The identifier of the event.")
    livemode: bool = strawberry.field(description="Whether real money is meant.")
    status: AdjustmentStatus = strawberry.field(description="Whether it has been done; it always is at once.")
    type: AdjustmentType = strawberry.field(description="What was done.")


@strawberry.input(description="What a customer did.")
class MeterEventCreateInput:
    """Becomes `MeterEventDraft`."""

    event_name: str = input_field("The event name of an active meter.")
    payload: MeterEventPayload = input_field("The id of a customer and the value, under the keys of the meter.")
    identifier: str | None = input_field(
        "Your name for the event: sent twice, it counts once. At most 100 characters; made for you when absent."
    )
    timestamp: datetime | None = input_field(
        "When it happened: at most 35 days before and 5 minutes after the customer's now, which is the default."
    )


@strawberry.input(description="What customers did.")
class MeterEventsCreateInput:
    """The batch as it was sent."""

    events: MeterEventBatch = input_field("From one to 1 000 events.")


@strawberry.input(description="Which event to take back.")
class MeterEventAdjustmentCancelInput:
    """Becomes `Cancel`."""

    identifier: str = input_field("The identifier of the event.")


@strawberry.input(description="What to do about an event.")
class MeterEventAdjustmentCreateInput:
    """Becomes `AdjustmentDraft`."""

    event_name: str = input_field("The name of the event.")
    type: AdjustmentType | None = input_field("CANCEL, which is the default.")
    cancel: MeterEventAdjustmentCancelInput = input_field("Which event to take back.")


MeterEventCreatePayload = payload(
    "meterEventCreate",
    meter_event=(MeterEventRef, "The event as it is stored; null when it was refused."),
    duplicate=(bool, "Whether it had been sent before: then the event is shown as it was counted first."),
    late_for=(MeterEventBilledTime, _LATE_FOR),
)
MeterEventsCreatePayload = payload(
    "meterEventsCreate",
    verdicts=(list[MeterEventVerdictRef], "What became of each event, in order; empty when the batch was refused."),
    accepted=(int, "How many count now."),
    duplicate=(int, "How many had been counted before."),
    rejected=(int, "How many do not count."),
)
MeterEventAdjustmentCreatePayload = payload(
    "meterEventAdjustmentCreate",
    meter_event_adjustment=(MeterEventAdjustmentRef, "What was done; null when it was refused."),
)
