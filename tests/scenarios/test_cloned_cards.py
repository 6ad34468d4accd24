"""A card that the platform keeps is charged directly on its accounts, each of which has a copy of its own.

The network keeps 2.9 % and 0.30: of 100.00 that is 3.20, of 20.00 it is 0.88.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models import Account, Charge, Event, PaymentMethod
from tests.features.attacked import made
from tests.scenarios.connecting import account, acting
from tests.scenarios.transferring import balanced, moved, pay, told_on
from tests.scenarios.world import World
from tests.serving import Api, served

OWN_FEES = {"type": "standard", "controller": {"fees_payer": "account"}}
DEFAULT = "customer { id invoiceSettings { defaultPaymentMethod { id } } }"


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def kept_card(api: Api, token: str = "pm_card_visa") -> str:
    """A card in the file of a customer of the platform, set up for charges with the customer away."""
    jenny = (await made(api, "customerCreate", "customer { id }", {"name": "Jenny"}))["id"]
    wanted = {"customer": jenny, "paymentMethod": token, "confirm": True}
    setup = await made(api, "setupIntentCreate", "setupIntent { id status paymentMethod { id } }", wanted)
    if setup["status"] == "REQUIRES_ACTION":
        passing = {"subject": {"setupIntent": setup["id"]}, "outcome": "PASS"}
        setup = await made(api, "sandboxAuthenticate", "setupIntent { paymentMethod { id customer { id } } }", passing)
        assert setup["paymentMethod"]["customer"] == {"id": jenny}
    return str(setup["paymentMethod"]["id"])


async def clone(api: Api, gym: Account, card: str) -> str:
    """The account's copy of a card, which is nobody's there."""
    copy = await made(api.acting(gym), "paymentMethodClone", "paymentMethod { id }", {"paymentMethod": card})
    return str(copy["id"])


async def test_one_card_is_charged_directly_on_two_accounts(api: Api) -> None:
    world = World(api, "")
    gym, cook = await account(world, "Gym", **OWN_FEES), await account(world, "Cook", **OWN_FEES)
    card = await kept_card(api)
    copies = {each.id: await clone(api, each, card) for each in (gym, cook)}

    await pay(api.acting(gym), 10000, paymentMethod=copies[gym.id], applicationFeeAmount=1000)
    await pay(api.acting(cook), 2000, paymentMethod=copies[cook.id])

    assert await moved(platform=api.scope.account_id, gym=gym, cook=cook) == {
        "platform": ["application_fee 1000"],
        "gym": ["charge 10000 - 1320 (1000 application)"],
        "cook": ["charge 2000 - 88"],
    }
    await balanced()
    for each in (gym, cook):
        assert await told_on(each) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
        [charge] = await Charge.filter(account_id=each.id)
        assert charge.payment_method_id == copies[each.id]
        shown = str([event.data for event in await Event.filter(account_id=each.id)])
        assert card not in shown and copies[(cook if each is gym else gym).id] not in shown


async def test_copy_of_another_account_is_charged_by_nobody_else(api: Api) -> None:
    world = World(api, "")
    gym, cook = await account(world, "Gym"), await account(world, "Cook")
    card = await kept_card(api)
    copy = await clone(api, gym, card)
    asked = {"amount": 1000, "currency": "usd", "confirm": True}

    for key, method in ((api, copy), (api.acting(cook), copy), (api.acting(gym), card)):
        refused = await World(key, "").refusal("paymentIntentCreate", "paymentIntent", **asked, paymentMethod=method)
        assert refused == [("RESOURCE_MISSING", "paymentMethod")]
    again = await World(api.acting(cook), "").refusal("paymentMethodClone", "paymentMethod", paymentMethod=copy)

    assert again == [("RESOURCE_MISSING", "paymentMethod")]
    assert await Charge.all().count() == 0


async def test_what_a_card_does_and_was_set_up_for_goes_with_it(api: Api) -> None:
    gym = await account(World(api, ""))
    asking = await clone(api, gym, await kept_card(api, "pm_card_authenticationRequiredOnSetup"))
    failing = await clone(api, gym, await kept_card(api, "pm_card_chargeCustomerFail"))

    await pay(api.acting(gym), 1000, paymentMethod=asking)
    asked = {"amount": 1000, "currency": "usd", "paymentMethod": failing, "confirm": True}
    declined = await api.acting(gym).do("paymentIntentCreate", "paymentIntent { status }", asked)

    assert declined["paymentIntent"] == {"status": "REQUIRES_PAYMENT_METHOD"}
    assert [each["code"] for each in declined["userErrors"]] == ["CARD_DECLINED"]


async def test_cloned_customer_subscribes_to_what_the_account_sells(api: Api) -> None:
    platform = await World.opened(api, "2027-01-31T10:00:00Z")
    jenny = await platform.customer(card="pm_card_visa", name="Jenny Rosen")
    gym = await account(platform)
    world = await acting(platform, gym)
    basic = await world.price("Basic", 1500)
    await world.news()

    copy = await world.do("customerClone", DEFAULT, customer=jenny.id, testClock=world.clock)
    subscribing = {"customer": copy["customer"]["id"], "items": [{"price": basic}], "applicationFeePercent": "10"}
    begun = await world.do("subscriptionCreate", "subscription { id status }", **subscribing)
    await world.move_to("2027-02-28T12:00:00Z")

    assert begun["subscription"]["status"] == "ACTIVE"
    assert (await world.news())[:3] == ["customer.created", "payment_method.attached", "customer.updated"]
    # 15.00 twice, of which 10 % are the platform's; it pays the network's 0.74 of each.
    assert await moved(platform=api.scope.account_id, gym=gym) == {
        "platform": ["stripe_fee 0 - 74", "application_fee 150"] * 2,
        "gym": ["charge 1500 - 150 (150 application)"] * 2,
    }
    await balanced()


async def test_a_card_that_is_cloned_and_detached_at_once_is_one_or_the_other(api: Api) -> None:
    gym = await account(World(api, ""))
    for _ in range(5):
        card = await kept_card(api)
        cloned, detached = await asyncio.gather(
            api.acting(gym).do("paymentMethodClone", "paymentMethod { id }", {"paymentMethod": card}),
            api.do("paymentMethodDetach", "paymentMethod { id }", {"id": card}),
        )

        assert detached["userErrors"] == []
        assert (cloned["paymentMethod"] is None) is (cloned["userErrors"] != [])
        row = await PaymentMethod.get(id=card)
        assert (row.customer_id, row.account_id) == (None, api.scope.account_id)
