"""Gates: a writer gets in although those who share its row never stop coming."""

import asyncio

import pytest

from services.transactions import close_gate, database, pass_gates, transaction

pytestmark = pytest.mark.usefixtures("postgres_database")
_WAITING = "SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


async def waiting(count: int) -> None:
    """Go on once so many wait at a gate."""
    while (await database().query(_WAITING))[1][0]["waiting"] < count:
        await asyncio.sleep(0.01)


async def test_whoever_closes_a_gate_comes_before_those_who_reach_it_later() -> None:
    order: list[str] = []
    leave = asyncio.Event()

    async def share(name: str) -> None:
        async with transaction():
            await pass_gates(["clock_1", "clock_2"])
            order.append(name)
            await leave.wait()

    async def close() -> None:
        async with transaction():
            await close_gate("clock_1")
            order.append("writer")

    first = [asyncio.create_task(share("early")), asyncio.create_task(share("early"))]
    while len(order) < 2:  # both stand in the gate together
        await asyncio.sleep(0.01)
    writer = asyncio.create_task(close())
    await waiting(1)
    late = asyncio.create_task(share("late"))
    await waiting(2)

    leave.set()
    await asyncio.gather(*first, writer, late)

    assert order == ["early", "early", "writer", "late"]
