"""Money on its way from a customer's card to a bank account by hand, on a test clock."""

from collections.abc import AsyncIterator

import pytest

from domain.lifecycles import TestClockStatus
from models import TestClock
from tests.scenarios.paying_out import (
    ADVANCED,
    MANUAL,
    balance,
    bank,
    earn,
    movements,
    opened,
    pay_out,
    payouts,
)
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url) as api:
        yield api


async def test_a_payout_by_hand_goes_at_midnight_and_arrives_on_a_working_day(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await earn(world, 1500)  # less 2.9 % of it, 44 with half cents up, and 30: 1426
    assert await balance(world) == (0, 1426)
    await world.move_to("2027-02-03T12:00:00Z")
    assert await world.news(balances=True) == [ADVANCED[0], "balance.available", ADVANCED[1]]
    assert await balance(world) == (1426, 0)

    made = await pay_out(world, 1000)

    assert (made["status"], made["arrivalDate"], made["automatic"]) == ("PENDING", "2027-02-05T00:00:00Z", False)
    assert await world.news() == ["payout.created"]
    assert await balance(world) == (426, 0)
    await world.move_to("2027-02-04T01:00:00Z")
    assert await world.news(balances=True) == [ADVANCED[0], "payout.updated", ADVANCED[1]]
    assert await payouts(world) == ["1000 IN_TRANSIT 2027-02-05"]
    await world.move_to("2027-02-06T00:00:00Z")
    assert await world.news(balances=True) == [ADVANCED[0], "payout.paid", ADVANCED[1]]
    assert await payouts(world) == ["1000 PAID 2027-02-05"]
    assert await movements(world) == ["CHARGE 1426", "PAYOUT -1000"]
    assert await balance(world) == (426, 0)


async def test_a_pending_payout_can_be_canceled_and_a_sent_one_cannot(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await earn(world, 1500)
    await world.move_to("2027-02-03T12:00:00Z")
    await world.news()
    first = await pay_out(world, 1426)

    await world.do("payoutCancel", "payout { status }", id=first["id"])

    assert await world.news() == ["payout.created", "payout.canceled"]
    assert await movements(world) == ["CHARGE 1426", "PAYOUT -1426", "PAYOUT_CANCEL 1426"]
    assert await balance(world) == (1426, 0)
    second = await pay_out(world, 1426)
    await world.move_to("2027-02-04T00:00:00Z")
    refused = await world.refusal("payoutCancel", "payout", id=second["id"])
    assert refused == [("PAYOUT_UNEXPECTED_STATE", "id")]
    assert await payouts(world) == ["1426 CANCELED 2027-02-05", "1426 IN_TRANSIT 2027-02-05"]


async def test_never_more_than_is_available(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await earn(world, 1500)
    await world.move_to("2027-02-03T09:59:59Z")
    wanted = {"currency": "usd", "testClock": world.clock}
    early = await world.refusal("payoutCreate", "payout", amount=1, **wanted)
    await world.move_to("2027-02-03T10:00:00Z")
    much = await world.refusal("payoutCreate", "payout", amount=1427, **wanted)
    elsewhere = await world.refusal("payoutCreate", "payout", amount=1, currency="usd")  # not in the system's time

    assert early == much == elsewhere == [("BALANCE_INSUFFICIENT", "amount")]
    assert await payouts(world) == []
    assert await balance(world) == (1426, 0)


async def test_an_instant_payout_to_a_debit_card_takes_half_an_hour(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    card = await bank(world, "tok_visa_debit")
    await earn(world, 1500)
    await world.move_to("2027-02-06T23:45:00Z")  # a Saturday
    await world.news()
    wanted = {"amount": 426, "currency": "usd", "testClock": world.clock, "method": "INSTANT"}

    slow = await world.refusal("payoutCreate", "payout", **wanted)
    made = await pay_out(world, 426, destination=card, method="INSTANT")
    kept = await world.refusal("payoutCancel", "payout", id=made["id"])

    assert slow == [("INSTANT_PAYOUTS_UNSUPPORTED", "method")]
    assert (made["status"], made["arrivalDate"]) == ("IN_TRANSIT", "2027-02-07T00:15:00Z")
    assert kept == [("PAYOUT_UNEXPECTED_STATE", "id")]
    await world.move_to("2027-02-07T00:15:00Z")
    assert await world.news() == ["payout.created", ADVANCED[0], "payout.paid", ADVANCED[1]]
    assert await balance(world) == (1000, 0)


async def test_what_is_wrong_with_a_payout_is_told_together_and_moves_nothing(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await earn(world, 1500)
    await world.move_to("2027-02-03T12:00:00Z")
    await world.news()

    wrong = await world.refusal(
        "payoutCreate", "payout", amount=0, currency="usd", statementDescriptor="<>", metadata={"[": "x"}
    )
    none = await world.refusal("payoutCreate", "payout", amount=1, currency="eur", testClock=world.clock)
    named = {"amount": 1, "currency": "usd"}
    absent = await world.refusal("payoutCreate", "payout", destination="ba_1", testClock=world.clock, **named)
    clock = await world.refusal("payoutCreate", "payout", testClock="clock_1", **named)

    assert sorted(wrong) == [
        ("INVALID_CHARACTERS", "metadata.["),
        ("INVALID_CHARACTERS", "statementDescriptor"),
        ("PARAMETER_INVALID_INTEGER", "amount"),
    ]
    assert none == absent == [("RESOURCE_MISSING", "destination")]
    assert clock == [("RESOURCE_MISSING", "testClock")]
    assert (await payouts(world), await world.news(), await balance(world)) == ([], [], (1426, 0))


async def test_a_top_up_is_there_at_once(api: Api) -> None:
    world = await opened(api, settings=MANUAL)

    answer = await world.do(
        "topupCreate",
        "topup { status balanceTransaction { type net } }",
        amount=5000,
        currency="usd",
        testClock=world.clock,
    )

    assert answer["topup"] == {"status": "SUCCEEDED", "balanceTransaction": {"type": "TOPUP", "net": 5000}}
    assert await world.news() == ["topup.created", "topup.succeeded"]
    assert await balance(world) == (5000, 0)
    await world.move_to("2027-02-02T00:00:00Z")
    assert await world.news(balances=True) == [ADVANCED[0], "balance.available", ADVANCED[1]]
    much = await world.refusal("topupCreate", "topup", amount=100_000_000, currency="usd")
    assert much == [("PARAMETER_INVALID_INTEGER", "amount")]


async def test_a_repeated_call_pays_out_once(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    await world.do("topupCreate", "topup { id }", amount=5000, currency="usd")
    wanted = {"amount": 3000, "currency": "usd"}

    first = await api.do("payoutCreate", "payout { id status }", wanted, Idempotency_Key="a")
    again = await api.do("payoutCreate", "payout { id status }", wanted, Idempotency_Key="a")

    assert first == again
    assert len(await payouts(world)) == 1


async def test_nothing_leaves_while_its_clock_is_on_its_way(api: Api) -> None:
    world = await opened(api, settings=MANUAL)
    wanted = {"amount": 100, "currency": "usd", "testClock": world.clock}
    await world.do("topupCreate", "topup { id }", **wanted)
    made = await pay_out(world, 50)
    await world.news()
    await TestClock.filter(id=world.clock).update(status=TestClockStatus.ADVANCING)

    refused = [
        await world.refusal("topupCreate", "topup", **wanted),
        await world.refusal("payoutCreate", "payout", **wanted),
        await world.refusal("payoutCancel", "payout", id=made["id"]),
    ]

    assert refused == [[("TEST_CLOCK_ADVANCING", "testClock")]] * 3
    assert (await world.news(), await balance(world)) == ([], (50, 0))
