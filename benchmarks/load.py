"""Load over HTTP: the same or other requests over a few kept connections, one under way on each.

A client of its own, because a general one takes more CPU than the servers that it is to load. It understands what
these servers send: a status line and a body with `Content-Length`.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks.processes import Server
from benchmarks.rounds import Sample

_LENGTH = b"content-length:"
_STALLED_SECONDS = 60


@dataclass(slots=True)
class Answers:
    """What came back: how many in how many seconds, the last body, and all of them when they were to be kept."""

    count: int = 0
    seconds: float = 0.0
    last: bytes = b""
    kept: list[bytes] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is complete."""

    def __init__(self, requests: Iterator[bytes], take: Callable[[bytes], bool], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._take = take
        self._done = done
        self._received = bytearray()
        self._length = -1

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._send()

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._end(None)
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Complete the answer; go on or end."""
        self._received += data
        if self._length < 0:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._received[:end])
            if not head.startswith(b"HTTP/1.1 200"):
                self._end(RuntimeError(f"A request was refused: {bytes(self._received[:2_000])!r}"))
                return
            length = head.lower().split(_LENGTH, 1)[1].split(b"\r\n", 1)[0]
            self._start = end + 4
            self._length = self._start + int(length)
        if len(self._received) < self._length:
            return
        body = bytes(self._received[self._start :])
        self._received.clear()
        self._length = -1
        if self._take(body):
            self._send()
        else:
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        """The server must not hang up before the end."""
        self._end(ConnectionError(f"The server closed the connection: {error}"))

    def _end(self, error: Exception | None) -> None:
        if not self._done.done():
            if error is None:
                self._done.set_result(None)
            else:
                self._done.set_exception(error)
        self._transport.close()


def load(
    port: int, requests: Iterator[bytes], *, connections: int, seconds: float | None = None, keep: bool = False
) -> Answers:
    """Send requests until there are none left or the time is over."""
    return uvloop.run(_load(port, requests, connections, seconds, keep))


async def _load(port: int, requests: Iterator[bytes], connections: int, seconds: float | None, keep: bool) -> Answers:
    loop = asyncio.get_running_loop()
    answers = Answers()
    began = time.perf_counter()
    until = None if seconds is None else began + seconds

    def take(body: bytes) -> bool:
        answers.count += 1
        answers.last = body
        if keep:
            answers.kept.append(body)
        return until is None or time.perf_counter() < until

    done = [loop.create_future() for _ in range(connections)]
    for each in done:
        await loop.create_connection(lambda end=each: _Connection(requests, take, end), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.wait_for(asyncio.gather(*done), _STALLED_SECONDS + (seconds or 0))
    answers.seconds = time.perf_counter() - began
    return answers


def sample(server: Server, requests: Iterator[bytes], *, connections: int, seconds: float | None = None) -> Sample:
    """One run against a server: seconds per request, by the clock and of the server's CPU."""
    before = server.cpu_seconds()
    answers = load(server.port, requests, connections=connections, seconds=seconds)
    return Sample(answers.seconds / answers.count, (server.cpu_seconds() - before) / answers.count)


def post(path: str, body: bytes, *headers: str, content_type: str = "application/json") -> bytes:
    """The bytes of a POST."""
    lines = [
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {content_type}", f"Content-Length: {len(body)}",
        *headers,
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode() + body


def graphql(document: str, variables: dict[str, Any] | None = None, *, secret: str) -> bytes:
    """The bytes of a GraphQL request under a key."""
    body = json.dumps({"query": document, "variables": variables or {}}).encode()
    return post("/graphql", body, f"Authorization: Bearer {secret}")


def repeated(request: bytes) -> Iterator[bytes]:
    """The same request again and again."""
    while True:
        yield request


def once(port: int, request: bytes) -> Any:
    """The answer to one request, as JSON."""
    return json.loads(load(port, iter([request]), connections=1).last)


def settled(answers: Sequence[bytes], payload: str) -> None:
    """Check that every mutation did what was asked: no top-level error and no problem in the payload."""
    for body in answers:
        answer = json.loads(body)
        problems = answer.get("errors") or answer["data"][payload]["userErrors"]
        if problems:
            raise RuntimeError(f"{payload} was refused: {problems}")
