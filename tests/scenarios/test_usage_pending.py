"""Removing a metered item on condition that what was used is paid: until then the item stays.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February.
"""

from tests.scenarios.test_intervals import HALF
from tests.scenarios.test_pending_updates import pay, pending
from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Customer, Subscription, World


async def removing(world: World, usage: Usage, *outcomes: str) -> tuple[Customer, Subscription]:
    """Jenny, who used 100 and removes the metered item, whose charge ends like this."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to(HALF)
    await jenny.script(*outcomes)
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(
        items=[{"id": item, "deleted": True}],
        prorationBehavior="ALWAYS_INVOICE",
        paymentBehavior="PENDING_IF_INCOMPLETE",
    )
    return jenny, subscription


async def test_the_item_stays_until_its_usage_is_paid(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await removing(world, usage, "INSUFFICIENT_FUNDS")

    waiting = await pending(subscription)
    assert waiting is not None
    assert waiting["invoice"] == {"status": "OPEN", "total": 1000}
    assert (await subscription.status(), len((await subscription.now())["items"])) == ("ACTIVE", 2)
    await usage.used(jenny, "2027-02-12T00:00:00Z", "2")  # late
    await world.move_to("2027-02-14T20:00:00Z")
    await usage.used(jenny, "2027-02-14T19:00:00Z", "3")  # while it waits
    await pay(subscription)

    assert (await pending(subscription), len((await subscription.now())["items"])) == (None, 1)
    await usage.used(jenny, "2027-02-15T00:00:00Z", "50")  # nobody's
    await world.move_to("2027-04-15T00:00:00Z")
    billed = [int(each.split()[0]) for each in await subscription.billed()]
    assert billed == [1500, 1000, 1550, 1500]


async def test_usage_of_a_change_that_was_dropped_is_billed_with_its_period(world: World) -> None:
    usage = await Usage.metered(world)
    jenny, subscription = await removing(world, usage, "INSUFFICIENT_FUNDS")
    await usage.used(jenny, "2027-02-14T19:00:00Z", "3")

    await world.move_to("2027-02-15T12:00:00Z")
    assert (await pending(subscription), len((await subscription.now())["items"])) == (None, 2)
    await world.move_to("2027-02-28T12:00:00Z")

    assert [each.split("T")[0] for each in await subscription.billed()] == [
        "1500 PAID 2027-01-31", "1000 VOID 2027-02-14", "2530 PAID 2027-02-28",
    ]  # fmt: skip


async def test_the_item_goes_at_once_where_its_usage_is_paid(world: World) -> None:
    usage = await Usage.metered(world)
    _, subscription = await removing(world, usage)

    assert (await pending(subscription), len((await subscription.now())["items"])) == (None, 1)
    await world.move_to("2027-02-28T12:00:00Z")
    assert [int(each.split()[0]) for each in await subscription.billed()] == [1500, 1000, 1500]
