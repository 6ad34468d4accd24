"""Everybody who subscribes to one price moves to another, in the background.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
What is on the clock moves when the clock does.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Subscription, World

UPDATED = "customer.subscription.updated"
ITEMS = ["invoiceitem.created", "invoiceitem.created"]
HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""
NEXT = "2027-02-14T10:00:01Z"
COUNTS = "id status subscriptionsFound subscriptionsMigrated subscriptionsSkipped skips { reason subscriptions }"


async def subscribers(world: World, *quantities: int) -> tuple[str, str, list[Subscription]]:
    """An old price of 15.00 and a new one of 40.00 USD a month, and so many subscriptions at half time."""
    old, new = await world.price("Basic", 1500), await world.price("Pro", 4000)
    made = [await (await world.customer(card="pm_card_visa")).subscribe(old, quantity=each) for each in quantities]
    await world.move_to(HALF)
    await world.news()
    return old, new, made


async def migrate(world: World, old: str, new: str, behavior: str) -> str:
    """The id of a migration that was begun."""
    asked = {"fromPrice": old, "toPrice": new, "behavior": behavior}
    answer = await world.do("priceMigrationCreate", "priceMigration { id }", **asked)
    return str(answer["priceMigration"]["id"])


async def of(world: World, migration: str) -> dict[str, Any]:
    """How far a migration is."""
    found = await world.api.ask(f"query($id: ID!) {{ priceMigration(id: $id) {{ {COUNTS} }} }}", {"id": migration})
    return dict(found["priceMigration"])


async def preview(world: World, **input: Any) -> dict[str, Any]:
    """What a migration would do."""
    sample = "sample { subscription { id } quantity amountNow amountPerPeriodBefore amountPerPeriodAfter }"
    selection = "currency subscriptionsMigrated amountNow amountPerPeriod byStatus { status subscriptions }"
    skips = "skips { reason subscriptions }"
    answer = await world.do("priceMigrationPreview", f"preview {{ {selection} {skips} {sample} }}", **input)
    return dict(answer["preview"])


async def test_a_preview_tells_what_it_costs_and_writes_nothing(world: World) -> None:
    old, new, [one, two] = await subscribers(world, 1, 2)

    found = await preview(world, fromPrice=old, toPrice=new)

    assert found == {
        "currency": "usd",
        "subscriptionsMigrated": 2,
        "amountNow": 3750,  # half of 3 × 25.00
        "amountPerPeriod": 7500,
        "byStatus": [{"status": "ACTIVE", "subscriptions": 2}],
        "skips": [],
        "sample": [
            {
                "subscription": {"id": one.id}, "quantity": 1, "amountNow": 1250,
                "amountPerPeriodBefore": 1500, "amountPerPeriodAfter": 4000,
            },
            {
                "subscription": {"id": two.id}, "quantity": 2, "amountNow": 2500,
                "amountPerPeriodBefore": 3000, "amountPerPeriodAfter": 8000,
            },
        ],
    }  # fmt: skip
    assert (await world.news(), await one.waiting()) == ([], [])
    brief = await preview(world, fromPrice=old, toPrice=new, behavior="WAIT_FOR_PERIOD_END", sampleSize=1)
    assert (brief["amountNow"], brief["amountPerPeriod"], len(brief["sample"])) == (0, 7500, 1)


async def test_prorated_the_difference_waits_for_the_next_invoice_of_each(world: World) -> None:
    old, new, [one, two] = await subscribers(world, 1, 2)

    migration = await migrate(world, old, new, "PRORATE")
    assert (await of(world, migration))["status"] == "RUNNING"
    assert await world.news() == []
    await world.move_to(NEXT)

    assert await world.news() == moving(*ITEMS, *ITEMS, UPDATED, UPDATED)
    assert (await one.waiting(), await two.waiting()) == ([-750, 2000], [-1500, 4000])
    done = {"id": migration, "status": "COMPLETED", "subscriptionsFound": 2, "subscriptionsMigrated": 2}
    assert await of(world, migration) == {**done, "subscriptionsSkipped": 0, "skips": []}
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await one.billed())[1] == "5250 PAID 2027-02-28T10:00:00Z"  # 12.50 and 40.00
    assert (await two.billed())[1] == "10500 PAID 2027-02-28T10:00:00Z"


async def test_charged_now_each_is_invoiced_once(world: World) -> None:
    old, new, [one, two] = await subscribers(world, 1, 2)

    await migrate(world, old, new, "CHARGE_NOW")
    await world.move_to(NEXT)

    assert (await one.billed())[1:] == [f"1250 PAID {HALF}"]
    assert (await two.billed())[1:] == [f"2500 PAID {HALF}"]
    assert await one.waiting() == []
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await two.billed()] == ["3000", "2500", "8000"]


async def test_a_card_that_declines_leaves_its_subscription_moved_and_past_due(world: World) -> None:
    old, new = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny, omar = [await world.customer(card="pm_card_visa") for _ in range(2)]
    poor, rich = await jenny.subscribe(old), await omar.subscribe(old)
    await world.move_to(HALF)
    await jenny.script("INSUFFICIENT_FUNDS")

    await migrate(world, old, new, "CHARGE_NOW")
    await world.move_to(NEXT)

    assert [await each.status() for each in (poor, rich)] == ["PAST_DUE", "ACTIVE"]
    assert (await poor.billed())[1:] == [f"1250 OPEN {HALF}"]


async def test_without_a_difference_the_new_price_begins_with_the_next_period(world: World) -> None:
    old, new, [one] = await subscribers(world, 1)

    await migrate(world, old, new, "NONE")
    await world.move_to(NEXT)

    assert await world.news() == moving(UPDATED)
    assert await one.waiting() == []
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await one.billed())[1] == "4000 PAID 2027-02-28T10:00:00Z"


async def test_at_the_end_of_the_period_it_waits_on_the_subscription(world: World) -> None:
    old, new, [one] = await subscribers(world, 1)

    await migrate(world, old, new, "WAIT_FOR_PERIOD_END")
    await world.move_to(NEXT)

    assert await world.news() == moving()
    scheduled = "scheduledChange { items { price { id } } }"
    asked = f"query($id: ID!) {{ subscription(id: $id) {{ items {{ price {{ id }} }} {scheduled} }} }}"
    found = (await world.api.ask(asked, {"id": one.id}))["subscription"]
    assert found == {"items": [{"price": {"id": old}}], "scheduledChange": {"items": [{"price": {"id": new}}]}}
    await world.move_to("2027-02-28T12:00:00Z")
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert (await one.billed())[1] == "4000 PAID 2027-02-28T10:00:00Z"


async def test_those_that_do_not_fit_are_skipped_with_a_reason(world: World) -> None:
    old, new, [moved, waits, both, _] = await subscribers(world, 1, 1, 1, 1)
    jenny = await world.customer(card="pm_card_visa")
    paused = await jenny.subscribe(old)
    await world.do("subscriptionPause", "subscription { id }", id=paused.id)
    gone = await jenny.subscribe(old)
    await gone.cancel()
    await world.do("accountSettingsUpdate", "account { id }", upgradeBehavior="WAIT_FOR_PERIOD_END")
    await waits.switch(quantity=9)
    await both.update(items=[{"price": new}], prorationBehavior="NONE")
    thought_of = await preview(world, fromPrice=old, toPrice=new)
    migration = await migrate(world, old, new, "PRORATE")

    await world.move_to(NEXT)

    skips = [{"reason": each, "subscriptions": 1} for each in ("STATUS", "CHANGE_WAITS", "CHANGE_REFUSED")]
    done = await of(world, migration)
    assert (done["subscriptionsFound"], done["subscriptionsMigrated"], done["skips"]) == (5, 2, skips)
    assert (thought_of["subscriptionsMigrated"], thought_of["skips"]) == (2, skips)
    asked = "members(filter: { reason: [STATUS] }) { nodes { status subscription { id } } }"
    found = await world.api.ask(f"query($id: ID!) {{ priceMigration(id: $id) {{ {asked} }} }}", {"id": migration})
    assert found["priceMigration"]["members"]["nodes"] == [{"status": "SKIPPED", "subscription": {"id": paused.id}}]
    assert await moved.waiting() == [-750, 2000]


async def test_what_changes_before_its_turn_is_left_alone(world: World) -> None:
    old, new, [one, two] = await subscribers(world, 1, 1)
    migration = await migrate(world, old, new, "PRORATE")
    await one.switch(await world.price("Max", 9000), prorationBehavior="NONE")
    await two.switch(quantity=3, prorationBehavior="NONE")

    await world.move_to(NEXT)

    assert (await one.waiting(), await two.waiting()) == ([], [-750, 6000])  # what was invoiced is one seat
    assert (await of(world, migration))["skips"] == [{"reason": "CHANGED_MEANWHILE", "subscriptions": 1}]


async def test_whoever_subscribes_later_is_not_moved(world: World) -> None:
    old, new, _ = await subscribers(world, 1)
    migration = await migrate(world, old, new, "NONE")
    later = await (await world.customer(card="pm_card_visa")).subscribe(old)

    await world.move_to("2027-03-14T12:00:00Z")

    assert (await of(world, migration))["subscriptionsFound"] == 1
    assert [line.split()[0] for line in await later.billed()] == ["1500", "1500"]


async def test_canceled_it_moves_nobody_any_more(world: World) -> None:
    old, new, [one] = await subscribers(world, 1)
    migration = await migrate(world, old, new, "PRORATE")

    await world.do("priceMigrationCancel", "priceMigration { id }", id=migration)
    await world.move_to(NEXT)

    found = await of(world, migration)
    assert (found["status"], found["subscriptionsMigrated"], await one.waiting()) == ("CANCELED", 0, [])
    refused = await world.refusal("priceMigrationCancel", "priceMigration", id=migration)
    assert refused == [("PRICE_MIGRATION_UNEXPECTED_STATE", "id")]


async def test_with_nobody_to_move_it_is_done_at_once(world: World) -> None:
    old, new = await world.price("Basic", 1500), await world.price("Pro", 4000)

    migration = await migrate(world, old, new, "CHARGE_NOW")

    found = await of(world, migration)
    assert (found["status"], found["subscriptionsFound"]) == ("COMPLETED", 0)
    listed = await world.api.ask("{ priceMigrations(filter: { status: COMPLETED }) { nodes { id } } }")
    assert listed["priceMigrations"]["nodes"] == [{"id": migration}]


async def test_where_collection_is_paused_nobody_is_charged_now(world: World) -> None:
    old, new, [one] = await subscribers(world, 1)
    await one.update(pauseCollection={"behavior": "VOID"})

    await migrate(world, old, new, "CHARGE_NOW")
    await world.move_to(NEXT)

    assert (await one.waiting(), len(await one.invoices())) == ([-750, 2000], 1)


async def test_a_clock_that_goes_away_holds_nothing_up(world: World) -> None:
    old, new, _ = await subscribers(world, 1)
    migration = await migrate(world, old, new, "PRORATE")

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    found = await of(world, migration)
    assert (found["status"], found["skips"]) == ("COMPLETED", [{"reason": "CHANGED_MEANWHILE", "subscriptions": 1}])


@pytest.mark.parametrize("verb", ["priceMigrationPreview", "priceMigrationCreate"])
async def test_prices_that_do_not_match_are_refused(world: World, verb: str) -> None:
    old, yearly = await world.price("Basic", 1500), await world.price("Year", 9000, every="1 YEAR")
    euro = await world.price("Klein", 1000, currency="eur")
    noun = "preview" if verb == "priceMigrationPreview" else "priceMigration"

    async def refused(new: str, before: str = old) -> list[tuple[str, str]]:
        selection = f"{noun} {{ behavior }}"
        answer = await world.api.do(verb, selection, {"fromPrice": before, "toPrice": new})
        assert answer[noun] is None
        return [(each["code"], each["param"][0]) for each in answer["userErrors"]]

    assert await refused(yearly) == [("PARAMETER_INVALID", "toPrice")]
    assert await refused(euro) == [("CURRENCY_MISMATCH", "toPrice")]
    assert await refused(old) == [("PARAMETER_INVALID", "toPrice")]
    assert await refused("price_x", "price_y") == [("RESOURCE_MISSING", "fromPrice"), ("RESOURCE_MISSING", "toPrice")]
    await world.do("priceUpdate", "price { id }", id=yearly, active=False)
    assert await refused(yearly, yearly) == [("PARAMETER_INVALID", "toPrice"), ("PRICE_INACTIVE", "toPrice")]
    assert (await world.api.ask("{ priceMigrations { nodes { id } } }"))["priceMigrations"]["nodes"] == []


async def test_several_intervals_cannot_wait_for_one_end_but_can_be_prorated(world: World) -> None:
    old, new, [one] = await subscribers(world, 1)
    await one.update(items=[{"price": await world.price("Support", 9000, every="1 YEAR")}], prorationBehavior="NONE")

    waiting = await preview(world, fromPrice=old, toPrice=new, behavior="WAIT_FOR_PERIOD_END")
    await migrate(world, old, new, "PRORATE")
    await world.move_to(NEXT)

    assert waiting["skips"] == [{"reason": "CHANGE_REFUSED", "subscriptions": 1}]
    assert await one.waiting() == [-750, 2000]


async def test_a_free_subscription_that_would_begin_a_new_period_stays(world: World) -> None:
    old, new = await world.price("Free", 0), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    classic = await jenny.subscribe(old, billingMode="CLASSIC")
    flexible = await jenny.subscribe(old)
    await world.move_to(HALF)

    migration = await migrate(world, old, new, "PRORATE")
    await world.move_to(NEXT)

    assert (await of(world, migration))["skips"] == [{"reason": "CHANGE_REFUSED", "subscriptions": 1}]
    assert (await classic.waiting(), await flexible.waiting()) == ([], [0, 2000])


async def test_on_trial_the_new_price_begins_when_that_ends(world: World) -> None:
    old, new = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    trial = await jenny.subscribe(old, trialPeriodDays=20)

    await migrate(world, old, new, "CHARGE_NOW")
    await world.move_to("2027-02-20T12:00:00Z")

    assert [line.rsplit(" ", 1)[0] for line in await trial.billed()] == ["0 PAID", "4000 PAID"]


async def test_whoever_is_sent_invoices_is_sent_the_difference(world: World) -> None:
    old, new = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(email="jenny@example.com")
    sent = await jenny.subscribe(old, collectionMethod="SEND_INVOICE", daysUntilDue=30)
    await world.move_to(HALF)

    await migrate(world, old, new, "CHARGE_NOW")
    await world.move_to(NEXT)

    invoice = (await sent.invoices())[1]
    assert (invoice["total"], invoice["status"], invoice["attempted"]) == (1250, "OPEN", False)
    assert await sent.status() == "ACTIVE"
