"""The money of disputes: what a bank takes back, what the network takes for it, and what comes back."""

from collections.abc import Sequence
from typing import Any

from domain.accounts import pays_by_platform
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from models import Account, BalanceTransaction, Dispute
from services.base import Service, part
from services.disputes.wholes import Moment
from services.expected_money import expect_money
from services.rows import fetch_by, insert_rows
from services.settings import Settings
from services.transfers.movements import ownership_on


class DisputeBooks(Service):
    """Writes movements of disputes. They are noted on the disputes, whose rows are not written here."""

    settings = part(Settings)

    async def withdraw(self, disputes: Sequence[tuple[Dispute, Moment]]) -> None:
        """Book what banks take, with the network's fee; that of a direct charge falls to a platform that pays fees."""
        if not disputes:
            return
        settings = await self.settings.current()
        elsewhere = await self._platform_pays()
        movements, fees = [], []
        for dispute, moment in disputes:
            fee = settings.fee_of_dispute(dispute.currency)
            movement = self._movement(dispute, moment, -dispute.amount, 0 if elsewhere else fee, dict(self.ownership()))
            movement.description = f"Chargeback withdrawal for {dispute.charge_id}"
            dispute.balance_transaction_id = movement.id
            movements.append(movement)
            if elsewhere and fee:
                paid = self._movement(dispute, moment, 0, fee, ownership_on(self.scope, self.scope.platform_id))
                paid.type = BalanceTransactionType.STRIPE_FEE
                paid.description = f"Dispute fee for {dispute.charge_id} of {self.scope.account_id}"
                fees.append(paid)
        await insert_rows([*movements, *fees])

    async def reinstate(self, dispute: Dispute, moment: Moment) -> None:
        """Book what comes back of a dispute that was won; the fee stays with the network."""
        movement = self._movement(dispute, moment, dispute.amount, 0, dict(self.ownership()))
        movement.description = f"Chargeback reversal for {dispute.charge_id}"
        movement.reinstates = True
        dispute.reinstatement_balance_transaction_id = movement.id
        await insert_rows([movement])
        await expect_money(self.scope, [movement])

    async def _platform_pays(self) -> bool:
        """Whether the network's fees of this account's charges are its platform's. A platform's own are its own."""
        if self.scope.account_id == self.scope.platform_id:
            return False
        [account] = await fetch_by(Account, "id", [self.scope.account_id])
        return pays_by_platform(account.controller)

    def _movement(
        self, dispute: Dispute, moment: Moment, amount: int, fee: int, owner: dict[str, Any]
    ) -> BalanceTransaction:
        detail = {"type": "dispute_fee", "description": "Dispute fee", "amount": fee, "currency": dispute.currency}
        return BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=moment.at,
            type=BalanceTransactionType.ADJUSTMENT,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=dispute.currency,
            fee_details=[detail] if fee else [],
            source_id=dispute.id,
            available_at=moment.at,
            test_clock_id=moment.test_clock_id,
            **owner,
        )
