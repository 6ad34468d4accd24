"""Test clocks: a present that stands still until it is advanced, and then brings about what time causes.

Advancing runs the same agenda in the same way as the worker does in real time; only the time is the clock's. The
clock stands at the due moment of each group while that group runs.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from domain.checks import checked
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import LIVING, TEST_CLOCK, TestClockStatus
from domain.periods import Interval, Recurrence, boundary
from domain.texts import text_within
from models import Price, Subscription, SubscriptionItem, TestClock
from services.base import Service, part
from services.catalog.rates import recurrence_of_price
from services.clocks.removal import Removal
from services.clocks.runs import ClockRun, FrozenClock
from services.events import Events
from services.handlers import HANDLERS
from services.idempotency import answered_again, transactional
from services.settings import Settings
from services.transactions import close_gate

__all__ = ["ClockAdvanceDraft", "ClockDraft", "ClockRun", "Clocks", "FrozenClock"]

LITTLE = 20
"""Groups that a call carries out before it answers; what is left goes on in the worker."""
NAME_LENGTH_MAX = 300
LATEST = datetime.fromisoformat("9000-01-01T00:00:00Z")
"""No clock goes farther: beyond the year 9999 there are no dates for the periods that would follow."""


@dataclass(frozen=True, slots=True)
class ClockDraft:
    """A clock to be made."""

    frozen_time: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ClockAdvanceDraft:
    """Where a clock is to go; with `wait` the call answers when it has arrived."""

    id: str
    frozen_time: datetime
    wait: bool = False


class Clocks(Service):
    """Makes, advances and deletes test clocks."""

    events = part(Events)
    removal = part(Removal)
    settings = part(Settings)

    def matching(self) -> QuerySet[TestClock]:
        """The clocks that a list shows."""
        return self.mine(TestClock)

    @transactional
    async def create(self, draft: ClockDraft) -> TestClock:
        """A clock that stands at `frozen_time`. Test mode only. Event `test_helpers.test_clock.created`."""
        if self.scope.livemode:
            raise DomainError(
                ErrorCode.TEST_MODE_ONLY, "Test clocks exist in test mode only; use a key that begins sk_test_."
            )
        _check(draft)
        clock = TestClock(
            id=self.new_id(Prefix.TEST_CLOCK),
            created_at=self.scope.clock.now(),
            name=draft.name,
            frozen_at=draft.frozen_time,
            status=TestClockStatus.READY,
            **self.ownership(),
        )
        await clock.save(force_create=True)
        self.events.record(EventType.TEST_CLOCK_CREATED, clock, at=clock.created_at)
        return clock

    async def advance(self, draft: ClockAdvanceDraft) -> TestClock:
        """Move the clock forward, and bring about what falls due on the way.

        Answers READY when little was due or the call waits, else ADVANCING: the worker carries it on. INTERNAL_FAILURE
        says that it cannot arrive.
        """
        clock = await self._set_off(draft)
        # What time brings about is nobody's request, whoever carries the clock: this one or the worker.
        timely = replace(self.scope, call=None, idempotency_key=None, request_id=None)
        runner = ClockRun(timely, HANDLERS)
        clock = await runner.arrival(clock) if draft.wait else await runner.run(clock, groups_max=LITTLE)
        await answered_again(self.scope, clock)
        return clock

    @transactional
    async def delete(self, identifier: str) -> TestClock:
        """Remove the clock with its customers and all that is theirs. Event `test_helpers.test_clock.deleted`."""
        await close_gate(identifier)
        clock = await self.lock(TestClock, identifier)
        TEST_CLOCK.refuse_unless(
            "delete",
            clock.id,
            TestClockStatus(clock.status),
            allowed=(TestClockStatus.READY, TestClockStatus.INTERNAL_FAILURE),
        )
        self.events.record(EventType.TEST_CLOCK_DELETED, clock, at=self.scope.clock.now())
        await self.removal.remove(clock)
        return clock

    @transactional
    async def _set_off(self, draft: ClockAdvanceDraft) -> TestClock:
        """Send the clock on its way. Forwards only, one advance at a time."""
        await close_gate(draft.id)
        clock = await self.lock(TestClock, draft.id)
        TEST_CLOCK.refuse_unless("advance", clock.id, TestClockStatus(clock.status))
        _refuse_unless_after(clock, draft.frozen_time)
        if (await self.settings.current()).test_clock_advance_is_limited:
            await self._refuse_too_far(clock, draft.frozen_time)
        clock.status = TEST_CLOCK.move(clock.id, TestClockStatus(clock.status), TestClockStatus.ADVANCING)
        clock.target_at = draft.frozen_time
        await clock.save(update_fields=["status", "target_at"])
        self.events.record(EventType.TEST_CLOCK_ADVANCING, clock, at=self.scope.clock.now())
        return clock

    async def _refuse_too_far(self, clock: TestClock, time: datetime) -> None:
        """Stripe's limit: two of the shortest billing interval on the clock, two years without a subscription."""
        living = self.mine(Subscription).filter(test_clock_id=clock.id, status__in=LIVING).values("id")
        items = self.mine(SubscriptionItem).filter(subscription_id__in=Subquery(living)).values("price_id")
        prices = await self.mine(Price).filter(id__in=Subquery(items))
        billed = [recurrence for price in prices if (recurrence := recurrence_of_price(price)) is not None]
        latest = min(boundary(clock.frozen_at, each, 2) for each in billed or [Recurrence(Interval.YEAR)])
        if time > latest:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Test clock {clock.id} may go to {latest:%Y-%m-%dT%H:%M:%SZ} in one call, two of the shortest billing"
                f" interval ahead, not to {time:%Y-%m-%dT%H:%M:%SZ}; go step by step, or lift the limit with"
                " testClockAdvanceIsLimited: false.",
                "frozenTime",
            )


def _check(draft: ClockDraft) -> None:
    problems = Problems()
    if draft.name is not None:
        checked(problems, text_within, draft.name, NAME_LENGTH_MAX, "name")
    if draft.frozen_time > LATEST:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"A test clock can stand at most at the year {LATEST.year}, not at {draft.frozen_time:%Y-%m-%dT%H:%M:%SZ}.",
            "frozenTime",
        )
    problems.raise_any()


def _refuse_unless_after(clock: TestClock, time: datetime) -> None:
    if not clock.frozen_at < time <= LATEST:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Test clock {clock.id} stands at {clock.frozen_at:%Y-%m-%dT%H:%M:%SZ} and only moves forward, at most to"
            f" the year {LATEST.year}; {time:%Y-%m-%dT%H:%M:%SZ} is not between.",
            "frozenTime",
        )
