"""Subscriptions: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import SubscriptionItemRef, SubscriptionRef
from schema.subscriptions import (
    SubscriptionCancelInput,
    SubscriptionCancelPayload,
    SubscriptionCreateInput,
    SubscriptionCreatePayload,
    SubscriptionFilter,
    SubscriptionPauseInput,
    SubscriptionPausePayload,
    SubscriptionResumeInput,
    SubscriptionResumePayload,
    SubscriptionScheduledChangeDeleteInput,
    SubscriptionScheduledChangeDeletePayload,
    SubscriptionTransferInput,
    SubscriptionTransferPayload,
    SubscriptionUpdateInput,
    SubscriptionUpdatePayload,
)
from schema.subscriptions.items import (
    SubscriptionItemCreateInput,
    SubscriptionItemCreatePayload,
    SubscriptionItemDeleteInput,
    SubscriptionItemDeletePayload,
    SubscriptionItemUpdateInput,
    SubscriptionItemUpdatePayload,
    SubscriptionMigrateInput,
    SubscriptionMigratePayload,
)
from services.events import CreatedSpan
from services.pages import Listing
from services.subscriptions import (
    CancellationDraft,
    ItemAddition,
    ItemRemoval,
    ItemUpdate,
    MigrationDraft,
    PauseDraft,
    ResumptionDraft,
    SubscriptionChange,
    SubscriptionDraft,
    SubscriptionSearch,
    TransferDraft,
)

_Filter = Annotated[
    SubscriptionFilter | None,
    strawberry.argument(description="Which subscriptions; without it all but the canceled ones."),
]


class SubscriptionQueries:
    """Reading subscriptions."""

    subscription: SubscriptionRef | None = by_id("The subscription with this id; null when there is none.")

    @listing(SubscriptionRef, kind="subscriptions")
    def subscriptions(self, info: Info, filter: _Filter = None) -> Listing:
        """Subscriptions, newest first; without a status all but the canceled ones."""
        return info.context.services.subscriptions.matching(_search(filter) if filter else SubscriptionSearch())


class SubscriptionMutations:
    """Making, changing and ending subscriptions."""

    @mutation(kind="subscriptions", payload=SubscriptionCreatePayload)
    async def subscription_create(self, info: Info, input: SubscriptionCreateInput) -> Answer:
        """Subscribes a customer. The first invoice is finalized and collected at once, as `paymentBehavior` says."""
        return await info.context.services.subscriptions.create(draft_of(SubscriptionDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionUpdatePayload)
    async def subscription_update(self, info: Info, input: SubscriptionUpdateInput) -> Answer:
        """Changes a subscription that has not ended. What is not mentioned stays; items are prorated by the second."""
        change = draft_of(SubscriptionChange, input)
        return await info.context.services.subscriptions.update(change, by_rule=input.proration_behavior is None)

    @mutation(kind="subscriptions", payload=SubscriptionScheduledChangeDeletePayload)
    async def subscription_scheduled_change_delete(
        self, info: Info, input: SubscriptionScheduledChangeDeleteInput
    ) -> Answer:
        """Takes a change of items back that waits for the end of the period."""
        return await info.context.services.subscriptions.take_back(input.id)

    @mutation(kind="subscriptions", payload=SubscriptionPausePayload)
    async def subscription_pause(self, info: Info, input: SubscriptionPauseInput) -> Answer:
        """Pauses a subscription: its period ends now, and nothing is invoiced until it is resumed."""
        return await info.context.services.subscriptions.pause(draft_of(PauseDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionResumePayload)
    async def subscription_resume(self, info: Info, input: SubscriptionResumeInput) -> Answer:
        """Lets a paused subscription go on, in a new period that is invoiced at once or in that of its old anchor."""
        return await info.context.services.subscriptions.resume(draft_of(ResumptionDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionTransferPayload)
    async def subscription_transfer(self, info: Info, input: SubscriptionTransferInput) -> Answer:
        """Hands a subscription over to another customer. Nothing is charged, and invoices stay with the former one."""
        return await info.context.services.subscriptions.transfer(draft_of(TransferDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionCancelPayload)
    async def subscription_cancel(self, info: Info, input: SubscriptionCancelInput) -> Answer:
        """Ends a subscription at once. To end it with its period, set `cancelAtPeriodEnd` by `subscriptionUpdate`."""
        return await info.context.services.subscriptions.cancel(draft_of(CancellationDraft, input))


class SubscriptionItemQueries:
    """Reading subscription items."""

    subscription_item: SubscriptionItemRef | None = by_id(
        "The subscription item with this id; null when there is none."
    )


class SubscriptionItemMutations:
    """Changing subscriptions item by item, and the rules that they follow."""

    @mutation(kind="subscriptions", payload=SubscriptionItemCreatePayload)
    async def subscription_item_create(self, info: Info, input: SubscriptionItemCreateInput) -> Answer:
        """Puts a price onto a subscription, as an entry of `items` of `subscriptionUpdate` does."""
        by_rule = input.proration_behavior is None
        return await info.context.services.subscription_items.create(draft_of(ItemAddition, input), by_rule=by_rule)

    @mutation(kind="subscriptions", payload=SubscriptionItemUpdatePayload)
    async def subscription_item_update(self, info: Info, input: SubscriptionItemUpdateInput) -> Answer:
        """Changes one item of a subscription, prorated by the second."""
        by_rule = input.proration_behavior is None
        return await info.context.services.subscription_items.update(draft_of(ItemUpdate, input), by_rule=by_rule)

    @mutation(kind="subscriptions", payload=SubscriptionItemDeletePayload)
    async def subscription_item_delete(self, info: Info, input: SubscriptionItemDeleteInput) -> Answer:
        """Takes one item off its subscription; what is left of its period is given back."""
        by_rule = input.proration_behavior is None
        return await info.context.services.subscription_items.delete(draft_of(ItemRemoval, input), by_rule=by_rule)

    @mutation(kind="subscriptions", payload=SubscriptionMigratePayload)
    async def subscription_migrate(self, info: Info, input: SubscriptionMigrateInput) -> Answer:
        """Takes a subscription over from CLASSIC to FLEXIBLE; what was worked out before stays as it is."""
        return await info.context.services.subscriptions.migrate(draft_of(MigrationDraft, input))


def _search(filter: SubscriptionFilter) -> SubscriptionSearch:
    statuses = filter.status.statuses() if filter.status else None
    return SubscriptionSearch(
        customer=filter.customer or None,
        price=filter.price or None,
        statuses=statuses,
        collection_method=filter.collection_method,
        collection_paused=filter.collection_paused,
        created=None if filter.created is None else draft_of(CreatedSpan, filter.created),
        current_period_end=(
            None if filter.current_period_end is None else draft_of(CreatedSpan, filter.current_period_end)
        ),
    )
