"""Accounts: the platform, and later those it bills for. Keys and settings hang on them."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields

from models.base import Row, instant


class Account(Row):
    """A business with its own books. The first of a database is the platform; `platform_id` is then its own id."""

    platform_id = fields.CharField(max_length=40, db_index=True)
    country = fields.CharField(max_length=2)
    default_currency = fields.CharField(max_length=3)
    business_name = fields.CharField(max_length=200, null=True)
    email = fields.CharField(max_length=512, null=True)
    settings: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """Only what differs from the defaults of `domain/settings.py`."""

    class Meta:
        table = "accounts"


class ApiKey(Row):
    """A key of an account in one mode. The secret itself is never stored, only its SHA-256."""

    account_id = fields.CharField(max_length=40, db_index=True)
    livemode = fields.BooleanField()
    kind = fields.CharField(max_length=20)
    name = fields.CharField(max_length=100, null=True)
    digest = fields.CharField(max_length=64, unique=True)
    hint = fields.CharField(max_length=24)
    """Beginning and last four characters, to recognise a key by."""
    grants: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    last_used_at: datetime | None = instant(null=True)
    expires_at: datetime | None = instant(null=True)
    revoked_at: datetime | None = instant(null=True)

    class Meta:
        table = "api_keys"
