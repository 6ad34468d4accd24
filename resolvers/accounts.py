"""Accounts and the persons behind them: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing, query
from schema.accounts.inputs import (
    AccountCreateInput,
    AccountCreatePayload,
    AccountDeauthorizeInput,
    AccountDeauthorizePayload,
    AccountFilter,
    AccountReconnectInput,
    AccountReconnectPayload,
    AccountUpdateInput,
    AccountUpdatePayload,
    SandboxAccountOnboardInput,
    SandboxAccountOnboardPayload,
)
from schema.accounts.persons import (
    PersonCreateInput,
    PersonCreatePayload,
    PersonDeleteInput,
    PersonDeletePayload,
    PersonUpdateInput,
    PersonUpdatePayload,
)
from schema.inputs import draft_of
from schema.refs import AccountRef, PersonRef
from services.accounts import AccountSearch
from services.accounts.drafts import AccountChange, AccountDraft, PersonChange, PersonDraft
from services.pages import Listing

_Id = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="One that is, or was, connected to your account; your own without it."),
]
_Accounts = Annotated[AccountFilter | None, strawberry.argument(description="Which accounts; all without it.")]


class AccountQueries:
    """Reading the account that a key belongs to, and those connected to it."""

    person: PersonRef | None = by_id("The person with this id, behind your account or one connected to it.")

    @query(kind="accounts", of=AccountRef | None)
    async def account(self, info: Info, id: _Id = None) -> Answer:
        """The account that the key belongs to or acts for, or one connected to it; null when there is none."""
        return await info.context.services.accounts.visible(id or None)

    @listing(AccountRef, kind="accounts")
    def accounts(self, info: Info, filter: _Accounts = None) -> Listing:
        """The accounts that are or were connected to yours, newest first; your own is not among them."""
        wanted = draft_of(AccountSearch, filter) if filter else AccountSearch()
        return info.context.services.accounts.matching(wanted)


class AccountMutations:
    """Making, changing and disconnecting accounts."""

    @mutation(kind="accounts", payload=AccountCreatePayload)
    async def account_create(self, info: Info, input: AccountCreateInput) -> Answer:
        """Makes an account that is connected to yours, which is a platform then. Event `capability.updated`."""
        return await info.context.services.accounts.create(draft_of(AccountDraft, input))

    @mutation(kind="accounts", payload=AccountUpdatePayload)
    async def account_update(self, info: Info, input: AccountUpdateInput) -> Answer:
        """Changes an account, as far as it is yours to decide. Events `account.updated`, `capability.updated`."""
        return await info.context.services.accounts.update(input.id or None, draft_of(AccountChange, input))

    @mutation(kind="accounts", payload=SandboxAccountOnboardPayload)
    async def sandbox_account_onboard(self, info: Info, input: SandboxAccountOnboardInput) -> Answer:
        """Completes an account with test data, so that it is able to do everything. Test mode only."""
        return await info.context.services.accounts.onboard(input.id or None)

    @mutation(kind="accounts", payload=AccountDeauthorizePayload)
    async def account_deauthorize(self, info: Info, input: AccountDeauthorizeInput) -> Answer:
        """Disconnects an account: its subscriptions go on, but its platform acts for it no more.

        Event `account.application.deauthorized` on the platform, of accounts with a dashboard.
        """
        return await info.context.services.connections.end(input.id or None)

    @mutation(kind="accounts", payload=AccountReconnectPayload)
    async def account_reconnect(self, info: Info, input: AccountReconnectInput) -> Answer:
        """Connects an account again: by itself where it has a full dashboard (in test mode also by its platform).

        Event `account.application.authorized` on the platform, of accounts with a dashboard.
        """
        return await info.context.services.connections.begin_again(input.id or None)

    @mutation(kind="accounts", payload=PersonCreatePayload)
    async def person_create(self, info: Info, input: PersonCreateInput) -> Answer:
        """Adds somebody behind an account. Events `person.created`, and `account.updated` where that changes it."""
        return await info.context.services.persons.create(draft_of(PersonDraft, input))

    @mutation(kind="accounts", payload=PersonUpdatePayload)
    async def person_update(self, info: Info, input: PersonUpdateInput) -> Answer:
        """Changes a person. What is not mentioned stays. Event `person.updated`."""
        return await info.context.services.persons.update(input.id, draft_of(PersonChange, input))

    @mutation(kind="accounts", payload=PersonDeletePayload)
    async def person_delete(self, info: Info, input: PersonDeleteInput) -> Answer:
        """Removes a person, unless they are the account. Event `person.deleted`."""
        return await info.context.services.persons.delete(input.id)
