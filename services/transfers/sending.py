"""Transfers by themselves: money of a charge, or of the available balance, sent to another account."""

from domain.accounts import CapabilityName
from domain.checks import checked, checked_where_given
from domain.currencies import currency_of
from domain.disputes import is_refundable
from domain.drafts import given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.lifecycles import ChargeStatus, RefundStatus
from domain.metadata import merged_metadata
from domain.settlement import GROUP_LENGTH_MAX
from domain.texts import text_within
from models import BalanceTransaction, Charge, DestinationPayment, Dispute, Refund, Transfer
from services.accounts.parts import Parts, refuse_unable
from services.aggregates import WholeDestinationPayment, WholeTransfer
from services.availability import Availability
from services.base import Service, part
from services.events import Events
from services.expected_money import expect_money
from services.idempotency import transactional
from services.rows import insert_rows, update_rows
from services.transfers.drafts import NewTransfer, TransferChange
from services.transfers.movements import Moment, movement, on_account, ownership_on, refuse_own_key
from services.transfers.reversing import wholes

DESCRIPTION_LENGTH_MAX = 1000


class Transfers(Service):
    """Sends money to other accounts."""

    availability = part(Availability)
    events = part(Events)
    parts = part(Parts)

    @transactional
    async def create(self, draft: NewTransfer) -> Transfer:
        """The transfer, with what arrives of it. Events `transfer.created`, and `payment.created` where it arrives.

        Of a charge: never more than that has left, and available when its money is. Otherwise of what is available.
        """
        refuse_own_key(self.scope)
        draft_currency = _refuse_unfit(draft)
        await self._refuse_destination(draft.destination)
        group, source = draft.transfer_group, None
        if draft.source_transaction is None:
            moment = await self._of_balance(draft, draft_currency)
        else:
            source = await self._source(draft, draft_currency)
            moment = await self._of_charge(source, draft.amount)
            group = group or source.transfer_group
        transfer = self._transfer(draft, draft_currency, moment, group)
        await self._write(transfer, moment)
        return transfer

    @transactional
    async def update(self, identifier: str, change: TransferChange) -> Transfer:
        """The transfer with another description or metadata. Event `transfer.updated`."""
        refuse_own_key(self.scope)
        transfer = await self.lock(Transfer, identifier)
        at = await self.availability.moment(transfer.test_clock_id)
        [whole] = await wholes(self, [transfer])
        before = self.events.snapshot(whole)
        problems = Problems()
        description = checked_where_given(
            problems, text_within, change.description, DESCRIPTION_LENGTH_MAX, "description"
        )
        metadata = checked(problems, merged_metadata, transfer.metadata, change.metadata)
        problems.raise_any()
        assert metadata is not None
        transfer.description, transfer.metadata = given(description, transfer.description), metadata
        await update_rows([transfer], ("description", "metadata"))
        self.events.record(EventType.TRANSFER_UPDATED, whole, at=at, before=before)
        return transfer

    async def _refuse_destination(self, destination: str) -> None:
        """From a platform to its accounts; from an account for which its platform acts, to that platform."""
        if destination == self.scope.account_id:
            raise _not_allowed(f"{destination} has the money already; name another account.", "destination")
        if not self.scope.stand.is_platform:
            if destination != self.scope.platform_id:
                raise _not_allowed(
                    f"From {self.scope.account_id} money can be transferred to its platform {self.scope.platform_id}"
                    f" alone, not to {destination}.",
                    "destination",
                )
            return
        known = await self.parts.connected([destination])
        refuse_unable(known.get(destination), destination, CapabilityName.TRANSFERS, ("destination",))

    async def _of_balance(self, draft: NewTransfer, currency: str) -> Moment:
        """When it is sent, of what is available in its world; the sender's account is held."""
        at = await self.availability.named_moment(draft.test_clock)
        available = await self.availability.held_available(currency, draft.test_clock)
        if draft.amount > available:
            raise DomainError(
                ErrorCode.BALANCE_INSUFFICIENT,
                f"Amount {draft.amount} exceeds the {max(0, available)} {currency} that {self.scope.account_id} has"
                " available.",
                "amount",
            )
        return Moment(at, draft.test_clock, at)

    async def _source(self, draft: NewTransfer, currency: str) -> Charge:
        """The charge whose money it is, held."""
        if not self.scope.stand.is_platform:
            raise _not_allowed(
                "Only the platform's own charges are transferred; leave out `sourceTransaction`.", "sourceTransaction"
            )
        assert draft.source_transaction is not None
        charge = await self.lock(Charge, draft.source_transaction, "sourceTransaction")
        if charge.status != ChargeStatus.SUCCEEDED or not charge.captured:
            raise DomainError(
                ErrorCode.CHARGE_UNEXPECTED_STATE,
                f"Charge {charge.id} brought no money; only what came in can be transferred.",
                "sourceTransaction",
            )
        if charge.currency != currency:
            raise DomainError(
                ErrorCode.CURRENCY_MISMATCH,
                f"Charge {charge.id} is in {charge.currency}; nothing is converted, so send {charge.currency}.",
                "currency",
            )
        return charge

    async def _of_charge(self, charge: Charge, amount: int) -> Moment:
        """When it is sent; refuses more than the charge has left of what came in and was not taken back."""
        sent = await wholes(self, await self.gather(Transfer, "source_charge_id", [charge.id]))
        left = charge.amount_captured - await self._given_back(charge) - sum(each.left for each in sent)
        if amount > left:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"Amount {amount} exceeds the {max(0, left)} {charge.currency} left to transfer of {charge.id}.",
                "amount",
            )
        [came] = await self.gather(BalanceTransaction, "id", [charge.balance_transaction_id])
        at = await self.present(came.test_clock_id)
        return Moment(at, came.test_clock_id, max(at, came.available_at))

    async def _given_back(self, charge: Charge) -> int:
        """What its customer has again of it: refunds, and what a bank has taken."""
        refunds = await self.gather(Refund, "charge_id", [charge.id])
        disputes = await self.gather(Dispute, "id", [charge.dispute_id])
        amounts: list[int] = [each.amount for each in refunds if each.status != RefundStatus.FAILED]
        amounts += (each.amount for each in disputes if not is_refundable(each.status))
        return sum(amounts)

    def _transfer(self, draft: NewTransfer, currency: str, moment: Moment, group: str | None) -> Transfer:
        return Transfer.made(
            id=self.new_id(Prefix.TRANSFER),
            created_at=moment.at,
            amount=draft.amount,
            currency=currency,
            destination_id=draft.destination,
            destination_payment_id=self.new_id(Prefix.DESTINATION_PAYMENT),
            source_charge_id=draft.source_transaction,
            transfer_group=group,
            description=draft.description,
            test_clock_id=moment.test_clock_id,
            metadata=merged_metadata({}, draft.metadata),
            **self.ownership(),
        )

    async def _write(self, transfer: Transfer, moment: Moment) -> None:
        """The transfer, what arrives of it, both movements, and the events on both accounts."""
        destination = transfer.destination_id
        sent = movement(
            self.scope, self.scope.account_id, BalanceTransactionType.TRANSFER, -transfer.amount, transfer.currency,
            transfer.id, moment, description=transfer.description,
        )  # fmt: skip
        arrived = movement(
            self.scope, destination, BalanceTransactionType.PAYMENT, transfer.amount, transfer.currency,
            transfer.destination_payment_id, moment, description=transfer.description,
        )  # fmt: skip
        transfer.balance_transaction_id = sent.id
        payment = DestinationPayment.made(
            id=transfer.destination_payment_id,
            created_at=moment.at,
            amount=transfer.amount,
            currency=transfer.currency,
            source_transfer_id=transfer.id,
            balance_transaction_id=arrived.id,
            description=transfer.description,
            **ownership_on(self.scope, destination),
        )
        await insert_rows([transfer])
        await insert_rows([payment])
        await insert_rows([sent, arrived])
        await expect_money(self.scope, [sent, arrived])
        self.events.record(EventType.TRANSFER_CREATED, WholeTransfer(transfer), at=moment.at)
        there = Events(on_account(self.scope, destination))
        there.record(EventType.PAYMENT_CREATED, WholeDestinationPayment(payment), at=moment.at)


def _refuse_unfit(draft: NewTransfer) -> str:
    """The currency; refuses, all together, what cannot be asked for."""
    problems = Problems()
    currency = checked(problems, currency_of, draft.currency)
    if draft.amount < 1:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A transfer of {draft.amount} is not possible; it would have to be at least 1.",
            "amount",
        )
    if draft.source_transaction is not None and draft.test_clock is not None:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "The money of a charge is in the world of its customer; leave out `testClock`.",
            "testClock",
        )
    checked(problems, merged_metadata, {}, draft.metadata)
    checked_where_given(problems, text_within, draft.description or "", DESCRIPTION_LENGTH_MAX, "description")
    checked_where_given(problems, text_within, draft.transfer_group or "", GROUP_LENGTH_MAX, "transferGroup")
    problems.raise_any()
    assert currency is not None
    return currency


def _not_allowed(message: str, param: str) -> DomainError:
    return DomainError(ErrorCode.TRANSFERS_NOT_ALLOWED, message, param)
