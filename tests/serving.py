"""A server for feature tests: the real application on a free port of this machine, and a client that asks it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import strawberry
from aiohttp import ClientResponse, ClientSession, web
from tortoise.context import get_current_context

from domain.accounts import Dashboard
from domain.ids import IdMint
from domain.keys import KeyKind
from gateways.registry import Gateways
from models import Account
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connect, disconnect
from prorata.web.app import WebConfig, build_app, runner_of
from prorata.web.limits import Limits
from resolvers import build_schema
from services import reactions
from services.accounts import Accounts
from services.api_keys import ApiKeyDraft, ApiKeys, Grant
from services.scope import Actor, ActorKind, Clock, Scope

_schemas: list[strawberry.Schema] = []
_LOOKUPS_OF_A_KEY = ('"api_keys" WHERE "digest"', 'FROM "accounts" WHERE "id"=')


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the endpoint."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the top-level errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


@dataclass(slots=True)
class Api:
    """A client of one account in one mode. `as_key` gives the same server under another key."""

    url: str
    http: ClientSession
    scope: Scope
    secret: str
    seen: list[str] = field(default_factory=list)
    acting_for: str | None = None
    """The connected account for which the key acts."""

    async def send(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Reply:
        """Post a document; header names are given with underscores (`Idempotency_Key="k"`)."""
        body = {"query": query, "variables": dict(variables or {})}
        async with self.http.post(self.url, json=body, headers=self.headers(**headers)) as response:
            return await reply_of(response)

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The data of an answer without errors."""
        return (await self.send(query, variables, **headers)).data

    async def do(self, mutation: str, selection: str, input: Mapping[str, Any], **headers: str) -> Any:
        """The payload of one mutation: `await api.do("customerCreate", "customer { id }", {"name": "Jenny"})`."""
        title = mutation[0].upper() + mutation[1:]
        errors = "userErrors { type code message param declineCode }"
        document = f"mutation($input: {title}Input!) {{ {mutation}(input: $input) {{ {selection} {errors} }} }}"
        return (await self.ask(document, {"input": dict(input)}, **headers))[mutation]

    def headers(self, **headers: str) -> dict[str, str]:
        """The headers of a request under this key."""
        acting = {} if self.acting_for is None else {"Stripe-Account": self.acting_for}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.secret}", **acting, **named}

    def acting(self, account: Account) -> "Api":
        """The same key acting for a connected account."""
        scope = replace(self.scope, account_id=account.id, application_id=self.scope.account_id)
        return replace(self, acting_for=account.id, scope=scope)

    async def as_key(self, kind: KeyKind, *grants: Grant) -> "Api":
        """The same account with a key of this kind; a connected one has a full dashboard from then on."""
        if self.scope.account_id != self.scope.platform_id:
            account = await Account.get(id=self.scope.account_id)
            account.controller = account.controller | {"dashboard": Dashboard.FULL.value}
            await account.save(update_fields=["controller"])
        issued = await ApiKeys(self.scope).create(ApiKeyDraft(kind=kind, grants=grants))
        assert issued.secret is not None
        return replace(self, secret=issued.secret)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements that the server's process sends while the block runs, without those that find the key.

        A key that was found stays known for a second, so that whether it is looked up depends on time alone.
        """
        database = require_database()
        original = database.query

        seen: list[str] = []

        async def counted(sql: str, values: Any = ()) -> Any:
            if not any(lookup in sql for lookup in _LOOKUPS_OF_A_KEY):
                seen.append(sql)
            return await original(sql, values)

        database.query = counted
        try:
            yield seen
        finally:
            del database.query


def require_database() -> Any:
    """The connected database's client."""
    context = get_current_context()
    assert context is not None
    return context.db()


async def reply_of(response: ClientResponse) -> Reply:
    """The answer with its body read."""
    return Reply(response.status, response.headers.copy(), await response.json(content_type=None))


def whole_schema() -> strawberry.Schema:
    """The schema of the program, built once per process."""
    if not _schemas:
        _schemas.append(build_schema())
    return _schemas[0]


async def tenant(clock: Clock, ids: IdMint, *, livemode: bool = False) -> tuple[Scope, str]:
    """The platform account with a secret key of its own."""
    account = await Accounts.founded(clock, ids)
    scope = Scope(
        account_id=account.id,
        platform_id=account.id,
        livemode=livemode,
        clock=clock,
        ids=ids,
        gateways=Gateways.standard(),
        actor=Actor(ActorKind.SYSTEM),
    )
    issued = await ApiKeys(scope).create(ApiKeyDraft())
    assert issued.secret is not None
    return scope, issued.secret


@asynccontextmanager
async def _connected(database_url: str, modules: tuple[str, ...]) -> AsyncIterator[None]:
    await connect(database_url, modules=modules)
    try:
        yield
    finally:
        await disconnect()


@asynccontextmanager
async def served(
    database_url: str,
    *,
    schema: strawberry.Schema | None = None,
    limits: Limits | None = None,
    clock: Clock = SYSTEM_CLOCK,
    modules: tuple[str, ...] = ("models",),
    **settings: Any,
) -> AsyncIterator[Api]:
    """The application over a migrated database, with a secret test key of the platform account."""
    async with _connected(database_url, modules):
        reactions.connect()
        ids = IdMint(clock.ticks)
        scope, secret = await tenant(clock, ids)
        config = WebConfig(
            schema=schema or whole_schema(),
            clock=clock,
            ids=ids,
            gateways=scope.gateways,
            limits=limits or Limits(),
            **settings,
        )
        runner = runner_of(build_app(config))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with ClientSession() as http:
                yield Api(f"http://127.0.0.1:{port}/graphql", http, scope, secret)
        finally:
            await runner.cleanup()
