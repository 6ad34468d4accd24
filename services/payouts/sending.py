"""Payouts come to be here: what is available is looked at and moved in one transaction, with the account held."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.lifecycles import PAYOUT, PayoutStatus
from domain.payouts import PayoutMethod, arrival_of, sent_at
from models import BalanceTransaction, ExternalAccount, Payout
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.rows import insert_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A payout that was looked at and may be made: `amount` minor units, available in the world of the clock."""

    amount: int
    destination: ExternalAccount
    at: datetime
    test_clock_id: str | None
    method: PayoutMethod = PayoutMethod.STANDARD
    automatic: bool = False
    description: str | None = None
    statement_descriptor: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class Sending(Service):
    """Writes payouts of the scope's account, which is held."""

    due = part(Due)
    events = part(Events)

    async def send(self, orders: list[Order]) -> list[Payout]:
        """Within a transaction: the payouts, each with its movement. Event `payout.created` for each."""
        payouts = [self._payout(each) for each in orders]
        movements = [
            self.movement(BalanceTransactionType.PAYOUT, payout, -payout.amount, payout.created_at)
            for payout in payouts
        ]
        for payout, movement in zip(payouts, movements, strict=True):
            payout.balance_transaction_id = movement.id
        await insert_rows(payouts)
        await insert_rows(movements)
        await self.due.schedule_all([each for payout in payouts for each in _appointments(payout)], fresh=True)
        for payout in payouts:
            self.events.record(EventType.PAYOUT_CREATED, payout, at=payout.created_at)
        return payouts

    def movement(self, type: BalanceTransactionType, payout: Payout, net: int, at: datetime) -> BalanceTransaction:
        """A movement of a payout's money, available at once; negative when it leaves. Not written here."""
        return BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=at,
            type=type,
            amount=net,
            fee=0,
            net=net,
            currency=payout.currency,
            source_id=payout.id,
            description=_DESCRIPTIONS[type],
            available_at=at,
            test_clock_id=payout.test_clock_id,
            **self.ownership(),
        )

    def _payout(self, order: Order) -> Payout:
        identifier, status = self.new_id(Prefix.PAYOUT), PayoutStatus.PENDING
        if order.method is PayoutMethod.INSTANT:
            status = PAYOUT.move(identifier, status, PayoutStatus.IN_TRANSIT)
        return Payout(
            id=identifier,
            created_at=order.at,
            amount=order.amount,
            currency=order.destination.currency,
            destination_id=order.destination.id,
            type=order.destination.type,
            method=order.method.value,
            status=status.value,
            automatic=order.automatic,
            arrives_at=arrival_of(order.at, order.method),
            description=order.description,
            statement_descriptor=order.statement_descriptor,
            test_clock_id=order.test_clock_id,
            metadata=dict(order.metadata),
            **self.ownership(),
        )


_DESCRIPTIONS = {
    BalanceTransactionType.PAYOUT: "PAYOUT",
    BalanceTransactionType.PAYOUT_CANCEL: "PAYOUT CANCELED",
    BalanceTransactionType.PAYOUT_FAILURE: "PAYOUT FAILURE",
}


def _appointments(payout: Payout) -> list[Appointment]:
    """What time does to it."""
    arriving = Appointment(AgendaKind.PAYOUT_ARRIVE, payout.id, payout.arrives_at, payout.test_clock_id)
    if payout.status == PayoutStatus.IN_TRANSIT:
        return [arriving]
    leaving = Appointment(AgendaKind.PAYOUT_SEND, payout.id, sent_at(payout.created_at), payout.test_clock_id)
    return [leaving, arriving]
