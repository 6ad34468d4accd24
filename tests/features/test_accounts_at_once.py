"""What several callers do to one account at the same moment comes out as if one had come after the other."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, Event, Person
from tests.features.accounts import KNOWN, made, news, row_of, shown
from tests.features.test_persons import CEO, FIRM
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def test_an_account_is_disconnected_once(api: Api) -> None:
    gym = await made(api, type="EXPRESS")

    answers = await asyncio.gather(
        *(api.do("accountDeauthorize", "account { id }", {"id": gym["id"]}) for _ in range(4))
    )

    codes = [[each["code"] for each in answer["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], *[["ACCOUNT_INVALID"]] * 3]
    assert await news(api) == ["account.application.deauthorized"]


async def test_one_of_many_becomes_the_representative(api: Api) -> None:
    firm = await made(api, **FIRM)
    wanted = {"account": firm["id"], **CEO}

    answers = await asyncio.gather(*(api.do("personCreate", "person { id }", wanted) for _ in range(4)))

    codes = [[each["code"] for each in answer["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], *[["RESOURCE_ALREADY_EXISTS"]] * 3]
    assert await Person.filter(account_id=firm["id"], representative=True).count() == 1


async def test_changes_of_different_parts_are_all_kept(api: Api) -> None:
    account = (await made(api, type="CUSTOM", **KNOWN))["id"]
    changes: list[dict[str, Any]] = [
        {"metadata": {"a": "1"}},
        {"metadata": {"b": "2"}},
        {"businessProfile": {"supportPhone": "+1 555 010 0155"}},
        {"businessProfile": {"supportEmail": "help@example.com"}},
        {"settings": {"branding": {"primaryColor": "#112233"}}},
        {"settings": {"payments": {"statementDescriptor": "JENNY"}}},
    ]

    await asyncio.gather(*(api.do("accountUpdate", "account { id }", {"id": account, **each}) for each in changes))

    found = await shown(
        api,
        account,
        "metadata businessProfile { supportPhone supportEmail }"
        " settings { branding { primaryColor } payments { statementDescriptor } }",
    )
    assert found == {
        "metadata": {"a": "1", "b": "2"},
        "businessProfile": {"supportPhone": "+1 555 010 0155", "supportEmail": "help@example.com"},
        "settings": {"branding": {"primaryColor": "#112233"}, "payments": {"statementDescriptor": "JENNY"}},
    }
    told = await news(api.acting(await row_of(account)))
    assert told.count("account.updated") == len(changes)


async def test_a_repeated_request_makes_one_account(api: Api) -> None:
    wanted = {"type": "CUSTOM", **KNOWN}
    selection = "account { id individual { id } }"

    first = await api.do("accountCreate", selection, wanted, Idempotency_Key="k")
    again = await api.do("accountCreate", selection, wanted, Idempotency_Key="k")

    assert again == first
    assert (await Account.all().count(), await Person.all().count(), await Event.all().count()) == (2, 1, 3)
