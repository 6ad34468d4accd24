"""Subscription schedules as Stripe shows them."""

from collections.abc import Sequence
from typing import Any

from domain.lifecycles import SubscriptionScheduleStatus
from domain.schedules import Phase, PhaseDiscount
from models import SubscriptionSchedule
from services.snapshots.shapes import Snapshot, application_of, seconds
from services.snapshots.sharing import subscription_sharing_of
from services.snapshots.subscriptions import billing_mode_of
from services.snapshots.tax import tax_rate_snapshots

_ISSUER = {"type": "self"}


def schedule_snapshot(row: SubscriptionSchedule) -> Snapshot:
    """A schedule with all of its phases; the current one while it is active."""
    return {
        "id": row.id,
        "object": "subscription_schedule",
        "application": application_of(row),
        "billing_mode": billing_mode_of(row.billing_mode),
        "canceled_at": seconds(row.canceled_at),
        "completed_at": seconds(row.completed_at),
        "created": seconds(row.created_at),
        "current_phase": _current_phase(row),
        "customer": row.customer_id,
        "customer_account": None,
        "default_settings": _default_settings(row),
        "end_behavior": row.end_behavior,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "pause_schedules": [],
        "phases": [_phase(row, Phase.from_json(each)) for each in row.phases],
        "released_at": seconds(row.released_at),
        "released_subscription": row.released_subscription_id,
        "status": row.status,
        "subscription": row.subscription_id,
        "test_clock": row.test_clock_id,
    }


def _current_phase(row: SubscriptionSchedule) -> Snapshot | None:
    if row.status != SubscriptionScheduleStatus.ACTIVE:
        return None
    current = row.phases[row.position]
    return {"end_date": current["end"], "start_date": current["start"]}


def _default_settings(row: SubscriptionSchedule) -> Snapshot:
    """What holds in every phase that does not say otherwise."""
    return {
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": None,
        "collection_method": "charge_automatically",
        "default_payment_method": row.default_payment_method_id,
        "description": row.description,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "days_until_due": None,
            "description": None,
            "footer": None,
            "issuer": _ISSUER,
        },
        "on_behalf_of": None,
        "transfer_data": None,
    }


_WITHOUT: dict[str, Any] = dict.fromkeys(
    (
        "automatic_tax",
        "billing_cycle_anchor",
        "billing_thresholds",
        "collection_method",
        "invoice_settings",
    )
)
"""What a phase leaves to the default settings; null as on a phase that says nothing of it."""


def _discounts(named: Sequence[PhaseDiscount]) -> list[Snapshot]:
    """What is redeemed when the phase begins."""
    return [
        {
            "coupon": each.identifier if each.discount is None and each.promotion_code is None else None,
            "discount": each.discount,
            "promotion_code": each.promotion_code if each.discount is None else None,
        }
        for each in named
    ]


def _phase(row: SubscriptionSchedule, phase: Phase) -> Snapshot:
    return {
        **_WITHOUT,
        "add_invoice_items": [
            {
                "discountable": True,
                "discounts": _discounts(each.discounts),
                "metadata": {},
                "period": {
                    "end": {"timestamp": None, "type": "min_item_period_end"},
                    "start": {"timestamp": None, "type": "max_item_period_start"},
                },
                "price": each.price,
                "quantity": each.quantity,
                "tax_rates": tax_rate_snapshots(each.tax_rates),
            }
            for each in phase.add_invoice_items
        ],
        "currency": row.currency,
        "default_payment_method": phase.default_payment_method,
        "default_tax_rates": tax_rate_snapshots(phase.default_tax_rates),
        "description": phase.description,
        "discounts": _discounts(phase.discounts),
        "end_date": seconds(phase.end),
        "items": [
            {
                "billing_thresholds": None,
                "discounts": _discounts(each.discounts),
                "metadata": dict(each.metadata),
                "plan": each.price,
                "price": each.price,
                "quantity": each.quantity,
                "tax_rates": tax_rate_snapshots(each.tax_rates),
                **({} if each.unit_amount is None else {"unit_amount": each.unit_amount}),
            }
            for each in phase.items
        ],
        "metadata": dict(phase.metadata),
        "proration_behavior": phase.proration_behavior.value,
        "start_date": seconds(phase.start),
        "trial": phase.trial,
        "trial_end": seconds(phase.trial_end),
        **subscription_sharing_of(phase.sharing),
    }
