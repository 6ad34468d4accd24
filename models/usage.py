"""What customers used: meters, the events that they count, sums of events, and the periods that were billed."""

from datetime import datetime

from tortoise import fields

from models.base import Owned, instant


class Meter(Owned):
    """What events of one name are counted into, and how. Only its display name ever changes."""

    updated_at: datetime = instant()
    display_name = fields.CharField(max_length=250)
    event_name = fields.CharField(max_length=100)
    formula = fields.CharField(max_length=6)
    customer_key = fields.CharField(max_length=100)
    """Under which key of the payload the customer's id stands."""
    value_key = fields.CharField(max_length=100)
    """Under which key of the payload the value stands."""
    status = fields.CharField(max_length=8)
    inactivity = fields.CharField(max_length=40, default="")
    """Empty while it is active; then the row's id, so that another may have its event name."""
    deactivated_at: datetime | None = instant(null=True)
    has_alerts = fields.BooleanField(default=False)
    """Whether any alert watches what it counts."""

    class Meta:
        table = "meters"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "event_name", "inactivity"),)


class MeterEvent(Owned):
    """One thing that a customer did, as it was sent; the truth that all buckets can be worked out from again.

    A value is `whole + nano / 1 000 000 000`, where `nano` is never negative: -0.5 is -1 and 500 000 000. Both parts
    are summed by themselves, so that sums are exact on both databases.
    """

    id = fields.CharField(primary_key=True, max_length=150)
    """The meter's id, a colon, and the identifier that the sender chose: an event counts once for a meter.

    `created_at` is when it was received, by the customer's clock.
    """
    meter_id = fields.CharField(max_length=40)
    customer_id = fields.CharField(max_length=40)
    occurred_at: datetime = instant()
    ticks = fields.BigIntField()
    """Microseconds of the system's time at which it was received: which of two events of one second is the last."""
    whole = fields.BigIntField()
    nano = fields.BigIntField()
    text = fields.CharField(max_length=100, default="")
    """The value of a meter that counts distinct values."""
    canceled = fields.BooleanField(default=False)

    class Meta:
        table = "meter_events"
        indexes = (("customer_id", "meter_id", "occurred_at"),)


class UsageBucket(Owned):
    """All events of one meter and customer within one day, hour or minute (UTC).

    Days are always there. A day that had more than a hundred events is crowded and has hours as well, a crowded hour
    has minutes: what is not crowded is read from its events, as quickly.
    """

    meter_id = fields.CharField(max_length=40)
    customer_id = fields.CharField(max_length=40)
    span = fields.IntField()
    """Its length in seconds: 86 400, 3 600 or 60."""
    start = fields.BigIntField()
    """Unix seconds, a multiple of the span."""
    events = fields.BigIntField()
    """How many were received, canceled ones included: it never falls, as what was crowded stays so."""
    whole = fields.BigIntField(null=True)
    nano = fields.BigIntField(null=True)
    """The value by the meter's formula: sum, count, largest or last; null when nothing is left to be the last."""
    last_at = fields.BigIntField(null=True)
    last_ticks = fields.BigIntField(null=True)
    """When the last event occurred, in unix seconds, and was received."""

    class Meta:
        table = "usage_buckets"
        unique_together = (("customer_id", "meter_id", "span", "start"),)


class UsageValue(Owned):
    """A distinct value within one bucket, and how many events that are not canceled have it."""

    meter_id = fields.CharField(max_length=40)
    customer_id = fields.CharField(max_length=40)
    span = fields.IntField()
    start = fields.BigIntField()
    text = fields.CharField(max_length=100)
    events = fields.BigIntField()

    class Meta:
        table = "usage_values"
        unique_together = (("customer_id", "meter_id", "span", "start", "text"),)


class UsagePeriod(Owned):
    """A time whose usage is billed by itself: one subscription item at one price, for one customer.

    What was `counted` is what was asked for. Events that come later are the difference to what the meter reads then,
    and are billed with a later period while this one is open. Those of an item and a customer never overlap.
    """

    subscription_id = fields.CharField(max_length=40)
    subscription_item_id = fields.CharField(max_length=40)
    price_id = fields.CharField(max_length=40)
    meter_id = fields.CharField(max_length=40)
    customer_id = fields.CharField(max_length=40)
    currency = fields.CharField(max_length=3)
    period_start: datetime = instant()
    period_end: datetime = instant()
    drafted = fields.BooleanField(default=False)
    """Whether an invoice has a line for it; without one it waits for the next."""
    counted = fields.CharField(max_length=60, null=True)
    """What was asked for so far, an exact decimal; null until an invoice is finalized."""
    is_open = fields.BooleanField(default=True)
    """Whether its figure may still change: events are taken for some weeks, and canceled for a day after that."""

    class Meta:
        table = "usage_periods"
        unique_together = (("subscription_item_id", "period_start", "period_end"),)
        indexes = (("subscription_id", "is_open"), ("customer_id", "meter_id", "period_end"))
