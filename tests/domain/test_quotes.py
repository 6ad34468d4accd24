"""What quotes come to, how they are called, and until when they stand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.errors import DomainError, ErrorCode
from domain.invoicing import PriceFacts
from domain.periods import Interval, Recurrence
from domain.pricing import Rates
from domain.quotes import expiry_of, expiry_told_at, quote_number, quoted_line, totals_of

NOW = datetime(2027, 1, 31, 10, tzinfo=UTC)
MONTHLY = Recurrence(Interval.MONTH, 1)


def price(amount: str, recurrence: Recurrence | None = None) -> PriceFacts:
    """A price in dollars."""
    return PriceFacts("price_1", "prod_1", "Basic", "usd", Rates(Decimal(amount)), recurrence)


@pytest.mark.parametrize(
    ("monthly", "once", "trialing", "expected"),
    [
        # What recurs, in cents by quantity; what is charged once; then sum, at first, each month.
        ([("1500", 3)], [], False, (4500, 4500, 4500)),
        ([("1500", 3)], [("5000", 1)], False, (9500, 9500, 4500)),
        ([("1500", 1), ("0.5", 3)], [], False, (1502, 1502, 1502)),  # 1.5 cents are 2.
        ([("1500", 3)], [], True, (4500, 0, 4500)),
        ([("1500", 3)], [("5000", 1)], True, (9500, 5000, 4500)),
        ([], [("5000", 2)], False, (10000, 10000, None)),
        ([("0", 1)], [], False, (0, 0, 0)),
    ],
)
def test_what_a_quote_comes_to(
    monthly: list[tuple[str, int]],
    once: list[tuple[str, int]],
    trialing: bool,
    expected: tuple[int, int, int | None],
) -> None:
    lines = [quoted_line(price(amount, MONTHLY), quantity) for amount, quantity in monthly]
    lines += [quoted_line(price(amount), quantity) for amount, quantity in once]

    totals = totals_of(lines, trialing=trialing)

    assert (totals.amount, totals.upfront, totals.recurring) == expected
    assert totals.recurrence == (MONTHLY if monthly else None)


def test_line_says_what_it_is_for_and_how_it_came_about() -> None:
    line = quoted_line(price("0.5", MONTHLY), 3)

    assert line.description == "3 × Basic (at $0.005 / month)"
    assert line.calculation.explanation() == "3 × $0.005 = $0.015, rounded half away from zero to $0.02"


def test_number_has_prefix_sequence_and_revision() -> None:
    assert quote_number("JENNY", 7, 2) == "QT-JENNY-0007-2"
    assert quote_number("JENNY", 12345, 1) == "QT-JENNY-12345-1"


def test_quote_stands_for_thirty_days_unless_told() -> None:
    asked = datetime(2027, 2, 1, tzinfo=UTC)

    assert expiry_of(None, NOW) == datetime(2027, 3, 2, 10, tzinfo=UTC)
    assert (expiry_of(asked, NOW), expiry_told_at(asked)) == (asked, datetime(2027, 1, 25, tzinfo=UTC))
    with pytest.raises(DomainError, match="would have to be later than 2027-01-31 10:00:00 UTC") as refusal:
        expiry_of(NOW, NOW)
    assert refusal.value.problems[0].code is ErrorCode.PARAMETER_INVALID
