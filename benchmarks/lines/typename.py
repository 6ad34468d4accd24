"""Line 4: the smallest query, which shows what everything around the execution costs."""

from contextlib import ExitStack

from benchmarks.databases import folder, sqlite_file
from benchmarks.documents import TYPENAME
from benchmarks.figures import Asked, Extent, Figure, length
from benchmarks.load import graphql, once, repeated, sample
from benchmarks.processes import server
from benchmarks.rounds import Side, by_cpu, interleaved, ratio, say
from benchmarks.stored import SECRET, Stock

_KINDS = ("house", "unguarded", "fixed")
_CONNECTIONS = 16


def measure(extent: Extent) -> list[Figure]:
    """The house against its own schema without guards, and against fixed bytes."""
    say("{ __typename }")
    request = graphql(TYPENAME, secret=SECRET)
    with folder() as place, ExitStack() as stack:
        path = sqlite_file(place / "typename.db", Stock(0))
        servers = [stack.enter_context(server(kind, str(path))) for kind in _KINDS]
        for each in servers:
            if once(each.port, request)["data"] != {"__typename": "Query"}:
                raise RuntimeError("A server does not answer { __typename }.")
        sides = interleaved(
            extent.of(11, 3),
            *(
                lambda each=each: sample(each, repeated(request), connections=_CONNECTIONS, seconds=1)
                for each in servers
            ),
        )
    house, unguarded, fixed = sides
    settings = (
        f"{_CONNECTIONS} connections; with keys, limits, costs, budgets and masking; the endpoint itself, request ids"
        " and headers on both sides"
    )
    return [
        Figure(
            "4",
            TYPENAME,
            _told(house),
            f"the same without them: {_told(unguarded)}",
            ratio(unguarded, house),
            Asked(first=0.9, goal=0.95),
            settings + by_cpu(unguarded, house),
        ),
        Figure(
            "4b",
            TYPENAME,
            _told(house),
            f"aiohttp returning fixed bytes: {_told(fixed)}",
            ratio(fixed, house),
            Asked(first=0.1, goal=0.15),
            settings + by_cpu(fixed, house),
        ),
    ]


def _told(side: Side) -> str:
    cpu = side.cpu_seconds
    return length(side.seconds) + (f" ({length(cpu)} of CPU)" if cpu else "")
