"""What becomes of billing when an account leaves its platform, and when it comes back: one story per charge type.

Processing takes 2.9 % and 0.30 of every charge: of 10.00 that is 0.59.
"""

from typing import Any

import pytest

from models import AgendaEntry, Charge, Invoice, PaymentIntent, Subscription
from tests.scenarios.connecting import account, acting, by_itself, fees, leaves, returns, shared
from tests.scenarios.quoting import offered
from tests.scenarios.transferring import balanced, moved
from tests.scenarios.world import Subscription as Story
from tests.scenarios.world import World

INVOICE = "id status autoAdvance automaticallyFinalizesAt amountPaid transferFailureReason onBehalfOf { id }"
MOVES, ARRIVES = "test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"
FEBRUARY, MARCH, APRIL = "2027-02-28T12:00:00Z", "2027-03-31T12:00:00Z", "2027-04-30T12:00:00Z"


async def stand(subscription: Story) -> list[tuple[Any, ...]]:
    """Status, whether it goes on, and why nothing was transferred, of each invoice, oldest first."""
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ subscription(id: $id) {{ invoices(first: 100) {{ nodes {{ {INVOICE} }} }} }} }}",
        {"id": subscription.id},
    )
    nodes = found["subscription"]["invoices"]["nodes"][::-1]
    return [(each["status"], each["autoAdvance"], each["transferFailureReason"]) for each in nodes]


async def test_direct_goes_on_and_the_platform_has_its_fee(world: World) -> None:
    gym = await account(world)
    acted = await acting(world, gym)
    own = await by_itself(acted)
    jenny = await acted.customer(card="pm_card_visa")
    subscription = Story(own, (await jenny.subscribe(await acted.price("Gym", 1000), applicationFeePercent="10")).id)
    await leaves(world, gym)
    await own.move_to(FEBRUARY)

    assert await fees(subscription) == [(1000, 100), (1000, 100)]
    books = await moved(gym=gym, platform=world.api.scope.platform_id)
    # An express account's processing is paid by the platform: 0.59 of each charge.
    assert books["gym"] == ["charge 1000 - 100 (100 application)"] * 2
    assert books["platform"] == ["stripe_fee 0 - 59", "application_fee 100"] * 2
    await own.do("subscriptionUpdate", "subscription { id }", id=subscription.id, applicationFeePercent=None)
    await own.move_to(MARCH)

    assert await fees(subscription) == [(1000, 100), (1000, 100), (1000, None)]
    assert await stand(subscription) == [("PAID", True, None)] * 3
    await returns(world, gym)
    await own.move_to(APRIL)
    assert (await fees(subscription))[3] == (1000, None)
    await balanced()


async def test_fees_end_with_the_connection_where_the_platform_says_so(world: World) -> None:
    gym = await account(world)
    acted = await acting(world, gym)
    own = await by_itself(acted)
    jenny = await acted.customer(card="pm_card_visa")
    subscription = Story(own, (await jenny.subscribe(await acted.price("Gym", 1000), applicationFeePercent="10")).id)
    await world.do("accountSettingsUpdate", "account { id }", endFeesOnDisconnect=True)
    await own.move_to(FEBRUARY)
    await leaves(world, gym)
    await own.move_to(MARCH)
    await returns(world, gym)
    await own.move_to(APRIL)

    assert await fees(subscription) == [(1000, 100), (1000, 100), (1000, None), (1000, 100)]
    await balanced()


async def test_destination_goes_on_and_the_platform_has_the_money(world: World) -> None:
    author = await account(world, "Author")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(
        await world.price("Novel", 1000), applicationFeePercent="10", transferData={"destination": author.id}
    )
    await leaves(world, author)
    await world.move_to(FEBRUARY)
    await world.move_to(MARCH)

    gone = ("PAID", True, "ACCOUNT_DISCONNECTED")
    assert await stand(subscription) == [("PAID", True, None), gone, gone]
    books = await moved(author=author, platform=world.api.scope.platform_id)
    assert books["author"] == ["payment 1000 - 100 (100 application)"]
    sent = ["charge 1000 - 59", "transfer -1000", "application_fee 100"]
    assert books["platform"] == [*sent, "charge 1000 - 59", "charge 1000 - 59"]

    await returns(world, author)
    await world.move_to(APRIL)
    assert (await stand(subscription))[3] == ("PAID", True, None)
    assert (await moved(author=author))["author"] == ["payment 1000 - 100 (100 application)"] * 2
    await balanced()


async def test_separate_charges_go_on(world: World) -> None:
    rider = await account(world, "Rider")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Meals", 1000))
    await leaves(world, rider)
    await world.move_to(MARCH)

    assert await stand(subscription) == [("PAID", True, None)] * 3
    books = await moved(rider=rider, platform=world.api.scope.platform_id)
    assert books == {"rider": [], "platform": ["charge 1000 - 59"] * 3}
    await balanced()


async def sold_for(world: World, **more: Any) -> tuple[Any, Story]:
    """An author and a subscription that is collected on their behalf."""
    author = await account(world, "Author")
    jenny = await world.customer(card="pm_card_visa")
    named: dict[str, Any] = {"transferData": {"destination": author.id}, "onBehalfOf": author.id}
    return author, await jenny.subscribe(await world.price("Novel", 1000), **named, **more)


async def test_on_behalf_of_makes_drafts_that_wait_and_are_collected_after_reconnecting(world: World) -> None:
    author, subscription = await sold_for(world, applicationFeePercent="10")
    await leaves(world, author)
    await world.news()
    await world.move_to(FEBRUARY)

    # A draft, and nothing about finalizing or charging it.
    assert await world.news() == [MOVES, "invoice.created", "customer.subscription.updated", ARRIVES]
    await world.move_to(MARCH)
    assert await stand(subscription) == [("PAID", True, None), *[("DRAFT", False, None)] * 2]
    assert await AgendaEntry.filter(kind="invoice_finalize").count() == 0
    assert await subscription.status() == "ACTIVE"
    assert await PaymentIntent.all().count() == 1

    for each in (await subscription.invoices())[1:]:
        refused = await world.refusal("invoiceFinalize", "invoice", id=each["id"], autoAdvance=True)
        assert refused == await world.refusal("invoicePay", "invoice", id=each["id"]) == [("ACCOUNT_INVALID", "id")]
    await returns(world, author)
    for each in (await subscription.invoices())[1:]:
        await world.do("invoiceFinalize", "invoice { id }", id=each["id"], autoAdvance=True)
    await world.move_to(APRIL)

    assert await stand(subscription) == [("PAID", True, None)] * 4
    assert await fees(subscription) == [(1000, 100)] * 4
    assert (await moved(author=author))["author"] == ["payment 1000 - 100 (100 application)"] * 4
    await balanced()


async def test_draft_that_waits_is_collected_for_the_platform_once_both_fields_are_cleared(world: World) -> None:
    author, subscription = await sold_for(world, applicationFeePercent="10")
    await leaves(world, author)
    await world.move_to(FEBRUARY)
    draft = (await subscription.invoices())[1]["id"]

    await world.do("invoiceUpdate", "invoice { id }", id=draft, onBehalfOf=None, transferData=None)
    await world.do("invoicePay", "invoice { id }", id=draft)

    assert (await stand(subscription))[1] == ("PAID", False, None)
    assert await shared(draft) == [None]
    [row] = await Subscription.all()
    parts = {"application_fee_percent": "10", "transfer_data": [{"destination": author.id}]}
    assert row.sharing == {**parts, "on_behalf_of": author.id}
    await balanced()


async def test_draft_whose_seller_leaves_within_its_hour_waits(world: World) -> None:
    author, subscription = await sold_for(world)
    await world.move_to("2027-02-28T10:30:00Z")
    await leaves(world, author)
    await world.news()
    await world.move_to(FEBRUARY)

    assert await world.news() == [MOVES, "invoice.updated", ARRIVES]
    assert (await stand(subscription))[1] == ("DRAFT", False, None)
    await returns(world, author)
    draft = (await subscription.invoices())[1]["id"]
    await world.do("invoiceUpdate", "invoice { id }", id=draft, autoAdvance=True)
    await world.move_to("2027-02-28T14:00:00Z")
    assert (await stand(subscription))[1] == ("PAID", True, None)


async def test_invoice_of_a_change_waits_as_a_draft(world: World) -> None:
    author, subscription = await sold_for(world)
    await world.move_to("2027-02-14T10:00:00Z")
    await leaves(world, author)

    await subscription.switch(await world.price("Saga", 3000), prorationBehavior="ALWAYS_INVOICE")

    assert (await stand(subscription))[1] == ("DRAFT", False, None)
    # 14 of 28 days are left: half of 30.00 less half of 10.00
    assert (await subscription.billed())[1].startswith("1000 DRAFT")


async def test_retries_rest_while_the_seller_is_gone(world: World) -> None:
    author, subscription = await sold_for(world, applicationFeePercent="10")
    [customer] = {row.customer_id for row in await Subscription.all()}
    jenny_card = await world.do("paymentMethodAttach", "paymentMethod { id }", id="pm_card_visa", customer=customer)
    method = jenny_card["paymentMethod"]["id"]
    await world.do("subscriptionUpdate", "subscription { id }", id=subscription.id, defaultPaymentMethod=method)
    await world.do("sandboxOutcomesSet", "paymentMethod { id }", paymentMethod=method, outcomes=["INSUFFICIENT_FUNDS"])
    await world.move_to(FEBRUARY)
    assert (await stand(subscription))[1] == ("OPEN", True, None)
    await leaves(world, author)
    await world.move_to("2027-03-20T12:00:00Z")

    assert (await stand(subscription))[1] == ("OPEN", False, None)
    assert await subscription.status() == "PAST_DUE"  # nothing was given up
    bill = (await subscription.invoices())[1]["id"]
    assert await world.refusal("invoicePay", "invoice", id=bill) == [("ACCOUNT_INVALID", "id")]

    await world.do("invoiceUpdate", "invoice { id }", id=bill, onBehalfOf=None, transferData=None)
    await world.do("invoicePay", "invoice { id }", id=bill)
    assert await subscription.status() == "ACTIVE"
    assert await shared(bill) == [None]


async def test_what_has_to_be_paid_at_once_is_refused_while_the_seller_is_gone(world: World) -> None:
    author, subscription = await sold_for(world)
    saga = await world.price("Saga", 3000)
    jenny = await world.customer(card="pm_card_visa")
    named = {"transferData": {"destination": author.id}, "onBehalfOf": author.id}
    offer = await (await offered(jenny, saga, **named)).finalize()
    await world.move_to("2027-02-14T10:00:00Z")
    await leaves(world, author)
    items = [{"id": await subscription.item(), "price": saga}]
    change = {"id": subscription.id, "items": items, "prorationBehavior": "ALWAYS_INVOICE"}
    await world.news()

    for behavior in ("ERROR_IF_INCOMPLETE", "PENDING_IF_INCOMPLETE"):
        refused = await world.refusal("subscriptionUpdate", "subscription", **change, paymentBehavior=behavior)
        assert refused == [("ACCOUNT_INVALID", "id")]
    assert await offer.refused("quoteAccept") == [("ACCOUNT_INVALID", "id")]
    assert (await world.news(), await Invoice.all().count()) == ([], 1)

    await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
    refused = await world.refusal("subscriptionResume", "subscription", id=subscription.id)
    assert refused == [("ACCOUNT_INVALID", "id")]
    assert await subscription.status() == "PAUSED"


@pytest.mark.parametrize("change", [{"transferData": None, "onBehalfOf": None}, {"onBehalfOf": None}])
async def test_parts_are_taken_away_from_who_has_left(world: World, change: dict[str, Any]) -> None:
    author, subscription = await sold_for(world)
    await leaves(world, author)

    again = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, transferData={"destination": "acct_0"}
    )
    await subscription.update(**change)
    await world.move_to(FEBRUARY)

    assert again == [("RESOURCE_MISSING", "transferData.0.destination")]
    reason = None if "transferData" in change else "ACCOUNT_DISCONNECTED"
    assert (await stand(subscription))[1] == ("PAID", True, reason)
    assert await Invoice.all().count() == 2


async def test_nobody_confirms_a_payment_while_the_seller_is_gone(world: World) -> None:
    author, _ = await sold_for(world)
    asked = {"amount": 1000, "currency": "usd", "paymentMethod": "pm_card_visa", "onBehalfOf": author.id}
    single = (await world.do("paymentIntentCreate", "paymentIntent { id }", **asked))["paymentIntent"]["id"]
    [customer] = {row.customer_id for row in await Subscription.all()}
    terms = {"customer": customer, "onBehalfOf": author.id, "transferData": {"destination": author.id}}
    bill = (await world.do("invoiceCreate", "invoice { id }", **terms))["invoice"]["id"]
    await world.do("invoiceItemCreate", "invoiceItem { id }", customer=customer, invoice=bill, amount=700)
    await world.do("invoiceFinalize", "invoice { id }", id=bill)
    [invoiced] = await PaymentIntent.filter(invoice_id=bill)
    await leaves(world, author)
    await world.news()

    for each in (single, invoiced.id):
        refused = await world.refusal("paymentIntentConfirm", "paymentIntent", id=each, paymentMethod="pm_card_visa")
        assert refused == [("ACCOUNT_INVALID", "id")]
    assert (await world.news(), await Charge.filter(payment_intent_id__in=[single, invoiced.id]).count()) == ([], 0)

    await returns(world, author)
    for each in (single, invoiced.id):
        await world.do("paymentIntentConfirm", "paymentIntent { id }", id=each, paymentMethod="pm_card_visa")
    assert await Charge.filter(payment_intent_id__in=[single, invoiced.id], status="succeeded").count() == 2
