"""Refunds: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import RefundRef
from schema.refunds import (
    RefundCreateInput,
    RefundCreatePayload,
    RefundFilter,
    RefundUpdateInput,
    RefundUpdatePayload,
)
from services.pages import Listing
from services.refunds import NewRefund, RefundSearch

_Filter = Annotated[RefundFilter | None, strawberry.argument(description="Which refunds; all without it.")]


class RefundQueries:
    """Reading refunds."""

    refund: RefundRef | None = by_id("The refund with this id; null when there is none.")

    @listing(RefundRef, kind="refunds")
    def refunds(self, info: Info, filter: _Filter = None) -> Listing:
        """Refunds, newest first."""
        wanted = draft_of(RefundSearch, filter) if filter else RefundSearch()
        return info.context.services.refunds.matching(wanted)


class RefundMutations:
    """Giving money back."""

    @mutation(kind="refunds", payload=RefundCreatePayload)
    async def refund_create(self, info: Info, input: RefundCreateInput) -> Answer:
        """Gives part or all of a charge back, never more than remains of it."""
        return await info.context.services.refunds.create(draft_of(NewRefund, input))

    @mutation(kind="refunds", payload=RefundUpdatePayload)
    async def refund_update(self, info: Info, input: RefundUpdateInput) -> Answer:
        """Changes the metadata of a refund."""
        return await info.context.services.refunds.update(input.id, input.metadata)
