"""Payouts by schedule: what is available leaves by itself, once; what comes back stops the rest."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scenarios.paying_out import ADVANCED, balance, bank, earn, movements, opened, payouts
from tests.scenarios.world import World
from tests.serving import Api, served

FRIDAYS = {"payout_interval": "weekly", "payout_weekly_anchor": "friday"}
LAST_OF_MONTH = {"payout_interval": "monthly", "payout_monthly_anchor": 31}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url) as api:
        yield api


async def test_what_is_available_leaves_at_the_next_midnight(api: Api) -> None:
    world = await opened(api)
    await earn(world, 1500)  # Monday 10:00; 1426 after fees, available on Wednesday

    await world.move_to("2027-02-09T12:00:00Z")

    assert await world.news(balances=True) == [
        ADVANCED[0],
        "balance.available",  # Wednesday 10:00
        "payout.created",  # Thursday 00:00
        "payout.updated",  # Friday 00:00
        "payout.paid",  # Saturday is none, so Monday 00:00
        ADVANCED[1],
    ]
    assert await payouts(world) == ["1426 PAID 2027-02-08"]
    assert await movements(world) == ["CHARGE 1426", "PAYOUT -1426"]
    assert await balance(world) == (0, 0)


async def test_every_day_has_its_own_payout_and_event(api: Api) -> None:
    world = await opened(api)
    await earn(world, 1500)  # 1426
    await earn(world, 1000)  # 2.9 % are 29, and 30: 941
    await world.move_to("2027-02-02T18:00:00Z")
    await earn(world, 2000)  # 2.9 % are 58, and 30: 1912

    await world.move_to("2027-02-10T00:00:00Z")

    told = await world.news(balances=True)
    assert told.count("balance.available") == 2
    assert await payouts(world) == ["2367 PAID 2027-02-08", "1912 PAID 2027-02-08"]
    assert await balance(world) == (0, 0)


@pytest.mark.parametrize(
    ("settings", "created"),
    [(FRIDAYS, "2027-02-05T00:00:00Z"), (LAST_OF_MONTH, "2027-02-28T00:00:00Z")],
    ids=["fridays", "last of the month"],
)
async def test_anchors_are_kept(api: Api, settings: dict[str, object], created: str) -> None:
    world = await opened(api, settings=settings)
    await earn(world, 1500)
    await world.move_to("2027-02-03T18:00:00Z")
    await earn(world, 1000)

    await world.move_to("2027-02-28T00:00:00Z")

    found = await api.ask("{ payouts(first: 9) { nodes { created amount automatic } } }")
    first = found["payouts"]["nodes"][-1]
    # The second 941 are available on Friday at 18:00.
    amount = 1426 if settings is FRIDAYS else 2367
    assert first == {"created": created, "amount": amount, "automatic": True}


async def test_a_failed_payout_stops_all_others_until_its_destination_is_replaced(api: Api) -> None:
    world = await opened(api)
    bad = await bank(world, "btok_us_verified_accountClosed", defaultForCurrency=True)
    await earn(world, 1500)
    await world.news()
    await world.move_to("2027-02-08T00:00:00Z")
    assert await world.news(balances=True) == [
        *(ADVANCED[0], "balance.available", "payout.created", "payout.updated"),
        *("payout.failed", "account.external_account.updated", ADVANCED[1]),
    ]
    found = await api.ask("{ payouts(first: 1) { nodes { failureCode failureMessage destination { id status } } } }")
    assert found["payouts"]["nodes"][0] == {
        "failureCode": "account_closed",
        "failureMessage": "The bank account has been closed.",
        "destination": {"id": bad, "status": "ERRORED"},
    }
    assert await movements(world) == ["CHARGE 1426", "PAYOUT -1426", "PAYOUT_FAILURE 1426"]
    await earn(world, 1000)
    await world.move_to("2027-02-15T00:00:00Z")
    assert await payouts(world) == ["1426 FAILED 2027-02-08"]  # 941 more are available, and stay
    by_hand = await world.refusal("payoutCreate", "payout", amount=1, currency="usd", testClock=world.clock)
    assert by_hand == [("BANK_ACCOUNT_UNUSABLE", "destination")]
    assert await balance(world) == (2367, 0)

    await bank(world)

    await world.move_to("2027-02-17T00:00:00Z")
    assert await payouts(world) == ["1426 FAILED 2027-02-08", "2367 PAID 2027-02-17"]
    assert await balance(world) == (0, 0)


async def test_a_debt_is_recovered_before_anything_is_paid_out(api: Api) -> None:
    world = await opened(api)
    await earn(world, 1500)
    await world.move_to("2027-02-08T00:00:00Z")
    charge = (await api.ask("{ charges(first: 1) { nodes { id } } }"))["charges"]["nodes"][0]["id"]
    await world.do("refundCreate", "refund { id }", charge=charge)
    assert await balance(world) == (-1500, 0)
    await earn(world, 1000)  # 941
    await world.move_to("2027-02-12T00:00:00Z")
    assert await payouts(world) == ["1426 PAID 2027-02-08"]
    assert await balance(world) == (-559, 0)
    await earn(world, 2000)  # 1912

    await world.move_to("2027-02-18T00:00:00Z")

    assert await payouts(world) == ["1426 PAID 2027-02-08", "1353 PAID 2027-02-16"]  # 1912 - 559, since Sunday
    assert await balance(world) == (0, 0)


async def test_another_schedule_takes_the_place_of_what_was_planned(api: Api) -> None:
    world = await opened(api, settings=FRIDAYS)
    await earn(world, 1500)
    await world.move_to("2027-02-03T12:00:00Z")  # available, and planned for Friday

    await schedule(world, interval="MANUAL", weeklyAnchor=None)
    await world.move_to("2027-02-06T00:00:00Z")
    assert await payouts(world) == []
    await schedule(world, interval="DAILY")
    await world.move_to("2027-02-07T00:00:00Z")

    assert await payouts(world) == ["1426 IN_TRANSIT 2027-02-08"]  # made on Saturday, sent on Sunday


async def schedule(world: World, **wanted: Any) -> None:
    """Let the seller be paid out otherwise."""
    settings = {"payouts": {"schedule": wanted}}
    await world.do("accountUpdate", "account { id }", id=world.api.scope.account_id, settings=settings)
