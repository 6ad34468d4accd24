"""Many requests at once: one idempotency key has one effect, and what is broken off leaves nothing behind."""

import asyncio
import random
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from models import Charge, IdempotencyRecord, Subscription
from prorata.launching import command_line
from services.payments import Resolution, in_flight
from services.refunds import Refunds
from services.subscriptions import ItemDraft, SubscriptionDraft, Subscriptions
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

PARALLEL = 100
BROKEN_OFF = 200
CREATE = """mutation($input: SubscriptionCreateInput!) {
  subscriptionCreate(input: $input) { subscription { id status } userErrors { code message } }
}"""


async def test_100_parallel_creates_with_one_key_make_one_subscription_and_one_charge(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    wanted = {"customer": jenny.id, "items": [{"price": basic}]}

    replies = await asyncio.gather(
        *(world.api.send(CREATE, {"input": wanted}, Idempotency_Key="sub-1") for _ in range(PARALLEL))
    )

    answers = Counter(str(reply.data["subscriptionCreate"]) for reply in replies)
    assert len(answers) == 1, answers
    assert replies[0].data["subscriptionCreate"]["subscription"]["status"] == "ACTIVE"
    assert sum(reply.headers.get("Idempotent-Replayed") == "true" for reply in replies) == PARALLEL - 1
    assert (await Subscription.all().count(), await Charge.all().count()) == (1, 1)
    await check_all()


async def test_declines_are_replayed_and_other_input_is_refused(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    wanted: dict[str, Any] = {"customer": jenny.id, "items": [{"price": basic}]}
    first = await world.api.send(CREATE, {"input": wanted}, Idempotency_Key="sub-2")
    await jenny.take_card("pm_card_visa")
    await world.news()

    again = await world.api.send(CREATE, {"input": wanted}, Idempotency_Key="sub-2")
    other = await world.api.send(CREATE, {"input": {**wanted, "offSession": True}}, Idempotency_Key="sub-2")

    assert first.data == again.data
    assert again.data["subscriptionCreate"]["userErrors"][0]["code"] == "CARD_DECLINED"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.data["subscriptionCreate"]["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await world.news() == []


async def test_refused_input_leaves_its_key_free(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    wanted = {"customer": jenny.id, "items": [{"price": basic}]}
    refused = await world.api.send(CREATE, {"input": wanted}, Idempotency_Key="sub-3")
    assert refused.data["subscriptionCreate"]["userErrors"][0]["code"] == "RESOURCE_MISSING"
    assert await IdempotencyRecord.all().count() == 0

    await jenny.take_card("pm_card_visa")
    accepted = await world.api.send(CREATE, {"input": wanted}, Idempotency_Key="sub-3")

    assert accepted.data["subscriptionCreate"]["subscription"]["status"] == "ACTIVE"


async def test_hundreds_of_broken_off_requests_leave_no_lock_and_nothing_half_written(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    draft = SubscriptionDraft(customer=jenny.id, items=(ItemDraft(price=basic),))
    dice = random.Random(7)

    async def broken_off(delay: float) -> None:
        creating = asyncio.create_task(Subscriptions(world.api.scope).create(draft))
        await asyncio.sleep(delay)
        creating.cancel()
        await asyncio.gather(creating, return_exceptions=True)

    for _ in range(BROKEN_OFF // 20):
        await asyncio.gather(*(broken_off(dice.random() * 0.2) for _ in range(20)))

    await Resolution(world.api.scope).resolve([each.id for each in await Charge.all() if in_flight(each)])
    await check_all()
    subscription = await jenny.subscribe(basic)
    assert await subscription.status() == "ACTIVE"


async def test_parallel_refunds_never_give_back_more_than_was_taken(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    await jenny.subscribe(basic)
    charge = (await Charge.get()).id

    async def refund() -> bool:
        answer = await world.api.do("refundCreate", "refund { id }", {"charge": charge, "amount": 400})
        return answer["refund"] is not None

    done = await asyncio.gather(*(refund() for _ in range(10)))

    assert sum(done) == 3  # 3 × 4.00 of 15.00; a fourth would be 16.00
    assert await Refunds(world.api.scope).refunded([charge]) == {charge: 1200}
    await check_all()


async def test_four_processes_on_one_file_share_a_key(world: World, database_url: str, tmp_path: Path) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    body = {"query": CREATE, "variables": {"input": {"customer": jenny.id, "items": [{"price": basic}]}}}
    headers = {**world.api.headers(), "Idempotency-Key": "sub-4"}
    async with AsyncExitStack() as stack, ClientSession() as http:
        servers = [stack.enter_async_context(server(database_url, tmp_path)) for _ in range(4)]
        urls = await asyncio.gather(*servers)

        async def create(number: int) -> str:
            async with http.post(f"{urls[number % 4]}/graphql", json=body, headers=headers) as response:
                return str((await response.json())["data"]["subscriptionCreate"]["subscription"]["status"])

        statuses = await asyncio.gather(*(create(number) for number in range(PARALLEL)))

    assert set(statuses) == {"ACTIVE"}
    assert (await Subscription.all().count(), await Charge.all().count()) == (1, 1)
    await check_all()


@asynccontextmanager
async def server(url: str, folder: Path) -> AsyncIterator[str]:
    """A server process on the database; where it answers."""
    settings = {"PRORATA_DATABASE_URL": url, "PRORATA_SECRET_KEY": "x" * 32}
    arguments = command_line("serve", "--port", "0", "--no-worker")
    process = await asyncio.create_subprocess_exec(*arguments, env=settings, cwd=folder, stdout=PIPE)
    try:
        yield await ready(process)
    finally:
        process.terminate()
        await process.wait()


async def ready(process: Process) -> str:
    """The address that a starting server says it is ready on."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("Prorata is ready on "):
            return line.rsplit(" ", 1)[1].strip()
    raise AssertionError("the server ended before it was ready")
