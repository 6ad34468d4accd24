"""Runs what time has caused: takes due entries in time order, in groups of neighbours of one kind.

One group is one transaction: its entries are taken, their handler does its work on the whole group, and the entries
are removed. What must happen outside a transaction (a call to a gateway) the handler hands back as a continuation;
it has left its own entry for the case that the process dies before. A group of one takes the same way.
"""

import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from tortoise.queryset import QuerySet

from domain.agenda import AgendaKind
from models import AgendaEntry
from services.due import Continuation, Due, Handled, Handler
from services.scope import Scope
from services.transactions import DatabaseBusy, for_update, in_transaction

__all__ = [
    "GROUP_SIZE",
    "Agenda",
    "Continuation",
    "Handled",
    "Handler",
    "StepRefused",
    "agenda_of_the_system",
    "for_owner_of",
]

GROUP_SIZE = 1_000
ERROR_LENGTH_MAX = 2_000
RETRY_DELAY_FIRST = timedelta(seconds=30)
RETRY_DELAY_MAX = timedelta(hours=6)

Selection = Callable[[QuerySet[AgendaEntry]], QuerySet[AgendaEntry]]
ScopeOf = Callable[[AgendaEntry], Scope]
Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The entries that one runner is responsible for, and how it acts for them.

    `due` narrows the entries to those that may run now; `scope_of` gives the scope for a group (its account, mode
    and clock); `step` runs inside every group's transaction, for a runner that must confirm that it still may.
    """

    handlers: dict[AgendaKind, Handler]
    due: Selection
    scope_of: ScopeOf
    step: Step | None = None
    group_size: int = GROUP_SIZE

    async def run_group(self) -> int:
        """Run the next group; how many entries it held, 0 when nothing is due."""
        with _no_garbage_collected():
            return await self._run(None)

    async def _run(self, only: Sequence[str] | None) -> int:
        taken: list[AgendaEntry] = []

        async def body() -> Handled:
            taken[:] = await self._taken(only)
            if not taken:
                return Handled()
            if self.step is not None:
                await self.step()
            return await self._handle(taken)

        try:
            handled = await in_transaction(body)
        except (StepRefused, DatabaseBusy):
            raise
        except Exception as error:
            if not taken:
                raise
            await self._split(taken, error)
            return len(taken)
        if handled.continuation is not None:
            await handled.continuation()
        return len(taken)

    async def _taken(self, only: Sequence[str] | None) -> list[AgendaEntry]:
        """The first due entries that are neighbours of one kind, account and mode, held until the transaction ends."""
        due = self.due(AgendaEntry.all()).order_by("due_at", "rank", "id").limit(self.group_size)
        if only is not None:
            due = due.filter(id__in=only)
        entries = await for_update(due, skip_locked=True)
        neighbours = 0
        for entry in entries:
            if _group_of(entry) != _group_of(entries[0]):
                break
            neighbours += 1
        return entries[:neighbours]

    async def _handle(self, entries: Sequence[AgendaEntry]) -> Handled:
        scope = self.scope_of(entries[0])
        handled = await self.handlers[AgendaKind(entries[0].kind)](scope, entries)
        kept = {entry.id for entry, _ in handled.postponed}
        done = [entry.id for entry in entries if entry.id not in kept]
        if done:
            await Due(scope).remove(done)
        for entry, due_at in handled.postponed:
            await AgendaEntry.filter(id=entry.id).update(due_at=due_at, attempts=entry.attempts + 1)
        return handled

    async def _split(self, entries: Sequence[AgendaEntry], error: Exception) -> None:
        """A member failed and took the group with it: halve until it stands alone, and let that one wait."""
        if len(entries) > 1:
            middle = len(entries) // 2
            for half in (entries[:middle], entries[middle:]):
                await self._run([entry.id for entry in half])
            return
        await self._postpone(entries[0], error)

    async def _postpone(self, entry: AgendaEntry, error: Exception) -> None:
        delay = min(RETRY_DELAY_FIRST * 2 ** min(entry.attempts, 16), RETRY_DELAY_MAX)
        now = self.scope_of(entry).clock.now()
        await AgendaEntry.filter(id=entry.id).update(
            attempts=entry.attempts + 1,
            due_at=now + delay,
            last_error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX],
        )


class StepRefused(Exception):
    """The runner may not go on: somebody else has taken over."""


def agenda_of_the_system(handlers: dict[AgendaKind, Handler], scope: Scope, *, group_size: int = GROUP_SIZE) -> Agenda:
    """The agenda of everything that is on no test clock, due by the clock of `scope`."""
    return Agenda(
        handlers=handlers,
        due=lambda entries: entries.filter(test_clock_id=None, due_at__lte=scope.clock.now()),
        scope_of=lambda entry: for_owner_of(entry, scope),
        group_size=group_size,
    )


def for_owner_of(entry: AgendaEntry, scope: Scope) -> Scope:
    """`scope` for the account and mode that the entry belongs to; nobody acts for it in what time causes."""
    return replace(scope, account_id=entry.account_id, livemode=entry.livemode, application_id=None, of_the_agenda=True)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """A group makes ten thousands of objects that all live until its end: looking through them costs a third of it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _group_of(entry: AgendaEntry) -> tuple[str, str, bool]:
    return entry.kind, entry.account_id, entry.livemode
