"""Scalars. There is no Float: amounts are integers in minor units, decimals travel as text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain.cancellation import PeriodEnd
from domain.currencies import exponents
from domain.trials import NOW, Now
from domain.uploads import UploadedFile

MinorUnits = NewType("MinorUnits", int)
"""An amount in the smallest unit of the currency beside it; 64 bits."""
Quantity = NewType("Quantity", int)
"""A number of units; 64 bits."""
Sequence = NewType("Sequence", int)
"""A place in an order that only grows; 64 bits."""
Currency = NewType("Currency", str)
"""A lower-case ISO 4217 code; input in any case."""
Metadata = NewType("Metadata", dict[str, str])
"""Labels of the caller's own. An empty text stands for removal."""
TimeOrNow = NewType("TimeOrNow", object)
"""A moment, or the word NOW."""
TimeOrPeriodEnd = NewType("TimeOrPeriodEnd", object)
"""A moment, or a word for the end of a period."""
MeterEventBatch = NewType("MeterEventBatch", list[object])
"""Events as they were sent; each is looked at by the service, once."""
MeterEventPayload = NewType("MeterEventPayload", dict[str, object])
"""What an event says: texts and whole numbers."""
Json = NewType("Json", object)
"""Data whose form depends on its kind, such as how an amount was calculated."""

INT_LIMIT = 2**31
"""Below it, on either side of zero, a whole number can be told as an Int."""
_INT64_MAX = 2**63 - 1
_INTEGER = re.compile(r"-?\d{1,19}\Z", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|z|[+-]\d\d:\d\d)\Z", re.ASCII)
_FRACTION = re.compile(r"\.\d+")
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,30})?\Z", re.ASCII)
_YEAR_FIRST, _YEAR_LAST = 1900, 9000


def _minor_units(value: object) -> int:
    return _int64(value, "MinorUnits must be a whole number of minor units such as 1500")


def _quantity(value: object) -> int:
    return _int64(value, "Quantity must be a whole number of units such as 1500")


def _sequence(value: object) -> int:
    return _int64(value, "Sequence must be a whole number such as 1500")


def _int64(value: object, wanted: str) -> int:
    if isinstance(value, str) and _INTEGER.match(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphQLError(f"{wanted}, not {value!r}.")
    if abs(value) > _INT64_MAX:
        raise GraphQLError(f"{wanted}, and must fit into 64 bits; {value} does not.")
    return value


def _currency(value: object) -> str:
    code = value.lower() if isinstance(value, str) else ""
    if code not in exponents():
        raise GraphQLError(f"Currency must be an ISO 4217 code such as 'usd' or 'eur', not {value!r}.")
    return code


def _datetime(value: object) -> datetime:
    """Any offset is accepted and turned into UTC; parts of a second are cut off."""
    if isinstance(value, str) and _DATETIME.match(value):
        try:
            moment = datetime.fromisoformat(_FRACTION.sub("", value).upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            return _within_reach(moment)
    raise GraphQLError(f"DateTime must be ISO 8601 with an offset such as '2027-01-31T10:00:00Z', not {value!r}.")


def _within_reach(moment: datetime) -> datetime:
    """The moment, where periods can be counted from it, back and ahead, without leaving the calendar."""
    if not _YEAR_FIRST <= moment.year <= _YEAR_LAST:
        raise GraphQLError(
            f"DateTime must lie in the years {_YEAR_FIRST} to {_YEAR_LAST}, and {moment:%Y-%m-%d} does not."
        )
    return moment


def _time_or_now(value: object) -> datetime | Now:
    return NOW if value == NOW.value else _datetime(value)


def _time_or_period_end(value: object) -> datetime | PeriodEnd:
    words = {each.name: each for each in PeriodEnd}
    return words[value] if isinstance(value, str) and value in words else _datetime(value)


@lru_cache(maxsize=8192)
def instant_text(value: datetime) -> str:
    """ISO 8601 in UTC to the second, with `Z`."""
    assert value.tzinfo is UTC, f"{value!r} is not in UTC"
    return value.isoformat()[:19] + "Z"


def _date(value: object) -> date:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError(f"Date must be an ISO 8601 date such as '2027-01-31', not {value!r}.")


def _decimal(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and _DECIMAL.match(value):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    raise GraphQLError(f"Decimal must be text such as '12.5' with at most 30 digits each side, not {value!r}.")


def _decimal_text(value: Decimal | str) -> str:
    """Plain digits without an exponent; rows keep decimals as text already."""
    return value if isinstance(value, str) else format(value, "f")


def _metadata(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise GraphQLError(f'Metadata must be an object of texts such as {{"plan": "gold"}}, not {value!r}.')
    for key, text in value.items():
        if not (text is None or isinstance(text, str)):
            raise GraphQLError(f"Metadata value of {key!r} must be a text (or null to remove it), not {text!r}.")
    return {key: text or "" for key, text in value.items()}


def _meter_event_batch(value: object) -> list[object]:
    if not isinstance(value, list):
        raise GraphQLError("MeterEventBatch must be a list of events.")
    return value


def _meter_event_payload(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise GraphQLError('MeterEventPayload must be an object such as {"value": "12.5"}.')
    return value


def _upload(value: object) -> UploadedFile:
    if not isinstance(value, UploadedFile):
        raise GraphQLError("Upload must be sent as a file of a multipart request, with null in its place.")
    return value


def _unreadable(value: object) -> object:
    raise GraphQLError("This is for input only.")


def _same(value: Any) -> Any:
    return value


def _scalar(
    name: str, description: str, parse: Callable[[object], object], serialize: Callable[[Any], object] = _same
) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=serialize, parse_value=parse)


IDENTICAL = frozenset({"MinorUnits", "Quantity", "Currency", "Metadata", "JSON"})
"""Scalars whose values are their own answers."""

SCALARS: dict[object, ScalarDefinition] = {
    MinorUnits: _scalar(
        "MinorUnits",
        "A whole number in the smallest unit of the currency beside it (1500 with usd is 15.00 USD, with jpy "
        "1500 JPY). 64 bits; as a variable it may also be sent as text.",
        _minor_units,
    ),
    Quantity: _scalar(
        "Quantity",
        "A whole number of units. 64 bits; as a variable it may also be sent as text.",
        _quantity,
    ),
    Sequence: _scalar(
        "Sequence",
        "A place in an order that only grows: 1, 2, 3. 64 bits; as a variable it may also be sent as text.",
        _sequence,
    ),
    Currency: _scalar(
        "Currency",
        "A lower-case ISO 4217 code such as `usd`. Input may be written in any case.",
        _currency,
    ),
    datetime: _scalar(
        "DateTime",
        "A moment in ISO 8601, always UTC and whole seconds in answers: `2027-01-31T10:00:00Z`. Input may carry any "
        "offset; parts of a second are cut off. The years are 1900 to 9000.",
        _datetime,
        instant_text,
    ),
    TimeOrNow: _scalar(
        "TimeOrNow", "A moment in ISO 8601, as DateTime, or the word `NOW`; input only.", _time_or_now, _unreadable
    ),
    TimeOrPeriodEnd: _scalar(
        "TimeOrPeriodEnd",
        "A moment in ISO 8601, as DateTime, or a word: `MIN_PERIOD_END` is where the first of the items' current "
        "periods ends, `MAX_PERIOD_END` the last; input only.",
        _time_or_period_end,
        _unreadable,
    ),
    date: _scalar("Date", "A day in ISO 8601: `2027-01-31`.", _date, date.isoformat),
    Decimal: _scalar(
        "Decimal", 'A decimal number as text, so that no digit is lost: `"12.5"`.', _decimal, _decimal_text
    ),
    Metadata: _scalar(
        "Metadata",
        "Labels of your own: an object of texts, at most 50 keys of 40 characters with values of 500. In an update, "
        "keys that are not mentioned stay, and null or an empty text removes a key.",
        _metadata,
    ),
    MeterEventBatch: _scalar(
        "MeterEventBatch",
        "Up to 1 000 events in a list, each an object with `eventName`, `payload` and, if you like, `identifier` (at "
        "most 100 characters) and `timestamp` (unix seconds or ISO 8601). `event_name` is understood, too; input only.",
        _meter_event_batch,
        _unreadable,
    ),
    MeterEventPayload: _scalar(
        "MeterEventPayload",
        "What a meter event says: an object of texts and whole numbers. Decimals are texts; input only.",
        _meter_event_payload,
        _unreadable,
    ),
    UploadedFile: _scalar(
        "Upload",
        "A file, sent as a part of a multipart request (graphql-multipart-request); input only.",
        _upload,
        _unreadable,
    ),
    Json: _scalar("JSON", "Data whose form depends on its kind, such as an event's snapshot or a calculation.", _same),
}
