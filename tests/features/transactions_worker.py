"""One of several processes that write one database: adds to a row that it reads first, and inserts rows in groups.

Called as `python -m tests.features.transactions_worker URL NAME ROUNDS`.
"""

import asyncio
import sys

from models import EventCounter
from prorata.database import connected
from services.rows import insert_rows
from services.transactions import for_update, transactional


def counter(identifier: str, value: int = 0) -> EventCounter:
    """A row of the table that the tests of transactions write."""
    return EventCounter(id=identifier, account_id="acct_1", livemode=False, value=value)


@transactional
async def add_one(identifier: str) -> None:
    """Read, then write: the pattern that fails on SQLite when a transaction begins deferred."""
    row = await for_update(EventCounter.filter(id=identifier)).get()
    await asyncio.sleep(0)
    row.value += 1
    await row.save(update_fields=["value"])


async def work(url: str, name: str, rounds: int) -> None:
    """Add one and insert ten rows, in separate units, as often as told."""
    async with connected(url):
        for number in range(rounds):
            await add_one("shared")
            await insert_rows([counter(f"{name}-{number}-{row}") for row in range(10)])


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3])))
