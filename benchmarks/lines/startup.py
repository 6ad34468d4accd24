"""Line 13: from the start of the process to its first answer, on a database that exists."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.databases import folder, sqlite_file, sqlite_url
from benchmarks.documents import TYPENAME
from benchmarks.figures import Asked, Extent, Figure, length
from benchmarks.load import graphql
from benchmarks.processes import ROOT, SUBJECT_CORE, ended, environment, pin
from benchmarks.rounds import Sample, interleaved, ratio, say, timed
from benchmarks.stored import SECRET, Stock
from prorata.launching import command_line

_FLOOR = "import strawberry, aiohttp.web, tortoise"
_SECONDS_MAX = 60


def measure(extent: Extent) -> list[Figure]:
    """`prorata serve` against the bare imports."""
    say("process start to first answer")
    with folder() as place:
        path = sqlite_file(place / "prorata.db", Stock(1_000))

        def house() -> Sample:
            return Sample(_first_answer(path))

        def imports() -> Sample:
            return Sample(timed(lambda: _pinned([sys.executable, "-c", _FLOOR]))[0])

        house(), imports()  # Compiled files and the disk's cache are there from here on.
        subject, floor = interleaved(extent.of(7, 3), house, imports)
    return [
        Figure(
            "13",
            "process start to first answer",
            length(subject.seconds),
            f'python -c "{_FLOOR}": {length(floor.seconds)}',
            1 / ratio(floor, subject),
            Asked(first=3, goal=2, at_most=True),
            "`prorata serve` with its worker on a filled SQLite file; times as long",
        )
    ]


def _pinned(command: list[str]) -> None:
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    pin(SUBJECT_CORE, process.pid)
    if process.wait(_SECONDS_MAX) != 0:
        raise RuntimeError(f"{command} failed.")


def _first_answer(path: Path) -> float:
    """Seconds until a query is answered, asked again every millisecond or two."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = environment(PRORATA_DATABASE_URL=sqlite_url(path), PRORATA_PORT=str(port), PRORATA_LOG_LEVEL="error")
    request = graphql(TYPENAME, secret=SECRET)
    began = time.perf_counter()
    process = subprocess.Popen(command_line("serve"), cwd=path.parent, env=settings, stdout=subprocess.DEVNULL)
    with ended(process):
        pin(SUBJECT_CORE, process.pid)
        while not _answered(port, request):
            if process.poll() is not None or time.perf_counter() - began > _SECONDS_MAX:
                raise RuntimeError("`prorata serve` did not answer.")
            time.sleep(0.002)
        return time.perf_counter() - began


def _answered(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS_MAX) as connection:
            connection.sendall(request)
            answer = connection.recv(65_536)
    except ConnectionError:
        return False
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["data"] == {"__typename": "Query"}, answer
    return True
