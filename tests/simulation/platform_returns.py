"""What the simulation of a platform may do when money goes back: refunds, and disputes lost and won."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from domain.disputes import DisputeReason, EvidenceDraft
from domain.lifecycles import ChargeStatus, DisputeStatus
from models import Charge, Dispute
from models.base import Owned
from services.disputes import DisputeChange, Disputes, Openings, SandboxDispute
from services.refunds import NewRefund, Refunds
from services.scope import Scope

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"refund": 9, "dispute": 2, "answer_dispute": 4, "let_dispute_be": 1}


class ReturnActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    async def refund(self, scope: Scope) -> Action | None:
        """Part or all of a charge goes back; sometimes too much is asked."""
        row = await self.any_of(scope, Charge, status=ChargeStatus.SUCCEEDED)
        if row is None:
            return None
        amount = self.dice.choice((None, row.amount // 3 or 1, row.amount // 7 or 1, row.amount + 1))
        draft = NewRefund(
            charge=row.id,
            amount=amount,
            reverse_transfer=self.dice.random() < (0.7 if (row.sharing or {}).get("transfer_data") else 0.02),
            refund_application_fee=self.dice.random() < (0.02 if row.application_fee_id is None else 0.6),
        )
        return lambda scope: Refunds(scope).create(draft)

    async def dispute(self, scope: Scope) -> Action | None:
        """A cardholder disputes a charge, or a part of it."""
        row = await self.any_of(scope, Charge, status=ChargeStatus.SUCCEEDED)
        if row is None:
            return None
        draft = SandboxDispute(
            charge=row.id,
            reason=self.dice.choice(tuple(DisputeReason)),
            amount=self.dice.choice((None, None, row.amount // 2 or 1)),
            is_inquiry=self.dice.random() < 0.3,
        )
        return lambda scope: Openings(scope).play(draft)

    async def answer_dispute(self, scope: Scope) -> Action | None:
        """Evidence is handed in."""
        row = await self.any_of(scope, Dispute)
        if row is None:
            return None
        text = self.dice.choice(("winning_evidence", "losing_evidence", "escalate_inquiry_evidence"))
        change = DisputeChange(evidence=EvidenceDraft(uncategorized_text=text))
        return lambda scope: Disputes(scope).update(row.id, change)

    async def let_dispute_be(self, scope: Scope) -> Action | None:
        """A dispute is accepted."""
        row = await self.any_of(scope, Dispute, status=DisputeStatus.NEEDS_RESPONSE)
        return None if row is None else lambda scope: Disputes(scope).close(row.id)
