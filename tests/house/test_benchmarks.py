"""Every line of the performance table is measured, and told beside its floor. Nothing is timed here."""

import pytest

from benchmarks.__main__ import LINES
from benchmarks.figures import Asked, Figure, Skipped, Verdict
from benchmarks.readback import Change, Table, changes
from benchmarks.report import page, printed

FIGURE = Figure("5", "subscriptionCreate", "400/s", "sqlite3: 1,000/s", 0.4, Asked(first=0.2, goal=0.35), "300 rows")
SKIPPED = Skipped("6", "localstripe", "it could not be installed")


def test_every_line_of_the_foundation_is_measured() -> None:
    assert sorted(number for numbers in LINES for number in numbers) == [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14]


def test_the_page_tells_each_figure_with_its_floor_and_settings() -> None:
    text = page([FIGURE, SKIPPED], ["Python 3.11"], minutes=5)
    row = "| 5 | subscriptionCreate | 400/s | sqlite3: 1,000/s | **0.40** | ≥ 0.2 | ≥ 0.35 | goal met |"
    assert row in text.splitlines()
    assert "- 5: 300 rows." in text.splitlines()
    assert "| 6 | localstripe | not measured | it could not be installed |" in text
    assert "0.40 (first target ≥ 0.2, goal ≥ 0.35) goal met" in printed([FIGURE, SKIPPED])


@pytest.mark.parametrize(
    ("ratio", "asked", "verdict"),
    [
        (0.4, Asked(first=0.2, goal=0.35), Verdict.GOAL),
        (0.3, Asked(first=0.2, goal=0.35), Verdict.FIRST_TARGET),
        (0.1, Asked(first=0.2, goal=0.35), Verdict.BELOW),
        (12, Asked(first=10), Verdict.GOAL),
        (1.2, Asked(first=1.3, at_most=True), Verdict.GOAL),
        (1.4, Asked(first=1.3, at_most=True), Verdict.BELOW),
        (0.2, Asked(goal=0.5), Verdict.SHORT),
    ],
)
def test_a_ratio_is_judged_by_what_is_asked(ratio: float, asked: Asked, verdict: Verdict) -> None:
    assert asked.verdict(ratio) is verdict


def test_what_a_database_gained_is_read_back() -> None:
    before = {"t": Table("t", ["id", "name", "size"], {1: (1, "a", 5), 2: (2, "b", 5)})}
    after = {"t": Table("t", ["id", "name", "size"], {1: (1, "a", 6), 3: (3, "c", 5), 4: (4, "d", 5)})}
    (change,) = changes(before, after)
    assert change == Change("t", ["id", "name", "size"], [(3, "c", 5), (4, "d", 5)], ["size"], [(6, 1)], [2])
    # One row each; what is fewer than groups goes into both.
    assert change.part(1, 2) == Change("t", ["id", "name", "size"], [(4, "d", 5)], ["size"], [(6, 1)], [2])
