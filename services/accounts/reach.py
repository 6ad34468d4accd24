"""Which accounts a scope reaches, and in whose name it then writes."""

from collections.abc import Mapping
from dataclasses import replace

from domain.accounts import Field, refuse_foreign_hand
from domain.errors import DomainError, ErrorCode, Problems
from models import Account, Person
from services.base import Service
from services.rows import fetch_by
from services.scope import Scope


class Reach(Service):
    """Finds the scope's own account and those connected to it; every other one is absent."""

    async def reached(self, identifier: str | None, *param: str, disconnected: bool = False) -> Account:
        """The account with this id, locked: the scope's own without an id.

        One that is not connected is absent unless it may be `disconnected`. RESOURCE_MISSING at `param` (default `id`).
        """
        wanted = identifier or self.scope.account_id
        found = await fetch_by(Account, "id", [wanted], lock=True)
        if not found or not self._reaches(found[0], disconnected=disconnected):
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such account: '{wanted}'.", param or ("id",))
        return found[0]

    async def of_person(self, identifier: str) -> tuple[Account, Person]:
        """The person with this id and the account behind which they stand, both locked."""
        known = await fetch_by(Person, "id", [identifier])
        if known:
            try:
                account = await self.reached(known[0].account_id)
            except DomainError:
                known = []
        found = await fetch_by(Person, "id", [identifier], lock=True) if known else []
        if not found or found[0].livemode is not self.scope.livemode:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such person: '{identifier}'.", "id")
        return account, found[0]

    def name_of(self, account: Account) -> Scope:
        """The scope in which rows and events of the account are written."""
        if account.id == self.scope.account_id:
            return self.scope
        return replace(self.scope, account_id=account.id, application_id=self.scope.account_id)

    def is_platform_of(self, account: Account) -> bool:
        """Whether a platform writes about an account that is connected to it, by its id or acting for it."""
        return self.name_of(account).application_id is not None

    def refuse_unless_may_write(
        self, account: Account, fields: Mapping[Field, tuple[str, ...]], problems: Problems
    ) -> None:
        """Note what of these fields the other side decides."""
        refuse_foreign_hand(
            fields,
            by_platform=self.is_platform_of(account),
            controller=account.controller,
            details_submitted=account.details_submitted,
            problems=problems,
        )

    def _reaches(self, account: Account, *, disconnected: bool) -> bool:
        if account.id == self.scope.account_id:
            return True
        connected = account.platform_id == self.scope.account_id and account.livemode is self.scope.livemode
        return connected and (disconnected or account.disconnected_at is None)
