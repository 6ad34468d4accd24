"""When a declined payment is tried again: tables worked out with a calendar of 2027 at hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from domain.dunning import (
    REFUSAL_WAIT_DAYS,
    WINDOW_DAYS,
    DeclineClass,
    RetryPolicy,
    RetryRules,
    RetryWindow,
    Tries,
    decline_class,
    next_try,
    share_recovered,
    wait_days,
)
from domain.errors import DomainError
from gateways.outcomes import Advice
from gateways.sandbox.declines import DeclineCode, declined

FIRST = datetime(2027, 2, 28, 11, tzinfo=UTC)  # a Sunday
SMART = RetryRules(RetryPolicy.SMART, RetryWindow.TWO_WEEKS, ())


def retries(rules: RetryRules, reason: DeclineClass, worked_at: datetime | None = None) -> list[str]:
    """All retries when every one of them fails for the same reason: day and hour."""
    found = [FIRST]
    while True:
        tries = Tries(first_at=FIRST, last_at=found[-1], retries=len(found) - 1, reason=reason, worked_at=worked_at)
        at = next_try(rules, tries)
        if at is None:
            return [f"{each:%m-%d %H}" for each in found[1:]]
        found.append(at)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (RetryWindow.ONE_WEEK, ["03-01 11", "03-05 11"]),
        (RetryWindow.TWO_WEEKS, ["03-01 11", "03-05 11", "03-12 11"]),
        (RetryWindow.THREE_WEEKS, ["03-01 11", "03-05 11", "03-12 11", "03-15 11", "03-19 11"]),
        (RetryWindow.ONE_MONTH, ["03-01 11", "03-05 11", "03-12 11", "03-15 11", "03-19 11", "03-26 11"]),
        (
            RetryWindow.TWO_MONTHS,  # eight at most
            [f"{day} 11" for day in ("03-01", "03-05", "03-12", "03-15", "03-19", "03-26", "04-01", "04-02")],
        ),
    ],
)
def test_funds_are_looked_for_on_pay_days(window: RetryWindow, expected: list[str]) -> None:
    assert retries(RetryRules(RetryPolicy.SMART, window, ()), DeclineClass.FUNDS) == expected


def test_trouble_is_over_in_hours() -> None:
    # 2, 6, 12, 24, 24, 48, 48 and 72 hours after one another
    expected = ["02-28 13", "02-28 19", "03-01 07", "03-02 07", "03-03 07", "03-05 07", "03-07 07", "03-10 07"]
    assert retries(SMART, DeclineClass.TROUBLE) == expected


@pytest.mark.parametrize("reason", [DeclineClass.REFUSAL, DeclineClass.HARD])
def test_refusal_is_asked_again_every_other_day(reason: DeclineClass) -> None:
    expected = ["03-01 11", "03-03 11", "03-05 11", "03-07 11", "03-09 11", "03-11 11", "03-13 11", "03-14 11"]
    assert retries(SMART, reason) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        # The 7th is a day on which it worked; the last Friday, the 12th at 08:30, is within the two weeks.
        (DeclineClass.FUNDS, ["03-01 08", "03-05 08", "03-07 08", "03-12 08"]),
        (DeclineClass.REFUSAL, [f"03-{day:02d} 08" for day in (1, 3, 5, 7, 9, 11, 13, 14)]),
    ],
)
def test_day_and_hour_that_worked_before_are_tried(reason: DeclineClass, expected: list[str]) -> None:
    assert retries(SMART, reason, datetime(2026, 12, 7, 8, 30, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("waits", "expected"),
    [((), []), ((3,), ["03-03 11"]), ((3, 5, 7), ["03-03 11", "03-08 11", "03-15 11"])],
)
def test_custom_waits_are_counted_from_the_try_before(waits: Sequence[int], expected: list[str]) -> None:
    assert retries(RetryRules(RetryPolicy.CUSTOM, RetryWindow.ONE_WEEK, waits), DeclineClass.TROUBLE) == expected


def test_waits_after_a_refusal_fill_their_window() -> None:
    assert {window: sum(waits) for window, waits in REFUSAL_WAIT_DAYS.items()} == WINDOW_DAYS


@pytest.mark.parametrize("reason", DeclineClass)
@pytest.mark.parametrize("window", RetryWindow)
def test_retries_only_move_on(window: RetryWindow, reason: DeclineClass) -> None:
    midnight = datetime(2026, 12, 31, tzinfo=UTC)
    found = retries(RetryRules(RetryPolicy.SMART, window, ()), reason, midnight)
    assert 0 < len(found) <= 8
    assert all(before < after for before, after in pairwise(found))


def test_codes_that_should_not_be_tried_again_are_hard() -> None:
    for code in DeclineCode:
        advised = declined(code).advice is Advice.DO_NOT_TRY_AGAIN
        needs_customer = code is DeclineCode.AUTHENTICATION_REQUIRED
        assert (decline_class(code, None) is DeclineClass.HARD) == (advised or needs_customer), code


@pytest.mark.parametrize(
    ("code", "advice", "expected"),
    [
        ("insufficient_funds", "try_again_later", DeclineClass.FUNDS),
        ("processing_error", None, DeclineClass.TROUBLE),
        ("do_not_honor", None, DeclineClass.REFUSAL),
        ("stolen_card", None, DeclineClass.HARD),
        ("code_of_tomorrow", None, DeclineClass.REFUSAL),
        ("code_of_tomorrow", "do_not_try_again", DeclineClass.HARD),
        (None, None, DeclineClass.REFUSAL),
    ],
)
def test_decline_has_its_class(code: str | None, advice: str | None, expected: DeclineClass) -> None:
    assert decline_class(code, advice) is expected


@pytest.mark.parametrize("days", [0, 61])
def test_wait_out_of_range_is_refused(days: int) -> None:
    with pytest.raises(DomainError, match="from 1 to 60"):
        wait_days(days)


@pytest.mark.parametrize(
    ("recovered", "failed", "rate"),
    [(0, 0, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (5, 5, "100.00")],
)
def test_share_recovered_is_told_with_two_decimals(recovered: int, failed: int, rate: str) -> None:
    assert share_recovered(recovered, failed) == rate
