"""A platform and its accounts in stories: each a world of its own, with its own clock and its own books."""

from dataclasses import dataclass
from typing import Any

from models import Account
from services.balances import books_of_all_currencies
from tests.scenarios.conftest import START
from tests.scenarios.world import World

MOVED = "{ balanceTransactions(first: 100) { nodes { type amount fee net currency } } }"


@dataclass(slots=True)
class Platform:
    """The platform's own world, and how it comes by accounts."""

    world: World

    async def account(self, name: str, type: str = "EXPRESS", **input: Any) -> World:
        """The world of a new connected account that was taken through its onboarding; the platform's key acts in it."""
        made = await self.world.do(
            "accountCreate",
            "account { id }",
            type=type,
            country="US",
            email=f"{name.lower()}@example.com",
            businessProfile={"name": name},
            **input,
        )
        identifier = made["account"]["id"]
        ready = await self.world.do("sandboxAccountOnboard", "account { chargesEnabled payoutsEnabled }", id=identifier)
        assert ready["account"] == {"chargesEnabled": True, "payoutsEnabled": True}, ready
        return await World.opened(self.world.api.acting(await Account.get(id=identifier)), START)


async def moved(world: World) -> list[str]:
    """Every movement on the books of an account, oldest first: `CHARGE 500 -45 = 455` with the fee taken off."""
    found = await world.api.ask(MOVED)
    return [
        f"{each['type']} {each['amount']} {-each['fee']} = {each['net']}"
        for each in found["balanceTransactions"]["nodes"][::-1]
    ]


async def assert_books_balance() -> None:
    """What all accounts have, with what was kept of it, is what came in less what went out, in every currency."""
    for report in await books_of_all_currencies():
        assert report.balanced, report


def account_of(world: World) -> str:
    """The id of the account whose world it is."""
    return world.api.scope.account_id
