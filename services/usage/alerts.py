"""Alerts: made, put to rest, woken up and archived."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.alerts import (
    ALERTS_MAX,
    TITLE_LENGTH_MAX,
    AlertFilterType,
    AlertRecurrence,
    AlertStatus,
    AlertType,
    checked_threshold,
)
from domain.checks import checked
from domain.errors import ErrorCode, Problems
from domain.ids import Prefix
from domain.lifecycles import ALERT
from domain.texts import required_text
from models import BillingAlert, Customer, Meter
from services.base import Service
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows

_THRESHOLD = "usageThreshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilterDraft:
    """Limits an alert to one customer."""

    type: AlertFilterType
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageThresholdDraft:
    """What usage has to reach, by which meter, and for whom; for everybody without filters."""

    gte: int
    meter: str
    recurrence: AlertRecurrence
    filters: Sequence[AlertFilterDraft] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """A new alert."""

    title: str
    alert_type: AlertType
    usage_threshold: UsageThresholdDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSearch:
    """Which alerts a list shows; None asks nothing."""

    meter: str | None = None
    alert_type: AlertType | None = None


class Alerts(Service):
    """Making and changing alerts. What they watch never changes."""

    def matching(self, wanted: AlertSearch) -> Listing:
        """The alerts that a list shows."""
        found = self.mine(BillingAlert)
        return found if wanted.meter is None else found.filter(meter_id=wanted.meter)

    @transactional
    async def create(self, draft: AlertDraft) -> BillingAlert:
        """An active alert, which looks at usage from the next event on."""
        wanted = draft.usage_threshold
        meter = await self.lock(Meter, wanted.meter, _THRESHOLD, "meter")
        problems = Problems()
        title = checked(problems, required_text, draft.title, TITLE_LENGTH_MAX, "title")
        gte = checked(problems, checked_threshold, wanted.gte)
        customer = await self._customer(problems, wanted.filters)
        standing = await self.mine(BillingAlert).filter(meter_id=meter.id).exclude(status=AlertStatus.ARCHIVED).count()
        if standing >= ALERTS_MAX:
            text = f"Meter {meter.id} has {standing} alerts; archive one first."
            problems.add(ErrorCode.PARAMETER_LIST_TOO_LONG, text, _THRESHOLD, "meter")
        problems.raise_any()
        row = BillingAlert.made(
            id=self.new_id(Prefix.ALERT),
            created_at=self.scope.clock.now(),
            title=title,
            status=AlertStatus.ACTIVE,
            meter_id=meter.id,
            gte=gte,
            customer_id=customer,
            **self.ownership(),
        )
        await insert_rows([row])
        await self._watch(meter)
        return row

    @transactional
    async def activate(self, identifier: str) -> BillingAlert:
        """The alert, told of again for those whom it was not told of before."""
        return await self._moved(identifier, "activate", AlertStatus.ACTIVE)

    @transactional
    async def deactivate(self, identifier: str) -> BillingAlert:
        """The alert, told of no more until it is activated."""
        return await self._moved(identifier, "deactivate", AlertStatus.INACTIVE)

    @transactional
    async def archive(self, identifier: str) -> BillingAlert:
        """The alert, never told of again."""
        return await self._moved(identifier, "archive", AlertStatus.ARCHIVED)

    async def _moved(self, identifier: str, verb: str, status: AlertStatus) -> BillingAlert:
        known = await self.require(BillingAlert, identifier)
        meter = await self.lock(Meter, known.meter_id)
        row = await self.lock(BillingAlert, identifier)
        ALERT.refuse_unless(verb, row.id, AlertStatus(row.status))
        row.status = ALERT.move(row.id, AlertStatus(row.status), status)
        await update_rows([row], ["status"])
        await self._watch(meter)
        return row

    async def _watch(self, meter: Meter) -> None:
        """Let the meter, which is held, know whether any of its alerts is active."""
        active = await self.mine(BillingAlert).filter(meter_id=meter.id, status=AlertStatus.ACTIVE).exists()
        if meter.has_alerts != active:
            meter.has_alerts = active
            await update_rows([meter], ["has_alerts"])

    async def _customer(self, problems: Problems, filters: Sequence[AlertFilterDraft]) -> str | None:
        """The only customer whom it watches."""
        if len(filters) > 1:
            text = f"{len(filters)} filters were given; there may be one."
            problems.add(ErrorCode.PARAMETER_LIST_TOO_LONG, text, _THRESHOLD, "filters")
            return None
        if not filters:
            return None
        [wanted] = filters
        if await self.find(Customer, wanted.customer) is None:
            path = (_THRESHOLD, "filters", "0", "customer")
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such customer: '{wanted.customer}'.", *path)
        return wanted.customer
