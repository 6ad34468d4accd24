"""The least around GraphQL, and the least around HTTP."""

import inspect
from typing import Any, cast

import orjson
from aiohttp import web
from graphql import DocumentNode, ExecutionResult, execute, parse, validate
from strawberry.execution import optimized_is_awaitable

from benchmarks.stored import ACCOUNT
from domain.ids import IdMint
from gateways.registry import Gateways
from prorata.clock import SYSTEM_CLOCK
from resolvers import build_schema
from resolvers.context import RequestContext
from services.scope import Actor, ActorKind, Scope

FIXED = b'{"data":{"__typename":"Query"}}'


def unguarded() -> web.Application:
    """The house's schema without keys, limits, budgets, masking, request ids and security headers."""
    strawberry_schema = build_schema()
    schema = strawberry_schema._schema
    executor: Any = strawberry_schema.execution_context_class
    documents: dict[str, DocumentNode] = {}
    scope = _scope()

    async def answer(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        document = documents.get(asked["query"])
        if document is None:
            document = documents[asked["query"]] = parse(asked["query"])
            assert not validate(schema, document)
        result: Any = execute(
            schema,
            document,
            variable_values=asked["variables"],
            context_value=RequestContext.of(scope),
            executor_class=executor,
            is_awaitable=cast(Any, optimized_is_awaitable),
        )
        executed: ExecutionResult = await result if inspect.isawaitable(result) else result
        return web.Response(body=orjson.dumps({"data": executed.data}), content_type="application/json")

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application


def fixed() -> web.Application:
    """Fixed bytes, returned by aiohttp."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=FIXED, content_type="application/json")

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application


def _scope() -> Scope:
    return Scope(
        account_id=ACCOUNT,
        platform_id=ACCOUNT,
        livemode=False,
        clock=SYSTEM_CLOCK,
        ids=IdMint(SYSTEM_CLOCK.ticks),
        gateways=Gateways.standard(),
        actor=Actor(ActorKind.SYSTEM),
    )
