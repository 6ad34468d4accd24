"""Fees of a platform on subscriptions and invoices of its accounts."""

from typing import Any

import pytest

from models import Invoice, InvoiceItem, PaymentIntent, Subscription
from tests.scenarios.connecting import account, acting, fees, invoice, invoices, shared
from tests.scenarios.couponing import coupon
from tests.scenarios.invoicing import add, draft, finalize, item
from tests.scenarios.world import World


async def test_fee_is_of_the_final_amount_of_each_period(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    await coupon(gym, "HALF", percentOff="50", duration="FOREVER")
    discounts = [{"coupon": "HALF"}]
    subscription = await jenny.subscribe(await gym.price("Gym", 3000), applicationFeePercent="10", discounts=discounts)
    await item(gym, customer=jenny.id, amount=1000, currency="usd")
    await gym.move_to("2027-02-28T12:00:00Z")

    # 30.00 × 50 % × 10 % at first; then (30.00 + 10.00) × 50 % × 10 % = 2.00
    assert await fees(subscription) == [(1500, 150), (2000, 200)]
    platform = world.api.scope.account_id
    for each in await invoices(subscription):
        assert (each["application"], each["status"]) == (platform, "PAID")
    assert await shared((await invoices(subscription))[1]["id"]) == [{"application_fee_amount": 200}]
    assert {row.application_id for row in await PaymentIntent.all()} == {platform}


async def test_balance_lowers_the_fee_and_pays_it_off(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    await gym.do(
        "customerBalanceTransactionCreate",
        "customerBalanceTransaction { id }",
        customer=jenny.id,
        amount=-2500,
        currency="usd",
    )
    subscription = await jenny.subscribe(await gym.price("Gym", 2000), applicationFeePercent="12.35")
    await gym.move_to("2027-03-31T12:00:00Z")

    # 20.00 paid by the balance; then 20.00 less 5.00 × 12.35 % = 185.25; then 20.00 × 12.35 % = 247
    assert await fees(subscription) == [(0, 0), (1500, 185), (2000, 247)]


async def test_percentage_changes_and_ends_with_the_next_invoice(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000), applicationFeePercent="10")
    await subscription.update(applicationFeePercent="0.05")
    await gym.move_to("2027-02-28T12:00:00Z")
    await gym.news()

    await subscription.update(applicationFeePercent=None)

    assert await gym.news() == ["customer.subscription.updated"]
    await gym.move_to("2027-03-31T12:00:00Z")
    # 10 %, then 0.05 % = 0.5, half away from zero, then nothing
    assert await fees(subscription) == [(1000, 100), (1000, 1), (1000, None)]


async def test_immediate_proration_bears_no_percentage(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000), applicationFeePercent="10")
    await gym.move_to("2027-02-14T10:00:00Z")
    better = await gym.price("Spa", 3000)

    preview = await gym.do(
        "invoiceCreatePreview",
        "invoicePreview { amountDue applicationFeeAmount }",
        subscription=subscription.id,
        subscriptionDetails={
            "items": [{"id": await subscription.item(), "price": better}],
            "prorationBehavior": "ALWAYS_INVOICE",
        },
    )
    await subscription.switch(better, prorationBehavior="ALWAYS_INVOICE")

    # 14 of 28 days are left: half of 30.00 less half of 10.00
    assert preview["invoicePreview"] == {"amountDue": 1000, "applicationFeeAmount": None}
    assert await fees(subscription) == [(1000, 100), (1000, None)]
    assert await shared((await invoices(subscription))[1]["id"]) == [None]
    await gym.move_to("2027-02-28T12:00:00Z")
    assert (await fees(subscription))[2] == (3000, 300)


async def test_amount_takes_the_place_of_the_percentage_in_the_draft_hour(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000), applicationFeePercent="10")
    await gym.move_to("2027-02-28T10:30:00Z")
    renewal = (await invoices(subscription))[1]
    assert (renewal["status"], renewal["applicationFeeAmount"]) == ("DRAFT", None)
    await gym.news()

    too_much = await gym.refusal("invoiceUpdate", "invoice", id=renewal["id"], applicationFeeAmount=1001)
    assert too_much == [("AMOUNT_TOO_LARGE", "applicationFeeAmount")]
    assert await gym.news() == []
    await gym.do("invoiceUpdate", "invoice { id }", id=renewal["id"], applicationFeeAmount=123)

    assert await gym.news() == ["invoice.updated"]
    await gym.move_to("2027-03-31T12:00:00Z")
    assert await fees(subscription) == [(1000, 100), (1000, 123), (1000, 100)]
    late = await gym.refusal("invoiceUpdate", "invoice", id=renewal["id"], applicationFeeAmount=5)
    assert late == [("INVOICE_UNEXPECTED_STATE", "applicationFeeAmount")]


async def test_draft_says_which_percentage_it_will_bear(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await gym.price("Gym", 1000), applicationFeePercent="10")
    await gym.move_to("2027-02-28T10:30:00Z")
    renewal = (await invoices(subscription))[1]["id"]
    query = "query($id: ID!) { invoice(id: $id) { applicationFeePercent applicationFeeAmount } }"

    before = (await gym.api.ask(query, {"id": renewal}))["invoice"]
    await gym.do("invoiceUpdate", "invoice { id }", id=renewal, applicationFeeAmount=None)
    after = (await gym.api.ask(query, {"id": renewal}))["invoice"]

    assert before == {"applicationFeePercent": "10", "applicationFeeAmount": None}
    assert after == {"applicationFeePercent": None, "applicationFeeAmount": None}
    await gym.move_to("2027-02-28T12:00:00Z")
    assert await fees(subscription) == [(1000, 100), (1000, None)]
    assert (await gym.api.ask(query, {"id": renewal}))["invoice"] == after


async def test_preview_tells_who_receives_and_who_sells(world: World) -> None:
    author = await account(world, "Author")
    jenny = await world.customer(card="pm_card_visa")
    named = {"transferData": {"destination": author.id, "amountPercent": "90"}, "onBehalfOf": author.id}
    wanted = {"customer": jenny.id, "items": [{"price": await world.price("Novel", 1500)}], **named}
    shown = "transferData { destination { businessName } amountPercent } onBehalfOf { id }"

    preview = await world.do("invoiceCreatePreview", f"invoicePreview {{ {shown} }}", newSubscription=wanted)

    data = [{"destination": {"businessName": "Author"}, "amountPercent": "90"}]
    assert preview["invoicePreview"] == {"transferData": data, "onBehalfOf": {"id": author.id}}


async def test_fee_is_cut_where_less_is_charged_in_the_end(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    bill = await draft(gym, jenny.id, 1000)
    await gym.do("invoiceUpdate", "invoice { id }", id=bill, applicationFeeAmount=900)
    await add(gym, bill, {"amount": -400})

    await finalize(gym, bill)

    told = await invoice(gym, bill)
    assert (told["amountDue"], told["applicationFeeAmount"]) == (600, 600)


async def test_preview_tells_the_fee(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    price = await gym.price("Gym", 1500)
    wanted = {"customer": jenny.id, "items": [{"price": price}], "applicationFeePercent": "10"}
    shown = "invoicePreview { amountDue applicationFeeAmount }"

    first = await gym.do("invoiceCreatePreview", shown, newSubscription=wanted)
    subscription = await jenny.subscribe(price, applicationFeePercent="20")
    following = await gym.do("invoiceCreatePreview", shown, subscription=subscription.id)

    assert first["invoicePreview"] == {"amountDue": 1500, "applicationFeeAmount": 150}
    assert following["invoicePreview"] == {"amountDue": 1500, "applicationFeeAmount": 300}


async def test_tax_is_left_out_where_the_platform_says_so(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    await world.do("accountSettingsUpdate", "account { id }", applicationFeeBase="EXCLUDING_TAX")
    refused = await gym.refusal("accountSettingsUpdate", "account", applicationFeeBase="INCLUDING_TAX")
    assert [code for code, _ in refused] == ["PLATFORM_ACCOUNT_REQUIRED"]
    rate = await gym.do("taxRateCreate", "taxRate { id }", displayName="VAT", percentage="20", inclusive=False)

    subscription = await jenny.subscribe(
        await gym.price("Gym", 1000), applicationFeePercent="10", defaultTaxRates=[rate["taxRate"]["id"]]
    )

    assert await fees(subscription) == [(1200, 100)]  # 10 % of 10.00


async def test_parts_of_an_invoice_share_its_fee(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    bill = await draft(gym, jenny.id, 1000, collectionMethod="SEND_INVOICE", daysUntilDue=10)
    await gym.do("invoiceUpdate", "invoice { id }", id=bill, applicationFeeAmount=125)
    await finalize(gym, bill)
    assert await shared(bill) == [{"application_fee_amount": 125}]

    await gym.do("invoicePay", "invoice { id }", id=bill, amount=300)
    await gym.do("invoicePay", "invoice { id }", id=bill, amount=200, paidOutOfBand=True)
    await gym.do("invoicePay", "invoice { id }", id=bill)

    # of 1000: 300 bear 37.5, rounded to 38; up to 500 62.5, rounded to 63, which nobody takes; 125 - 63 = 62 are left
    paid = {row.amount: row.sharing for row in await PaymentIntent.filter(invoice_id=bill)}
    assert paid == {500: {"application_fee_amount": 62}, 300: {"application_fee_amount": 38}}


async def test_credit_before_payment_lowers_the_fee_in_proportion(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    bill = await draft(gym, jenny.id, 1000, collectionMethod="SEND_INVOICE", daysUntilDue=10)
    await gym.do("invoiceUpdate", "invoice { id }", id=bill, applicationFeeAmount=125)
    await finalize(gym, bill)

    await gym.do("creditNoteCreate", "creditNote { id }", invoice=bill, amount=300)
    await gym.do("invoicePay", "invoice { id }", id=bill)

    assert await shared(bill) == [{"application_fee_amount": 88}]  # 125 × 700 / 1000 = 87.5


async def test_destination_receives_what_the_subscription_brings(world: World) -> None:
    author = await account(world, "Author")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(
        await world.price("Novel", 1000),
        applicationFeePercent="12.3",
        transferData={"destination": author.id},
        onBehalfOf=author.id,
    )
    await world.move_to("2027-02-28T12:00:00Z")

    data = [{"destination": {"id": author.id}, "amount": None}]
    for each in await invoices(subscription):
        assert (each["applicationFeeAmount"], each["transferData"]) == (123, data)
        assert each["onBehalfOf"] == {"id": author.id}
        expected = {"application_fee_amount": 123, "transfer_data": [{"destination": author.id}]}
        assert await shared(each["id"]) == [{**expected, "on_behalf_of": author.id}]


async def test_card_is_charged_first_with_the_same_fee(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")

    subscription = await jenny.subscribe(
        await gym.price("Gym", 1000), applicationFeePercent="10", paymentBehavior="ERROR_IF_INCOMPLETE"
    )

    assert await fees(subscription) == [(1000, 100)]
    assert await shared((await invoices(subscription))[0]["id"]) == [{"application_fee_amount": 100}]


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"applicationFeePercent": "10"}, ("APPLICATION_FEES_NOT_ALLOWED", "applicationFeePercent")),
        (
            {"applicationFeePercent": "10.001", "transferData": {"destination": "GYM"}},
            ("PARAMETER_INVALID", "applicationFeePercent"),
        ),
        (
            {"applicationFeePercent": "100.01", "transferData": {"destination": "GYM"}},
            ("PARAMETER_INVALID", "applicationFeePercent"),
        ),
        (
            {"applicationFeePercent": "10", "transferData": {"destination": "GYM", "amountPercent": "50"}},
            ("PARAMETERS_EXCLUSIVE", "applicationFeePercent"),
        ),
        ({"transferData": {"destination": "GYM", "amount": 500}}, ("PARAMETER_UNKNOWN", "transferData.0.amount")),
        ({"transferData": {"destination": "acct_0"}}, ("RESOURCE_MISSING", "transferData.0.destination")),
        ({"transferData": {"destination": "FOREIGN"}}, ("RESOURCE_MISSING", "transferData.0.destination")),
        (
            {"transferData": {"destination": "NEW"}},
            ("INSUFFICIENT_CAPABILITIES_FOR_TRANSFER", "transferData.0.destination"),
        ),
        ({"onBehalfOf": "PLATFORM"}, ("PARAMETER_INVALID", "onBehalfOf")),
        ({"onBehalfOf": "FOREIGN"}, ("RESOURCE_MISSING", "onBehalfOf")),
        ({"onBehalfOf": "NEW"}, ("ACCOUNT_INVALID", "onBehalfOf")),
    ],
)
async def test_what_cannot_be_shared_is_refused_and_nothing_is_made(
    world: World, terms: dict[str, object], problem: tuple[str, str]
) -> None:
    accounts = {
        "GYM": (await account(world)).id,
        "NEW": (await account(world, "New", capabilities={"transfers": "pending"})).id,
        "FOREIGN": (await account(world, "Foreign", platform_id="acct_other")).id,
        "PLATFORM": world.api.scope.account_id,
    }
    jenny = await world.customer(card="pm_card_visa")
    price = await world.price("Novel", 1000)
    known = await jenny.subscribe(price)
    await world.news()
    named = _named(terms, accounts)

    refused = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": price}], **named
    )
    unchanged = await world.refusal("subscriptionUpdate", "subscription", id=known.id, **named)

    assert refused == unchanged == [problem]
    assert await world.news() == []
    assert await Subscription.all().count() == await Invoice.all().count() == 1
    assert [row.sharing for row in await Subscription.all()] == [None]


@pytest.mark.parametrize("columns", [{"charges_enabled": False}, {"capabilities": {"transfers": "active"}}])
async def test_nothing_is_sold_for_an_account_that_cannot_be_charged_for(world: World, columns: dict[str, Any]) -> None:
    gym = await acting(world, await account(world, **columns))
    jenny = await gym.customer(card="pm_card_visa")
    items = [{"price": await gym.price("Gym", 1000)}]
    await gym.news()

    refused = await gym.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items)

    assert refused == [("ACCOUNT_INVALID", "")]
    assert (await gym.news(), await Subscription.all().count()) == ([], 0)


def _named(terms: dict[str, object], accounts: dict[str, str]) -> dict[str, object]:
    """The terms with the ids of accounts in place of their names."""
    found: dict[str, object] = {}
    for key, value in terms.items():
        if isinstance(value, dict):
            found[key] = _named(value, accounts)
        else:
            found[key] = accounts.get(str(value), value)
    return found


async def test_invoices_by_hand_are_refused_alike(world: World) -> None:
    gym = await account(world)
    jenny = await world.customer(card="pm_card_visa")
    await item(world, customer=jenny.id, amount=500, currency="usd")
    await world.news()
    terms = {"customer": jenny.id, "pendingInvoiceItemsBehavior": "INCLUDE"}

    nobody = await world.refusal("invoiceCreate", "invoice", **terms, applicationFeeAmount=5)
    shares = {"destination": gym.id}
    above = await world.refusal("invoiceCreate", "invoice", **terms, applicationFeeAmount=501, transferData=shares)
    below = await world.refusal("invoiceCreate", "invoice", **terms, applicationFeeAmount=-1, transferData=shares)

    assert nobody == [("APPLICATION_FEES_NOT_ALLOWED", "applicationFeeAmount")]
    assert above == [("AMOUNT_TOO_LARGE", "applicationFeeAmount")]
    assert below == [("PARAMETER_INVALID_INTEGER", "applicationFeeAmount")]
    assert (await world.news(), await Invoice.all().count()) == ([], 0)
    assert [row.pending for row in await InvoiceItem.all()] == [True]


async def test_invoice_by_hand_has_fixed_shares(world: World) -> None:
    gym, cafe = await account(world), await account(world, "Café")
    jenny = await world.customer(card="pm_card_visa")
    shares = [{"destination": gym.id, "amount": 300}, {"destination": cafe.id, "amountPercent": "10.5"}]
    bill = await draft(world, jenny.id, 1000, transferData=shares)

    await finalize(world, bill)

    told = [{"destination": gym.id, "amount": 300}, {"destination": cafe.id, "amount_percent": "10.5"}]
    assert await shared(bill) == [{"transfer_data": told}]
