"""Quotes as Stripe shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.subscriptions import BillingMode
from models import Quote
from services.snapshots.shapes import Snapshot, application_of, seconds
from services.snapshots.sharing import quote_sharing_of
from services.snapshots.tax import liability_of


def quote_snapshot(row: Quote) -> Snapshot:
    """A quote with what it comes to; its lines are given only to those who expand them."""
    return {
        "id": row.id,
        "object": "quote",
        "application": application_of(row),
        "customer_account": None,
        "amount_subtotal": row.amount_subtotal,
        "amount_total": row.amount_total,
        "automatic_tax": {
            "enabled": row.automatic_tax,
            "liability": liability_of(row.tax_liability_id) if row.automatic_tax else None,
            "provider": None,
            "status": row.automatic_tax_status,
        },
        "collection_method": row.collection_method,
        "computed": {"recurring": _recurring(row), "upfront": _upfront(row)},
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "default_tax_rates": list(row.default_tax_rates),
        "description": row.description,
        "discounts": [],
        "expires_at": seconds(row.expires_at),
        "footer": row.footer,
        "from_quote": _from_quote(row),
        "header": row.header,
        "invoice": row.invoice_id,
        "invoice_settings": _invoice_settings(row),
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "number": row.number,
        "status": row.status,
        "status_transitions": {
            "accepted_at": seconds(row.accepted_at),
            "canceled_at": seconds(row.canceled_at),
            "finalized_at": seconds(row.finalized_at),
        },
        "subscription": row.subscription_id,
        "subscription_schedule": row.schedule_id,
        "subscription_data": _subscription_data(row),
        "test_clock": row.test_clock_id,
        "total_details": _total_details(discount_of(row), row.total_taxes),
        **quote_sharing_of(row.sharing),
    }


def _invoice_settings(row: Quote) -> Snapshot:
    """How the invoices will be."""
    return {
        "custom_fields": None,
        "days_until_due": row.days_until_due,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    }


def _upfront(row: Quote) -> Snapshot:
    """What the first invoice asks for."""
    at_once = row.upfront_subtotal == row.amount_subtotal
    return {
        "amount_subtotal": row.upfront_subtotal,
        "amount_total": row.upfront_total,
        "total_details": _total_details(discount_of(row) if at_once else 0, row.total_taxes if at_once else ()),
    }


def _recurring(row: Quote) -> Snapshot | None:
    """What every period costs."""
    if row.interval is None:
        return None
    return {
        "amount_subtotal": row.recurring_subtotal,
        "amount_total": row.recurring_total,
        "interval": row.interval,
        "interval_count": row.interval_count,
        "total_details": _total_details(row.recurring_discount, row.recurring_taxes),
    }


def discount_of(row: Quote) -> int:
    """What discounts take off all lines."""
    return sum(each["amount"] for each in row.total_discount_amounts)


def _total_details(discount: int, taxes: Sequence[Mapping[str, Any]]) -> Snapshot:
    """What discounts take off, and what tax comes to, on top or within."""
    return {"amount_discount": discount, "amount_shipping": 0, "amount_tax": sum(each["amount"] for each in taxes)}


def _from_quote(row: Quote) -> Snapshot | None:
    """What it was copied from."""
    return None if row.from_quote_id is None else {"is_revision": row.is_revision, "quote": row.from_quote_id}


def _subscription_data(row: Quote) -> Snapshot:
    """What the subscription will be like."""
    flexible = {"proration_discounts": "included"} if row.billing_mode == BillingMode.FLEXIBLE else None
    return {
        "billing_mode": {"flexible": flexible, "type": row.billing_mode},
        "description": row.subscription_description,
        "effective_date": seconds(row.effective_date),
        "metadata": dict(row.subscription_metadata),
        "trial_period_days": row.trial_period_days,
    }
