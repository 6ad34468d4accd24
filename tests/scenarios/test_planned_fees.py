"""Fees and shares that schedules and quotes agree upon before anything is billed."""

from typing import Any

import pytest

from models import Invoice, Quote, Subscription, SubscriptionSchedule
from tests.scenarios.connecting import account, acting, by_itself, fees, invoice, invoices, shared
from tests.scenarios.quoting import Offer, copied, offered, one_time
from tests.scenarios.scheduling import phase, schedule_of
from tests.scenarios.world import Customer, World
from tests.scenarios.world import Subscription as Story

PARTS = "applicationFeePercent transferData { destination { id } amount amountPercent } onBehalfOf { id }"


async def test_each_phase_has_its_percentage(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    price = await gym.price("Gym", 1000)
    schedule = await schedule_of(
        jenny,
        phase(price, 1, applicationFeePercent="10"),
        phase(price, 1),
        phase(price, 1, applicationFeePercent="0.5"),
    )
    subscription = await schedule.subscription()

    await gym.move_to("2027-03-31T12:00:00Z")

    # 10 % of 10.00; the second phase says nothing; 0.5 %
    assert await fees(subscription) == [(1000, 100), (1000, 100), (1000, 5)]
    assert {row.application_id for row in await Invoice.all()} == {world.api.scope.account_id}


async def test_phase_tells_its_parts_and_loses_them_when_changed(world: World) -> None:
    author = await account(world, "Author")
    jenny = await world.customer(card="pm_card_visa")
    price = await world.price("Novel", 1000)
    named: dict[str, Any] = {
        "transferData": {"destination": author.id, "amountPercent": "90"},
        "onBehalfOf": author.id,
    }
    schedule = await schedule_of(jenny, phase(price, 2, **named))
    subscription = await schedule.subscription()

    query = f"query($id: ID!) {{ subscriptionSchedule(id: $id) {{ application currentPhase {{ {PARTS} }} }} }}"
    told = (await world.api.ask(query, {"id": schedule.id}))["subscriptionSchedule"]
    await schedule.update(phases=[phase(price, 2)])

    data = [{"destination": {"id": author.id}, "amount": None, "amountPercent": "90"}]
    parts = {"applicationFeePercent": None, "transferData": data, "onBehalfOf": {"id": author.id}}
    assert told == {"application": None, "currentPhase": parts}
    await world.move_to("2027-02-28T12:00:00Z")
    assert [bool(each["transferData"]) for each in await invoices(subscription)] == [True, False]


async def test_account_repeats_what_its_platform_planned(world: World) -> None:
    gym = await acting(world, await account(world))
    own = await by_itself(gym)
    jenny = await gym.customer(card="pm_card_visa")
    price = await gym.price("Gym", 1000)
    schedule = await schedule_of(jenny, phase(price, 1, applicationFeePercent="10"))
    wanted = {"id": schedule.id}

    for percent, problem in (("10", None), ("11", ("APPLICATION_FEES_NOT_ALLOWED", "phases.0.applicationFeePercent"))):
        phases = [phase(price, 2, applicationFeePercent=percent)]
        if problem is None:
            await own.do("subscriptionScheduleUpdate", "subscriptionSchedule { id }", **wanted, phases=phases)
        else:
            refused = await own.refusal("subscriptionScheduleUpdate", "subscriptionSchedule", **wanted, phases=phases)
            assert refused == [problem]

    assert [row.phases[0]["sharing"] for row in await SubscriptionSchedule.all()] == [{"application_fee_percent": "10"}]


async def test_quoted_percentage_is_of_the_subscription(world: World) -> None:
    gym = await acting(world, await account(world))
    own = await by_itself(gym)
    jenny = await gym.customer(card="pm_card_visa")
    offer = await offered(jenny, await gym.price("Gym", 1000), applicationFeePercent="12.5")
    await offer.finalize()

    subscription = await Offer(own, offer.id).accept()  # whoever accepts it, the platform made it

    assert await fees(Story(gym, subscription.id)) == [(1000, 125)]
    [row] = await Subscription.all()
    assert (row.application_id, row.sharing) == (world.api.scope.account_id, {"application_fee_percent": "12.5"})


async def test_quoted_percentage_waits_for_the_subscription_to_begin(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    later = {"effectiveDate": "2027-02-10T00:00:00Z"}
    offer = await offered(jenny, await gym.price("Gym", 1000), applicationFeePercent="10", subscriptionData=later)
    await (await offer.finalize()).scheduled()

    await gym.move_to("2027-02-10T12:00:00Z")

    [row] = await Subscription.all()
    assert row.application_id == world.api.scope.account_id
    assert await fees(Story(gym, row.id)) == [(1000, 100)]


async def test_quoted_amount_is_of_the_invoice(world: World) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    offer = await offered(jenny, await one_time(gym, "Set-up", 5000), applicationFeeAmount=700)
    await offer.finalize()

    bill = await offer.invoiced()

    told = await invoice(gym, bill.id)
    assert (told["application"], told["applicationFeeAmount"]) == (world.api.scope.account_id, 700)
    assert await shared(bill.id) == [{"application_fee_amount": 700}]


@pytest.mark.parametrize(
    ("recurs", "terms", "problem"),
    [
        (True, {"applicationFeeAmount": 5}, ("PARAMETERS_EXCLUSIVE", "applicationFeeAmount")),
        (False, {"applicationFeePercent": "5"}, ("PARAMETERS_EXCLUSIVE", "applicationFeePercent")),
        (False, {"applicationFeeAmount": 1001}, ("AMOUNT_TOO_LARGE", "applicationFeeAmount")),
        (True, {"applicationFeePercent": "100.1"}, ("PARAMETER_INVALID", "applicationFeePercent")),
    ],
)
async def test_what_cannot_be_quoted_is_refused(
    world: World, recurs: bool, terms: dict[str, Any], problem: tuple[str, str]
) -> None:
    gym = await acting(world, await account(world))
    jenny = await gym.customer(card="pm_card_visa")
    price = await gym.price("Gym", 1000) if recurs else await one_time(gym, "Set-up", 1000)
    offer = await offered(jenny, price)
    await gym.news()

    refused = await gym.refusal("quoteCreate", "quote", customer=jenny.id, lineItems=[{"price": price}], **terms)

    assert refused == await offer.refused("quoteUpdate", **terms) == [problem]
    assert (await Quote.all().count(), await gym.news()) == (1, [])
    assert [row.sharing for row in await Quote.all()] == [None]


async def test_platform_has_no_part_in_quotes_that_it_did_not_make(world: World) -> None:
    gym = await acting(world, await account(world))
    own = await by_itself(gym)
    jenny = await own.customer(card="pm_card_visa")
    theirs = await offered(jenny, await own.price("Gym", 1000))
    ours = await offered(Customer(gym, jenny.id), await gym.price("Spa", 2000), applicationFeePercent="10")

    refused = await Offer(gym, theirs.id).refused("quoteUpdate", applicationFeePercent="10")
    copy = await copied(own, {"quote": ours.id})

    assert refused == [("APPLICATION_NOT_MAKER", "id")]
    kept = {row.id: row.sharing for row in await Quote.all()}
    assert kept == {theirs.id: None, ours.id: {"application_fee_percent": "10"}, copy.id: None}
