"""A seeded run of random calls and clock moves. The seed is in the name of the test, so a failure can be repeated."""

import os
import random
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import DomainError
from models import Charge, Event, Invoice, Subscription
from prorata.database import connected
from services.clocks import ClockDraft, Clocks
from services.idempotency import Performed, performed
from services.reactions import connect
from services.scope import IdempotentCall
from tests.features.scopes import founded_scope
from tests.simulation.actions import Actions
from tests.simulation.invariants import check_all

STEPS = 100
SEEDS = [int(os.environ["PRORATA_TEST_SEED"])] if "PRORATA_TEST_SEED" in os.environ else [1, 2, 3, 4]


async def moved() -> list[int]:
    """Counts that show whether anything happened."""
    return [await model.all().count() for model in (Event, Charge, Invoice, Subscription)]


async def attempted(performing: Coroutine[Any, Any, Performed[Any]]) -> Performed[Any] | None:
    """What was performed, None when it was refused."""
    try:
        return await performing
    except DomainError:
        return None


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_done_the_invariants_hold(database_url: str, seed: int) -> None:
    connect()
    dice = random.Random(seed)
    async with connected(database_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(datetime(2027, 1, 31, 10, tzinfo=UTC)))
        actions = Actions(dice, scope, clock.id)
        await actions.prepare()
        for step in range(STEPS):
            name, action = await actions.draw()
            if action is None:
                continue
            call = IdempotentCall(key=f"step-{step}", path=name, mutation=name, fingerprint=name)
            before = await moved()
            first = await attempted(performed(scope, call, action))
            after = await moved()
            if first is None:
                assert after == before, f"seed {seed}, step {step}: a refused {name} moved something"
                continue
            again = await performed(scope, call, action)
            assert again.replayed and not first.replayed
            assert await moved() == after, f"seed {seed}, step {step}: a replayed {name} changed something"
            if step % 10 == 0:
                await check_all()
        await check_all()
