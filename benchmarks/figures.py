"""A line of the table: what was measured, against which floor, and how far the ratio is from what is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How a ratio stands to what is asked for."""

    GOAL = "goal met"
    FIRST_TARGET = "first target met"
    BELOW = "below the first target"
    SHORT = "below the goal"
    TOLD = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a ratio, first and in the end; `at_most` where a small ratio is the good one."""

    first: float | None = None
    goal: float | None = None
    at_most: bool = False

    def verdict(self, ratio: float) -> Verdict:
        """The highest of the two that the ratio reaches."""
        if self._reached(ratio, self.goal):
            return Verdict.GOAL
        if self._reached(ratio, self.first):
            return Verdict.FIRST_TARGET if self.goal is not None else Verdict.GOAL
        if self.first is None:
            return Verdict.TOLD if self.goal is None else Verdict.SHORT
        return Verdict.BELOW

    def text(self, bound: float | None) -> str:
        """A bound as the table shows it."""
        if bound is None:
            return ""
        return f"{'≤' if self.at_most else '≥'} {bound:g}"

    def _reached(self, ratio: float, bound: float | None) -> bool:
        return bound is not None and (ratio <= bound if self.at_most else ratio >= bound)


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison. `subject` and `floor` tell the medians with their units, `settings` sizes and circumstances."""

    number: str
    what: str
    subject: str
    floor: str
    ratio: float
    asked: Asked = field(default_factory=Asked)
    settings: str = ""

    @property
    def verdict(self) -> Verdict:
        """How the ratio stands to what is asked for."""
        return self.asked.verdict(self.ratio)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that could not be measured here, and why."""

    number: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: the whole table, or (`quick`) a look at it."""

    quick: bool = False

    def of(self, whole: int, quick: int) -> int:
        """The number for this extent."""
        return quick if self.quick else whole


Outcome = Figure | Skipped
Outcomes = Sequence[Outcome]


def per_second(seconds: float) -> str:
    """How often a second an operation of this length happens, as the table shows it."""
    rate = 1 / seconds
    return f"{rate:,.0f}/s" if rate >= 100 else f"{rate:.1f}/s"


def length(seconds: float) -> str:
    """A duration as the table shows it."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1_000:.2f} ms" if seconds >= 0.001 else f"{seconds * 1_000_000:.0f} µs"
