"""Persons behind accounts: adding, changing and removing them, and what their account is able to do then."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Event, Person
from tests.features.accounts import BOTH, JENNY, KNOWN, PROFILE, made, news, refusals, row_of, shown
from tests.features.test_account_connections import of_type, own_key
from tests.serving import Api, served

SEAT = {"line1": "2 Main St", "city": "Oakland", "postalCode": "94607"}
FIRM: dict[str, Any] = {
    "type": "CUSTOM",
    "businessType": "COMPANY",
    "businessProfile": PROFILE,
    "company": {"name": "Acme Inc.", "phone": "+1 555 010 0199", "address": SEAT, "taxId": "12-3456789"},
    "capabilities": BOTH,
    "tosAcceptance": {"ip": "127.0.0.1"},
}
CEO: dict[str, Any] = {
    **JENNY,
    "relationship": {"representative": True, "title": "CEO", "owner": True, "percentOwnership": "25.5"},
}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def made_person(api: Api, selection: str = "id", **wanted: Any) -> Any:
    """A new person, who must not be refused."""
    answer = await api.do("personCreate", f"person {{ {selection} }}", wanted)
    assert answer["userErrors"] == []
    return answer["person"]


async def able(api: Api, identifier: str) -> tuple[str, list[str]]:
    """Whether an account can take payments, and what it has still to submit."""
    told = await shown(api, identifier, "capabilities { cardPayments } requirements { currentlyDue }")
    return told["capabilities"]["cardPayments"], told["requirements"]["currentlyDue"]


async def test_a_company_is_able_with_its_representative(api: Api) -> None:
    firm = await made(api, **FIRM)
    assert (await able(api, firm["id"]))[0] == "INACTIVE"
    selection = (
        "id account { id } firstName idNumberProvided dob { day month year } address { city }"
        " verification { status } relationship { representative title owner director percentOwnership }"
    )
    person = await made_person(api, selection, account=firm["id"], **CEO)

    assert person == {
        "id": person["id"],
        "account": {"id": firm["id"]},
        "firstName": "Jenny",
        "idNumberProvided": True,
        "dob": {"day": 1, "month": 1, "year": 1990},
        "address": {"city": "Oakland"},
        "verification": {"status": "VERIFIED"},
        "relationship": {
            "representative": True,
            "title": "CEO",
            "owner": True,
            "director": False,
            "percentOwnership": "25.5",
        },
    }
    assert await able(api, firm["id"]) == ("ACTIVE", ["external_account"])
    told = await news(api.acting(await row_of(firm["id"])))
    assert told[2:] == ["person.created", "account.updated", *["capability.updated"] * 2]


async def test_change_and_removal_of_the_representative_count(api: Api) -> None:
    firm = await made(api, **FIRM)
    person = await made_person(api, account=firm["id"], **CEO)
    row = await row_of(firm["id"])
    before = len(await news(api.acting(row)))

    change = {"id": person["id"], "phone": None, "relationship": {"title": "Chair", "percentOwnership": None}}
    answer = await api.do("personUpdate", "person { phone relationship { title owner percentOwnership } }", change)
    relationship = {"title": "Chair", "owner": True, "percentOwnership": None}
    assert answer["person"] == {"phone": None, "relationship": relationship}
    assert await able(api, firm["id"]) == ("INACTIVE", ["representative.phone", "external_account"])
    updated = await Event.get(type="person.updated")
    assert updated.previous_attributes == {
        "phone": "+1 555 010 0100",
        "relationship": {"title": "CEO", "percent_ownership": 25.5},
    }
    gone = await api.do("personDelete", "person { id firstName }", {"id": person["id"]})
    assert gone["person"] == {"id": person["id"], "firstName": "Jenny"}
    assert len((await able(api, firm["id"]))[1]) == 13
    told = (await news(api.acting(row)))[before:]
    changed = ["account.updated", *["capability.updated"] * 2]
    assert told == ["person.updated", *changed, "person.deleted", *changed]
    assert await Person.all().count() == 0


async def test_one_person_represents_an_account(api: Api) -> None:
    firm = await made(api, **FIRM)
    first = await made_person(api, account=firm["id"], **CEO)
    second = await made_person(api, account=firm["id"], firstName="Ada", relationship={"owner": True})
    represents = {"relationship": {"representative": True}}
    path = "relationship.representative"

    assert await refusals(api, "personCreate", "person", account=firm["id"], **represents) == [
        ("RESOURCE_ALREADY_EXISTS", path)
    ]
    assert await refusals(api, "personUpdate", "person", id=second["id"], **represents) == [
        ("RESOURCE_ALREADY_EXISTS", path)
    ]
    for identifier, wanted in [(first["id"], False), (second["id"], True)]:
        change = {"id": identifier, "relationship": {"representative": wanted, "title": "CEO"}}
        assert (await api.do("personUpdate", "person { id }", change))["userErrors"] == []
    assert [each.first_name for each in await Person.filter(representative=True)] == ["Ada"]
    assert len((await able(api, firm["id"]))[1]) == 11  # Ada's names and title are known, all else is not.


async def test_an_individual_cannot_be_removed(api: Api) -> None:
    account = await made(api, "id individual { id }", type="CUSTOM", **KNOWN)
    person, count = account["individual"]["id"], await Event.all().count()

    assert await refusals(api, "personDelete", "person", id=person) == [("RESOURCE_IN_USE", "id")]
    assert await refusals(api, "personUpdate", "person", id=person, relationship={"representative": False}) == [
        ("RESOURCE_IN_USE", "relationship.representative")
    ]
    assert await refusals(api, "personCreate", "person", account=account["id"], relationship={"representative": True})
    assert (await Person.all().count(), await Event.all().count()) == (1, count)


async def test_persons_that_cannot_be_are_refused_whole(api: Api) -> None:
    firm = await made(api, **FIRM)
    count = await Event.all().count()
    wrong = {
        "firstName": " ",
        "email": "no",
        "phone": "call me",
        "dob": {"day": 31, "month": 2, "year": 1990},
        "nationality": "XX",
        "ssnLast4": "12345",
        "relationship": {"percentOwnership": "101"},
    }
    assert await refusals(api, "personCreate", "person", account=firm["id"], **wrong) == [
        ("PARAMETER_INVALID_STRING_EMPTY", "firstName"),
        ("EMAIL_INVALID", "email"),
        ("INVALID_CHARACTERS", "phone"),
        ("PARAMETER_INVALID", "dob"),
        ("COUNTRY_CODE_INVALID", "nationality"),
        ("PARAMETER_INVALID", "ssnLast4"),
        ("PARAMETER_INVALID", "relationship.percentOwnership"),
    ]
    assert await refusals(api, "personCreate", "person", firstName="Jenny") == [("ACCOUNT_INVALID", "account")]
    assert (await Person.all().count(), await Event.all().count()) == (0, count)


@pytest.mark.parametrize("type", ["STANDARD", "EXPRESS"])
async def test_submitted_details_are_the_account_s_own(api: Api, type: str) -> None:
    gym = await of_type(api, type)
    person = (await Person.get(account_id=gym.id)).id
    count, held = await Event.all().count(), "ACCOUNT_HOLDER_REQUIRED"
    details = {"id": gym.id, "businessProfile": {"url": "https://evil.example.com"}}
    settings = {"id": gym.id, "settings": {"payouts": {"schedule": {"interval": "MANUAL"}}}}

    for platform in (api, api.acting(gym)):
        assert await refusals(platform, "accountUpdate", "account", **details) == [(held, "businessProfile")]
        terms = {"id": gym.id, "tosAcceptance": {"ip": "127.0.0.1"}}
        assert await refusals(platform, "accountUpdate", "account", **terms) == [(held, "tosAcceptance")]
        assert await refusals(platform, "personUpdate", "person", id=person, firstName="Ada") == [(held, "id")]
        assert await refusals(platform, "personCreate", "person", account=gym.id, firstName="Ada") == [(held, "id")]
        if type == "STANDARD":
            assert await refusals(platform, "accountUpdate", "account", **settings) == [(held, "settings")]
    assert await Event.all().count() == count
    labelled = {"id": gym.id, "metadata": {"plan": "basic"}}
    assert (await api.do("accountUpdate", "account { id }", labelled))["userErrors"] == []
    if type == "STANDARD":
        own = await own_key(api, gym)
        assert (await own.do("accountUpdate", "account { id }", {**details, "id": None}))["userErrors"] == []
        assert (await own.do("personUpdate", "person { id }", {"id": person, "firstName": "Ada"}))["userErrors"] == []
        # What it does by itself about its persons is not told any more; that it came to have one was.
        told = [each for each in await news(own) if each.startswith("person.")]
        assert told == ["person.created"]
    else:
        assert (await api.do("accountUpdate", "account { id }", settings))["userErrors"] == []
