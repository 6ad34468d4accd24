"""`python -m benchmarks [--only 1,4] [--quick]`: measures, prints the table, and writes the page after a whole run."""

import argparse
import os
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.databases import postgres_server
from benchmarks.figures import Extent, Outcome, Skipped
from benchmarks.lines import (
    creation,
    localstripe,
    metered_renewals,
    metering,
    papers,
    reads,
    renewals,
    startup,
    typename,
)
from benchmarks.machine import description
from benchmarks.processes import LOAD_CORE, pin
from benchmarks.report import page, printed
from benchmarks.rounds import say

PAGE = Path(__file__).with_name("README.md")

LINES: dict[tuple[int, ...], Callable[[Extent], Sequence[Outcome]]] = {
    (1, 2, 3): reads.measure,
    (4,): typename.measure,
    (5,): creation.measure,
    (6,): localstripe.measure,
    (7,): renewals.measure_sqlite,
    (8,): renewals.measure_postgres,
    (10,): metering.measure,
    (11,): metered_renewals.measure,
    (13,): startup.measure,
    (14,): papers.measure,
}
"""What measures which lines of the table."""


def main() -> None:
    """Measure what was asked for."""
    options = _options()
    extent = Extent(quick=options.quick)
    pin(LOAD_CORE)
    began, others = time.monotonic(), os.getloadavg()[0]
    outcomes: list[Outcome] = []
    for numbers, measure in LINES.items():
        wanted = [number for number in numbers if number in (options.only or numbers)]
        if wanted:
            say(f"Line {', '.join(map(str, wanted))}")
            found = _measured(wanted, measure, extent)
            outcomes += found
            say(printed(found).replace("\n", "\n  "))
    minutes = (time.monotonic() - began) / 60
    print(printed(outcomes))
    if options.quick or options.only:
        print(f"\nOnly a whole run writes {PAGE.name}.")
        return
    PAGE.write_text(page(outcomes, description(_postgres(), others), minutes), encoding="utf-8")
    print(f"\nWritten to {PAGE.parent.name}/{PAGE.name} after {minutes:.1f} minutes.")


def _measured(
    numbers: Sequence[int], measure: Callable[[Extent], Sequence[Outcome]], extent: Extent
) -> Sequence[Outcome]:
    """The figures of some lines; one that breaks stops no other."""
    try:
        return measure(extent)
    except Exception as error:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return [Skipped(str(number), "broken", reason) for number in numbers]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=_numbers, metavar="N,M", help="only these lines of the table")
    parser.add_argument("--quick", action="store_true", help="smaller sizes and fewer rounds")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    known = sorted(number for numbers in LINES for number in numbers)
    numbers = [int(each) for each in text.split(",")]
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no line {unknown[0]}; there are {', '.join(map(str, known))}")
    return numbers


def _postgres() -> str:
    with postgres_server() as server:
        return f"PostgreSQL {server.version()}"


if __name__ == "__main__":
    main()
