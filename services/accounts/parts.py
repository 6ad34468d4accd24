"""Whether other accounts can have the part in a payment that they are to have."""

from collections.abc import Iterable

from domain.accounts import CapabilityName
from domain.errors import DomainError, ErrorCode, Problems
from domain.onboarding import CapabilityStatus
from domain.sharing import NOBODY, Sharing, refuse_unfit
from models import Account
from services.base import Service
from services.rows import fetch_by


class Parts(Service):
    """Looks up the accounts that have a part in a payment of the scope's account."""

    async def checked(self, sharing: Sharing, *, agreed: Sharing = NOBODY) -> Sharing:
        """The sharing itself; refuses, all together, whatever of it cannot be. No statement where nobody has a part.

        Accounts that were `agreed` upon before are not looked up again.
        """
        problems = Problems()
        refuse_unfit(sharing, self.scope.stand, problems)
        wanted: list[tuple[str, tuple[str, ...], str]] = [
            (each.destination, ("transferData", str(index), "destination"), CapabilityName.TRANSFERS)
            for index, each in enumerate(sharing.shares)
        ]
        if sharing.on_behalf_of is not None:
            wanted.append((sharing.on_behalf_of, ("onBehalfOf",), CapabilityName.CARD_PAYMENTS))
        before = {(each.destination, CapabilityName.TRANSFERS) for each in agreed.shares}
        before |= {(str(agreed.on_behalf_of), CapabilityName.CARD_PAYMENTS)}
        wanted = [each for each in wanted if (each[0], each[2]) not in before]
        known = await self.connected(identifier for identifier, _, _ in wanted)
        for identifier, param, capability in wanted:
            if identifier == self.scope.account_id or not self.scope.stand.is_platform:
                continue  # Refused above.
            try:
                refuse_unable(known.get(identifier), identifier, capability, param)
            except DomainError as error:
                problems.add_from(error)
        problems.raise_any()
        return sharing

    async def connected(self, identifiers: Iterable[str]) -> dict[str, Account]:
        """Those accounts that are connected to the scope's own in its mode, by id."""
        found = await fetch_by(
            Account, "id", set(identifiers), platform_id=self.scope.account_id, livemode=self.scope.livemode
        )
        return {each.id: each for each in found if each.disconnected_at is None}


def is_able(account: Account, capability: str) -> bool:
    """Whether the account has the capability, and it is active."""
    return account.capabilities.get(capability) == CapabilityStatus.ACTIVE


def refuse_unable(account: Account | None, identifier: str, capability: str, param: tuple[str, ...]) -> None:
    """Refuse an account that is absent, foreign or disconnected, which all read alike, or lacks the capability."""
    if account is None:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING, f"No such account: '{identifier}', or it is not connected to this one.", param
        )
    if not is_able(account, capability):
        lacking = ErrorCode.INSUFFICIENT_CAPABILITIES_FOR_TRANSFER if capability == CapabilityName.TRANSFERS else None
        raise DomainError(
            lacking or ErrorCode.ACCOUNT_INVALID,
            f"Account {identifier} needs the capability `{capability}`, which is"
            f" {account.capabilities.get(capability, 'not asked for')}; it would have to be active.",
            param,
        )
