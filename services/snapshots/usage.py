"""Meters as Stripe shows them."""

from models import Meter
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
