"""Prepaid credit for whatever meters count, as it is drawn down by usage."""

from tests.scenarios.crediting import granted, journal, left, paid
from tests.scenarios.usage import Usage, explained, subscribed
from tests.scenarios.world import World
from tests.simulation.invariants import check_all


async def test_credit_for_metered_prices_pays_usage_and_nothing_beside_it(world: World) -> None:
    usage = await Usage.metered(world)
    basic, calls = await world.price("Basic", 1500), await usage.price()
    jenny = await world.customer(card="pm_card_visa")
    grant = await granted(jenny, 5000)
    subscription = await subscribed(jenny, basic, calls)
    await usage.used(jenny, "2027-02-01T00:00:00Z", "300")
    await usage.used(jenny, "2027-03-01T00:00:00Z", "300")

    await world.move_to("2027-03-31T12:00:00Z")

    # 300 × 0.10 = 30.00 beside the 15.00 of Basic: 50.00 pay the first whole, and 20.00 of the second
    assert await paid(subscription, [grant]) == [
        "1500: 1500 PAID",
        "4500 less 3000 of 0: 1500 PAID",
        "4500 less 2000 of 0: 2500 PAID",
    ]
    assert sorted(await explained(subscription)) == [
        "1 × $15.00 = $15.00",
        "300 × $0.10 = $30.00; less $20.00 of prepaid credit = $10.00",
    ]
    assert await left(jenny) == ["0 of 0 usd"]
    await check_all()


async def test_usage_that_is_sent_while_the_invoice_is_a_draft_is_paid_too(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    grant = await granted(jenny, 5000)
    await usage.used(jenny, "2027-02-01T00:00:00Z", "100")
    await world.move_to("2027-02-28T10:30:00Z")
    assert await paid(subscription, [grant]) == ["1000: 1000 DRAFT"]

    await usage.used(jenny, "2027-02-28T09:00:00Z", "50")
    await world.move_to("2027-02-28T12:00:00Z")

    assert await paid(subscription, [grant]) == ["1500 less 1500 of 0: 0 PAID"]
    assert (await journal(world))[1:] == ["CREDITS_APPLIED -1500 2027-02-28T11:00:00Z"]
    await check_all()


async def test_preview_of_usage_shows_the_credit_that_is_left(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await granted(jenny, 600)
    await usage.used(jenny, "2027-01-31T10:00:00Z", "100")

    preview = await subscription.preview()

    assert (preview["total"], preview["lines"][0]["explanation"]) == (
        400,
        "100 × $0.10 = $10.00; less $6.00 of prepaid credit = $4.00",
    )
    assert await left(jenny) == ["600 of 600 usd"]


async def test_preview_draws_the_grants_of_the_moment_when_its_invoice_will_be_final(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await granted(jenny, 300, expiresAt="2027-02-28T10:30:00Z")  # while the invoice is a draft
    await granted(jenny, 200, effectiveAt="2027-02-28T11:00:00Z")  # just as it becomes final
    await granted(jenny, 100, effectiveAt="2027-02-28T11:00:01Z")
    await usage.used(jenny, "2027-01-31T10:00:00Z", "100")

    preview = await subscription.preview()

    await world.move_to("2027-02-28T12:00:00Z")
    assert [preview["total"]] == [each["total"] for each in await subscription.invoices()] == [800]


async def test_first_preview_of_usage_draws_the_grants_of_when_it_will_be_final(world: World) -> None:
    basic, jenny = await world.price("Basic", 1500), await world.customer(card="pm_card_visa")
    await granted(jenny, 200, basic, effectiveAt="2027-01-31T11:00:00Z")
    sent = {"collectionMethod": "SEND_INVOICE", "daysUntilDue": 10}
    wanted = {"customer": jenny.id, "items": [{"price": basic}], **sent}

    answer = await world.do("invoiceCreatePreview", "invoicePreview { total }", newSubscription=wanted)
    subscription = await subscribed(jenny, basic, **sent)

    await world.move_to("2027-01-31T12:00:00Z")
    assert [answer["invoicePreview"]["total"]] == [each["total"] for each in await subscription.invoices()] == [1300]
