"""What stories of platforms and their accounts have in common."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.keys import KeyKind
from models import Account, PaymentIntent
from tests.features.connected import connected
from tests.scenarios.world import Subscription, World

START = "2027-01-31T10:00:00Z"
PARTS = "applicationFeeAmount transferData { destination { id } amount } onBehalfOf { id } application"
FEES = f"id status total amountDue {PARTS}"


async def account(world: World, name: str = "Gym", **columns: Any) -> Account:
    """An account connected to the platform of the world."""
    return await connected(world.api.scope, name, **columns)


async def acting(world: World, gym: Account) -> World:
    """The account's own world, with its own clock, as its platform sees it by `Stripe-Account`."""
    return await World.opened(world.api.acting(gym), START)


async def by_itself(world: World) -> World:
    """The same world under a key of the account's own."""
    own = replace(world.api, scope=replace(world.api.scope, application_id=None), acting_for=None)
    return World(await own.as_key(KeyKind.SECRET), world.clock)


async def fees(subscription: Subscription) -> list[tuple[int, int | None]]:
    """What each of its invoices charges and the fee of it, oldest first."""
    return [(each["amountDue"], each["applicationFeeAmount"]) for each in await invoices(subscription)]


async def invoices(subscription: Subscription) -> list[dict[str, Any]]:
    """Its invoices with the parts of others in them, oldest first."""
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ invoices(first: 100) {{ nodes {{ {FEES} }} }} }} }}",
        {"id": subscription.id},
    )
    return list(found["subscription"]["invoices"]["nodes"][::-1])


async def shared(invoice_id: str) -> list[dict[str, Any] | None]:
    """Who has a part in the payments of an invoice, oldest first."""
    return [row.sharing for row in await payments(invoice_id)]


async def payments(invoice_id: str) -> Sequence[PaymentIntent]:
    """The payments of an invoice, oldest first."""
    return await PaymentIntent.filter(invoice_id=invoice_id).order_by("id")


async def invoice(world: World, identifier: str) -> dict[str, Any]:
    """An invoice with the parts of others in it."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {FEES} }} }}", {"id": identifier})
    return dict(found["invoice"])


async def leaves(world: World, gym: Account) -> None:
    """The account disconnects from its platform, whose world this is."""
    await world.do("accountDeauthorize", "account { id }", id=gym.id)


async def returns(world: World, gym: Account) -> None:
    """The account connects to its platform again."""
    await world.do("accountReconnect", "account { id }", id=gym.id)
