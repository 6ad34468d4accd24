"""What a dispute moves of every charge type: each movement on each account, lost and won.

The network keeps 2.9 % and 0.30 of a charge, of 100.00 that is 3.20, and 15.00 for a dispute.
"""

from collections.abc import AsyncIterator

import pytest

from models import Account
from tests.features.connected import connected
from tests.scenarios.transferring import balanced, moved, pay, told_on
from tests.serving import Api, served

OWN_FEES = {"type": "standard", "controller": {"fees_payer": "account"}}
CARD = "pm_card_createDispute"
TAKEN = "adjustment -10000 - 1500"
GIVEN_BACK = "adjustment 10000"


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    """An account that pays the network's fees itself."""
    return await connected(api.scope, "Gym", **OWN_FEES)


async def answered(api: Api, text: str) -> str:
    """The status of the one dispute of this account after this evidence."""
    [dispute] = (await api.ask("{ disputes { nodes { id } } }"))["disputes"]["nodes"]
    evidence = {"uncategorizedText": text}
    answer = await api.do("disputeUpdate", "dispute { status }", {"id": dispute["id"], "evidence": evidence})
    assert answer["userErrors"] == []
    return str(answer["dispute"]["status"])


@pytest.mark.parametrize(
    ("text", "status", "back"), [("winning_evidence", "WON", [GIVEN_BACK]), ("losing_evidence", "LOST", [])]
)
async def test_direct_charge(api: Api, gym: Account, text: str, status: str, back: list[str]) -> None:
    await pay(api.acting(gym), paymentMethod=CARD, applicationFeeAmount=1000)

    assert await answered(api.acting(gym), text) == status

    platform = api.scope.account_id
    assert await moved(platform=platform, gym=gym) == {
        "platform": ["application_fee 1000"],  # what a platform earned stays its own
        "gym": ["charge 10000 - 1320 (1000 application)", TAKEN, *back],
    }
    await balanced()
    assert await told_on(platform) == ["application_fee.created"]


async def test_direct_charge_whose_fees_the_platform_pays(api: Api) -> None:
    gym = await connected(api.scope, "Gym")

    await pay(api.acting(gym), paymentMethod=CARD)
    assert await answered(api.acting(gym), "winning_evidence") == "WON"

    assert await moved(platform=api.scope.account_id, gym=gym) == {
        "platform": ["stripe_fee 0 - 320", "stripe_fee 0 - 1500"],
        "gym": ["charge 10000", "adjustment -10000", GIVEN_BACK],
    }
    await balanced()


@pytest.mark.parametrize(
    ("text", "status", "back"), [("winning_evidence", "WON", [GIVEN_BACK]), ("losing_evidence", "LOST", [])]
)
async def test_destination_charge(api: Api, gym: Account, text: str, status: str, back: list[str]) -> None:
    await pay(api, paymentMethod=CARD, transferData={"destination": gym.id}, applicationFeeAmount=1230)

    assert await answered(api, text) == status

    assert await moved(platform=api.scope.account_id, gym=gym) == {
        "platform": ["charge 10000 - 320", "transfer -10000", "application_fee 1230", TAKEN, *back],
        "gym": ["payment 10000 - 1230 (1230 application)"],  # nothing is taken from it
    }
    await balanced()
    assert not [each for each in await told_on(gym) if "dispute" in each]


async def test_charge_that_is_shared_is_the_platform_s_to_lose(api: Api, gym: Account) -> None:
    spa = await connected(api.scope, "Spa")
    shares = [{"destination": gym.id, "amount": 6000}, {"destination": spa.id, "amountPercent": "10"}]

    await pay(api, paymentMethod=CARD, transferData=shares)
    assert await answered(api, "losing_evidence") == "LOST"

    assert await moved(platform=api.scope.account_id, gym=gym, spa=spa) == {
        "platform": ["charge 10000 - 320", "transfer -6000", "transfer -1000", TAKEN],
        "gym": ["payment 6000"],
        "spa": ["payment 1000"],
    }
    await balanced()


async def test_own_charge_of_a_platform(api: Api) -> None:
    await pay(api, paymentMethod=CARD)
    assert await answered(api, "winning_evidence") == "WON"

    assert await moved(platform=api.scope.account_id) == {"platform": ["charge 10000 - 320", TAKEN, GIVEN_BACK]}
    await balanced()
