"""Standing agreements: the verbs on subscriptions.

creation      the agreement, its first invoice, its first payment
changes       what may be changed while it runs
item_changes  other prices and quantities, and what that costs; exchange works it out
preview       what would be invoiced
renewal       the next period and its invoice
following     the status follows the latest finalized invoice
cancellation  how it ends
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from domain.lifecycles import SubscriptionStatus
from models import Subscription
from services.base import Service, Settled, part
from services.idempotency import transactional
from services.subscriptions.cancellation import Cancellation
from services.subscriptions.changes import Changes
from services.subscriptions.creation import Creation
from services.subscriptions.drafts import (
    CancellationDraft,
    ItemChange,
    ItemDraft,
    SubscriptionChange,
    SubscriptionDraft,
)
from services.subscriptions.preview import ChangeDetails, Preview, PreviewDraft, Previews

__all__ = [
    "CancellationDraft",
    "ChangeDetails",
    "ItemChange",
    "ItemDraft",
    "Preview",
    "PreviewDraft",
    "SubscriptionChange",
    "SubscriptionDraft",
    "SubscriptionSearch",
    "Subscriptions",
]


@dataclass(frozen=True, slots=True)
class SubscriptionSearch:
    """Which subscriptions to list; without statuses all but the canceled ones, as Stripe does."""

    customer: str | None = None
    price: str | None = None
    statuses: Sequence[SubscriptionStatus] | None = None


class Subscriptions(Service):
    """What can be asked of subscriptions."""

    creation = part(Creation)
    changes = part(Changes)
    cancellation = part(Cancellation)
    previews = part(Previews)

    def matching(self, search: SubscriptionSearch) -> QuerySet[Subscription]:
        """The subscriptions that a list shows."""
        found = self.mine(Subscription)
        if search.statuses is None:
            found = found.filter(~Q(status=SubscriptionStatus.CANCELED))
        else:
            found = found.filter(status__in=search.statuses)
        if search.customer is not None:
            found = found.filter(customer_id=search.customer)
        if search.price is not None:
            found = found.filter(id__in=self.changes.subscribed_to(search.price))
        return found

    async def create(self, draft: SubscriptionDraft) -> Settled[Subscription | None]:
        """Subscribe a customer; the first invoice is finalized and collected at once as `payment_behavior` says.

        A decline is committed and answered beside the subscription; with ERROR_IF_INCOMPLETE there is none beside it.
        """
        return await self.creation.create(draft)

    async def update(self, change: SubscriptionChange) -> Settled[Subscription]:
        """Change what was mentioned. Event `customer.subscription.updated` when anything differs.

        Items are prorated as `proration_behavior` says; a decline of what is charged at once is committed and answered
        beside the subscription.
        """
        return await self.changes.update(change)

    async def preview(self, draft: PreviewDraft) -> Preview:
        """What would be invoiced next, or for a change that is only thought of."""
        return await self.previews.preview(draft)

    @transactional
    async def cancel(self, draft: CancellationDraft) -> Subscription:
        """End it now. Event `customer.subscription.deleted`."""
        return await self.cancellation.cancel(draft)
