"""The ends of schedules: their last phase is over, they are released or canceled, or their subscription ends."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import LIVING, SUBSCRIPTION_SCHEDULE, SubscriptionScheduleStatus
from domain.schedules import SubscriptionScheduleEndBehavior
from domain.subscriptions import CancellationReason, ProrationBehavior, cancellation_requested
from models import SubscriptionSchedule
from services.aggregates import WholeCustomer, WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events, Snapshot
from services.rows import update_rows
from services.schedules.cancel_dates import CancelDates, cancel_date_of
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.cancellation import Cancellation

_AGENDA = (AgendaKind.SCHEDULE_START, AgendaKind.SCHEDULE_PHASE, AgendaKind.SCHEDULE_EXPIRING)
_ENDED = ("status", "subscription_id", "released_subscription_id", "canceled_at", "completed_at", "released_at")
_S = SubscriptionScheduleStatus


class Ending(Service):
    """Ends schedules, in sets."""

    events = part(Events)
    due = part(Due)
    cancellation = part(Cancellation)
    cancel_dates = part(CancelDates)

    async def complete(self, members: Sequence[tuple[SubscriptionSchedule, WholeSubscription]]) -> None:
        """The last phases of these are over; their subscriptions become what `end_behavior` says.

        Events `subscription_schedule.completed` for each, then `subscription_schedule.released` or
        `customer.subscription.deleted`; `customer.subscription.updated` where a subscription is free from now on.
        """
        presents = await self.presents(row.test_clock_id for row, _ in members)
        for row, _ in members:
            row.completed_at = presents[row.test_clock_id]
            _move(row, _S.COMPLETED)
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_COMPLETED, row, at=row.completed_at)
        canceled = [each for each in members if each[0].end_behavior == SubscriptionScheduleEndBehavior.CANCEL]
        for _, whole in canceled:
            whole.row.cancellation_details = cancellation_requested(whole.row.cancellation_details)
        freed = [each for each in members if each[0].end_behavior != SubscriptionScheduleEndBehavior.CANCEL]
        for row, _ in freed:
            if row.end_behavior == SubscriptionScheduleEndBehavior.RELEASE:
                self._release(row, presents[row.test_clock_id])
        await self._store([row for row, _ in members])
        wholes = [whole for _, whole in freed]
        await self._free(wholes, [self.events.snapshot(whole) for whole in wholes])
        await self.cancellation.end([whole for _, whole in canceled if whole.row.status in LIVING], final=True)

    async def release(
        self, row: SubscriptionSchedule, whole: WholeSubscription | None, at: datetime, *, preserve_cancel_date: bool
    ) -> None:
        """Let go of the subscription, which goes on as it is, and ends with the schedule only where that is preserved.

        Events `subscription_schedule.released` and `customer.subscription.updated`.
        """
        self._release(row, at)
        await self._store([row])
        if whole is not None:
            before = self.events.snapshot(whole)
            if not preserve_cancel_date:
                await self.cancel_dates.set(whole, None, ProrationBehavior.CREATE_PRORATIONS, at)
            await self._free([whole], [before])

    async def follow(self, rows: Sequence[SubscriptionSchedule], *, aborted: Collection[str | None]) -> None:
        """The subscriptions of these have ended: with the last phase, as was planned, or before."""
        presents = await self.presents(row.test_clock_id for row in rows)
        over = [row for row in rows if (end := cancel_date_of(row)) and end <= presents[row.test_clock_id]]
        for row in over:
            row.completed_at = presents[row.test_clock_id]
            _move(row, _S.COMPLETED)
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_COMPLETED, row, at=row.completed_at)
        await self._store(over)
        await self.cancel([row for row in rows if row.status == _S.ACTIVE], aborted=aborted)

    async def cancel(self, rows: Sequence[SubscriptionSchedule], *, aborted: Collection[str | None] = ()) -> None:
        """These go no further. Event `subscription_schedule.canceled`, `.aborted` for those whose ids are among these.

        Their subscriptions are the caller's to end.
        """
        presents = await self.presents(row.test_clock_id for row in rows)
        for row in rows:
            row.canceled_at = presents[row.test_clock_id]
            _move(row, _S.CANCELED)
        await self._store(rows)
        for row in rows:
            lost = row.id in aborted
            kind = EventType.SUBSCRIPTION_SCHEDULE_ABORTED if lost else EventType.SUBSCRIPTION_SCHEDULE_CANCELED
            self.events.record(kind, row, at=presents[row.test_clock_id])

    async def _free(self, wholes: Sequence[WholeSubscription], befores: Sequence[Snapshot]) -> None:
        """No schedule decides about these any more. Event `customer.subscription.updated` for each."""
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        for whole in wholes:
            whole.row.schedule_id = whole.row.phase_ends_at = None
        await update_rows([whole.row for whole in wholes], ("schedule_id", "phase_ends_at"))
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)

    def _release(self, row: SubscriptionSchedule, at: datetime) -> None:
        _move(row, _S.RELEASED)
        row.released_at, row.released_subscription_id, row.subscription_id = at, row.subscription_id, None
        self.events.record(EventType.SUBSCRIPTION_SCHEDULE_RELEASED, row, at=at)

    async def _store(self, rows: Sequence[SubscriptionSchedule]) -> None:
        await update_rows(rows, _ENDED)
        await self.due.cancel_all((kind, row.id) for row in rows for kind in _AGENDA)


def _move(row: SubscriptionSchedule, status: SubscriptionScheduleStatus) -> None:
    row.status = SUBSCRIPTION_SCHEDULE.move(row.id, _S(row.status), status)


async def cancel_with_subscriptions(scope: Scope, subscriptions: Sequence[Subject]) -> None:
    """Reaction to subscriptions having ended: what was planned for them is off.

    Where they ended because they were not paid for, the schedule is told to be aborted.
    """
    ended = [each.row for each in subscriptions if isinstance(each, WholeSubscription)]
    unpaid = {
        row.schedule_id for row in ended if row.cancellation_details.get("reason") == CancellationReason.PAYMENT_FAILED
    }
    ending = Ending(scope)
    ids = [row.schedule_id for row in ended]
    rows = await ending.gather(SubscriptionSchedule, "id", ids, lock=True, status=_S.ACTIVE)
    await ending.follow(rows, aborted=unpaid)


async def cancel_with_customers(scope: Scope, customers: Sequence[Subject]) -> None:
    """Reaction to customers being deleted: what has not begun for them never does."""
    ids = [each.row.id for each in customers if isinstance(each, WholeCustomer)]
    ending = Ending(scope)
    rows = await ending.gather(SubscriptionSchedule, "customer_id", ids, lock=True, status=_S.NOT_STARTED)
    for row in rows:
        ending.refuse_foreign_work(row)
    await ending.cancel(rows)
