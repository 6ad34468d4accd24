"""A seeded run of random calls on a platform and its accounts. The seed is in the name of each test."""

import os
import random
from dataclasses import dataclass
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
    + [
        "SELECT 'net', account_id, COUNT(*), CAST(SUM(net) AS BIGINT) FROM balance_transactions GROUP BY account_id",
        "SELECT 'left', platform_id, COUNT(*), COUNT(disconnected_at) FROM accounts GROUP BY platform_id",
    ]
)


async def moved() -> list[tuple[Any, ...]]:
    """Of every account, counts that show whether anything happened, and what it has."""
    _, records = await database().query(_MOVED)
    return sorted(tuple(record) for record in records)


@dataclass(frozen=True, slots=True)
class Shut:
    """The accounts that can be sent nothing at a time, and those that have left, with what they had come to by then."""

    received: dict[str, int]
    """Transfers to each that can be sent nothing."""
    collected: dict[str, int]
    """Charges on behalf of each that has left."""

    @classmethod
    async def now(cls) -> "Shut":
        """As things stand."""
        known = await Account.all()
        gone = [each.id for each in known if each.disconnected_at is not None]
        unable = [each.id for each in known if each.capabilities.get("transfers", "active") != "active"]
        return await cls(dict.fromkeys([*gone, *unable], 0), dict.fromkeys(gone, 0)).again()

    async def again(self) -> "Shut":
        """What the same accounts have come to now."""
        sellers = [(each.sharing or {}).get("on_behalf_of") for each in await Charge.exclude(sharing=None)]
        return Shut(
            {each: await Transfer.filter(destination_id=each).count() for each in self.received},
            {each: sellers.count(each) for each in self.collected},
        )


async def step(deed: Deed, number: int, name: str) -> None:
    """Call, and once more under the same key if it was not refused."""
    before, shut = await moved(), await Shut.now()
    if not deed.is_call:
        await deed.act(deed.scope)
        assert await shut.again() == shut, f"{name} sent money to, or collected for, an account that takes none"
        return
    call = IdempotentCall(key=f"step-{number}", path=name, mutation=name, fingerprint=name)
    first = await attempted(performed(deed.scope, call, deed.act))
    after = await moved()
    assert await shut.again() == shut, f"{name} sent money to, or collected for, an account that takes none"
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
