"""Several things happen to one customer, or to one product, at the same moment: nobody has too much or too little."""

import asyncio
import random
from typing import Any

from domain.errors import Problems
from models import ActiveEntitlement, Event, ProductFeature
from services.entitlements import ProductFeatureDraft, ProductFeatures
from services.entitlements.books import wrongly_entitled
from services.subscriptions import ItemDraft
from services.subscriptions.wanted_items import WantedItems
from services.transactions import in_transaction
from tests.scenarios.entitling import SUMMARY, attach, detach, feature, features_of, plan, product_of
from tests.scenarios.world import World
from tests.simulation.entitlements import check_entitlements


async def in_parallel(world: World, *calls: tuple[str, str, dict[str, Any]]) -> list[Any]:
    """The payloads of these mutations, sent all at once."""
    return list(await asyncio.gather(*(world.do(mutation, shown, **values) for mutation, shown, values in calls)))


async def test_both_subscriptions_of_a_customer_end_at_once(world: World) -> None:
    pro, top = await plan(world, "Pro", 4000, "export"), await plan(world, "Max", 9000, "export", "sso")
    jenny = await world.customer(card="pm_card_visa")
    for _ in range(4):
        both = [await jenny.subscribe(price) for price in (pro, top)]
        assert await features_of(jenny) == ["export", "sso"]

        await in_parallel(world, *(("subscriptionCancel", "subscription { id }", {"id": each.id}) for each in both))

        assert (await features_of(jenny), await wrongly_entitled()) == ([], [])
    await check_entitlements()


async def test_many_subscriptions_of_a_customer_begin_at_once(world: World) -> None:
    prices = [await plan(world, f"Plan {number}", 0, "export") for number in range(8)]
    jenny = await world.customer()
    await jenny.subscribe(await world.price("Free", 0))
    await world.news()

    await in_parallel(
        world,
        *(
            ("subscriptionCreate", "subscription { id }", {"customer": jenny.id, "items": [{"price": price}]})
            for price in prices
        ),
    )

    assert await features_of(jenny) == ["export"]
    assert (await world.news()).count(SUMMARY) == 1
    assert await ActiveEntitlement.all().count() == 1


async def test_customers_subscribe_while_their_product_gets_a_feature(world: World) -> None:
    price = await world.price("Pro", 0)
    product, export = await product_of(world, price), await feature(world, "export")
    for _ in range(3):
        customers = [await world.customer() for _ in range(10)]
        subscribing = [
            ("subscriptionCreate", "subscription { id }", {"customer": each.id, "items": [{"price": price}]})
            for each in customers
        ]
        wanted = {"product": product, "entitlementFeature": export}
        attaching = ("productFeatureCreate", "productFeature { id }", wanted)

        made = await in_parallel(world, *subscribing[:5], attaching, *subscribing[5:])

        assert await wrongly_entitled() == []
        assert [await features_of(each) for each in customers] == [["export"]] * 10
        await detach(world, made[5]["productFeature"]["id"])
        assert await ActiveEntitlement.all().count() == 0
    await check_entitlements()


async def test_subscriptions_are_resumed_while_their_product_gets_a_feature(world: World) -> None:
    price = await world.price("Pro", 4000)
    paused = []
    for _ in range(6):
        subscription = await (await world.customer(card="pm_card_visa")).subscribe(price)
        await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
        paused.append(("subscriptionResume", "subscription { id }", {"id": subscription.id}))

    await asyncio.gather(in_parallel(world, *paused), attach(world, price, "export"))

    assert await wrongly_entitled() == []
    assert await ActiveEntitlement.all().count() == 6
    assert await Event.filter(type=SUMMARY).count() == 6


async def test_attaching_waits_for_those_who_have_read_the_price_without_it(world: World) -> None:
    price = await world.price("Pro", 0)
    draft = ProductFeatureDraft(
        product=await product_of(world, price), entitlement_feature=await feature(world, "export")
    )
    read, go_on = asyncio.Event(), asyncio.Event()

    async def subscribing() -> None:
        async def body() -> None:
            [known] = await WantedItems(world.api.scope).prices([ItemDraft(price=price)], Problems())
            assert not known.has_features
            read.set()
            await go_on.wait()

        await in_transaction(body)

    async def attaching() -> None:
        await read.wait()
        await ProductFeatures(world.api.scope).attach(draft)

    tasks = [asyncio.create_task(each()) for each in (subscribing, attaching)]
    await read.wait()
    await asyncio.wait(tasks, timeout=0.2)
    assert [each.done() for each in tasks] == [False, False]
    go_on.set()
    await asyncio.gather(*tasks)
    assert await ProductFeature.all().count() == 1


async def test_whatever_happens_at_once_everybody_has_their_due(world: World) -> None:
    dice = random.Random(7)
    prices = [await plan(world, "Pro", 0, "export"), await plan(world, "Max", 0, "sso"), await world.price("Free", 0)]
    products = [await product_of(world, each) for each in prices]
    features = [await feature(world, each) for each in ("export", "sso")]
    customers = [await world.customer() for _ in range(4)]
    running = [await each.subscribe(dice.choice(prices)) for each in customers * 2]
    items = [await each.item() for each in running]

    def one() -> tuple[str, str, dict[str, Any]]:
        place = dice.randrange(len(running))
        subscription = {"id": running[place].id}
        other = {"items": [{"id": items[place], "price": dice.choice(prices)}], "prorationBehavior": "NONE"}
        attachment = {"product": dice.choice(products), "entitlementFeature": dice.choice(features)}
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("subscriptionUpdate", "subscription", {**subscription, **other}),
            ("subscriptionTransfer", "subscription", {**subscription, "customer": dice.choice(customers).id}),
            ("subscriptionPause", "subscription", subscription),
            ("subscriptionResume", "subscription", subscription),
            ("productFeatureCreate", "productFeature", attachment),
            ("accountSettingsUpdate", "account", {"pastDueEntitles": dice.random() < 0.5}),
        ]
        return dice.choice(calls)

    for _ in range(4):
        calls = [one() for _ in range(24)]
        await asyncio.gather(*(world.api.do(verb, f"{noun} {{ id }}", wanted) for verb, noun, wanted in calls))
        for row in (await ProductFeature.all().order_by("id"))[::2]:
            await detach(world, row.id)
    await check_entitlements()
