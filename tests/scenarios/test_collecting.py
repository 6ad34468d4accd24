"""What is charged, why it was not, and who counts as delinquent. The world's clock stands at 31 January 2027, 10:00."""

from typing import Any

from tests.scenarios.test_renewals import delinquent
from tests.scenarios.world import Subscription, World


async def error_of(subscription: Subscription) -> dict[str, Any]:
    """Why its latest invoice could not be collected."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { latestInvoice { paymentIntent "
        "{ status lastPaymentError { code declineCode message } } } } }",
        {"id": subscription.id},
    )
    intent = found["subscription"]["latestInvoice"]["paymentIntent"]
    assert intent["status"] == "REQUIRES_PAYMENT_METHOD"
    return dict(intent["lastPaymentError"])


async def test_a_renewal_without_a_payment_method_says_so(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price)
    await world.do("paymentMethodDetach", "paymentMethod { id }", id=jenny.cards[0])
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"
    error = await error_of(subscription)
    assert (error["code"], error["declineCode"]) == ("RESOURCE_MISSING", None)
    assert error["message"].startswith(f"Customer {jenny.id} has no payment method to charge")


async def test_a_detached_card_is_no_subscriptions_own_any_more(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price, defaultPaymentMethod="pm_card_amex")
    query = "query($id: ID!) { subscription(id: $id) { defaultPaymentMethod { id } } }"
    own = (await world.api.ask(query, {"id": subscription.id}))["subscription"]["defaultPaymentMethod"]["id"]
    await world.news()

    await world.do("paymentMethodDetach", "paymentMethod { id }", id=own)

    assert (await world.api.ask(query, {"id": subscription.id}))["subscription"]["defaultPaymentMethod"] is None
    assert await world.news() == ["payment_method.detached", "customer.subscription.updated"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "1500 PAID 2027-02-28T10:00:00Z"  # with the customer's default


async def test_who_has_to_authenticate_a_renewal_is_delinquent_until_they_do(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price)
    await jenny.take_card("pm_card_authenticationRequired")
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"
    assert await delinquent(world, jenny.id)
    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { id }", id=invoice, paymentMethod="pm_card_visa")
    assert not await delinquent(world, jenny.id)


async def test_who_has_to_authenticate_a_first_payment_is_not_delinquent(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_authenticationRequired")
    subscription = await jenny.subscribe(price)
    assert await subscription.status() == "INCOMPLETE"
    assert not await delinquent(world, jenny.id)


async def test_what_expired_unpaid_leaves_nobody_delinquent(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(price)
    assert await delinquent(world, jenny.id)
    await world.move_to("2027-02-01T10:00:00Z")
    assert await subscription.status() == "INCOMPLETE_EXPIRED"
    assert not await delinquent(world, jenny.id)


async def test_who_still_owes_elsewhere_stays_delinquent(world: World) -> None:
    price = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    running = await jenny.subscribe(price)
    await jenny.take_card("pm_card_chargeCustomerFail")
    await world.move_to("2027-02-28T12:00:00Z")
    expired = await jenny.subscribe(price)
    await world.move_to("2027-03-01T13:00:00Z")
    assert (await running.status(), await expired.status()) == ("PAST_DUE", "INCOMPLETE_EXPIRED")
    assert await delinquent(world, jenny.id)


async def test_lists_find_subscriptions_by_when_they_were_made_and_end(world: World) -> None:
    monthly, yearly = await world.price("Basic", 1500), await world.price("Pro", 9000, every="1 YEAR")
    jenny = await world.customer(card="pm_card_visa")
    first = await jenny.subscribe(monthly)
    await world.move_to("2027-02-10T10:00:00Z")
    second = await jenny.subscribe(yearly)

    async def found(filter: dict[str, Any]) -> list[str]:
        query = "query($filter: SubscriptionFilter) { subscriptions(first: 9, filter: $filter) { nodes { id } } }"
        return [each["id"] for each in (await world.api.ask(query, {"filter": filter}))["subscriptions"]["nodes"]]

    assert await found({"created": {"gte": "2027-02-01T00:00:00Z"}}) == [second.id]
    assert await found({"created": {"lt": "2027-02-10T10:00:00Z"}}) == [first.id]
    assert await found({"currentPeriodEnd": {"lte": "2027-02-28T10:00:00Z"}}) == [first.id]
    assert await found({"currentPeriodEnd": {"gt": "2027-02-28T10:00:00Z"}}) == [second.id]
    assert await found({"currentPeriodEnd": {"gte": "2027-02-28T10:00:00Z", "lt": "2028-02-10T10:00:00Z"}}) == [
        first.id
    ]
    assert await found({"price": yearly, "collectionMethod": "CHARGE_AUTOMATICALLY"}) == [second.id]
