"""Who may do what: a platform changes for an account what it made, the account whatever is its own."""

from typing import Any

import pytest

from models import ApplicationFee, Event, Invoice, InvoiceItem, PaymentIntent, Subscription, SubscriptionSchedule
from tests.scenarios.connecting import account, acting, by_itself, invoice
from tests.scenarios.invoicing import draft, item
from tests.scenarios.world import Customer, World

NOT_MAKER = "APPLICATION_NOT_MAKER"


async def worlds(world: World) -> tuple[World, World]:
    """The account as its platform sees it, and as it sees itself."""
    gym = await acting(world, await account(world))
    return gym, await by_itself(gym)


async def known(world: World, customer: str) -> Customer:
    """The same customer in another's eyes."""
    return Customer(world, customer)


VERBS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "update": ("subscriptionUpdate", "subscription", {"id": "SUB", "description": "Mine"}),
    "percentage": ("subscriptionUpdate", "subscription", {"id": "SUB", "applicationFeePercent": "10"}),
    "charged first": (
        "subscriptionUpdate",
        "subscription",
        {
            "id": "SUB",
            "items": [{"id": "ITEM", "quantity": 5}],
            "prorationBehavior": "ALWAYS_INVOICE",
            "paymentBehavior": "ERROR_IF_INCOMPLETE",
        },
    ),
    "cancel": ("subscriptionCancel", "subscription", {"id": "SUB"}),
    "pause": ("subscriptionPause", "subscription", {"id": "SUB"}),
    "resume": ("subscriptionResume", "subscription", {"id": "SUB"}),
    "hand over": ("subscriptionTransfer", "subscription", {"id": "SUB", "customer": "OTHER"}),
    "migrate": ("subscriptionMigrate", "subscription", {"id": "SUB", "billingMode": {"type": "FLEXIBLE"}}),
    "take back": ("subscriptionScheduledChangeDelete", "subscription", {"id": "SUB"}),
    "add": ("subscriptionItemCreate", "subscriptionItem", {"subscription": "SUB", "price": "PRICE"}),
    "exchange": ("subscriptionItemUpdate", "subscriptionItem", {"id": "ITEM", "quantity": 3}),
    "remove": ("subscriptionItemDelete", "subscriptionItem", {"id": "ITEM"}),
    "schedule": ("subscriptionScheduleCreate", "subscriptionSchedule", {"fromSubscription": "SUB"}),
    "delete the customer": ("customerDelete", "customer", {"id": "OWNER"}),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_platform_changes_no_subscription_that_it_did_not_make(world: World, verb: str) -> None:
    gym, own = await worlds(world)
    jenny, other = await own.customer(card="pm_card_visa"), await own.customer(card="pm_card_visa")
    price, another = await own.price("Gym", 1000), await own.price("Spa", 500)
    subscription = await jenny.subscribe(price)
    names = {"SUB": subscription.id, "ITEM": await subscription.item(), "OTHER": other.id, "PRICE": another}
    before = await subscription.now()
    await own.news()

    mutation, noun, wanted = VERBS[verb]
    refused = await gym.refusal(mutation, noun, **_filled(wanted, names | {"OWNER": jenny.id}))

    assert [code for code, _ in refused] == [NOT_MAKER]
    assert (await own.news(), await subscription.now()) == ([], before)


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


async def test_account_changes_what_its_platform_made(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000), applicationFeePercent="10")
    await own.news()

    await own.do("subscriptionUpdate", "subscription { id }", id=subscription.id, description="Mine")
    raised = await own.refusal("subscriptionUpdate", "subscription", id=subscription.id, applicationFeePercent="1")
    await own.do("subscriptionUpdate", "subscription { id }", id=subscription.id, applicationFeePercent=None)
    await own.do("subscriptionCancel", "subscription { id }", id=subscription.id)

    assert raised == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeePercent")]
    updated = "customer.subscription.updated"
    assert await own.news() == [updated, updated, "customer.subscription.deleted"]
    [row] = await Subscription.all()
    assert (row.application_id, row.sharing) == (world.api.scope.account_id, None)


async def test_platform_goes_on_with_what_it_made_and_the_account_changed(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000))
    await own.do("subscriptionUpdate", "subscription { id }", id=subscription.id, description="Mine")

    await subscription.update(description="Ours")
    await subscription.cancel()

    assert await subscription.status() == "CANCELED"


async def test_platform_changes_no_schedule_that_it_did_not_make(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await own.customer(card="pm_card_visa")
    phases = [{"items": [{"price": await own.price("Gym", 1000)}]}]
    later = {"customer": jenny.id, "startDate": "2027-03-01T00:00:00Z", "phases": phases}
    made = await own.do("subscriptionScheduleCreate", "subscriptionSchedule { id }", **later)
    begun = await own.do("subscriptionScheduleCreate", "subscriptionSchedule { id }", customer=jenny.id, phases=phases)
    await own.news()

    for each in (made, begun):
        named = {"id": each["subscriptionSchedule"]["id"]}
        for verb in ("Update", "Release", "Cancel"):
            said = {"metadata": {"ours": "yes"}} if verb == "Update" else {}
            refused = await gym.refusal(f"subscriptionSchedule{verb}", "subscriptionSchedule", **named, **said)
            assert refused == [(NOT_MAKER, "id")], verb
    assert await own.news() == []
    assert {row.status for row in await SubscriptionSchedule.all()} == {"not_started", "active"}


async def test_subscription_of_a_schedule_is_of_who_made_that(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    phases = [{"items": [{"price": await gym.price("Gym", 1000)}]}]
    for each in (gym, own):  # The first invoice of the second waits for no other currency.
        later = {"customer": jenny.id, "startDate": "2027-02-01T00:00:00Z", "phases": phases}
        await each.do("subscriptionScheduleCreate", "subscriptionSchedule { id }", **later)

    await gym.move_to("2027-02-01T12:00:00Z")  # by the platform's request, in which nobody acts for the account

    platform = world.api.scope.account_id
    assert [row.application_id for row in await Subscription.all().order_by("id")] == [platform, None]
    assert [row.application_id for row in await Invoice.all().order_by("id")] == [platform, None]


async def test_price_migration_moves_what_its_platform_made(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    old, new = await gym.price("Gym", 1000), await gym.price("Gym", 1200)
    ours, theirs = await jenny.subscribe(old), await (await known(own, jenny.id)).subscribe(old)
    selection = "priceMigration { id }"
    await gym.do("priceMigrationCreate", selection, fromPrice=old, toPrice=new, behavior="WAIT_FOR_PERIOD_END")

    await gym.move_to("2027-02-28T12:00:00Z")

    assert [row["total"] for row in await ours.invoices()] == [1000, 1200]
    assert [row["total"] for row in await theirs.invoices()] == [1000, 1000]


async def test_platform_takes_no_fee_of_invoices_that_it_did_not_make(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await own.customer(card="pm_card_visa")
    bill = await draft(own, jenny.id, 1000)
    subscription = await jenny.subscribe(await own.price("Gym", 1000))
    await gym.move_to("2027-02-28T10:30:00Z")
    renewal = (await subscription.invoices())[1]["id"]
    await own.news()

    for each in (bill, renewal):
        refused = await gym.refusal("invoiceUpdate", "invoice", id=each, applicationFeeAmount=100)
        assert refused == [(NOT_MAKER, "applicationFeeAmount")]
        assert (await invoice(gym, each))["applicationFeeAmount"] is None
    assert await own.news() == []


async def test_platform_takes_no_fee_of_items_that_it_did_not_make(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    await item(own, customer=jenny.id, amount=500, currency="usd")
    terms = {"customer": jenny.id, "pendingInvoiceItemsBehavior": "INCLUDE"}
    events = await Event.all().count()

    refused = await gym.refusal("invoiceCreate", "invoice", **terms, applicationFeeAmount=100)

    assert refused == [(NOT_MAKER, "applicationFeeAmount")]
    assert (await Invoice.all().count(), await Event.all().count()) == (0, events)
    bill = await draft(gym, jenny.id, 1000)
    await item(own, invoice=bill, customer=jenny.id, amount=500)
    refused = await gym.refusal("invoiceUpdate", "invoice", id=bill, applicationFeeAmount=100)
    assert refused == [(NOT_MAKER, "applicationFeeAmount")]
    makers = [row.application_id for row in await InvoiceItem.all().order_by("id")]
    assert makers == [None, world.api.scope.account_id, None]


async def test_fee_of_what_the_platform_made_alone_is_its_own_to_set(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000))
    await item(gym, customer=jenny.id, subscription=subscription.id, amount=500, currency="usd")
    await gym.move_to("2027-02-28T10:30:00Z")
    renewal = (await subscription.invoices())[1]["id"]

    refused = await own.refusal("invoiceUpdate", "invoice", id=renewal, applicationFeeAmount=100)
    await gym.do("invoiceUpdate", "invoice { id }", id=renewal, applicationFeeAmount=100)

    assert refused == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    assert (await invoice(own, renewal))["applicationFeeAmount"] == 100


async def test_item_of_the_account_goes_on_no_invoice_that_bears_a_fee(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await gym.customer(card="pm_card_visa")
    waiting = await item(own, customer=jenny.id, amount=500, currency="usd")
    ours = await item(gym, customer=jenny.id, amount=500, currency="usd")
    terms = {"customer": jenny.id, "pendingInvoiceItemsBehavior": "EXCLUDE"}
    made = await gym.do("invoiceCreate", "invoice { id }", **terms, applicationFeeAmount=400)
    bill = made["invoice"]["id"]
    await own.news()

    refused = await gym.refusal("invoiceAddLines", "invoice", id=bill, lines=[{"invoiceItem": waiting}])

    assert refused == [(NOT_MAKER, "lines.0.invoiceItem")]
    assert (await own.news(), (await invoice(gym, bill))["total"]) == ([], 0)
    await gym.do("invoiceAddLines", "invoice { id }", id=bill, lines=[{"invoiceItem": ours}])
    await own.do("invoiceAddLines", "invoice { id }", id=bill, lines=[{"invoiceItem": waiting}])
    assert (await invoice(gym, bill))["total"] == 1000


async def test_platform_takes_no_fee_of_payments_that_it_did_not_ask_for(world: World) -> None:
    gym, own = await worlds(world)
    asked = {"amount": 5000, "currency": "usd", "paymentMethod": "pm_card_visa"}
    begun = await own.do("paymentIntentCreate", "paymentIntent { id }", **asked)
    held = await own.do("paymentIntentCreate", "paymentIntent { id }", **asked, captureMethod="MANUAL", confirm=True)
    await own.news()

    for verb, made in (("paymentIntentUpdate", begun), ("paymentIntentCapture", held)):
        named = {"id": made["paymentIntent"]["id"], "applicationFeeAmount": 4000}
        assert await gym.refusal(verb, "paymentIntent", **named) == [(NOT_MAKER, "applicationFeeAmount")]

    assert await own.news() == []
    assert [row.sharing for row in await PaymentIntent.all()] == [None, None]
    assert await ApplicationFee.all().count() == 0


@pytest.mark.parametrize("confirm", [True, False])
async def test_platform_takes_no_fee_of_a_foreign_invoice_by_a_payment_of_its_own(world: World, confirm: bool) -> None:
    gym, own = await worlds(world)
    jenny = await own.customer(card="pm_card_visa")
    bill, ours = await draft(own, jenny.id, 1000), await draft(gym, jenny.id, 1000)
    for each in (bill, ours):
        await own.do("invoiceFinalize", "invoice { id }", id=each, autoAdvance=False)
    asked = {"amount": 1000, "currency": "usd", "customer": jenny.id, "applicationFeeAmount": 900, "confirm": confirm}
    made = await gym.do("paymentIntentCreate", "paymentIntent { id }", **asked, paymentMethod="pm_card_visa")
    payment = made["paymentIntent"]["id"]
    await own.news()

    refused = await gym.refusal("invoiceAttachPayment", "invoice", id=bill, paymentIntent=payment)

    assert refused == [(NOT_MAKER, "paymentIntent")]
    [row] = await PaymentIntent.filter(id=payment)
    assert (row.invoice_id, (await invoice(own, bill))["status"], await own.news()) == (None, "OPEN", [])
    await gym.do("invoiceAttachPayment", "invoice { id }", id=ours, paymentIntent=payment)


async def test_platform_deletes_no_customer_with_plans_that_it_did_not_make(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await own.customer(card="pm_card_visa")
    phases = [{"items": [{"price": await own.price("Gym", 1000)}]}]
    later = {"customer": jenny.id, "startDate": "2027-03-01T00:00:00Z", "phases": phases}
    await own.do("subscriptionScheduleCreate", "subscriptionSchedule { id }", **later)
    await own.news()

    for verb in ("customerDelete", "customerAnonymize"):
        assert await gym.refusal(verb, "customer", id=jenny.id) == [(NOT_MAKER, "id")]

    assert await own.news() == []
    assert [row.status for row in await SubscriptionSchedule.all()] == ["not_started"]
    await own.do("customerDelete", "customer { id }", id=jenny.id)
    assert [row.status for row in await SubscriptionSchedule.all()] == ["canceled"]


async def test_platform_voids_no_invoice_with_which_a_foreign_subscription_would_end(world: World) -> None:
    gym, own = await worlds(world)
    jenny = await own.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await own.price("Gym", 1000), paymentBehavior="DEFAULT_INCOMPLETE")
    first = (await subscription.invoices())[0]["id"]
    await own.news()

    assert await gym.refusal("invoiceVoid", "invoice", id=first) == [(NOT_MAKER, "id")]

    assert (await own.news(), (await invoice(own, first))["status"]) == ([], "OPEN")
    assert await subscription.status() == "INCOMPLETE"
    await own.do("invoiceVoid", "invoice { id }", id=first)
    assert await subscription.status() == "INCOMPLETE_EXPIRED"


@pytest.mark.parametrize(("payer", "refused"), [("account", []), ("application", ["PLATFORM_ACCOUNT_REQUIRED"])])
async def test_account_sets_no_fees_that_its_platform_pays(world: World, payer: str, refused: list[str]) -> None:
    controller = {"fees_payer": payer, "losses_payments": payer.replace("account", "stripe")}
    both = {"requirement_collection": "stripe", "dashboard": "full"}
    gym = await acting(world, await account(world, controller=controller | both))
    own = await by_itself(gym)

    for name, value in (("processingFeePercent", "90"), ("disputeFee", 90_000), ("billingFeePercent", "50")):
        answer = await own.api.do("accountSettingsUpdate", "account { id }", {name: value})
        assert [each["code"] for each in answer["userErrors"]] == refused
        await gym.do("accountSettingsUpdate", "account { id }", **{name: value})
