"""Customers that stand for connected accounts: one for each, of the platform alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models import Customer, Event
from tests.features.accounts import refusals
from tests.features.connected import connected
from tests.serving import Api, served

PARAM = "representsAccount"
CREATE, UPDATE = ("customerCreate", "customer"), ("customerUpdate", "customer")


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def test_a_customer_stands_for_an_account(api: Api) -> None:
    gym, spa = await connected(api.scope, "Gym"), await connected(api.scope, "Spa")
    selection = "customer { id representsAccount { id businessName } }"

    made = (await api.do("customerCreate", selection, {"name": "Gym", PARAM: gym.id}))["customer"]
    moved = (await api.do("customerUpdate", selection, {"id": made["id"], PARAM: spa.id}))["customer"]
    ended = (await api.do("customerUpdate", selection, {"id": made["id"], PARAM: None}))["customer"]

    assert made[PARAM] == {"id": gym.id, "businessName": "Gym"}
    assert moved[PARAM] == {"id": spa.id, "businessName": "Spa"}
    assert ended[PARAM] is None
    told = [event.previous_attributes for event in await Event.filter(type="customer.updated").order_by("sequence")]
    assert told == [{"customer_account": gym.id}, {"customer_account": spa.id}]


async def test_customer_of_an_account_is_found(api: Api) -> None:
    gym, spa = await connected(api.scope, "Gym"), await connected(api.scope, "Spa")
    made = (await api.do("customerCreate", "customer { id }", {PARAM: gym.id}))["customer"]
    await api.do("customerCreate", "customer { id }", {})
    query = "query($of: ID!) { customers(filter: { representsAccount: $of }) { nodes { id } totalCount } }"

    found, none = [(await api.ask(query, {"of": each.id}))["customers"] for each in (gym, spa)]

    assert found == {"nodes": [made], "totalCount": 1}
    assert none == {"nodes": [], "totalCount": 0}
    own = (await api.acting(gym).ask(query, {"of": gym.id}))["customers"]
    assert own == none


async def test_an_account_has_one_customer(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    first = (await api.do("customerCreate", "customer { id }", {PARAM: gym.id}))["customer"]["id"]
    other = (await api.do("customerCreate", "customer { id }", {}))["customer"]["id"]

    taken = [("RESOURCE_ALREADY_EXISTS", PARAM)]
    assert await refusals(api, *CREATE, **{PARAM: gym.id}) == taken
    assert await refusals(api, *UPDATE, id=other, **{PARAM: gym.id}) == taken
    again = await api.do("customerUpdate", "customer { id }", {"id": first, PARAM: gym.id, "name": "Gym"})
    assert again["userErrors"] == []
    assert await Customer.all().count() == 2
    await api.do("customerDelete", "customer { id }", {"id": first})
    assert (await api.do("customerUpdate", "customer { id }", {"id": other, PARAM: gym.id}))["userErrors"] == []


async def test_race_for_an_account_has_one_winner(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    wanted = {PARAM: gym.id}

    answers = await asyncio.gather(*(api.do("customerCreate", "customer { id }", wanted) for _ in range(5)))

    codes = [[each["code"] for each in answer["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], *[["RESOURCE_ALREADY_EXISTS"]] * 4]
    assert await Customer.all().count() == await Event.all().count() == 1


async def test_only_a_platform_s_own_connected_accounts_are_represented(api: Api) -> None:
    gym = await connected(api.scope, "Gym")
    gone = await connected(api.scope, "Gone", disconnected_at=api.scope.clock.now())
    live = await connected(api.scope, "Live", livemode=True)
    foreign = await connected(api.scope, "Foreign", platform_id="acct_other")

    for absent in (gone.id, live.id, foreign.id, api.scope.account_id, "acct_1"):
        assert await refusals(api, *CREATE, **{PARAM: absent}) == [("RESOURCE_MISSING", PARAM)]
    for own in (gym.id, api.scope.account_id):
        found = await refusals(api.acting(gym), *CREATE, **{PARAM: own})
        assert found == [("PLATFORM_ACCOUNT_REQUIRED", PARAM)]
    assert await Customer.all().count() == await Event.all().count() == 0
