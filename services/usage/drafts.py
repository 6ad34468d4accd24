"""What callers send about meters."""

from dataclasses import dataclass
from typing import Final

from domain.drafts import UNSET, Unset
from domain.lifecycles import MeterStatus
from domain.usage import CustomerMappingType, Formula

CUSTOMER_KEY: Final = "stripe_customer_id"
VALUE_KEY: Final = "value"
"""Stripe's keys, so that what sends events to Stripe can send them here."""


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How events become one figure."""

    formula: Formula


@dataclass(frozen=True, slots=True)
class CustomerMapping:
    """Where an event names its customer."""

    event_payload_key: str = CUSTOMER_KEY
    type: CustomerMappingType = CustomerMappingType.BY_ID


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """Where an event has its value."""

    event_payload_key: str = VALUE_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterDraft:
    """A new meter."""

    display_name: str
    event_name: str
    default_aggregation: Aggregation
    customer_mapping: CustomerMapping = CustomerMapping()
    value_settings: ValueSettings = ValueSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterChange:
    """What to change of a meter; what it counts, and how, never changes."""

    id: str
    display_name: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSearch:
    """Which meters a list shows; None asks nothing."""

    status: MeterStatus | None = None
    event_name: str | None = None
