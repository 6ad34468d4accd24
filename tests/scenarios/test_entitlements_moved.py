"""Entitlements follow what moves subscriptions in sets or by themselves: schedules, price moves, quotes, planned ends.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from models import ActiveEntitlement, Customer, Event
from prorata.diagnosis import Finding, entitlement_findings
from services.entitlements.books import wrongly_entitled
from tests.scenarios.entitling import SUMMARY, detach, feature, features_of, plan, product_of
from tests.scenarios.scheduling import phase, schedule_of
from tests.scenarios.world import World

UPDATED, DELETED = "customer.subscription.updated", "customer.subscription.deleted"
NEXT = "2027-02-28T12:00:00Z"


async def test_phases_of_a_schedule_bring_their_features_when_they_begin(world: World) -> None:
    basic, pro = await plan(world, "Basic", 1500, "basics"), await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    schedule = await schedule_of(jenny, phase(basic, 1), phase(pro, 1))
    assert await features_of(jenny) == ["basics"]
    await world.news()

    await world.move_to("2027-02-28T09:00:00Z")
    assert await features_of(jenny) == ["basics"]
    await world.move_to(NEXT)
    assert (await features_of(jenny), (await world.news()).count(SUMMARY)) == (["export"], 1)
    await schedule.cancel()

    assert (await features_of(jenny), (await world.news())[-1]) == ([], SUMMARY)


async def test_price_that_everybody_moves_to_brings_its_features(world: World) -> None:
    old, new = await plan(world, "Old", 1500, "basics"), await plan(world, "New", 1500, "basics", "export")
    same = await world.do(
        "priceCreate",
        "price { id }",
        currency="usd",
        unitAmount=1700,
        recurring={"interval": "MONTH"},
        product=await product_of(world, new),
    )
    customers = [await world.customer(card="pm_card_visa") for _ in range(3)]
    for each in customers:
        await each.subscribe(old)
    await world.news()

    await world.do("priceMigrationCreate", "priceMigration { id }", fromPrice=old, toPrice=new, behavior="NONE")
    await world.move_to("2027-01-31T10:00:01Z")
    assert [await features_of(each) for each in customers] == [["basics", "export"]] * 3
    assert (await world.news()).count(SUMMARY) == 3
    moving_on = {"fromPrice": new, "toPrice": same["price"]["id"], "behavior": "NONE"}
    await world.do("priceMigrationCreate", "priceMigration { id }", **moving_on)
    await world.move_to("2027-01-31T10:00:02Z")

    assert [await features_of(each) for each in customers] == [["basics", "export"]] * 3
    assert (await world.news()).count(SUMMARY) == 0  # another price of the same product


async def test_accepted_quote_brings_features(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    made = await world.do("quoteCreate", "quote { id }", customer=jenny.id, lineItems=[{"price": pro}])
    quote = made["quote"]["id"]
    await world.do("quoteFinalize", "quote { id }", id=quote)
    assert await features_of(jenny) == []

    await world.do("quoteAccept", "quote { id }", id=quote)
    await world.move_to("2027-01-31T12:00:00Z")

    assert await features_of(jenny) == ["export"]


async def test_planned_end_takes_features_when_it_comes(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(pro)

    await subscription.update(cancelAtPeriodEnd=True)
    assert await features_of(jenny) == ["export"]
    await world.news()
    await world.move_to(NEXT)

    assert await features_of(jenny) == []
    assert [each for each in await world.news() if each in (DELETED, SUMMARY)] == [DELETED, SUMMARY]


async def test_resumption_gives_back_when_it_is_paid(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(pro)
    await world.move_to("2027-02-14T10:00:00Z")
    await world.do("subscriptionPause", "subscription { id }", id=subscription.id, billFor={"unusedTimeFrom": "NONE"})
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)
    assert (await subscription.status(), await features_of(jenny)) == ("PAUSED", [])

    latest = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { id }", id=latest)

    assert (await subscription.status(), await features_of(jenny)) == ("ACTIVE", ["export"])


async def test_erased_customer_leaves_no_entitlement(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    await jenny.subscribe(pro)

    await world.do("customerDelete", "customer { id }", id=jenny.id)
    await world.do("customerAnonymize", "customer { id }", id=jenny.id)

    assert (await ActiveEntitlement.all().count(), await wrongly_entitled()) == (0, [])


async def test_renewal_asks_nothing_about_features(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(pro)

    with world.api.statements() as sent:
        await world.move_to(NEXT)

    assert len(await subscription.billed()) == 2
    assert [each for each in sent if "entitlement" in each or "product_features" in each] == []


async def test_attaching_takes_as_many_statements_for_forty_subscribers_as_for_one(world: World) -> None:
    counts = []
    for subscribers in (2, 40):
        price = await world.price("Pro", 0)
        wanted = {"product": await product_of(world, price), "entitlementFeature": await feature(world, "export")}
        customers = [await world.customer() for _ in range(subscribers)]
        for each in customers:
            await each.subscribe(price)
        with world.api.statements() as sent:
            made = await world.do("productFeatureCreate", "productFeature { id }", **wanted)
        assert await Event.filter(type=SUMMARY, object_id__in=[each.id for each in customers]).count() == subscribers
        await detach(world, made["productFeature"]["id"])
        counts.append(len(sent))
    assert counts[0] == counts[1] < 25
    assert await ActiveEntitlement.all().count() == 0


async def test_doctor_finds_what_is_not_as_subscriptions_say(world: World) -> None:
    pro = await plan(world, "Pro", 4000, "export")
    jenny, omar = [await world.customer(card="pm_card_visa") for _ in range(2)]
    await jenny.subscribe(pro)
    fine = [each async for each in entitlement_findings()]

    await ActiveEntitlement.all().update(customer_id=omar.id)

    found = [each async for each in entitlement_findings()]
    assert fine == [Finding("Entitlements", "everybody has what their subscriptions bring")]
    assert {each.text.split()[2] for each in found} == {jenny.id, omar.id}
    assert not any(each.in_order for each in found)
    assert await Customer.all().count() == 2
