"""Carrying an advancing clock forward: the same agenda as in real time, at the clock's own moments."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import TEST_CLOCK, ChargeStatus, TestClockStatus
from models import AgendaEntry, Charge, Customer, TestClock
from services.agenda import GROUP_SIZE, Agenda, Handler, StepRefused, for_owner_of
from services.events import Events
from services.payments import Resolution, in_flight
from services.scope import Clock, Scope
from services.transactions import in_transaction

CLAIM = timedelta(seconds=30)
"""How long a runner owns an advance without a step; long enough for one group with its gateway calls."""

LOOKED_AFTER_MILLISECONDS = 50
"""Between two looks at a clock that another runner carries."""

ATTEMPTS_MAX = 8
"""Failures of one entry after which the clock gives up; in real time it would be tried for ever."""


@dataclass(frozen=True, slots=True)
class FrozenClock:
    """A clock that stands at one moment; ids still sort by the system's time."""

    at: datetime
    system: Clock

    def now(self) -> datetime:
        """The frozen moment."""
        return self.at

    def ticks(self) -> int:
        """The system's microseconds."""
        return self.system.ticks()


class ClockRun:
    """One runner carrying advancing clocks forward. The worker has one, and so has every request that advances."""

    def __init__(self, scope: Scope, handlers: dict[AgendaKind, Handler], *, group_size: int = GROUP_SIZE) -> None:
        self._scope = scope
        self._handlers = handlers
        self._group_size = group_size
        self._name = scope.ids.new(Prefix.REQUEST)

    async def run(self, clock: TestClock, *, groups_max: int | None = None) -> TestClock:
        """Carry the clock towards its target, at most `groups_max` groups; the clock as it then stands."""
        abandoned = clock.claimed_by is not None
        if not await self._claimed(clock):
            return await TestClock.get(id=clock.id)
        if abandoned:
            await self._resolve_what_was_left(clock)
        done = 0
        try:
            while groups_max is None or done < groups_max:
                entry = await self._next_due(clock)
                if entry is None:
                    return await self._arrive(clock)
                if entry.attempts >= ATTEMPTS_MAX:
                    return await self._break(clock, entry)
                await self._agenda(clock, max(entry.due_at, clock.frozen_at)).run_group()
                done += 1
        except StepRefused:
            return await TestClock.get(id=clock.id)
        await self._mine(clock).update(claimed_by=None, claimed_until=None)
        return await TestClock.get(id=clock.id)

    async def arrival(self, clock: TestClock) -> TestClock:
        """Carry the clock to its target, beside whoever has it already; the clock once it is not on its way any more.

        A runner that died, or let the clock go before it arrived, is followed by this one.
        """
        clock = await self.run(clock)
        while clock.status == TestClockStatus.ADVANCING:
            await asyncio.sleep(LOOKED_AFTER_MILLISECONDS / 1000)
            found = await TestClock.get_or_none(id=clock.id)
            if found is None:
                raise DomainError(ErrorCode.RESOURCE_MISSING, f"Test clock {clock.id} was deleted meanwhile.", "id")
            clock = await self.run(found) if self._is_free(found) else found
        return clock

    async def adopt(self, limit: int = 10) -> Sequence[TestClock]:
        """Clocks on their way that nobody carries: those a request left to the worker, or whose runner died."""
        advancing = TestClock.filter(status=TestClockStatus.ADVANCING).order_by("id").limit(limit)
        return [each for each in await advancing if self._is_free(each)]

    def _is_free(self, clock: TestClock) -> bool:
        """Whether the clock is on its way and nobody carries it."""
        advancing = clock.status == TestClockStatus.ADVANCING
        return advancing and (clock.claimed_until is None or clock.claimed_until <= self._scope.clock.now())

    async def _claimed(self, clock: TestClock) -> bool:
        """Own the advance, unless somebody else does."""
        now = self._scope.clock.now()

        async def body() -> int:
            free = TestClock.filter(id=clock.id, status=TestClockStatus.ADVANCING)
            claim: dict[str, Any] = {"claimed_by": self._name, "claimed_until": now + CLAIM}
            return await free.filter(claimed_by=None).update(**claim) or await free.filter(
                claimed_until__lte=now
            ).update(**claim)

        if not await in_transaction(body):
            return False
        await clock.refresh_from_db()
        return True

    def _mine(self, clock: TestClock) -> Any:
        return TestClock.filter(id=clock.id, status=TestClockStatus.ADVANCING, claimed_by=self._name)

    async def _next_due(self, clock: TestClock) -> AgendaEntry | None:
        entries = AgendaEntry.filter(test_clock_id=clock.id, due_at__lte=clock.target_at)
        return await entries.order_by("due_at", "rank", "id").first()

    async def _resolve_what_was_left(self, clock: TestClock) -> None:
        """Settle the charges that a runner was making when it died, before time goes on under them."""
        customers = await Customer.filter(test_clock_id=clock.id).values_list("id", flat=True)
        pending = await Charge.filter(customer_id__in=customers, status=ChargeStatus.PENDING).limit(GROUP_SIZE)
        scope = replace(self._scope, account_id=clock.account_id, livemode=clock.livemode)
        await Resolution(scope).resolve([charge.id for charge in pending if in_flight(charge)])

    def _agenda(self, clock: TestClock, at: datetime) -> Agenda:
        """The entries of this clock that are due at one moment, at which the clock then stands."""
        frozen = replace(self._scope, clock=FrozenClock(at, self._scope.clock), on_clock=clock.id)

        async def step() -> None:
            claimed_until = self._scope.clock.now() + CLAIM
            if not await self._mine(clock).update(frozen_at=at, claimed_until=claimed_until):
                raise StepRefused(f"test clock {clock.id} is carried by another runner")
            clock.frozen_at = at

        return Agenda(
            handlers=self._handlers,
            due=lambda entries: entries.filter(test_clock_id=clock.id, due_at__lte=at),
            scope_of=lambda entry: for_owner_of(entry, frozen),
            step=step,
            group_size=self._group_size,
        )

    async def _break(self, clock: TestClock, entry: AgendaEntry) -> TestClock:
        """An entry fails again and again: the clock stops. Event `test_helpers.test_clock.internal_failure`."""
        scope = replace(self._scope, account_id=clock.account_id, livemode=clock.livemode)

        async def body() -> None:
            broken = TEST_CLOCK.move(clock.id, TestClockStatus.ADVANCING, TestClockStatus.INTERNAL_FAILURE)
            error = f"{entry.kind} of {entry.subject_id}: {entry.last_error}"
            if await self._mine(clock).update(status=broken, last_error=error, claimed_by=None, claimed_until=None):
                await clock.refresh_from_db()
                Events(scope).record(EventType.TEST_CLOCK_INTERNAL_FAILURE, clock, at=scope.clock.now())

        await in_transaction(body)
        return await TestClock.get(id=clock.id)

    async def _arrive(self, clock: TestClock) -> TestClock:
        """The clock stands at its target. Event `test_helpers.test_clock.ready`."""
        scope = replace(self._scope, account_id=clock.account_id, livemode=clock.livemode)

        async def body() -> bool:
            arrived = {"status": TestClockStatus.READY, "frozen_at": clock.target_at, "target_at": None}
            if not await self._mine(clock).update(**arrived, claimed_by=None, claimed_until=None):
                return False
            TEST_CLOCK.move(clock.id, TestClockStatus.ADVANCING, TestClockStatus.READY)
            await clock.refresh_from_db()
            Events(scope).record(EventType.TEST_CLOCK_READY, clock, at=scope.clock.now())
            return True

        # As it arrived: by now somebody may have sent it on.
        return clock if await in_transaction(body) else await TestClock.get(id=clock.id)
