"""Billing what was used: in arrears, each time by itself, and what came late with the next invoice.

    1 May |------ period ------| 1 June |------ period ------| 1 July
                 ·  ·   ·  ·              ·    ·      ·
                      ^ an event that is sent in June with a time in May

What was asked for a period is kept as what was `counted`. As long as the period is open, what its meter reads beyond
that is late, and is billed beside a later period by a line of its own; the two figures then agree again. Late usage
costs the difference that it makes in its own period: taking usage back gives back what it cost. So every event is
billed once, in whatever order events and invoices come: an event that a reading did not see is in the next difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from domain.calculations import CUT, TRIAL, Calculation, Late, Reduction, calculation_of
from domain.invoicing import LineDraft, PriceFacts, line_description, trial_description
from domain.money import EXACT, half_away_from_zero, unit_amount_text
from domain.pricing import Quantity, Rates, Step, StepKind

STAYS_OPEN: Final = timedelta(days=36)
"""Events are taken for 35 days, and canceled for another one."""
AMOUNT_MAX: Final = 10**15
"""Minor units that a line asks for at the most: far beyond what can be paid, and safe to add up."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time of one item at one price, for one customer, and what was asked for it so far: None when nothing was."""

    id: str
    subscription_item_id: str
    start: datetime
    end: datetime
    counted: Decimal | None
    in_trial: bool = False
    """Whether a trial makes it free."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a line bills: its span's own usage, or what came late for a span that was billed."""

    span: Span
    own: Decimal
    late: Late | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether its span is billed for the first time; otherwise all that it has is late."""
        return self.span.counted is None

    @property
    def quantity(self) -> Decimal:
        """What is billed; below zero when more was taken back than came."""
        return self.own if self.late is None else self.late.quantity

    @property
    def settles(self) -> bool:
        """Whether what its span was asked for changes with it."""
        return self.is_fresh or self.late is not None


def tallies(spans: Sequence[Span], earlier: Iterable[Span], read: Mapping[str, Decimal]) -> list[Tally]:
    """A tally for each span in order; then one for each of the `earlier` ones of which something is late.

    `read` is what meters say now, by span. A span that was counted has what is late, when named first.
    """
    behind = {
        each.id: each
        for each in earlier
        if each.id in read and each.counted is not None and read[each.id] != each.counted
    }
    found = []
    for span in spans:
        if span.counted is None:
            found.append(Tally(span, read.get(span.id, Decimal(0))))
        else:
            late = behind.pop(span.id, None)
            found.append(Tally(span, Decimal(0), None if late is None else _late(late, read)))
    return found + [Tally(each, Decimal(0), _late(each, read)) for each in behind.values()]


def _late(span: Span, read: Mapping[str, Decimal]) -> Late:
    before = span.counted or Decimal(0)
    return Late(EXACT.subtract(read[span.id], before), span.start, span.end, before)


def through(moment: datetime) -> datetime:
    """Where a time ends that is cut off now, at `moment`: after the present second, so that all of it is billed.

    Events have whole seconds, and some of this one may have been counted already.
    """
    return moment + timedelta(seconds=1)


def is_settled(end: datetime, at: datetime) -> bool:
    """Whether no event is taken any more for a time that ended then."""
    return at >= end + STAYS_OPEN


@dataclass(frozen=True, slots=True)
class Charged:
    """What lines asked for a time that was billed: what was taken off, and by what the last of them was reckoned."""

    reduction: Reduction | None = None
    """Also what is not asked for any more."""
    taxed_as: tuple[Mapping[str, Any], ...] | None = None
    discounts: tuple[str, ...] = ()
    """Ids of its own discounts."""
    tax_rates: tuple[str, ...] = ()
    """Ids of its own tax rates."""
    was_asked: bool = True
    """Whether there is any line; an item that waited may have been deleted."""
    waits: bool = False
    """Whether some of it is not invoiced yet, so that what will be taken off is not known."""


def usage_calculation(price: PriceFacts, tally: Tally, charged: Charged | None = None) -> Calculation:
    """What the usage costs and how that came about; rounded once, half away from zero.

    What is late costs what its own span costs with it less what that cost as it was asked for;
    where that gives back, less the share of it that was taken off what was `charged`.
    """
    if tally.is_fresh:
        found = calculation_of(price.rates, plain(tally.quantity), price.currency)
    elif tally.late is None:
        nothing = calculation_of(Rates(price.rates.unit_amount or Decimal(0)), 0, price.currency)  # no fees of tiers
        found = replace(nothing, method=TRIAL) if tally.span.in_trial else nothing
    else:
        found = _difference(price, tally.late)
    reduction = None if charged is None or found.amount >= 0 else _off(price, tally, charged)
    if reduction is not None:
        found = replace(found, reduction=reduction)
        found = replace(found, amount=half_away_from_zero(found.reduced))
    if abs(found.amount) > AMOUNT_MAX:
        return replace(found, amount=AMOUNT_MAX if found.amount > 0 else -AMOUNT_MAX, rounding=CUT)
    return found


def _off(price: PriceFacts, tally: Tally, charged: Charged) -> Reduction | None:
    """What usage that is taken back does not give back."""
    if charged.was_asked or tally.late is None:
        return charged.reduction
    cost = half_away_from_zero(price.rates.cost_of(tally.late.before).exact)
    return Reduction(cost, (), waived=cost) if cost > 0 else None


def _difference(price: PriceFacts, late: Late) -> Calculation:
    """What late usage adds to the cost of its own time."""
    now, before = price.rates.cost_of(EXACT.add(late.before, late.quantity)), price.rates.cost_of(late.before)
    exact = EXACT.subtract(now.exact, before.exact)
    steps = (*now.steps, Step(StepKind.BILLED, late.before, Decimal(0), -before.exact)) if now.steps else ()
    unit = price.rates.unit_amount
    return Calculation(
        currency=price.currency,
        unit_amount=None if unit is None else unit_amount_text(unit),
        quantity=plain(late.quantity),
        exact=unit_amount_text(exact),
        amount=half_away_from_zero(exact),
        steps=steps,
        late=(late,),
    )


def usage_description(price: PriceFacts, tally: Tally) -> str:
    """What the line says: "12 × Calls (at $0.01 / month), late use from 1 to 31 May"."""
    if tally.span.in_trial:
        return trial_description(price)
    said = line_description(price, plain(tally.quantity))
    return said if tally.late is None else f"{said}, {tally.late.in_words()}"


def usage_line(
    price: PriceFacts,
    tally: Tally,
    charged: Charged | None = None,
    *,
    discounts: Sequence[str] = (),
    tax_rates: Sequence[str] = (),
) -> LineDraft:
    """The line of a tally, for the time of its span; what it gives back has the tax that was `charged`."""
    calculation = usage_calculation(price, tally, charged)
    return LineDraft(
        description=usage_description(price, tally),
        amount=calculation.amount,
        currency=price.currency,
        quantity=int(tally.quantity),
        unit_amount=price.rates.unit_amount,
        price_id=price.price_id,
        product_id=price.product_id,
        subscription_item_id=tally.span.subscription_item_id,
        period_start=tally.span.start,
        period_end=tally.span.end,
        calculation=calculation,
        discounts=tuple(discounts),
        tax_rates=tuple(tax_rates),
        taxed_as=taxed_as(charged, Decimal(calculation.exact)),
        usage_period_id=tally.span.id,
    )


def taxed_as(charged: Charged | None, exact: Decimal) -> tuple[Mapping[str, Any], ...] | None:
    """How a line of usage is taxed when it gives back: as what was charged; None for the rates now in force."""
    return None if charged is None or exact >= 0 else charged.taxed_as


def plain(quantity: Decimal) -> Quantity:
    """The quantity as a whole number where it is one."""
    return int(quantity) if quantity == quantity.to_integral_value() else quantity


def projected(quantity: Decimal, since: datetime, now: datetime, end: datetime) -> Decimal:
    """What is used by `end` at the pace so far, rounded half away from zero to whole units; nothing of no time."""
    passed, whole = int((now - since).total_seconds()), int((end - since).total_seconds())
    if passed <= 0 or now >= end:
        return quantity
    return Decimal(half_away_from_zero(Fraction(quantity) * whole / passed))
