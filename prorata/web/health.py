"""Whether the process is alive, and whether it can serve."""

import asyncio

from aiohttp import web

from services.transactions import database

_READY_WITHIN_SECONDS = 2


async def alive(_request: web.Request) -> web.Response:
    """`/healthz`: the process answers."""
    return web.json_response({"status": "ok"})


async def ready(_request: web.Request) -> web.Response:
    """`/readyz`: the database answers; 503 when it does not."""
    try:
        async with asyncio.timeout(_READY_WITHIN_SECONDS):
            await database().query("SELECT 1")
    except Exception as error:
        return web.json_response({"status": "unavailable", "reason": type(error).__name__}, status=503)
    return web.json_response({"status": "ok"})
