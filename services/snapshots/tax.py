"""Tax rates as Stripe shows them."""

from models import TaxRate
from services.snapshots.shapes import Snapshot, number, seconds


def tax_rate_snapshot(row: TaxRate) -> Snapshot:
    """A percentage that goes to a tax office. Level and kind of rate are told of those that automatic tax made."""
    automatic = row.origin is not None
    level = "country" if row.state is None else "state"
    return {
        "id": row.id,
        "object": "tax_rate",
        "active": row.active,
        "country": row.country,
        "created": seconds(row.created_at),
        "description": row.description,
        "display_name": row.display_name,
        "effective_percentage": number(row.percentage) if automatic else None,
        "flat_amount": None,
        "inclusive": row.inclusive,
        "jurisdiction": row.jurisdiction,
        "jurisdiction_level": level if automatic else None,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "percentage": number(row.percentage),
        "rate_type": "percentage" if automatic else None,
        "state": row.state,
        "tax_type": row.tax_type,
    }
