"""The process that renews: by the house's agenda, or by writing down again what the agenda wrote.

    python -m benchmarks.renewing subject URL GROUP_SIZE
    python -m benchmarks.renewing floor URL GROUPS_FILE

Prints seconds by the clock and of CPU, and for the subject how many renewals those were.
"""

import json
import pickle
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.readback import Change, PostgresFloor, SqliteFloor
from benchmarks.stored import ACCOUNT, renewal_moments
from domain.ids import IdMint
from gateways.registry import Gateways
from models import Charge, Invoice
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from prorata.lifetime import settle_memory
from services import reactions
from services.agenda import agenda_of_the_system
from services.handlers import HANDLERS
from services.scope import Actor, ActorKind, Scope


class SetClock:
    """A clock that stands where it is set; ids still take the system's ticks."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Where it stands."""
        return self.at

    def ticks(self) -> int:
        """Microseconds of the system."""
        return SYSTEM_CLOCK.ticks()


async def renew(url: str, group_size: int) -> dict[str, float]:
    """Renew everything that is due, then finalize and collect the drafts an hour later."""
    reactions.connect()
    clock = SetClock(renewal_moments()[0])
    scope = Scope(
        account_id=ACCOUNT,
        platform_id=ACCOUNT,
        livemode=False,
        clock=clock,
        ids=IdMint(clock.ticks),
        gateways=Gateways.standard(),
        actor=Actor(ActorKind.SYSTEM),
    )
    agenda = agenda_of_the_system(HANDLERS, scope, group_size=group_size)
    async with connected(url):
        settle_memory()
        began, spent = time.perf_counter(), time.process_time()
        for moment in renewal_moments():
            clock.at = moment
            while await agenda.run_group():
                pass
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
        renewed = await Invoice.filter(cycle=1, status="paid").count()
        charged = await Charge.filter(status="succeeded").count()
    if renewed != charged:
        raise RuntimeError(f"{renewed} invoices were paid, but {charged} charges succeeded.")
    return {"seconds": seconds, "cpu": spent, "renewed": renewed}


async def write(url: str, groups: Sequence[Sequence[Change]]) -> dict[str, float]:
    """Write the groups by bare statements of the driver."""
    settle_memory()
    if url.startswith("sqlite://"):
        file = SqliteFloor(Path(url.removeprefix("sqlite://")))
        began, spent = time.perf_counter(), time.process_time()
        file.write(groups)
    else:
        server = await PostgresFloor.connected(url)
        began, spent = time.perf_counter(), time.process_time()
        await server.write(groups)
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent}


def main(words: Sequence[str]) -> None:
    """Run one side."""
    side, url, given = words
    # The floor's groups are rows that the same command has written to a folder of its own.
    outcome: Any = renew(url, int(given)) if side == "subject" else write(url, pickle.loads(Path(given).read_bytes()))
    print(json.dumps(uvloop.run(outcome)))


if __name__ == "__main__":
    main(sys.argv[1:])
