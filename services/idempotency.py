"""At most one effect per idempotency key.

The claim is a row whose primary key is the key itself, written in the first transaction of the change: it exists
exactly when the change does, so a crash leaves either both or neither. The answer joins it in the transaction that
finishes the change. A change that waits for a gateway has a claim without an answer until whoever settles it, the
request or the worker, writes the answer.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from tortoise.exceptions import IntegrityError

from domain.errors import DomainError, ErrorCode
from models import IdempotencyRecord
from services.answers import decoded, encoded
from services.base import Service
from services.rows import delete_by
from services.scope import ActorKind, IdempotentCall, Scope
from services.transactions import current_unit, in_transaction, savepoint, transaction

KEPT_FOR = timedelta(hours=24)
"""How long an answer is replayed (Stripe's)."""
FORGOTTEN_AT_ONCE = 1_000
WAIT_SECONDS_MAX = 5
_WAIT_STEPS = 50

ANSWER = TypeVar("ANSWER")
SERVICE = TypeVar("SERVICE", bound=Service)
PARAMS = ParamSpec("PARAMS")


class KeyTaken(Exception):
    """Somebody else's change holds the key; wait for its answer."""


@dataclass(frozen=True, slots=True)
class Performed(Generic[ANSWER]):
    """What a mutation answers, and whether it is the stored answer of an earlier call."""

    answer: ANSWER
    replayed: bool = False


def transactional(
    verb: Callable[Concatenate[SERVICE, PARAMS], Awaitable[ANSWER]],
) -> Callable[Concatenate[SERVICE, PARAMS], Coroutine[Any, Any, ANSWER]]:
    """Make a service verb one transaction that takes effect at most once per idempotency key.

    Called within another transaction it is simply part of it.
    """

    @wraps(verb)
    async def performed_whole(self: SERVICE, /, *args: PARAMS.args, **kwargs: PARAMS.kwargs) -> ANSWER:
        if current_unit() is not None:
            async with transaction():
                return await verb(self, *args, **kwargs)

        async def body() -> ANSWER:
            claim = await claimed(self.scope)
            answer = await verb(self, *args, **kwargs)
            if claim is not None:
                await answered(claim, answer)
            return answer

        return await in_transaction(body)

    return cast("Callable[Concatenate[SERVICE, PARAMS], Coroutine[Any, Any, ANSWER]]", performed_whole)


async def performed(
    scope: Scope, call: IdempotentCall | None, perform: Callable[[Scope], Awaitable[ANSWER]]
) -> Performed[ANSWER]:
    """Perform a mutation, or replay what it answered before under the same key.

    A parallel use of the key waits for the first, up to five seconds, then IDEMPOTENCY_KEY_IN_USE.
    """
    if call is None:
        return Performed(await perform(scope))
    calling = scope.calling(call)
    for step in range(_WAIT_STEPS):
        record = await IdempotencyRecord.get_or_none(id=_record_id(calling, call), expires_at__gt=scope.clock.now())
        if record is None:
            try:
                return Performed(await perform(calling))
            except KeyTaken:
                continue
        _refuse_other_input(record, call)
        if record.answer is not None:
            return Performed(decoded(record.answer), replayed=True)
        await asyncio.sleep(WAIT_SECONDS_MAX * 2 * (step + 1) / (_WAIT_STEPS * (_WAIT_STEPS + 1)))
    raise DomainError(
        ErrorCode.IDEMPOTENCY_KEY_IN_USE,
        f"Another request with idempotency key '{call.key}' is still being carried out. "
        "Send the same request again in a few seconds to receive its answer.",
    )


async def claimed(scope: Scope) -> str | None:
    """Within the first transaction of a change: take its key. KeyTaken when somebody has it; None without a key.

    The claim's id is what `answered` takes; a change that waits for a gateway keeps it beside its attempt.
    """
    call = scope.call
    if call is None:
        return None
    now = scope.clock.now()
    identifier = _record_id(scope, call)
    await IdempotencyRecord.filter(id=identifier, expires_at__lte=now).delete()
    record = IdempotencyRecord(
        id=identifier,
        account_id=scope.account_id,
        livemode=scope.livemode,
        mutation=call.mutation,
        fingerprint=call.fingerprint,
        expires_at=now + KEPT_FOR,
    )
    try:
        async with savepoint():
            await record.save(force_create=True)
    except IntegrityError:
        raise KeyTaken from None
    return identifier


async def answered(claim: str, answer: object) -> None:
    """Within the transaction that finishes a change: keep its answer for whoever sends the key again."""
    await IdempotencyRecord.filter(id=claim).update(answer=encoded(answer))


async def answered_again(scope: Scope, answer: object) -> None:
    """Replace the answer of a change that went on after its transaction; nothing without a key."""
    if scope.call is not None:
        await answered(_record_id(scope, scope.call), answer)


async def released(claim: str) -> None:
    """Within the transaction that undoes a change: let the key be used anew."""
    await IdempotencyRecord.filter(id=claim).delete()


async def forget_expired(now: datetime) -> int:
    """Remove answers that are not replayed any more by `now` of the system's time; gives how many, a few at a time."""
    expired = IdempotencyRecord.filter(expires_at__lte=now).order_by("expires_at").limit(FORGOTTEN_AT_ONCE)
    return await delete_by(IdempotencyRecord, "id", [record.id for record in await expired.only("id")])


def _record_id(scope: Scope, call: IdempotentCall) -> str:
    mode = "live" if scope.livemode else "test"
    parts = [scope.account_id, mode, call.key, call.path]
    if scope.application_id is not None:
        # A platform and the account that it acts for choose their keys without knowing of each other's.
        parts.append(scope.application_id)
    if scope.actor.kind is ActorKind.PUBLISHABLE_KEY:
        # Whoever reads a page has its key: what the server did under a key of its own is not replayed to them.
        parts.append(scope.actor.kind)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _refuse_other_input(record: IdempotencyRecord, call: IdempotentCall) -> None:
    if record.fingerprint != call.fingerprint or record.mutation != call.mutation:
        raise DomainError(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            f"Idempotency key '{call.key}' was first used for {record.mutation} with other input. "
            "Use a new key for a new request.",
        )
