"""Gym software: gyms bill their members by themselves, and the platform bills each gym for the software."""

from tests.scenarios.platform import Platform, account_of, assert_books_balance, moved
from tests.scenarios.world import World


async def test_the_platform_bills_each_gym_through_the_customer_that_represents_it(world: World) -> None:
    iron = await Platform(world).account("Iron", "STANDARD")
    company = await world.customer(card="pm_card_visa", name="Iron", representsAccount=account_of(iron))
    software = await company.subscribe(await world.price("Software", 4900))
    member = await iron.customer(card="pm_card_visa")
    membership = await member.subscribe(await iron.price("Membership", 3000))

    await world.move_to("2027-02-28T12:00:00Z")
    await iron.move_to("2027-02-28T12:00:00Z")

    assert [each.split()[:2] for each in await software.billed()] == [["4900", "PAID"]] * 2
    assert [each.split()[:2] for each in await membership.billed()] == [["3000", "PAID"]] * 2
    # Each keeps its own: 49.00 less 1.721 + 0.30, 30.00 less 0.87 + 0.30
    assert await moved(world) == ["CHARGE 4900 -172 = 4728"] * 2
    assert await moved(iron) == ["CHARGE 3000 -117 = 2883", "PAYOUT -2883 0 = -2883", "CHARGE 3000 -117 = 2883"]
    await assert_books_balance()


async def test_a_gym_is_represented_once(world: World) -> None:
    iron = await Platform(world).account("Iron", "STANDARD")
    await world.customer(representsAccount=account_of(iron))

    refused = await world.refusal("customerCreate", "customer", representsAccount=account_of(iron))

    assert [path for _, path in refused] == ["representsAccount"]
