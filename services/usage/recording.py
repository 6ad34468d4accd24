"""Meter events come in: each is found in order or not, counted once, and told what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from domain.errors import ErrorCode
from domain.ids import Prefix
from domain.lifecycles import MeterStatus, TestClockStatus
from domain.meter_events import (
    EVENTS_MAX,
    Fault,
    Measure,
    Ruler,
    VerdictStatus,
    event_name_of,
    identifier_of,
    measure_of,
    refused_time,
)
from domain.usage import DAY_SUM_MAX, Formula
from models import Customer, Meter, TestClock
from models.base import ID_LENGTH
from services.base import Service, part
from services.rows import fetch_by
from services.transactions import database, is_postgres, pass_gates, transactional
from services.usage.alerting import Alerting, User
from services.usage.asking import asked, asked_values
from services.usage.counting import Counted, Counting, Sent, identifier_in
from services.usage.lateness import BilledTime, billed_times
from services.usage.watching import Watching


class Verdict(NamedTuple):
    """What became of one event. The identifier is told where the sender gave none, too; None when there is none."""

    identifier: str | None
    status: VerdictStatus
    fault: Fault | None = None
    late_for: BilledTime | None = None
    """The time that it belongs to, where that was billed before: it is billed with the next invoice."""


class Recording(Service):
    """Takes events in batches."""

    counting = part(Counting)
    alerting = part(Alerting)
    watching = part(Watching)

    @transactional
    async def record(self, raw: Sequence[object]) -> list[Verdict]:
        """What became of each event, in order; at most a thousand, in one transaction.

        An event counts once for its meter, by its identifier; of two alike in one batch the first counts.
        METER_SUM_TOO_LARGE for those that a customer's day cannot hold beside what it has.
        """
        assert len(raw) <= EVENTS_MAX, f"{len(raw)} events in a batch"
        rulers = await self._rulers({event_name_of(each) for each in raw})
        measures = [measure_of(each, rulers) for each in raw]
        watched: set[str] = set()
        nows = await self._nows({each.customer_id for each in measures if type(each) is Measure}, watched)
        outcomes = self._outcomes(measures, rulers, nows)
        events: dict[str, Sent] = {}
        for each in outcomes:
            if type(each) is Sent:
                events.setdefault(each.id, each)
        formulas = {each.meter_id: each.formula for each in rulers.values() if type(each) is Ruler}
        fresh, beyond = await self.counting.count(list(events.values()), formulas) if events else _NONE
        late = await billed_times(each for each in events.values() if each.id in fresh)
        seen = {each.customer_id: each.received_at for each in events.values() if each.customer_id in watched}
        if seen:
            await self.watching.expect(seen)
        if fresh:
            await self._alert([events[identifier] for identifier in fresh], rulers)
        if beyond:
            outcomes = _within_days(outcomes, beyond, rulers)
        verdicts: list[Verdict] = []
        for sent, outcome in zip(raw, outcomes, strict=True):
            if type(outcome) is Sent:
                counted = outcome.id in fresh and events[outcome.id] is outcome
                status, late_for = (_ACCEPTED, late.get(outcome.id)) if counted else (_DUPLICATE, None)
                verdicts.append(Verdict(identifier_in(outcome.id), status, None, late_for))
            else:
                assert isinstance(outcome, Fault)
                verdicts.append(Verdict(identifier_of(sent), VerdictStatus.REJECTED, outcome))
        return verdicts

    async def _alert(self, counted: Sequence[Sent], rulers: Mapping[str, Ruler | Fault]) -> None:
        """Hold what was counted against alerts, where any watch it."""
        watched = {each.meter_id for each in rulers.values() if type(each) is Ruler and each.has_alerts}
        seen = [each for each in counted if each.meter_id in watched] if watched else ()
        if seen:
            nows = {each.customer_id: datetime.fromtimestamp(each.received_at, UTC) for each in seen}
            await self.alerting.look((User(each.meter_id, each.customer_id) for each in seen), nows)

    def _outcomes(
        self, measures: Sequence[Measure | Fault], rulers: Mapping[str, Ruler | Fault], nows: Mapping[str, int | Fault]
    ) -> list[Sent | Fault]:
        """Each event as it is to be stored, or why it is not."""
        ticks = self.scope.clock.ticks()
        keys = {each.meter_id: each.customer_key for each in rulers.values() if type(each) is Ruler}
        outcomes: list[Sent | Fault] = []
        for measure in measures:
            ticks += 1
            if type(measure) is not Measure:
                assert isinstance(measure, Fault)
                outcomes.append(measure)
                continue
            meter_id, identifier, moment, customer, whole, nano, text = measure
            now = nows[customer]
            if type(now) is not int:
                assert isinstance(now, Fault)
                outcomes.append(now._replace(param=("payload", keys[meter_id])))
                continue
            if moment is None:
                moment = now
            fault = refused_time(moment, now)
            if fault is not None:
                outcomes.append(fault)
                continue
            stored_id = f"{meter_id}:{identifier or self.new_id(Prefix.METER_EVENT)}"
            outcomes.append(Sent(stored_id, now, meter_id, customer, moment, ticks, whole, nano, text))
        return outcomes

    async def _rulers(self, names: Collection[str | None]) -> dict[str, Ruler | Fault]:
        """The active meter of each event name, or why there is none; nothing of names that never had one."""
        rows = await self.gather(Meter, "event_name", names)
        found: dict[str, Ruler | Fault] = {}
        for row in sorted(rows, key=lambda each: each.status == MeterStatus.ACTIVE):  # an active one has the last word
            message = f"Meter {row.id}, which counted events named '{row.event_name}', is inactive."
            found[row.event_name] = (
                Ruler(row.id, Formula(row.formula), row.customer_key, row.value_key, row.has_alerts)
                if row.status == MeterStatus.ACTIVE
                else Fault(ErrorCode.METER_INACTIVE, message, ("eventName",))
            )
        return found

    async def _nows(self, customers: Collection[str], watched: set[str]) -> dict[str, int | Fault]:
        """Each customer's now in unix seconds, or why nothing can be counted for them; notes who is `watched`.

        Test clocks stay until the transaction ends: they neither set off nor are removed under an event.
        """
        askable = [(each,) for each in customers if len(each) <= ID_LENGTH and each.isprintable()]
        postgres = is_postgres()
        records: Sequence[Mapping[str, str | int | None]] = []
        if askable:
            owner = [self.scope.account_id, self.scope.livemode]
            values = [*asked_values(askable, postgres=postgres), *owner]
            _, records = await database().query(_CUSTOMERS[postgres], values)
        on_clocks = {str(each["test_clock_id"]) for each in records if each["test_clock_id"] is not None}
        await pass_gates(on_clocks)
        clocks = (
            {each.id: each for each in await fetch_by(TestClock, "id", on_clocks, share=True, **self.ownership())}
            if on_clocks
            else {}
        )
        now = int(self.scope.clock.now().timestamp())
        known = {str(each["id"]): each for each in records}
        watched |= {identifier for identifier, each in known.items() if each["has_usage_thresholds"]}
        return {each: _now_of(each, known.get(each), clocks, now) for each in customers}


def _within_days(
    outcomes: Sequence[Sent | Fault], beyond: Mapping[str, int], rulers: Mapping[str, Ruler | Fault]
) -> list[Sent | Fault]:
    """The outcomes, with a fault for each event that its customer's day could not hold."""
    keys = {each.meter_id: each.value_key for each in rulers.values() if type(each) is Ruler}
    return [
        Fault(
            ErrorCode.METER_SUM_TOO_LARGE,
            f"The sum of customer {each.customer_id} by meter {each.meter_id} would be {beyond[each.id]} for one day; "
            f"it may be {DAY_SUM_MAX} on either side of zero.",
            ("payload", keys[each.meter_id]),
        )
        if isinstance(each, Sent) and each.id in beyond
        else each
        for each in outcomes
    ]


def _now_of(
    customer: str, row: Mapping[str, str | int | None] | None, clocks: Mapping[str, TestClock], now: int
) -> int | Fault:
    if row is None:
        return Fault(ErrorCode.RESOURCE_MISSING, f"No such customer: '{customer[:60]}'.")
    if row["deleted_at"] is not None:
        return Fault(ErrorCode.RESOURCE_MISSING, f"Customer {customer} was deleted.")
    if row["test_clock_id"] is None:
        return now
    clock = clocks.get(str(row["test_clock_id"]))
    if clock is None:
        return Fault(ErrorCode.RESOURCE_MISSING, f"Customer {customer} is being removed with its test clock.")
    if clock.status == TestClockStatus.ADVANCING:
        message = f"Test clock {clock.id} is advancing; its customers' events are counted once it is ready."
        return Fault(ErrorCode.TEST_CLOCK_ADVANCING, message)
    return int(clock.frozen_at.timestamp())


_NONE: Final = Counted((), {})
_ACCEPTED: Final = VerdictStatus.ACCEPTED
_DUPLICATE: Final = VerdictStatus.DUPLICATE
_CUSTOMERS: Final = {
    postgres: "SELECT c.id, c.deleted_at, c.test_clock_id, c.has_usage_thresholds "
    f"FROM {asked([('id', 'varchar')], postgres=postgres)} "
    f'{join} "{Customer._meta.db_table}" c ON c.id = r.id AND c.account_id = {marks[0]} AND c.livemode = {marks[1]}'
    for postgres, join, marks in ((False, "CROSS JOIN", ("?", "?")), (True, "JOIN", ("$2", "$3")))
}
