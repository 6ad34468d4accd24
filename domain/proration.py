"""Proration: what changes when an item is exchanged for another within a period, by the second.

    start |---- used ----| at |---- seconds ----| until |------| end
          |---------------- period_seconds ---------------------|

What a price is for is a full period; where less than that is billed, at its beginning or its end, the share is still
measured by the full one.

What discounts take off is in the amounts: both shares are those of the reduced price.

The unused share of what was in force is given back and the remaining share of what is in force from now on is charged,
as two lines, each rounded half away from zero (spec 02, Changing).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.calculations import UNUSED_TIME, Calculation, Reduction, calculation_of
from domain.invoicing import LineDraft, PriceFacts
from domain.money import half_away_from_zero


@dataclass(frozen=True, slots=True)
class Billed:
    """What an item is billed at: so many units of a price."""

    price: PriceFacts
    quantity: int
    reduction: Reduction | None = None
    """What discounts take off a full period."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One item whose price or quantity changes at `at`, which lies in the full period from `start` up to `end`.

    It is billed up to `until`, None for `end`. `before` is None for an item that is added, `after` for one that is
    removed.
    """

    subscription_item_id: str
    before: Billed | None
    after: Billed | None
    at: datetime
    start: datetime
    end: datetime
    until: datetime | None = None

    @property
    def ends(self) -> datetime:
        """Until when it is billed."""
        return self.until or self.end


def prorated(exchange: Exchange) -> tuple[LineDraft, ...]:
    """The credit and the charge of an exchange, as far as there are both; nothing when no time is left."""
    if exchange.at >= exchange.ends or exchange.before == exchange.after:
        return ()
    credit = () if exchange.before is None else (_line(exchange, exchange.before, "Unused", -1),)
    charge = () if exchange.after is None else (_line(exchange, exchange.after, "Remaining", 1),)
    return credit + charge


def _line(exchange: Exchange, billed: Billed, kind: str, sign: int) -> LineDraft:
    price = billed.price
    calculation = _calculation(exchange, billed, sign)
    return LineDraft(
        description=f"{kind} time on {billed.quantity} × {price.product_name} after {exchange.at:%d %b %Y}",
        amount=calculation.amount,
        currency=price.currency,
        quantity=billed.quantity,
        unit_amount=price.rates.unit_amount,
        price_id=price.price_id,
        product_id=price.product_id,
        subscription_item_id=exchange.subscription_item_id,
        period_start=exchange.at,
        period_end=exchange.ends,
        calculation=calculation,
        proration=True,
        discountable=False,
    )


def _calculation(exchange: Exchange, billed: Billed, sign: int) -> Calculation:
    assert exchange.start <= exchange.at < exchange.ends <= exchange.end, f"{exchange.at} is not within the period"
    seconds = int((exchange.ends - exchange.at).total_seconds())
    period_seconds = int((exchange.end - exchange.start).total_seconds())
    cost = calculation_of(billed.price.rates, billed.quantity, billed.price.currency)
    whole = replace(cost, reduction=billed.reduction)
    return replace(
        whole,
        amount=sign * half_away_from_zero(whole.reduced * seconds / period_seconds),
        method=UNUSED_TIME if sign < 0 else "remaining_time",
        seconds=seconds,
        period_seconds=period_seconds,
    )
