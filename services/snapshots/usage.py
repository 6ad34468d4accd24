"""Meters and alerts as Stripe shows them."""

from decimal import Decimal

from domain.alerts import AlertFilterType, AlertRecurrence, AlertType
from models import BillingAlert, Meter
from services.aggregates import WholeAlertTrigger
from services.snapshots.shapes import Snapshot, seconds


def meter_snapshot(row: Meter) -> Snapshot:
    """What events of one name are counted into."""
    return {
        "id": row.id,
        "object": "billing.meter",
        "created": seconds(row.created_at),
        "customer_mapping": {"event_payload_key": row.customer_key, "type": "by_id"},
        "default_aggregation": {"formula": row.formula},
        "display_name": row.display_name,
        "event_name": row.event_name,
        "event_time_window": None,
        "livemode": row.livemode,
        "status": row.status,
        "status_transitions": {"deactivated_at": seconds(row.deactivated_at)},
        "updated": seconds(row.updated_at),
        "value_settings": {"event_payload_key": row.value_key},
    }


def alert_triggered_snapshot(triggered: WholeAlertTrigger) -> Snapshot:
    """A customer's usage reached a threshold. Stripe's has no id, and of the value the whole part."""
    row = triggered.row
    return {
        "object": "billing.alert_triggered",
        "alert": _alert(triggered.alert),
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "livemode": row.livemode,
        "value": int(Decimal(row.value)),
    }


def _alert(row: BillingAlert) -> Snapshot:
    filters = None
    if row.customer_id is not None:
        filters = [{"customer": row.customer_id, "type": AlertFilterType.CUSTOMER}]
    return {
        "id": row.id,
        "object": "billing.alert",
        "alert_type": AlertType.USAGE_THRESHOLD,
        "livemode": row.livemode,
        "status": row.status,
        "title": row.title,
        "usage_threshold": {
            "filters": filters,
            "gte": row.gte,
            "meter": row.meter_id,
            "recurrence": AlertRecurrence.ONE_TIME,
        },
    }
