"""Drawing prepaid credit: what grants pay of the lines of an invoice, after discounts and before tax."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Credit:
    """What is left of a grant, in minor units of the invoice's currency, and the ids of the prices that it is for."""

    grant_id: str
    left: int
    prices: frozenset[str]


@dataclass(frozen=True, slots=True)
class CreditAmount:
    """What a grant pays of a line, in minor units; the line of the journal that says so, once there is one."""

    grant_id: str
    amount: int
    transaction_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {
            "credit_grant": self.grant_id,
            "amount": self.amount,
            "credit_balance_transaction": self.transaction_id,
        }


def drawn(
    nets: Sequence[int], prices: Sequence[str | None], credits: Sequence[Credit]
) -> list[tuple[CreditAmount, ...]]:
    """For each net amount what the credits pay of it: one credit after the other, line by line.

    Never more than a line, nor than all lines together: what other lines give back is not paid for twice.
    """
    taken: list[list[CreditAmount]] = [[] for _ in nets]
    open_amounts = [max(net, 0) for net in nets]
    room = max(sum(nets), 0)
    for credit in credits:
        left = credit.left
        for index, price in enumerate(prices):
            amount = min(left, open_amounts[index], room)
            if price is None or price not in credit.prices or amount <= 0:
                continue
            taken[index].append(CreditAmount(credit.grant_id, amount))
            open_amounts[index] -= amount
            left -= amount
            room -= amount
    return [tuple(each) for each in taken]
