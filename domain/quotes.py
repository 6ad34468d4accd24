"""Quotes: what is offered, until when, under which number, and what it comes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.calculations import Calculation, calculation_of
from domain.errors import DomainError, ErrorCode
from domain.invoicing import PriceFacts, line_description
from domain.periods import Recurrence

EXPIRES_AFTER: Final = timedelta(days=30)
"""How long a quote stands unless its maker says otherwise (Stripe's)."""
TOLD_BEFORE: Final = timedelta(days=7)
"""How long before it a quote's expiry is told."""
LINES_MAX: Final = 20
QUANTITY_MAX: Final = 10**9
HEADER_LENGTH_MAX: Final = 50
TEXT_LENGTH_MAX: Final = 500
"""Of the footer and of descriptions."""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """So many units of a price: what they cost once, or each period when `recurrence` says how often they recur."""

    description: str
    amount: int
    recurrence: Recurrence | None
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class QuoteTotals:
    """What a quote comes to, in minor units.

    `amount` is the sum of its lines, `upfront` what the first invoice will ask for, `recurring` what every period
    costs; None without a recurring price.
    """

    amount: int
    upfront: int
    recurring: int | None
    recurrence: Recurrence | None


def quoted_line(price: PriceFacts, quantity: int) -> QuotedLine:
    """The line for so many units, with the amount and the words that an invoice will have for them."""
    calculation = calculation_of(price.rates, quantity, price.currency)
    return QuotedLine(line_description(price, quantity), calculation.amount, price.recurrence, calculation)


def totals_of(lines: Sequence[QuotedLine], *, trialing: bool) -> QuoteTotals:
    """What these lines come to. With a trial, nothing that recurs is asked for at first."""
    recurring = [line for line in lines if line.recurrence is not None]
    once, each_period = _sum(lines) - _sum(recurring), _sum(recurring)
    return QuoteTotals(
        amount=once + each_period,
        upfront=once if trialing else once + each_period,
        recurring=each_period if recurring else None,
        recurrence=recurring[0].recurrence if recurring else None,
    )


def quote_number(prefix: str, sequence: int, revision: int) -> str:
    """The number of a quote: the customer's prefix, which of their quotes it is, and its revision.

    "QT-K3J9ZQ12AB-0001-1" (Stripe's form).
    """
    return f"QT-{prefix}-{sequence:04d}-{revision}"


def expiry_of(expires_at: datetime | None, at: datetime) -> datetime:
    """When a quote expires that is made at `at`: as asked for, which has to lie ahead, or in 30 days."""
    if expires_at is None:
        return at + EXPIRES_AFTER
    if expires_at <= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A quote cannot expire at {expires_at:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC.",
            "expiresAt",
        )
    return expires_at


def expiry_told_at(expires_at: datetime) -> datetime:
    """When the coming expiry is told; nobody is told of one that is nearer when it is set."""
    return expires_at - TOLD_BEFORE


def _sum(lines: Iterable[QuotedLine]) -> int:
    return sum(line.amount for line in lines)
