"""Subject and floor by turns, so that whatever else the machine does meets both, and the medians of it."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one side: seconds per operation by the clock, and of CPU where that is known."""

    seconds: float
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """All runs of one side."""

    samples: Sequence[Sample]

    @property
    def seconds(self) -> float:
        """Median by the clock."""
        return statistics.median(each.seconds for each in self.samples)

    @property
    def cpu_seconds(self) -> float | None:
        """Median of CPU time; None where it was not measured."""
        known = [each.cpu_seconds for each in self.samples if each.cpu_seconds is not None]
        return statistics.median(known) if known else None


def interleaved(rounds: int, *sides: Callable[[], Sample]) -> list[Side]:
    """Each side once per round, in changing direction; what each of them took."""
    taken: list[list[Sample]] = [[] for _ in sides]
    for number in range(rounds):
        order = list(enumerate(sides))
        for position, measure in order if number % 2 == 0 else reversed(order):
            taken[position].append(measure())
    return [Side(samples) for samples in taken]


def ratio(floor: Side, subject: Side) -> float:
    """How much of the floor's speed the subject reaches: 1 is as fast."""
    return floor.seconds / subject.seconds


def by_cpu(floor: Side, subject: Side) -> str:
    """The same ratio by the CPU time of both processes, which others on the machine disturb less, as a remark."""
    if not floor.cpu_seconds or not subject.cpu_seconds:
        return ""
    return f"; by CPU time {floor.cpu_seconds / subject.cpu_seconds:.2f}"


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """How many seconds the work took, and what it gave."""
    began = time.perf_counter()
    outcome = work()
    return time.perf_counter() - began, outcome


_BEGAN = time.monotonic()


def say(text: str) -> None:
    """Tell at once what is going on, and how many seconds after the start."""
    sys.stderr.write(f"{time.monotonic() - _BEGAN:4.0f}  {text}\n")
    sys.stderr.flush()
