"""One of several processes that send the same events: `python -m tests.features.metering_worker URL COUNT STEP`."""

import asyncio
import sys

from domain.ids import IdMint
from gateways.registry import Gateways
from models import Account, Customer
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from services.scope import Actor, ActorKind, Scope
from services.usage import Recording


async def work(url: str, count: int, step: int) -> None:
    """Send so many events, so many at a time, and say after each batch how far it got."""
    async with connected(url):
        account, jenny = await Account.all().get(), await Customer.all().get()
        scope = Scope(
            account_id=account.id,
            platform_id=account.id,
            livemode=False,
            clock=SYSTEM_CLOCK,
            ids=IdMint(SYSTEM_CLOCK.ticks),
            gateways=Gateways.standard(),
            actor=Actor(ActorKind.SYSTEM),
        )
        for first in range(0, count, step):
            events = [
                {"eventName": "calls", "identifier": f"e{number}", "payload": {"customer": jenny.id, "value": "0.5"}}
                for number in range(first, min(first + step, count))
            ]
            await Recording(scope).record(events)
            sys.stdout.write(f"{first}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
