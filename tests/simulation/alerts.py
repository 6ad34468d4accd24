"""What the simulation may do with alerts, and what holds of those that were told."""

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from domain.alerts import AlertFilterType, AlertRecurrence, AlertStatus, AlertType
from models import BillingAlert, BillingAlertTrigger, Customer, Event, Meter
from services.scope import Scope
from services.usage import AlertDraft, Alerts
from services.usage.alerts import AlertFilterDraft, UsageThresholdDraft

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"watch_use": 4, "watch_otherwise": 3}


class AlertActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def watch_use(self) -> Action | None:
        """Somebody, or everybody, is watched."""
        meters = await Meter.all().order_by("id")
        customers = await Customer.all().order_by("id")
        if not meters:
            return None
        filters: tuple[AlertFilterDraft, ...] = ()
        if customers and self.dice.random() < 0.3:
            filters = (AlertFilterDraft(type=AlertFilterType.CUSTOMER, customer=self.dice.choice(customers).id),)
        threshold = UsageThresholdDraft(
            gte=self.dice.choice((1, 10, 100, 1_000)),
            meter=self.dice.choice(meters).id,
            recurrence=AlertRecurrence.ONE_TIME,
            filters=filters,
        )
        draft = AlertDraft(title="Much", alert_type=AlertType.USAGE_THRESHOLD, usage_threshold=threshold)
        return lambda scope: Alerts(scope).create(draft)

    async def watch_otherwise(self) -> Action | None:
        """An alert rests, wakes up or is put away."""
        alerts = await BillingAlert.all().order_by("id")
        if not alerts:
            return None
        row, verb = self.dice.choice(alerts), self.dice.choice(("activate", "activate", "deactivate", "archive"))
        return lambda scope: getattr(Alerts(scope), verb)(row.id)


async def check_alerts() -> None:
    """Each was told once for whom it was told, of enough; meters know that they are watched."""
    alerts = {row.id: row for row in await BillingAlert.all()}
    triggers = await BillingAlertTrigger.all()
    assert all(Decimal(row.value) >= alerts[row.alert_id].gte for row in triggers)
    assert all(alerts[row.alert_id].customer_id in {None, row.customer_id} for row in triggers)
    told = [
        (each.data["alert"]["id"], each.data["customer"]) for each in await Event.filter(type="billing.alert.triggered")
    ]
    assert sorted(told) == sorted((row.alert_id, row.customer_id) for row in triggers)
    watched = {row.meter_id for row in alerts.values() if row.status == AlertStatus.ACTIVE}
    assert {row.id for row in await Meter.filter(has_alerts=True)} == watched
