"""Sellers who are paid out, for stories: money that comes in on a test clock, and where it goes."""

from typing import Any

from models import Account
from services.balances import books_balance
from tests.scenarios.world import World
from tests.serving import Api

START = "2027-02-01T10:00:00Z"  # a Monday
ADDED = ["account.external_account.created"]
PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
ADVANCED = ("test_helpers.test_clock.advancing", "test_helpers.test_clock.ready")
MANUAL = {"payout_interval": "manual"}
PAYOUT = "payout { id status amount method automatic arrivalDate failureCode created destination { id status } }"


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
