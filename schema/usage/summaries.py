"""Summaries of usage in the API: what one customer used, window by window."""

from datetime import datetime
from decimal import Decimal
from inspect import isawaitable
from typing import Annotated, Any

import strawberry

from domain.errors import DomainError
from domain.usage import GroupingWindow
from schema.base import DIRECT, Wrapping, column, describe_enum, part_type
from schema.errors import BadRequest
from services.usage import Summing

describe_enum(
    GroupingWindow,
    "How long the windows of summaries are.",
    HOUR="An hour, from its first minute on.",
    DAY="A day of UTC.",
)


@part_type
class MeterEventSummary(Wrapping):
    """What a customer used from one moment until before another, by the meter's formula."""

    start_time: datetime = column("Its beginning.")
    end_time: datetime = column("Its end, which does not belong to it.")
    aggregated_value: Decimal = column("What the events came to; 0 without any.")


_Customer = Annotated[strawberry.ID, strawberry.argument(description="Whose usage.")]
_Start = Annotated[datetime, strawberry.argument(description="From when on: the beginning of a minute, or a window.")]
_End = Annotated[datetime, strawberry.argument(description="Until when: the beginning of a minute, or a window.")]
_Window = Annotated[
    GroupingWindow | None, strawberry.argument(description="How long the windows are; one for all of it without.")
]


def _declared(
    customer: _Customer, start_time: _Start, end_time: _End, value_grouping_window: _Window = strawberry.UNSET
) -> None:
    """Declares the arguments; `_summaries` is what is called."""


async def _summaries(source: Any, info: Any, **arguments: Any) -> list[MeterEventSummary]:
    window = arguments.get("valueGroupingWindow")
    asked = Summing(
        arguments["customer"],
        arguments["startTime"],
        arguments["endTime"],
        None if window is None else GroupingWindow(window),
    )
    try:
        asked.windows()
        found = info.context.load.values(asked, list).load(source.row.id)
        return [MeterEventSummary.of(each) for each in (await found if isawaitable(found) else found)]
    except DomainError as refusal:
        raise BadRequest(str(refusal)) from None


del _declared.__annotations__["return"]


def event_summaries(description: str) -> Any:
    """The field of a meter that sums what one customer used."""
    return strawberry.field(description=description, resolver=_declared, metadata={DIRECT: _summaries})
