"""Reading meter events as they were sent: JSON of anybody's making becomes a claim, or a fault that says why not.

A thousand come at once, so each is looked at once, and nothing is said of what is in order.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from domain.errors import ErrorCode
from domain.usage import DECIMALS_MAX, WHOLE_DIGITS_MAX, Formula, parts_of

IDENTIFIER_LENGTH_MAX: Final = 100
EVENT_NAME_LENGTH_MAX: Final = 100
TEXT_LENGTH_MAX: Final = 100
EVENTS_MAX: Final = 1_000
"""Events of one batch."""
PAST_MAX: Final = timedelta(days=35)
AHEAD_MAX: Final = timedelta(minutes=5)

_PAST_SECONDS: Final = int(PAST_MAX.total_seconds())
_AHEAD_SECONDS: Final = int(AHEAD_MAX.total_seconds())
_SECONDS_MAX: Final = 253_402_300_799
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|z|[+-]\d\d:\d\d)", re.ASCII)
_FRACTION: Final = re.compile(r"\.\d+")
_KEYS: Final = frozenset({"eventName", "event_name", "identifier", "timestamp", "payload"})


class VerdictStatus(StrEnum):
    """What became of an event: it counts, it had been counted before, or it does not count."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class AdjustmentType(StrEnum):
    """What can be done about an event: it can be taken back."""

    CANCEL = "cancel"


class AdjustmentStatus(StrEnum):
    """Whether it has been done; it always is at once."""

    COMPLETE = "complete"


class Fault(NamedTuple):
    """Why an event does not count."""

    code: ErrorCode
    message: str
    param: tuple[str, ...] = ()


class Ruler(NamedTuple):
    """An active meter as far as events need it."""

    meter_id: str
    formula: Formula
    customer_key: str
    value_key: str
    has_alerts: bool = False


class Measure(NamedTuple):
    """What an event comes to by its meter. The time in unix seconds; None for now, and for an identifier to make."""

    meter_id: str
    identifier: str | None
    timestamp: int | None
    customer_id: str
    whole: int
    nano: int
    text: str


def event_name_of(raw: object) -> str | None:
    """The name by which the meter of this event is looked up; None when there is none to look up."""
    name = raw.get("eventName") or raw.get("event_name") if type(raw) is dict else None
    return name if type(name) is str and len(name) <= EVENT_NAME_LENGTH_MAX and name.isprintable() else None


def identifier_of(raw: object) -> str | None:
    """The identifier that the sender gave an event, where it is one."""
    identifier = raw.get("identifier") if type(raw) is dict else None
    return identifier if type(identifier) is str and len(identifier) <= IDENTIFIER_LENGTH_MAX else None


def measure_of(raw: object, rulers: Mapping[str, Ruler | Fault]) -> Measure | Fault:
    """The event that this JSON is, by the meters of their event names. `event_name` is taken for `eventName`.

    What could not even be read is a fault already.
    """
    if type(raw) is not dict:
        if isinstance(raw, Fault):
            return raw
        return Fault(ErrorCode.PARAMETER_INVALID, f"An event is a JSON object, not {_shown(raw)}.")
    get = raw.get
    name, identifier, timestamp, payload = get("eventName"), get("identifier"), get("timestamp"), get("payload")
    if name is None or identifier is None or timestamp is None or len(raw) != 4:
        if not raw.keys() <= _KEYS:
            return _unknown(raw)
        name = name or get("event_name")
    if type(name) is not str or not name:
        return _no_name(name)
    ruler = rulers.get(name)
    if type(ruler) is not Ruler:
        return ruler if isinstance(ruler, Fault) else no_meter(name)
    if identifier is not None:
        fault = _refused_text(identifier, IDENTIFIER_LENGTH_MAX, "identifier")
        if fault is not None:
            return fault
    if timestamp is not None and type(timestamp) is not int:
        timestamp = _seconds_of(timestamp)
        if timestamp is None:
            return _no_moment(raw["timestamp"])
    if type(payload) is not dict:
        return _no_payload(payload)
    return _measured(payload, ruler, identifier, timestamp)


def no_meter(name: str) -> Fault:
    """Why an event of this name does not count."""
    return Fault(ErrorCode.RESOURCE_MISSING, f"No meter counts events named {_shown(name)}.", ("eventName",))


def _measured(
    payload: Mapping[str, Any], ruler: Ruler, identifier: str | None, timestamp: int | None
) -> Measure | Fault:
    """Customer and value of an event. A meter that counts looks at no value."""
    meter_id, formula, customer_key, value_key = ruler[:4]
    customer = payload.get(customer_key)
    if type(customer) is not str or not customer:
        return _no_customer(customer, customer_key)
    if formula is Formula.COUNT:
        return Measure(meter_id, identifier, timestamp, customer, 1, 0, "")
    value = payload.get(value_key)
    if type(value) is int:
        value = str(value)
    if formula is Formula.UNIQUE:
        fault = _refused_text(value, TEXT_LENGTH_MAX, "payload", value_key)
        return fault or Measure(meter_id, identifier, timestamp, customer, 0, 0, str(value))
    if type(value) is str:
        if len(value) <= WHOLE_DIGITS_MAX and value.isdigit() and value.isascii():
            return Measure(meter_id, identifier, timestamp, customer, int(value), 0, "")
        parts = parts_of(value)
        if parts is not None:
            return Measure(meter_id, identifier, timestamp, customer, *parts, "")
    return _no_value(payload.get(value_key), value_key)


def refused_time(timestamp: int, now: int) -> Fault | None:
    """Why an event of that time is not taken at `now` of its customer; None when it is. Unix seconds."""
    if now - _PAST_SECONDS <= timestamp <= now + _AHEAD_SECONDS:
        return None
    late = timestamp < now
    return Fault(
        ErrorCode.METER_EVENT_TOO_OLD if late else ErrorCode.METER_EVENT_IN_FUTURE,
        f"The event is of {timestamp} (unix seconds), and the customer's time is {now}; an event may be up to "
        + (f"{PAST_MAX.days} days old." if late else f"{_AHEAD_SECONDS // 60} minutes ahead."),
        ("timestamp",),
    )


def _refused_text(value: object, length_max: int, *param: str) -> Fault | None:
    if type(value) is str and 0 < len(value) <= length_max and value.isprintable():
        return None
    if not isinstance(value, str) or not value:
        code = ErrorCode.PARAMETER_MISSING if value in (None, "") else ErrorCode.PARAMETER_INVALID
        return Fault(code, f"{param[-1]} must be a text that says something, not {_shown(value)}.", param)
    if len(value) > length_max:
        message = f"{param[-1]} has {len(value)} characters; it may have {length_max}."
        return Fault(ErrorCode.PARAMETER_STRING_TOO_LONG, message, param)
    message = f"{param[-1]} {_shown(value)} holds a character that cannot be shown; leave it out."
    return Fault(ErrorCode.INVALID_CHARACTERS, message, param)


def _seconds_of(value: object) -> int | None:
    """Unix seconds of an ISO 8601 text with an offset; parts of a second are cut off."""
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        return None
    try:
        return int(datetime.fromisoformat(_FRACTION.sub("", value).upper()).timestamp())
    except (ValueError, OverflowError):
        return None


def _no_name(name: object) -> Fault:
    code = ErrorCode.PARAMETER_MISSING if name in (None, "") else ErrorCode.PARAMETER_INVALID
    return Fault(code, f"eventName must be a text that says something, not {_shown(name)}.", ("eventName",))


def _no_payload(payload: object) -> Fault:
    code = ErrorCode.PARAMETER_MISSING if payload is None else ErrorCode.PARAMETER_INVALID
    return Fault(code, f"payload must be an object of texts, not {_shown(payload)}.", ("payload",))


def _no_customer(customer: object, key: str) -> Fault:
    return Fault(
        ErrorCode.PARAMETER_MISSING if customer in (None, "") else ErrorCode.PARAMETER_INVALID,
        f"The payload must have the id of a customer at '{key}', not {_shown(customer)}.",
        ("payload", key),
    )


def _unknown(raw: Mapping[Any, Any]) -> Fault:
    name = next(str(each) for each in raw if each not in _KEYS)
    message = f"An event has eventName, identifier, timestamp and payload; there is no {_shown(name)}."
    return Fault(ErrorCode.PARAMETER_UNKNOWN, message, (name[:100],))


def _no_moment(value: object) -> Fault:
    return Fault(
        ErrorCode.PARAMETER_INVALID,
        f"timestamp must be whole unix seconds, or ISO 8601 such as '2027-01-31T10:00:00Z', not {_shown(value)}.",
        ("timestamp",),
    )


def _no_value(value: object, key: str) -> Fault:
    return Fault(
        ErrorCode.PARAMETER_MISSING if value is None else ErrorCode.METER_EVENT_VALUE_INVALID,
        f"The value at '{key}' must be a whole number or a text such as '12.5', with up to {WHOLE_DIGITS_MAX} digits "
        f"before the point and {DECIMALS_MAX} behind it, not {_shown(value)}.",
        ("payload", key),
    )


def _shown(value: Any) -> str:
    """A value as a message may show it, shortened."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, str | int):
        text = "nothing" if value is None else repr(value)
    else:  # JSON's numbers with a point, and those that are too long to be read without one
        text = "a number with a fraction" if abs(value) < 2**63 else "a number that does not fit into 64 bits"
    return text if len(text) <= 60 else text[:59] + "…"
