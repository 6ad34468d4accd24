"""Gates before rows that many hold at once: on PostgreSQL those who share a row would never let its writer in.

Whoever shares a row lock passes those who wait to change it, so that a steady stream of them keeps a writer out for
ever. At a gate all queue in their order. It opens when the transaction ends. SQLite has one writer anyway.
"""

from collections.abc import Iterable

from services.transactions.units import database, is_postgres

_WAIT = {
    shared: f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(hashtextextended(gate, 0))"
    " FROM unnest($1::varchar[]) AS gate ORDER BY gate"
    for shared in (True, False)
}


async def pass_gates(names: Iterable[str]) -> None:
    """Wait for those who closed these gates before, and then stand in them together with others who pass."""
    await _wait(names, shared=True)


async def close_gate(name: str) -> None:
    """Wait until nobody stands in the gate, while all who come later wait."""
    await _wait([name], shared=False)


async def _wait(names: Iterable[str], *, shared: bool) -> None:
    wanted = sorted(names)
    if wanted and is_postgres():
        await database().query(_WAIT[shared], [wanted])
