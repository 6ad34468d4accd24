"""Events as Stripe sends them to a webhook endpoint."""

from models import Event
from services.snapshots.shapes import Snapshot, seconds


def event_body(event: Event) -> Snapshot:
    """The envelope of a stored event.

    `sequence` (per account and mode) and `object_sequence` (per object) are ours. `pending_webhooks` counts deliveries
    that are still to come. `account` stands only where a connected account is concerned.
    """
    told: Snapshot = {"object": event.data}
    if event.previous_attributes is not None:
        told["previous_attributes"] = event.previous_attributes
    account = {} if event.connected_account_id is None else {"account": event.connected_account_id}
    return {
        "id": event.id,
        "object": "event",
        **account,
        "api_version": event.api_version,
        "created": seconds(event.created_at),
        "data": told,
        "livemode": event.livemode,
        "pending_webhooks": 0,
        "request": {"id": event.request_id, "idempotency_key": event.idempotency_key},
        "type": event.type,
        "sequence": event.sequence,
        "object_sequence": event.object_sequence,
    }
