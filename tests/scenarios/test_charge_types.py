"""The flow of money of every charge type: each movement on each account, after each step.

The network keeps 2.9 % and 0.30: of 100.00 that is 3.20, of 10.00 it is 0.59.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, ApplicationFee, ApplicationFeeRefund, DestinationPayment, Transfer, TransferReversal
from tests.features.connected import connected
from tests.scenarios.transferring import balanced, charge_of, moved, pay, refund, told_on, transfer
from tests.scenarios.world import World
from tests.serving import Api, served

OWN_FEES = {"type": "standard", "controller": {"fees_payer": "account"}}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    """An account that pays the network's fees itself."""
    return await connected(api.scope, "Gym", **OWN_FEES)


async def test_direct_charge(api: Api, gym: Account) -> None:
    intent = await pay(api.acting(gym), applicationFeeAmount=1000)

    platform = api.scope.account_id
    assert await moved(platform=platform, gym=gym) == {
        "platform": ["application_fee 1000"],
        "gym": ["charge 10000 - 1320 (1000 application)"],  # 3.20 for the network, 10.00 for the platform
    }
    await balanced()
    assert await told_on(gym) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert await told_on(platform) == ["application_fee.created"]
    assert intent["latestCharge"]["applicationFee"] is None  # it is the platform's, and this reader is the account
    assert intent["latestCharge"]["application"] == platform


async def test_direct_charge_whose_fees_the_platform_pays(api: Api) -> None:
    gym = await connected(api.scope, "Gym")

    await pay(api.acting(gym), applicationFeeAmount=1000)
    await pay(api.acting(gym))

    assert await moved(platform=api.scope.account_id, gym=gym) == {
        "platform": ["stripe_fee 0 - 320", "application_fee 1000", "stripe_fee 0 - 320"],
        "gym": ["charge 10000 - 1000 (1000 application)", "charge 10000"],
    }
    await balanced()


async def test_destination_charge_with_a_fee(api: Api, gym: Account) -> None:
    intent = await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=123)

    platform = api.scope.account_id
    assert await moved(platform=platform, gym=gym) == {
        "platform": ["charge 1000 - 59", "transfer -1000", "application_fee 123"],
        "gym": ["payment 1000 - 123 (123 application)"],
    }
    await balanced()
    assert await told_on(platform) == [
        *("payment_intent.created", "charge.succeeded", "transfer.created", "application_fee.created"),
        "payment_intent.succeeded",
    ]
    assert await told_on(gym) == ["payment.created"]
    charge = intent["latestCharge"]
    assert [(each["amount"], each["destination"]["id"]) for each in charge["transfers"]["nodes"]] == [(1000, gym.id)]
    assert (charge["applicationFee"]["amount"], charge["transferFailureReason"]) == (123, None)
    assert charge["transferGroup"] == f"group_{intent['id']}"


async def test_destination_charge_of_which_a_part_is_transferred(api: Api, gym: Account) -> None:
    await pay(api, 1000, transferData={"destination": gym.id, "amount": 877})
    await pay(api, 999, transferData={"destination": gym.id, "amountPercent": "12.5"})

    assert await moved(platform=api.scope.account_id, gym=gym) == {
        # 2.9 % of 999 is 28.97, and 30; 12.5 % of 999 is 124.875
        "platform": ["charge 1000 - 59", "transfer -877", "charge 999 - 59", "transfer -125"],
        "gym": ["payment 877", "payment 125"],
    }
    await balanced()


async def test_several_destinations_share_to_the_unit(api: Api, gym: Account) -> None:
    cook, rider = await connected(api.scope, "Cook"), await connected(api.scope, "Rider")
    shares = [
        {"destination": cook.id, "amountPercent": "33.35"},  # 333.5, away from zero 334
        {"destination": rider.id, "amount": 250},
        {"destination": gym.id},  # the rest: 416
    ]

    await pay(api, 1000, transferData=shares)

    assert await moved(platform=api.scope.account_id, cook=cook, rider=rider, gym=gym) == {
        "platform": ["charge 1000 - 59", "transfer -334", "transfer -250", "transfer -416"],
        "cook": ["payment 334"],
        "rider": ["payment 250"],
        "gym": ["payment 416"],
    }
    await balanced()
    assert (await told_on(api.scope.account_id))[-4:] == [*["transfer.created"] * 3, "payment_intent.succeeded"]


async def test_capture_of_a_part_cuts_shares_and_fee(api: Api, gym: Account) -> None:
    held = await pay(api, 1000, captureMethod="MANUAL", transferData={"destination": gym.id}, applicationFeeAmount=700)
    again = await pay(api.acting(gym), 1000, captureMethod="MANUAL", applicationFeeAmount=100)
    assert await moved(platform=api.scope.account_id, gym=gym) == {"platform": [], "gym": []}

    for key, intent, fee in ((api, held, None), (api.acting(gym), again, 250)):
        answer = await key.do(
            "paymentIntentCapture",
            "paymentIntent { amountReceived }",
            {"id": intent["id"], "amountToCapture": 600, "applicationFeeAmount": fee},
        )
        assert answer["userErrors"] == [] and answer["paymentIntent"] == {"amountReceived": 600}

    assert await moved(platform=api.scope.account_id, gym=gym) == {
        # 2.9 % of 600 is 17.4, and 30
        "platform": ["charge 600 - 47", "transfer -600", "application_fee 600", "application_fee 250"],
        "gym": ["payment 600 - 600 (600 application)", "charge 600 - 297 (250 application)"],
    }
    await balanced()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"disconnected_at": 1_800_000_000}, "ACCOUNT_DISCONNECTED"),
        ({"capabilities": {"transfers": "inactive"}}, "CAPABILITY_INACTIVE"),
    ],
)
async def test_destination_that_was_lost_receives_nothing(
    api: Api, gym: Account, change: dict[str, object], reason: str
) -> None:
    cook = await connected(api.scope, "Cook")
    whole = await pay(api, 1000, captureMethod="MANUAL", transferData={"destination": gym.id}, applicationFeeAmount=100)
    shares = [{"destination": gym.id, "amount": 300}, {"destination": cook.id, "amount": 400}]
    shared = await pay(api, 1000, captureMethod="MANUAL", transferData=shares)
    await Account.filter(id=gym.id).update(**change)

    for intent in (whole, shared):
        charge = "paymentIntent { latestCharge { transferFailureReason applicationFee { id } } }"
        answer = await api.do("paymentIntentCapture", charge, {"id": intent["id"]})
        told = {"transferFailureReason": reason, "applicationFee": None}
        assert answer["paymentIntent"] == {"latestCharge": told}

    assert await moved(platform=api.scope.account_id, gym=gym, cook=cook) == {
        "platform": ["charge 1000 - 59", "charge 1000 - 59", "transfer -400"],
        "gym": [],
        "cook": ["payment 400"],
    }
    await balanced()


async def test_statement_names_the_account_that_sells(api: Api, gym: Account) -> None:
    await Account.filter(id=gym.id).update(settings={"statement_descriptor": "IRON GYM"})

    plain = await pay(api, 1000)
    sold = await pay(api, 1000, onBehalfOf=gym.id)
    said = await pay(api, 1000, onBehalfOf=gym.id, statementDescriptor="SPRING SALE")

    named = [each["latestCharge"]["statementDescriptor"] for each in (plain, sold, said)]
    assert named == [None, "IRON GYM", "SPRING SALE"]


async def test_money_of_a_test_clock_waits_for_it_on_every_account_and_goes_with_it(api: Api, gym: Account) -> None:
    world = await World.opened(api, "2030-01-01T00:00:00Z")
    jenny = await world.customer()
    asked: dict[str, Any] = {"transferData": {"destination": gym.id}, "applicationFeeAmount": 123}
    intent = await pay(api, 1000, customer=jenny.id, **asked)
    statuses = "{ balanceTransactions { nodes { type status availableOn } } }"

    arrived = await api.acting(gym).ask(statuses)
    await world.move_to("2030-01-03T00:00:00Z")
    later = await api.acting(gym).ask(statuses)

    due = {"type": "PAYMENT", "availableOn": "2030-01-03T00:00:00Z"}
    assert arrived["balanceTransactions"]["nodes"] == [{**due, "status": "PENDING"}]
    assert later["balanceTransactions"]["nodes"] == [{**due, "status": "AVAILABLE"}]
    await refund(api, await charge_of(intent), 500, reverseTransfer=True, refundApplicationFee=True)
    await transfer(api, 2, gym, testClock=world.clock)  # 941 - 1000 + 123 - 62
    await world.do("testClockDelete", "testClock { id }", id=world.clock)
    assert await moved(platform=api.scope.account_id, gym=gym) == {"platform": [], "gym": []}
    for model in (Transfer, TransferReversal, DestinationPayment, ApplicationFee, ApplicationFeeRefund):
        assert await model.all().count() == 0
