"""Accounts: the platform, and those connected to it. Keys and settings hang on them."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields

from models.base import Row, instant


class Account(Row):
    """A business with its own books. The first of a database is the platform; `platform_id` is then its own id.

    Every other one is connected to a platform, which made it in one mode.
    """

    platform_id = fields.CharField(max_length=40, db_index=True)
    livemode = fields.BooleanField(null=True)
    """The mode in which a connected account lives; null for a platform, which is in both."""
    country = fields.CharField(max_length=2)
    default_currency = fields.CharField(max_length=3)
    business_name = fields.CharField(max_length=200, null=True)
    email = fields.CharField(max_length=512, null=True)
    settings: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """Only what differs from the defaults of `domain/settings.py`."""
    type = fields.CharField(max_length=10, null=True)
    """The set of controller values that it was made with; null for a platform."""
    controller: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    """`fees_payer`, `losses_payments`, `requirement_collection` and `dashboard`; empty for a platform."""
    capabilities: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))
    """The status of each capability that was asked for."""
    business_type = fields.CharField(max_length=30, null=True)
    business_profile: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    company: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    tos_accepted_at: datetime | None = instant(null=True)
    details_submitted = fields.BooleanField(default=False)
    charges_enabled = fields.BooleanField(default=True)
    payouts_enabled = fields.BooleanField(default=True)
    requirements: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """What is missing before it can be charged for and paid out, worked out whenever it changes."""
    disconnected_at: datetime | None = instant(null=True)
    """When it left its platform; null while it is connected."""
    metadata: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))

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
