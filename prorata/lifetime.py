"""From a process's start to its end: signals, memory, and waiting for whichever comes first."""

import asyncio
import gc
import signal
from typing import Final

_GARBAGE_THRESHOLDS: Final = (50_000, 20, 50)


def stop_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; a second signal of the same kind ends the process at once."""
    loop = asyncio.get_running_loop()
    event = asyncio.Event()

    def stop(number: int) -> None:
        event.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    return event


async def stopped_or_over(stop: asyncio.Event, work: "asyncio.Task[None] | None") -> None:
    """Wait until the event is set or the task has ended, which raises what the task raised."""
    if work is None:
        await stop.wait()
        return
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((stopped, work), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if work.done():
        work.result()


def settle_memory() -> None:
    """What was loaded until now is there to stay: the garbage collector need not look at it again."""
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    gc.enable()
