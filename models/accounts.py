"""Accounts: the platform, and those connected to it. Persons, keys and settings hang on them."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields

from models.base import Described, Row, instant


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
    capabilities_requested: dict[str, int] = cast(Any, fields.JSONField[dict[str, int]](default=dict))
    """When each was asked for, in unix seconds."""
    business_type = fields.CharField(max_length=30, null=True)
    business_profile: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    company: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))
    individual_id = fields.CharField(max_length=40, null=True)
    """The person that the account is, where it is no company."""
    tos_accepted_at: datetime | None = instant(null=True)
    tos_acceptance: dict[str, str] | None = cast(Any, fields.JSONField[dict[str, str]](null=True))
    """From where the terms were accepted: `ip`, and `user_agent` where it is known."""
    details_submitted = fields.BooleanField(default=False)
    charges_enabled = fields.BooleanField(default=True)
    payouts_enabled = fields.BooleanField(default=True)
    requirements: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """What is missing before it can be charged for and paid out, worked out whenever it changes."""
    pending_verification: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """What was given and is still being checked."""
    disconnected_at: datetime | None = instant(null=True)
    """When it left its platform; null while it is connected."""
    metadata: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))

    class Meta:
        table = "accounts"


class Person(Described):
    """Somebody behind an account: the individual that it is, or who represents, owns or runs a company.

    Secrets are not kept, only that they were given.
    """

    platform_id = fields.CharField(max_length=40, null=True, db_index=True)
    """Who may see the person beside the account: its platform, while the account is connected."""
    first_name = fields.CharField(max_length=100, null=True)
    last_name = fields.CharField(max_length=100, null=True)
    email = fields.CharField(max_length=512, null=True)
    phone = fields.CharField(max_length=20, null=True)
    dob: dict[str, int] | None = cast(Any, fields.JSONField[dict[str, int]](null=True))
    """`day`, `month` and `year` of birth."""
    address: dict[str, str] | None = cast(Any, fields.JSONField[dict[str, str]](null=True))
    nationality = fields.CharField(max_length=2, null=True)
    id_number_provided = fields.BooleanField(default=False)
    ssn_last_4_provided = fields.BooleanField(default=False)
    representative = fields.BooleanField(default=False)
    """Whether the person acts for the account; one for each at the most."""
    relationship: dict[str, Any] = cast(Any, fields.JSONField[dict[str, Any]](default=dict))
    """What else they are to it: `owner`, `director`, `executive`, `title`, `percent_ownership` as text."""
    verification_status = fields.CharField(max_length=10, default="unverified")

    class Meta:
        table = "persons"
        indexes = (("account_id", "livemode", "id"),)


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
