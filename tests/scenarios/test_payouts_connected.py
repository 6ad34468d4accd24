"""Connected accounts are paid out: by their platform, by themselves, and by nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, BalanceTransaction, Event, ExternalAccount, Payout
from services.balances import books_balance
from tests.features.accounts import refusals, row_of
from tests.features.attacked import restricted
from tests.features.test_account_connections import of_type, own_key
from tests.scenarios.paying_out import START
from tests.scenarios.world import World
from tests.serving import Api, served

USD = {"amount": 300, "currency": "usd"}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def done(api: Api, mutation: str, selection: str, **input: Any) -> Any:
    answer = await api.do(mutation, f"{selection}", input)
    assert answer["userErrors"] == [], answer
    return answer[selection.split(" ", maxsplit=1)[0]]


async def money() -> tuple[int, int]:
    """How many movements and payouts there are."""
    return await BalanceTransaction.all().count(), await Payout.all().count()


async def test_a_platform_pays_its_account_out(api: Api) -> None:
    gym = await of_type(api, "CUSTOM")
    acting = api.acting(gym)
    await done(acting, "topupCreate", "topup { id }", **USD)

    payout = await done(acting, "payoutCreate", "payout { id destination { last4 } }", **USD)

    row = await Payout.get(id=payout["id"])
    assert (row.account_id, payout["destination"]) == (gym.id, {"last4": "6789"})
    told = await Event.filter(type__startswith="payout.").values_list("type", "account_id", "connected_account_id")
    assert told == [("payout.created", gym.id, gym.id)]
    mine = await api.ask("query($id: ID!) { payouts { totalCount } payout(id: $id) { id } }", {"id": payout["id"]})
    assert mine == {"payouts": {"totalCount": 0}, "payout": None}
    assert await refusals(api, "payoutCancel", "payout", id=payout["id"]) == [("RESOURCE_MISSING", "id")]
    await done(acting, "payoutCancel", "payout { id }", id=payout["id"])
    assert (await books_balance("usd")).balanced


async def test_an_account_pays_itself_out_and_nobody_else_does(api: Api) -> None:
    gym, other = await of_type(api, "STANDARD"), await of_type(api, "STANDARD")
    own, stranger = await own_key(api, gym), await own_key(api, other)
    await done(own, "topupCreate", "topup { id }", **USD)
    payout = await done(own, "payoutCreate", "payout { id }", amount=100, currency="usd")
    bank = await ExternalAccount.get(account_id=gym.id)
    before = await money()

    for attacker in (stranger, api.acting(other), api):
        gone = await refusals(attacker, "payoutCancel", "payout", id=payout["id"])
        assert gone == [("RESOURCE_MISSING", "id")]
        sent = await refusals(attacker, "payoutCreate", "payout", **USD, destination=bank.id)
        assert sent == [("RESOURCE_MISSING", "destination")]
        found = await attacker.ask(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } payouts { totalCount } topups { totalCount } }",
            {"ids": [payout["id"], bank.id, str((await Payout.get()).balance_transaction_id)]},
        )
        nothing = {"totalCount": 0}
        assert found == {"nodes": [None, None, None], "payouts": nothing, "topups": nothing}
    assert await money() == before


async def test_a_clock_of_the_platform_is_the_platforms_to_name(api: Api) -> None:
    world = await World.opened(api, START)
    gym = await of_type(api, "STANDARD")
    own = await own_key(api, gym)
    refused = [
        await refusals(own, verb, noun, **USD, testClock=world.clock)
        for verb, noun in (("topupCreate", "topup"), ("payoutCreate", "payout"))
    ]
    assert refused == [[("RESOURCE_MISSING", "testClock")]] * 2

    await done(api.acting(gym), "topupCreate", "topup { id }", **USD, testClock=world.clock)
    await done(api.acting(gym), "payoutCreate", "payout { id }", **USD, testClock=world.clock)

    await world.move_to("2027-02-03T00:00:00Z")  # Monday, Tuesday, Wednesday
    row = await Payout.get()
    assert (row.status, row.account_id, row.test_clock_id) == ("paid", gym.id, world.clock)
    shown = await own.ask("{ payouts { nodes { status testClock { id } } } }")
    assert shown["payouts"]["nodes"] == [{"status": "PAID", "testClock": None}]
    await world.do("testClockDelete", "testClock { id }", id=world.clock)
    assert await Payout.all().count() == 0


async def test_what_an_account_owes_is_kept_back_of_its_platforms_money(api: Api) -> None:
    gym = await of_type(api, "CUSTOM")
    acting = api.acting(gym)
    await done(api, "externalAccountCreate", "externalAccount { id }", externalAccount={"token": "btok_us_verified"})
    paying = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_bypassPending", "confirm": True}
    charge = await done(acting, "paymentIntentCreate", "paymentIntent { id }", **paying)
    await done(acting, "payoutCreate", "payout { id }", amount=1500, currency="usd")
    await done(acting, "refundCreate", "refund { id }", paymentIntent=charge["id"])  # 1500 are owed
    await done(api, "topupCreate", "topup { id }", amount=2000, currency="usd")

    balance = (await api.ask("{ balance { available { amount } connectReserved { amount currency } } }"))["balance"]
    # The platform pays the fee of the charge: 2.9 % of 1500 are 43.5, so 44, and 30.
    assert balance == {"available": [{"amount": 1926}], "connectReserved": [{"amount": 1500, "currency": "usd"}]}
    much = await refusals(api, "payoutCreate", "payout", amount=427, currency="usd")
    owing = await refusals(acting, "payoutCreate", "payout", amount=1, currency="usd")
    assert much == owing == [("BALANCE_INSUFFICIENT", "amount")]
    await done(api, "payoutCreate", "payout { id }", amount=426, currency="usd")
    assert (await books_balance("usd")).balanced


async def test_a_failed_payout_switches_payouts_of_the_account_off(api: Api) -> None:
    world = await World.opened(api, START)
    gym = await of_type(api, "CUSTOM")
    acting = api.acting(gym)
    bad = {"externalAccount": {"token": "btok_us_verified_noAccount"}, "defaultForCurrency": True}
    await done(api, "externalAccountCreate", "externalAccount { id }", account=gym.id, **bad)
    good = await ExternalAccount.get(account_id=gym.id, default_for_currency=False)
    await done(api, "externalAccountDelete", "externalAccount { id }", id=good.id, account=gym.id)
    await done(acting, "topupCreate", "topup { id }", **USD, testClock=world.clock)
    before = await Event.filter(account_id=gym.id).count()

    await world.move_to("2027-02-04T00:00:00Z")  # available and made on the 2nd, sent on the 3rd, back on the 4th

    told = await Event.filter(account_id=gym.id).order_by("sequence").offset(before)
    assert [each.type for each in told] == [
        *("balance.available", "payout.created", "payout.updated", "payout.failed"),
        *("account.external_account.updated", "account.updated", *["capability.updated"] * 2),
    ]
    assert able(await row_of(gym.id)) == (False, ["external_account"])
    refused = await refusals(acting, "payoutCreate", "payout", **USD, testClock=world.clock)
    assert refused == [("BANK_ACCOUNT_UNUSABLE", "destination")]
    fine = {"externalAccount": {"token": "btok_us_verified"}}
    await done(acting, "externalAccountCreate", "externalAccount { id }", **fine)
    assert able(await row_of(gym.id)) == (True, [])
    await world.move_to("2027-02-09T00:00:00Z")
    assert await Payout.filter(account_id=gym.id).order_by("id").values_list("status", "amount") == [
        ("failed", 300),
        ("paid", 300),
    ]


def able(account: Account) -> tuple[bool, list[str]]:
    """Whether it is paid out, and what is due."""
    return account.payouts_enabled, account.requirements


async def test_a_restricted_key_does_what_it_is_granted(api: Api) -> None:
    reader, other = await restricted(api, payouts="read"), await restricted(api, balances="write")
    document = "mutation($input: PayoutCreateInput!) { payoutCreate(input: $input) { payout { id } } }"

    assert await reader.ask("{ payouts { totalCount } }") == {"payouts": {"totalCount": 0}}
    assert (await reader.send(document, {"input": USD})).codes == ["FORBIDDEN"]
    for query in ("{ payouts { totalCount } }", "{ externalAccounts { totalCount } }", "{ topups { totalCount } }"):
        assert (await other.send(query)).codes == ["FORBIDDEN"]
