"""The least around GraphQL, and the least around HTTP."""

import inspect
from typing import Any, cast

import orjson
from aiohttp import web
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    parse,
    validate,
)
from strawberry.execution import optimized_is_awaitable

from benchmarks.stored import ACCOUNT
from domain.ids import IdMint
from gateways.registry import Gateways
from prorata.clock import SYSTEM_CLOCK
from prorata.web.requests import json_response, request_id_of
from resolvers import build_schema
from resolvers.context import RequestContext
from resolvers.reading import Plans
from services.scope import Actor, ActorKind, Scope

FIXED = b'{"data":{"__typename":"Query"}}'


def unguarded() -> web.Application:
    """The house's schema, plans, request ids and headers, without keys, limits, costs, budgets and masking."""
    strawberry_schema = build_schema()
    schema = strawberry_schema._schema
    executor: Any = strawberry_schema.execution_context_class
    documents: dict[str, tuple[DocumentNode, Plans]] = {}
    scope = _scope()

    async def answer(request: web.Request) -> web.Response:
        request_id = request_id_of(request.headers, scope.ids)
        asked = orjson.loads(await request.read())
        known = documents.get(asked["query"])
        if known is None:
            known = documents[asked["query"]] = _prepared(schema, asked["query"])
        document, plans = known
        context = RequestContext.of(scope)
        data = await plans.answer(asked["variables"], context)
        if data is None:
            result: Any = execute(
                schema,
                document,
                variable_values=asked["variables"],
                context_value=context,
                executor_class=executor,
                is_awaitable=cast(Any, optimized_is_awaitable),
            )
            executed: ExecutionResult = await result if inspect.isawaitable(result) else result
            data = executed.data
        return json_response({"data": data}, request_id)

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application


def _prepared(schema: GraphQLSchema, text: str) -> tuple[DocumentNode, Plans]:
    document = parse(text)
    assert not validate(schema, document)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return document, Plans(schema, document, operation)


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
