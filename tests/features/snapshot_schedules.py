"""The schedule of the snapshot tests, and the moments and the owner that all their subjects share."""

from datetime import UTC, datetime
from typing import Any

from models import SubscriptionSchedule

ANCHOR = datetime(2027, 1, 31, 10, tzinfo=UTC)
ANCHOR_SECONDS = 1_801_389_600  # 20 849 days of 86 400 s, and 10 h
NEXT = datetime(2027, 2, 28, 10, tzinfo=UTC)
NEXT_SECONDS = ANCHOR_SECONDS + 28 * 86_400

OWNER: dict[str, Any] = {"account_id": "acct_1", "livemode": False, "created_at": ANCHOR}


def schedule(full: bool) -> SubscriptionSchedule:
    """Two phases, the first of them a trial; bare, one that has not begun."""
    phase = {
        "start": ANCHOR_SECONDS,
        "end": NEXT_SECONDS,
        "proration_behavior": "none",
        "trial": full,
        "items": [{"price": "price_1", "quantity": 3, "metadata": {"seat": "a"} if full else {}}],
        "trial_end": NEXT_SECONDS if full else None,
        "default_payment_method": "pm_1" if full else None,
        "add_invoice_items": [{"price": "price_2", "quantity": 1}] if full else [],
        "description": "Try" if full else None,
        "metadata": {},
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
