"""What the simulation of a platform may do with money between accounts: send it, take it back, give fees back."""

import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from domain.lifecycles import ChargeStatus, RefundStatus
from models import ApplicationFee, ApplicationFeeRefund, Charge, Refund, TestClock, Transfer, TransferReversal
from models.base import Owned
from services.scope import Scope
from services.transfers import ApplicationFees, NewFeeRefund, NewReversal, NewTransfer, Reversals, Transfers

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"transfer": 7, "transfer_charge": 6, "reverse": 5, "give_fee_back": 4}
AMOUNTS = (1, 100, 450, 2000, 50_000)


class TransferActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    def account(self) -> str:
        """One of the connected accounts."""
        raise NotImplementedError

    async def transfer(self, scope: Scope) -> Action | None:
        """Money that is available in some world goes to an account, or from one to its platform."""
        clocks = await TestClock.filter(account_id__in=(scope.account_id, scope.platform_id)).order_by("id")
        draft = NewTransfer(
            amount=self.dice.choice(AMOUNTS),
            currency=self.dice.choice(("usd", "usd", "eur")),
            destination=self.dice.choice((self.account(), scope.platform_id)),
            transfer_group=self.dice.choice((None, "ORDER")),
            test_clock=self.dice.choice((None, *(each.id for each in clocks))),
        )
        return lambda scope: Transfers(scope).create(draft)

    async def transfer_charge(self, scope: Scope) -> Action | None:
        """Part of a charge is sent separately; sometimes more than it has left, or of a currency that it is not in."""
        row = await self.any_of(scope, Charge, status=ChargeStatus.SUCCEEDED)
        if row is None:
            return None
        draft = NewTransfer(
            amount=self.dice.choice((row.amount // 3 or 1, row.amount // 2 or 1, row.amount, row.amount + 1)),
            currency=row.currency if self.dice.random() < 0.95 else "brl",
            destination=self.account(),
            source_transaction=row.id,
        )
        return lambda scope: Transfers(scope).create(draft)

    async def reverse(self, scope: Scope) -> Action | None:
        """Part or all of a transfer comes back, sometimes more than is left, with the fee of it or without."""
        row = await self.any_of(scope, Transfer)
        if row is None:
            return None
        draft = NewReversal(
            transfer=row.id,
            amount=self.dice.choice((None, row.amount // 3 or 1, row.amount // 2 or 1, row.amount + 1)),
            refund_application_fee=self.dice.random() < 0.3,
        )
        return lambda scope: Reversals(scope).create(draft)

    async def give_fee_back(self, scope: Scope) -> Action | None:
        """The platform gives part or all of a fee back."""
        row = await self.any_of(scope, ApplicationFee)
        if row is None:
            return None
        amount = self.dice.choice((None, row.amount // 3 or 1, row.amount // 2 or 1, row.amount + 1))
        return lambda scope: ApplicationFees(scope).refund(NewFeeRefund(fee=row.id, amount=amount))


async def check_taken_along() -> None:
    """What refunds took along is in proportion to what they gave back, where nothing else took of it."""
    refunds: dict[str, list[Refund]] = defaultdict(list)
    for refund in await Refund.all():
        refunds[refund.charge_id].append(refund)
    back: dict[str, Counter[bool]] = defaultdict(Counter)
    for reversal in await TransferReversal.all():
        back[reversal.transfer_id][reversal.source_refund_id is not None] += reversal.amount
    for given in await ApplicationFeeRefund.all():
        back[given.fee_id][given.source_refund_id is not None] += given.amount
    charges = {each.id: each for each in await Charge.all()}
    parts = [(each.id, each.amount, str(each.source_charge_id)) for each in await Transfer.filter(is_of_payment=True)]
    for identifier, amount, charge_id in parts:
        along = [each for each in refunds[charge_id] if each.reverse_transfer]
        _check_proportion(identifier, amount, charges[charge_id], along, back[identifier])
    for fee in await ApplicationFee.all():
        along = [each for each in refunds[fee.charge_id] if each.refund_application_fee]
        _check_proportion(fee.id, fee.amount, charges[fee.charge_id], along, back[fee.id])


def _check_proportion(
    identifier: str, part: int, charge: Charge, refunds: Sequence[Refund], taken: Counter[bool]
) -> None:
    """What went back of a part of a charge, by whether refunds took it, where these took it along."""
    assert refunds or not taken[True], f"refunds that take nothing along took {taken[True]} of {identifier}"
    if taken[False] or any(each.status == RefundStatus.FAILED for each in refunds):
        return
    total, whole = sum(each.amount for each in refunds), charge.amount_captured
    if refunds:
        rounded = (2 * part * total + whole) // (2 * whole)  # Half of a unit goes up.
        assert taken[True] == rounded, f"{taken[True]} of {identifier} went back, not {rounded}"
