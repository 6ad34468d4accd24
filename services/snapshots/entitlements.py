"""What a customer may use, as Stripe sums it up."""

from models import ActiveEntitlement
from services.aggregates import WholeEntitlements
from services.snapshots.shapes import Snapshot, list_of


def entitlements_snapshot(whole: WholeEntitlements) -> Snapshot:
    """All of a customer's active entitlements. The summary has no id: it is the customer's."""
    customer_id = whole.row.id
    return {
        "object": "entitlements.active_entitlement_summary",
        "customer": customer_id,
        "entitlements": list_of(
            [_entitlement(each) for each in whole.entitlements], f"/v1/customer/{customer_id}/entitlements"
        ),
        "livemode": whole.row.livemode,
    }


def _entitlement(row: ActiveEntitlement) -> Snapshot:
    return {
        "id": row.id,
        "object": "entitlements.active_entitlement",
        "feature": row.feature_id,
        "livemode": row.livemode,
        "lookup_key": row.lookup_key,
    }
