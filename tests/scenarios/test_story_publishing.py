"""A publishing platform: readers subscribe to authors, and the platform keeps a tenth."""

from tests.scenarios.platform import Platform, account_of, assert_books_balance, moved
from tests.scenarios.world import World


async def test_readers_subscribe_directly_with_their_author(world: World) -> None:
    ada = await Platform(world).account("Ada", "STANDARD")
    reader = await ada.customer(card="pm_card_visa")

    letters = await reader.subscribe(await ada.price("Letters", 500), applicationFeePercent="10")
    await ada.move_to("2027-03-31T12:00:00Z")

    assert await letters.billed() == [
        "500 PAID 2027-01-31T10:00:00Z", "500 PAID 2027-02-28T10:00:00Z", "500 PAID 2027-03-31T10:00:00Z",
    ]  # fmt: skip
    # 5.00 less 2.9 % + 0.30 = 0.445, rounded 0.45, for the network and 10 % = 0.50 for the platform
    month = ["CHARGE 500 -95 = 405", "PAYOUT -405 0 = -405"]
    assert await moved(ada) == [*month, *month, month[0]]  # the last one is not available yet
    assert await moved(world) == ["APPLICATION_FEE 50 0 = 50"] * 3
    await assert_books_balance()


async def test_readers_subscribe_with_the_platform_for_an_author(world: World) -> None:
    ada = await Platform(world).account("Ada")
    reader = await world.customer(card="pm_card_visa")

    letters = await reader.subscribe(
        await world.price("Letters", 500),
        applicationFeePercent="10",
        transferData={"destination": account_of(ada)},
    )
    await world.move_to("2027-02-28T12:00:00Z")

    assert await letters.billed() == ["500 PAID 2027-01-31T10:00:00Z", "500 PAID 2027-02-28T10:00:00Z"]
    # All of it goes to Ada, who gives a tenth back; the platform pays the network.
    assert await moved(world) == ["CHARGE 500 -45 = 455", "TRANSFER -500 0 = -500", "APPLICATION_FEE 50 0 = 50"] * 2
    assert await moved(ada) == ["PAYMENT 500 -50 = 450", "PAYOUT -450 0 = -450", "PAYMENT 500 -50 = 450"]
    await assert_books_balance()


async def test_a_reader_who_wants_the_money_back_has_it_from_all(world: World) -> None:
    ada = await Platform(world).account("Ada")
    reader = await world.customer(card="pm_card_visa")
    letters = await reader.subscribe(
        await world.price("Letters", 500),
        applicationFeePercent="10",
        transferData={"destination": account_of(ada)},
    )
    found = await world.api.ask("{ charges(first: 1) { nodes { id } } }")

    await world.do(
        "refundCreate",
        "refund { status }",
        charge=found["charges"]["nodes"][0]["id"],
        amount=250,
        reverseTransfer=True,
        refundApplicationFee=True,
    )

    # Half of the charge, half of the transfer, half of the fee.
    assert (await moved(world))[3:] == [
        "REFUND -250 0 = -250", "TRANSFER_REFUND 250 0 = 250", "APPLICATION_FEE_REFUND -25 0 = -25",
    ]  # fmt: skip
    assert (await moved(ada))[1:] == ["PAYMENT_REFUND -250 0 = -250", "APPLICATION_FEE_REFUND 25 0 = 25"]
    assert await letters.status() == "ACTIVE"
    await assert_books_balance()
