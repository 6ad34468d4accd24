"""Several server processes on one port: their parent starts them, restarts one that dies, and passes signals on."""

import argparse
import asyncio
import logging
import os
import signal
import socket
from asyncio.subprocess import Process
from typing import Final

from prorata.launching import command_line
from prorata.lifetime import stop_signal
from prorata.refusals import Refusal
from prorata.serving.starting import Start, say_ready, say_welcome, started
from prorata.settings import Settings

_KILLED_AFTER_SECONDS: Final = 45
_PAUSE_SECONDS_MAX: Final = 5.0

_log = logging.getLogger("prorata.serving.processes")


class ChildrenFailed(Refusal):
    """A server process ended before it was ready."""


def run(options: argparse.Namespace, settings: Settings, holder: socket.socket) -> int:
    """Prepare the database, then serve by as many processes as were asked for until stopped.

    `holder` is bound and does not listen: it keeps the port for the children, and takes no connection from them.
    """
    start = Start(settings=settings, seed=options.seed, ephemeral=options.ephemeral)
    try:
        asyncio.run(_run(options, start, holder))
    except* ChildrenFailed as failures:
        # Whichever failed first ended the others.
        raise failures.exceptions[0] from None
    return 0


async def _run(options: argparse.Namespace, start: Start, holder: socket.socket) -> None:
    async with started(start) as ready:
        say_welcome(start, ready, holder)
    children = [_Child(index, _words(options, start, holder, index), start) for index in range(options.workers)]
    stop = stop_signal()
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(child.keep_alive(stop))
        for child in children:
            await child.first_ready
        if not stop.is_set():
            say_ready(holder)


def _words(options: argparse.Namespace, start: Start, holder: socket.socket, index: int) -> list[str]:
    """The command line of a child; the first of them runs the worker."""
    words = ["serve", "--host", start.settings.host, "--port", str(holder.getsockname()[1])]
    if start.seed:
        words.append("--seed")
    if start.ephemeral:
        words.append("--ephemeral")
    if options.no_worker or index > 0:
        words.append("--no-worker")
    return words


class _Child:
    """One place among the processes, filled again whenever its process ends unasked."""

    def __init__(self, index: int, words: list[str], start: Start) -> None:
        self._index = index
        self._words = words
        self._environment = {**os.environ, "PRORATA_DATABASE_URL": start.settings.database_url}
        self.first_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def keep_alive(self, stop: asyncio.Event) -> None:
        """Run the process, and another after it, until the event is set; then end it. Raises `ChildrenFailed`."""
        pause = 0.1
        while not stop.is_set():
            ours, its = socket.socketpair()
            with ours:
                with its:
                    process = await self._started(its)
                was_ready = await self._lived(process, ours, stop)
            if stop.is_set():
                break
            if not self.first_ready.done():
                raise ChildrenFailed(f"Server process {self._index + 1} ended with {process.returncode} at its start.")
            _log.error("Server process %d ended with %s; starting another", self._index + 1, process.returncode)
            pause = 0.1 if was_ready else min(pause * 2, _PAUSE_SECONDS_MAX)
            await _pause(pause, stop)
        if not self.first_ready.done():
            self.first_ready.set_result(None)

    async def _lived(self, process: Process, ours: socket.socket, stop: asyncio.Event) -> bool:
        """Whether the process got ready before it ended."""
        watching = asyncio.create_task(self._watch(ours))
        try:
            await self._over(process, stop)
            return await watching
        finally:
            watching.cancel()

    async def _started(self, its: socket.socket) -> Process:
        words = [*self._words, "--parent", str(its.fileno())]
        # A group of its own: Ctrl-C reaches the parent alone, which passes it on once.
        return await asyncio.create_subprocess_exec(
            *command_line(*words), pass_fds=[its.fileno()], process_group=0, env=self._environment
        )

    async def _watch(self, ours: socket.socket) -> bool:
        """Whether the process said that it is ready before it ended."""
        ours.setblocking(False)
        ready = await asyncio.get_running_loop().sock_recv(ours, 1) == b"!"
        if ready and not self.first_ready.done():
            self.first_ready.set_result(None)
        return ready

    async def _over(self, process: Process, stop: asyncio.Event) -> None:
        """Wait for the end of the process, and bring it about once `stop` is set."""
        ending = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((ending, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                await asyncio.wait((ending,), timeout=_KILLED_AFTER_SECONDS)
            if process.returncode is None:
                process.kill()
                await ending


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
