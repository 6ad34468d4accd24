"""Events and meters for tests of usage, and what they come to when worked out event by event."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from domain.usage import Formula, parts_of
from models import Meter
from services.rows import insert_rows
from services.scope import Scope
from services.transactions import transaction
from services.usage import Reading, Readings
from services.usage.books import wrongly_counted
from services.usage.counting import Counting, Sent
from tests.features.attacked import made
from tests.serving import Api

DAY_ONE = datetime(2027, 1, 1, tzinfo=UTC)
START = int(DAY_ONE.timestamp())


async def meter_of(scope: Scope, formula: Formula, name: str = "calls") -> Meter:
    """A stored meter."""
    meter = Meter.made(
        id=f"mtr_{name}",
        created_at=DAY_ONE,
        updated_at=DAY_ONE,
        account_id=scope.account_id,
        livemode=scope.livemode,
        display_name=name,
        event_name=name,
        formula=formula.value,
        customer_key="customer",
        value_key="value",
        status="active",
    )
    await insert_rows([meter])
    return meter


def sent(meter: Meter, identifier: str, second: int, value: str = "1", customer: str = "cus_1") -> Sent:
    """An event so many seconds after the beginning of 2027."""
    unique = meter.formula == Formula.UNIQUE
    whole, nano = (0, 0) if unique else parts_of(value) or (0, 0)
    ticks = int(identifier.rpartition("_")[2] or 0)
    moment = START + second
    return Sent(f"{meter.id}:{identifier}", moment, meter.id, customer, moment, ticks, whole, nano, value * unique)


async def count(scope: Scope, meter: Meter, events: Sequence[Sent]) -> int:
    """Count events in a transaction of their own; how many were new."""
    async with transaction():
        return len((await Counting(scope).count(events, {meter.id: Formula(meter.formula)})).fresh)


def worked_out(formula: Formula, events: Sequence[Sent], start: int, end: int) -> Decimal:
    """What the events between two seconds come to, one by one."""
    within = [each for each in events if start <= each.occurred_at - START < end and not each.canceled]
    values = [Decimal(each.whole) + Decimal(each.nano) / 10**9 for each in within]
    last = max(within, key=lambda each: (each.occurred_at, each.ticks), default=None)
    figures = {
        Formula.COUNT: Decimal(len(within)),
        Formula.SUM: sum(values, Decimal(0)),
        Formula.MAX: max(values, default=Decimal(0)),
        Formula.LAST: values[within.index(last)] if last else Decimal(0),
        Formula.UNIQUE: Decimal(len({each.text for each in within})),
    }
    return figures[formula]


async def made_meter(api: Api, formula: str = "SUM", name: str = "calls", **more: object) -> str:
    """The id of a new meter."""
    wanted = {"displayName": name, "eventName": name, "defaultAggregation": {"formula": formula}, **more}
    return str((await made(api, "meterCreate", "meter { id }", wanted))["id"])


async def made_customer(api: Api, **more: object) -> str:
    """The id of a new customer."""
    return str((await made(api, "customerCreate", "customer { id }", more))["id"])


def told(customer: str, value: object = "1", identifier: str | None = None, **more: object) -> dict[str, object]:
    """An event of `calls` as it is sent."""
    named = {} if identifier is None else {"identifier": identifier}
    return {"eventName": "calls", "payload": {"stripe_customer_id": customer, "value": value}, **named, **more}


async def used(api: Api, meter: str, customer: str, days: int = 40) -> Decimal | int:
    """What the customer used until five minutes from now."""
    now = api.scope.clock.now()
    wanted = Reading(meter, customer, now - timedelta(days=days), now + timedelta(minutes=5))
    return (await Readings(api.scope).of([wanted]))[0]


async def posted(api: Api, body: bytes, **headers: str) -> tuple[int, list[dict[str, Any]]]:
    """Status and lines of the answer to a body of NDJSON."""
    kept = {**api.headers(**headers), "Content-Type": "application/x-ndjson"}
    async with api.http.post(
        api.url.replace("/graphql", "/meter_events"), data=BytesIO(body), headers=kept
    ) as response:
        return response.status, [json.loads(line) for line in (await response.read()).splitlines()]


def ndjson(*events: object) -> bytes:
    """One event a line."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


async def unlike_events() -> list[str]:
    """Buckets that are not what their events come to, as the doctor looks for them."""
    return await wrongly_counted()
