"""Free trials: how they begin, how their end is told, and what comes after it."""

from typing import Any

import pytest

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.world import Customer, Subscription, World

BEGUN = [
    "customer.updated",  # the currency of its first subscription
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
]
WILL_END = "customer.subscription.trial_will_end"
UPDATED = "customer.subscription.updated"
DELETED = "customer.subscription.deleted"


def settings(behavior: str) -> dict[str, Any]:
    """What is to happen at the trial's end when no payment method is there."""
    return {"endBehavior": {"missingPaymentMethod": behavior}}


async def on_trial(world: World, customer: Customer, **input: Any) -> Subscription:
    """A monthly subscription of 15.00 USD on a trial of 14 days, until 14 February."""
    basic = await world.price("Basic", 1500)
    subscription = await customer.subscribe(basic, **({"trialPeriodDays": 14} | input))
    await world.news()
    return subscription


async def test_a_trial_begins_with_an_invoice_of_nothing_and_no_payment_method(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    await world.news()

    subscription = await jenny.subscribe(basic, quantity=3, trialPeriodDays=14)

    now = await subscription.now()
    assert (now["status"], now["trialStart"], now["trialEnd"], now["billingCycleAnchor"]) == (
        "TRIALING", "2027-01-31T10:00:00Z", "2027-02-14T10:00:00Z", "2027-02-14T10:00:00Z",
    )  # fmt: skip
    [item] = now["items"]
    assert (item["currentPeriodStart"], item["currentPeriodEnd"]) == ("2027-01-31T10:00:00Z", "2027-02-14T10:00:00Z")
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]
    assert await subscription.billed_lines(0) == ["0 2027-01-31…2027-02-14 Trial period for Basic"]
    assert await world.news() == BEGUN


async def test_three_days_before_its_end_it_is_told(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await on_trial(world, jenny)

    await world.move_to("2027-02-11T09:59:59Z")
    assert await world.news() == moving()
    await world.move_to("2027-02-11T10:00:00Z")
    assert await world.news() == moving(WILL_END)


@pytest.mark.parametrize(("days", "at_once"), [(1, True), (3, True), (4, False)])
async def test_a_trial_of_three_days_or_less_tells_its_end_at_once(world: World, days: int, at_once: bool) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    await world.news()

    await jenny.subscribe(basic, trialPeriodDays=days)

    assert await world.news() == [*BEGUN, *([WILL_END] if at_once else [])]


async def test_when_it_ends_a_billing_cycle_starts_and_is_charged_an_hour_later(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await world.move_to("2027-02-13T10:00:00Z")
    await world.news()

    await world.move_to("2027-02-14T10:59:59Z")
    assert await subscription.status() == "ACTIVE"
    assert (await subscription.billed())[1] == "1500 DRAFT 2027-02-14T10:00:00Z"
    assert await world.news() == moving(*RENEWED)
    await world.move_to("2027-02-14T11:00:00Z")
    assert await world.news() == moving(*COLLECTED)

    assert (await subscription.billed_lines(1)) == ["1500 2027-02-14…2027-03-14 1 × Basic (at $15.00 / month)"]
    now = await subscription.now()
    assert (now["status"], now["trialEnd"]) == ("ACTIVE", "2027-02-14T10:00:00Z")
    assert (now["latestInvoice"]["amountPaid"], now["latestInvoice"]["status"]) == (1500, "PAID")


async def test_periods_are_counted_from_the_trials_end_also_for_the_31st(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, trialPeriodDays=59)  # 31 January + 59 days = 31 March

    await world.move_to("2027-06-30T12:00:00Z")

    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-03-31T10:00:00Z",
        "1500 PAID 2027-04-30T10:00:00Z",
        "1500 PAID 2027-05-31T10:00:00Z",
        "1500 PAID 2027-06-30T10:00:00Z",
    ]


async def test_an_end_may_be_given_to_the_second(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, trialPeriodDays=None, trialEnd="2027-02-20T08:30:15Z")

    await world.move_to("2027-03-20T09:30:15Z")

    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-02-20T08:30:15Z",
        "1500 PAID 2027-03-20T08:30:15Z",
    ]


async def test_an_end_that_is_now_is_no_trial(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, trialPeriodDays=None, trialEnd="NOW")

    now = await subscription.now()
    assert (now["status"], now["trialStart"], now["trialEnd"]) == ("ACTIVE", None, None)
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]


async def test_the_end_may_be_the_word_in_a_document(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)

    document = "mutation($id: ID!) { subscriptionUpdate(input: {id: $id, trialEnd: NOW}) { subscription { status } } }"
    answer = await world.api.ask(document, {"id": subscription.id})

    assert answer["subscriptionUpdate"]["subscription"] == {"status": "ACTIVE"}


@pytest.mark.parametrize(
    ("input", "refusal"),
    [
        ({"trialPeriodDays": 0}, ("PARAMETER_INVALID_INTEGER", "input.trialPeriodDays")),
        ({"trialPeriodDays": 731}, ("PARAMETER_INVALID_INTEGER", "input.trialPeriodDays")),
        ({"trialEnd": "2027-01-31T10:00:00Z"}, ("PARAMETER_INVALID", "input.trialEnd")),
        ({"trialEnd": "2029-01-31T10:00:01Z"}, ("PARAMETER_INVALID", "input.trialEnd")),
        ({"trialEnd": "NOW", "trialPeriodDays": 3}, ("PARAMETERS_EXCLUSIVE", "input.trialEnd")),
    ],
)
async def test_a_trial_lasts_up_to_two_years(world: World, input: dict[str, object], refusal: tuple[str, str]) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer()
    asked = {"customer": jenny.id, "items": [{"price": basic}], **input}

    found = await world.refusal("subscriptionCreate", "subscription", **asked)

    assert [(code, path.removeprefix("input.")) for code, path in found] == [
        (refusal[0], refusal[1].removeprefix("input."))
    ]


@pytest.mark.parametrize("behavior", ["ALLOW_INCOMPLETE", "DEFAULT_INCOMPLETE", "ERROR_IF_INCOMPLETE"])
async def test_a_trial_is_never_incomplete(world: World, behavior: str) -> None:
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await on_trial(world, jenny, paymentBehavior=behavior)

    assert await subscription.status() == "TRIALING"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]


async def test_a_debt_is_asked_for_only_when_the_trial_is_over(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    await world.do(
        "customerBalanceTransactionCreate",
        "customerBalanceTransaction { endingBalance }",
        customer=jenny.id, amount=700, currency="usd",
    )  # fmt: skip
    subscription = await on_trial(world, jenny)
    assert (await subscription.now())["latestInvoice"]["amountDue"] == 0

    await world.move_to("2027-02-14T12:00:00Z")

    assert (await subscription.now())["latestInvoice"]["amountPaid"] == 2200  # 15.00 + 7.00 owed


async def test_a_declined_first_payment_after_the_trial_is_past_due(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await jenny.script("INSUFFICIENT_FUNDS")

    await world.move_to("2027-02-14T12:00:00Z")

    assert await subscription.status() == "PAST_DUE"
    assert (await subscription.billed())[1] == "1500 OPEN 2027-02-14T10:00:00Z"
