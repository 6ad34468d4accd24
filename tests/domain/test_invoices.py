"""When invoices are due, when that is told, and what keeps one from being finalized."""

from datetime import UTC, datetime

import pytest

from domain.errors import DomainError
from domain.invoices import CollectionMethod, due_date_of, finalization_problem, reminder_at

AT = datetime(2027, 1, 31, 10, tzinfo=UTC)
SENT, CHARGED = CollectionMethod.SEND_INVOICE, CollectionMethod.CHARGE_AUTOMATICALLY


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, AT), (1, datetime(2027, 2, 1, 10, tzinfo=UTC)), (30, datetime(2027, 3, 2, 10, tzinfo=UTC))],
)
def test_invoice_is_due_whole_days_after_it_was_made(days: int, due: datetime) -> None:
    assert due_date_of(SENT, AT, days=days) == due


def test_invoice_is_due_at_the_date_that_was_said_and_a_charged_one_never() -> None:
    date = datetime(2027, 2, 14, tzinfo=UTC)
    assert due_date_of(SENT, AT, date=date) == date
    assert due_date_of(CHARGED, AT) is None


@pytest.mark.parametrize(
    ("method", "days", "date", "problem"),
    [
        (SENT, None, None, ("parameter_missing", "daysUntilDue")),
        (SENT, -1, None, ("parameter_invalid_integer", "daysUntilDue")),
        (SENT, 731, None, ("parameter_invalid_integer", "daysUntilDue")),
        (SENT, 3, AT, ("parameters_exclusive", "dueDate")),
        (SENT, None, AT, ("parameter_invalid", "dueDate")),
        (CHARGED, 3, None, ("parameter_unknown", "daysUntilDue")),
        (CHARGED, None, AT, ("parameter_unknown", "dueDate")),
    ],
)
def test_due_date_that_makes_no_sense_is_refused(
    method: CollectionMethod, days: int | None, date: datetime | None, problem: tuple[str, str]
) -> None:
    with pytest.raises(DomainError) as refused:
        due_date_of(method, AT, days=days, date=date)
    [found] = refused.value.problems
    assert (found.code.value, ".".join(found.param)) == problem


@pytest.mark.parametrize(
    ("days_before", "told"),
    [(3, datetime(2027, 2, 7, 10, tzinfo=UTC)), (0, None), (10, None), (11, None)],  # due ten days after it was made
)
def test_reminder_lies_between_finalization_and_due_date_or_is_left_out(
    days_before: int, told: datetime | None
) -> None:
    assert reminder_at(datetime(2027, 2, 10, 10, tzinfo=UTC), days_before, AT) == told


def test_more_than_one_payment_may_be_cannot_be_finalized() -> None:
    assert finalization_problem(99_999_999, "usd") is None
    assert finalization_problem(-5, "usd") is None
    problem = finalization_problem(100_000_000, "usd")
    assert problem is not None and problem.code.value == "amount_too_large"
