"""Dunning: renewals that are declined, when they are tried again, and what becomes of the subscription.

The clock stands at Sunday, 31 January 2027, 10:00 UTC. The renewal of Sunday, 28 February is tried at 11:00.
"""

from typing import Any

import pytest

from tests.scenarios.test_renewals import delinquent, moving
from tests.scenarios.world import Customer, Subscription, World

DECLINED = ["charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"]
PAID = ["charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded"]
FIRST_TRY = "2027-02-28T11:00:00Z"
PAY_DAYS = ["2027-03-01T11:00:00Z", "2027-03-05T11:00:00Z", "2027-03-12T11:00:00Z"]
"""The 1st and two Fridays; the next one, Monday the 15th, lies behind the two weeks that end on 14 March, 11:00."""
CHARGES = "status attemptCount nextPaymentAttempt charges(first: 20) { nodes { status created } }"


async def renewing(world: World, *outcomes: str, **settings: Any) -> tuple[Customer, Subscription]:
    """A customer whose next charges end like this, and their subscription that renews on 28 February."""
    if settings:
        await world.do("accountSettingsUpdate", "account { id }", **settings)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await jenny.script(*outcomes)
    await world.news()
    return jenny, subscription


async def collecting(subscription: Subscription, number: int = 1) -> dict[str, Any]:
    """What has been done about one of the subscription's invoices, the charges in short and oldest first."""
    invoice = (await subscription.invoices())[number]["id"]
    found = await subscription.world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {CHARGES} }} }}", {"id": invoice})
    charges = found["invoice"].pop("charges")["nodes"][::-1]
    return {"id": invoice, **found["invoice"], "charges": [f"{each['status']} {each['created']}" for each in charges]}


async def test_declined_renewal_is_retried_on_pay_days_and_the_third_retry_succeeds(world: World) -> None:
    jenny, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 3)

    await world.move_to("2027-02-28T12:00:00Z")
    invoice = await collecting(subscription)
    assert (invoice["attemptCount"], invoice["nextPaymentAttempt"]) == (1, PAY_DAYS[0])
    assert await subscription.status() == "PAST_DUE"
    await world.move_to("2027-03-05T12:00:00Z")
    invoice = await collecting(subscription)
    assert (invoice["attemptCount"], invoice["nextPaymentAttempt"]) == (3, PAY_DAYS[2])
    await world.news()

    await world.move_to("2027-03-12T11:00:00Z")

    invoice = await collecting(subscription)
    assert invoice["charges"] == [f"FAILED {at}" for at in [FIRST_TRY, *PAY_DAYS[:2]]] + [f"SUCCEEDED {PAY_DAYS[2]}"]
    assert (invoice["status"], invoice["attemptCount"], invoice["nextPaymentAttempt"]) == ("PAID", 4, None)
    assert await subscription.status() == "ACTIVE"
    assert not await delinquent(world, jenny.id)
    assert await world.news() == moving(*PAID, "customer.subscription.updated", "customer.updated")


async def test_each_failure_tells_when_the_next_try_is(world: World) -> None:
    _, subscription = await renewing(world, "INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    await world.news()

    await world.move_to(PAY_DAYS[0])

    assert await world.news() == moving(*DECLINED, "invoice.updated")
    told = await world.api.ask(
        'query($id: ID!) { events(first: 9, filter: { objectId: $id, types: ["invoice.updated"] })'
        " { nodes { data { object previousAttributes } } } }",
        {"id": (await collecting(subscription))["id"]},
    )
    latest, first = (each["data"] for each in told["events"]["nodes"])
    assert (first["previousAttributes"], latest["previousAttributes"]) == ({"next_payment_attempt": None},) * 2
    assert first["object"]["next_payment_attempt"] == 1803898800  # 1 March 2027, 11:00
    assert latest["object"]["next_payment_attempt"] == 1804244400  # 5 March 2027, 11:00


@pytest.mark.parametrize(
    ("end", "status", "last"),
    [
        ("CANCEL", "CANCELED", "customer.subscription.deleted"),
        ("UNPAID", "UNPAID", "customer.subscription.updated"),
        ("PAST_DUE", "PAST_DUE", "invoice.payment_failed"),
    ],
)
async def test_after_the_last_retry_the_subscription_ends_as_chosen(
    world: World, end: str, status: str, last: str
) -> None:
    _, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4, retriesEnd=end)
    await world.move_to("2027-03-12T10:00:00Z")
    assert await subscription.status() == "PAST_DUE"
    await world.news()

    await world.move_to("2027-03-12T12:00:00Z")

    assert await subscription.status() == status
    assert await world.news() == moving(*dict.fromkeys([*DECLINED, last]))
    invoice = await collecting(subscription)
    assert (invoice["status"], invoice["attemptCount"], invoice["nextPaymentAttempt"]) == ("OPEN", 4, None)
    await world.move_to("2027-03-31T12:00:00Z")
    renewed = {"CANCELED": [], "UNPAID": ["DRAFT"], "PAST_DUE": ["PAID"]}[status]
    assert [each["status"] for each in await subscription.invoices()] == ["PAID", "OPEN", *renewed]
    assert await subscription.status() == {"PAST_DUE": "ACTIVE"}.get(status, status)  # the invoice of March is paid


async def test_canceled_for_want_of_payment_says_so(world: World) -> None:
    _, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4)

    await world.move_to("2027-03-12T12:00:00Z")

    query = "query($id: ID!) { subscription(id: $id) { endedAt cancellationDetails { reason } } }"
    found = (await world.api.ask(query, {"id": subscription.id}))["subscription"]
    assert found == {"endedAt": PAY_DAYS[2], "cancellationDetails": {"reason": "PAYMENT_FAILED"}}


async def test_unpaid_invoice_is_marked_as_uncollectible_where_that_is_chosen(world: World) -> None:
    _, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4, unpaidInvoice="UNCOLLECTIBLE")
    await world.move_to("2027-03-12T10:00:00Z")
    await world.news()

    await world.move_to("2027-03-12T12:00:00Z")

    assert await world.news() == moving(*DECLINED, "invoice.marked_uncollectible", "customer.subscription.deleted")
    invoice = await collecting(subscription)
    assert (invoice["status"], invoice["nextPaymentAttempt"]) == ("UNCOLLECTIBLE", None)


async def test_unpaid_subscription_is_active_again_when_the_latest_invoice_is_paid(world: World) -> None:
    _, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4, retriesEnd="UNPAID")
    await world.move_to("2027-04-01T00:00:00Z")
    invoice = await collecting(subscription)
    assert await subscription.status() == "UNPAID"

    await world.do("invoicePay", "invoice { id }", id=invoice["id"])

    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-04-30T12:00:00Z")
    statuses = [each["status"] for each in await subscription.invoices()]
    assert statuses == ["PAID", "PAID", "DRAFT", "PAID"]  # the draft of March stays one


@pytest.mark.parametrize(
    ("outcome", "retries"),
    [
        (
            "DO_NOT_HONOR",  # 1, 2, 2, 2, 2, 2, 2, 1 days: eight within two weeks
            [f"2027-03-{day:02d}T11:00:00Z" for day in (1, 3, 5, 7, 9, 11, 13, 14)],
        ),
        (
            "ISSUER_NOT_AVAILABLE",  # 2, 6, 12, 24, 24, 48, 48, 72 hours
            ["2027-02-28T13:00:00Z", "2027-02-28T19:00:00Z"]
            + [f"2027-03-{day:02d}T07:00:00Z" for day in (1, 2, 3, 5, 7, 10)],
        ),
    ],
)
async def test_spacing_follows_the_reason_of_the_decline(world: World, outcome: str, retries: list[str]) -> None:
    _, subscription = await renewing(world, *[outcome] * 9)

    await world.move_to("2027-03-20T00:00:00Z")

    assert (await collecting(subscription))["charges"] == [f"FAILED {at}" for at in [FIRST_TRY, *retries]]
    assert await subscription.status() == "CANCELED"


async def test_custom_waits_are_counted_from_the_try_before(world: World) -> None:
    settings = {"retryPolicy": "CUSTOM", "retryWaits": [1, 4, 2]}
    _, subscription = await renewing(world, *["DO_NOT_HONOR"] * 4, **settings)

    await world.move_to("2027-03-20T00:00:00Z")

    tries = [FIRST_TRY, "2027-03-01T11:00:00Z", "2027-03-05T11:00:00Z", "2027-03-07T11:00:00Z"]
    assert (await collecting(subscription))["charges"] == [f"FAILED {at}" for at in tries]
    assert (await subscription.now())["endedAt"] == tries[-1]


async def test_custom_without_waits_gives_up_at_once(world: World) -> None:
    _, subscription = await renewing(world, "DO_NOT_HONOR", retryPolicy="CUSTOM", retryWaits=[])

    await world.move_to("2027-02-28T12:00:00Z")

    assert await subscription.status() == "CANCELED"


async def test_what_worked_before_is_tried_again(world: World) -> None:
    jenny, subscription = await renewing(world, "ISSUER_NOT_AVAILABLE", "ISSUER_NOT_AVAILABLE")
    await world.move_to("2027-03-01T00:00:00Z")  # the second retry, 28 February at 19:00, succeeded
    assert await subscription.status() == "ACTIVE"
    await jenny.script("INSUFFICIENT_FUNDS")

    await world.move_to("2027-03-31T12:00:00Z")

    # 1 April is a pay day, and 19:00 is when it worked.
    assert (await collecting(subscription, 2))["nextPaymentAttempt"] == "2027-04-01T19:00:00Z"


async def test_lost_card_is_not_charged_again_and_a_new_one_is_at_once(world: World) -> None:
    jenny, subscription = await renewing(world, "LOST_CARD")
    await world.move_to("2027-03-02T00:00:00Z")
    invoice = await collecting(subscription)
    assert invoice["charges"] == [f"FAILED {FIRST_TRY}"]  # the retry of 1 March passed
    assert (invoice["attemptCount"], invoice["nextPaymentAttempt"]) == (2, "2027-03-03T11:00:00Z")

    await jenny.take_card("pm_card_mastercard")

    invoice = await collecting(subscription)
    assert invoice["charges"] == [f"FAILED {FIRST_TRY}", "SUCCEEDED 2027-03-02T00:00:00Z"]
    assert (invoice["status"], invoice["nextPaymentAttempt"]) == ("PAID", None)
    assert await subscription.status() == "ACTIVE"


async def test_lost_card_without_a_new_one_ends_like_any_other(world: World) -> None:
    _, subscription = await renewing(world, "LOST_CARD")

    await world.move_to("2027-03-20T00:00:00Z")

    assert (await collecting(subscription))["charges"] == [f"FAILED {FIRST_TRY}"]
    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-03-14T11:00:00Z")


async def test_new_card_waits_for_the_next_retry_where_the_account_wants_that(world: World) -> None:
    jenny, subscription = await renewing(world, "LOST_CARD", retryOnNewPaymentMethod=False)
    await world.move_to("2027-02-28T12:00:00Z")
    await jenny.take_card("pm_card_mastercard")
    assert len((await collecting(subscription))["charges"]) == 1

    await world.move_to("2027-03-01T12:00:00Z")

    assert (await collecting(subscription))["charges"][1] == "SUCCEEDED 2027-03-01T11:00:00Z"


async def test_new_card_of_the_subscription_is_tried_at_once(world: World) -> None:
    _, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4)
    await world.move_to("2027-02-28T12:00:00Z")
    await world.news()

    await subscription.update(defaultPaymentMethod="pm_card_mastercard")

    assert await subscription.status() == "ACTIVE"
    changed = ["payment_method.attached", "customer.subscription.updated"]
    followed = ["customer.subscription.updated", "customer.updated"]
    assert await world.news() == [*changed, *PAID, *followed]


async def test_new_card_that_fails_moves_no_retry(world: World) -> None:
    jenny, subscription = await renewing(world, "INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")

    await jenny.take_card("pm_card_chargeCustomerFail")

    invoice = await collecting(subscription)
    assert len(invoice["charges"]) == 2
    assert (invoice["attemptCount"], invoice["nextPaymentAttempt"]) == (1, PAY_DAYS[0])


async def test_paying_by_hand_in_vain_moves_no_retry(world: World) -> None:
    _, subscription = await renewing(world, "INSUFFICIENT_FUNDS", "DO_NOT_HONOR")
    await world.move_to("2027-02-28T12:00:00Z")

    await world.do("invoicePay", "invoice { id }", id=(await collecting(subscription))["id"])

    invoice = await collecting(subscription)
    assert (invoice["attemptCount"], invoice["nextPaymentAttempt"]) == (1, PAY_DAYS[0])


@pytest.mark.parametrize("ending", ["void", "pay", "cancel"])
async def test_what_is_settled_or_ended_is_not_retried(world: World, ending: str) -> None:
    _, subscription = await renewing(world, "INSUFFICIENT_FUNDS")
    await world.move_to("2027-02-28T12:00:00Z")
    invoice = await collecting(subscription)

    if ending == "cancel":
        await subscription.cancel()
    elif ending == "void":
        await world.do("invoiceVoid", "invoice { id }", id=invoice["id"])
    else:
        await world.do("invoicePay", "invoice { id }", id=invoice["id"], paidOutOfBand=True)
    await world.move_to("2027-03-20T00:00:00Z")

    invoice = await collecting(subscription)
    assert (invoice["charges"], invoice["nextPaymentAttempt"]) == ([f"FAILED {FIRST_TRY}"], None)


async def test_first_invoice_that_failed_is_not_retried(world: World) -> None:
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))

    invoice = await collecting(subscription, 0)

    assert (invoice["status"], invoice["attemptCount"], invoice["nextPaymentAttempt"]) == ("OPEN", 1, None)


async def test_retries_of_many_take_as_many_statements_as_those_of_few(world: World) -> None:
    counts = []
    for size in (2, 12):
        there = await World.opened(world.api, "2027-01-31T10:00:00Z")
        price = await there.price("Basic", 1500)
        for _ in range(size):
            jenny = await there.customer(card="pm_card_visa")
            await jenny.subscribe(price)
            await jenny.script(*["INSUFFICIENT_FUNDS"] * 4)
        await there.move_to("2027-03-05T10:00:00Z")
        with there.api.statements() as statements:
            await there.move_to("2027-03-12T12:00:00Z")  # a retry on the 5th, and the end on the 12th
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_recovery_is_told_by_month_and_currency(world: World) -> None:
    figures = "recoveryFigures { month currency invoicesFailed amountFailed invoicesRecovered amountRecovered rate }"
    assert (await world.api.ask(f"{{ {figures} }}"))["recoveryFigures"] == []
    await renewing(world, "INSUFFICIENT_FUNDS")
    await renewing(world, *["INSUFFICIENT_FUNDS"] * 4)
    await renewing(world, "LOST_CARD")

    await world.move_to("2027-03-20T00:00:00Z")

    found = (await world.api.ask(f"{{ {figures} }}"))["recoveryFigures"]
    counted = {"invoicesFailed": 3, "amountFailed": 4500, "invoicesRecovered": 1, "amountRecovered": 1500}
    assert found == [{"month": "2027-02", "currency": "usd", **counted, "rate": "33.33"}]
