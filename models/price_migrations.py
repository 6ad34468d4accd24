"""Moves of all subscribers from one price to another, and what became of each subscription."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict
from models.catalog import Price


class PriceMigration(Described):
    """A move of subscribers from one price to another. It is worked off by the agenda, in groups."""

    from_price: ForeignKeyRelation[Price] = restrict("models.Price")
    from_price_id: str
    to_price: ForeignKeyRelation[Price] = restrict("models.Price")
    to_price_id: str
    behavior = fields.CharField(max_length=20)
    status = fields.CharField(max_length=10)
    enrolled_up_to = fields.CharField(max_length=40, default="")
    """Subscriptions up to this id have been looked at."""
    enrolls_up_to = fields.CharField(max_length=40)
    """Those with a greater id were made after the migration and are none of its business."""
    is_enrolled = fields.BooleanField(default=False)
    """Whether all of its subscriptions are known."""
    subscriptions_found = fields.IntField(default=0)
    subscriptions_migrated = fields.IntField(default=0)
    subscriptions_skipped = fields.IntField(default=0)
    skips: dict[str, int] = cast(Any, fields.JSONField[dict[str, int]](default=dict))
    """How many were skipped, by reason."""
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that asked for it on its account's behalf; it moves only what it made."""
    completed_at: datetime | None = instant(null=True)
    canceled_at: datetime | None = instant(null=True)

    class Meta:
        table = "price_migrations"
        indexes = (("account_id", "livemode", "id"),)


class PriceMigrationMember(Owned):
    """One subscription of a migration, and what became of it."""

    migration: ForeignKeyRelation[PriceMigration] = restrict("models.PriceMigration")
    migration_id: str
    subscription_id = fields.CharField(max_length=40, db_index=True)
    """No foreign key: a subscription may go with its test clock, and the record of its move stays."""
    status = fields.CharField(max_length=8)
    reason = fields.CharField(max_length=20, null=True)
    """Why it was skipped."""

    class Meta:
        table = "price_migration_members"
        unique_together = (("migration_id", "subscription_id"),)
