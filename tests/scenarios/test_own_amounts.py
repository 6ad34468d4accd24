"""A recurring price whose amount the customer chooses: kept on the item, changed, renewed (spec 01, Catalogue).

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

import pytest

from tests.scenarios.invoicing import add, draft, item, lines, shown, waiting
from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""
GIFT: dict[str, Any] = {"customUnitAmount": {"minimum": 500, "maximum": 100_000, "preset": 2000}}


async def giving(world: World, amount: int | None, **input: Any) -> Subscription:
    """Somebody gives this much a month; without an amount, what is suggested."""
    gift = await world.priced("Gift", **GIFT)
    item = {"price": gift, **({} if amount is None else {"unitAmount": amount})}
    jenny = await world.customer(card="pm_card_visa")
    answer = await world.do("subscriptionCreate", "subscription { id }", customer=jenny.id, items=[item], **input)
    return Subscription(world, answer["subscription"]["id"])


async def given(subscription: Subscription) -> int | None:
    """What the first item says is given."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { items { unitAmount } } }", {"id": subscription.id}
    )
    amount: int | None = found["subscription"]["items"][0]["unitAmount"]
    return amount


async def give(subscription: Subscription, amount: int, **input: Any) -> None:
    """Give another amount from now on."""
    await subscription.update(items=[{"id": await subscription.item(), "unitAmount": amount}], **input)


async def test_donors_own_amount_is_billed_again_and_again(world: World) -> None:
    subscription = await giving(world, 3700)
    assert await subscription.lines() == ["3700 1 × Gift (at $37.00 / month)"]
    await world.news()
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.billed() == ["3700 PAID 2027-01-31T10:00:00Z", "3700 PAID 2027-02-28T10:00:00Z"]
    assert await world.news() == moving(*RENEWED, *COLLECTED)


async def test_what_is_suggested_is_given_where_nothing_was_chosen(world: World) -> None:
    subscription = await giving(world, None)
    assert (await given(subscription), await subscription.billed()) == (2000, ["2000 PAID 2027-01-31T10:00:00Z"])


async def test_another_amount_is_prorated_as_another_price(world: World) -> None:
    subscription = await giving(world, 3700)
    await world.move_to(HALF)
    await world.news()

    await give(subscription, 5000)

    assert await subscription.waiting() == [-1850, 2500]  # half of 37.00 and of 50.00
    assert await world.news() == ["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"]
    await world.do("subscriptionItemUpdate", "subscriptionItem { id }", id=await subscription.item(), unitAmount=4000)
    assert await subscription.waiting() == [-1850, 2500, -2500, 2000]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.lines())[-1] == "4000 1 × Gift (at $40.00 / month)"
    assert (await subscription.billed())[1] == "4150 PAID 2027-02-28T10:00:00Z"  # 40.00 + 1.50


async def test_change_without_proration_gives_back_what_was_invoiced(world: World) -> None:
    subscription = await giving(world, 3700)
    await world.move_to(HALF)
    await give(subscription, 5000, prorationBehavior="NONE")
    assert await subscription.waiting() == []

    await give(subscription, 6000)

    assert await subscription.waiting() == [-1850, 3000]  # 37.00 was invoiced, not 50.00
    await world.move_to("2027-02-28T12:00:00Z")
    await give(subscription, 7000)
    assert len(await subscription.waiting()) == 2


async def test_gift_that_waits_for_its_payment_is_given_once_paid(world: World) -> None:
    subscription = await giving(world, 3700)
    await world.move_to(HALF)

    await give(subscription, 5000, prorationBehavior="ALWAYS_INVOICE", paymentBehavior="PENDING_IF_INCOMPLETE")

    assert (await given(subscription), (await subscription.billed())[1]) == (5000, f"650 PAID {HALF}")  # 25.00 - 18.50


async def test_gift_and_a_plan_are_exchanged_for_each_other(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await giving(world, 3700)
    await world.move_to(HALF)

    await subscription.switch(basic)

    assert (await given(subscription), await subscription.waiting()) == (None, [-1850, 750])
    other = await world.priced("Other", **GIFT)
    await subscription.update(items=[{"id": await subscription.item(), "price": other}])
    assert (await given(subscription), await subscription.waiting()) == (2000, [-1850, 750, -750, 1000])


async def test_amount_stays_with_another_price_that_lets_choose(world: World) -> None:
    subscription = await giving(world, 3700)
    other = await world.priced("Other", customUnitAmount={"maximum": 4000})
    yearly = await world.priced("Yearly", every="1 YEAR", customUnitAmount={"preset": 30_000})

    await subscription.switch(other)
    assert (await given(subscription), (await subscription.preview())["total"]) == (3700, 3700)

    await subscription.switch(yearly)
    assert await given(subscription) == 30_000  # what was chosen for a month is not chosen for a year


async def test_migration_leaves_donors_their_amounts(world: World) -> None:
    subscription = await giving(world, 3700)
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { items { price { id } } } }", {"id": subscription.id}
    )
    old = found["subscription"]["items"][0]["price"]["id"]
    new = await world.priced("Other", customUnitAmount={})
    asked = {"fromPrice": old, "toPrice": new, "behavior": "WAIT_FOR_PERIOD_END"}
    await world.do("priceMigrationCreate", "priceMigration { id }", **asked)
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["3700 1 × Other (at $37.00 / month)"]


async def test_lower_gift_may_wait_for_the_end_of_the_period(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", downgradeBehavior="WAIT_FOR_PERIOD_END")
    subscription = await giving(world, 3700)
    await world.move_to(HALF)

    await give(subscription, 1000)

    asked = "query($id: ID!) { subscription(id: $id) { scheduledChange { items { unitAmount } } } }"
    found = (await world.api.ask(asked, {"id": subscription.id}))["subscription"]["scheduledChange"]
    assert (found, await given(subscription)) == ({"items": [{"unitAmount": 1000}]}, 3700)
    assert (await subscription.preview())["total"] == 1000
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await given(subscription), await subscription.lines()) == (1000, ["1000 1 × Gift (at $10.00 / month)"])


async def test_pause_gives_back_and_resumption_bills_the_own_amount(world: World) -> None:
    subscription = await giving(world, 3700)
    await world.move_to(HALF)
    await world.do("subscriptionPause", "subscription { id }", id=subscription.id)
    assert await subscription.waiting() == [-1850]  # half of 37.00
    await world.do("subscriptionResume", "subscription { id }", id=subscription.id)
    assert await subscription.lines() == [
        "-1850 Unused time on 1 × Gift after 14 Feb 2027",
        "3700 1 × Gift (at $37.00 / month)",
    ]


async def test_event_tells_the_amount_before_and_after(world: World) -> None:
    subscription = await giving(world, 3700)
    await give(subscription, 5000, prorationBehavior="NONE")
    found = await world.api.ask(
        '{ events(first: 1, filter: {types: ["customer.subscription.updated"]})'
        " { nodes { data { object previousAttributes } } } }"
    )
    told = found["events"]["nodes"][0]["data"]
    [after], [before] = told["object"]["items"]["data"], told["previousAttributes"]["items"]["data"]
    assert (after["unit_amount"], before["unit_amount"]) == (5000, 3700)


async def test_gift_of_a_schedule_is_kept_from_phase_to_phase(world: World) -> None:
    gift = await world.priced("Gift", **GIFT)
    jenny = await world.customer(card="pm_card_visa")
    phases = [{"items": [{"price": gift, "unitAmount": 1000}]}, {"items": [{"price": gift, "unitAmount": 900}]}]
    answer = await world.do(
        "subscriptionScheduleCreate",
        "subscriptionSchedule { subscription { id } phases { items { unitAmount } } }",
        customer=jenny.id,
        startDate="NOW",
        phases=phases,
    )
    assert [phase["items"][0]["unitAmount"] for phase in answer["subscriptionSchedule"]["phases"]] == [1000, 900]
    subscription = Subscription(world, answer["subscriptionSchedule"]["subscription"]["id"])
    await world.move_to("2027-03-01T10:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1000", "900"]


async def test_gift_that_was_taken_back_counts_as_not_invoiced(world: World) -> None:
    subscription = await giving(world, 3700)
    await world.move_to(HALF)
    await give(subscription, 5000, prorationBehavior="ALWAYS_INVOICE", paymentBehavior="DEFAULT_INCOMPLETE")
    await world.do("invoiceVoid", "invoice { id }", id=(await subscription.invoices())[1]["id"])

    await give(subscription, 6000)

    assert await subscription.waiting() == [-1850, 3000]  # 37.00 is what was invoiced and not void


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ({"unitAmount": 499}, ("AMOUNT_TOO_SMALL", "items.0.unitAmount")),
        ({"unitAmount": 100_001}, ("AMOUNT_TOO_LARGE", "items.0.unitAmount")),
        ({"unitAmount": 99_999, "quantity": 1001}, ("AMOUNT_TOO_LARGE", "items")),  # 100 098 999
    ],
)
async def test_amount_out_of_bounds_is_refused(world: World, item: dict[str, Any], problem: tuple[str, str]) -> None:
    subscription = await giving(world, 3700)
    gift = (await subscription.now())["items"][0]["id"]
    jenny = await world.customer(card="pm_card_visa")
    other = await world.priced("Gift", **GIFT)
    await world.news()

    created = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": other, **item}]
    )
    updated = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=[{"id": gift, **item}]
    )

    assert (created, updated) == ([problem], [problem])
    assert (await world.news(), await given(subscription)) == ([], 3700)


async def test_amount_of_ones_own_goes_with_no_other_price(world: World) -> None:
    basic, bare = await world.price("Basic", 1500), await world.priced("Gift", customUnitAmount={})
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()
    item = await subscription.item()

    assert await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=[{"id": item, "unitAmount": 1600}]
    ) == [("PARAMETER_INVALID", "items.0.unitAmount")]
    assert await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=[{"id": item, "price": bare}]
    ) == [("PARAMETER_MISSING", "items.0.unitAmount")]
    assert await world.refusal("quoteCreate", "quote", customer=jenny.id, lineItems=[{"price": bare}]) == [
        ("PARAMETER_INVALID", "lineItems.0.price")
    ]
    assert (await world.news(), await subscription.waiting()) == ([], [])


async def test_amount_may_be_chosen_for_what_is_charged_once(world: World) -> None:
    once = await world.priced("Tip", every=None, customUnitAmount={"maximum": 5000, "preset": 300})
    basic, jenny = await world.price("Basic", 1500), await world.customer(card="pm_card_visa")

    subscription = await jenny.subscribe(basic, addInvoiceItems=[{"price": once, "unitAmount": 250}])

    assert await subscription.lines() == ["250 1 × Tip (at $2.50)", "1500 1 × Basic (at $15.00 / month)"]
    await item(world, customer=jenny.id, price=once)
    assert await waiting(world, jenny.id) == [300]
    invoice = await draft(world, jenny.id)
    await add(world, invoice, {"price": once, "unitAmount": 400, "quantity": 2})
    [own] = [line for line in (await shown(world, invoice))["lines"] if line["amount"] == 800]
    await world.do("invoiceUpdateLines", "invoice { id }", id=invoice, lines=[{"id": own["id"], "quantity": 3}])
    assert "1200 3 × Tip (at $4.00)" in await lines(world, invoice)
    change = [{"id": own["id"], "unitAmount": 500}]
    await world.do("invoiceUpdateLines", "invoice { id }", id=invoice, lines=change)
    assert "1500 3 × Tip (at $5.00)" in await lines(world, invoice)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"unitAmount": 5001}, ("AMOUNT_TOO_LARGE", "unitAmount")),
        ({"unitAmount": 49}, ("AMOUNT_TOO_SMALL", "unitAmount")),
        ({}, ("PARAMETER_MISSING", "unitAmount")),
    ],
)
async def test_amount_charged_once_lies_within_its_bounds(
    world: World, wanted: dict[str, Any], problem: tuple[str, str]
) -> None:
    once = await world.priced("Tip", every=None, customUnitAmount={"maximum": 5000})
    jenny = await world.customer()
    await world.news()
    refused = await world.refusal("invoiceItemCreate", "invoiceItem", customer=jenny.id, price=once, **wanted)
    twice = await world.refusal("invoiceItemCreate", "invoiceItem", customer=jenny.id, amount=100, unitAmount=100)
    assert (refused, twice) == ([problem], [("PARAMETERS_EXCLUSIVE", "unitAmount")])
    assert (await world.news(), await waiting(world, jenny.id)) == ([], [])
