"""The GraphQL endpoint: key, body, document, cost, execution, answer, in this order."""

import inspect
from collections.abc import Callable
from typing import Any, cast

import strawberry
from aiohttp import web
from graphql import ExecutionResult, GraphQLError, execute
from multidict import CIMultiDict
from strawberry.aiohttp.views import GraphQLView
from strawberry.execution import optimized_is_awaitable

from domain.ids import IdMint
from prorata.web.auth import Authentication, Bearer
from prorata.web.bodies import Posted, posted
from prorata.web.budgets import Budgets
from prorata.web.cors import Origins
from prorata.web.documents import Documents, InvalidDocument
from prorata.web.limits import Limits
from prorata.web.masking import internal, shown
from prorata.web.requests import Refused, json_response, reached_at, request_id_of
from resolvers.context import RequestContext
from schema.errors import CodedError, RequestCode
from services.scope import Clock

Page = Callable[[web.Request], web.Response]
_RESPONSE_TYPE = "application/graphql-response+json"


class Endpoint(GraphQLView[RequestContext, None]):
    """Strawberry's view with this house's way of a request. `page` answers a browser's GET, when there is one."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        authentication: Authentication,
        clock: Clock,
        ids: IdMint,
        limits: Limits,
        budgets: Budgets,
        introspection: bool,
        page: Page | None,
        public_url: str | None = None,
        paper_path: Callable[[str], str] | None = None,
        planned: bool = True,
    ) -> None:
        super().__init__(schema, graphql_ide=None, allow_queries_via_get=False)
        self._authentication = authentication
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._documents = Documents(schema, limits, introspection=introspection)
        self._budgets = budgets
        self._origins = Origins()
        self._page = page
        self._planned = planned
        self._public_url = public_url
        self._paper_path = paper_path
        self._graphql_schema = schema._schema
        self._executor: Any = schema.execution_context_class

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; nothing that goes wrong leaves without GraphQL's shape and the request id."""
        request_id = request_id_of(request.headers, self._ids)
        try:
            if request.method == "POST":
                return await self._post(request, request_id)
            if request.method == "OPTIONS":
                return await self._origins.preflight(request, self._now())
            if self._page is not None and "text/html" in request.headers.get("Accept", ""):
                return self._page(request)
            raise Refused(
                405, RequestCode.BAD_REQUEST, f"Send a POST; {request.method} is not accepted.", {"Allow": "POST"}
            )
        except Refused as refusal:
            return refusal.response(request_id)
        except Exception as error:
            return json_response({"errors": [internal(error, request_id)]}, request_id, status=500)

    async def _post(self, request: web.Request, request_id: str) -> web.Response:
        now = self._now()
        bearer = await self._authentication.bearer_of(request.headers, now)
        scope = self._authentication.scope(bearer, request.headers, request_id)
        headers: CIMultiDict[str] = CIMultiDict()
        origin = request.headers.get("Origin")
        if origin is not None:
            headers.update(await self._origins.opening(origin, scope, now))
        public_url = self._public_url or reached_at(request.scheme, request.host)
        context = RequestContext.of(scope, headers, public_url=public_url.rstrip("/"), paper_path=self._paper_path)
        try:
            asked = await posted(request, self._limits)
            status, body = await self._answer(asked, context, bearer, now, request_id)
        except Refused as refusal:
            response = refusal.response(request_id)
            response.headers.update(headers)
            return response
        if _RESPONSE_TYPE in request.headers.get("Accept", ""):
            headers["Content-Type"] = _RESPONSE_TYPE + "; charset=utf-8"
        elif status == 400:  # Clients of the older media type take any other status than 200 for a broken connection.
            status = 200
        return json_response(body, request_id, status=status, headers=headers)

    async def _answer(
        self, asked: Posted, context: RequestContext, bearer: Bearer, now: int, request_id: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and body. A document that cannot be executed has no `data`."""
        try:
            document = self._documents.prepare(asked.query)
            operation = document.operation(asked.operation_name)
            cost = operation.cost(asked.variables)
            remaining = self._budgets.spend(bearer.key_id, cost, now)
        except InvalidDocument as invalid:
            return 400, {"errors": shown(invalid.errors, request_id)}
        except CodedError as refusal:
            return _refused(refusal, context, request_id)
        except GraphQLError as refusal:
            return 400, {"errors": shown([refusal], request_id)}
        data = await operation.plans.answer(asked.variables, context) if self._planned else None
        body: dict[str, Any] = {"data": data}
        if data is None:
            result = await self._executed(document.node, asked, context)
            body["data"] = result.data
            if result.errors:
                body["errors"] = shown(result.errors, request_id)
                if result.data is None and all(error.path is None for error in result.errors):
                    return 400, {"errors": body["errors"]}
        body["extensions"] = {
            "cost": {"requested": cost, "remaining": remaining, "windowSeconds": self._limits.window_seconds}
        }
        return 200, body

    async def _executed(self, document: Any, asked: Posted, context: RequestContext) -> ExecutionResult:
        result: Any = execute(
            self._graphql_schema,
            document,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
            executor_class=self._executor,
            is_awaitable=cast(Any, optimized_is_awaitable),
        )
        executed: ExecutionResult = await result if inspect.isawaitable(result) else result
        return executed

    def _now(self) -> int:
        """Unix seconds."""
        return self._clock.ticks() // 1_000_000


def _refused(refusal: CodedError, context: RequestContext, request_id: str) -> tuple[int, dict[str, Any]]:
    """A request that is too costly, now (429) or ever (400)."""
    body = {"errors": shown([refusal], request_id)}
    if refusal.code is RequestCode.RATE_LIMITED:
        context.headers["Retry-After"] = str((refusal.extensions or {}).get("retryAfterSeconds", 1))
        return 429, body
    return 400, body
