"""Future moments: a service that sets one writes it to the agenda in the same transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.agenda import AgendaKind, rank_of
from domain.ids import Prefix
from models import AgendaEntry
from services.base import Service
from services.rows import delete_by, insert_rows
from services.scope import Scope

Continuation = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handled:
    """What a handler leaves behind: work outside the transaction, and entries to come back to at a later moment."""

    continuation: Continuation | None = None
    postponed: Sequence[tuple[AgendaEntry, datetime]] = field(default_factory=tuple)


Handler = Callable[[Scope, Sequence[AgendaEntry]], Awaitable[Handled]]
"""Does what is due for a group of entries of one kind, within the transaction that took them."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """What is to happen to `subject_id` at `due_at` of its clock (the system's when `test_clock_id` is None)."""

    kind: AgendaKind
    subject_id: str
    due_at: datetime
    test_clock_id: str | None = None


class Due(Service):
    """Writes and removes agenda rows; `services/agenda.py`, at the top of the house, runs them."""

    async def schedule(
        self, kind: AgendaKind, subject_id: str, due_at: datetime, *, test_clock_id: str | None = None
    ) -> None:
        """Let `kind` happen to the subject at that moment; an earlier appointment of the same kind is replaced."""
        await self.schedule_all([Appointment(kind, subject_id, due_at, test_clock_id)])

    async def schedule_all(self, appointments: Sequence[Appointment], *, fresh: bool = False) -> None:
        """Schedule many at once. `fresh` promises that none of them is on the agenda yet, and saves the removal."""
        if not appointments:
            return
        if not fresh:
            await self.cancel_all((each.kind, each.subject_id) for each in appointments)
        await insert_rows(self._entries(appointments))

    async def schedule_once(self, appointments: Sequence[Appointment]) -> None:
        """Schedule those of which there is no appointment of the same kind yet; the others stay as they are."""
        await insert_rows(self._entries(appointments), ignore_conflicts=True)

    def _entries(self, appointments: Sequence[Appointment]) -> list[AgendaEntry]:
        now = self.scope.clock.now()
        return [
            AgendaEntry.made(
                id=self.new_id(Prefix.AGENDA_ENTRY),
                created_at=now,
                kind=each.kind,
                subject_id=each.subject_id,
                due_at=each.due_at,
                rank=rank_of(each.kind),
                test_clock_id=each.test_clock_id,
                **self.ownership(),
            )
            for each in appointments
        ]

    async def cancel(self, subject_id: str, *kinds: AgendaKind) -> None:
        """Nothing of these kinds will happen to the subject any more."""
        await self.cancel_all((kind, subject_id) for kind in kinds)

    async def remove(self, identifiers: Sequence[str]) -> None:
        """Take entries that were carried out off the agenda."""
        await delete_by(AgendaEntry, "id", identifiers)

    async def cancel_all(self, entries: Iterable[tuple[AgendaKind, str]]) -> None:
        """Remove many, in one statement per kind."""
        subjects: dict[AgendaKind, list[str]] = {}
        for kind, subject_id in entries:
            subjects.setdefault(kind, []).append(subject_id)
        for kind, ids in subjects.items():
            await delete_by(AgendaEntry, "subject_id", ids, kind=kind, **self.ownership())


RESOLVE_DELAY_FIRST = timedelta(seconds=30)
RESOLVE_DELAY_MAX = timedelta(hours=6)


def asked_later(
    scope: Scope, entries: Sequence[AgendaEntry], resolve: Callable[[Sequence[str]], Awaitable[None]]
) -> Handled:
    """Let `resolve` ask a gateway about the subjects outside the transaction.

    Entries stay, with a growing delay, until what `resolve` records takes them off the agenda.
    """
    now = scope.clock.now()
    postponed = [
        (entry, now + min(RESOLVE_DELAY_FIRST * 2 ** min(entry.attempts, 16), RESOLVE_DELAY_MAX)) for entry in entries
    ]
    return Handled(lambda: resolve([entry.subject_id for entry in entries]), postponed)
