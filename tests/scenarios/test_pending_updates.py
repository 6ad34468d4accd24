"""Changes that depend on their payment: they wait for it, or are not made without it.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February.
"""

from typing import Any

import pytest

from tests.scenarios.test_intervals import HALF, totals
from tests.scenarios.test_renewals import COLLECTED
from tests.scenarios.world import Customer, Subscription, World

UPDATED = "customer.subscription.updated"
APPLIED, EXPIRED = (f"customer.subscription.pending_update_{end}" for end in ("applied", "expired"))
INVOICED = ["invoiceitem.created", "invoiceitem.created", "invoice.created", "invoice.finalized"]
DECLINED = ["payment_intent.created", "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"]
PENDING = """
expiresAt billingCycleAnchor invoice { status total } subscriptionItems { id quantity price { unitAmount } }
"""


async def running(world: World, price: str, *outcomes: str, **input: Any) -> tuple[Customer, Subscription]:
    """A customer with a subscription in the middle of its first month, whose next charges end like this."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(price, **input)
    await world.move_to(HALF)
    if outcomes:
        await jenny.script(*outcomes)
    await world.news()
    return jenny, subscription


async def pending(subscription: Subscription) -> dict[str, Any] | None:
    """The change that waits."""
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ pendingUpdate {{ {PENDING} }} }} }}", {"id": subscription.id}
    )
    waiting: dict[str, Any] | None = found["subscription"]["pendingUpdate"]
    return waiting


async def wait(subscription: Subscription, price: str, **input: Any) -> None:
    """Change its item, on condition that this is paid."""
    ways = {"prorationBehavior": "ALWAYS_INVOICE", "paymentBehavior": "PENDING_IF_INCOMPLETE", **input}
    await subscription.switch(price, **ways)


async def amount(subscription: Subscription) -> int:
    """What a unit of its first item costs."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { items { price { unitAmount } } } }", {"id": subscription.id}
    )
    return int(found["subscription"]["items"][0]["price"]["unitAmount"])


async def pay(subscription: Subscription, **input: Any) -> None:
    """Pay its latest invoice."""
    latest = (await subscription.now())["latestInvoice"]["id"]
    await subscription.world.do("invoicePay", "invoice { id }", id=latest, **input)


async def test_change_waits_until_its_invoice_is_paid(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS")

    await wait(subscription, pro)

    assert await world.news() == [*INVOICED, UPDATED, *DECLINED]
    assert (await subscription.status(), await amount(subscription)) == ("ACTIVE", 1500)
    assert await pending(subscription) == {
        "expiresAt": "2027-02-15T09:00:00Z",  # 23 hours on
        "billingCycleAnchor": None,
        "invoice": {"status": "OPEN", "total": 1250},  # half of 40.00 less half of 15.00
        "subscriptionItems": [{"id": await subscription.item(), "quantity": 1, "price": {"unitAmount": 4000}}],
    }
    await world.move_to("2027-02-15T08:00:00Z")
    await world.news()
    await pay(subscription)

    assert await world.news() == [*COLLECTED[2:], UPDATED, APPLIED]
    assert (await pending(subscription), await amount(subscription)) == (None, 4000)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await totals(subscription) == ["1500 2027-01-31", "1250 2027-02-14", "4000 2027-02-28"]


async def test_change_that_is_not_paid_in_time_is_dropped(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS")
    await wait(subscription, pro)
    await world.news()

    await world.move_to("2027-02-15T09:00:00Z")

    advanced = ["test_helpers.test_clock.advancing", "payment_intent.canceled", "invoice.voided", UPDATED, EXPIRED]
    assert await world.news() == [*advanced, "test_helpers.test_clock.ready"]
    assert (await pending(subscription), await amount(subscription)) == (None, 1500)
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.status(), (await totals(subscription))[2]) == ("ACTIVE", "1500 2027-02-28")


async def test_change_that_is_paid_at_once_is_made_at_once(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic)

    await wait(subscription, pro)

    assert await world.news() == [*INVOICED, UPDATED, "payment_intent.created", *COLLECTED[2:], UPDATED, APPLIED]
    assert (await pending(subscription), await amount(subscription)) == (None, 4000)


async def test_change_that_gives_money_back_waits_for_nothing(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, pro)

    await wait(subscription, basic)

    assert (await pending(subscription), await amount(subscription)) == (None, 1500)
    assert await totals(subscription) == ["4000 2027-01-31", "-1250 2027-02-14"]


async def test_waiting_ends_with_the_period(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny, subscription = await running(world, basic)
    await world.move_to("2027-02-27T14:00:00Z")
    await jenny.script("INSUFFICIENT_FUNDS")
    await wait(subscription, pro)
    waiting = await pending(subscription)
    assert waiting is not None and waiting["expiresAt"] == "2027-02-28T10:00:00Z"

    await world.move_to("2027-02-28T12:00:00Z")

    assert (await pending(subscription), await amount(subscription)) == (None, 1500)
    # 20 of 672 hours: 119.05 less 44.64
    assert (await subscription.billed())[1:] == ["74 VOID 2027-02-27T14:00:00Z", "1500 PAID 2027-02-28T10:00:00Z"]


async def test_new_interval_and_anchor_wait_too(world: World) -> None:
    basic, yearly = await world.price("Basic", 2800), await world.price("Yearly", 36500, every="1 YEAR")
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS", billingMode="CLASSIC")

    await wait(subscription, yearly, prorationBehavior="CREATE_PRORATIONS")

    waiting = await pending(subscription)
    assert waiting is not None and waiting["billingCycleAnchor"] == HALF
    assert (await subscription.now())["billingCycleAnchor"] == "2027-01-31T10:00:00Z"
    await world.move_to("2027-02-14T20:00:00Z")
    await pay(subscription)
    now = await subscription.now()
    assert (now["billingCycleAnchor"], now["items"][0]["currentPeriodEnd"]) == (HALF, "2028-02-14T10:00:00Z")
    await world.move_to("2028-02-15T10:00:00Z")
    assert await totals(subscription) == ["2800 2027-01-31", "35100 2027-02-14", "36500 2028-02-14"]


async def test_one_change_waits_at_a_time_and_void_drops_it(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS")
    await wait(subscription, pro)
    items = [{"id": await subscription.item(), "quantity": 5}]
    await world.news()

    again = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=items)
    trial = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, trialEnd="2027-02-20T10:00:00Z"
    )

    assert again == trial == [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]
    assert await world.news() == []
    await subscription.update(description="Ours")
    latest = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoiceVoid", "invoice { id }", id=latest)
    assert await world.news() == [UPDATED, "payment_intent.canceled", "invoice.voided", UPDATED, EXPIRED]
    await subscription.update(items=items)
    assert await subscription.waiting() == [-750, 3750]


async def test_end_of_the_subscription_drops_what_waits(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS")
    await wait(subscription, pro)

    await subscription.cancel()

    assert (await pending(subscription), await subscription.status()) == (None, "CANCELED")
    assert (await subscription.invoices())[1]["status"] == "VOID"


async def test_nothing_else_changes_on_that_condition(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny, subscription = await running(world, basic)
    way = {"paymentBehavior": "PENDING_IF_INCOMPLETE"}

    beside = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, description="x", **way)
    anew = await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": basic}], **way)

    assert beside == [("PARAMETERS_EXCLUSIVE", "paymentBehavior")]
    assert (anew, await world.news()) == ([("PARAMETER_INVALID", "paymentBehavior")], [])


@pytest.mark.parametrize("outcome", ["INSUFFICIENT_FUNDS", "DO_NOT_HONOR"])
async def test_change_is_not_made_without_its_payment(world: World, outcome: str) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, outcome)
    before = await subscription.now()
    change = {"items": [{"id": await subscription.item(), "price": pro}], "prorationBehavior": "ALWAYS_INVOICE"}

    answer = await world.do(
        "subscriptionUpdate", "subscription { id }", id=subscription.id, paymentBehavior="ERROR_IF_INCOMPLETE", **change
    )

    assert (answer["subscription"], answer["userErrors"][0]["code"]) == (None, "CARD_DECLINED")
    assert (await subscription.now(), await amount(subscription)) == (before, 1500)
    assert await world.news() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert (await subscription.waiting(), len(await subscription.invoices())) == ([], 1)


async def test_change_that_is_paid_first_is_made(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic)

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE", paymentBehavior="ERROR_IF_INCOMPLETE")

    assert (await amount(subscription), await subscription.status()) == (4000, "ACTIVE")
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z", f"1250 PAID {HALF}"]
    paid = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert await world.news() == [*paid, *INVOICED, UPDATED, "invoice.paid", "invoice.payment_succeeded"]
    await subscription.switch(quantity=2, paymentBehavior="ERROR_IF_INCOMPLETE")  # nothing to be paid now
    assert await subscription.waiting() == [-2000, 4000]


@pytest.mark.parametrize("mode", ["FLEXIBLE", "CLASSIC"])
async def test_while_a_change_waits_its_period_keeps_its_length(world: World, mode: str) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    _, subscription = await running(world, basic, "INSUFFICIENT_FUNDS", billingMode=mode)
    await wait(subscription, pro)
    await world.news()

    ending = {"id": subscription.id, "cancelAt": "2027-02-20T00:00:00Z"}
    adopting = {"fromSubscription": subscription.id}

    # 12.50 are asked for up to the end of February: an earlier end would keep what it does not give.
    refused = [("SUBSCRIPTION_UNEXPECTED_STATE", "id")]
    assert await world.refusal("subscriptionUpdate", "subscription", **ending) == refused
    assert await world.refusal("subscriptionScheduleCreate", "subscriptionSchedule", **adopting) == refused
    assert (await world.news(), await subscription.waiting()) == ([], [])
    await pay(subscription, paymentMethod="pm_card_visa")
    assert (await pending(subscription), await amount(subscription)) == (None, 4000)
    await subscription.update(cancelAt="2027-02-20T00:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "1250"]
