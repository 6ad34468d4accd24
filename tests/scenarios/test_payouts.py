"""Money on its way from a customer's card to a bank account, by hand and by schedule, all on a test clock."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account
from services.balances import books_balance
from tests.scenarios.world import World
from tests.serving import Api, served

START = "2027-02-01T10:00:00Z"  # a Monday
ADDED = ["account.external_account.created"]
PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
ADVANCED = ("test_helpers.test_clock.advancing", "test_helpers.test_clock.ready")
MANUAL = {"payout_interval": "manual"}
PAYOUT = "payout { id status amount method automatic arrivalDate failureCode created destination { id status } }"


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url) as api:
        yield api


async def opened(api: Api, *, settings: dict[str, Any] | None = None) -> World:
    """A world whose seller is paid out as the settings say; to a bank in the US."""
    world = await World.opened(api, START)
    await Account.filter(id=api.scope.account_id).update(settings={"upcoming_invoice_days": 0, **(settings or {})})
    await bank(world)
    assert await world.news() == ADDED
    return world


async def bank(world: World, token: str = "btok_us_verified", **input: Any) -> str:
    answer = await world.do(
        "externalAccountCreate", "externalAccount { id }", externalAccount={"token": token}, **input
    )
    return str(answer["externalAccount"]["id"])


async def earn(world: World, amount: int) -> None:
    """Somebody on the clock pays so much by card."""
    customer = await world.customer(card="pm_card_visa")
    await world.do(
        "paymentIntentCreate",
        "paymentIntent { id }",
        amount=amount,
        currency="usd",
        customer=customer.id,
        paymentMethod=customer.cards[-1],
        confirm=True,
    )
    await world.news(balances=True)


async def pay_out(world: World, amount: int, **input: Any) -> dict[str, Any]:
    answer = await world.do("payoutCreate", PAYOUT, amount=amount, currency="usd", testClock=world.clock, **input)
    return dict(answer["payout"])


async def payouts(world: World) -> list[str]:
    """All payouts, oldest first: `1426 PAID 2027-02-05`."""
    found = await world.api.ask("{ payouts(first: 100) { nodes { amount status arrivalDate } } }")
    return [f"{each['amount']} {each['status']} {each['arrivalDate'][:10]}" for each in found["payouts"]["nodes"][::-1]]


async def balance(world: World) -> tuple[int, int]:
    """Available and pending usd of the clock's world."""
    found = await world.api.ask(
        "query($clock: ID!) { balance(testClock: $clock) { available { amount } pending { amount } } }",
        {"clock": world.clock},
    )
    report = await books_balance("usd")
    assert report.balanced, report
    [available], [pending] = found["balance"]["available"], found["balance"]["pending"]
    return available["amount"], pending["amount"]


async def movements(world: World) -> list[str]:
    """All movements, oldest first: `PAYOUT -1000`."""
    found = await world.api.ask("{ balanceTransactions(first: 100) { nodes { type net } } }")
    return [f"{each['type']} {each['net']}" for each in found["balanceTransactions"]["nodes"][::-1]]


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
