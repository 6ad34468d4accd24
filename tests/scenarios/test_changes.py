"""Changing what a subscription is for: prorations by the second, waiting, invoiced at once, or none.

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""


async def test_upgrade_in_mid_period_waits_for_the_next_invoice(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    await world.news()

    await subscription.switch(pro)

    assert await subscription.waiting() == [-750, 2000]  # 14 of 28 days of 15.00 and of 40.00
    assert await world.news() == ["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"]
    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.lines() == [
        "-750 Unused time on 1 × Basic after 14 Feb 2027",
        "2000 Remaining time on 1 × Pro after 14 Feb 2027",
        "4000 1 × Pro (at $40.00 / month)",
    ]
    assert await world.news() == moving(*RENEWED, *COLLECTED)
    assert await subscription.waiting() == []
    await world.move_to("2027-03-31T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "5250", "4000"]


async def test_upgrade_can_be_invoiced_and_charged_at_once(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    await world.news()

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z", f"1250 PAID {HALF}"]  # 20.00 - 7.50
    assert (await subscription.invoices())[1]["billingReason"] == "SUBSCRIPTION_UPDATE"
    assert await subscription.waiting() == []
    assert await world.news() == [
        *["invoiceitem.created", "invoiceitem.created", "invoice.created", "invoice.finalized"],
        *["customer.subscription.updated", "payment_intent.created", *COLLECTED[2:]],
    ]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[2] == "4000 PAID 2027-02-28T10:00:00Z"


async def test_downgrade_leaves_credit_for_the_next_invoice(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(pro)
    await world.move_to("2027-02-07T10:00:00Z")

    await subscription.switch(basic)

    assert await subscription.waiting() == [-3000, 1125]  # 21 of 28 days of 40.00 and of 15.00
    await world.move_to("2027-02-28T12:00:00Z")
    due = [(each["total"], each["amountDue"]) for each in await subscription.invoices()]
    assert due == [(4000, 4000), (-375, 0)]  # 15.00 - 30.00 + 11.25
    await world.move_to("2027-03-31T12:00:00Z")
    assert (await subscription.invoices())[2]["amountDue"] == 1125  # 15.00 less the credit of 3.75


async def test_downgrade_that_is_invoiced_at_once_becomes_credit(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(pro)
    await world.move_to(HALF)

    await subscription.switch(basic, prorationBehavior="ALWAYS_INVOICE")

    invoice = (await subscription.invoices())[1]
    assert (invoice["total"], invoice["amountDue"], invoice["status"]) == (-1250, 0, "PAID")  # 7.50 - 20.00
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.invoices())[2]["amountDue"] == 250  # 15.00 - 12.50


async def test_change_without_proration_is_billed_from_the_next_period_on(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    await world.news()

    await subscription.switch(pro, prorationBehavior="NONE")

    assert await world.news() == ["customer.subscription.updated"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "4000"]


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -375), ("CLASSIC", -1000)])
async def test_credit_is_what_was_invoiced_or_the_price_in_force(world: World, mode: str, credit: int) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    plus = await world.price("Plus", 2000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, billingMode=mode)
    await world.move_to(HALF)
    await subscription.switch(pro, prorationBehavior="NONE")  # what was invoiced is still Basic
    await world.move_to("2027-02-21T10:00:00Z")

    await subscription.switch(plus)

    assert await subscription.waiting() == [credit, 500]  # 7 of 28 days of 15.00 or 40.00, and of 20.00


async def test_second_change_is_prorated_from_the_state_then_in_force(world: World) -> None:
    basic, pro, plus = [await world.price(name, cost) for name, cost in (("A", 1500), ("B", 4000), ("C", 2000))]
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    await subscription.switch(pro)
    await world.move_to("2027-02-21T10:00:00Z")

    await subscription.switch(plus)

    assert await subscription.waiting() == [-750, 2000, -1000, 500]  # 14 of 28 days, then 7 of 28
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "2750 PAID 2027-02-28T10:00:00Z"  # 750 of prorations and 20.00


async def test_more_seats_are_charged_for_the_rest_of_the_period(world: World) -> None:
    seat = await world.price("Seat", 1000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(seat, quantity=2)
    await world.move_to(HALF)

    await subscription.switch(quantity=5)

    assert await subscription.waiting() == [-1000, 2500]  # half of 20.00, half of 50.00


async def test_fewer_seats_give_back_the_rest_of_the_period(world: World) -> None:
    seat = await world.price("Seat", 1000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(seat, quantity=5)
    await world.move_to(HALF)

    await subscription.switch(quantity=0)

    assert await subscription.waiting() == [-2500, 0]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "-2500 PAID 2027-02-28T10:00:00Z"


async def test_item_that_is_added_is_charged_for_the_rest_and_with_the_others(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 300)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-02-07T10:00:00Z")

    await subscription.update(items=[{"price": extra, "quantity": 2}])

    assert await subscription.waiting() == [450]  # 21 of 28 days of 6.00
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await subscription.lines()] == ["450", "1500", "600"]


async def test_item_that_is_removed_is_given_back_for_the_rest(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 600)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(extra)
    await subscription.update(items=[{"price": basic}], prorationBehavior="NONE")
    await world.move_to(HALF)

    await subscription.update(items=[{"id": await subscription.item(), "deleted": True}])

    assert await subscription.waiting() == [-300]
    await world.move_to("2027-02-28T12:00:00Z")
    assert [line.split()[0] for line in await subscription.lines()] == ["-300", "1500"]


async def test_item_that_was_never_invoiced_gives_nothing_back(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 600)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await subscription.update(items=[{"price": extra}], prorationBehavior="NONE")
    await world.move_to(HALF)

    await subscription.update(items=[{"id": (await subscription.now())["items"][1]["id"], "deleted": True}])

    assert await subscription.waiting() == [0]


async def test_change_and_its_reverse_in_one_second_net_to_zero(world: World) -> None:
    basic, pro = await world.price("Basic", 1501), await world.price("Pro", 3999)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-02-13T10:00:01Z")

    await subscription.switch(pro)
    await subscription.switch(basic)

    assert sum(await subscription.waiting()) == 0


async def test_charge_for_an_upgrade_that_is_declined_leaves_it_past_due(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to(HALF)

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    now = await subscription.now()
    assert (now["status"], now["latestInvoice"]["status"], now["latestInvoice"]["amountDue"]) == (
        *("PAST_DUE", "OPEN"),
        1250,
    )
    await world.do("invoicePay", "invoice { status }", id=now["latestInvoice"]["id"])
    assert await subscription.status() == "ACTIVE"


@pytest.mark.parametrize(("mode", "credit"), [("FLEXIBLE", -750), ("CLASSIC", -750)])
async def test_change_after_an_unpaid_period_credits_it_all_the_same(world: World, mode: str, credit: int) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, billingMode=mode)
    await world.do(
        "accountSettingsUpdate", "account { id }", retryPolicy="CUSTOM", retryWaits=[], retriesEnd="PAST_DUE"
    )
    await jenny.script("INSUFFICIENT_FUNDS")
    await world.move_to("2027-03-16T10:00:00Z")  # the second period, of 31 days, is unpaid
    assert await subscription.status() == "PAST_DUE"

    await subscription.switch(pro, prorationDate="2027-03-15T22:00:00Z")  # 15.5 of 31 days are left

    assert await subscription.waiting() == [credit, 2000]


async def test_anchor_on_the_31st_prorates_over_the_length_of_each_month(world: World) -> None:
    basic, pro = await world.price("Basic", 3100), await world.price("Pro", 6200)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-02-27T10:00:00Z")
    await subscription.switch(pro)  # one of the 28 days from 31 January
    assert await subscription.waiting() == [-111, 221]  # 110.71, 221.43
    await world.move_to("2027-03-30T10:00:00Z")

    await subscription.switch(basic)  # one of the 31 days from 28 February

    assert await subscription.waiting() == [-200, 100]
    await world.move_to("2027-04-29T10:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["3100", "6310", "3000"]


async def test_leap_day_counts(world: World) -> None:
    await world.move_to("2028-01-31T10:00:00Z")
    basic, pro = await world.price("Basic", 2900), await world.price("Pro", 5800)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2028-02-28T10:00:00Z")

    await subscription.switch(pro)

    assert await subscription.waiting() == [-100, 200]  # one of the 29 days until 29 February


@pytest.mark.parametrize(
    ("currency", "before", "after", "amounts"),
    [
        ("jpy", 1000, 2000, [-357, 714]),  # 10 of 28 days: 357.14, 714.29
        ("kwd", 12345, 20001, [-4409, 7143]),  # 4408.93, 7143.21
        ("usd", 1, 2, [0, 1]),  # 0.357, 0.714
    ],
)
async def test_minor_units_of_every_currency(
    world: World, currency: str, before: int, after: int, amounts: list[int]
) -> None:
    basic = await world.price("Basic", before, currency=currency)
    pro = await world.price("Pro", after, currency=currency)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-02-18T10:00:00Z")

    await subscription.switch(pro)

    assert await subscription.waiting() == amounts


async def test_yearly_price_is_prorated_over_the_year(world: World) -> None:
    basic, pro = await world.price("Basic", 36500, every="1 YEAR"), await world.price("Pro", 73000, every="1 YEAR")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-10-23T10:00:00Z")

    await subscription.switch(pro)

    assert await subscription.waiting() == [-10000, 20000]  # 100 of 365 days


async def test_free_to_paid_keeps_the_anchor_and_prorates(world: World) -> None:
    free, pro = await world.price("Free", 0), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(free)
    await world.move_to(HALF)

    await subscription.switch(pro, prorationBehavior="ALWAYS_INVOICE")

    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z", f"2000 PAID {HALF}"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[2] == "4000 PAID 2027-02-28T10:00:00Z"


async def test_description_and_payment_method_do_not_prorate(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)

    await subscription.update(description="Ours", metadata={"plan": "b"}, prorationBehavior="ALWAYS_INVOICE")
    await subscription.switch(basic, quantity=1)  # nothing differs

    assert (await subscription.waiting(), len(await subscription.invoices())) == ([], 1)


async def test_change_that_leaves_pending_items_alone_when_it_is_charged_at_once(world: World) -> None:
    seat = await world.price("Seat", 1000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(seat)
    await world.move_to(HALF)
    await subscription.switch(quantity=2)

    await subscription.switch(quantity=3, prorationBehavior="ALWAYS_INVOICE")

    assert (await subscription.waiting(), (await subscription.invoices())[1]["total"]) == ([-500, 1000], 500)


async def test_draft_of_a_renewal_stays_as_it_was_drafted(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to("2027-02-28T10:30:00Z")

    await subscription.switch(pro, prorationDate="2027-02-28T10:00:00Z")

    assert await subscription.waiting() == [-1500, 4000]  # the whole new period
    await world.move_to("2027-03-31T12:00:00Z")
    assert [line.split()[0] for line in await subscription.billed()] == ["1500", "1500", "6500"]
