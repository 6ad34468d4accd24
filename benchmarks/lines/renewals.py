"""Lines 7 and 8: ten thousand renewals on each database, against their rows written by the bare driver."""

import asyncio
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.databases import PostgresServer, folder, postgres_server, sqlite_copy, sqlite_file, sqlite_url
from benchmarks.figures import Asked, Extent, Figure, per_second
from benchmarks.processes import module, run_json
from benchmarks.readback import Table, changes, groups_of, matching, postgres_image, sqlite_image, told
from benchmarks.rounds import Sample, Side, by_cpu, interleaved, ratio, say
from benchmarks.stored import Stock

GROUP_SIZE = 1_000

Image = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Place:
    """How to get copies of one filled database, and to look at what they hold."""

    number: str
    name: str
    copy: Callable[[str], str]
    copy_of_few: Callable[[str], str]
    image: Callable[[str], Image]
    floor: str
    cpu_tells: bool
    """Whether both sides do all of their work in their own processes."""


def measure_sqlite(extent: Extent) -> list[Figure]:
    """Line 7."""
    with folder() as place:
        large = sqlite_file(place / "base.db", Stock(_count(extent)))
        small = sqlite_file(place / "small.db", Stock(_singles(extent)))
        return _measure(
            Place(
                "7",
                "SQLite",
                copy=lambda name: sqlite_url(sqlite_copy(large, f"{name}.db")),
                copy_of_few=lambda name: sqlite_url(sqlite_copy(small, f"{name}.db")),
                image=lambda url: sqlite_image(Path(url.removeprefix("sqlite://"))),
                floor="sqlite3: executemany",
                cpu_tells=True,
            ),
            extent,
            place,
        )


def measure_postgres(extent: Extent) -> list[Figure]:
    """Line 8."""
    with folder() as place, postgres_server() as server:
        return _measure_on(server, extent, place)


def _measure_on(server: PostgresServer, extent: Extent, place: Path) -> list[Figure]:
    base, small = "prorata_bench_base", "prorata_bench_small"
    try:
        server.filled(base, Stock(_count(extent)))
        server.filled(small, Stock(_singles(extent)))
        return _measure(
            Place(
                "8",
                f"PostgreSQL {server.version()}",
                copy=lambda name: server.fresh(name, base),
                copy_of_few=lambda name: server.fresh(name, small),
                image=lambda url: asyncio.run(postgres_image(url)),
                floor="asyncpg: COPY, UPDATE … FROM unnest",
                cpu_tells=False,
            ),
            extent,
            place,
        )
    finally:
        for name in (base, small, "subject", "floor"):
            server.drop(name)


def _measure(where: Place, extent: Extent, place: Path) -> list[Figure]:
    count = _count(extent)
    say(f"{count:,} renewals on {where.name}, read back")
    before = where.image(where.copy("floor"))
    url = where.copy("subject")
    _renewed(url, GROUP_SIZE, count)
    after = where.image(url)
    changed = changes(before, after)
    file = place / "groups.pickle"
    file.write_bytes(pickle.dumps(groups_of(changed, max(1, count // GROUP_SIZE))))
    _written(url := where.copy("floor"), file, count)
    matching(lambda: where.image(url), after)

    def subject() -> Sample:
        return _renewed(where.copy("subject"), GROUP_SIZE, count)

    def floor() -> Sample:
        return _written(where.copy("floor"), file, count)

    def single() -> Sample:
        return _renewed(where.copy_of_few("subject"), 1, _singles(extent))

    sides = interleaved(extent.of(3, 1), subject, floor, single)
    return _figures(where, extent, sides, told(changed, count))


def _figures(where: Place, extent: Extent, sides: Sequence[Side], rows: str) -> list[Figure]:
    subject, floor, single = sides
    by_cpu_alone = by_cpu(floor, subject) if where.cpu_tells else ""
    return [
        Figure(
            where.number,
            f"{_count(extent):,} renewals on {where.name}",
            per_second(subject.seconds),
            f"{where.floor}: {per_second(floor.seconds)}",
            ratio(floor, subject),
            Asked(first=0.3, goal=0.5),
            f"groups of {GROUP_SIZE:,}; {rows}; both arrive at the same rows{by_cpu_alone}",
        ),
        Figure(
            f"{where.number}b",
            f"groups of {GROUP_SIZE:,} on {where.name}",
            per_second(subject.seconds),
            f"the same code, groups of 1: {per_second(single.seconds)}",
            ratio(single, subject),
            Asked(first=10),
            f"groups of 1 over {_singles(extent)} stored subscriptions",
        ),
    ]


def _renewed(url: str, group_size: int, count: int) -> Sample:
    told_back: Any = run_json(module("benchmarks.renewing", "subject", url, str(group_size)))
    if told_back["renewed"] != count:
        raise RuntimeError(f"{told_back['renewed']} of {count} subscriptions were renewed and paid.")
    return Sample(told_back["seconds"] / count, told_back["cpu"] / count)


def _written(url: str, file: Path, count: int) -> Sample:
    told_back: Any = run_json(module("benchmarks.renewing", "floor", url, str(file)))
    return Sample(told_back["seconds"] / count, told_back["cpu"] / count)


def _count(extent: Extent) -> int:
    return extent.of(10_000, 1_000)


def _singles(extent: Extent) -> int:
    return extent.of(200, 100)
