"""Packages, volume and graduated tiers: from the first invoice over a change to the renewal (spec 04).

The world's clock stands at 31 January 2027, 10:00; the first monthly period has 28 days, until 28 February, 10:00.
"""

from typing import Any

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Subscription, World

HALF = "2027-02-14T10:00:00Z"
"""14 of 28 days are left."""
TIERS = [{"upTo": 10, "unitAmount": 1000}, {"unitAmount": 800, "flatAmount": 2000}]
GRADUATED: dict[str, Any] = {"billingScheme": "TIERED", "tiersMode": "GRADUATED", "tiers": TIERS}
VOLUME: dict[str, Any] = {"billingScheme": "TIERED", "tiersMode": "VOLUME", "tiers": TIERS}
PACKAGE: dict[str, Any] = {"unitAmount": 500, "transformQuantity": {"divideBy": 100, "round": "UP"}}


async def explained(subscription: Subscription, invoice: int) -> list[str]:
    """How the amounts of one of its invoices came about."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { invoice(id: $id) { lines { explanation } } }",
        {"id": (await subscription.invoices())[invoice]["id"]},
    )
    return [line["explanation"] for line in found["invoice"]["lines"]]


async def test_graduated_price_bills_each_tier_for_its_own_units(world: World) -> None:
    team = await world.priced("Team", **GRADUATED)
    await world.news()
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(team, quantity=15)

    assert await subscription.lines() == ["16000 15 × Team (at graduated rates / month)"]
    assert await explained(subscription, 0) == [
        "first 10 × $10.00 = $100.00; next 5 × $8.00 = $40.00; flat fee $20.00; together $160.00"
    ]
    await world.move_to(HALF)
    await world.news()
    await subscription.switch(quantity=12)

    assert await subscription.waiting() == [-8000, 6800]  # half of 160.00 and of 100.00 + 16.00 + 20.00
    assert await world.news() == ["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == [
        "-8000 Unused time on 15 × Team after 14 Feb 2027",
        "6800 Remaining time on 12 × Team after 14 Feb 2027",
        "13600 12 × Team (at graduated rates / month)",
    ]
    assert (await explained(subscription, 1))[0] == (
        "first 10 × $10.00 = $100.00; next 5 × $8.00 = $40.00; flat fee $20.00; together $160.00 a period;"
        " 14 of 28 days (1209600 of 2419200 seconds) are given back: -$80.00"
    )
    assert await world.news() == moving(*RENEWED, *COLLECTED)


async def test_tiers_and_packages_may_be_larger_than_two_thousand_million(world: World) -> None:
    tiers = [{"upTo": 10**12, "unitAmount": 1}, {"upTo": 10**15, "flatAmount": 1}, {"unitAmount": 2}]
    tiered = await world.priced("Bytes", billingScheme="TIERED", tiersMode="VOLUME", tiers=tiers)
    packed = await world.priced("Terabytes", unitAmount=5, transformQuantity={"divideBy": 2**31, "round": "UP"})
    asked = "query($id: ID!) { price(id: $id) { tiers { upTo } transformQuantity { divideBy } } }"
    found = [(await world.api.ask(asked, {"id": each}))["price"] for each in (tiered, packed)]
    assert [each["upTo"] for each in found[0]["tiers"]] == [10**12, 10**15, None]
    assert found[1]["transformQuantity"] == {"divideBy": 2**31}


async def test_volume_price_bills_all_units_at_one_rate(world: World) -> None:
    team = await world.priced("Team", **VOLUME)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(team, quantity=10)
    assert await subscription.lines() == ["10000 10 × Team (at volume rates / month)"]  # 10 × 10.00
    await world.move_to(HALF)

    await subscription.switch(quantity=11, prorationBehavior="ALWAYS_INVOICE")

    assert await subscription.lines() == [
        "-5000 Unused time on 10 × Team after 14 Feb 2027",
        "5400 Remaining time on 11 × Team after 14 Feb 2027",  # half of 11 × 8.00 + 20.00
    ]
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["10800 11 × Team (at volume rates / month)"]
    assert await explained(subscription, 2) == ["all 11 × $8.00 = $88.00; flat fee $20.00; together $108.00"]


async def test_first_tier_is_owed_for_nothing_at_all(world: World) -> None:
    tiers = [{"upTo": 10, "unitAmount": 100, "flatAmount": 900}, {"flatAmountDecimal": "50.5"}]
    price = await world.priced("Team", billingScheme="TIERED", tiersMode="GRADUATED", tiers=tiers)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(price, quantity=0)

    assert await subscription.lines() == ["900 0 × Team (at graduated rates / month)"]
    await subscription.switch(quantity=11, prorationBehavior="NONE")
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == ["1951 11 × Team (at graduated rates / month)"]  # 10 × 1.00 + 9.00 + 0.505


async def test_packages_are_billed_whole(world: World) -> None:
    mails = await world.priced("Mails", **PACKAGE)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(mails, quantity=250)

    assert await subscription.lines() == ["1500 250 × Mails (at $5.00 per 100 / month)"]  # 3 × 5.00
    assert await explained(subscription, 0) == ["250 in packages of 100 are 3; 3 × $5.00 = $15.00"]
    await world.move_to(HALF)
    await subscription.switch(quantity=300)
    assert await subscription.waiting() == [-750, 750]  # three packages before and after
    await subscription.switch(quantity=301)
    assert await subscription.waiting() == [-750, 750, -750, 1000]  # half of 3 and of 4 packages
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.lines())[-1] == "2000 301 × Mails (at $5.00 per 100 / month)"


async def test_mixed_items_and_a_set_up_fee_are_one_invoice(world: World) -> None:
    base, team = await world.price("Base", 2000), await world.priced("Team", **GRADUATED)
    mails = await world.priced("Mails", unitAmountDecimal="0.35")
    setup = await world.priced("Set-up", every=None, **PACKAGE)
    customer = await world.customer(card="pm_card_visa")
    answer = await world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=customer.id,
        items=[{"price": base}, {"price": team, "quantity": 11}, {"price": mails, "quantity": 9}],
        addInvoiceItems=[{"price": setup, "quantity": 101}],
    )
    subscription = Subscription(world, answer["subscription"]["id"])

    assert await subscription.lines() == [
        "1000 101 × Set-up (at $5.00 per 100)",  # two packages
        "2000 1 × Base (at $20.00 / month)",
        "12800 11 × Team (at graduated rates / month)",  # 10 × 10.00 + 8.00 + 20.00
        "3 9 × Mails (at $0.0035 / month)",  # 3.15 cents
    ]
    assert await subscription.billed() == ["15803 PAID 2027-01-31T10:00:00Z"]
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1] == "14803 PAID 2027-02-28T10:00:00Z"


async def test_change_to_tiers_in_mid_period_is_prorated_as_any(world: World) -> None:
    basic, team = await world.price("Basic", 1500), await world.priced("Team", **VOLUME)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic, quantity=3)
    await world.move_to(HALF)

    assert [
        line["amount"]
        for line in (
            await subscription.preview(items=[{"id": await subscription.item(), "price": team, "quantity": 20}])
        )["lines"]
    ] == [-2250, 9000, 18000]  # half of 45.00, half of 20 × 8.00 + 20.00, and all of it
    await subscription.switch(team, quantity=20)
    assert await subscription.waiting() == [-2250, 9000]


async def test_free_tiers_are_free_and_leaving_them_counts_anew_in_classic_mode(world: World) -> None:
    free = await world.priced("Free", billingScheme="TIERED", tiersMode="VOLUME", tiers=[{"unitAmount": 0}])
    team = await world.priced("Team", **VOLUME)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(free, billingMode="CLASSIC")
    await world.move_to(HALF)

    await subscription.switch(team)

    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z", f"1000 PAID {HALF}"]
    assert (await subscription.now())["items"][0]["currentPeriodEnd"] == "2027-03-14T10:00:00Z"


async def test_tiers_beyond_what_can_be_charged_are_refused(world: World) -> None:
    tiers = [{"upTo": 10, "unitAmount": 1000}, {"flatAmount": 100_000_000}]
    team = await world.priced("Team", billingScheme="TIERED", tiersMode="VOLUME", tiers=tiers)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(team, quantity=10)
    await world.news()

    refused = await world.refusal(
        "subscriptionCreate", "subscription", customer=jenny.id, items=[{"price": team, "quantity": 11}]
    )
    change = [{"id": await subscription.item(), "quantity": 11}]
    refused += await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=change)

    assert refused == [("AMOUNT_TOO_LARGE", "items"), ("AMOUNT_TOO_LARGE", "items")]
    assert (await world.news(), await subscription.waiting()) == ([], [])
    assert (await subscription.now())["items"][0]["quantity"] == 10


async def test_price_made_for_one_item_may_have_tiers(world: World) -> None:
    product = (await world.do("productCreate", "product { id }", name="Deal"))["product"]["id"]
    jenny = await world.customer(card="pm_card_visa")
    terms = {"product": product, "currency": "usd", "recurring": {"interval": "MONTH"}, **GRADUATED}
    answer = await world.do(
        "subscriptionCreate",
        "subscription { id items { price { active tiersMode tiers { upTo unitAmount flatAmount } } } }",
        customer=jenny.id,
        items=[{"priceData": terms, "quantity": 12}],
    )

    assert answer["subscription"]["items"][0]["price"] == {
        "active": False,
        "tiersMode": "GRADUATED",
        "tiers": [
            {"upTo": 10, "unitAmount": 1000, "flatAmount": None},
            {"upTo": None, "unitAmount": 800, "flatAmount": 2000},
        ],
    }
    subscription = Subscription(world, answer["subscription"]["id"])
    assert await subscription.lines() == ["13600 12 × Deal (at graduated rates / month)"]  # 100.00 + 16.00 + 20.00


async def test_first_price_of_a_product_may_be_of_any_model(world: World) -> None:
    monthly = {"currency": "usd", "recurring": {"interval": "MONTH"}}
    shown = "product { defaultPrice { unitAmount tiersMode transformQuantity { divideBy round }"
    shown += " customUnitAmount { preset } currencyOptions { currency unitAmount } } }"
    option = {"currency": "eur", "unitAmount": 450}
    found = [
        (await world.do("productCreate", shown, name="Any", defaultPriceData={**monthly, **terms}))["product"]
        for terms in (GRADUATED, {**PACKAGE, "currencyOptions": [option]}, {"customUnitAmount": {"preset": 700}})
    ]
    empty = {"unitAmount": None, "tiersMode": None, "transformQuantity": None, "customUnitAmount": None}
    assert [each["defaultPrice"] for each in found] == [
        {**empty, "tiersMode": "GRADUATED", "currencyOptions": []},
        {**empty, "unitAmount": 500, "transformQuantity": PACKAGE["transformQuantity"], "currencyOptions": [option]},
        {**empty, "customUnitAmount": {"preset": 700}, "currencyOptions": []},
    ]
