"""Trials that are changed while they run, or put into a subscription that is paid for."""

from tests.scenarios.test_renewals import COLLECTED, RENEWED, moving
from tests.scenarios.test_trial_endings import PAUSED
from tests.scenarios.test_trials import DELETED, UPDATED, WILL_END, on_trial, settings
from tests.scenarios.world import World

TRIAL_INVOICE = ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]


async def test_ended_now_a_cycle_starts_now(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await world.move_to("2027-02-05T08:00:00Z")
    await world.news()

    await subscription.update(trialEnd="NOW")

    now = await subscription.now()
    assert (now["status"], now["trialEnd"], now["billingCycleAnchor"]) == (
        "ACTIVE", "2027-02-05T08:00:00Z", "2027-02-05T08:00:00Z",
    )  # fmt: skip
    assert await world.news() == RENEWED
    await world.move_to("2027-02-14T12:00:00Z")
    assert await world.news() == moving(*COLLECTED)  # neither told nor billed at the end that was planned
    await world.move_to("2027-03-05T10:00:00Z")
    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-02-05T08:00:00Z",
        "1500 PAID 2027-03-05T08:00:00Z",
    ]


async def test_ended_now_without_a_payment_method_it_takes_the_end_that_was_settled(world: World) -> None:
    jenny = await world.customer()
    subscription = await on_trial(world, jenny)

    await subscription.update(trialEnd="NOW", trialSettings=settings("PAUSE"))

    now = await subscription.now()
    assert (now["status"], now["trialEnd"]) == ("PAUSED", "2027-01-31T10:00:00Z")
    assert await world.news() == [UPDATED, UPDATED, PAUSED]  # the settings, then the end
    await world.move_to("2027-03-01T00:00:00Z")
    assert await world.news() == moving()


async def test_extended_it_is_told_and_charged_later(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await world.move_to("2027-02-12T10:00:00Z")
    assert await world.news() == moving(WILL_END)  # of the first end

    await subscription.update(trialEnd="2027-02-28T10:00:00Z")
    assert await world.news() == [UPDATED]
    await world.move_to("2027-02-25T10:00:00Z")
    assert await world.news() == moving(WILL_END)
    await world.move_to("2027-03-28T12:00:00Z")

    now = await subscription.now()
    assert (now["trialStart"], now["trialEnd"]) == ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z")
    assert await subscription.billed() == [
        "0 PAID 2027-01-31T10:00:00Z",
        "1500 PAID 2027-02-28T10:00:00Z",
        "1500 PAID 2027-03-28T10:00:00Z",
    ]


async def test_shortened_to_within_three_days_its_end_is_told_at_once(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)

    await subscription.update(trialEnd="2027-02-01T10:00:00Z")

    assert await world.news() == [UPDATED, WILL_END]
    await world.move_to("2027-02-14T12:00:00Z")
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z", "1500 PAID 2027-02-01T10:00:00Z"]
    assert await world.news() == moving(*RENEWED, *COLLECTED)


async def test_put_into_an_active_subscription_it_delays_payment(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to("2027-02-10T10:00:00Z")
    await world.news()

    await subscription.update(trialEnd="2027-03-15T10:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["trialStart"]) == ("TRIALING", "2027-02-10T10:00:00Z")
    assert await world.news() == [*TRIAL_INVOICE, UPDATED]
    assert await subscription.billed_lines(1) == ["0 2027-02-10…2027-03-15 Trial period for Basic"]
    await world.move_to("2027-04-15T12:00:00Z")
    assert await subscription.billed() == [
        "1500 PAID 2027-01-31T10:00:00Z",
        "0 PAID 2027-02-10T10:00:00Z",
        "1500 PAID 2027-03-15T10:00:00Z",
        "1500 PAID 2027-04-15T10:00:00Z",
    ]


async def test_a_renewal_that_fails_during_a_trial_leaves_it_on_trial(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(basic)
    await world.move_to("2027-02-28T10:30:00Z")
    await subscription.update(trialEnd="2027-03-15T10:00:00Z")
    await jenny.script("INSUFFICIENT_FUNDS")

    await world.move_to("2027-03-01T00:00:00Z")

    assert (await subscription.status(), (await subscription.invoices())[1]["status"]) == ("TRIALING", "OPEN")
    await world.move_to("2027-03-15T12:00:00Z")
    assert await subscription.status() == "ACTIVE"


async def test_a_second_trial_has_its_own_start(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await world.move_to("2027-02-20T10:00:00Z")

    await subscription.update(trialEnd="2027-02-27T10:00:00Z")

    now = await subscription.now()
    assert (now["trialStart"], now["trialEnd"]) == ("2027-02-20T10:00:00Z", "2027-02-27T10:00:00Z")


async def test_cancelled_during_its_trial_nothing_was_ever_charged(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)

    await subscription.cancel()

    assert await world.news() == [DELETED]
    await world.move_to("2027-06-30T00:00:00Z")
    assert await world.news() == moving()
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z"]


async def test_cancelled_at_period_end_it_ends_with_its_trial(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, cancelAtPeriodEnd=True)
    assert (await subscription.now())["cancelAt"] == "2027-02-14T10:00:00Z"

    await world.move_to("2027-02-14T10:00:00Z")

    now = await subscription.now()
    assert (now["status"], now["endedAt"]) == ("CANCELED", "2027-02-14T10:00:00Z")
    assert await world.news() == moving(WILL_END, DELETED)


async def test_cancelling_at_the_end_of_a_trial_can_be_taken_back(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny)
    await subscription.update(cancelAtPeriodEnd=True)
    assert (await subscription.now())["cancelAt"] == "2027-02-14T10:00:00Z"

    await subscription.update(trialEnd="2027-02-20T10:00:00Z")
    assert (await subscription.now())["cancelAt"] == "2027-02-20T10:00:00Z"
    await subscription.update(cancelAtPeriodEnd=False)
    await world.move_to("2027-02-20T12:00:00Z")

    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z", "1500 PAID 2027-02-20T10:00:00Z"]


async def test_one_that_is_to_end_and_whose_trial_ends_now_ends_a_period_later(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await on_trial(world, jenny, cancelAtPeriodEnd=True)

    await subscription.update(trialEnd="NOW")

    now = await subscription.now()
    assert (now["status"], now["cancelAt"]) == ("ACTIVE", "2027-02-28T10:00:00Z")
    await world.move_to("2027-06-30T00:00:00Z")
    assert await subscription.status() == "CANCELED"
    assert await subscription.billed() == ["0 PAID 2027-01-31T10:00:00Z", "1500 PAID 2027-01-31T10:00:00Z"]


async def test_what_is_not_on_trial_or_active_takes_no_trial(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(basic)
    await world.news()

    for end in ("NOW", "2027-03-15T10:00:00Z"):
        assert await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, trialEnd=end) == [
            ("SUBSCRIPTION_UNEXPECTED_STATE", "trialEnd")
        ]
    assert await world.news() == []


async def test_one_that_is_paused_ends_with_no_period_but_can_be_cancelled(world: World) -> None:
    jenny = await world.customer()
    subscription = await on_trial(world, jenny, trialSettings=settings("PAUSE"))
    await world.move_to("2027-02-14T12:00:00Z")

    asked = {"id": subscription.id, "cancelAtPeriodEnd": True}
    assert await world.refusal("subscriptionUpdate", "subscription", **asked) == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", "cancelAtPeriodEnd")
    ]
    await subscription.cancel()

    assert await subscription.status() == "CANCELED"
