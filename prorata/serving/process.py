"""A server process, alone or as one of several that share a port."""

import argparse
import asyncio
import socket

import uvloop

from prorata.lifetime import stop_signal
from prorata.serving.server import Served, serve
from prorata.serving.starting import Start, say_ready, say_welcome, started
from prorata.settings import Settings


def run(options: argparse.Namespace, settings: Settings, listener: socket.socket) -> int:
    """Serve until stopped; a child also stops when its parent is gone."""
    parent = socket.socket(fileno=options.parent) if options.parent is not None else None
    start = Start(settings=settings, seed=options.seed, ephemeral=options.ephemeral)
    uvloop.run(_run(start, listener, parent, with_worker=not options.no_worker))
    return 0


async def _run(start: Start, listener: socket.socket, parent: socket.socket | None, *, with_worker: bool) -> None:
    stop = stop_signal()
    async with started(start) as ready:
        served = Served(platform=ready.founded.platform, sandbox_key=ready.sandbox_key, with_worker=with_worker)
        if parent is None:
            say_welcome(start, ready, listener)
            await serve(ready.house, served, listener, stop=stop, ready=lambda: say_ready(listener))
            return
        parent.setblocking(False)
        watch = asyncio.create_task(_stop_without(parent, stop))
        await serve(ready.house, served, listener, stop=stop, ready=lambda: parent.sendall(b"!"))
        watch.cancel()


async def _stop_without(parent: socket.socket, stop: asyncio.Event) -> None:
    """Stop when the parent's end of the pair is closed, which the kernel does even when it is killed."""
    await asyncio.get_running_loop().sock_recv(parent, 1)
    stop.set()
