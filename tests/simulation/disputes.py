"""What the simulation may do with disputes, and what holds of them."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from domain.agenda import AgendaKind
from domain.disputes import INQUIRIES, DisputeReason, EvidenceDraft, ends_at, is_refundable
from domain.lifecycles import DISPUTE, ChargeStatus, DisputeStatus, RefundStatus
from models import AgendaEntry, BalanceTransaction, Charge, Dispute, Refund
from services.disputes import DisputeChange, Disputes, Openings, SandboxDispute
from services.scope import Scope

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"dispute": 4, "answer_dispute": 4, "let_dispute_be": 1}
_TEXTS = ("winning_evidence", "losing_evidence", "escalate_inquiry_evidence", "See the log.", None)


class DisputeActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def dispute(self) -> Action | None:
        """A cardholder disputes a charge, or a part of it; sometimes more than is left."""
        row = _any(self.dice, await Charge.filter(status=ChargeStatus.SUCCEEDED).order_by("id"))
        if row is None:
            return None
        draft = SandboxDispute(
            charge=row.id,
            reason=self.dice.choice(tuple(DisputeReason)),
            amount=self.dice.choice((None, None, row.amount // 2 or 1, row.amount + 1)),
            is_inquiry=self.dice.random() < 0.4,
        )
        return lambda scope: Openings(scope).play(draft)

    async def answer_dispute(self) -> Action | None:
        """Evidence is kept or handed in."""
        row = _any(self.dice, await Dispute.all().order_by("id"))
        if row is None:
            return None
        evidence = EvidenceDraft(uncategorized_text=self.dice.choice(_TEXTS), customer_name="Jenny")
        change = DisputeChange(evidence=evidence, submit=self.dice.choice((None, False)), metadata={"a": "b"})
        return lambda scope: Disputes(scope).update(row.id, change)

    async def let_dispute_be(self) -> Action | None:
        """A dispute is accepted."""
        row = _any(self.dice, await Dispute.filter(status=DisputeStatus.NEEDS_RESPONSE).order_by("id"))
        return None if row is None else lambda scope: Disputes(scope).close(row.id)


async def check_disputes() -> None:
    """A charge has one dispute at most; its money moved as the status says; whatever is open will end."""
    charges = {each.id: each for each in await Charge.exclude(dispute_id=None)}
    disputes = await Dispute.all()
    assert {each.charge_id: each.id for each in disputes} == {key: each.dispute_id for key, each in charges.items()}
    refunds: Counter[str] = Counter()
    for refund in await Refund.exclude(status=RefundStatus.FAILED):
        refunds[refund.charge_id] += refund.amount
    movements: dict[str, list[BalanceTransaction]] = {}
    for movement in await BalanceTransaction.filter(type="adjustment").order_by("id"):
        movements.setdefault(movement.source_id, []).append(movement)
    ends = {each.subject_id: each for each in await AgendaEntry.filter(kind=AgendaKind.DISPUTE_END)}
    for dispute in disputes:
        charge = charges[dispute.charge_id]
        assert 0 < dispute.amount <= charge.amount_captured, dispute.id
        if not is_refundable(dispute.status):
            assert dispute.amount + refunds[charge.id] <= charge.amount_captured, dispute.id
        check_money(dispute, movements.pop(dispute.id, []))
        check_end(dispute, ends.pop(dispute.id, None))
    assert not movements and not ends
    assert await AgendaEntry.filter(kind=AgendaKind.DISPUTE_OPEN).count() == 0


def check_money(dispute: Dispute, movements: Sequence[BalanceTransaction]) -> None:
    """Nothing moved for an inquiry; what was taken came back when it was won, without the fee."""
    expected = [] if dispute.status in INQUIRIES else [-dispute.amount]
    if dispute.status == DisputeStatus.WON:
        expected.append(dispute.amount)
    assert [each.amount for each in movements] == expected, dispute.id
    assert [each.reinstates for each in movements] == [False, True][: len(expected)], dispute.id
    ids = (dispute.balance_transaction_id, dispute.reinstatement_balance_transaction_id)
    assert [each.id for each in movements] == [each for each in ids if each is not None], dispute.id


def check_end(dispute: Dispute, end: AgendaEntry | None) -> None:
    """What nobody decides ends by itself; what is over, or read by a bank that took the money, does not."""
    status = DisputeStatus(dispute.status)
    if DISPUTE.ended(status) or status is DisputeStatus.UNDER_REVIEW:
        assert end is None, dispute.id
    else:
        assert end is not None and end.due_at == ends_at(status, dispute.created_at, dispute.due_by), dispute.id


def _any(dice: random.Random, rows: Sequence[ROW]) -> ROW | None:
    return dice.choice(rows) if rows else None
