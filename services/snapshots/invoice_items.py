"""Invoice items as Stripe shows them."""

from models import InvoiceItem
from services.snapshots.shapes import Snapshot, seconds
from services.snapshots.tax import tax_rate_snapshots


def invoice_item_snapshot(row: InvoiceItem) -> Snapshot:
    """An amount that waits for an invoice, or was taken up by one."""
    return {
        "id": row.id,
        "object": "invoiceitem",
        "amount": row.amount,
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "date": seconds(row.created_at),
        "description": row.description,
        "discountable": row.discountable,
        "discounts": list(row.discounts),
        "invoice": row.invoice_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "net_amount": row.amount,
        "parent": _parent(row),
        "period": {"end": seconds(row.period_end), "start": seconds(row.period_start)},
        "pricing": _pricing(row),
        "proration": row.proration,
        "proration_details": {"credited_items": None, "discount_amounts": []} if row.proration else None,
        "quantity": row.quantity,
        "quantity_decimal": str(row.calculation.get("quantity", row.quantity)),
        "tax_rates": tax_rate_snapshots(row.tax_rates),
        "test_clock": row.test_clock_id,
    }


def _parent(row: InvoiceItem) -> Snapshot | None:
    """The subscription that it waits for."""
    if row.subscription_id is None:
        return None
    return {
        "subscription_details": {
            "subscription": row.subscription_id,
            "subscription_item": row.subscription_item_id,
        },
        "type": "subscription_details",
    }


def _pricing(row: InvoiceItem) -> Snapshot | None:
    """The price that the amount was computed from."""
    if row.price_id is None:
        return None
    return {
        "price_details": {"price": row.price_id, "product": row.product_id},
        "type": "price_details",
        "unit_amount_decimal": row.unit_amount_decimal,
    }
