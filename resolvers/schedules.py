"""Subscription schedules: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import SubscriptionScheduleRef
from schema.schedules import (
    SubscriptionScheduleCancelInput,
    SubscriptionScheduleCancelPayload,
    SubscriptionScheduleCreateInput,
    SubscriptionScheduleCreatePayload,
    SubscriptionScheduleFilter,
    SubscriptionScheduleReleaseInput,
    SubscriptionScheduleReleasePayload,
    SubscriptionScheduleUpdateInput,
    SubscriptionScheduleUpdatePayload,
)
from services.pages import Listing
from services.schedules import (
    ScheduleCancelDraft,
    ScheduleChange,
    ScheduleDraft,
    ScheduleReleaseDraft,
    ScheduleSearch,
)

_Filter = Annotated[
    SubscriptionScheduleFilter | None, strawberry.argument(description="Which schedules; all without it.")
]


class SubscriptionScheduleQueries:
    """Reading schedules."""

    subscription_schedule: SubscriptionScheduleRef | None = by_id("The schedule with this id; null when there is none.")

    @listing(SubscriptionScheduleRef, kind="subscriptions")
    def subscription_schedules(self, info: Info, filter: _Filter = None) -> Listing:
        """Subscription schedules, newest first."""
        search = draft_of(ScheduleSearch, filter) if filter else ScheduleSearch()
        return info.context.services.schedules.matching(search)


class SubscriptionScheduleMutations:
    """Planning what becomes of subscriptions."""

    @mutation(kind="subscriptions", payload=SubscriptionScheduleCreatePayload)
    async def subscription_schedule_create(self, info: Info, input: SubscriptionScheduleCreateInput) -> Answer:
        """Plans a subscription in phases, from now or a later time on, or takes over one that runs.

        The subscription is made when the first phase begins; its first invoice is a draft for the usual hour.
        """
        return await info.context.services.schedules.create(draft_of(ScheduleDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionScheduleUpdatePayload)
    async def subscription_schedule_update(self, info: Info, input: SubscriptionScheduleUpdateInput) -> Answer:
        """Changes the current phase, those to come, or what happens at the end. What is not mentioned stays."""
        return await info.context.services.schedules.update(draft_of(ScheduleChange, input))

    @mutation(kind="subscriptions", payload=SubscriptionScheduleReleasePayload)
    async def subscription_schedule_release(self, info: Info, input: SubscriptionScheduleReleaseInput) -> Answer:
        """Lets go of the subscription at once, which goes on as it is."""
        return await info.context.services.schedules.release(draft_of(ScheduleReleaseDraft, input))

    @mutation(kind="subscriptions", payload=SubscriptionScheduleCancelPayload)
    async def subscription_schedule_cancel(self, info: Info, input: SubscriptionScheduleCancelInput) -> Answer:
        """Ends a schedule at once, and its subscription with it."""
        return await info.context.services.schedules.cancel(draft_of(ScheduleCancelDraft, input))
