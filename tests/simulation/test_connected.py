"""A seeded run of random calls on a platform and its accounts. The seed is in the name of each test."""

import os
import random
from typing import Any

import pytest

from domain.errors import DomainError
from models import Account, Charge, Transfer
from prorata.database import connected
from services.idempotency import performed
from services.reactions import connect
from services.scope import IdempotentCall
from services.transactions import database
from tests.features.scopes import founded_scope
from tests.simulation.platform_invariants import check_all, check_covered
from tests.simulation.platforms import Deed, Platform
from tests.simulation.test_simulation import attempted

STEPS = int(os.environ.get("PRORATA_TEST_STEPS", "90"))
SEEDS = [int(os.environ["PRORATA_TEST_SEED"])] if "PRORATA_TEST_SEED" in os.environ else [1, 2, 3]

_TABLES = (
    "events", "charges", "invoices", "subscriptions", "payment_intents", "refunds", "disputes", "transfers",
    "transfer_reversals", "destination_payments", "application_fees", "application_fee_refunds", "payouts", "topups",
)  # fmt: skip
_MOVED = " UNION ALL ".join(
    [f"SELECT '{table}', account_id, COUNT(*) AS found, 0 AS net FROM {table} GROUP BY account_id" for table in _TABLES]
    + ["SELECT 'net', account_id, COUNT(*), CAST(SUM(net) AS BIGINT) FROM balance_transactions GROUP BY account_id"]
)


async def moved() -> list[tuple[Any, ...]]:
    """Of every account, counts that show whether anything happened, and what it has."""
    _, records = await database().query(_MOVED)
    return sorted(tuple(record) for record in records)


async def received() -> dict[str, int]:
    """How many transfers every account has received that can receive none now."""
    closed = [
        each.id
        for each in await Account.all()
        if each.disconnected_at is not None or each.capabilities.get("transfers", "active") != "active"
    ]
    return {each: await Transfer.filter(destination_id=each).count() for each in closed}


async def collected() -> dict[str, int]:
    """How many charges were made on behalf of every account that has left."""
    gone = {each.id: 0 for each in await Account.exclude(disconnected_at=None)}
    for charge in await Charge.all() if gone else ():
        seller = (charge.sharing or {}).get("on_behalf_of")
        if seller in gone:
            gone[seller] += 1
    return gone


async def step(deed: Deed, number: int, name: str) -> None:
    """Do it, and once more if it is a call that was not refused."""
    before, closed, gone = await moved(), await received(), await collected()
    if not deed.is_call:
        await deed.act(deed.scope)
        assert await moved() == before, f"{name} moved something"
        return
    call = IdempotentCall(key=f"step-{number}", path=name, mutation=name, fingerprint=name)
    first = await attempted(performed(deed.scope, call, deed.act))
    after = await moved()
    assert await received() == closed, f"{name} sent money to an account that can receive none"
    assert await collected() == gone, f"{name} collected on behalf of an account that has left"
    assert first is None or not deed.trespasses, f"{name} was not refused what belongs to another account"
    if first is None:
        assert after == before, f"a refused {name} moved something"
        return
    sent = first.answer
    if isinstance(sent, Transfer) and sent.source_charge_id is None:
        await check_covered(sent.account_id, sent.currency, sent.test_clock_id, deed.scope.clock.now())
    again = await performed(deed.scope, call, deed.act)
    assert again.replayed and not first.replayed
    assert await moved() == after, f"a replayed {name} changed something"


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_a_platform_does_the_invariants_hold(database_url: str, seed: int) -> None:
    connect()
    done: list[str] = []
    async with connected(database_url):
        platform = Platform(random.Random(seed), await founded_scope())
        await platform.prepare()
        try:
            for number in range(STEPS):
                name, deed = await platform.draw()
                done.append(name)
                await step(deed, number, name)
                if number % 10 == 0:
                    await check_all()
            await check_all()
        except (AssertionError, DomainError) as broken:
            raise AssertionError(f"seed {seed}, after {len(done)} deeds, the last {done[-8:]}: {broken}") from broken
