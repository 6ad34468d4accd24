"""The end of a subscription that ends with its schedule, planned as any other end that is asked for."""

from datetime import datetime

from domain.schedules import Phase, SubscriptionScheduleEndBehavior
from domain.subscriptions import ProrationBehavior
from models import SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.rows import update_rows
from services.subscriptions import SubscriptionChange
from services.subscriptions.endings import Endings

_PLANNED = ("cancel_at", "cancel_at_period_end", "canceled_at", "cancellation_details", "has_pending_items")


class CancelDates(Service):
    """Sets `cancel_at` of subscriptions that follow a schedule."""

    endings = part(Endings)

    async def set(
        self, whole: WholeSubscription, end: datetime | None, behavior: ProrationBehavior, at: datetime
    ) -> None:
        """Let it end at `end`, or not any more when that is None. The caller tells of the change.

        A period that is cut short, or made whole again, is prorated as `behavior` says; what comes of it waits for the
        next invoice.
        """
        if whole.row.cancel_at != end:
            change = SubscriptionChange(whole.row.id, cancel_at=end, proration_behavior=behavior)
            await self.endings.change(whole, change, None, at)
            await update_rows([whole.row], _PLANNED)


def cancel_date_of(row: SubscriptionSchedule) -> datetime | None:
    """When the subscription ends with the schedule; None when it goes on."""
    cancels = row.end_behavior == SubscriptionScheduleEndBehavior.CANCEL
    return Phase.from_json(row.phases[-1]).end if cancels else None
