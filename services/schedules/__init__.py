"""Plans for subscriptions: the verbs on schedules.

phasing   phases are worked out from what was asked for
creation  a schedule is made, for a customer or around a subscription
starting  the first phase begins: the subscription is made
progress  the agenda moves it on, from phase to phase
passages  the subscription becomes what a phase wants
updating  the current phase and those to come are changed
ending    completion, release, cancellation; cancel_dates plans the end of what ends with its schedule
"""

from collections.abc import Sequence

from tortoise.queryset import QuerySet

from models import SubscriptionSchedule
from services.base import Service, Settled, part
from services.idempotency import transactional
from services.payments import Attempts, Prepared, Wish
from services.schedules.creation import ScheduleCreation
from services.schedules.drafts import (
    DefaultSettingsDraft,
    DurationDraft,
    PhaseDraft,
    ScheduleCancelDraft,
    ScheduleChange,
    ScheduleDraft,
    ScheduleReleaseDraft,
    ScheduleSearch,
)
from services.schedules.ending import Ending
from services.schedules.updating import Updating
from services.subscriptions import CancellationDraft

__all__ = [
    "DefaultSettingsDraft",
    "DurationDraft",
    "PhaseDraft",
    "ScheduleCancelDraft",
    "ScheduleChange",
    "ScheduleDraft",
    "ScheduleReleaseDraft",
    "ScheduleSearch",
    "Schedules",
]


class Schedules(Service):
    """What can be asked of schedules."""

    creation = part(ScheduleCreation)
    updating = part(Updating)
    ending = part(Ending)
    attempts = part(Attempts)

    def matching(self, search: ScheduleSearch) -> QuerySet[SubscriptionSchedule]:
        """The schedules that a list shows."""
        found = self.mine(SubscriptionSchedule)
        if search.customer is not None:
            found = found.filter(customer_id=search.customer)
        if search.subscription is not None:
            found = found.filter(subscription_id=search.subscription)
        if search.status is not None:
            found = found.filter(status__in=search.status)
        return found

    @transactional
    async def create(self, draft: ScheduleDraft) -> SubscriptionSchedule:
        """Plan a subscription. Event `subscription_schedule.created`; those of the subscription when it begins now."""
        if draft.from_subscription is not None:
            return await self.creation.adopt(draft)
        return await self.creation.create(draft)

    @transactional
    async def update(self, change: ScheduleChange) -> SubscriptionSchedule:
        """Change what was mentioned. Event `subscription_schedule.updated` when anything differs.

        A change of the current phase is carried out at once, with prorations as `proration_behavior` says.
        """
        return await self.updating.update(change)

    @transactional
    async def release(self, draft: ScheduleReleaseDraft) -> SubscriptionSchedule:
        """Let go of the subscription, which goes on as it is. Event `subscription_schedule.released`."""
        row, whole = await self.updating.held(draft.id, "release")
        at = await self.present(row.test_clock_id)
        await self.ending.release(row, whole, at, preserve_cancel_date=draft.preserve_cancel_date)
        return row

    async def cancel(self, draft: ScheduleCancelDraft) -> Settled[SubscriptionSchedule]:
        """End the schedule and its subscription now. Event `subscription_schedule.canceled`, after the subscription's.

        What is invoiced for that is collected at once; a decline is answered beside the schedule, which has ended.
        """
        return await self.attempts.carried_out(lambda: self._canceling(draft))

    async def _canceling(self, draft: ScheduleCancelDraft) -> Prepared[SubscriptionSchedule]:
        """Within the first transaction: both have ended, and the payment is prepared."""
        row, whole = await self.updating.held(draft.id, "cancel")
        await self.present(row.test_clock_id)
        wishes: Sequence[Wish] = ()
        if whole is not None:
            ended = CancellationDraft(whole.row.id, prorate=draft.prorate, invoice_now=draft.invoice_now)
            wishes = (await self.ending.cancellation.begin(ended)).wishes
        await self.ending.cancel([row])
        return Prepared(subject=row, wishes=wishes)
