"""Methods that are units of work, run again when the database gave way to somebody else."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from services.transactions.units import DatabaseBusy, current_unit, transaction

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS_MAX = 6
_FIRST_DELAY_MILLISECONDS = 10


@dataclass(slots=True)
class Contention:
    """How often this process ran a unit again, because the database had given way to somebody else."""

    units_repeated: int = 0


contention = Contention()


def transactional(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """`method` as one unit of work.

    Inside another unit it joins. Outermost, it is run again from its beginning when the database is busy, a
    deadlock is broken or a serialization fails, at most six times with a growing delay; then `DatabaseBusy` is
    raised. So nothing in it may have effects outside the database: no gateway call, no mail.
    """

    @wraps(method)
    async def in_one_unit(*args: P.args, **kwargs: P.kwargs) -> T:
        if current_unit() is not None:
            async with transaction():
                return await method(*args, **kwargs)
        attempt = 1
        while True:
            try:
                async with transaction():
                    return await method(*args, **kwargs)
            except DatabaseBusy:
                if attempt == ATTEMPTS_MAX:
                    raise
            contention.units_repeated += 1
            await asyncio.sleep(retry_delay_milliseconds(attempt) / 1000)
            attempt += 1

    return in_one_unit


async def in_transaction(body: Callable[[], Awaitable[T]]) -> T:
    """What `body` gives, carried out as one unit of work like a `transactional` method."""

    @transactional
    async def once() -> T:
        return await body()

    return await once()


def retry_delay_milliseconds(attempt: int) -> int:
    """How long to wait after the given attempt (from 1): doubling from 10 ms, with up to as much again at random."""
    delay: int = _FIRST_DELAY_MILLISECONDS * 2 ** (attempt - 1)
    return delay + random.randrange(delay)  # noqa: S311
