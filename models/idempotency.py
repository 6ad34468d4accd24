"""What was answered under an idempotency key."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.models import Model

from models.base import instant


class IdempotencyRecord(Model):
    """One mutation field under one key. Without an answer its change is still waiting for a gateway."""

    id = fields.CharField(primary_key=True, max_length=64)
    """SHA-256 of account, mode, key and response key: the primary key is the guard against a second effect."""
    account_id = fields.CharField(max_length=40)
    livemode = fields.BooleanField()
    mutation = fields.CharField(max_length=60)
    fingerprint = fields.CharField(max_length=64)
    answer: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    expires_at: datetime = instant(db_index=True)

    class Meta:
        table = "idempotency_records"
