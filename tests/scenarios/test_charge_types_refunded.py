"""What refunds and reversals move, step by step, on every account of a charge of each type."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, Event
from tests.features.connected import connected
from tests.scenarios.transferring import Ledger, charge_of, pay, refund, refused, reverse, told_on, transfer
from tests.scenarios.world import World
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    """An account that pays the network's fees itself."""
    return await connected(api.scope, "Gym", type="standard", controller={"fees_payer": "account"})


async def test_direct_charge_refunded(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    charge = await charge_of(await pay(api.acting(gym), 10000, applicationFeeAmount=1001))
    assert await books.news() == {
        "platform": ["application_fee 1001"],
        "gym": ["charge 10000 - 1321 (1001 application)"],
    }

    await refund(api.acting(gym), charge, 2500)
    assert await books.news() == {"gym": ["refund -2500"]}

    await refund(api.acting(gym), charge, 2500, refundApplicationFee=True)
    assert await books.news() == {  # 10.01 × 25 / 100 = 2.5025
        "platform": ["application_fee_refund -250"],
        "gym": ["refund -2500", "application_fee_refund 250"],
    }

    await refund(api.acting(gym), charge, refundApplicationFee=True)
    assert await books.news() == {  # 10.01 × 75 / 100 = 7.5075, less 2.50
        "platform": ["application_fee_refund -501"],
        "gym": ["refund -5000", "application_fee_refund 501"],
    }
    assert await told_on(api.scope.account_id) == ["application_fee.created", *["application_fee.refunded"] * 2]
    told = await Event.filter(type="application_fee.refunded").order_by("sequence")
    assert [(each.data["amount_refunded"], each.data["refunded"]) for each in told] == [(250, False), (751, False)]


async def test_destination_charge_refunded(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    charge = await charge_of(await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=123))
    assert await books.news() == {
        "platform": ["charge 1000 - 59", "transfer -1000", "application_fee 123"],
        "gym": ["payment 1000 - 123 (123 application)"],
    }

    await refund(api, charge, 100)
    assert await books.news() == {"platform": ["refund -100"]}

    await refund(api, charge, 333, reverseTransfer=True)
    assert await books.news() == {"platform": ["refund -333", "transfer_refund 333"], "gym": ["payment_refund -333"]}

    await refund(api, charge, 100, refundApplicationFee=True)
    assert await books.news() == {  # 1.23 × 100 / 1000 = 0.123
        "platform": ["refund -100", "application_fee_refund -12"],
        "gym": ["application_fee_refund 12"],
    }

    await refund(api, charge, reverseTransfer=True, refundApplicationFee=True)
    assert await books.news() == {  # 467 are left; 333 + 467 of the transfer; 1.23 × 567 / 1000 = 0.697, less 0.12
        "platform": ["refund -467", "transfer_refund 467", "application_fee_refund -58"],
        "gym": ["payment_refund -467", "application_fee_refund 58"],
    }
    assert await told_on(gym) == ["payment.created", "charge.refunded", "charge.refunded"]
    told = await Event.filter(type="charge.refunded", account_id=gym.id).order_by("sequence")
    assert [(each.data["id"][:3], each.data["amount_refunded"]) for each in told] == [("py_", 333), ("py_", 800)]
    assert (await told_on(api.scope.account_id))[-4:] == [
        *("transfer.reversed", "application_fee.refunded", "refund.created", "charge.refunded"),
    ]


async def test_refunds_of_the_whole_take_the_whole_along(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    charge = await charge_of(await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=100))
    await books.news()
    along = {"reverseTransfer": True, "refundApplicationFee": True}

    for amount, fee in ((333, 33), (333, 34), (334, 33)):  # 33.3; 66.6 is 67 less 33; 100 less 67
        await refund(api, charge, amount, **along)
        assert await books.news() == {
            "platform": [f"refund -{amount}", f"transfer_refund {amount}", f"application_fee_refund -{fee}"],
            "gym": [f"payment_refund -{amount}", f"application_fee_refund {fee}"],
        }

    [whole] = await Event.filter(type="transfer.reversed").order_by("-sequence").limit(1)
    assert (whole.data["amount_reversed"], whole.data["reversed"]) == (1000, True)


async def test_several_destinations_give_back_in_proportion(api: Api, gym: Account) -> None:
    cook = await connected(api.scope, "Cook")
    books = Ledger(platform=api.scope.account_id, gym=gym, cook=cook)
    shares = [{"destination": gym.id, "amount": 333}, {"destination": cook.id, "amountPercent": "50"}]
    charge = await charge_of(await pay(api, 1000, transferData=shares))
    await books.news()

    await refund(api, charge, 250, reverseTransfer=True)
    assert await books.news() == {  # 83.25 and 125; the platform bears the rest, as it has the rest
        "platform": ["refund -250", "transfer_refund 83", "transfer_refund 125"],
        "gym": ["payment_refund -83"],
        "cook": ["payment_refund -125"],
    }
    await refund(api, charge, reverseTransfer=True)
    assert await books.news() == {
        "platform": ["refund -750", "transfer_refund 250", "transfer_refund 375"],
        "gym": ["payment_refund -250"],
        "cook": ["payment_refund -375"],
    }


async def test_no_more_comes_back_of_all_destinations_than_was_refunded(api: Api, gym: Account) -> None:
    cook = await connected(api.scope, "Cook")
    books = Ledger(platform=api.scope.account_id, gym=gym, cook=cook)
    shares = [{"destination": gym.id, "amount": 499}, {"destination": cook.id}]
    charge = await charge_of(await pay(api, 1000, transferData=shares))
    await books.news()

    for amount in (500, 500):  # 249.5 and 250.5, together 500; then the rest
        await refund(api, charge, amount, reverseTransfer=True)
    await refused(api, "refundCreate", "refund", charge=charge, amount=1, reverseTransfer=True)

    assert await books.news() == {
        "platform": [
            "refund -500", "transfer_refund 250", "transfer_refund 250",
            "refund -500", "transfer_refund 249", "transfer_refund 251",
        ],
        "gym": ["payment_refund -250", "payment_refund -249"],
        "cook": ["payment_refund -250", "payment_refund -251"],
    }  # fmt: skip


async def test_separate_transfer_reversed(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    charge = await charge_of(await pay(api, 1000))
    sent = await transfer(api, 700, gym, sourceTransaction=charge)
    assert await books.news() == {"platform": ["charge 1000 - 59", "transfer -700"], "gym": ["payment 700"]}

    await refund(api, charge, 100)
    assert await books.news() == {"platform": ["refund -100"]}

    await reverse(api, sent, 250, description="Not delivered")
    assert await books.news() == {"platform": ["transfer_refund 250"], "gym": ["payment_refund -250"]}
    await reverse(api, sent)
    assert await books.news() == {"platform": ["transfer_refund 450"], "gym": ["payment_refund -450"]}

    for amount in (None, 1):
        problems = await refused(api, "transferReversalCreate", "transferReversal", transfer=sent, amount=amount)
        assert problems == [("AMOUNT_TOO_LARGE", "amount")]
    problems = await refused(api, "refundCreate", "refund", charge=charge, reverseTransfer=True)
    assert problems == [("TRANSFERS_NOT_ALLOWED", "reverseTransfer")]  # It was sent by itself afterwards.
    assert await books.news() == {}


async def test_reversal_gives_the_fee_back_in_proportion(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    intent = await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=123)
    sent = intent["latestCharge"]["transfers"]["nodes"][0]["id"]
    await books.news()

    await reverse(api, sent, 500, refundApplicationFee=True)
    assert await books.news() == {  # 61.5, away from zero
        "platform": ["transfer_refund 500", "application_fee_refund -62"],
        "gym": ["payment_refund -500", "application_fee_refund 62"],
    }
    await reverse(api, sent, refundApplicationFee=True)
    assert await books.news() == {
        "platform": ["transfer_refund 500", "application_fee_refund -61"],
        "gym": ["payment_refund -500", "application_fee_refund 61"],
    }


async def test_refund_that_fails_later_leaves_what_it_took_along(api: Api, gym: Account) -> None:
    world = await World.opened(api, "2027-01-31T10:00:00Z")
    jenny = await world.customer()
    books = Ledger(platform=api.scope.account_id, gym=gym)
    asked: dict[str, Any] = {"transferData": {"destination": gym.id}, "applicationFeeAmount": 100}
    charge = await charge_of(await pay(api, 1000, customer=jenny.id, paymentMethod="pm_card_refundFail", **asked))
    await books.news()
    along = {"reverseTransfer": True, "refundApplicationFee": True}
    await refund(api, charge, 500, **along)
    assert await books.news() == {
        "platform": ["refund -500", "transfer_refund 500", "application_fee_refund -50"],
        "gym": ["payment_refund -500", "application_fee_refund 50"],
    }

    await world.move_to("2027-02-02T10:00:00Z")
    assert await books.news() == {"platform": ["refund_failure 500"]}

    await refund(api, charge, 600, **along)  # what came back with the failed one is not taken again
    assert await books.news() == {
        "platform": ["refund -600", "transfer_refund 100", "application_fee_refund -10"],
        "gym": ["payment_refund -100", "application_fee_refund 10"],
    }


async def test_refunds_take_along_only_what_there_is(api: Api, gym: Account) -> None:
    plain = await charge_of(await pay(api, 1000))
    direct = await charge_of(await pay(api.acting(gym), 1000, applicationFeeAmount=100))
    books = Ledger(platform=api.scope.account_id, gym=gym)
    await books.news()

    for key, charge in ((api, plain), (api.acting(gym), direct)):
        problems = await refused(key, "refundCreate", "refund", charge=charge, reverseTransfer=True)
        assert problems == [("TRANSFERS_NOT_ALLOWED", "reverseTransfer")]
    problems = await refused(api, "refundCreate", "refund", charge=plain, refundApplicationFee=True)
    assert problems == [("APPLICATION_FEES_NOT_ALLOWED", "refundApplicationFee")]

    assert await books.news() == {}
