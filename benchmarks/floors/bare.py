"""The least around GraphQL, and the least around HTTP."""

from functools import cached_property
from typing import Any

import orjson
from aiohttp import web
from multidict import CIMultiDict

from benchmarks.stored import ACCOUNT
from domain.ids import IdMint
from gateways.registry import Gateways
from prorata.clock import SYSTEM_CLOCK
from prorata.web.auth import Authentication, Bearer
from prorata.web.bodies import Posted
from prorata.web.budgets import Budgets
from prorata.web.limits import Limits
from prorata.web.requests import json_response, reached_at
from prorata.web.view import Endpoint
from resolvers import build_schema
from resolvers.context import RequestContext
from services.scope import EVERYTHING, Actor, ActorKind, Scope

_RESPONSE_TYPE = "application/graphql-response+json"
FIXED = b'{"data":{"__typename":"Query"}}'


class _Unguarded(Endpoint):
    """The house's endpoint that asks for no key, limits nothing, counts no cost, and masks no error."""

    _bearer = Bearer("", ACCOUNT, ACCOUNT, False, Actor(ActorKind.SYSTEM), EVERYTHING, 0)

    async def _post(self, request: web.Request, request_id: str) -> web.Response:
        headers: CIMultiDict[str] = CIMultiDict()
        public_url = self._public_url or reached_at(request.scheme, request.host)
        context = RequestContext.of(self._scope, headers, public_url=public_url.rstrip("/"))
        body = orjson.loads(await request.read())
        asked = Posted(body["query"], body.get("variables") or {}, body.get("operationName") or None)
        status, answer = await self._answer(asked, context, self._bearer, 0, request_id)
        if _RESPONSE_TYPE in request.headers.get("Accept", ""):
            headers["Content-Type"] = _RESPONSE_TYPE + "; charset=utf-8"
        return json_response(answer, request_id, status=status, headers=headers)

    async def _answer(
        self, asked: Posted, context: RequestContext, bearer: Bearer, now: int, request_id: str
    ) -> tuple[int, dict[str, Any]]:
        document = self._documents.prepare(asked.query)
        operation = document.operation(asked.operation_name)
        data = await operation.plans.answer(asked.variables, context)
        if data is None:
            data = (await self._executed(document.node, asked, context)).data
        return 200, {"data": data}

    @cached_property
    def _scope(self) -> Scope:
        return self._authentication.scope(self._bearer, {}, "req_of_nobody")


def unguarded() -> web.Application:
    """The house's endpoint without keys, limits, costs, budgets and masking; everything else is the same."""
    ids = IdMint(SYSTEM_CLOCK.ticks)
    endpoint = _Unguarded(
        build_schema(),
        authentication=Authentication(clock=SYSTEM_CLOCK, ids=ids, gateways=Gateways.standard()),
        clock=SYSTEM_CLOCK,
        ids=ids,
        limits=Limits(),
        budgets=Budgets.within(Limits()),
        introspection=True,
        page=None,
    )
    application = web.Application()
    application.router.add_route("*", "/graphql", endpoint)
    return application


def fixed() -> web.Application:
    """Fixed bytes, returned by aiohttp."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=FIXED, content_type="application/json")

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application
