"""Customers that stand for accounts: how a platform bills those who are connected to it."""

from domain.drafts import Unset
from domain.errors import ErrorCode, Problems
from models import Customer
from services.accounts.parts import Parts
from services.base import Service, part

_PARAM = "representsAccount"


class Representing(Service):
    """Checks which account a customer is to stand for."""

    parts = part(Parts)

    async def check(self, problems: Problems, identifier: str, wanted: str | Unset | None) -> None:
        """Note what forbids that the customer with this id stands for the account; nothing where none is wanted."""
        if not isinstance(wanted, str):
            return
        if not self.scope.stand.is_platform:
            problems.add(
                ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
                "Only the customers of a platform stand for accounts, which are connected to it.",
                _PARAM,
            )
            return
        if wanted not in await self.parts.connected([wanted]) or wanted == self.scope.account_id:
            problems.add(
                ErrorCode.RESOURCE_MISSING,
                f"No such account: '{wanted}', or it is not connected to this one.",
                _PARAM,
            )
            return
        other = await self.mine(Customer).filter(represents_account_id=wanted).exclude(id=identifier).first()
        if other is not None:
            problems.add(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"Customer {other.id} stands for account {wanted} already; an account has one customer.",
                _PARAM,
            )
