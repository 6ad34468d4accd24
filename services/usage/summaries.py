"""What a customer used, window by window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.usage import MINUTE, WINDOW_SECONDS, GroupingWindow
from services.scope import Scope
from services.usage.readings import Reading, Readings

WINDOWS_MAX: Final = 1_000
"""Of one customer and meter: a month by the hour has 744."""
READINGS_MAX: Final = 10_000
"""Of all meters of one question."""


@dataclass(frozen=True, slots=True)
class EventSummary:
    """What was used from `start_time` until before `end_time`."""

    start_time: datetime
    end_time: datetime
    aggregated_value: Decimal


@dataclass(frozen=True, slots=True)
class Summing:
    """A question for summaries of one customer; called, it answers for many meters with the same few statements."""

    customer_id: str
    start: datetime
    end: datetime
    window: GroupingWindow | None

    def windows(self) -> list[tuple[datetime, datetime]]:
        """Beginning and end of each summary. Refuses times that no windows fit between, and too many windows."""
        first, last = int(self.start.timestamp()), int(self.end.timestamp())
        step = MINUTE if self.window is None else WINDOW_SECONDS[self.window]
        unit = {None: "a minute", GroupingWindow.HOUR: "an hour", GroupingWindow.DAY: "a day"}[self.window]
        for name, moment in (("startTime", first), ("endTime", last)):
            if moment % step:
                raise DomainError(
                    ErrorCode.PARAMETER_INVALID,
                    f"{name} {datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC must be where {unit} begins.",
                    name,
                )
        if last <= first:
            raise DomainError(ErrorCode.PARAMETER_INVALID, "endTime must lie after startTime.", "endTime")
        if self.window is None:
            return [(self.start, self.end)]
        count = (last - first) // step
        if count > WINDOWS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"There are {count} windows between startTime and endTime; there may be {WINDOWS_MAX}.",
                "endTime",
            )
        length = timedelta(seconds=step)
        return [(self.start + length * place, self.start + length * (place + 1)) for place in range(count)]

    async def __call__(self, scope: Scope, meter_ids: Sequence[str]) -> dict[str, list[EventSummary]]:
        """By meter, its summaries in order, those without usage too."""
        windows = self.windows()
        if len(windows) * len(meter_ids) > READINGS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"{len(meter_ids)} meters have {len(windows)} windows each; all together may have {READINGS_MAX}.",
            )
        wanted = [Reading(meter, self.customer_id, start, end) for meter in meter_ids for start, end in windows]
        values = await Readings(scope).of(wanted)
        summaries = [EventSummary(each.start, each.end, value) for each, value in zip(wanted, values, strict=True)]
        count = len(windows)
        return {meter: summaries[place * count : (place + 1) * count] for place, meter in enumerate(meter_ids)}
