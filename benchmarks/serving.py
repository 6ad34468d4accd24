"""The server process that is loaded: the house, or one of its floors.

    python -m benchmarks.serving house FILE|URL    the whole application, as `prorata serve` runs it, without a worker
    python -m benchmarks.serving memory FILE       Strawberry over objects in memory
    python -m benchmarks.serving handwritten FILE  statements and dictionaries
    python -m benchmarks.serving unguarded FILE    the house's schema without what guards it
    python -m benchmarks.serving fixed FILE        aiohttp returning fixed bytes

Prints `ready PORT` and serves until SIGTERM.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

import uvloop
from aiohttp import web

from domain.ids import IdMint
from gateways.registry import Gateways
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from prorata.lifetime import settle_memory, stop_signal
from prorata.web.app import WebConfig, build_app
from prorata.web.limits import Limits
from resolvers import build_schema
from services import reactions
from services.transactions import database

STATEMENTS = "/benchmarks/statements"


def house() -> web.Application:
    """The application with every limit on; only the budget per minute is out of reach of any load."""
    reactions.connect()
    application = build_app(
        WebConfig(
            schema=build_schema(),
            clock=SYSTEM_CLOCK,
            ids=IdMint(SYSTEM_CLOCK.ticks),
            gateways=Gateways.standard(),
            limits=Limits(budget=10**15),
        )
    )
    application.router.add_get(STATEMENTS, _statements())
    return application


def _statements() -> Callable[[web.Request], Any]:
    """Counts the SQL statements between two calls; nothing is counted before the first."""
    seen: list[str] = []

    async def counted(_request: web.Request) -> web.Response:
        client: Any = database()
        told = list(seen)
        seen.clear()
        if "query" not in client.__dict__:
            original = client.query

            async def query(sql: str, values: Any = ()) -> Any:
                seen.append(sql)
                return await original(sql, values)

            client.query = query
        return web.json_response(told)

    return counted


def _floor(kind: str, path: str) -> web.Application:
    name, _, function = {
        "memory": "memory:app",
        "handwritten": "handwritten:app",
        "unguarded": "bare:unguarded",
        "fixed": "bare:fixed",
    }[kind].partition(":")
    make = getattr(import_module(f"benchmarks.floors.{name}"), function)
    application: web.Application = make(path) if name != "bare" else make()
    return application


async def serve(kind: str, path: str) -> None:
    """Serve on a free port until the process is asked to stop."""
    stop = stop_signal()
    async with AsyncExitStack() as stack:
        if kind in {"house", "unguarded"}:
            await stack.enter_async_context(connected(path if "://" in path else f"sqlite://{path}"))
        application = house() if kind == "house" else _floor(kind, path)
        runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        settle_memory()
        print(f"ready {runner.addresses[0][1]}", flush=True)
        await stop.wait()


def main(words: Sequence[str]) -> None:
    """Serve one kind."""
    kind, path = words
    uvloop.run(serve(kind, path))


if __name__ == "__main__":
    main(sys.argv[1:])
