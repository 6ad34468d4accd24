"""Events and meters for tests of usage, and what they come to when worked out event by event."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.usage import Formula, parts_of
from models import Meter
from services.rows import insert_rows
from services.scope import Scope
from services.transactions import transaction
from services.usage.counting import Counting, Sent

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
        return len(await Counting(scope).count(events, {meter.id: Formula(meter.formula)}))


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
