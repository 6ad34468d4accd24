"""Line 6: the same creation against localstripe's, and against itself with many more subscriptions stored."""

from benchmarks.databases import folder, sqlite_file
from benchmarks.figures import Asked, Extent, Figure, Outcome, Skipped, length, per_second
from benchmarks.floors.localstripe import VERSION, NotInstalled, installed, prepared, running, subscribe
from benchmarks.lines.creation import CONNECTIONS, made
from benchmarks.processes import Server, server
from benchmarks.rounds import Sample, Side, interleaved, ratio, say
from benchmarks.stored import Stock

_EXISTING = 140
_CUSTOMERS = 5
_WARMING = 20


def measure(extent: Extent) -> list[Outcome]:
    """Both comparisons."""
    return [_against_localstripe(extent), _against_itself(extent)]


def _against_localstripe(extent: Extent) -> Outcome:
    what = f"the same with {_EXISTING} existing"
    try:
        installed()
    except NotInstalled as missing:
        return Skipped("6", what, str(missing))
    say("localstripe")
    theirs, ours, rounds = extent.of(20, 10), extent.of(200, 60), extent.of(3, 1)
    with folder() as place, running() as other:
        base = sqlite_file(place / "base.db", Stock(_EXISTING, payers=ours * rounds + _WARMING))
        customers = prepared(other.port, _CUSTOMERS)
        subscribe(other.port, customers, _EXISTING, CONNECTIONS)
        with server("house", str(base)) as house:
            made(house, 0, _WARMING)
            firsts = iter(range(_WARMING, _WARMING + ours * rounds, ours))
            subject, floor = interleaved(
                rounds,
                lambda: made(house, next(firsts), ours),
                lambda: Sample(subscribe(other.port, customers, theirs, CONNECTIONS)),
            )
    return Figure(
        "6",
        what,
        per_second(subject.seconds),
        f"localstripe {VERSION}, creating a subscription: {per_second(floor.seconds)}",
        ratio(floor, subject),
        Asked(first=20, goal=50),
        f"{_EXISTING} at the beginning, {ours} of ours and {theirs} of theirs per round, {CONNECTIONS} connections",
    )


def _against_itself(extent: Extent) -> Figure:
    many, few = extent.of(100_000, 10_000), 100
    count, rounds = extent.of(200, 60), extent.of(5, 3)
    say(f"{many:,} subscriptions stored")
    with folder() as place:
        paths = [
            sqlite_file(place / f"{stored}.db", Stock(stored, payers=count * rounds + _WARMING))
            for stored in (many, few)
        ]
        with server("house", str(paths[0])) as full, server("house", str(paths[1])) as empty:
            numbers = {full.port: _WARMING, empty.port: _WARMING}
            for each in (full, empty):
                made(each, 0, _WARMING)

            def next_of(each: Server) -> Sample:
                first = numbers[each.port]
                numbers[each.port] += count
                return made(each, first, count)

            subject, floor = interleaved(rounds, lambda: next_of(full), lambda: next_of(empty))
    return _itself(subject, floor, many, few)


def _itself(subject: Side, floor: Side, many: int, few: int) -> Figure:
    return Figure(
        "6b",
        f"the same with {many:,} subscriptions stored",
        length(subject.seconds),
        f"with {few} stored: {length(floor.seconds)}",
        1 / ratio(floor, subject),
        Asked(first=1.3, at_most=True),
        f"{CONNECTIONS} connections; times as long",
    )
