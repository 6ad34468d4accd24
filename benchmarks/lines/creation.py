"""Line 5: subscriptions made over HTTP with a card that is charged, against their rows written by plain `sqlite3`."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import folder, sqlite_copy, sqlite_file
from benchmarks.documents import CREATE
from benchmarks.figures import Asked, Extent, Figure, per_second
from benchmarks.load import graphql, load, settled
from benchmarks.processes import Server, server
from benchmarks.readback import Change, SqliteFloor, changes, groups_of, sqlite_image, told
from benchmarks.rounds import Sample, Side, ratio, say, timed
from benchmarks.stored import SECRET, Stock, payer, price

CONNECTIONS = 4
_WARMING = 20


def creations(first: int, count: int) -> Iterator[bytes]:
    """So many requests, each for a customer of its own, who has a default card."""
    for number in range(first, first + count):
        customer, _ = payer(number)
        yield graphql(CREATE, {"input": {"customer": customer, "items": [{"price": price()}]}}, secret=SECRET)


def made(house: Server, first: int, count: int, connections: int = CONNECTIONS) -> Sample:
    """Make so many subscriptions; seconds for each. Raises when one was not made and paid."""
    before = house.cpu_seconds()
    answers = load(house.port, creations(first, count), connections=connections, keep=True)
    settled(answers.kept, "subscriptionCreate")
    if any(b'"status":"ACTIVE"' not in body for body in answers.kept):
        raise RuntimeError(f"A subscription was not paid: {answers.kept[-1]!r}")
    return Sample(answers.seconds / count, (house.cpu_seconds() - before) / count)


def measure(extent: Extent) -> list[Figure]:
    """Rounds of creations; after each, the floor brings an identical copy of the database to the same rows."""
    count, rounds = extent.of(300, 60), extent.of(5, 3)
    say("subscriptions made with a card")
    with folder() as place:
        base = sqlite_file(place / "base.db", Stock(100, payers=count * rounds + _WARMING))
        subject, copy = sqlite_copy(base, "subject.db"), sqlite_copy(base, "floor.db")
        subjects, floors, rows = [], [], ""
        with server("house", str(subject)) as house:
            made(house, 0, _WARMING)
            _written(copy, _since(copy, subject), 1)
            for number in range(rounds):
                subjects.append(made(house, _WARMING + number * count, count))
                changed = _since(copy, subject)
                rows = told(changed, count)
                floors.append(_written(copy, changed, count))
    sides = Side(subjects), Side(floors)
    return [
        Figure(
            "5",
            "subscriptionCreate with a card",
            per_second(sides[0].seconds),
            f"sqlite3, one transaction each: {per_second(sides[1].seconds)}",
            ratio(sides[1], sides[0]),
            Asked(first=0.2, goal=0.35),
            f"{count} per round, {CONNECTIONS} connections, synchronous=FULL; {rows}; both arrive at the same rows",
        )
    ]


def _since(copy: Path, subject: Path) -> list[Change]:
    """What the subject has that the copy lacks, but for the note that a key was used."""
    return [each for each in changes(sqlite_image(copy), sqlite_image(subject)) if each.table != "api_keys"]


def _written(copy: Path, changed: list[Change], count: int) -> Sample:
    groups = groups_of(changed, count)
    floor = SqliteFloor(copy)
    seconds, _ = timed(lambda: floor.write(groups))
    floor.close()
    return Sample(seconds / count)
