"""Customers may use what their subscriptions bring, from the second they bring it until the second they do not.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from models import Subscription as SubscriptionRow
from services.entitlements.books import wrongly_entitled
from tests.scenarios.entitling import SUMMARY, attach, detach, feature, features_of, has, plan
from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

UPDATED, DELETED = "customer.subscription.updated", "customer.subscription.deleted"
PAUSED, RESUMED = "customer.subscription.paused", "customer.subscription.resumed"
CREATED = ["customer.updated", "customer.subscription.created", "invoice.created", "invoice.finalized"]
PAYMENT = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
HALF = "2027-02-14T10:00:00Z"


async def subscribed(world: World, *lookup_keys: str, **input: Any) -> tuple[Customer, Subscription]:
    """Jenny and her subscription to a plan with these features."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await plan(world, "Pro", 4000, *lookup_keys), **input)
    await world.news()
    return jenny, subscription


async def summary(customer: Customer) -> dict[str, Any]:
    """What the latest event says of somebody's entitlements."""
    asked = """query($id: ID!) { events(first: 1, filter: {objectId: $id, types: ["entitlements.*"]})
        { nodes { data { object previousAttributes } } } }"""
    found = await customer.world.api.ask(asked, {"id": customer.id})
    return dict(found["events"]["nodes"][0]["data"])


async def test_paid_subscription_brings_the_features_of_its_product(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export", "sso")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()

    await jenny.subscribe(pro)

    assert await features_of(jenny) == ["export", "sso"]
    news = await world.news()
    assert (news[-1], news.count(SUMMARY)) == (SUMMARY, 1)
    told = await summary(jenny)
    held = told["object"]["entitlements"]["data"]
    assert [(each["lookup_key"], each["object"]) for each in held] == [
        ("export", "entitlements.active_entitlement"),
        ("sso", "entitlements.active_entitlement"),
    ]
    assert (told["object"]["customer"], told["previousAttributes"]["entitlements"]["data"]) == (jenny.id, [])


async def test_nothing_is_told_at_a_renewal(world: World) -> None:
    jenny, _ = await subscribed(world, "export")

    await world.move_to("2027-02-28T12:00:00Z")

    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert await features_of(jenny) == ["export"]


async def test_second_subscription_with_the_same_feature_changes_nothing_until_both_are_gone(world: World) -> None:
    jenny, first = await subscribed(world, "export")
    second = await jenny.subscribe(await plan(world, "Max", 9000, "export"))
    assert SUMMARY not in await world.news()

    await first.cancel()
    assert await world.news() == [DELETED]
    assert await features_of(jenny) == ["export"]
    await second.cancel()

    assert await world.news() == [DELETED, SUMMARY]
    assert await features_of(jenny) == []
    assert not await has(jenny, "export")


async def test_change_of_quantity_tells_nothing(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")

    await subscription.switch(quantity=5, prorationBehavior="NONE")

    assert await world.news() == [UPDATED]
    assert await features_of(jenny) == ["export"]


async def test_incomplete_subscription_brings_nothing_until_it_is_paid(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    subscription = await jenny.subscribe(pro)
    assert (await subscription.status(), await features_of(jenny)) == ("INCOMPLETE", [])
    assert SUMMARY not in await world.news()

    latest = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { id }", id=latest)

    assert (await subscription.status(), await features_of(jenny)) == ("ACTIVE", ["export"])
    assert [each for each in await world.news() if each in (UPDATED, SUMMARY)] == [UPDATED, SUMMARY]


async def test_incomplete_subscription_that_expires_never_brought_anything(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(pro)

    await world.move_to("2027-02-01T12:00:00Z")

    assert (await subscription.status(), await features_of(jenny)) == ("INCOMPLETE_EXPIRED", [])
    assert SUMMARY not in await world.news()


async def test_trial_brings_features_from_its_first_second(world: World) -> None:
    jenny, subscription = await subscribed(world, "export", trialPeriodDays=10)
    assert (await subscription.status(), await features_of(jenny)) == ("TRIALING", ["export"])

    await world.move_to("2027-02-10T12:00:00Z")

    assert (await subscription.status(), await features_of(jenny)) == ("ACTIVE", ["export"])
    assert SUMMARY not in await world.news()


async def test_pause_withdraws_and_resumption_gives_back(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")

    await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
    assert await world.news() == ["invoiceitem.created", UPDATED, PAUSED, SUMMARY]
    assert await features_of(jenny) == []
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)

    assert (await subscription.status(), await features_of(jenny)) == ("ACTIVE", ["export"])
    assert (await world.news()).count(SUMMARY) == 1


async def test_paused_collection_takes_nothing(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")

    await subscription.update(pauseCollection={"behavior": "VOID"})
    await world.move_to("2027-02-28T12:00:00Z")

    assert SUMMARY not in await world.news()
    assert await features_of(jenny) == ["export"]


@pytest.mark.parametrize(
    ("settings", "late", "end", "status"),
    [
        ({}, ["export"], [], "CANCELED"),
        ({"retriesEnd": "UNPAID"}, ["export"], [], "UNPAID"),
        ({"retriesEnd": "PAST_DUE"}, ["export"], ["export"], "PAST_DUE"),
        ({"retriesEnd": "PAST_DUE", "pastDueEntitles": False}, [], [], "PAST_DUE"),
    ],
)
async def test_late_payment_keeps_features_until_it_is_given_up(
    world: World, settings: dict[str, Any], late: list[str], end: list[str], status: str
) -> None:
    await world.do("accountSettingsUpdate", "account { id }", **settings)
    jenny, subscription = await subscribed(world, "export")
    await jenny.script(*["INSUFFICIENT_FUNDS"] * 9)

    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.status(), await features_of(jenny)) == ("PAST_DUE", late)
    await world.move_to("2027-03-20T12:00:00Z")

    assert (await subscription.status(), await features_of(jenny)) == (status, end)
    assert (await world.news()).count(SUMMARY) == (0 if end else 1)


async def test_setting_takes_and_gives_at_once(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", retriesEnd="PAST_DUE")
    jenny, _ = await subscribed(world, "export")
    await jenny.script(*["INSUFFICIENT_FUNDS"] * 9)
    await world.move_to("2027-02-28T12:00:00Z")
    await world.news()

    await world.do("accountSettingsUpdate", "account { id }", pastDueEntitles=False)
    assert (await features_of(jenny), await world.news()) == ([], [SUMMARY])
    await world.do("accountSettingsUpdate", "account { id }", pastDueEntitles=None)

    assert (await features_of(jenny), await world.news()) == (["export"], [SUMMARY])


async def test_items_come_and_go_with_their_features(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")
    extra = await plan(world, "Extra", 500, "sso")
    await world.news()

    await subscription.update(items=[{"price": extra}], prorationBehavior="NONE")
    assert (await features_of(jenny), await world.news()) == (["export", "sso"], [UPDATED, SUMMARY])
    await subscription.switch(await world.price("Plain", 100), prorationBehavior="NONE")

    assert await features_of(jenny) == ["sso"]
    told = await summary(jenny)
    assert [each["lookup_key"] for each in told["object"]["entitlements"]["data"]] == ["sso"]
    former = told["previousAttributes"]["entitlements"]["data"]
    assert [each["lookup_key"] for each in former] == ["export", "sso"]


async def test_transfer_moves_the_features_along(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")
    omar = await world.customer(card="pm_card_visa")
    await world.news()

    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=omar.id)

    assert (await features_of(jenny), await features_of(omar)) == ([], ["export"])
    assert (await world.news())[-3:] == [UPDATED, SUMMARY, SUMMARY]


async def test_change_that_waits_brings_nothing_before_it_is_in_force(world: World) -> None:
    jenny, subscription = await subscribed(world, "export")
    await world.do("accountSettingsUpdate", "account { id }", downgradeBehavior="WAIT_FOR_PERIOD_END")
    free = await plan(world, "Free", 0, "basics")

    await subscription.switch(free)
    assert await features_of(jenny) == ["export"]
    assert SUMMARY not in await world.news()
    await world.move_to("2027-02-28T12:00:00Z")

    assert await features_of(jenny) == ["basics"]
    assert (await world.news()).count(SUMMARY) == 1


async def test_pending_update_counts_once_it_is_paid(world: World) -> None:
    jenny, subscription = await subscribed(world)
    team = await plan(world, "Team", 8000, "sso")
    await jenny.script("INSUFFICIENT_FUNDS")
    await subscription.switch(team, prorationBehavior="ALWAYS_INVOICE", paymentBehavior="PENDING_IF_INCOMPLETE")
    assert await features_of(jenny) == []
    assert SUMMARY not in await world.news()

    latest = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { id }", id=latest)

    assert await features_of(jenny) == ["sso"]
    assert (await world.news())[-1] == SUMMARY


async def test_deleted_customer_has_nothing(world: World) -> None:
    jenny, _ = await subscribed(world, "export")

    await world.do("customerDelete", "customer { id }", id=jenny.id)

    assert (await features_of(jenny), (await world.news())[-1]) == ([], SUMMARY)
    assert await wrongly_entitled() == []


async def test_attaching_and_detaching_reaches_those_who_are_subscribed(world: World) -> None:
    pro = await world.price("Pro", 4000)
    jenny, omar, ida = [await world.customer(card="pm_card_visa") for _ in range(3)]
    await jenny.subscribe(pro)
    await (await omar.subscribe(pro)).cancel()
    await ida.subscribe(await plan(world, "Max", 9000, "export"))
    await ida.subscribe(pro)
    await world.news()

    attachment = await attach(world, pro, "export")
    assert [await features_of(each) for each in (jenny, omar, ida)] == [["export"], [], ["export"]]
    assert await world.news() == [SUMMARY]  # Jenny's: Ida has it already
    await detach(world, attachment)

    assert [await features_of(each) for each in (jenny, omar, ida)] == [[], [], ["export"]]
    assert await world.news() == [SUMMARY]


async def test_archived_feature_stays_with_those_who_have_it(world: World) -> None:
    jenny, _ = await subscribed(world, "export")
    export = await feature(world, "export")

    await world.do("featureUpdate", "feature { active }", id=export, active=False)

    assert (await features_of(jenny), await world.news()) == (["export"], [])


async def test_removed_clock_takes_entitlements_along(world: World) -> None:
    jenny, _ = await subscribed(world, "export")
    assert await has(jenny, "export")

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    assert await SubscriptionRow.all().count() == 0
    assert await wrongly_entitled() == []
