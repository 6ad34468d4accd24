"""Payouts, top-ups and external accounts: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.payouts import (
    PayoutCancelInput,
    PayoutCancelPayload,
    PayoutCreateInput,
    PayoutCreatePayload,
    PayoutFilter,
    TopupCreateInput,
    TopupCreatePayload,
)
from schema.payouts.external_accounts import (
    ExternalAccountCreateInput,
    ExternalAccountCreatePayload,
    ExternalAccountDeleteInput,
    ExternalAccountDeletePayload,
    ExternalAccountFilter,
    ExternalAccountUpdateInput,
    ExternalAccountUpdatePayload,
)
from schema.refs import ExternalAccountRef, PayoutRef, TopupRef
from services.pages import Listing
from services.payouts import (
    ExternalAccountChange,
    ExternalAccountDraft,
    ExternalAccountSearch,
    PayoutDraft,
    PayoutSearch,
    TopupDraft,
)

_Payouts = Annotated[PayoutFilter | None, strawberry.argument(description="Which payouts; all without it.")]
_Externals = Annotated[ExternalAccountFilter | None, strawberry.argument(description="Which ones; all without it.")]


class PayoutQueries:
    """Reading what leaves the account, and where to."""

    payout: PayoutRef | None = by_id("The payout with this id; null when there is none.")
    topup: TopupRef | None = by_id("The top-up with this id; null when there is none.")
    external_account: ExternalAccountRef | None = by_id("The one with this id; null when there is none.")

    @listing(PayoutRef, kind="payouts")
    def payouts(self, info: Info, filter: _Payouts = None) -> Listing:
        """Payouts, newest first."""
        return info.context.services.payouts.matching(draft_of(PayoutSearch, filter) if filter else PayoutSearch())

    @listing(TopupRef, kind="payouts")
    def topups(self, info: Info) -> Listing:
        """Top-ups, newest first."""
        return info.context.services.topups.matching()

    @listing(ExternalAccountRef, kind="payouts")
    def external_accounts(self, info: Info, filter: _Externals = None) -> Listing:
        """Bank accounts and debit cards that the account is paid out to, newest first."""
        wanted = draft_of(ExternalAccountSearch, filter) if filter else ExternalAccountSearch()
        return info.context.services.external_accounts.matching(wanted)


class PayoutMutations:
    """Moving money out of the account and into it."""

    @mutation(kind="payouts", payload=PayoutCreatePayload)
    async def payout_create(self, info: Info, input: PayoutCreateInput) -> Answer:
        """Pays out what is available."""
        return await info.context.services.payouts.create(draft_of(PayoutDraft, input))

    @mutation(kind="payouts", payload=PayoutCancelPayload)
    async def payout_cancel(self, info: Info, input: PayoutCancelInput) -> Answer:
        """Keeps a payout that the bank does not have yet."""
        return await info.context.services.payouts.cancel(input.id)

    @mutation(kind="payouts", payload=TopupCreatePayload)
    async def topup_create(self, info: Info, input: TopupCreateInput) -> Answer:
        """Calls money in from the account's own bank. Test mode only."""
        return await info.context.services.topups.create(draft_of(TopupDraft, input))


class ExternalAccountMutations:
    """Saying where money is paid out to."""

    @mutation(kind="payouts", payload=ExternalAccountCreatePayload)
    async def external_account_create(self, info: Info, input: ExternalAccountCreateInput) -> Answer:
        """Adds a bank account or a debit card. Test mode only."""
        return await info.context.services.external_accounts.create(draft_of(ExternalAccountDraft, input))

    @mutation(kind="payouts", payload=ExternalAccountUpdatePayload)
    async def external_account_update(self, info: Info, input: ExternalAccountUpdateInput) -> Answer:
        """Changes holder or metadata of an external account, or makes it the default of its currency."""
        return await info.context.services.external_accounts.update(draft_of(ExternalAccountChange, input))

    @mutation(kind="payouts", payload=ExternalAccountDeletePayload)
    async def external_account_delete(self, info: Info, input: ExternalAccountDeleteInput) -> Answer:
        """Deletes an external account. The default of a currency goes last; that of the account's currency stays."""
        return await info.context.services.external_accounts.delete(input.id, input.account)
