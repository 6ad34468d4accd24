"""Meters: made, renamed, put to rest and woken up."""

from typing import Final

from tortoise.exceptions import IntegrityError

from domain.checks import checked
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import METER, MeterStatus
from domain.texts import required_text
from models import Meter
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.transactions import savepoint
from services.usage.drafts import MeterChange, MeterDraft, MeterSearch

DISPLAY_NAME_LENGTH_MAX: Final = 250
EVENT_NAME_LENGTH_MAX: Final = 100
PAYLOAD_KEY_LENGTH_MAX: Final = 100


class Meters(Service):
    """Making and changing meters. There is no delete: what was counted stays."""

    events = part(Events)

    def matching(self, wanted: MeterSearch) -> Listing:
        """The meters that a list shows."""
        equal = {"status": wanted.status, "event_name": wanted.event_name}
        return self.mine(Meter).filter(**{name: value for name, value in equal.items() if value is not None})

    @transactional
    async def create(self, draft: MeterDraft) -> Meter:
        """A new meter, the only active one for events of its name. Event `billing.meter.created`."""
        problems = Problems()
        customer_key, value_key = draft.customer_mapping.event_payload_key, draft.value_settings.event_payload_key
        columns = {
            "display_name": checked(
                problems, required_text, draft.display_name, DISPLAY_NAME_LENGTH_MAX, "displayName"
            ),
            "event_name": checked(problems, required_text, draft.event_name, EVENT_NAME_LENGTH_MAX, "eventName"),
            "customer_key": checked(
                problems, required_text, customer_key, PAYLOAD_KEY_LENGTH_MAX, "customerMapping.eventPayloadKey"
            ),
            "value_key": checked(
                problems, required_text, value_key, PAYLOAD_KEY_LENGTH_MAX, "valueSettings.eventPayloadKey"
            ),
        }
        if columns["value_key"] == columns["customer_key"]:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"The key '{value_key}' holds the customer; the value needs a key of its own.",
                "valueSettings",
                "eventPayloadKey",
            )
        problems.raise_any()
        now = self.scope.clock.now()
        row = Meter.made(
            id=self.new_id(Prefix.METER),
            created_at=now,
            updated_at=now,
            formula=draft.default_aggregation.formula.value,
            status=MeterStatus.ACTIVE.value,
            **columns,
            **self.ownership(),
        )
        try:
            async with savepoint():
                await insert_rows([row])
        except IntegrityError:
            raise await self._taken(row.event_name, "eventName") from None
        self.events.record(EventType.BILLING_METER_CREATED, row, at=now)
        return row

    @transactional
    async def update(self, change: MeterChange) -> Meter:
        """The meter under another display name. Event `billing.meter.updated` when it differs."""
        row = await self.lock(Meter, change.id)
        if change.display_name is UNSET:
            return row
        name = required_text(change.display_name, DISPLAY_NAME_LENGTH_MAX, "displayName")
        if name == row.display_name:
            return row
        before = self.events.snapshot(row)
        row.display_name, row.updated_at = name, self.scope.clock.now()
        await update_rows([row], ["display_name", "updated_at"])
        self.events.record(EventType.BILLING_METER_UPDATED, row, at=row.updated_at, before=before)
        return row

    @transactional
    async def deactivate(self, identifier: str) -> Meter:
        """The meter, refusing events from now on; what it counted stays. Event `billing.meter.deactivated`."""
        row = await self.lock(Meter, identifier)
        METER.refuse_unless("deactivate", row.id, MeterStatus(row.status))
        row.status = METER.move(row.id, MeterStatus(row.status), MeterStatus.INACTIVE).value
        row.inactivity = row.id
        row.updated_at = row.deactivated_at = self.scope.clock.now()
        await update_rows([row], _MOVED)
        self.events.record(EventType.BILLING_METER_DEACTIVATED, row, at=row.updated_at)
        return row

    @transactional
    async def reactivate(self, identifier: str) -> Meter:
        """The meter, counting again, unless another one has its event name now. Event `billing.meter.reactivated`."""
        row = await self.lock(Meter, identifier)
        METER.refuse_unless("reactivate", row.id, MeterStatus(row.status))
        row.status = METER.move(row.id, MeterStatus(row.status), MeterStatus.ACTIVE).value
        row.inactivity, row.deactivated_at, row.updated_at = "", None, self.scope.clock.now()
        try:
            async with savepoint():
                await update_rows([row], _MOVED)
        except IntegrityError:
            raise await self._taken(row.event_name, "id") from None
        self.events.record(EventType.BILLING_METER_REACTIVATED, row, at=row.updated_at)
        return row

    async def _taken(self, event_name: str, param: str) -> DomainError:
        holder = await self.mine(Meter).get_or_none(event_name=event_name, inactivity="")
        return DomainError(
            ErrorCode.RESOURCE_ALREADY_EXISTS,
            f"Events named '{event_name}' are counted by {holder.id if holder else 'another meter'}; "
            "one event name is for one active meter.",
            param,
        )


_MOVED: Final = ("status", "inactivity", "deactivated_at", "updated_at")
