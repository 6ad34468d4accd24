"""Meter events by mutation: one with everything told of it, or a batch with a verdict for each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.meter_events import EVENTS_MAX, VerdictStatus
from models import Meter, MeterEvent
from services.base import Service, part
from services.idempotency import transactional
from services.usage.answers import MeterEventRecorded, MeterEventsRecorded, MeterEventVerdict
from services.usage.recording import Recording, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterEventDraft:
    """One event."""

    event_name: str
    payload: Mapping[str, object]
    identifier: str | None = None
    timestamp: datetime | None = None


class MeterEvents(Service):
    """Takes events from mutations."""

    recording = part(Recording)

    @transactional
    async def create(self, draft: MeterEventDraft) -> MeterEventRecorded:
        """The event as it is stored; one that was sent before, under the same identifier, as it was then."""
        raw = {
            "eventName": draft.event_name,
            "identifier": draft.identifier,
            "timestamp": None if draft.timestamp is None else int(draft.timestamp.timestamp()),
            "payload": dict(draft.payload),
        }
        [verdict] = await self.recording.record([raw])
        if verdict.fault is not None:
            # Keys of a payload are the caller's own words, and no fields of the input.
            raise DomainError(verdict.fault.code, verdict.fault.message, verdict.fault.param[:1])
        meters = await self.gather(Meter, "event_name", [draft.event_name], inactivity="")
        [event] = await self.gather(MeterEvent, "id", [f"{meter.id}:{verdict.identifier}" for meter in meters])
        return MeterEventRecorded(event, verdict.status is VerdictStatus.DUPLICATE, verdict.late_for)

    @transactional
    async def create_all(self, events: Sequence[object]) -> MeterEventsRecorded:
        """What became of each event, in order. A batch has from one to a thousand."""
        if not events:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING, "The batch is empty; it may have 1 to 1 000 events.", "events"
            )
        if len(events) > EVENTS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"The batch has {len(events)} events; it may have {EVENTS_MAX}.",
                "events",
            )
        verdicts = await self.recording.record(events)
        sums = Counter(each.status for each in verdicts)
        return MeterEventsRecorded(
            [_told(each) for each in verdicts],
            sums[VerdictStatus.ACCEPTED],
            sums[VerdictStatus.DUPLICATE],
            sums[VerdictStatus.REJECTED],
        )


def _told(verdict: Verdict) -> MeterEventVerdict:
    fault = verdict.fault
    if fault is None:
        return MeterEventVerdict(verdict.identifier, verdict.status, late_for=verdict.late_for)
    return MeterEventVerdict(verdict.identifier, verdict.status, fault.code, fault.message, fault.param or None)
