"""One price in several currencies: which one a subscription is in, and that it stays there (spec 01, Catalogue).

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

from tests.scenarios.invoicing import item, waiting
from tests.scenarios.world import Customer, Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""


async def basic(world: World) -> str:
    """A monthly price of 15.00 USD or 13.00 EUR."""
    return await world.priced("Basic", unitAmount=1500, currencyOptions=[{"currency": "eur", "unitAmount": 1300}])


async def in_euro(world: World, price: str, **input: Any) -> tuple[Customer, Subscription]:
    """A customer who is billed in EUR, and their subscription."""
    jenny = await world.customer(card="pm_card_visa")
    return jenny, await jenny.subscribe(price, currency="eur", **input)


async def currency_of(subscription: Subscription) -> str:
    """What it is billed in."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { currency } }", {"id": subscription.id}
    )
    return str(found["subscription"]["currency"])


async def test_price_is_shown_in_all_its_currencies(world: World) -> None:
    price = await basic(world)
    found = await world.api.ask(
        "query($id: ID!) { price(id: $id) { currency unitAmount"
        " currencyOptions { currency unitAmount taxBehavior tiers { upTo } customUnitAmount { preset } } } }",
        {"id": price},
    )
    option = {"unitAmount": 1300, "taxBehavior": "UNSPECIFIED", "tiers": None, "customUnitAmount": None}
    assert found["price"] == {
        "currency": "usd",
        "unitAmount": 1500,
        "currencyOptions": [{"currency": "eur", **option}],
    }


async def test_subscription_is_billed_in_the_currency_that_was_asked_for(world: World) -> None:
    price = await basic(world)
    _, subscription = await in_euro(world, price, addInvoiceItems=[
        {"price": await world.priced("Set-up", every=None, unitAmount=500, currencyOptions=[
            {"currency": "eur", "unitAmount": 400}
        ])}
    ])  # fmt: skip

    assert await currency_of(subscription) == "eur"
    assert await subscription.lines() == ["400 1 × Set-up (at €4.00)", "1300 1 × Basic (at €13.00 / month)"]
    await world.move_to(HALF)
    await subscription.switch(quantity=2)
    assert await subscription.waiting() == [-650, 1300]  # half of 13.00 and of 26.00
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.lines())[-1] == "2600 2 × Basic (at €13.00 / month)"
    await subscription.cancel(prorate=True)
    assert (await waiting(world, await owner(subscription)))[0] < -2500  # nearly all of 26.00 EUR


async def owner(subscription: Subscription) -> str:
    """The id of its customer."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { customer { id } } }", {"id": subscription.id}
    )
    return str(found["subscription"]["customer"]["id"])


async def test_customer_who_is_billed_in_a_currency_stays_in_it(world: World) -> None:
    price = await basic(world)
    jenny, _ = await in_euro(world, price)

    second = await jenny.subscribe(await basic(world))
    quote = await world.do(
        "quoteCreate", "quote { id currency amountTotal }", customer=jenny.id, lineItems=[{"price": price}]
    )
    once = await world.priced("Visit", every=None, unitAmount=500, currencyOptions=[
        {"currency": "eur", "unitAmount": 450}
    ])  # fmt: skip
    await item(world, customer=jenny.id, price=once)

    assert (await currency_of(second), await second.billed()) == ("eur", ["1300 PAID 2027-01-31T10:00:00Z"])
    assert (quote["quote"]["currency"], quote["quote"]["amountTotal"]) == ("eur", 1300)
    assert await waiting(world, jenny.id) == [450]


async def test_quote_is_accepted_in_its_currency(world: World) -> None:
    price = await basic(world)
    jenny, _ = await in_euro(world, price)
    quote = await world.do("quoteCreate", "quote { id }", customer=jenny.id, lineItems=[{"price": await basic(world)}])
    await world.do("quoteFinalize", "quote { id }", id=quote["quote"]["id"])
    answer = await world.do("quoteAccept", "quote { subscription { id } }", id=quote["quote"]["id"])
    accepted = Subscription(world, answer["quote"]["subscription"]["id"])
    assert (await currency_of(accepted), await accepted.lines()) == ("eur", ["1300 1 × Basic (at €13.00 / month)"])


async def test_schedule_is_in_the_currency_of_its_customer(world: World) -> None:
    price = await basic(world)
    jenny, _ = await in_euro(world, price)
    answer = await world.do(
        "subscriptionScheduleCreate",
        "subscriptionSchedule { currency subscription { id } }",
        customer=jenny.id,
        startDate="NOW",
        phases=[{"items": [{"price": await basic(world)}]}, {"items": [{"price": await basic(world), "quantity": 3}]}],
    )
    assert answer["subscriptionSchedule"]["currency"] == "eur"
    scheduled = Subscription(world, answer["subscriptionSchedule"]["subscription"]["id"])
    await world.move_to("2027-03-01T10:00:00Z")
    assert [line.split()[0] for line in await scheduled.billed()] == ["1300", "3900"]


async def test_exchange_and_transfer_stay_in_the_currency(world: World) -> None:
    price, tiers = await basic(world), [{"upTo": 2, "unitAmount": 1000}, {"unitAmount": 800}]
    team = await world.priced(
        "Team", billingScheme="TIERED", tiersMode="VOLUME", tiers=[{"unitAmount": 1100}],
        currencyOptions=[{"currency": "eur", "tiers": tiers}],
    )  # fmt: skip
    _, subscription = await in_euro(world, price)
    await world.move_to(HALF)

    await subscription.switch(team, quantity=3)

    assert await subscription.waiting() == [-650, 1200]  # half of 13.00 and of 3 × 8.00
    mary = await world.customer(card="pm_card_visa")
    await world.do("subscriptionTransfer", "subscription { id }", id=subscription.id, customer=mary.id)
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.lines())[-1] == "2400 3 × Team (at volume rates / month)"
    assert await currency_of(subscription) == "eur"


async def test_currency_that_a_price_is_not_offered_in_is_refused(world: World) -> None:
    price, plain = await basic(world), await world.price("Plain", 1500)
    jenny, subscription = await in_euro(world, price)
    mary = await world.customer(card="pm_card_visa")
    await world.news()

    refusals = [
        await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": plain}]),
        await world.refusal(
            "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": price}], currency="usd"
        ),
        await world.refusal(
            "subscriptionCreate", "subscription", customer=mary.id, items=[{"price": price}], currency="gbp"
        ),
        await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=[{"price": plain}]),
        await world.refusal("quoteCreate", "quote", customer=jenny.id, lineItems=[{"price": plain}]),
    ]

    assert refusals == [
        [("CURRENCY_MISMATCH", "items.0.price")],
        [("CURRENCY_MISMATCH", "currency")],
        [("CURRENCY_MISMATCH", "items.0.price")],
        [("CURRENCY_MISMATCH", "items.0.price")],
        [("CURRENCY_MISMATCH", "lineItems")],
    ]
    assert (await world.news(), await subscription.waiting()) == ([], [])


async def test_own_amount_has_bounds_in_each_currency(world: World) -> None:
    gift = await world.priced(
        "Gift", customUnitAmount={"minimum": 1000, "preset": 2000},
        currencyOptions=[{"currency": "jpy", "customUnitAmount": {"minimum": 150, "preset": 3000}}],
    )  # fmt: skip
    jenny = await world.customer(card="pm_card_visa")
    items = [{"price": gift, "unitAmount": 149}]
    assert await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=items, currency="jpy"
    ) == [("AMOUNT_TOO_SMALL", "items.0.unitAmount")]

    subscription = await jenny.subscribe(gift, currency="jpy")

    assert await subscription.lines() == ["3000 1 × Gift (at ¥3,000 / month)"]


async def test_migration_counts_each_currency_by_itself(world: World) -> None:
    old, plain = await basic(world), await world.price("Plain", 2000)
    new = await world.priced("Pro", unitAmount=4000, currencyOptions=[{"currency": "eur", "unitAmount": 3600}])
    _, subscription = await in_euro(world, old)
    await (await world.customer(card="pm_card_visa")).subscribe(old)
    await world.move_to(HALF)
    sums = "currency amountNow amountPerPeriod"
    shown = f"preview {{ {sums} inOtherCurrencies {{ {sums} }} skips {{ reason subscriptions }} }}"

    both = await world.do("priceMigrationPreview", shown, fromPrice=old, toPrice=new)
    one = await world.do("priceMigrationPreview", shown, fromPrice=old, toPrice=plain)

    euro = {"currency": "eur", "amountNow": 1150, "amountPerPeriod": 2300}  # half of 36.00 less half of 13.00
    dollar = {"currency": "usd", "amountNow": 1250, "amountPerPeriod": 2500}
    assert both["preview"] == {**dollar, "inOtherCurrencies": [euro], "skips": []}
    assert (one["preview"]["inOtherCurrencies"], one["preview"]["skips"]) == (
        [],
        [{"reason": "CHANGE_REFUSED", "subscriptions": 1}],
    )
    assert await subscription.waiting() == []
