"""Usage in the API: meters."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.lifecycles import MeterStatus
from domain.usage import CustomerMappingType, Formula
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.payloads import payload
from schema.refs import MeterEventSummaryRef, MeterRef
from schema.usage.summaries import event_summaries

describe_enum(
    Formula,
    "How the events of a period become one figure.",
    COUNT="Their number; values are not looked at.",
    SUM="The sum of their values. An event may sum up many things that happened.",
    LAST="The value of the last event, by its timestamp; of one second, the one received last.",
    MAX="The largest value.",
    UNIQUE="How many different values there are; values are texts such as the id of a user.",
)
describe_enum(CustomerMappingType, "How an event names its customer.", BY_ID="By the customer's id.")
describe_enum(
    MeterStatus,
    "Whether a meter counts.",
    ACTIVE="It counts the events of its name.",
    INACTIVE="It refuses events. What it counted stays.",
)


@part_type
class MeterDefaultAggregation(Wrapping):
    """How a meter makes one figure of events."""

    formula: Formula = column("What is done with the values.")


@part_type
class MeterCustomerMapping(Wrapping):
    """Where an event names its customer."""

    event_payload_key: str = column("The key of the payload.", source="customer_key")

    @computed("What stands there.")
    def type(self) -> CustomerMappingType:
        """Always the customer's id."""
        return CustomerMappingType.BY_ID


@part_type
class MeterValueSettings(Wrapping):
    """Where an event has its value."""

    event_payload_key: str = column("The key of the payload.", source="value_key")


@part_type
class MeterStatusTransitions(Wrapping):
    """When a meter's status changed."""

    deactivated_at: datetime | None = column("When it was deactivated; null while it is active.")


@node_type(models.Meter, kind="usage", prefix=Prefix.METER)
class Meter(Node):
    """Counts the events of one name, for each customer. Only its display name ever changes."""

    created: datetime = column("When it was made.", source="created_at")
    updated: datetime = column("When it was changed last.", source="updated_at")
    livemode: bool = column("Whether real money is meant.")
    display_name: str = column("What it is called, for your own eyes.")
    event_name: str = column("The name of the events that it counts; one active meter has it.")
    status: MeterStatus = column("Whether it counts.")

    event_summaries: list[MeterEventSummaryRef] = event_summaries(
        "What one customer used, in order of time: at most 1 000 windows, those without usage too."
    )

    @computed("How it makes one figure of events.")
    def default_aggregation(self) -> MeterDefaultAggregation:
        """Reads through to the meter."""
        return MeterDefaultAggregation.of(self.row)

    @computed("Where an event names its customer.")
    def customer_mapping(self) -> MeterCustomerMapping:
        """Reads through to the meter."""
        return MeterCustomerMapping.of(self.row)

    @computed("Where an event has its value.")
    def value_settings(self) -> MeterValueSettings:
        """Reads through to the meter."""
        return MeterValueSettings.of(self.row)

    @computed("When its status changed.")
    def status_transitions(self) -> MeterStatusTransitions:
        """Reads through to the meter."""
        return MeterStatusTransitions.of(self.row)


@strawberry.input(description="How a meter makes one figure of events.")
class MeterDefaultAggregationInput:
    """Becomes `Aggregation`."""

    formula: Formula = input_field("What is done with the values.")


@strawberry.input(description="Where an event names its customer.")
class MeterCustomerMappingInput:
    """Becomes `CustomerMapping`."""

    event_payload_key: str = input_field("The key of the payload; at most 100 characters.")
    type: CustomerMappingType | None = input_field("What stands there; BY_ID.")


@strawberry.input(description="Where an event has its value.")
class MeterValueSettingsInput:
    """Becomes `ValueSettings`."""

    event_payload_key: str = input_field("The key of the payload; at most 100 characters.")


@strawberry.input(description="What a new meter counts, and how. None of it can be changed but the display name.")
class MeterCreateInput:
    """Becomes `MeterDraft`."""

    display_name: str = input_field("What it is called, for your own eyes; at most 250 characters.")
    event_name: str = input_field("The name of the events that it counts; at most 100 characters.")
    default_aggregation: MeterDefaultAggregationInput = input_field("How it makes one figure of events.")
    customer_mapping: MeterCustomerMappingInput | None = input_field(
        "Where an event names its customer; `stripe_customer_id` by default, which holds the id of a customer here."
    )
    value_settings: MeterValueSettingsInput | None = input_field("Where an event has its value; `value` by default.")


@strawberry.input(description="What changes about a meter. What is not mentioned stays.")
class MeterUpdateInput:
    """Becomes `MeterChange`."""

    id: strawberry.ID = input_field("The meter.")
    display_name: strawberry.Maybe[str | None] = input_field("What it is called; at most 250 characters.")


@strawberry.input(description="Which meter shall refuse events.")
class MeterDeactivateInput:
    """The id alone."""

    id: strawberry.ID = input_field("An active meter.")


@strawberry.input(description="Which meter shall count again.")
class MeterReactivateInput:
    """The id alone."""

    id: strawberry.ID = input_field("An inactive meter; no other active one may have its event name.")


@strawberry.input(description="Which meters to list. What is not given is not asked.")
class MeterFilter:
    """Becomes `MeterSearch`."""

    status: MeterStatus | None = input_field("Only active ones, or only inactive ones.")
    event_name: str | None = input_field("Only those that count, or counted, events of this name.")


MeterCreatePayload = payload("meterCreate", meter=(MeterRef, "The new meter; null when the input was refused."))
MeterUpdatePayload = payload("meterUpdate", meter=MeterRef)
MeterDeactivatePayload = payload("meterDeactivate", meter=MeterRef)
MeterReactivatePayload = payload("meterReactivate", meter=MeterRef)
