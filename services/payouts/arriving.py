"""Payouts on their way: they go to the bank, arrive, or come back."""

from collections.abc import Sequence

from domain.event_types import EventType
from domain.kinds import BalanceTransactionType
from domain.lifecycles import EXTERNAL_ACCOUNT, PAYOUT, ExternalAccountStatus, PayoutStatus
from domain.payouts import FAILURE_MESSAGES, PayoutFailureCode
from models import Account, ExternalAccount, Payout
from services.accounts.standing import Standings
from services.base import Service, part
from services.events import Events
from services.payouts.sending import Sending
from services.rows import fetch_by, insert_rows, update_rows

_FAILED = ("status", "failure_code", "failure_message", "failure_balance_transaction_id")


class Arriving(Service):
    """Moves payouts of one account on, in sets."""

    events = part(Events)
    sending = part(Sending)

    async def send(self, identifiers: Sequence[str]) -> None:
        """Within a transaction: the bank has them. Event `payout.updated`."""
        at = self.scope.clock.now()
        payouts = await self._in(PayoutStatus.PENDING, identifiers)
        before = [self.events.snapshot(each) for each in payouts]
        for payout in payouts:
            payout.status = PAYOUT.move(payout.id, PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)
        await update_rows(payouts, ("status",))
        for payout, former in zip(payouts, before, strict=True):
            self.events.record(EventType.PAYOUT_UPDATED, payout, at=at, before=former)

    async def arrive(self, identifiers: Sequence[str]) -> None:
        """Within a transaction: they are there, event `payout.paid`, or come back, event `payout.failed`.

        A payout that comes back puts its money into the balance again and its destination out of use.
        """
        await fetch_by(Account, "id", [self.scope.account_id], lock=True)  # before what hangs on it
        payouts = await self._in(PayoutStatus.IN_TRANSIT, identifiers)
        found = await self.gather(ExternalAccount, "id", {each.destination_id for each in payouts}, lock=True)
        destinations = {each.id: each for each in found}
        paid = [each for each in payouts if destinations[each.destination_id].sandbox_failure is None]
        for payout in paid:
            payout.status = PAYOUT.move(payout.id, PayoutStatus.IN_TRANSIT, PayoutStatus.PAID)
        await update_rows(paid, ("status",))
        for payout in paid:
            self.events.record(EventType.PAYOUT_PAID, payout, at=self.scope.clock.now())
        failed = [each for each in payouts if each.status != PayoutStatus.PAID]
        if failed:
            await self._fail(failed, destinations)

    async def _fail(self, payouts: Sequence[Payout], destinations: dict[str, ExternalAccount]) -> None:
        at, movements = self.scope.clock.now(), []
        for payout in payouts:
            code = PayoutFailureCode(str(destinations[payout.destination_id].sandbox_failure))
            movement = self.sending.movement(BalanceTransactionType.PAYOUT_FAILURE, payout, payout.amount, at)
            movements.append(movement)
            payout.status = PAYOUT.move(payout.id, PayoutStatus.IN_TRANSIT, PayoutStatus.FAILED)
            payout.failure_code, payout.failure_message = code.value, FAILURE_MESSAGES[code]
            payout.failure_balance_transaction_id = movement.id
        await insert_rows(movements)
        await update_rows(payouts, _FAILED)
        for payout in payouts:
            self.events.record(EventType.PAYOUT_FAILED, payout, at=at)
        await self._disable(list({each.destination_id: destinations[each.destination_id] for each in payouts}.values()))

    async def _disable(self, destinations: Sequence[ExternalAccount]) -> None:
        """Nothing more is paid out to these. Event `account.external_account.updated`, then what follows for the
        account.
        """
        at = self.scope.clock.now()
        usable = [each for each in destinations if each.status != ExternalAccountStatus.ERRORED]
        before = [self.events.snapshot(each) for each in usable]
        for each in usable:
            status = ExternalAccountStatus(each.status)
            each.status = EXTERNAL_ACCOUNT.move(each.id, status, ExternalAccountStatus.ERRORED)
        await update_rows(usable, ("status",))
        for each, former in zip(usable, before, strict=True):
            self.events.record(EventType.ACCOUNT_EXTERNAL_ACCOUNT_UPDATED, each, at=at, before=former)
        if usable:
            await Standings(self.scope).reassess()

    async def _in(self, status: PayoutStatus, identifiers: Sequence[str]) -> list[Payout]:
        """Those of them in this status, held."""
        return [each for each in await self.gather(Payout, "id", identifiers, lock=True) if each.status == status]
