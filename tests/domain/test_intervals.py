"""Which intervals go together on one subscription."""

import pytest

from domain.intervals import in_words, is_multiple, shortest_of
from domain.periods import Interval, Recurrence


def every(text: str) -> Recurrence:
    count, interval = text.split()
    return Recurrence(Interval(interval), int(count))


@pytest.mark.parametrize(
    ("longer", "shortest"),
    [
        ("1 year", "1 month"),
        ("12 month", "1 year"),
        ("6 month", "3 month"),
        ("1 year", "6 month"),
        ("1 week", "1 day"),
        ("1 month", "1 day"),
        ("3 year", "1 day"),
        ("14 day", "1 week"),
        ("1 week", "7 day"),
    ],
)
def test_multiples_of_the_shortest_go_together(longer: str, shortest: str) -> None:
    assert is_multiple(every(longer), every(shortest))


@pytest.mark.parametrize(
    ("longer", "shortest"),
    [
        ("1 month", "1 week"),
        ("1 year", "1 week"),
        ("3 month", "2 month"),
        ("1 year", "5 month"),
        ("1 month", "2 day"),
        ("10 day", "1 week"),
        ("1 week", "1 month"),
    ],
)
def test_others_do_not(longer: str, shortest: str) -> None:
    assert not is_multiple(every(longer), every(shortest))


def test_the_shortest_is_found_among_days_weeks_months_and_years() -> None:
    assert shortest_of(map(every, ["1 year", "1 month", "3 month"])) == every("1 month")
    assert shortest_of(map(every, ["1 month", "1 week"])) == every("1 week")
    assert shortest_of(map(every, ["2 year", "1 day", "1 week"])) == every("1 day")


def test_words() -> None:
    assert (in_words(every("1 month")), in_words(every("3 week"))) == ("1 month", "3 weeks")
