"""Money that came in, booked for everybody who has a part in it, in one transaction and in sets.

direct charge     the account has it less the platform's fee; the platform has the fee
destination       the platform has it, transfers the shares, and has its fee of what arrives
fees paid by the platform   the network's fee is the platform's own movement

A payment that nobody else has a part in costs no statement here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.accounts import CapabilityName, pays_by_platform
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.settlement import Division, TransferFailureReason, division_of
from domain.sharing import Sharing
from models import Account, ApplicationFee, BalanceTransaction, DestinationPayment, Transfer
from services.accounts.parts import is_able
from services.aggregates import WholeApplicationFee, WholeDestinationPayment, WholeTransfer
from services.balances import Balances, FeesTaken, Received
from services.base import Service, part
from services.events import Events
from services.expected_money import expect_money
from services.rows import fetch_by, insert_rows
from services.scope import Scope
from services.snapshots import Subject
from services.transfers.movements import Moment, movement, on_account, ownership_on


@dataclass(frozen=True, slots=True)
class Told:
    """Something to be told of on an account."""

    scope: Scope
    type: EventType
    subject: Subject


@dataclass(slots=True)
class _Rows:
    """What is to be written, and told by charge; `available_at` is when the money of each charge becomes available."""

    available_at: Mapping[str, datetime]
    transfers: list[Transfer] = field(default_factory=list)
    payments: list[DestinationPayment] = field(default_factory=list)
    fees: list[ApplicationFee] = field(default_factory=list)
    movements: list[BalanceTransaction] = field(default_factory=list)
    told: dict[str, list[Told]] = field(default_factory=dict)


class Settlement(Service):
    """Books what came in."""

    balances = part(Balances)

    async def receive(self, received: Sequence[Received]) -> Mapping[str, Sequence[Told]]:
        """Book it; what is to be told of the charges that others have a part in, by charge, once those are told of.

        Notes the movement, the fee and the reason of a transfer that failed on each charge (not written here).
        """
        shared = [each for each in received if each.charge.sharing is not None]
        connected = self.scope.account_id != self.scope.platform_id
        if not shared and not (connected and received):
            await self.balances.receive(received)
            return {}
        accounts = await self._accounts(shared)
        divisions = {
            each.charge.id: division_of(Sharing.from_json(each.charge.sharing), each.amount) for each in shared
        }
        direct = {name: each.fee for name, each in divisions.items() if connected and not each.shares}
        payer = _payer(accounts[self.scope.account_id], self.scope)
        rows = _Rows(await self.balances.receive(received, FeesTaken(payer, direct)))
        for each in shared:
            self._divide(each, divisions[each.charge.id], accounts, rows)
        await insert_rows(rows.transfers)
        await insert_rows(rows.payments)
        await insert_rows(rows.fees)
        await insert_rows(rows.movements)
        await expect_money(self.scope, rows.movements)
        return rows.told

    def tell(self, told: Sequence[Told], at: datetime) -> None:
        """Record what `receive` gave of a charge, at the time on its clock."""
        for each in told:
            Events(each.scope).record(each.type, each.subject, at=at)

    async def _accounts(self, shared: Sequence[Received]) -> dict[str, Account]:
        """The scope's own account and those that are to receive a share, by id."""
        wanted = {self.scope.account_id}
        for each in shared:
            wanted.update(share.destination for share in Sharing.from_json(each.charge.sharing).shares)
        return {each.id: each for each in await fetch_by(Account, "id", wanted)}

    def _divide(self, each: Received, division: Division, accounts: Mapping[str, Account], rows: _Rows) -> None:
        rows.told[each.charge.id] = []
        if division.fee and not division.shares and self.scope.account_id != self.scope.platform_id:
            # It goes to the platform also where the account has left that meanwhile.
            platform_id = each.charge.application_id or self.scope.platform_id
            self._fee(each, platform_id, self.scope.account_id, division.fee, rows)
        for share, amount in division.shares:
            reason = self._failure(accounts.get(share.destination))
            if reason is None:
                self._transfer(each, share.destination, amount, division, rows)
            elif each.charge.transfer_failure_reason is None:
                each.charge.transfer_failure_reason = reason

    def _transfer(self, each: Received, destination: str, amount: int, division: Division, rows: _Rows) -> None:
        """A share on its way: the transfer here, what arrives there, and the fee that comes back of it."""
        charge, moment = each.charge, _moment(each, rows)
        transfer_id = self.new_id(Prefix.TRANSFER)
        payment = DestinationPayment.made(
            id=self.new_id(Prefix.DESTINATION_PAYMENT),
            created_at=each.at,
            amount=amount,
            currency=charge.currency,
            source_transfer_id=transfer_id,
            description=charge.description,
            **ownership_on(self.scope, destination),
        )
        sent = movement(
            self.scope, self.scope.account_id, BalanceTransactionType.TRANSFER, -amount, charge.currency, transfer_id,
            moment,
        )  # fmt: skip
        transfer = Transfer.made(
            id=transfer_id,
            created_at=each.at,
            amount=amount,
            currency=charge.currency,
            destination_id=destination,
            destination_payment_id=payment.id,
            source_charge_id=charge.id,
            is_of_payment=True,
            transfer_group=charge.transfer_group,
            balance_transaction_id=sent.id,
            test_clock_id=each.test_clock_id,
            metadata={},
            **self.ownership(),
        )
        rows.told[charge.id].append(Told(self.scope, EventType.TRANSFER_CREATED, WholeTransfer(transfer)))
        arrived = movement(
            self.scope, destination, BalanceTransactionType.PAYMENT, amount, charge.currency, payment.id, moment,
            application_fee=division.fee, description=charge.description,
        )  # fmt: skip
        payment.balance_transaction_id = arrived.id
        rows.transfers.append(transfer)
        rows.payments.append(payment)
        rows.movements += (sent, arrived)
        if division.fee:
            fee = self._fee(each, self.scope.account_id, destination, division.fee, rows, payment.id)
            payment.application_fee_id = fee.id
        whole = WholeDestinationPayment(payment, 0, division.fee or None)
        rows.told[charge.id].append(Told(on_account(self.scope, destination), EventType.PAYMENT_CREATED, whole))

    def _fee(
        self, each: Received, platform_id: str, payer_id: str, amount: int, rows: _Rows, payment_id: str | None = None
    ) -> ApplicationFee:
        charge = each.charge
        fee = ApplicationFee.made(
            id=self.new_id(Prefix.APPLICATION_FEE),
            created_at=each.at,
            amount=amount,
            currency=charge.currency,
            charged_account_id=payer_id,
            charge_id=charge.id,
            destination_payment_id=payment_id,
            test_clock_id=each.test_clock_id,
            **ownership_on(self.scope, platform_id),
        )
        came = movement(
            self.scope, platform_id, BalanceTransactionType.APPLICATION_FEE, amount, charge.currency, fee.id,
            _moment(each, rows),
        )  # fmt: skip
        fee.balance_transaction_id = came.id
        charge.application_fee_id = fee.id
        rows.fees.append(fee)
        rows.movements.append(came)
        told = Told(on_account(self.scope, platform_id), EventType.APPLICATION_FEE_CREATED, WholeApplicationFee(fee))
        rows.told[charge.id].append(told)
        return fee

    def _failure(self, account: Account | None) -> TransferFailureReason | None:
        """Why nothing can be transferred to an account; None when it can."""
        if account is None or (account.platform_id, account.livemode) != (self.scope.account_id, self.scope.livemode):
            return TransferFailureReason.ACCOUNT_MISSING
        if account.disconnected_at is not None:
            return TransferFailureReason.ACCOUNT_DISCONNECTED
        return None if is_able(account, CapabilityName.TRANSFERS) else TransferFailureReason.CAPABILITY_INACTIVE


def _payer(account: Account, scope: Scope) -> str:
    """Who pays the network's fees of the account's own charges."""
    return scope.platform_id if pays_by_platform(account.controller) else account.id


def _moment(each: Received, rows: _Rows) -> Moment:
    """What follows of a charge is available together with it."""
    return Moment(each.at, each.test_clock_id, rows.available_at[each.charge.id])
