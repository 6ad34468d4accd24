"""A Prorata server for the tests of an application that bills with it.

With `pytest_plugins = ["prorata.testing"]` in `conftest.py`, a test that names `prorata_server` gets a server process
on a free port with a throw-away database, shared by the run. See docs/guides/testing-your-integration.md.
"""

import json
import os
import secrets
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from prorata.launching import command_line
from prorata.serving.announcing import READY

START_SECONDS_MAX: Final = 60
STOP_SECONDS_MAX: Final = 30
_REQUEST_SECONDS_MAX: Final = 60


class ServerFailed(Exception):
    """The server process ended before it was ready; the message holds what it said."""


class QueryFailed(Exception):
    """A request that was answered with errors instead of data, or with an HTTP status of refusal."""

    def __init__(self, status: int, errors: Sequence[Mapping[str, Any]]) -> None:
        self.status = status
        self.errors = errors
        super().__init__(f"HTTP {status}: {'; '.join(str(error.get('message')) for error in errors)}")


class MutationRefused(Exception):
    """A mutation that answered with user errors: `errors` has them, `payload` what came beside them.

    A declined payment is among them, and then the payload has the object all the same.
    """

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self.payload = payload
        self.errors: Sequence[Mapping[str, Any]] = payload["userErrors"]
        super().__init__("\n".join(_line(error) for error in self.errors))


def _line(error: Mapping[str, Any]) -> str:
    where = f" at {'.'.join(error['param'])}" if error["param"] else ""
    return f"{error['declineCode'] or error['code']}{where}: {error['message']}"


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the API at `url` (the server's, without a path) with one key."""

    url: str
    secret_key: str

    def query(
        self, document: str, variables: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None
    ) -> Any:
        """The data of a query or mutation; its `userErrors`, where asked for, are part of it. Raises `QueryFailed`."""
        headers = {"Authorization": f"Bearer {self.secret_key}", "Content-Type": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        body = json.dumps({"query": document, "variables": dict(variables or {})}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=_REQUEST_SECONDS_MAX) as response:  # noqa: S310
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        answer = json.loads(text)
        if answer.get("errors") or answer.get("data") is None:
            raise QueryFailed(status, answer.get("errors", ()))
        return answer["data"]

    def mutate(self, field: str, input: Mapping[str, Any], selection: str) -> Any:
        """The payload of one mutation with the given selection. Raises `MutationRefused` when it has user errors."""
        title = field[0].upper() + field[1:]
        document = (
            f"mutation($input: {title}Input!) {{ {field}(input: $input)"
            f" {{ {selection} userErrors {{ type code message param declineCode }} }} }}"
        )
        payload = self.query(document, {"input": dict(input)})[field]
        if payload["userErrors"]:
            raise MutationRefused(payload)
        return payload


class Clock:
    """A test clock: customers created with its `id` as `testClock` live by its time."""

    def __init__(self, client: Client, identifier: str, now: datetime) -> None:
        self._client = client
        self.id = identifier
        self.now = now

    def advance(self, step: timedelta) -> datetime:
        """Move the clock forward by a step; returns its time when everything due on the way has happened."""
        return self.advance_to(self.now + step)

    def advance_to(self, time: datetime) -> datetime:
        """Move the clock forward to a time, which needs a time zone; returns it when all that is due has happened."""
        target = {"id": self.id, "frozenTime": _text(time), "wait": True}
        payload = self._client.mutate("testClockAdvance", target, "testClock { frozenTime }")
        self.now = datetime.fromisoformat(payload["testClock"]["frozenTime"])
        return self.now


@dataclass(frozen=True, slots=True)
class Server(Client):
    """A running server process and a client of it with a secret test key."""

    process: subprocess.Popen[str]
    output: Sequence[str]
    """The lines that it printed before it was ready."""

    def clock(self, frozen_time: datetime) -> Clock:
        """A new test clock that stands at a time, which needs a time zone."""
        payload = self.mutate("testClockCreate", {"frozenTime": _text(frozen_time)}, "testClock { id frozenTime }")
        made = payload["testClock"]
        return Clock(self, made["id"], datetime.fromisoformat(made["frozenTime"]))


@contextmanager
def running_server(*words: str, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server process for the length of a block; by default with a throw-away database on a free port.

    `words` follow `prorata serve`, in place of `--ephemeral --port 0`; `settings` are PRORATA_ variables. Those of
    the calling process do not reach the server. Raises `ServerFailed`.
    """
    key = f"sk_test_{secrets.token_hex(16)}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRORATA_")}
    own |= {"PRORATA_BOOTSTRAP_SECRET_KEY": key, "PRORATA_LOG_LEVEL": "warning", **(settings or {})}
    command = command_line("serve", *(words or ("--ephemeral", "--port", "0")))
    process = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    try:
        lines = _lines_until_ready(process)
        yield Server(lines[-1].removeprefix(READY), own["PRORATA_BOOTSTRAP_SECRET_KEY"], process, lines[:-1])
    finally:
        _end(process)


@pytest.fixture(scope="session")
def prorata_server() -> Iterator[Server]:
    """A server with a throw-away database, shared by the tests of a run."""
    with running_server() as server:
        yield server


def _lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    watchdog = threading.Timer(START_SECONDS_MAX, process.kill)
    watchdog.start()
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(READY):
                return lines
    finally:
        watchdog.cancel()
    raise ServerFailed("\n".join([f"The server ended with exit code {process.wait()} at its start.", *lines]))


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _text(time: datetime) -> str:
    if time.tzinfo is None:
        raise ValueError(f"{time!r} has no time zone; datetime(2027, 1, 31, tzinfo=UTC) would have one.")
    return time.astimezone(UTC).isoformat()
