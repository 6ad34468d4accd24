"""Tax rates as Stripe shows them."""

from collections.abc import Sequence

from models import TaxRate
from services.known_tax_rates import known_tax_rate
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


def tax_rate_snapshots(identifiers: Sequence[str]) -> list[Snapshot]:
    """The tax rates with these ids, whole, as far as the transaction has come by them."""
    if not identifiers:
        return []
    known = [(each, known_tax_rate(each)) for each in identifiers]
    return [{"id": each, "object": "tax_rate"} if row is None else tax_rate_snapshot(row) for each, row in known]


def automatic_tax_of(enabled: bool, liable_id: str | None) -> Snapshot:
    """Whether tax is worked out from where the customer is, and who owes it."""
    return {"disabled_reason": None, "enabled": enabled, "liability": liability_of(liable_id) if enabled else None}


def liability_of(liable_id: str | None) -> Snapshot:
    """Who owes tax: the account that charges, or another."""
    return {"type": "self"} if liable_id is None else {"account": liable_id, "type": "account"}
