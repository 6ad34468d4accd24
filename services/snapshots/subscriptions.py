"""Subscriptions and their items as Stripe shows them."""

from collections.abc import Mapping
from datetime import datetime

from domain.lifecycles import SubscriptionStatus
from domain.subscriptions import BillingMode
from models import Subscription
from services.aggregates import PricedItem, WholeSubscription
from services.snapshots.catalog import plan_snapshot, price_snapshot
from services.snapshots.shapes import Snapshot, application_of, list_of, seconds
from services.snapshots.sharing import subscription_sharing_of
from services.snapshots.tax import automatic_tax_of, tax_rate_snapshots

_WITHOUT = dict.fromkeys(
    (
        "customer_account",
        "default_source",
        "managed_payments",
        "next_pending_invoice_item_invoice",
        "pending_invoice_item_interval",
        "pending_setup_intent",
    )
)
"""Fields of Stripe's that belong to what we do not do; null as on an object that does not use it."""


_PAYMENT_SETTINGS: Snapshot = {
    "payment_method_options": None,
    "payment_method_types": None,
    "save_default_payment_method": "off",
}


def subscription_snapshot(subscription: WholeSubscription) -> Snapshot:
    """A subscription with its items; the current period stands on each item."""
    row = subscription.row
    return {
        **_WITHOUT,
        "id": row.id,
        "object": "subscription",
        "application": application_of(row),
        "automatic_tax": automatic_tax_of(row.automatic_tax, row.tax_liability_id),
        "billing_mode": billing_mode_of(row.billing_mode, row.billing_mode_updated_at),
        "billing_schedules": [],
        "billing_thresholds": None if row.billing_thresholds is None else dict(row.billing_thresholds),
        "cancel_at": seconds(row.cancel_at),
        "cancel_at_period_end": row.cancel_at_period_end,
        "canceled_at": seconds(row.canceled_at),
        "cancellation_details": _cancellation_details(row.cancellation_details),
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "default_tax_rates": tax_rate_snapshots(row.default_tax_rates),
        "description": row.description,
        "discounts": list(row.discounts),
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
        "pause_collection": _pause_collection(row),
        "pending_update": _pending_update(row),
        "payment_settings": _PAYMENT_SETTINGS,
        "schedule": row.schedule_id,
        "start_date": seconds(row.start_date),
        "status": row.status,
        "status_details": _status_details(row),
        "test_clock": row.test_clock_id,
        **_anchor(row),
        **_collection(row),
        **_trial(row),
        **subscription_sharing_of(row.sharing),
    }


def _anchor(row: Subscription) -> Snapshot:
    """From where periods are counted."""
    return {
        "billing_cycle_anchor": seconds(row.billing_cycle_anchor),
        "billing_cycle_anchor_config": row.billing_cycle_anchor_config,
    }


def billing_mode_of(mode: str, updated_at: datetime | None = None) -> Snapshot:
    """Which rules changes follow."""
    flexible = {"proration_discounts": "included"} if mode == BillingMode.FLEXIBLE else None
    return {"flexible": flexible, "type": mode, "updated_at": seconds(updated_at)}


def _collection(row: Subscription) -> Snapshot:
    """How the money of its invoices is to come."""
    return {
        "collection_method": row.collection_method,
        "days_until_due": row.days_until_due,
        "default_payment_method": row.default_payment_method_id,
    }


def _trial(row: Subscription) -> Snapshot:
    """From when to when nothing was charged, and what happens then."""
    return {
        "trial_end": seconds(row.trial_end),
        "trial_settings": {"end_behavior": {"missing_payment_method": row.trial_missing_payment_method}},
        "trial_start": seconds(row.trial_start),
    }


def _pending_update(row: Subscription) -> Snapshot | None:
    """What is asked for and waits for its payment."""
    waiting = row.pending_update
    if waiting is None:
        return None
    return {
        "billing_cycle_anchor": waiting["anchor"],
        "cancel_at_period_end": None,
        "discount": None,
        "discounts": None,
        "expires_at": waiting["expires_at"],
        "metadata": None,
        "subscription_items": waiting["subscription_items"],
        "trial_end": None,
        "trial_from_plan": None,
    }


def _pause_collection(row: Subscription) -> Snapshot | None:
    """How collection is paused, if it is."""
    if row.pause_behavior is None:
        return None
    return {"behavior": row.pause_behavior, "resumes_at": seconds(row.pause_resumes_at)}


def _status_details(row: Subscription) -> Snapshot | None:
    """Since when and why it is paused, if it is."""
    if row.status != SubscriptionStatus.PAUSED:
        return None
    paused = {"subscription": {"type": row.pause_reason}, "transitioned_at": seconds(row.paused_at)}
    return {"paused": {**paused, "type": "subscription"}}


def _cancellation_details(details: Mapping[str, str]) -> Snapshot:
    """Why the subscription ends, as far as anybody said."""
    return {
        "comment": details.get("comment"),
        "feedback": details.get("feedback"),
        "reason": details.get("reason"),
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
        "discounts": list(row.discounts),
        "metadata": dict(row.metadata),
        "plan": plan_snapshot(item.price),
        "price": price_snapshot(item.price),
        "quantity": row.quantity if row.metered_since is None else None,
        "subscription": row.subscription_id,
        "tax_rates": tax_rate_snapshots(row.tax_rates),
        **({} if row.unit_amount is None else {"unit_amount": row.unit_amount}),
    }
