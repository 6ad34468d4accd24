"""Rehearsing: a verb is carried out to see what comes of it, and everything that it wrote is undone."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.transactions import savepoint

RESULT = TypeVar("RESULT")


class _Undone(Exception):
    """Leaves the savepoint, so that it is rolled back."""


async def rehearsed(verb: Callable[[], Awaitable[RESULT]]) -> RESULT:
    """Within a transaction: what the verb gives; no row and no event of it remains."""
    given: list[RESULT] = []
    try:
        async with savepoint():
            given.append(await verb())
            raise _Undone
    except _Undone:
        return given[0]
