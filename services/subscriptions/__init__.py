"""Standing agreements: the verbs on subscriptions.

searching     which of them a list shows
creation      the agreement, its first invoice, its first payment; beginnings has its first periods
changes       what may be changed while it runs
item_changes  other prices and quantities, and what that costs; exchange works it out, settling by which rules
item_verbs    the same for one item
pending_updates  changes that wait for their payment; charged_first those that are not made without it
change_rules  how changes take effect that do not say it; scheduled has those that wait for the period's end
migration     from CLASSIC to FLEXIBLE
preview       what would be invoiced; first_preview for what is only thought of
renewal       the next period and its invoice; period_agenda knows when
upcoming      renewals are told beforehand
trials        free time at first, or in between, and its end
announcing    the end of a trial is told beforehand
suspension    they are paused: no period, no invoice
resumption    what was paused goes on; restarting has its periods
pausing       invoices are made, but not collected
transfer      another customer has them
following     the status follows the latest finalized invoice
sharing       others have a part in what they bring
detaching     cards that are gone are nobody's own
cancellation  how it ends; endings plans it, final_invoices asks for what waits
"""

from dataclasses import replace

from tortoise.queryset import QuerySet

from models import Subscription
from services.base import Service, Settled, part
from services.idempotency import transactional
from services.subscriptions.cancellation import Cancellation
from services.subscriptions.change_rules import ChangeRuling
from services.subscriptions.changes import Changes
from services.subscriptions.creation import Creation
from services.subscriptions.current_usage import CurrentUsage, current_usage_by_item
from services.subscriptions.drafts import (
    BillingModeDraft,
    CancellationDraft,
    ItemAddition,
    ItemChange,
    ItemDraft,
    ItemRemoval,
    ItemUpdate,
    MigrationDraft,
    PauseCollectionDraft,
    SubscriptionChange,
    SubscriptionDraft,
    TrialEndBehaviorDraft,
    TrialSettingsDraft,
)
from services.subscriptions.item_verbs import ItemAnswer, SubscriptionItems
from services.subscriptions.migration import Migration
from services.subscriptions.preview import ChangeDetails, Preview, PreviewDraft, Previews
from services.subscriptions.resumption import Resumption, ResumptionDraft
from services.subscriptions.searching import Searching, SubscriptionSearch
from services.subscriptions.suspension import BillForDraft, PauseDraft, Suspension
from services.subscriptions.transfer import Transfer, TransferDraft

__all__ = [
    "BillForDraft",
    "BillingModeDraft",
    "CancellationDraft",
    "ChangeDetails",
    "CurrentUsage",
    "ItemAddition",
    "ItemAnswer",
    "ItemChange",
    "ItemDraft",
    "ItemRemoval",
    "ItemUpdate",
    "MigrationDraft",
    "PauseCollectionDraft",
    "PauseDraft",
    "Preview",
    "PreviewDraft",
    "ResumptionDraft",
    "SubscriptionChange",
    "SubscriptionDraft",
    "SubscriptionItems",
    "SubscriptionSearch",
    "Subscriptions",
    "TransferDraft",
    "TrialEndBehaviorDraft",
    "TrialSettingsDraft",
    "current_usage_by_item",
]


class Subscriptions(Service):
    """What can be asked of subscriptions."""

    searching = part(Searching)
    creation = part(Creation)
    changes = part(Changes)
    migration = part(Migration)
    cancellation = part(Cancellation)
    ruling = part(ChangeRuling)
    previews = part(Previews)
    suspension = part(Suspension)
    resumption = part(Resumption)
    handing_over = part(Transfer)

    def matching(self, search: SubscriptionSearch) -> QuerySet[Subscription]:
        """The subscriptions that a list shows."""
        return self.searching.matching(search)

    async def create(self, draft: SubscriptionDraft) -> Settled[Subscription | None]:
        """Subscribe a customer; the first invoice is finalized and collected at once as `payment_behavior` says.

        A decline is committed and answered beside the subscription; with ERROR_IF_INCOMPLETE there is none beside it.
        """
        return await self.creation.create(draft)

    async def update(self, change: SubscriptionChange, *, by_rule: bool = False) -> Settled[Subscription | None]:
        """Change what was mentioned. Event `customer.subscription.updated` when anything differs.

        Items are prorated as `proration_behavior` says; a decline of what is charged at once is committed and answered
        beside the subscription. With `by_rule` the account's rules for upgrades and downgrades decide instead.
        """
        return await self.changes.update(await self.ruling.ruled(change) if by_rule else change)

    @transactional
    async def take_back(self, identifier: str) -> Subscription:
        """Forget the change of items that waits for the end of the period."""
        return await self.ruling.take_back(identifier)

    async def preview(self, draft: PreviewDraft, *, by_rule: bool = False) -> Preview:
        """What would be invoiced next, or for a change that is only thought of; `by_rule` as for `update`."""
        behavior = None
        moves = draft.subscription_details.billing_cycle_anchor is not None
        if by_rule and not moves and draft.subscription is not None:
            behavior = await self.ruling.behavior_of(draft.subscription, draft.subscription_details.items)
        if behavior is not None:
            details = replace(draft.subscription_details, proration_behavior=behavior.proration)
            draft = replace(draft, subscription_details=details)
        return await self.previews.preview(draft)

    @transactional
    async def pause(self, draft: PauseDraft) -> Subscription:
        """End the period now, with or without a credit, and invoice nothing until it is resumed."""
        return await self.suspension.pause(draft)

    async def resume(self, draft: ResumptionDraft) -> Settled[Subscription]:
        """Let a paused subscription go on, in a new period or in that of its old anchor.

        Without an invoice it is ACTIVE at once; otherwise it stays PAUSED until that is paid, for 23 hours.
        """
        return await self.resumption.resume(draft)

    @transactional
    async def transfer(self, draft: TransferDraft) -> Subscription:
        """Let another customer have it. What was invoiced stays with the one who had it."""
        return await self.handing_over.transfer(draft)

    @transactional
    async def migrate(self, draft: MigrationDraft) -> Subscription:
        """Let a CLASSIC subscription follow the rules of FLEXIBLE from now on."""
        return await self.migration.migrate(draft)

    async def cancel(self, draft: CancellationDraft) -> Settled[Subscription]:
        """End it now. Event `customer.subscription.deleted`, after those of a final invoice where one was asked for."""
        return await self.cancellation.cancel(draft)
