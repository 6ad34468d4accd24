"""Coupons on customers, subscriptions and items: how long they last, how they stack, what is told."""

from tests.scenarios.couponing import code, counted, coupon, discounts, totals
from tests.scenarios.world import World

CHARGED = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]


async def test_once_lowers_the_first_invoice_alone(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "TENTH", percentOff="10")
    jenny = await world.customer(card="pm_card_visa")
    await world.news()
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "TENTH"}])
    assert await world.news() == [
        "customer.updated",
        "customer.subscription.created",
        "customer.discount.created",
        "invoice.created",
        "customer.discount.deleted",
        "invoice.finalized",
        "payment_intent.created",
        "customer.subscription.updated",
        *CHARGED,
        "customer.subscription.updated",
    ]
    assert await discounts(subscription) == []

    await world.move_to("2027-03-01T12:00:00Z")

    assert await totals(subscription) == [(1500, 1350), (1500, 1500)]  # 10 % of 1500 are 150
    assert await counted() == {"TENTH": 1}


async def test_once_waits_for_the_first_invoice_that_it_lowers(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "FIVE", amountOff=500, currency="usd")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "FIVE"}], trialPeriodDays=14)
    assert await discounts(subscription) == ["FIVE"]

    await world.move_to("2027-03-31T12:00:00Z")

    # The trial's invoice of nothing leaves it; that of 14 February uses it up.
    assert await totals(subscription) == [(0, 0), (1500, 1000), (1500, 1500)]


async def test_repeating_lasts_its_months_and_forever_goes_on(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "MONTHS", percentOff="50", duration="REPEATING", durationInMonths=3)
    await coupon(world, "ALWAYS", amountOff=100, currency="usd", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "MONTHS"}, {"coupon": "ALWAYS"}])

    await world.move_to("2027-04-29T12:00:00Z")
    assert await discounts(subscription) == ["MONTHS", "ALWAYS"]
    await world.news()
    await world.move_to("2027-04-30T12:00:00Z")
    assert await discounts(subscription) == ["ALWAYS"]
    assert await world.news() == [
        "test_helpers.test_clock.advancing",
        "customer.discount.deleted",
        "customer.subscription.updated",
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "payment_intent.created",
        *CHARGED,
        "test_helpers.test_clock.ready",
    ]

    # 31 January, 28 February, 31 March: half of 1500 and then 100 off; from 30 April on 100 off.
    assert await totals(subscription) == [(1500, 650), (1500, 650), (1500, 650), (1500, 1400)]


async def test_order_of_stacked_discounts_is_the_one_given(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "FIVE", amountOff=500, currency="usd", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    first = await jenny.subscribe(basic, discounts=[{"coupon": "HALF"}, {"coupon": "FIVE"}])
    second = await jenny.subscribe(basic, discounts=[{"coupon": "FIVE"}, {"coupon": "HALF"}])

    assert await totals(first) == [(1500, 250)]  # 1500 / 2 - 500
    assert await totals(second) == [(1500, 500)]  # (1500 - 500) / 2


async def test_discounts_of_a_subscription_win_over_those_of_its_customer(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa", discount={"coupon": "HALF"})
    plain = await jenny.subscribe(basic)
    own = await jenny.subscribe(basic, discounts=[{"coupon": "TENTH"}])
    assert (await totals(plain), await totals(own)) == ([(1500, 750)], [(1500, 1350)])

    await own.update(discounts=None)
    await world.do("customerUpdate", "customer { id }", id=jenny.id, discount={"coupon": "TENTH"})
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await totals(plain))[1:] == [(1500, 1350)]
    assert (await totals(own))[1:] == [(1500, 1350)]

    await world.do("customerUpdate", "customer { id }", id=jenny.id, discount=None)
    await world.move_to("2027-03-31T12:00:00Z")
    assert (await totals(plain))[2:] == [(1500, 1500)]


async def test_discounts_of_a_running_subscription_are_told_and_prorate_nothing(world: World) -> None:
    basic = await world.price("Basic", 1500)
    for identifier in ("ONE", "TWO"):
        await coupon(world, identifier, percentOff="10", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.news()

    await subscription.update(discounts=[{"coupon": "ONE"}])
    assert await world.news() == ["customer.discount.created", "customer.subscription.updated"]
    await subscription.update(discounts=[{"coupon": "TWO"}])
    assert await world.news() == ["customer.discount.updated", "customer.subscription.updated"]
    await subscription.update(discounts=[])
    assert await world.news() == ["customer.discount.deleted", "customer.subscription.updated"]
    assert await subscription.waiting() == []
    assert await counted() == {"ONE": 1, "TWO": 1}


async def test_item_has_discounts_of_its_own_before_those_of_its_subscription(world: World) -> None:
    basic, extra = await world.price("Basic", 1500), await world.price("Extra", 1000)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    await coupon(world, "TENTH", percentOff="10", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    items = [{"price": basic, "discounts": [{"coupon": "HALF"}]}, {"price": extra}]
    made = await world.do(
        "subscriptionCreate",
        "subscription { id items { discounts { coupon { id } } }"
        " latestInvoice { total lines { discountAmounts { amount discount { coupon { id } } } } } }",
        customer=jenny.id, items=items, discounts=[{"coupon": "TENTH"}],
    )  # fmt: skip
    subscription = made["subscription"]
    assert [each["discounts"] for each in subscription["items"]] == [[{"coupon": {"id": "HALF"}}], []]
    # 1500 - 750 - 75, and 1000 - 100
    assert [
        [(cut["discount"]["coupon"]["id"], cut["amount"]) for cut in line["discountAmounts"]]
        for line in subscription["latestInvoice"]["lines"]
    ] == [[("HALF", 750), ("TENTH", 75)], [("TENTH", 100)]]
    assert subscription["latestInvoice"]["total"] == 675 + 900


async def test_deleted_coupon_stays_where_it_runs(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"coupon": "HALF"}])
    await world.do("couponDelete", "coupon { id }", id="HALF")

    await world.move_to("2027-02-28T12:00:00Z")

    assert await totals(subscription) == [(1500, 750), (1500, 750)]
    assert await world.refusal(
        "subscriptionCreate",
        "subscription",
        customer=jenny.id,
        items=[{"price": basic}],
        discounts=[{"coupon": "HALF"}],
    ) == [("RESOURCE_MISSING", "discounts.0.coupon")]


async def test_two_open_drafts_use_a_coupon_of_one_invoice_once(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa", discount=None)
    first, second = await jenny.subscribe(basic), await jenny.subscribe(basic)
    await world.do("customerUpdate", "customer { id }", id=jenny.id, discount={"coupon": "HALF"})

    await world.move_to("2027-02-28T10:30:00Z")
    assert (await totals(first))[1:] == (await totals(second))[1:] == [(1500, 750)]
    await world.move_to("2027-02-28T12:00:00Z")

    assert sorted((await totals(first))[1:] + (await totals(second))[1:]) == [(1500, 750), (1500, 1500)]
    assert await counted() == {"HALF": 1}


async def test_preview_of_a_new_subscription_redeems_nothing(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "discounts": [{"coupon": "HALF"}]}
    answer = await world.do(
        "invoiceCreatePreview",
        "invoicePreview { total totalDiscountAmounts { amount discount { id } } }",
        newSubscription=wanted,
    )
    assert answer["invoicePreview"] == {"total": 750, "totalDiscountAmounts": [{"amount": 750, "discount": None}]}
    assert await counted() == {"HALF": 0}


async def test_code_is_redeemed_and_counted(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50")
    sun = await code(world, "HALF", code="SUN", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic, discounts=[{"promotionCode": sun}])
    assert await totals(subscription) == [(1500, 750)]
    found = await world.api.ask(f'{{ promotionCode(id: "{sun}") {{ timesRedeemed active }} }}')
    assert found["promotionCode"] == {"timesRedeemed": 1, "active": False}
    assert await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": basic}],
        discounts=[{"promotionCode": sun}],
    ) == [("COUPON_EXPIRED", "discounts.0.promotionCode")]  # fmt: skip
    assert await counted() == {"HALF": 1}
