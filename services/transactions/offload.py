"""One thread for the few database calls that may take long: commits that wait for the disk, slow reads."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

_Job = tuple[asyncio.Future[Any], Callable[[], Any]]


class Offload:
    """A thread that runs calls one after the other.

    Slimmer than an executor: at one commit per transaction its overhead is felt. The thread does not keep the
    process alive.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        """A future of the call's outcome. Cancelling the future does not stop the call."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        future = asyncio.get_running_loop().create_future()
        self._jobs.put((future, call))
        return future

    def close(self) -> None:
        """End the thread after the calls that wait; a later call starts a new one."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, call = job
            try:
                outcome, error = call(), None
            except BaseException as caught:
                outcome, error = None, caught
            try:
                future.get_loop().call_soon_threadsafe(_settle, future, outcome, error)
            except RuntimeError:
                return  # The loop was closed with a call under way: nobody waits any more.


def _settle(future: asyncio.Future[Any], outcome: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(outcome)
    else:
        future.set_exception(error)
