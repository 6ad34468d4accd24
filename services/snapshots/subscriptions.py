"""Subscriptions and their items as Stripe shows them."""

from services.aggregates import PricedItem, WholeSubscription
from services.snapshots.catalog import plan_snapshot, price_snapshot
from services.snapshots.shapes import Snapshot, list_of, seconds


def subscription_snapshot(subscription: WholeSubscription) -> Snapshot:
    """A subscription with its items; the current period stands on each item."""
    row = subscription.row
    return {
        "id": row.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": seconds(row.billing_cycle_anchor),
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": None},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": seconds(row.cancel_at),
        "cancel_at_period_end": row.cancel_at_period_end,
        "canceled_at": seconds(row.canceled_at),
        "cancellation_details": {
            "comment": row.cancellation_details.get("comment"),
            "feedback": row.cancellation_details.get("feedback"),
            "reason": row.cancellation_details.get("reason"),
        },
        "collection_method": row.collection_method,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": row.default_payment_method_id,
        "default_source": None,
        "default_tax_rates": [],
        "description": row.description,
        "discounts": [],
        "ended_at": seconds(row.ended_at),
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": list_of(
            [subscription_item_snapshot(item) for item in subscription.items],
            "/v1/subscription_items?subscription=" + row.id,
        ),
        "latest_invoice": row.latest_invoice_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": seconds(row.start_date),
        "status": row.status,
        "test_clock": row.test_clock_id,
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
    }


def subscription_item_snapshot(item: PricedItem) -> Snapshot:
    """One price on a subscription with its quantity and current period."""
    row = item.row
    return {
        "id": row.id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": seconds(row.created_at),
        "current_period_end": seconds(row.current_period_end),
        "current_period_start": seconds(row.current_period_start),
        "discounts": [],
        "metadata": dict(row.metadata),
        "plan": plan_snapshot(item.price),
        "price": price_snapshot(item.price),
        "quantity": row.quantity,
        "subscription": row.subscription_id,
        "tax_rates": [],
    }
