"""The worker: carries out what time causes, in real time and for test clocks that a request left on their way.

Any number of workers may run on one database: entries and clocks are taken by one of them only. A failing group is
logged and postponed by the agenda; nothing stops the loop but `stop`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from domain.agenda import AgendaKind
from models import Account, AgendaEntry
from prorata.house import House
from services import reactions
from services.agenda import Continuation, Handled, Handler, agenda_of_the_system
from services.clocks import ClockRun
from services.handlers import HANDLERS
from services.idempotency import FORGOTTEN_AT_ONCE, forget_expired
from services.scope import Scope
from services.transactions import DatabaseBusy

IDLE_SECONDS: Final = 0.5
STOPS_WITHIN_SECONDS: Final = 20
GROUPS_OF_A_CLOCK: Final = 20
"""Groups that one clock is carried before others have their turn."""

TIDIED_EVERY: Final = timedelta(minutes=10)

T = TypeVar("T")

_log = logging.getLogger("prorata.worker")


class Worker:
    """One runner of the agenda in this process."""

    def __init__(self, scope: Scope, handlers: dict[AgendaKind, Handler], *, group_size: int) -> None:
        watched = {kind: _watched(kind, handler) for kind, handler in handlers.items()}
        self._scope = scope
        self._agenda = agenda_of_the_system(watched, scope, group_size=group_size)
        self._clocks = ClockRun(scope, watched, group_size=group_size)
        self._woken = asyncio.Event()
        self._stopping = False
        self._tidied_at: datetime | None = None

    def wake(self) -> None:
        """Look at the agenda now, not half a second later."""
        self._woken.set()

    def stop(self) -> None:
        """End after the group that runs."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopping:
            self._woken.clear()
            if not await self.work() and not self._stopping:
                await self._unstopped("Tidying", self._tidy())
                await self._rest()

    async def work(self) -> bool:
        """One round: the next group of the agenda, and some groups of each clock on its way; whether any was done."""
        done = bool(await self._unstopped("The agenda", self._agenda_group()))
        for clock in await self._unstopped("The search for clocks", self._clocks.adopt()) or ():
            if self._stopping:
                break
            carried = self._clocks.run(clock, groups_max=GROUPS_OF_A_CLOCK)
            done = await self._unstopped(f"The advance of {clock.id}", carried) is not None or done
        return done

    async def _tidy(self) -> None:
        """Now and then, remove what is kept for a time only."""
        now = self._scope.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= TIDIED_EVERY:
            self._tidied_at = now if await forget_expired(now) < FORGOTTEN_AT_ONCE else None

    async def _agenda_group(self) -> int:
        """Run the next group, if there is one. A plain read asks first: taking a group locks an SQLite file."""
        due = AgendaEntry.filter(test_clock_id=None, due_at__lte=self._scope.clock.now())
        return await self._agenda.run_group() if await due.exists() else 0

    async def _unstopped(self, what: str, work: Awaitable[T]) -> T | None:
        """What `work` gives, or None when it fails: the next round may find gone what was in its way."""
        try:
            return await work
        except DatabaseBusy as error:
            _log.warning("%s gave way: %s", what, error)
        except Exception:
            _log.exception("%s could not be carried on; the worker goes on in %s s", what, IDLE_SECONDS)
        return None

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass


def worker_of(house: House, platform: Account) -> Worker:
    """A worker for all accounts and both modes."""
    reactions.connect()
    return Worker(house.scope(platform), HANDLERS, group_size=house.settings.group_size)


@asynccontextmanager
async def working(worker: Worker | None) -> AsyncIterator["asyncio.Task[None] | None"]:
    """The worker at work during a block, as a task; then it is stopped, and its group finished or rolled back."""
    if worker is None:
        yield None
        return
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await asyncio.wait((task,), timeout=STOPS_WITHIN_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _watched(kind: AgendaKind, handler: Handler) -> Handler:
    """The handler, with its failures logged by kind; a continuation that fails is left to its own agenda entry."""

    async def handle(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        try:
            handled = await handler(scope, entries)
        except DatabaseBusy:
            raise
        except Exception as error:
            # The agenda halves a group until the culprit stands alone: only that one is worth a traceback.
            alone = len(entries) == 1
            subject = entries[0].subject_id if alone else f"a group of {len(entries)}"
            _log.error("%s failed for %s: %s: %s", kind, subject, type(error).__name__, error, exc_info=alone)
            raise
        if handled.continuation is None:
            return handled
        return replace(handled, continuation=_watched_continuation(kind, len(entries), handled.continuation))

    return handle


def _watched_continuation(kind: AgendaKind, count: int, continuation: Continuation) -> Callable[[], Awaitable[None]]:
    async def go_on() -> None:
        try:
            await continuation()
        except Exception:
            _log.exception("%s committed a group of %d, and failed after that", kind, count)

    return go_on
