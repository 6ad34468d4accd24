"""Prepaid credit: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing, query
from schema.credit_grants import (
    CreditBalanceSummary,
    CreditBalanceSummaryFilter,
    CreditBalanceTransactionFilter,
    CreditGrantCreateInput,
    CreditGrantCreatePayload,
    CreditGrantExpireInput,
    CreditGrantExpirePayload,
    CreditGrantFilter,
    CreditGrantUpdateInput,
    CreditGrantUpdatePayload,
    CreditGrantVoidInput,
    CreditGrantVoidPayload,
)
from schema.inputs import draft_of
from schema.refs import CreditBalanceTransactionRef, CreditGrantRef
from services.credit_grants import (
    CreditBalanceFilter,
    CreditBalanceTransactionSearch,
    CreditGrantChange,
    CreditGrantDraft,
    CreditGrantSearch,
)
from services.pages import Listing

_Grants = Annotated[CreditGrantFilter | None, strawberry.argument(description="Which grants; all without it.")]
_Lines = Annotated[
    CreditBalanceTransactionFilter | None, strawberry.argument(description="Which lines; all without it.")
]
_Customer = Annotated[strawberry.ID, strawberry.argument(description="The customer.")]
_Summed = Annotated[
    CreditBalanceSummaryFilter | None, strawberry.argument(description="Of which grants; of all without it.")
]


class CreditGrantQueries:
    """Reading prepaid credit."""

    credit_grant: CreditGrantRef | None = by_id("The credit grant with this id; null when there is none.")
    credit_balance_transaction: CreditBalanceTransactionRef | None = by_id(
        "The line of a journal with this id; null when there is none."
    )

    @listing(CreditGrantRef, kind="credit_grants")
    def credit_grants(self, info: Info, filter: _Grants = None) -> Listing:
        """Credit grants, newest first."""
        wanted = draft_of(CreditGrantSearch, filter) if filter else CreditGrantSearch()
        return info.context.services.credit_grants.matching(wanted)

    @listing(CreditBalanceTransactionRef, kind="credit_grants")
    def credit_balance_transactions(self, info: Info, filter: _Lines = None) -> Listing:
        """What became of credit grants, newest first."""
        wanted = draft_of(CreditBalanceTransactionSearch, filter) if filter else CreditBalanceTransactionSearch()
        return info.context.services.credit_grants.transactions(wanted)

    @query(kind="credit_grants")
    async def credit_balance_summary(
        self, info: Info, customer: _Customer, filter: _Summed = None
    ) -> CreditBalanceSummary | None:
        """What is left of a customer's prepaid credit; null when there is no such customer."""
        wanted = draft_of(CreditBalanceFilter, filter) if filter else CreditBalanceFilter()
        found = await info.context.services.credit_balances.summary(customer, wanted)
        return None if found is None else CreditBalanceSummary.of(found)


class CreditGrantMutations:
    """Changing prepaid credit."""

    @mutation(kind="credit_grants", payload=CreditGrantCreatePayload)
    async def credit_grant_create(self, info: Info, input: CreditGrantCreateInput) -> Answer:
        """Grants credit. Events `billing.credit_grant.created` and `billing.credit_balance_transaction.created`."""
        return await info.context.services.credit_grants.create(draft_of(CreditGrantDraft, input))

    @mutation(kind="credit_grants", payload=CreditGrantUpdatePayload)
    async def credit_grant_update(self, info: Info, input: CreditGrantUpdateInput) -> Answer:
        """Changes when credit expires, or its labels. Event `billing.credit_grant.updated`."""
        return await info.context.services.credit_grants.update(draft_of(CreditGrantChange, input))

    @mutation(kind="credit_grants", payload=CreditGrantExpirePayload)
    async def credit_grant_expire(self, info: Info, input: CreditGrantExpireInput) -> Answer:
        """Lets what is left of credit be lost now.

        Events `billing.credit_balance_transaction.created` and `billing.credit_grant.updated`.
        """
        return await info.context.services.credit_grants.expire(input.id)

    @mutation(kind="credit_grants", payload=CreditGrantVoidPayload)
    async def credit_grant_void(self, info: Info, input: CreditGrantVoidInput) -> Answer:
        """Takes credit back of which nothing was used. Events as `creditGrantExpire`."""
        return await info.context.services.credit_grants.void(input.id)
