"""Telling that a trial will end: three days before, or at once when it is shorter than that."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import SubscriptionStatus
from domain.trials import trial_end_told_at
from models import AgendaEntry
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.subscriptions.wholes import WholeSubscriptions


class TrialAnnouncements(Service):
    """Announces the ends of trials."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)

    async def announce(self, whole: WholeSubscription, at: datetime) -> None:
        """Put the event `customer.subscription.trial_will_end` on the agenda, or tell it now when it is time."""
        row = whole.row
        assert row.trial_end is not None, f"subscription {row.id} is on no trial"
        told_at = trial_end_told_at(row.trial_end)
        if told_at > at:
            kind = AgendaKind.SUBSCRIPTION_TRIAL_WILL_END
            await self.due.schedule(kind, row.id, told_at, test_clock_id=row.test_clock_id)
        else:
            await self.due.cancel(row.id, AgendaKind.SUBSCRIPTION_TRIAL_WILL_END)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END, whole, at=at)

    async def tell(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_TRIAL_WILL_END: tell of those that are still on trial."""
        wholes = await self.wholes.by("id", [entry.subject_id for entry in entries])
        trialing = [whole for whole in wholes if whole.row.status == SubscriptionStatus.TRIALING]
        presents = await self.presents(whole.row.test_clock_id for whole in trialing)
        for whole in trialing:
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END, whole, at=at)
