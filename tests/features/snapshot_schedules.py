"""The schedule of the snapshot tests."""

from typing import Any

from models import SubscriptionSchedule
from tests.features.snapshot_facts import AGREED, ANCHOR_SECONDS, NEXT, NEXT_SECONDS, OWNER


def schedule(full: bool) -> SubscriptionSchedule:
    """Two phases, the first of them a trial; bare, one that has not begun."""
    coupon = {"coupon": "coupon_1", "identifier": "SUN", "promotion_code": None, "discount": None}
    discounts = [coupon, {**coupon, "promotion_code": "promo_1"}, {**coupon, "discount": "di_1"}] if full else []
    bought = {"tax_rates": [], "discounts": discounts}
    phase = {
        "start": ANCHOR_SECONDS,
        "end": NEXT_SECONDS,
        "proration_behavior": "none",
        "sharing": AGREED if full else None,
        "trial": full,
        "items": [{"price": "price_1", "quantity": 3, **bought, "metadata": {"seat": "a"} if full else {}}],
        "trial_end": NEXT_SECONDS if full else None,
        "default_payment_method": "pm_1" if full else None,
        "add_invoice_items": [{"price": "price_2", "quantity": 1, **bought}] if full else [],
        "description": "Try" if full else None,
        "metadata": {},
        "default_tax_rates": [],
        "discounts": discounts,
    }
    more: dict[str, Any] = {
        "status": "active",
        "position": 0,
        "subscription_id": "sub_1",
        "default_payment_method_id": "pm_1",
        "description": "Basic",
        "completed_at": NEXT,
        "canceled_at": NEXT,
        "released_at": NEXT,
        "released_subscription_id": "sub_1",
        "test_clock_id": "clock_1",
    }
    return SubscriptionSchedule(
        id="sub_sched_1",
        customer_id="cus_1",
        currency="usd",
        end_behavior="release",
        phases=[phase, phase],
        **OWNER,
        **(more if full else {"status": "not_started"}),
    )
