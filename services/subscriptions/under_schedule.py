"""Subscriptions that follow a schedule: what may not be decided beside it."""

from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode
from models import Subscription
from services.subscriptions.drafts import SubscriptionChange


def refuse_against_schedule(row: Subscription, change: SubscriptionChange) -> None:
    """Refuse a change of what the subscription's schedule decides: its items, its trial and its end."""
    if row.schedule_id is None:
        return
    decided = {
        "items": bool(change.items),
        "trialEnd": change.trial_end is not UNSET,
        "cancelAt": change.cancel_at is not UNSET,
        "cancelAtPeriodEnd": change.cancel_at_period_end is not UNSET,
    }
    field = next((name for name, wanted in decided.items() if wanted), None)
    if field is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNDER_SCHEDULE,
            f"Subscription {row.id} follows schedule {row.schedule_id}, which decides about its items, its trial and"
            " its end. Change that with subscriptionScheduleUpdate, or release the subscription first.",
            field,
        )
