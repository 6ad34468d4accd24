"""The web application: routes, and what they are made of."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe

import strawberry
from aiohttp import web

from domain.ids import IdMint
from gateways.registry import Gateways
from prorata.web.auth import Authentication
from prorata.web.budgets import Budgets
from prorata.web.documentation import documentation_routes
from prorata.web.files import ROUTE, file
from prorata.web.graphiql.serving import page_response
from prorata.web.graphiql.serving import routes as graphiql_routes
from prorata.web.health import alive, ready
from prorata.web.limits import Limits
from prorata.web.meter_events import METER_EVENTS, MeterEvents
from prorata.web.papers import Papers
from prorata.web.view import Endpoint
from services.scope import Clock

ENDPOINT = "/graphql"


@dataclass(frozen=True, kw_only=True)
class WebConfig:
    """What the server is made of. `graphiql_headers` gives what fills GraphiQL's headers editor for a request."""

    schema: strawberry.Schema
    clock: Clock
    ids: IdMint
    gateways: Gateways
    limits: Limits = field(default_factory=Limits)
    secret_key: str = field(default_factory=lambda: token_urlsafe(32), repr=False)
    """Signs the addresses of papers: all processes of one installation share it."""
    public_url: str | None = None
    """Where the server is reached from outside; None takes what each request says."""
    introspection: bool = True
    planned: bool = True
    """Whether queries are read by plan (`resolvers/reading`); off, the general executor runs them all."""
    graphiql: bool = True
    graphiql_headers: Callable[[web.Request], Mapping[str, str]] = lambda _request: {}


def build_app(config: WebConfig) -> web.Application:
    """The application. The database is connected before it serves, and outlives it."""
    authentication = Authentication(clock=config.clock, ids=config.ids, gateways=config.gateways)

    limits = config.limits
    budgets = Budgets.within(limits)
    papers = Papers(config.secret_key)
    events = MeterEvents(authentication, clock=config.clock, ids=config.ids, limits=limits, budgets=budgets)

    def page(request: web.Request) -> web.Response:
        return page_response(endpoint=ENDPOINT, headers=config.graphiql_headers(request))

    endpoint = Endpoint(
        config.schema,
        authentication=authentication,
        clock=config.clock,
        ids=config.ids,
        limits=limits,
        budgets=budgets,
        introspection=config.introspection,
        page=page if config.graphiql else None,
        public_url=config.public_url,
        paper_path=papers.path_of,
        planned=config.planned,
    )
    app = web.Application(client_max_size=config.limits.upload_bytes_max)
    app.router.add_route("*", ENDPOINT, endpoint)
    app.router.add_route("*", METER_EVENTS, events.answer)
    app.router.add_get(ROUTE, file)
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.add_routes([*documentation_routes(), *papers.routes()])
    if config.introspection:
        app.router.add_get("/schema.graphql", _sdl(config.schema))
    if config.graphiql:
        app.add_routes(graphiql_routes())
        app.router.add_get("/", _to_graphiql)

    async def close(_app: web.Application) -> None:
        papers.close()
        await authentication.close()

    app.on_cleanup.append(close)
    return app


def runner_of(app: web.Application, *, finish_seconds: float = 20) -> web.AppRunner:
    """What runs the application; requests under way at its end have so many seconds to finish.

    Bodies are left as they were sent: aiohttp would inflate compressed ones even of requests that are refused. Who goes
    on sending after a refusal has two seconds to read it.
    """
    return web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        auto_decompress=False,
        lingering_time=2,
        shutdown_timeout=finish_seconds,
    )


async def _to_graphiql(_request: web.Request) -> web.Response:
    """Who opens the bare address in a browser finds the page; its place may change, so nobody shall remember it."""
    return web.Response(status=302, headers={"Location": ENDPOINT, "Cache-Control": "no-store"})


def _sdl(schema: strawberry.Schema) -> Callable[[web.Request], Awaitable[web.Response]]:
    text: list[str] = []

    async def sdl(_request: web.Request) -> web.Response:
        if not text:
            text.append(schema.as_str())
        return web.Response(text=text[0], content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})

    return sdl
