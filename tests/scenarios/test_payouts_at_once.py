"""The same money never leaves twice, however many ask for it at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from models import BalanceTransaction, Payout
from services.balances import books_balance
from tests.scenarios.paying_out import ADVANCED, MANUAL, balance, earn, opened, payouts
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url) as api:
        yield api


async def test_thirty_two_at_once_take_no_more_than_there_is(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await world.do("topupCreate", "topup { id }", amount=1000, currency="usd")
    wanted = {"amount": 90, "currency": "usd"}

    answers = await asyncio.gather(*(api.do("payoutCreate", "payout { id }", wanted) for _ in range(32)))

    codes = Counter(each["userErrors"][0]["code"] if each["userErrors"] else "PAID OUT" for each in answers)
    assert codes == {"PAID OUT": 11, "BALANCE_INSUFFICIENT": 21}  # 11 × 90 = 990
    assert sum(each.amount for each in await Payout.all()) == 990
    assert sum(each.net for each in await BalanceTransaction.all()) == 10
    assert (await books_balance("usd")).balanced


async def test_schedule_and_hand_do_not_take_the_same_money(api: Api) -> None:
    world = await opened(api)
    await earn(world, 1500)
    await world.move_to("2027-02-03T12:00:00Z")
    await world.do("payoutCreate", "payout { id }", amount=1000, currency="usd", testClock=world.clock)

    await world.move_to("2027-02-04T00:00:00Z")

    assert await payouts(world) == ["1000 IN_TRANSIT 2027-02-05", "426 PENDING 2027-02-08"]
    assert (await world.news())[-1] == ADVANCED[1]
    assert await balance(world) == (0, 0)


async def test_a_payout_is_canceled_once(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await world.do("topupCreate", "topup { id }", amount=1000, currency="usd")
    made = await world.do("payoutCreate", "payout { id }", amount=1000, currency="usd")

    answers = await asyncio.gather(*(api.do("payoutCancel", "payout { id }", made["payout"]) for _ in range(8)))

    assert sum(not each["userErrors"] for each in answers) == 1
    assert sum(each.net for each in await BalanceTransaction.all()) == 1000
    assert (await books_balance("usd")).balanced
