"""Test clocks as Stripe shows them."""

from datetime import timedelta

from models import TestClock
from services.snapshots.shapes import Snapshot, seconds

_KEPT = timedelta(days=30)
"""After this Stripe deletes a clock. Ours stays; the field is one that typed handlers rely on."""


def clock_snapshot(row: TestClock) -> Snapshot:
    """A present of its own; `status_details` tells where one that advances goes."""
    return {
        "id": row.id,
        "object": "test_helpers.test_clock",
        "created": seconds(row.created_at),
        "deletes_after": seconds(row.created_at + _KEPT),
        "frozen_time": seconds(row.frozen_at),
        "livemode": row.livemode,
        "name": row.name,
        "status": row.status,
        "status_details": {}
        if row.target_at is None
        else {"advancing": {"target_frozen_time": seconds(row.target_at)}},
    }
