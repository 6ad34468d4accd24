"""Quotes whose subscription begins later: a schedule comes of them."""

from typing import Any

from tests.scenarios.quoting import offered, one_time
from tests.scenarios.world import Subscription, World
from tests.simulation.invariants import check_all


async def schedule_of(world: World, identifier: str) -> dict[str, Any]:
    """What the API says of a schedule."""
    selection = "status endBehavior subscription { id } phases { startDate endDate trialEnd metadata }"
    query = f"query($id: ID!) {{ subscriptionSchedule(id: $id) {{ {selection} }} }}"
    return dict((await world.api.ask(query, {"id": identifier}))["subscriptionSchedule"])


async def begun(world: World, identifier: str) -> Subscription:
    """The subscription that a schedule made."""
    return Subscription(world, (await schedule_of(world, identifier))["subscription"]["id"])


async def test_subscription_begins_on_the_effective_date(world: World) -> None:
    jenny = await world.customer()
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    data = {"effectiveDate": "2027-03-01T00:00:00Z", "description": "Team", "metadata": {"deal": "7"}}
    quote = await (await offered(jenny, basic, setup, subscriptionData=data)).finalize()
    await world.news()

    schedule = await quote.scheduled()  # Nothing is charged yet, so no card is needed.

    assert await world.news() == ["subscription_schedule.created", "quote.accepted"]
    now = await schedule_of(world, schedule)
    assert (now["status"], now["endBehavior"], now["subscription"]) == ("NOT_STARTED", "RELEASE", None)
    [phase] = now["phases"]
    assert (phase["startDate"], phase["metadata"]) == ("2027-03-01T00:00:00Z", {"deal": "7"})
    await jenny.take_card("pm_card_visa")
    await world.move_to("2027-03-01T12:00:00Z")
    subscription = await begun(world, schedule)
    # 15.00 a month and 50.00 once.
    assert await subscription.billed() == ["6500 PAID 2027-03-01T00:00:00Z"]
    await world.move_to("2027-05-01T12:00:00Z")
    assert (await subscription.billed())[1:] == ["1500 PAID 2027-04-01T00:00:00Z", "1500 PAID 2027-05-01T00:00:00Z"]
    assert await quote.status() == "ACCEPTED"
    await check_all()


async def test_trial_of_a_later_subscription_is_its_first_phase(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    data = {"effectiveDate": "2027-03-01T00:00:00Z", "trialPeriodDays": 45}
    quote = await offered(jenny, await world.price("Basic", 1500), subscriptionData=data)

    schedule = await (await quote.finalize()).scheduled()

    [phase] = (await schedule_of(world, schedule))["phases"]
    # 1 March and 45 days is 15 April.
    assert (phase["endDate"], phase["trialEnd"]) == ("2027-04-15T00:00:00Z", "2027-04-15T00:00:00Z")
    await world.move_to("2027-03-01T12:00:00Z")
    subscription = await begun(world, schedule)
    assert await subscription.status() == "TRIALING"
    await world.move_to("2027-04-15T12:00:00Z")
    assert await subscription.billed() == ["0 PAID 2027-03-01T00:00:00Z", "1500 PAID 2027-04-15T00:00:00Z"]
    assert await subscription.status() == "ACTIVE"


async def test_effective_date_that_is_past_begins_at_once(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    data = {"effectiveDate": "2027-02-10T00:00:00Z"}
    quote = await (await offered(jenny, await world.price("Basic", 1500), subscriptionData=data)).finalize()
    await world.move_to("2027-02-20T00:00:00Z")

    assert await (await quote.accept()).billed() == ["1500 PAID 2027-02-20T00:00:00Z"]


async def test_prices_made_for_a_quote_are_sold_by_its_schedule(world: World) -> None:
    product = (await world.do("productCreate", "product { id }", name="Special"))["product"]["id"]
    jenny = await world.customer(card="pm_card_visa")
    monthly = {"product": product, "currency": "usd", "unitAmount": 700, "recurring": {"interval": "MONTH"}}
    once = {"product": product, "currency": "usd", "unitAmount": 200}
    data = {"effectiveDate": "2027-03-01T00:00:00Z"}
    quote = await offered(jenny, {"priceData": monthly}, {"priceData": once}, subscriptionData=data)

    schedule = await (await quote.finalize()).scheduled()

    await world.move_to("2027-03-01T12:00:00Z")
    assert await (await begun(world, schedule)).billed() == ["900 PAID 2027-03-01T00:00:00Z"]


async def test_effective_date_of_a_draft_changes(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    data = {"effectiveDate": "2027-03-01T00:00:00Z"}
    quote = await offered(jenny, await world.price("Basic", 1500), subscriptionData=data)

    await world.do("quoteUpdate", "quote { id }", id=quote.id, subscriptionData={"effectiveDate": None})

    assert (await quote.now())["subscriptionData"]["effectiveDate"] is None
    assert await (await (await quote.finalize()).accept()).status() == "ACTIVE"


async def test_what_cannot_begin_later_is_refused(world: World) -> None:
    basic, setup = await world.price("Basic", 1500), await one_time(world, "Set-up", 5000)
    jenny = await world.customer()
    sent = {"collectionMethod": "SEND_INVOICE", "invoiceSettings": {"daysUntilDue": 14}}
    later = {"subscriptionData": {"effectiveDate": "2027-03-01T00:00:00Z"}}
    for given in ({"lineItems": [{"price": setup}]}, {"lineItems": [{"price": basic}], **sent}):
        assert await world.refusal("quoteCreate", "quote", customer=jenny.id, **given, **later) == [
            ("PARAMETERS_EXCLUSIVE", "subscriptionData.effectiveDate")
        ]
    quote = await offered(jenny, basic, **later)
    before = await quote.now()
    assert await quote.refused("quoteUpdate", **sent) == [("PARAMETERS_EXCLUSIVE", "subscriptionData.effectiveDate")]
    assert await quote.now() == before
