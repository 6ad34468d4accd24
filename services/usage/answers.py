"""What verbs about meter events answer with."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import ErrorCode
from domain.meter_events import AdjustmentStatus, AdjustmentType, VerdictStatus
from models import MeterEvent
from services.answers import answer
from services.usage.lateness import BilledTime


@answer
@dataclass(frozen=True, slots=True)
class MeterEventVerdict:
    """What became of one event of a batch."""

    identifier: str | None
    status: VerdictStatus
    code: ErrorCode | None = None
    message: str | None = None
    param: Sequence[str] | None = None
    late_for: BilledTime | None = None


@answer
@dataclass(frozen=True, slots=True)
class MeterEventsRecorded:
    """What became of a batch, event by event and in sum."""

    verdicts: Sequence[MeterEventVerdict]
    accepted: int
    duplicate: int
    rejected: int


@answer
@dataclass(frozen=True, slots=True)
class MeterEventRecorded:
    """An event as it is stored, and whether it had been sent before."""

    meter_event: MeterEvent
    duplicate: bool
    late_for: BilledTime | None = None


@answer
@dataclass(frozen=True, slots=True)
class MeterEventAdjustment:
    """What was done about an event."""

    event_name: str
    identifier: str
    livemode: bool
    status: AdjustmentStatus
    type: AdjustmentType


@answer
@dataclass(frozen=True, slots=True)
class MeterEventAdjusted:
    """What the payload shows."""

    meter_event_adjustment: MeterEventAdjustment
