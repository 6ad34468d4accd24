"""How long trials may last, and when their end is told."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.calculations import Calculation
from domain.errors import DomainError
from domain.invoicing import BilledItem, PriceFacts, settled_beside_balance, trial_draft_of
from domain.periods import Interval, Recurrence
from domain.pricing import Rates
from domain.trials import NOW, Now, trial_end_of, trial_end_told_at

AT = datetime(2028, 2, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "end", "expected"),
    [
        (None, None, None),
        (None, NOW, None),
        (1, None, datetime(2028, 3, 1, 10, tzinfo=UTC)),
        (730, None, datetime(2030, 2, 28, 10, tzinfo=UTC)),  # 29 Feb 2028 + 366 + 364
        (None, datetime(2028, 2, 29, 10, 0, 1, tzinfo=UTC), datetime(2028, 2, 29, 10, 0, 1, tzinfo=UTC)),
        (None, datetime(2030, 2, 28, 10, tzinfo=UTC), datetime(2030, 2, 28, 10, tzinfo=UTC)),  # two years to the second
    ],
)
def test_a_trial_ends(days: int | None, end: datetime | Now | None, expected: datetime | None) -> None:
    assert trial_end_of(days, end, AT) == expected


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (0, None),
        (-1, None),
        (731, None),
        (None, AT),
        (None, datetime(2030, 2, 28, 10, 0, 1, tzinfo=UTC)),
        (3, NOW),
    ],
)
def test_a_trial_that_cannot_be_is_refused(days: int | None, end: datetime | Now | None) -> None:
    with pytest.raises(DomainError):
        trial_end_of(days, end, AT)


def test_its_end_is_told_three_days_before() -> None:
    assert trial_end_told_at(datetime(2028, 3, 1, 10, tzinfo=UTC)) == datetime(2028, 2, 27, 10, tzinfo=UTC)


def test_its_invoice_asks_for_nothing_and_says_why() -> None:
    price = PriceFacts("price_1", "prod_1", "Basic", "usd", Rates(Decimal(1500)), Recurrence(Interval.MONTH))
    end = datetime(2028, 3, 14, 10, tzinfo=UTC)

    draft = trial_draft_of([BilledItem("si_1", price, 3, AT, end)], "usd")

    [line] = draft.lines
    assert (draft.subtotal, draft.total, line.amount, line.quantity) == (0, 0, 0, 3)
    assert (line.description, line.period_start, line.period_end) == ("Trial period for Basic", AT, end)
    stored = Calculation.from_json(line.calculation.as_json())
    assert stored.explanation() == "Nothing is charged for the time of a trial"


@pytest.mark.parametrize("balance", [-500, 0, 700])
def test_it_leaves_the_balance_alone(balance: int) -> None:
    settlement = settled_beside_balance(0, balance, "usd")
    assert (settlement.starting_balance, settlement.ending_balance, settlement.amount_due) == (balance, balance, 0)
