"""Which changes are upgrades, and which rule they follow; worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.periods import Interval, Recurrence
from domain.plan_changes import ChangeBehavior, ChangeRules, Rated, cost_per_day
from domain.pricing import Rates

MONTHLY, YEARLY = Recurrence(Interval.MONTH), Recurrence(Interval.YEAR)
WEEKLY, QUARTERLY = Recurrence(Interval.WEEK), Recurrence(Interval.MONTH, 3)
RULES = ChangeRules(ChangeBehavior.CHARGE_NOW, ChangeBehavior.WAIT_FOR_PERIOD_END)


def rated(amount: str, recurrence: Recurrence = MONTHLY, quantity: int = 1) -> list[Rated]:
    return [Rated(Rates(Decimal(amount)), quantity, recurrence)]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (rated("1500"), rated("4000"), ChangeBehavior.CHARGE_NOW),
        (rated("4000"), rated("1500"), ChangeBehavior.WAIT_FOR_PERIOD_END),
        (rated("1500"), rated("1500"), ChangeBehavior.PRORATE),
        (rated("1000", quantity=3), rated("1000", quantity=2), ChangeBehavior.WAIT_FOR_PERIOD_END),
        (rated("1000"), rated("1000") + rated("0.5"), ChangeBehavior.CHARGE_NOW),
        (rated("1000"), rated("12000", YEARLY), ChangeBehavior.PRORATE),  # twelve months are a year
        (rated("1000"), rated("10000", YEARLY), ChangeBehavior.WAIT_FOR_PERIOD_END),  # ten months' price a year
        (rated("1000"), rated("3001", QUARTERLY), ChangeBehavior.CHARGE_NOW),
        (rated("1000"), rated("231", WEEKLY), ChangeBehavior.CHARGE_NOW),  # 33.00 a day; a month is 32.85 a day
        (rated("1000"), rated("229", WEEKLY), ChangeBehavior.WAIT_FOR_PERIOD_END),  # 32.71 a day
        (rated("0"), rated("1"), ChangeBehavior.CHARGE_NOW),
    ],
)
def test_a_change_follows_the_rule_for_its_direction(
    before: list[Rated], after: list[Rated], rule: ChangeBehavior
) -> None:
    assert RULES.behavior_of(before, after) is rule


def test_a_day_costs_its_share() -> None:
    assert cost_per_day(rated("1461", YEARLY, 2)) == 8  # 29.22 in 365.25 days
    assert cost_per_day(rated("1461", MONTHLY)) == 48
    assert cost_per_day(rated("7", WEEKLY) + rated("0.5", Recurrence(Interval.DAY))) == Fraction(3, 2)


def test_without_a_choice_everything_is_prorated() -> None:
    assert not ChangeRules().differ_from_stripe
    assert RULES.differ_from_stripe
