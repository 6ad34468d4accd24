"""The stories of `docs/events.md` happen as they are told there: the same events in the same order.

After a change of what is recorded, look at the difference, then write the stories anew, and the page:

    PRORATA_TEST_RECORD_STORIES=1 python -m pytest -n 0 -k sqlite tests/scenarios/test_event_stories.py
    prorata schema --events > docs/events.md
"""

import json
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from models import Event
from prorata.event_stories import STORIES, Step, Story, stories
from prorata.events_page import object_of, unexplained
from tests.scenarios.world import Customer, Subscription, World

Steps = AsyncIterator[str]
"""What was done, each time it has been done."""


async def monthly(world: World, amount: int = 1500) -> str:
    return await world.price(f"Plan for {amount}", amount)


async def jenny_of(world: World, card: str = "pm_card_visa") -> Customer:
    customer = await world.customer(card=card)
    await world.news()
    return customer


async def subscribed(world: World, *outcomes: str, **input: Any) -> tuple[Customer, Subscription]:
    """Jenny with a subscription of 15.00 USD a month; her next charges end like this."""
    jenny = await jenny_of(world)
    subscription = await jenny.subscribe(await monthly(world), **input)
    if outcomes:
        await jenny.script(*outcomes)
    await world.news()
    return jenny, subscription


async def sign_up(world: World) -> Steps:
    """Sign-up with a card."""
    price = await monthly(world)
    await world.news()
    jenny = await world.customer()
    yield "`customerCreate`"
    answer = await world.do("paymentMethodAttach", "paymentMethod { id }", id="pm_card_visa", customer=jenny.id)
    yield "`paymentMethodAttach`"
    default = {"defaultPaymentMethod": answer["paymentMethod"]["id"]}
    await world.do("customerUpdate", "customer { id }", id=jenny.id, invoiceSettings=default)
    yield "`customerUpdate` makes the card the default"
    await jenny.subscribe(price)
    yield "`subscriptionCreate`, and the card is charged"


async def renewal(world: World) -> Steps:
    """Renewal."""
    await world.do("accountSettingsUpdate", "account { id }", upcomingInvoiceDays=None)
    await subscribed(world)
    await world.move_to("2027-02-21T10:00:00Z")
    yield "Seven days before, its invoice is announced"
    await world.move_to("2027-02-28T10:00:00Z")
    yield "The next period begins"
    await world.move_to("2027-02-28T11:00:00Z")
    yield "An hour later the draft is finalized, and the card is charged"


async def first_decline(world: World) -> Steps:
    """The first payment is declined, and another card succeeds."""
    jenny, price = await jenny_of(world, "pm_card_chargeCustomerFail"), await monthly(world)
    await world.news()
    subscription = await jenny.subscribe(price)
    yield "`subscriptionCreate`, and the card is declined: INCOMPLETE"
    invoice = (await subscription.now())["latestInvoice"]["id"]
    await world.do("invoicePay", "invoice { id }", id=invoice, paymentMethod="pm_card_visa")
    yield "`invoicePay` with another card: ACTIVE"


async def authentication(world: World) -> Steps:
    """The first payment has to be authenticated."""
    jenny, price = await jenny_of(world, "pm_card_threeDSecure2Required"), await monthly(world)
    await world.news()
    subscription = await jenny.subscribe(price)
    yield "`subscriptionCreate`, and the issuer wants to see the customer: INCOMPLETE"
    query = "query($id: ID!) { subscription(id: $id) { latestInvoice { paymentIntent { id } } } }"
    found = await world.api.ask(query, {"id": subscription.id})
    intent = found["subscription"]["latestInvoice"]["paymentIntent"]["id"]
    await world.do("sandboxAuthenticate", "userErrors { code }", subject={"paymentIntent": intent}, outcome="PASS")
    yield "The customer authenticates: ACTIVE"


async def never_paid(world: World) -> Steps:
    """The first payment never comes."""
    jenny, price = await jenny_of(world, "pm_card_chargeCustomerFail"), await monthly(world)
    await jenny.subscribe(price)
    await world.news()
    await world.move_to("2027-02-01T09:00:00Z")
    yield "23 hours after a first payment that never came: INCOMPLETE_EXPIRED"


async def trial(world: World) -> Steps:
    """A free trial that is followed by payment."""
    jenny, price = await jenny_of(world), await monthly(world)
    await world.news()
    await jenny.subscribe(price, trialPeriodDays=14)
    yield "`subscriptionCreate` with `trialPeriodDays: 14`"
    await world.move_to("2027-02-11T10:00:00Z")
    yield "Three days before the end of the trial"
    await world.move_to("2027-02-14T10:00:00Z")
    yield "The trial ends, and the first paid period begins"
    await world.move_to("2027-02-14T11:00:00Z")
    yield "An hour later the draft is finalized, and the card is charged"


async def trial_without_card(world: World) -> Steps:
    """A free trial that pauses for want of a card."""
    jenny, price = await world.customer(), await monthly(world)
    end = {"endBehavior": {"missingPaymentMethod": "PAUSE"}}
    subscription = await jenny.subscribe(price, trialPeriodDays=14, trialSettings=end)
    await world.move_to("2027-02-12T10:00:00Z")
    await world.news()
    await world.move_to("2027-02-14T10:00:00Z")
    yield "The trial ends without a payment method, and pauses"
    await jenny.take_card("pm_card_visa")
    await world.news()
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)
    yield "`subscriptionResume`, once there is a card"


async def dunning(world: World) -> Steps:
    """A renewal is declined, retried and recovered."""
    await subscribed(world, "INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T10:30:00Z")
    await world.news()
    await world.move_to("2027-02-28T11:00:00Z")
    yield "The card is declined: PAST_DUE, and a retry is planned"
    await world.move_to("2027-03-01T11:00:00Z")
    yield "The first retry is declined too"
    await world.move_to("2027-03-05T11:00:00Z")
    yield "The second retry succeeds: ACTIVE"


async def dunning_in_vain(world: World) -> Steps:
    """The retries of a renewal run out."""
    await subscribed(world, *["INSUFFICIENT_FUNDS"] * 4)
    await world.move_to("2027-03-12T10:00:00Z")
    await world.news()
    await world.move_to("2027-03-12T11:00:00Z")
    yield "The last retry is declined: CANCELED"


async def cancel_at_period_end(world: World) -> Steps:
    """Cancellation at the end of the period."""
    _, subscription = await subscribed(world)
    await subscription.update(cancelAtPeriodEnd=True)
    yield "`subscriptionUpdate` with `cancelAtPeriodEnd: true`"
    await world.move_to("2027-02-28T10:00:00Z")
    yield "The period ends: CANCELED"


async def cancel_now(world: World) -> Steps:
    """Cancellation at once."""
    _, subscription = await subscribed(world)
    await subscription.cancel()
    yield "`subscriptionCancel`"


async def upgrade(world: World) -> Steps:
    """An upgrade whose difference waits for the next invoice."""
    _, subscription = await subscribed(world)
    pro = await monthly(world, 4000)
    await world.news()
    await world.move_to("2027-02-14T10:00:00Z")
    await world.news()
    await subscription.switch(pro)
    yield "`subscriptionUpdate` to a dearer price: the difference waits"
    await world.move_to("2027-02-28T11:00:00Z")
    yield "The next period begins, and an hour later all of it is charged"


async def upgrade_at_once(world: World) -> Steps:
    """An upgrade that is invoiced at once."""
    _, subscription = await subscribed(world)
    pro = await monthly(world, 4000)
    await world.move_to("2027-02-14T10:00:00Z")
    await world.news()
    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")
    yield "`subscriptionUpdate` with `ALWAYS_INVOICE`: the difference is charged now"


async def pause(world: World) -> Steps:
    """A pause in mid-period."""
    _, subscription = await subscribed(world)
    await world.move_to("2027-02-14T10:00:00Z")
    await world.news()
    await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
    yield "`subscriptionPause`"
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)
    yield "`subscriptionResume`"


async def refund(world: World) -> Steps:
    """A refund."""
    _, subscription = await subscribed(world)
    query = "query($id: ID!) { subscription(id: $id) { latestInvoice { paymentIntent { id } } } }"
    found = await world.api.ask(query, {"id": subscription.id})
    intent = found["subscription"]["latestInvoice"]["paymentIntent"]["id"]
    await world.do("refundCreate", "refund { id }", paymentIntent=intent)
    yield "`refundCreate`"


async def dispute(world: World) -> Steps:
    """A payment is disputed, and the dispute is won."""
    jenny = await jenny_of(world)
    paid = await world.do(
        "paymentIntentCreate", "paymentIntent { latestCharge { dispute { id } } }",
        amount=1500, currency="usd", customer=jenny.id, confirm=True,
        paymentMethod="pm_card_createDispute",
    )  # fmt: skip
    yield "`paymentIntentCreate` with `pm_card_createDispute`"
    disputed = paid["paymentIntent"]["latestCharge"]["dispute"]["id"]
    winning = {"uncategorizedText": "winning_evidence"}
    await world.do("disputeUpdate", "dispute { id }", id=disputed, evidence=winning)
    yield "`disputeUpdate` with evidence that convinces the bank"


async def inquiry(world: World) -> Steps:
    """A bank asks, takes the money, and is not answered."""
    paid = await world.do(
        "paymentIntentCreate", "paymentIntent { latestCharge { id } }",
        amount=1500, currency="usd", customer=(await jenny_of(world)).id, confirm=True,
        paymentMethod="pm_card_visa",
    )  # fmt: skip
    await world.news()
    charge = paid["paymentIntent"]["latestCharge"]["id"]
    asked = await world.do("sandboxDisputeCreate", "dispute { id }", charge=charge, isInquiry=True)
    yield "`sandboxDisputeCreate` with `isInquiry`"
    escalating = {"uncategorizedText": "escalate_inquiry_evidence"}
    await world.do("disputeUpdate", "dispute { id }", id=asked["dispute"]["id"], evidence=escalating)
    yield "`disputeUpdate` with evidence that does not convince it"
    await world.move_to("2027-02-07T10:00:00Z")
    yield "The time for an answer is over: LOST"


async def one_off(world: World) -> Steps:
    """A one-off invoice that is sent, overdue and paid."""
    jenny = await world.customer(card="pm_card_visa", email="jenny@example.com")
    await world.news()
    terms = {"collectionMethod": "SEND_INVOICE", "daysUntilDue": 30}
    made = await world.do("invoiceCreate", "invoice { id }", customer=jenny.id, **terms)
    yield "`invoiceCreate` with `SEND_INVOICE`"
    invoice = made["invoice"]["id"]
    await world.do("invoiceAddLines", "invoice { id }", id=invoice, lines=[{"amount": 5000, "description": "Visit"}])
    yield "`invoiceAddLines`"
    await world.do("invoiceFinalize", "invoice { id }", id=invoice)
    yield "`invoiceFinalize`"
    await world.move_to("2027-02-27T10:00:00Z")
    yield "Three days before it is due"
    await world.move_to("2027-03-02T10:00:00Z")
    yield "The day has passed"
    await world.do("invoicePay", "invoice { id }", id=invoice)
    yield "`invoicePay`"


async def quote(world: World) -> Steps:
    """A quote that is accepted."""
    jenny, price = await jenny_of(world), await monthly(world)
    await world.news()
    made = await world.do("quoteCreate", "quote { id }", customer=jenny.id, lineItems=[{"price": price}])
    yield "`quoteCreate`"
    await world.do("quoteFinalize", "quote { id }", id=made["quote"]["id"])
    yield "`quoteFinalize`"
    await world.do("quoteAccept", "quote { id }", id=made["quote"]["id"])
    yield "`quoteAccept`: the subscription begins, and the card is charged"


PLAYS: dict[str, Callable[[World], Steps]] = {
    play.__name__: play
    for play in (
        sign_up, first_decline, authentication, never_paid, renewal, trial, trial_without_card, dunning,
        dunning_in_vain, upgrade, upgrade_at_once, cancel_at_period_end, cancel_now, pause, refund, dispute, inquiry,
        one_off, quote,
    )
}  # fmt: skip


RECORDING = "PRORATA_TEST_RECORD_STORIES" in os.environ


async def told(world: World, name: str) -> Story:
    """A story with the events that each of its steps recorded, without those of the clock."""
    play = PLAYS[name]
    steps = [
        Step(what, tuple(event for event in await world.news() if not event.startswith("test_helpers.")))
        async for what in play(world)
    ]
    assert play.__doc__ is not None
    return Story(name, play.__doc__.rstrip("."), tuple(steps))


@pytest.mark.parametrize("name", PLAYS)
async def test_a_story_is_recorded_as_the_page_tells_it(world: World, name: str) -> None:
    story = await told(world, name)
    if RECORDING:
        record(story)

    assert story in stories()
    # And every event is about what the page says it is about.
    recorded = await Event.all().values_list("type", "object_type")
    assert [event for event, kind in recorded if object_of(event) != kind] == []


def record(story: Story) -> None:
    """Keep this story in place of what was kept under its name."""
    kept = {each.name: each for each in (stories() if STORIES.exists() else ())} | {story.name: story}
    entries = [
        {"name": name, "title": kept[name].title, "steps": [[step.what, step.events] for step in kept[name].steps]}
        for name in PLAYS
        if name in kept
    ]
    STORIES.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stories.cache_clear()


def test_every_story_is_on_the_page() -> None:
    assert list(PLAYS) == [story.name for story in stories()]


def test_every_type_of_event_is_explained() -> None:
    assert unexplained() == [], "Say in prorata/events_page.py when these are recorded."
