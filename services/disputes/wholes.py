"""Disputes with what their events show: their charges, and the movements of their money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.kinds import BalanceTransactionType
from models import BalanceTransaction, Charge, Customer, Dispute
from services.aggregates import WholeDispute
from services.base import Service


@dataclass(frozen=True, slots=True)
class Moment:
    """The time on a charge's clock, and that clock."""

    at: datetime
    test_clock_id: str | None


class WholeDisputes(Service):
    """Gathers them, in sets."""

    async def of(self, disputes: Sequence[Dispute], charges: Mapping[str, Charge] | None = None) -> list[WholeDispute]:
        """These disputes whole, in order; `charges` are those that are known already, by id."""
        known = dict(charges or {})
        lacking = {each.charge_id for each in disputes} - known.keys()
        known |= {each.id: each for each in await self.gather(Charge, "id", lacking)}
        moved = [each.id for each in disputes if each.balance_transaction_id is not None]
        movements: dict[str, list[BalanceTransaction]] = {}
        kind = BalanceTransactionType.ADJUSTMENT
        for movement in await self.gather(BalanceTransaction, "source_id", moved, order=("id",), type=kind):
            movements.setdefault(movement.source_id, []).append(movement)
        return [WholeDispute(each, known[each.charge_id], movements.get(each.id, [])) for each in disputes]

    async def moments(self, charges: Iterable[Charge]) -> dict[str, Moment]:
        """The time on the clocks of these charges' customers, by charge."""
        asked = list(charges)
        customers = await self.gather(Customer, "id", {each.customer_id for each in asked})
        clocks: dict[str | None, str | None] = {each.id: each.test_clock_id for each in customers}
        presents = await self.presents(clocks.values())
        found = {each.id: clocks.get(each.customer_id) for each in asked}
        return {charge_id: Moment(presents[clock_id], clock_id) for charge_id, clock_id in found.items()}
