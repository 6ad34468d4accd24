"""Renewals that others have a part in: the same money for each of them as for one payment, and no more statements."""

from typing import Any

import pytest

from models import ApplicationFee, Transfer
from tests.scenarios.connecting import account, acting
from tests.scenarios.transferring import balanced, moved
from tests.scenarios.world import World

OWN_FEES: dict[str, Any] = {"controller": {"fees_payer": "account"}}


async def test_direct_subscriptions_bring_their_fees(world: World) -> None:
    row = await account(world, **OWN_FEES)
    gym = await acting(world, row)
    price = await gym.price("Gym", 3000)
    for percent in ("10", "12.35"):
        jenny = await gym.customer(card="pm_card_visa")
        await jenny.subscribe(price, applicationFeePercent=percent)
    before = await moved(platform=world.api.scope.account_id, gym=row)

    await gym.move_to("2027-02-28T12:00:00Z")

    # 2.9 % of 30.00 is 0.87, and 0.30; 10 % is 3.00, 12.35 % is 3.705
    charges = ["charge 3000 - 417 (300 application)", "charge 3000 - 488 (371 application)"]
    assert before == {"platform": ["application_fee 300", "application_fee 371"], "gym": charges}
    after = await moved(platform=world.api.scope.account_id, gym=row)
    assert sorted(after["gym"]) == sorted([*charges, *charges])
    assert sorted(after["platform"]) == ["application_fee 300"] * 2 + ["application_fee 371"] * 2
    await balanced()


async def test_shared_subscriptions_are_transferred_at_each_renewal(world: World) -> None:
    row = await account(world)
    jenny = await world.customer(card="pm_card_visa")
    to = {"destination": row.id}
    await jenny.subscribe(await world.price("All", 1000), transferData=to, applicationFeePercent="12.3")
    await jenny.subscribe(await world.price("Part", 999), transferData={**to, "amountPercent": "12.5"})
    await world.move_to("2027-02-28T12:00:00Z")

    arrived = (await moved(gym=row))["gym"]
    assert sorted(arrived) == ["payment 1000 - 123 (123 application)"] * 2 + ["payment 125"] * 2  # 124.875
    assert {each.source_charge_id is not None for each in await Transfer.all()} == {True}
    await balanced()


async def test_account_that_left_receives_nothing_more(world: World) -> None:
    row = await account(world)
    jenny = await world.customer(card="pm_card_visa")
    to = {"destination": row.id}
    subscription = await jenny.subscribe(await world.price("All", 1000), transferData=to, applicationFeePercent="10")
    await type(row).filter(id=row.id).update(disconnected_at=1_800_000_000)

    await world.move_to("2027-02-28T12:00:00Z")

    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "PAID"]
    assert (await moved(gym=row))["gym"] == ["payment 1000 - 100 (100 application)"]
    assert await ApplicationFee.all().count() == 1
    await balanced()


@pytest.mark.parametrize("direct", [True, False])
async def test_renewals_of_many_take_as_many_statements_as_those_of_few(world: World, direct: bool) -> None:
    row = await account(world)
    parts: dict[str, Any] = {"applicationFeePercent": "10"} | (
        {} if direct else {"transferData": {"destination": row.id}}
    )
    counts = []
    for size in (2, 8):
        seller = await World.opened(world.api.acting(row) if direct else world.api, "2027-01-31T10:00:00Z")
        price = await seller.price("Gym", 1000)
        for _ in range(size):
            jenny = await seller.customer(card="pm_card_visa")
            await jenny.subscribe(price, **parts)
        with world.api.statements() as seen:
            await seller.move_to("2027-02-28T12:00:00Z")
        counts.append(len(seen))

    assert counts[0] == counts[1]
    assert await ApplicationFee.all().count() == 2 * (2 + 8)
    await balanced()
