"""Disputes: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.disputes import (
    DisputeCloseInput,
    DisputeClosePayload,
    DisputeFilter,
    DisputeUpdateInput,
    DisputeUpdatePayload,
    SandboxDisputeCreateInput,
    SandboxDisputeCreatePayload,
)
from schema.inputs import draft_of
from schema.refs import DisputeRef
from services.disputes import DisputeChange, DisputeSearch, SandboxDispute
from services.pages import Listing

_Filter = Annotated[DisputeFilter | None, strawberry.argument(description="Which disputes; all without it.")]


class DisputeQueries:
    """Reading disputes."""

    dispute: DisputeRef | None = by_id("The dispute with this id; null when there is none.")

    @listing(DisputeRef, kind="disputes")
    def disputes(self, info: Info, filter: _Filter = None) -> Listing:
        """Disputes, newest first."""
        wanted = draft_of(DisputeSearch, filter) if filter else DisputeSearch()
        return info.context.services.disputes.matching(wanted)


class DisputeMutations:
    """Answering disputes."""

    @mutation(kind="disputes", payload=DisputeUpdatePayload)
    async def dispute_update(self, info: Info, input: DisputeUpdateInput) -> Answer:
        """Keeps evidence, and hands it to the bank; that can be done once."""
        return await info.context.services.disputes.update(input.id, draft_of(DisputeChange, input))

    @mutation(kind="disputes", payload=DisputeClosePayload)
    async def dispute_close(self, info: Info, input: DisputeCloseInput) -> Answer:
        """Lets a dispute be: it is LOST, for good."""
        return await info.context.services.disputes.close(input.id)

    @mutation(kind="disputes", payload=SandboxDisputeCreatePayload)
    async def sandbox_dispute_create(self, info: Info, input: SandboxDisputeCreateInput) -> Answer:
        """Disputes a charge as its cardholder would. Test mode only."""
        return await info.context.services.dispute_openings.play(draft_of(SandboxDispute, input))
