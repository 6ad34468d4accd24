"""Disputes of direct charges: the connected account loses the money, and who pays its fees pays for the dispute.

The clock stands at 31 January 2027, 10:00; 100.00 USD are disputed, for 15.00.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from models import Account, Dispute
from tests.features.attacked import live, restricted
from tests.features.connected import connected
from tests.scenarios.disputing import OPENED, books, dispute_of, disputed, movements, says
from tests.scenarios.world import World
from tests.serving import Api, served

START = "2027-01-31T10:00:00Z"
PAYERS = {
    # Who pays fees: the dispute's movements on the account, then those on the platform.
    "account": (["adjustment -10000 - 1500 = -11500"], []),
    "application": (["adjustment -10000 - 0 = -10000"], ["stripe_fee 0 - 1500 = -1500"]),
    "application_custom": (["adjustment -10000 - 0 = -10000"], ["stripe_fee 0 - 1500 = -1500"]),
    "application_express": (["adjustment -10000 - 0 = -10000"], ["stripe_fee 0 - 1500 = -1500"]),
}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def author(api: Api, fees_payer: str = "application_express") -> Account:
    """An account whose network fees are paid by this payer."""
    controller = {
        "fees_payer": fees_payer,
        "losses_payments": "stripe",
        "requirement_collection": "stripe",
        "dashboard": "full",
    }
    return await connected(api.scope, "Author", controller=controller)


async def of_disputes(api: Api) -> list[str]:
    """The movements of disputes and their fees."""
    kinds = ("adjustment", "stripe_fee 0 - 1500")
    return [each for each in await movements(api) if each.startswith(kinds)]


@pytest.mark.parametrize(("payer", "expected"), PAYERS.items(), ids=PAYERS.keys())
async def test_account_loses_the_money_and_the_payer_of_fees_the_fee(
    api: Api, payer: str, expected: tuple[Sequence[str], Sequence[str]]
) -> None:
    account = await author(api, payer)
    world = await World.opened(api.acting(account), START)

    _, dispute = await disputed(world)

    assert (await of_disputes(world.api), await of_disputes(api)) == expected
    await books()
    assert (await says(world, dispute, "winning_evidence"))["status"] == "WON"
    assert await of_disputes(world.api) == [*expected[0], "adjustment 10000 - 0 = 10000"]
    assert await of_disputes(api) == expected[1]  # The fee stays with the network.
    assert (await books())[:2] == (10_000, 0)


async def test_deleted_clock_takes_the_fee_of_the_platform_along(api: Api) -> None:
    account = await author(api)
    world = await World.opened(api.acting(account), START)
    await disputed(world)
    assert await of_disputes(api) == ["stripe_fee 0 - 1500 = -1500"]

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    assert (await movements(api), await movements(world.api)) == ([], [])
    assert await books() == (0, 0, 0, 0)


async def test_events_are_the_account_s(api: Api) -> None:
    account = await author(api)
    world = await World.opened(api.acting(account), START)
    platform = World(api, world.clock)
    before = await platform.news()

    await disputed(world)

    assert before is not None
    told = await api.acting(account).ask('{ events(filter: {types: ["charge.*"]}) { nodes { type } } }')
    assert [each["type"] for each in told["events"]["nodes"]][::-1] == ["charge.succeeded", *OPENED]
    assert [each for each in await platform.news() if "dispute" in each] == []


async def test_platform_and_stranger_see_nothing_of_an_account_s_dispute(api: Api) -> None:
    account, other = await author(api), await author(api)
    world = await World.opened(api.acting(account), START)
    paid, dispute = await disputed(world)
    asked = """query($id: ID!, $charge: ID!) { dispute(id: $id) { id } node(id: $id) { id } charge(id: $charge) { id }
        disputes { totalCount } one: disputes(filter: {charge: $charge}) { totalCount }
        balanceTransactions(filter: {source: $id}) { nodes { type dispute { id } } } }"""

    for thief in (api, api.acting(other)):
        found = await thief.ask(asked, {"id": dispute, "charge": paid.charge})
        fee = {"type": "STRIPE_FEE", "dispute": None}
        assert found.pop("balanceTransactions")["nodes"] == ([fee] if thief is api else [])
        assert found == {
            "dispute": None,
            "node": None,
            "charge": None,
            "disputes": {"totalCount": 0},
            "one": {"totalCount": 0},
        }
        for mutation, wanted in attempts(paid.charge, dispute):
            refused = await thief.do(mutation, "dispute { id }", wanted)
            assert (refused["dispute"], [each["code"] for each in refused["userErrors"]]) == (
                None,
                ["RESOURCE_MISSING"],
            )
    assert (await Dispute.get()).status == "needs_response"
    assert (await dispute_of(world, paid.charge))["metadata"] == {}


def attempts(charge: str, dispute: str) -> list[tuple[str, dict[str, Any]]]:
    """Everything that can be tried with a dispute and its charge."""
    return [
        ("disputeUpdate", {"id": dispute, "metadata": {"a": "b"}}),
        ("disputeUpdate", {"id": dispute, "evidence": {"uncategorizedText": "losing_evidence"}}),
        ("disputeClose", {"id": dispute}),
        ("sandboxDisputeCreate", {"charge": charge}),
    ]


async def test_live_mode_sees_no_dispute_and_plays_none(api: Api) -> None:
    world = await World.opened(api, START)
    paid, dispute = await disputed(world)
    thief = await live(api)

    found = await thief.ask("query($id: ID!) { dispute(id: $id) { id } disputes { totalCount } }", {"id": dispute})

    assert found == {"dispute": None, "disputes": {"totalCount": 0}}
    for mutation, wanted in attempts(paid.charge, dispute):
        refused = await thief.do(mutation, "dispute { id }", wanted)
        code = "TEST_MODE_ONLY" if mutation == "sandboxDisputeCreate" else "RESOURCE_MISSING"
        assert [each["code"] for each in refused["userErrors"]] == [code]
    assert (await Dispute.get()).status == "needs_response"


async def test_restricted_key_needs_the_grant_of_disputes(api: Api) -> None:
    world = await World.opened(api, START)
    paid, dispute = await disputed(world)
    asked = "query($id: ID!) { charge(id: $id) { dispute { status } } }"

    blind = await restricted(api, payments="write", events="read")
    reader = await restricted(api, disputes="read", payments="read", events="read")

    assert (await blind.send(asked, {"id": paid.charge})).codes == ["FORBIDDEN"]
    shown = await reader.ask(asked, {"id": paid.charge})
    assert shown["charge"]["dispute"] == {"status": "NEEDS_RESPONSE"}
    for mutation, wanted in attempts(paid.charge, dispute):
        title = mutation[0].upper() + mutation[1:]
        document = f"mutation($input: {title}Input!) {{ {mutation}(input: $input) {{ __typename }} }}"
        assert (await reader.send(document, {"input": wanted})).codes == ["FORBIDDEN"]
    told = '{ events(filter: {types: ["charge.dispute.*"]}) { totalCount } }'
    assert [(await each.ask(told))["events"]["totalCount"] for each in (blind, reader)] == [0, 2]
    assert (await Dispute.get()).status == "needs_response"
