"""What the agenda does with running schedules: the next phase begins, or the last one is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import LIVING, SubscriptionScheduleStatus
from domain.schedules import TRIED_AGAIN_AFTER, Phase
from models import AgendaEntry, SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.finalization import Finalization
from services.rows import update_rows
from services.schedules.ending import Ending
from services.schedules.passages import Passage, Passages
from services.schedules.starting import told
from services.subscriptions.wholes import WholeSubscriptions

_MOVED = ("position", "problem", "problem_at")


@dataclass(frozen=True, slots=True)
class Running:
    """A schedule whose current phase is over, with its living subscription; both are held."""

    row: SubscriptionSchedule
    whole: WholeSubscription

    @property
    def following(self) -> Phase | None:
        """The phase that comes next; None after the last."""
        place = self.row.position + 1
        return Phase.from_json(self.row.phases[place]) if place < len(self.row.phases) else None


class Progress(Service):
    """Moves schedules on, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    finalization = part(Finalization)
    passages = part(Passages)
    ending = part(Ending)

    async def move_on(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SCHEDULE_PHASE. Events of the subscriptions, then `subscription_schedule.updated` for each.

        A phase that cannot begin leaves its reason with the schedule and is tried again a day later, as billing goes
        on without it.
        """
        members = await self._held([entry.subject_id for entry in entries])
        over = [(each.row, each.whole) for each in members if each.following is None]
        entering = [(each, phase) for each in members if (phase := each.following) is not None]
        passages = [Passage(each.row, each.whole, phase, phase.proration_behavior) for each, phase in entering]
        refused = await self.passages.carry_out(passages)
        await self._enter([(each, phase) for each, phase in entering if each.row.id not in refused])
        late = [each for each, _ in entering if each.row.id in refused]
        await self._try_later(late, {each.row.id: told(refused[each.row.id]) for each in late})
        await self.ending.complete(over)

    async def _held(self, ids: Sequence[str]) -> list[Running]:
        """Subscriptions before their schedules, as whatever ends subscriptions; whoever pays before both."""
        known = await self.gather(SubscriptionSchedule, "id", ids)
        await self.finalization.payers(row.customer_id for row in known if _has_trial_ahead(row))
        found = await self.wholes.by("id", {row.subscription_id for row in known}, lock=True)
        wholes = {whole.row.schedule_id: whole for whole in found if whole.row.status in LIVING}
        rows = await self.gather(SubscriptionSchedule, "id", ids, lock=True, status=SubscriptionScheduleStatus.ACTIVE)
        presents = await self.presents(row.test_clock_id for row in rows)
        return [
            Running(row, wholes[row.id])
            for row in rows
            if row.id in wholes and Phase.from_json(row.phases[row.position]).end <= presents[row.test_clock_id]
        ]

    async def _enter(self, members: Sequence[tuple[Running, Phase]]) -> None:
        befores = [self.events.snapshot(each.row) for each, _ in members]
        presents = await self.presents(each.row.test_clock_id for each, _ in members)
        for each, _ in members:
            each.row.position += 1
            each.row.problem = each.row.problem_at = None
        await update_rows([each.row for each, _ in members], _MOVED)
        kind = AgendaKind.SCHEDULE_PHASE
        ends = [Appointment(kind, each.row.id, phase.end, each.row.test_clock_id) for each, phase in members]
        await self.due.schedule_all(ends)
        for (each, _), before in zip(members, befores, strict=True):
            at = presents[each.row.test_clock_id]
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_UPDATED, each.row, at=at, before=before)

    async def _try_later(self, members: Sequence[Running], problems: dict[str, dict[str, str]]) -> None:
        """Note why these cannot enter their phase. Renewals wait for it no longer."""
        if not members:
            return
        presents = await self.presents(each.row.test_clock_id for each in members)
        again = []
        for each in members:
            row, at = each.row, presents[each.row.test_clock_id]
            row.problem, row.problem_at = problems[row.id], at
            each.whole.row.phase_ends_at = None
            again.append(Appointment(AgendaKind.SCHEDULE_PHASE, row.id, at + TRIED_AGAIN_AFTER, row.test_clock_id))
        await update_rows([each.row for each in members], _MOVED)
        await update_rows([each.whole.row for each in members], ("phase_ends_at",))
        await self.due.schedule_all(again)


def _has_trial_ahead(row: SubscriptionSchedule) -> bool:
    return any(each["trial_end"] is not None for each in row.phases[row.position + 1 :])
