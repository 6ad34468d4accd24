"""Many hands at one purse: nothing is sent twice, and nothing comes back twice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, ApplicationFee, Transfer
from tests.features.connected import connected
from tests.scenarios.transferring import balanced, charge_of, moved, pay, transfer
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    return await connected(api.scope, "Gym")


async def codes(api: Api, mutation: str, noun: str, times: int, **input: Any) -> list[str]:
    """What so many calls side by side answer: `done`, or the code of the refusal."""

    async def one() -> str:
        answer = await api.do(mutation, f"{noun} {{ id }}", input)
        return answer["userErrors"][0]["code"] if answer["userErrors"] else "done"

    return sorted(await asyncio.gather(*(one() for _ in range(times))))


async def test_available_money_is_sent_once(api: Api, gym: Account) -> None:
    await pay(api, 1000, paymentMethod="pm_card_bypassPending")  # 941 of it are available

    asked = {"amount": 100, "currency": "usd", "destination": gym.id}
    answers = await codes(api, "transferCreate", "transfer", 32, **asked)

    assert answers == ["BALANCE_INSUFFICIENT"] * 23 + ["done"] * 9  # 9 × 100 of 941
    assert (await moved(gym=gym))["gym"] == ["payment 100"] * 9
    await balanced()


async def test_a_charge_is_transferred_once(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000))

    asked = {"amount": 300, "currency": "usd", "destination": gym.id, "sourceTransaction": charge}
    answers = await codes(api, "transferCreate", "transfer", 16, **asked)

    assert answers == ["AMOUNT_TOO_LARGE"] * 13 + ["done"] * 3
    await balanced()


async def test_a_transfer_comes_back_once(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000))
    sent = await transfer(api, 1000, gym, sourceTransaction=charge)

    answers = await codes(api, "transferReversalCreate", "transferReversal", 32, transfer=sent, amount=90)

    assert answers == ["AMOUNT_TOO_LARGE"] * 21 + ["done"] * 11  # 11 × 90 of 1000
    assert (await moved(gym=gym))["gym"] == ["payment 1000", *["payment_refund -90"] * 11]
    await balanced()


async def test_refunds_and_reversals_side_by_side_take_no_more_than_there_is(api: Api, gym: Account) -> None:
    whole: dict[str, Any] = {"transferData": {"destination": gym.id}, "applicationFeeAmount": 123}
    charge = await charge_of(await pay(api, 1000, **whole))
    sent, fee = (await Transfer.get()).id, (await ApplicationFee.get()).id
    along = {"reverseTransfer": True, "refundApplicationFee": True}

    await asyncio.gather(
        codes(api, "refundCreate", "refund", 6, charge=charge, amount=150, **along),
        codes(
            api, "transferReversalCreate", "transferReversal", 4, transfer=sent, amount=200, refundApplicationFee=True
        ),
        codes(api, "applicationFeeRefundCreate", "applicationFeeRefund", 4, fee=fee, amount=20),
    )

    movements = [each.split() for each in (await moved(gym=gym))["gym"]]
    back = {kind: sum(int(each[1]) for each in movements if each[0] == kind) for kind, *_ in movements}
    assert -1000 <= back["payment_refund"] <= -900  # 6 × 150, or all of it
    assert 0 < back["application_fee_refund"] <= 123
    await balanced()
