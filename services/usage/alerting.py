"""Watching usage: what events come to is held against the alerts of their meters.

It is done in the transaction that counts the events, so that nothing can be lost between the two, and nobody is told of
usage that was not counted. Whoever holds an alert sees all that others, who held it before, have counted: of two
batches that reach a threshold only together, the later one tells it. No statement for meters without alerts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from domain.alerts import AlertStatus
from domain.event_types import EventType
from domain.ids import Prefix
from models import BillingAlert, BillingAlertTrigger
from services.aggregates import WholeAlertTrigger
from services.base import Service, part
from services.events import Events
from services.rows import insert_rows
from services.usage.readings import Reading, Readings

_EVER: Final = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
"""From the first moment up to one that no event reaches; both begin a day, so that only days are read."""


class User(NamedTuple):
    """Somebody who used something by a meter."""

    meter_id: str
    customer_id: str


class Alerting(Service):
    """Triggers alerts."""

    events = part(Events)
    readings = part(Readings)

    async def look(self, users: Iterable[User], nows: Mapping[str, datetime]) -> None:
        """Trigger the alerts that these users, whose events were just counted, have reached.

        `nows` is the present of each customer. Event `billing.alert.triggered` for each alert and customer, once.
        """
        wanted = set(users)
        meters = {user.meter_id for user in wanted}
        alerts = await self.gather(BillingAlert, "meter_id", meters, order=("id",), status=AlertStatus.ACTIVE)
        waiting = await self._waiting(alerts, wanted)
        if not waiting:
            return
        # Held from here on; what was triggered meanwhile is no more waited for.
        held = await self.gather(BillingAlert, "id", {alert.id for alert, _ in waiting}, lock=True)
        active = [alert for alert in held if alert.status == AlertStatus.ACTIVE]
        waiting = await self._waiting(active, wanted)
        used = await self._used({User(alert.meter_id, customer_id) for alert, customer_id in waiting})
        await self._trigger(
            [
                (alert, customer_id, value)
                for alert, customer_id in waiting
                if (value := used[User(alert.meter_id, customer_id)]) >= alert.gte
            ],
            nows,
        )

    async def _waiting(self, alerts: Sequence[BillingAlert], users: set[User]) -> list[tuple[BillingAlert, str]]:
        """The alerts with the customers among these users for whom they were not triggered yet."""
        if not alerts:
            return []
        triggers = await self.gather(BillingAlertTrigger, "customer_id", {user.customer_id for user in users})
        done = {(row.alert_id, row.customer_id) for row in triggers}
        return [
            (alert, customer_id)
            for alert in alerts
            for meter_id, customer_id in sorted(users)
            if meter_id == alert.meter_id
            and alert.customer_id in (None, customer_id)
            and (alert.id, customer_id) not in done
        ]

    async def _used(self, users: set[User]) -> dict[User, Decimal]:
        """What each has ever used."""
        ordered = sorted(users)
        readings = [Reading(meter_id, customer_id, *_EVER) for meter_id, customer_id in ordered]
        return dict(zip(ordered, await self.readings.of(readings), strict=True))

    async def _trigger(
        self, reached: Sequence[tuple[BillingAlert, str, Decimal]], nows: Mapping[str, datetime]
    ) -> None:
        rows = [
            BillingAlertTrigger.made(
                id=self.new_id(Prefix.ALERT_TRIGGER),
                created_at=nows[customer_id],
                alert_id=alert.id,
                customer_id=customer_id,
                value=format(value, "f"),
                **self.ownership(),
            )
            for alert, customer_id, value in reached
        ]
        await insert_rows(rows)
        for row, (alert, _, _) in zip(rows, reached, strict=True):
            whole = WholeAlertTrigger(row, alert)
            self.events.record(EventType.BILLING_ALERT_TRIGGERED, whole, at=row.created_at)
