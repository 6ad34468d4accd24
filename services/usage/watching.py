"""Usage that may be invoiced before its period is over: what was counted is looked at, once for many events."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from domain.agenda import AgendaKind
from models import Subscription
from services.base import Service, part
from services.due import Appointment, Due

LOOKED_AT_AFTER = timedelta(minutes=1)


class Watching(Service):
    """Puts looks onto the agenda."""

    due = part(Due)

    async def expect(self, nows: Mapping[str, int]) -> None:
        """Let the subscriptions of these customers that have thresholds be looked at, a minute after their now.

        A look that is on the agenda already is soon enough.
        """
        rows = await self.gather(Subscription, "customer_id", nows, order=("id",))
        await self.due.schedule_once(
            [
                Appointment(
                    AgendaKind.SUBSCRIPTION_THRESHOLD,
                    row.id,
                    datetime.fromtimestamp(nows[row.customer_id], UTC) + LOOKED_AT_AFTER,
                    row.test_clock_id,
                )
                for row in rows
                if row.billing_thresholds is not None and row.ended_at is None
            ]
        )
