"""A food-delivery marketplace: diners subscribe with it, and restaurants earn a commission by referring them."""

from tests.scenarios.platform import Platform, account_of, assert_books_balance, moved
from tests.scenarios.world import World


async def charge_of(world: World) -> str:
    """The id of the latest charge."""
    found = await world.api.ask("{ charges(first: 1) { nodes { id } } }")
    return str(found["charges"]["nodes"][0]["id"])


async def test_a_referral_earns_its_restaurant_a_commission(world: World) -> None:
    bistro = await Platform(world).account("Bistro")
    diner = await world.customer(card="pm_card_visa", metadata={"referred_by": account_of(bistro)})
    await diner.subscribe(await world.price("Free delivery", 1000))
    sent = {"amount": 200, "currency": "usd", "destination": account_of(bistro), "transferGroup": "referral_1"}

    made = await world.do(
        "transferCreate", "transfer { id amountReversed }", sourceTransaction=await charge_of(world), **sent
    )

    # 10.00 less 2.9 % + 0.30 = 0.59 for the network; a fifth is the restaurant's
    assert await moved(world) == ["CHARGE 1000 -59 = 941", "TRANSFER -200 0 = -200"]
    assert await moved(bistro) == ["PAYMENT 200 0 = 200"]
    await assert_books_balance()
    await world.do("transferReversalCreate", "transferReversal { amount }", transfer=made["transfer"]["id"], amount=50)
    assert (await moved(world))[2:] == ["TRANSFER_REFUND 50 0 = 50"]
    assert (await moved(bistro))[1:] == ["PAYMENT_REFUND -50 0 = -50"]
    await assert_books_balance()


async def test_no_more_is_sent_of_a_charge_than_came_in(world: World) -> None:
    bistro = await Platform(world).account("Bistro")
    diner = await world.customer(card="pm_card_visa")
    await diner.subscribe(await world.price("Free delivery", 1000))
    before = await moved(world)

    refused = await world.refusal(
        "transferCreate",
        "transfer",
        amount=1001,
        currency="usd",
        destination=account_of(bistro),
        sourceTransaction=await charge_of(world),
    )

    assert [path for _, path in refused] == ["amount"]
    assert (await moved(world), await moved(bistro)) == (before, [])
