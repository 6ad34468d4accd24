"""What happened: one row per event, numbered without gaps per account and mode."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.models import Model

from models.base import Owned, instant


class Event(Owned):
    """A change of an object, with the object as it was right after it."""

    type = fields.CharField(max_length=60)
    object_id = fields.CharField(max_length=40)
    object_type = fields.CharField(max_length=40)
    data: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]]())
    previous_attributes: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    api_version = fields.CharField(max_length=30)
    connected_account_id = fields.CharField(max_length=40, null=True)
    """The connected account that it happened on, or that it is about; null of what is the platform's own affair."""
    request_id = fields.CharField(max_length=40, null=True)
    idempotency_key = fields.CharField(max_length=255, null=True)
    sequence = fields.BigIntField()
    object_sequence = fields.BigIntField()
    written_at: datetime = instant()
    """System time; `created_at` is the object's clock."""

    class Meta:
        table = "events"
        unique_together = (("account_id", "livemode", "sequence"), ("account_id", "object_id", "object_sequence"))


class EventCounter(Model):
    """The last number given per account and mode. Taken as the last thing before commit, so readers see no gap."""

    id = fields.CharField(primary_key=True, max_length=60)
    account_id = fields.CharField(max_length=40)
    livemode = fields.BooleanField()
    value = fields.BigIntField()

    class Meta:
        table = "event_counters"
