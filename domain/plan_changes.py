"""Upgrades and downgrades: which of them a change of items is, and which rule it follows when it says nothing itself.

What a subscription costs is compared per day, so that prices of different intervals can be told apart: a year counts as
twelve months, and a month as a twelfth of 365.25 days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.periods import Interval, Recurrence
from domain.pricing import Rates
from domain.subscriptions import ProrationBehavior


class ChangeBehavior(StrEnum):
    """How a change of items takes effect."""

    CHARGE_NOW = "charge_now"
    """At once; the difference for the rest of the period is invoiced at once."""
    PRORATE = "prorate"
    """At once; the difference waits for the next invoice."""
    WAIT_FOR_PERIOD_END = "wait_for_period_end"
    """With the next period, and without a difference."""
    NONE = "none"
    """At once, and without a difference: the new items are billed from the next period on."""

    @property
    def proration(self) -> ProrationBehavior:
        """What becomes of the difference."""
        return _PRORATIONS[self]


_PRORATIONS: Final = {
    ChangeBehavior.CHARGE_NOW: ProrationBehavior.ALWAYS_INVOICE,
    ChangeBehavior.PRORATE: ProrationBehavior.CREATE_PRORATIONS,
    ChangeBehavior.WAIT_FOR_PERIOD_END: ProrationBehavior.NONE,
    ChangeBehavior.NONE: ProrationBehavior.NONE,
}
_DAYS: Final = {
    Interval.DAY: Fraction(1),
    Interval.WEEK: Fraction(7),
    Interval.MONTH: Fraction(1461, 48),
    Interval.YEAR: Fraction(1461, 4),
}


@dataclass(frozen=True, slots=True)
class Rated:
    """So many units of a price: `rates` in minor units per interval."""

    rates: Rates
    quantity: int
    recurrence: Recurrence


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """How changes take effect that do not say it themselves."""

    upgrade: ChangeBehavior = ChangeBehavior.PRORATE
    downgrade: ChangeBehavior = ChangeBehavior.PRORATE

    @property
    def differ_from_stripe(self) -> bool:
        """Whether a change without a word of its own is anything but prorated."""
        return {self.upgrade, self.downgrade} != {ChangeBehavior.PRORATE}

    def behavior_of(self, before: Iterable[Rated], after: Iterable[Rated]) -> ChangeBehavior:
        """The rule for this change; one after which the cost is the same is prorated."""
        growth = cost_per_day(after) - cost_per_day(before)
        if growth == 0:
            return ChangeBehavior.PRORATE
        return self.upgrade if growth > 0 else self.downgrade


def cost_per_day(rated: Iterable[Rated]) -> Fraction:
    """What these cost together on an average day, in minor units; exact."""
    return sum(map(_per_day, rated), Fraction(0))


def _per_day(rated: Rated) -> Fraction:
    days = _DAYS[rated.recurrence.interval] * rated.recurrence.interval_count
    return Fraction(rated.rates.cost_of(rated.quantity).exact) / days
