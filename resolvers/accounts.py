"""Accounts: fields of Query."""

from typing import cast

from resolvers.context import Info
from resolvers.queries import query
from schema.refs import AccountRef


class AccountQueries:
    """Reading the account that a key belongs to."""

    @query(kind="accounts")
    async def account(self, info: Info) -> AccountRef:
        """The account that the key belongs to, with its settings."""
        return cast(AccountRef, await info.context.services.accounts.current())
