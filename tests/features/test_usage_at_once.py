"""Many senders at once, and senders that are killed: every event counts, and none counts twice."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from decimal import Decimal

from domain.meter_events import VerdictStatus
from domain.usage import Formula
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from services.customers import CustomerDraft, Customers
from services.scope import Scope
from services.usage import Reading, Readings, Recording
from tests.features.metering import made_customer, made_meter, meter_of, ndjson, posted, told, unlike_events, used
from tests.features.scopes import StandingClock, founded_scope
from tests.serving import served

COUNT = 3_000


async def test_parallel_senders_of_the_same_events_count_them_once(database_url: str) -> None:
    async with served(database_url) as api:
        meter, customers = await made_meter(api), [await made_customer(api) for _ in range(5)]
        events = [told(customers[number % 5], "1", f"e{number}") for number in range(600)]
        chance = random.Random(3)
        bodies = [ndjson(*chance.sample(events, len(events))) for _ in range(6)]

        answers = await asyncio.gather(*(posted(api, body) for body in bodies))

        verdicts = Counter(each["status"] for _, lines in answers for each in lines)
        assert verdicts == {"accepted": 600, "duplicate": 3_000}
        assert [await used(api, meter, customer) for customer in customers] == [120] * 5
        assert await unlike_events() == []


async def _sender(url: str, step: int) -> Process:
    module = "tests.features.metering_worker"
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, url, str(COUNT), str(step), stdout=PIPE)


async def _prepared(url: str) -> tuple[Scope, str]:
    async with connected(url):
        scope = await founded_scope(StandingClock(SYSTEM_CLOCK.now()))
        await meter_of(scope, Formula.SUM)
        return scope, (await Customers(scope).create(CustomerDraft())).customer.id


async def test_a_killed_sender_leaves_nothing_half_counted(database_url: str) -> None:
    scope, jenny = await _prepared(database_url)
    killed, other = await _sender(database_url, 70), await _sender(database_url, 110)
    assert killed.stdout is not None
    for _ in range(8):
        await killed.stdout.readline()
    killed.kill()
    await asyncio.gather(killed.communicate(), other.communicate())
    assert other.returncode == 0

    async with connected(database_url):
        now = SYSTEM_CLOCK.now()
        reading = Reading("mtr_calls", jenny, now.replace(hour=0) - (now - now.replace(day=1)), now.replace(year=2100))
        assert await Readings(scope).of([reading]) == [Decimal(COUNT) / 2]
        assert await unlike_events() == []


async def test_an_event_broken_off_counts_once_it_is_sent_again(database_url: str) -> None:
    scope, jenny = await _prepared(database_url)
    async with connected(database_url):
        raw = [
            {"eventName": "calls", "identifier": f"e{n}", "payload": {"customer": jenny, "value": "1"}}
            for n in range(300)
        ]
        chance = random.Random(5)
        for _ in range(30):
            task = asyncio.create_task(Recording(scope).record(raw[:200]))
            await asyncio.sleep(chance.random() / 100)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        verdicts = await Recording(scope).record(raw)
        assert {each.status for each in verdicts[200:]} == {VerdictStatus.ACCEPTED}
        again = await Recording(scope).record(raw)
        assert {each.status for each in again} == {VerdictStatus.DUPLICATE}
        assert await unlike_events() == []
