"""Charges on a connected account itself."""

from domain.accounts import CapabilityName
from domain.errors import DomainError, ErrorCode
from models import Account
from services.accounts.parts import refuse_unable
from services.base import Service
from services.rows import fetch_by


class DirectCharges(Service):
    """What a connected account needs before anything is charged on it."""

    async def refuse_unable(self) -> None:
        """Refuse a connected account that cannot be charged for. The platform itself costs no statement."""
        if self.scope.stand.is_platform:
            return
        [account] = await fetch_by(Account, "id", [self.scope.account_id])
        if not account.charges_enabled:
            raise DomainError(
                ErrorCode.ACCOUNT_INVALID,
                f"Charges are not enabled on account {account.id}; complete what its `requirements` name.",
            )
        refuse_unable(account, account.id, CapabilityName.CARD_PAYMENTS, ())
