"""Processes of their own: pinned to one core, ready when they say so, ended by whoever started them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_READY_SECONDS_MAX = 120
_END_SECONDS_MAX = 20


def cores() -> list[int]:
    """The cores that this process could use when it started."""
    return _CORES


_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SUBJECT_CORE = _CORES[0]
LOAD_CORE = _CORES[-1]


def pin(core: int, pid: int = 0) -> None:
    """Keep a process (0 is this one) on one core, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {core})


def cpu_seconds(pid: int) -> float:
    """CPU time that all threads of a process have taken so far; 0 where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return 0.0
    return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of another process, see clock_getcpuclockid(3).


def environment(**settings: str) -> dict[str, str]:
    """The environment of a child: this one's without Prorata's settings, and the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRORATA_")}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def module(name: str, *words: str) -> list[str]:
    """The command that runs a module of the house."""
    return [sys.executable, "-m", name, *words]


def run_json(command: Sequence[str], *, core: int = SUBJECT_CORE, timeout: float = 300) -> Any:
    """What a program on one core prints in its last line, as JSON. Raises with its errors when it fails."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        pin(core, process.pid)
        try:
            printed, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{errors[-4_000:]}")
    return json.loads(printed.strip().splitlines()[-1])


class Server:
    """A server process on the subject's core."""

    def __init__(self, process: subprocess.Popen[Any], port: int) -> None:
        self.process = process
        self.port = port

    def cpu_seconds(self) -> float:
        """CPU time taken so far."""
        return cpu_seconds(self.process.pid)


@contextmanager
def server(kind: str, *words: str) -> Iterator[Server]:
    """A server of `benchmarks.serving`, listening, for the length of a block."""
    process = subprocess.Popen(
        module("benchmarks.serving", kind, *words), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )
    with ended(process):
        pin(SUBJECT_CORE, process.pid)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"The server {kind} did not start: {line!r}")
        yield Server(process, int(line.split()[1]))


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """The process ends with the block, if need be by force."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(_END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@contextmanager
def foreign_server(command: Sequence[str], port: int, *, folder: Path, **settings: str) -> Iterator[Server]:
    """A server that is none of ours, from the moment that its port answers, for the length of a block."""
    env: Mapping[str, str] = {**environment(), **settings}
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ended(process):
        pin(SUBJECT_CORE, process.pid)
        yield Server(process, port)
