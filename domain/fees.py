"""Fees: what the payment network keeps of a charge, and what billing itself keeps of a recurring one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.currencies import exponent_of
from domain.money import percentage_of

FIXED_BY_EXPONENT: Final = {0: 30, 2: 30, 3: 100}
"""The default fixed part in minor units. 30 is what the major currencies pay, the yen among them; a currency of three
decimals pays a tenth of its unit, which is worth about as much. Nothing is converted between currencies."""
DISPUTE_FEE: Final = 1500
"""What the network takes for a dispute, in minor units, where nothing else was agreed: 15.00 in the major currencies.
It is not given back when the dispute is won."""


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """A share of the amount in per cent, and a fixed part in minor units; without one the currency's default holds."""

    percent: Decimal = Decimal("2.9")
    fixed: int | None = None


DEFAULT_FEES: Final = FeeSchedule()


def processing_fee(amount: int, currency: str, schedule: FeeSchedule = DEFAULT_FEES) -> int:
    """The fee on a charge, in minor units: the share rounded half away from zero, plus the fixed part.

    Never more than the amount itself, so that a charge never costs money.
    """
    fixed = FIXED_BY_EXPONENT[exponent_of(currency)] if schedule.fixed is None else schedule.fixed
    return min(amount, percentage_of(amount, schedule.percent) + fixed)


def billing_fee(amount: int, percent: Decimal, *, processing: int) -> int:
    """What billing itself keeps of a charge for an invoice, in minor units, rounded half away from zero.

    Never more than the processing fee leaves of the amount.
    """
    return min(amount - processing, percentage_of(amount, percent))
