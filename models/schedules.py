"""Plans for subscriptions: schedules with their phases."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict
from models.customers import Customer
from models.subscriptions import Subscription


class SubscriptionSchedule(Described):
    """Phases that a subscription is to pass through. They are few, belong to nobody else and change as a whole."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    subscription: ForeignKeyRelation[Subscription] | None = restrict("models.Subscription", null=True)
    subscription_id: str | None
    status = fields.CharField(max_length=11)
    currency = fields.CharField(max_length=3)
    billing_mode = fields.CharField(max_length=10, default="flexible")
    end_behavior = fields.CharField(max_length=7)
    default_payment_method_id = fields.CharField(max_length=40, null=True)
    description = fields.CharField(max_length=500, null=True)
    phases: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]]())
    """In order; `domain.schedules.Phase` reads them."""
    position = fields.IntField(default=-1)
    """The place of the current phase among them; -1 before the first one begins."""
    problem: dict[str, str] | None = cast(Any, fields.JSONField[dict[str, str]](null=True))
    """Why the next phase could not begin, while it could not."""
    problem_at: datetime | None = instant(null=True)
    canceled_at: datetime | None = instant(null=True)
    completed_at: datetime | None = instant(null=True)
    released_at: datetime | None = instant(null=True)
    released_subscription_id = fields.CharField(max_length=40, null=True)
    application_id = fields.CharField(max_length=40, null=True)
    """The platform that made it for its account; null where the account did so itself."""
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "subscription_schedules"
        indexes = (("account_id", "livemode", "id"),)
