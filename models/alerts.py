"""Alerts: thresholds of usage, and for whom they were reached."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Owned, restrict
from models.usage import Meter


class BillingAlert(Owned):
    """Tells once for each customer that all they ever used by a meter has come to a threshold."""

    title = fields.CharField(max_length=256)
    status = fields.CharField(max_length=8)
    meter: ForeignKeyRelation[Meter] = restrict("models.Meter")
    meter_id: str
    gte = fields.BigIntField()
    customer_id = fields.CharField(max_length=40, null=True, db_index=True)
    """The only customer whom it watches; null for all."""

    class Meta:
        table = "billing_alerts"
        indexes = (("account_id", "livemode", "id"),)


class BillingAlertTrigger(Owned):
    """A customer's usage reached the threshold of an alert; unique by both, so that it is told once."""

    alert: ForeignKeyRelation[BillingAlert] = restrict("models.BillingAlert")
    alert_id: str
    customer_id = fields.CharField(max_length=40, db_index=True)
    value = fields.CharField(max_length=60)
    """What they had used then, exactly."""

    class Meta:
        table = "billing_alert_triggers"
        unique_together = (("alert_id", "customer_id"),)
