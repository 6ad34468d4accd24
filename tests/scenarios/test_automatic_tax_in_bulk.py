"""Automatic tax where many are moved at once: whose tax is not known is charged later, and stops nobody else."""

from tests.scenarios.taxing import registered, taxed
from tests.scenarios.world import World

BERLIN = {"city": "Berlin", "country": "DE"}
ON = {"enabled": True}


async def test_whose_place_is_not_known_is_moved_and_charged_later(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", country="DE", defaultCurrency="eur")
    await registered(world, "DE")
    old, new = [await world.price(name, amount, currency="eur") for name, amount in (("Old", 1190), ("New", 2380))]
    payers = [await world.customer(card="pm_card_visa", address=BERLIN) for _ in range(3)]
    subscriptions = [await payer.subscribe(old, automaticTax=ON) for payer in payers]
    await world.do("customerUpdate", "customer { id }", id=payers[1].id, address=None)

    moving = {"fromPrice": old, "toPrice": new, "behavior": "CHARGE_NOW"}
    await world.do("priceMigrationCreate", "priceMigration { id }", **moving)
    await world.move_to("2027-02-14T10:00:00Z")

    assert [len(await each.invoices()) for each in subscriptions] == [2, 1, 2]
    assert [len(await each.waiting()) for each in subscriptions] == [0, 2, 0]
    found = await taxed(world, (await subscriptions[0].invoices())[1]["id"])
    assert (found["status"], found["totalTaxes"][0]["taxRate"]["percentage"]) == ("PAID", "19")
    await world.do("customerUpdate", "customer { id }", id=payers[1].id, address=BERLIN)
    await world.move_to("2027-02-28T12:00:00Z")
    assert [each["status"] for each in await subscriptions[1].invoices()] == ["PAID", "PAID"]
    assert await subscriptions[1].waiting() == []


async def test_trial_of_a_phase_begins_though_nobody_knows_where_the_customer_is(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", country="DE", defaultCurrency="eur")
    await registered(world, "DE")
    jenny = await world.customer(card="pm_card_visa", address=BERLIN)
    basic = await world.price("Basic", 1190, currency="eur")
    subscription = await jenny.subscribe(basic, automaticTax=ON)
    await world.do("customerUpdate", "customer { id }", id=jenny.id, address=None)
    await subscription.update(trialEnd="2027-02-10T10:00:00Z")
    assert await subscription.status() == "TRIALING"
    await world.move_to("2027-02-10T12:00:00Z")
    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "PAID", "DRAFT"]
