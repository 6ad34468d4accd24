"""Events that come after what they belong to was billed: which time that was, for a batch in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from models import Subscription, UsagePeriod
from services.answers import answer
from services.transactions import database, is_postgres
from services.usage.asking import JOIN, asked, asked_values
from services.usage.counting import Sent

LATE_AFTER: Final = 3_600
"""Seconds. What happened within the last hour is not looked at: its period has hardly been billed yet."""


@answer
@dataclass(frozen=True, slots=True)
class BilledTime:
    """A time whose usage was billed, without its end."""

    start: datetime
    end: datetime


async def billed_times(events: Iterable[Sent]) -> dict[str, BilledTime]:
    """By id, the billed time of those events that came late and are billed; no statement where none is older than an
    hour. The time of a trial is free for good, and that before a transfer belongs to nobody who is invoiced again.
    """
    old = [each for each in events if each.received_at - each.occurred_at > LATE_AFTER]
    if not old:
        return {}
    postgres = is_postgres()
    rows = [(number, each.customer_id, each.meter_id, each.occurred_at) for number, each in enumerate(old)]
    records: Sequence[Mapping[str, Any]]
    _, records = await database().query(_BILLED[postgres], asked_values(rows, postgres=postgres))
    return {
        old[row["number"]].id: BilledTime(*(datetime.fromtimestamp(row[name], UTC) for name in _ENDS))
        for row in records
    }


_ENDS: Final = ("period_start", "period_end")
_EVENT: Final = (("number", "int"), ("customer_id", "varchar"), ("meter_id", "varchar"), ("at", "bigint"))
_BILLED: Final = {
    postgres: f"SELECT r.number, p.period_start, p.period_end FROM {asked(_EVENT, postgres=postgres)} "
    f'{join} "{UsagePeriod._meta.db_table}" p ON p.customer_id = r.customer_id AND p.meter_id = r.meter_id '
    f"AND p.period_end > r.at AND p.period_start <= r.at AND p.counted IS NOT NULL AND p.is_open = {yes} "
    f'{join} "{Subscription._meta.db_table}" s ON s.id = p.subscription_id AND s.customer_id = p.customer_id'
    for postgres, join, yes in ((False, JOIN[False], 1), (True, JOIN[True], "TRUE"))
}
