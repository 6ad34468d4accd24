"""Going over from CLASSIC to FLEXIBLE: later changes follow other rules, and nothing that exists is worked out anew."""

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import LIVING, SUBSCRIPTION, SubscriptionStatus
from domain.subscriptions import BillingMode
from models import Subscription
from services.base import Service, part
from services.events import Events
from services.rows import update_rows
from services.subscriptions.drafts import MigrationDraft
from services.subscriptions.wholes import WholeSubscriptions


class Migration(Service):
    """Takes subscriptions over to another billing mode."""

    events = part(Events)
    wholes = part(WholeSubscriptions)

    async def migrate(self, draft: MigrationDraft) -> Subscription:
        """Let a living subscription follow the rules of the mode from now on; there is no way back."""
        row = await self.lock(Subscription, draft.id)
        SUBSCRIPTION.refuse_unless("migrate", row.id, SubscriptionStatus(row.status), allowed=LIVING)
        at = await self.present(row.test_clock_id)
        _refuse(row, draft)
        [whole] = await self.wholes.of([row])
        before = self.events.snapshot(whole)
        row.billing_mode, row.billing_mode_updated_at = draft.billing_mode.type, at
        await update_rows([row], ("billing_mode", "billing_mode_updated_at"))
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return row


def _refuse(row: Subscription, draft: MigrationDraft) -> None:
    if draft.billing_mode.type is not BillingMode.FLEXIBLE:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            "A subscription can go over to FLEXIBLE only; CLASSIC is chosen at its creation.",
            ("billingMode", "type"),
        )
    if row.billing_mode == BillingMode.FLEXIBLE:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE, f"Subscription {row.id} is in FLEXIBLE billing mode already.", "id"
        )
