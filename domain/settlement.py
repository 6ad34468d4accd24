"""What others have of a payment once it is made, and what of that goes back when the payment does.

    charged   |---- refunded ----|--- refunded ---|------- kept -------|
    a part    |-- goes back --|-- goes back --|------- stays ----------|

A part that goes back is reckoned from the beginning each time, so that roundings never add up: what all refunds so far
come to of the whole part, less what went back before. The last refund thus takes exactly the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.errors import ErrorCode, Problems
from domain.money import half_away_from_zero, rounded_down
from domain.sharing import Share, Sharing, amounts_of

GROUP_LENGTH_MAX: Final = 200


class TransferFailureReason(StrEnum):
    """Why an account did not receive its share of a payment."""

    ACCOUNT_DISCONNECTED = "account_disconnected"
    ACCOUNT_MISSING = "account_missing"
    CAPABILITY_INACTIVE = "capability_inactive"


@dataclass(frozen=True, slots=True)
class Division:
    """A payment divided: minor units for each share in order, and the platform's fee."""

    shares: Sequence[tuple[Share, int]]
    fee: int


def division_of(sharing: Sharing, paid: int) -> Division:
    """Who has what of `paid` minor units; shares of nothing are left out, and a fee is at most what was paid."""
    amounts = amounts_of(sharing.shares, paid)
    shares = [(share, amount) for share, amount in zip(sharing.shares, amounts, strict=True) if amount]
    return Division(shares, min(sharing.application_fee_amount or 0, paid))


def going_back(part: int, *, charged: int, refunded: int, back_already: int, left: int) -> int:
    """How much of a part of a payment goes back with a refund, in minor units.

    `refunded` is what all refunds that take their part along come to of what was `charged`, this one included;
    `back_already` is what earlier ones of them took. Rounded half away from zero, and never more than is `left`.
    """
    wanted = half_away_from_zero(Fraction(part * refunded, charged)) - back_already
    return max(0, min(left, wanted))


@dataclass(frozen=True, slots=True)
class Sent:
    """A share of a payment, what earlier refunds took back of it, and what may still be taken, in minor units."""

    amount: int
    back_already: int
    left: int


def shares_going_back(sent: Sequence[Sent], *, charged: int, refunded: int) -> list[int]:
    """How much of each share goes back with a refund, in minor units: `going_back` of all of them together.

    Each gives back its proportion rounded down, and the units left over come from those that lack most to theirs, the
    earlier first: so no refund takes more of all shares than it comes to. A share never gives more than it has left.
    """
    wanted = half_away_from_zero(Fraction(sum(each.amount for each in sent) * refunded, charged))
    wanted -= sum(each.back_already for each in sent)
    due = [max(Fraction(0), Fraction(each.amount * refunded, charged) - each.back_already) for each in sent]
    parts: list[int] = []
    for proportion in due:
        parts.append(max(0, min(rounded_down(proportion), wanted - sum(parts))))
    for index in sorted(range(len(sent)), key=lambda each: parts[each] - due[each]):
        if sum(parts) < wanted and parts[index] < due[index]:
            parts[index] += 1
    return [min(part, each.left) for part, each in zip(parts, sent, strict=True)]


def refuse_beyond(sharing: Sharing, total: int, problems: Problems) -> None:
    """Note a fee, or shares together, of more than the payment."""
    if sharing.application_fee_amount is not None and sharing.application_fee_amount > total:
        problems.add(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"A fee of {sharing.application_fee_amount} exceeds the payment of {total}; it can be all of it at most.",
            "applicationFeeAmount",
        )
    shared = sum(each.amount or 0 for each in sharing.shares)
    if shared > total:
        problems.add(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"The shares come to {shared}, more than the payment of {total}; they can be all of it at most.",
            "transferData",
        )
