"""Taking an event back: it stays stored, and its buckets are worked out again without it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.meter_events import AdjustmentStatus, AdjustmentType
from domain.usage import CROWDED_ABOVE, DAY, MINUTE, SPANS, Formula, Range, carried
from models import Customer, Meter, MeterEvent, UsageBucket, UsageValue
from services.base import Service
from services.idempotency import transactional
from services.rows import update_rows
from services.transactions import for_update
from services.usage.answers import MeterEventAdjusted, MeterEventAdjustment
from services.usage.readings import Piece, figures_of

CANCELED_WITHIN: Final = timedelta(hours=24)
_BELOW: Final = dict(zip(SPANS, (*SPANS[1:], 0), strict=True))


@dataclass(frozen=True, slots=True)
class Cancel:
    """Which event to take back."""

    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentDraft:
    """What to do about an event."""

    event_name: str
    cancel: Cancel
    type: AdjustmentType = AdjustmentType.CANCEL


class Adjustments(Service):
    """Takes events back."""

    @transactional
    async def create(self, draft: AdjustmentDraft) -> MeterEventAdjusted:
        """Take an event back within 24 hours of its receipt; one that was taken back before stays so."""
        meter, event = await self._found(draft)
        customer = await self.require(Customer, event.customer_id)
        now = await self.present(customer.test_clock_id)
        buckets = await self._held(event)
        event = await self.lock(MeterEvent, event.id, "cancel", "identifier")
        if not event.canceled:
            if now - event.created_at > CANCELED_WITHIN:
                raise DomainError(
                    ErrorCode.METER_EVENT_TOO_LATE_TO_CANCEL,
                    f"Event '{draft.cancel.identifier}' was received at {event.created_at:%Y-%m-%d %H:%M:%S} UTC; "
                    "an event can be canceled for 24 hours.",
                    "cancel.identifier",
                )
            event.canceled = True
            await update_rows([event], ["canceled"])
            await self._recount(Formula(meter.formula), event, buckets)
        return MeterEventAdjusted(
            MeterEventAdjustment(
                meter.event_name, draft.cancel.identifier, event.livemode, AdjustmentStatus.COMPLETE, draft.type
            )
        )

    async def _found(self, draft: AdjustmentDraft) -> tuple[Meter, MeterEvent]:
        """The event, of the active meter of its name before those that were."""
        meters = {each.id: each for each in await self.gather(Meter, "event_name", [draft.event_name])}
        events = await self.gather(MeterEvent, "id", [f"{meter_id}:{draft.cancel.identifier}" for meter_id in meters])
        if not events:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"No event named '{draft.event_name[:60]}' with the identifier '{draft.cancel.identifier[:100]}'.",
                "cancel.identifier",
            )
        event = min(events, key=lambda each: meters[each.meter_id].inactivity)
        return meters[event.meter_id], event

    async def _held(self, event: MeterEvent) -> list[UsageBucket]:
        """The buckets of an event, finest first; whoever counts into its day waits."""
        moment = int(event.occurred_at.timestamp())
        owner = {"customer_id": event.customer_id, "meter_id": event.meter_id}
        day = self.mine(UsageBucket).filter(span=DAY, start=moment // DAY * DAY, **owner)
        held = [await for_update(day).get()]
        for span in SPANS[1:]:
            held += await self.mine(UsageBucket).filter(span=span, start=moment // span * span, **owner)
        return held[::-1]

    async def _recount(self, formula: Formula, event: MeterEvent, buckets: list[UsageBucket]) -> None:
        """Work out every bucket anew, from the finer ones where it has some, else from its events."""
        for bucket in buckets:
            if formula is Formula.UNIQUE:
                await self._forget_text(event, bucket)
                continue
            crowded = bucket.span != MINUTE and bucket.events > CROWDED_ABOVE
            source = Range(_BELOW[bucket.span] if crowded else 0, bucket.start, bucket.start + bucket.span)
            figure = (await figures_of(formula, [Piece(0, event.meter_id, event.customer_id, source)])).get(0)
            bucket.whole = bucket.nano = bucket.last_at = bucket.last_ticks = None
            if figure is not None and figure.whole is not None and figure.nano is not None:
                bucket.whole, bucket.nano = carried(figure.whole, figure.nano)
                bucket.last_at, bucket.last_ticks = figure.last_at, figure.last_ticks
            elif formula in {Formula.COUNT, Formula.SUM}:
                bucket.whole = bucket.nano = 0
            await update_rows([bucket], ["whole", "nano", "last_at", "last_ticks"])

    async def _forget_text(self, event: MeterEvent, bucket: UsageBucket) -> None:
        key = {"customer_id": event.customer_id, "meter_id": event.meter_id, "text": event.text}
        held = for_update(self.mine(UsageValue).filter(span=bucket.span, start=bucket.start, **key))
        value = await held.get()
        value.events -= 1
        await update_rows([value], ["events"])
