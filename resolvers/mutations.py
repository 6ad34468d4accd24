"""The one way a mutation runs: policy, idempotency, the service's verb, problems into the payload.

    @mutation(kind="customers", payload=CustomerCreatePayload)
    async def customer_create(self, info: Info, input: CustomerCreateInput) -> Answer:
        "Creates a customer."
        return await info.context.services.customers.create(draft_of(CustomerDraft, input))

Mutation fields of a document run one after the other, each in a transaction of its own.
"""

import dataclasses
import hashlib
import hmac
import inspect
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import wraps
from typing import Annotated, Any

import orjson
import strawberry

from domain.errors import DomainError
from resolvers.context import Answer, Info
from resolvers.reading.foresight import require_answer
from schema.base import description_of
from schema.errors import Forbidden, camel_case
from schema.payloads import Outcome
from services.idempotency import performed
from services.scope import Access, IdempotentCall, Scope

REPLAYED_HEADER = "Idempotent-Replayed"

Resolver = Callable[..., Awaitable[Answer]]


def mutation(*, kind: str, payload: type) -> Callable[[Resolver], Any]:
    """Make a method of a `…Mutations` class a mutation field, described by its docstring.

    `kind` is what the key must be granted to write. The method takes `input` and returns what its service answered.
    """

    def declare(resolver: Resolver) -> Any:
        name = camel_case(resolver.__name__)

        @wraps(resolver)
        async def run(self: Any, info: Info, input: Any) -> Outcome:
            context, scope = info.context, info.context.scope
            if not scope.policy.permits(name, kind, Access.WRITE):
                raise Forbidden(f"This key may not use {name}; it would need the grant '{kind}: write'.")
            require_answer(info)

            async def perform(under: Scope) -> Answer:
                return await resolver(self, _info_under(info, under), input)

            try:
                done = await performed(scope, _call(scope, info, name, input), perform)
            except DomainError as error:
                return Outcome.refused(error.problems)
            finally:
                context.load.forget()
            if done.replayed:
                context.headers[REPLAYED_HEADER] = "true"
            return Outcome.of(done.answer)

        return strawberry.field(resolver=_declared(run, resolver, payload), description=description_of(resolver))

    return declare


def _declared(run: Callable[..., Any], resolver: Resolver, payload: type) -> Callable[..., Any]:
    """`run` with the signature that the API shows: the method's own input, and the payload."""
    signature = inspect.signature(resolver)
    described = strawberry.argument(description="What to do, and with what.")
    parameters = [
        each.replace(annotation=Annotated[each.annotation, described]) if each.name == "input" else each
        for each in signature.parameters.values()
    ]
    run.__signature__ = signature.replace(parameters=parameters, return_annotation=payload)  # type: ignore[attr-defined]
    return run


def _info_under(info: Info, scope: Scope) -> Info:
    """The same `info`, its services bound to the scope that carries the idempotent call."""
    raw: Any = info._raw_info
    return type(info)(_raw_info=raw._replace(context=info.context.under(scope)), _field=info._field)


def _call(scope: Scope, info: Info, name: str, input: object) -> IdempotentCall | None:
    if scope.idempotency_key is None:
        return None
    key = scope.idempotency_key
    return IdempotentCall(key, str(info.path.key), name, fingerprint(input, key=key))


def fingerprint(input: object, *, key: str) -> str:
    """SHA-256 of an input in a canonical form: equal exactly when the same fields have the same values.

    It is keyed with the idempotency key, which is not kept beside it: a card number has too few digits for a plain
    hash to hide it.
    """
    canonical = orjson.dumps(_canonical(input), option=orjson.OPT_SORT_KEYS, default=str)
    return hmac.digest(key.encode(), canonical, "sha256").hex()


def _canonical(value: Any) -> Any:
    if isinstance(value, strawberry.Some):
        return {"given": _canonical(value.value)}
    if dataclasses.is_dataclass(value):
        members = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _canonical(member) for name, member in members if member is not None}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value
