"""A free plan without a card, a gate, an upgrade that brings the feature once it is paid, and the way back.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February, 10:00.
"""

from typing import Any

from tests.scenarios.entitling import SUMMARY, features_of, has, plan
from tests.scenarios.test_renewals import COLLECTED, moving
from tests.scenarios.world import World

UPDATED, APPLIED = "customer.subscription.updated", "customer.subscription.pending_update_applied"
FREE_MONTH = ["invoice.created", UPDATED, "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
INVOICED = ["invoiceitem.created", "invoiceitem.created", "invoice.created", "invoice.finalized"]
PAYMENT = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
DECLINED = ["payment_intent.created", "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"]
HALF = "2027-02-14T10:00:00Z"
UPGRADE: dict[str, Any] = {"prorationBehavior": "ALWAYS_INVOICE", "paymentBehavior": "PENDING_IF_INCOMPLETE"}


async def test_free_plan_upgrade_that_has_to_be_paid_and_downgrade_at_period_end(world: World) -> None:
    free, pro = await plan(world, "Free", 0, "basics"), await plan(world, "Pro", 4000, "basics", "export")
    jenny = await world.customer()
    await world.news()

    subscription = await jenny.subscribe(free)
    assert (await subscription.status(), await features_of(jenny)) == ("ACTIVE", ["basics"])
    assert [await has(jenny, each) for each in ("basics", "export", "nothing")] == [True, False, False]
    assert (await world.news())[-1] == SUMMARY
    await world.move_to(HALF)
    await jenny.take_card("pm_card_visa")
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.news()

    await subscription.switch(pro, **UPGRADE)
    assert await features_of(jenny) == ["basics"]
    assert await world.news() == [*INVOICED, UPDATED, *DECLINED]
    latest = (await subscription.now())["latestInvoice"]
    assert (latest["status"], latest["amountDue"]) == ("OPEN", 2000)  # 14 of 28 days of 40.00
    await world.do("invoicePay", "invoice { id }", id=latest["id"])
    assert await features_of(jenny) == ["basics", "export"]
    assert await world.news() == [*PAYMENT, UPDATED, APPLIED, SUMMARY]

    await world.do("accountSettingsUpdate", "account { id }", downgradeBehavior="WAIT_FOR_PERIOD_END")
    await subscription.switch(free)
    assert (await features_of(jenny), await world.news()) == (["basics", "export"], [])
    await world.move_to("2027-02-28T12:00:00Z")

    assert await features_of(jenny) == ["basics"]
    assert await world.news() == moving(*FREE_MONTH[:2], SUMMARY, *FREE_MONTH[2:])
    assert (await subscription.billed())[-1] == "0 PAID 2027-02-28T10:00:00Z"


async def test_upgrade_that_is_paid_at_once_brings_the_feature_at_once(world: World) -> None:
    free, pro = await plan(world, "Free", 0), await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(free)
    await world.move_to(HALF)
    await world.news()

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    assert await features_of(jenny) == ["export"]
    told = [each for each in await world.news() if each in (*COLLECTED, UPDATED, SUMMARY)]
    assert told.count(SUMMARY) == 1
