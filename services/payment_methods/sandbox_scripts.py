"""Outcomes that a tester wrote for the next charges of a payment method, used up in order."""

from collections.abc import Sequence

from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from gateways.sandbox import ScriptedOutcome
from models import PaymentMethod, SandboxOutcome
from services.base import Service
from services.idempotency import transactional
from services.rows import insert_rows, update_rows

OUTCOMES_MAX = 100


class SandboxScripts(Service):
    """Writes outcomes down and hands them to charges. Test mode only."""

    @transactional
    async def write(self, payment_method: str, outcomes: Sequence[ScriptedOutcome]) -> PaymentMethod:
        """The payment method whose next charges end like this; what was written before and is not used up goes."""
        if self.scope.livemode:
            raise DomainError(
                ErrorCode.TEST_MODE_ONLY, "Outcomes can be scripted in test mode only; use a key that begins sk_test_."
            )
        if len(outcomes) > OUTCOMES_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"The script has {len(outcomes)} outcomes; it may have {OUTCOMES_MAX}.",
                "outcomes",
            )
        row = await self.lock(PaymentMethod, payment_method, "paymentMethod")
        await self.mine(SandboxOutcome).filter(payment_method_id=row.id, charge_id=None).delete()
        now = self.scope.clock.now()
        await insert_rows(
            [
                SandboxOutcome(
                    id=self.new_id(Prefix.SANDBOX_OUTCOME),
                    created_at=now,
                    payment_method_id=row.id,
                    outcome=outcome,
                    **self.ownership(),
                )
                for outcome in outcomes
            ]
        )
        return row

    async def take(self, charges: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Use up the next outcome of each payment method, in sets: (payment method, charge) → outcome by charge.

        Within a transaction. Charges whose method has nothing written are absent.
        """
        if self.scope.livemode:
            return {}
        unused: dict[str, list[SandboxOutcome]] = {}
        methods = [method for method, _ in charges]
        for row in await self.gather(SandboxOutcome, "payment_method_id", methods, lock=True):
            if row.charge_id is None:
                unused.setdefault(row.payment_method_id, []).append(row)
        taken = []
        for method, charge_id in charges:
            if waiting := unused.get(method):
                row = waiting.pop(0)
                row.charge_id = charge_id
                taken.append(row)
        await update_rows(taken, ("charge_id",))
        return {str(row.charge_id): row.outcome for row in taken}
