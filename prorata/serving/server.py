"""One server process: the API and its pages on a socket, and beside them a worker."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from models import Account
from prorata.house import House
from prorata.kept_keys import secret_key_of
from prorata.lifetime import settle_memory, stopped_or_over
from prorata.settings import is_loopback
from prorata.web.app import WebConfig, build_app, runner_of
from prorata.worker import worker_of, working
from resolvers import build_schema
from services import reactions

REQUESTS_FINISH_SECONDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a server process offers: the platform's API, prefilled with a sandbox key or not, with a worker or not."""

    platform: Account
    sandbox_key: str | None = None
    with_worker: bool = True


async def serve(
    house: House, served: Served, listener: socket.socket, *, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set, then finish what has begun. Calls `ready` once connections are accepted."""
    reactions.connect()
    worker = worker_of(house, served.platform) if served.with_worker else None
    async with working(worker) as work, _listening(house, served, listener):
        settle_memory()
        ready()
        await stopped_or_over(stop, work)


@asynccontextmanager
async def _listening(house: House, served: Served, listener: socket.socket) -> AsyncIterator[None]:
    app = build_app(
        WebConfig(
            schema=build_schema(),
            clock=house.clock,
            ids=house.ids,
            gateways=house.gateways,
            secret_key=secret_key_of(house.settings),
            public_url=house.settings.public_url,
            introspection=house.settings.introspection,
            graphiql=house.settings.introspection,
            graphiql_headers=_prefilled(served.sandbox_key),
        )
    )
    runner = runner_of(app, finish_seconds=REQUESTS_FINISH_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


def _prefilled(sandbox_key: str | None) -> Callable[[web.Request], Mapping[str, str]]:
    """The headers that GraphiQL starts with: the sandbox key, for a browser on this machine only."""

    def headers(request: web.Request) -> Mapping[str, str]:
        # The name asked for matters too: another site's name may lead to this machine.
        near = is_loopback(request.remote or "") and is_loopback(_name_of(request.host))
        if sandbox_key is None or not near or "X-Forwarded-For" in request.headers:
            return {}
        return {"Authorization": f"Bearer {sandbox_key}"}

    return headers


def _name_of(host: str) -> str:
    """The name or address in a Host header, without its port; empty when there is none to be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # such as an unclosed bracket around an IPv6 address
        return ""
