"""Connected accounts over GraphQL: making, changing, completing and listing them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Account, Event, Person
from tests.features.accounts import BOTH, JENNY, KNOWN, PROFILE, STANDING, made, news, refusals, row_of, shown
from tests.serving import Api, served

UPDATE = ("accountUpdate", "account")
TERMS_DUE = ["tos_acceptance.date", "tos_acceptance.ip", "external_account"]


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def test_an_account_begins_with_everything_due(api: Api) -> None:
    selection = f"{STANDING} type livemode country defaultCurrency controller {{ fees {{ payer }} dashboard }}"
    account = await made(api, selection, type="EXPRESS", country="de", capabilities=BOTH)

    due = ["business_type", "business_profile.mcc", "business_profile.url", *TERMS_DUE]
    assert account == {
        "id": account["id"],
        "type": "EXPRESS",
        "livemode": False,
        "country": "DE",
        "defaultCurrency": "eur",
        "controller": {"fees": {"payer": "APPLICATION"}, "dashboard": "EXPRESS"},
        "chargesEnabled": False,
        "payoutsEnabled": False,
        "detailsSubmitted": False,
        "capabilities": {"cardPayments": "INACTIVE", "transfers": "INACTIVE"},
        "requirements": {
            "currentlyDue": due,
            "pastDue": due,
            "pendingVerification": [],
            "disabledReason": "PAST_DUE",
        },
    }
    assert await news(api.acting(await row_of(account["id"]))) == ["capability.updated"] * 2
    assert await news(api) == []


async def test_a_platform_that_collects_everything_enables_an_account(api: Api) -> None:
    account = await made(api, STANDING, type="CUSTOM", **KNOWN)
    assert account["requirements"]["currentlyDue"] == TERMS_DUE
    change = {"id": account["id"], "tosAcceptance": {"ip": "203.0.113.7", "date": "2026-01-31T10:00:00Z"}}
    answer = await api.do("accountUpdate", f"account {{ {STANDING} tosAcceptance {{ date ip }} }}", change)

    assert answer["account"] == {
        "id": account["id"],
        "chargesEnabled": True,
        "payoutsEnabled": False,  # there is nowhere to pay out to
        "detailsSubmitted": True,
        "capabilities": {"cardPayments": "ACTIVE", "transfers": "ACTIVE"},
        "requirements": {
            "currentlyDue": ["external_account"],
            "pastDue": ["external_account"],
            "pendingVerification": [],
            "disabledReason": "PAST_DUE",
        },
        "tosAcceptance": {"date": "2026-01-31T10:00:00Z", "ip": "203.0.113.7"},
    }
    told = await news(api.acting(await row_of(account["id"])))
    assert told == ["person.created", *["capability.updated"] * 2, "account.updated", *["capability.updated"] * 2]
    updated = await Event.get(type="account.updated")
    assert updated.account_id == updated.connected_account_id == account["id"]
    assert updated.previous_attributes == {
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": False,
        "details_submitted": False,
        "requirements": {
            "currently_due": TERMS_DUE,
            "past_due": TERMS_DUE,
            "eventually_due": TERMS_DUE,
        },
        "tos_acceptance": {"date": None, "ip": None},
    }


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (
            {"type": "EXPRESS", "controller": {"dashboard": "NONE"}},
            [("PARAMETERS_EXCLUSIVE", "controller")],
        ),
        (
            {"controller": {"losses": {"payments": "APPLICATION"}}, "country": "XX", "email": "no"},
            [
                ("PARAMETER_INVALID", "controller.fees.payer"),
                ("COUNTRY_CODE_INVALID", "country"),
                ("EMAIL_INVALID", "email"),
            ],
        ),
        ({"type": "EXPRESS", "tosAcceptance": {"ip": "127.0.0.1"}}, [("ACCOUNT_HOLDER_REQUIRED", "tosAcceptance")]),
        (
            {"type": "CUSTOM", "tosAcceptance": {"ip": "here", "date": "2999-01-01T00:00:00Z"}},
            [("PARAMETER_INVALID", "tosAcceptance.date"), ("PARAMETER_INVALID", "tosAcceptance.ip")],
        ),
        (
            {"businessType": "INDIVIDUAL", "company": {"name": "Acme"}},
            [("PARAMETERS_EXCLUSIVE", "company")],
        ),
        (
            {"businessType": "COMPANY", "individual": {"firstName": "Jenny"}},
            [("PARAMETERS_EXCLUSIVE", "individual")],
        ),
        (
            {
                "businessProfile": {"mcc": "57", "url": "jenny"},
                "settings": {
                    "branding": {"icon": "i", "primaryColor": "blue"},
                    "payments": {"statementDescriptor": "12"},
                    "payouts": {"schedule": {"interval": "WEEKLY", "delayDays": 1}},
                },
            },
            [
                ("PARAMETER_INVALID", "businessProfile.mcc"),
                ("URL_INVALID", "businessProfile.url"),
                ("URL_INVALID", "settings.branding.icon"),
                ("PARAMETER_INVALID", "settings.branding.primaryColor"),
                ("PARAMETER_INVALID", "settings.payments.statementDescriptor"),
                ("PARAMETER_MISSING", "settings.payouts.schedule.weeklyAnchor"),
                ("PARAMETER_INVALID_INTEGER", "settings.payouts.schedule.delayDays"),
            ],
        ),
    ],
)
async def test_an_account_that_cannot_be_is_refused_whole(
    api: Api, wanted: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert await refusals(api, "accountCreate", "account", **wanted) == refused
    assert (await Account.all().count(), await Person.all().count(), await Event.all().count()) == (1, 0, 0)


async def test_numbers_of_a_person_are_nowhere(api: Api) -> None:
    secret = "987654320"
    account = await made(
        api, type="CUSTOM", **{**KNOWN, "individual": {**JENNY, "idNumber": secret, "ssnLast4": "9999"}}
    )

    individual = await shown(
        api, account["id"], "individual { idNumberProvided ssnLast4Provided verification { status } }"
    )
    assert individual["individual"] == {
        "idNumberProvided": True,
        "ssnLast4Provided": True,
        "verification": {"status": "VERIFIED"},
    }
    rows = [*await Account.all().values(), *await Person.all().values(), *await Event.all().values()]
    assert secret not in repr(rows)
    assert "9999" not in repr([row["data"] for row in await Event.all().values()])


async def test_parts_are_merged_and_removed(api: Api) -> None:
    account = await made(
        api, type="CUSTOM", **KNOWN, metadata={"plan": "basic"}, settings={"branding": {"primaryColor": "#7A3CFF"}}
    )
    change = {
        "id": account["id"],
        "businessProfile": {"url": None, "supportEmail": "help@example.com"},
        "individual": {"lastName": "Doe", "phone": None},
        "metadata": {"plan": "", "tier": "2"},
        "capabilities": {"cardPayments": {"requested": False}},
        "settings": {"payouts": {"schedule": {"interval": "WEEKLY", "weeklyAnchor": "FRIDAY"}}},
    }
    selection = (
        "businessProfile { name mcc url supportEmail } individual { firstName lastName phone } metadata"
        " capabilities { cardPayments transfers } requirements { currentlyDue }"
        " settings { branding { primaryColor } payouts { schedule { interval weeklyAnchor delayDays } } }"
    )
    answer = await api.do("accountUpdate", f"account {{ {selection} }}", change)

    assert answer["account"] == {
        "businessProfile": {"name": "Jenny's", "mcc": "5734", "url": None, "supportEmail": "help@example.com"},
        "individual": {"firstName": "Jenny", "lastName": "Doe", "phone": None},
        "metadata": {"tier": "2"},
        "capabilities": {"cardPayments": None, "transfers": "INACTIVE"},
        "requirements": {"currentlyDue": ["business_profile.url", "individual.phone", *TERMS_DUE]},
        "settings": {
            "branding": {"primaryColor": "#7a3cff"},
            "payouts": {"schedule": {"interval": "WEEKLY", "weeklyAnchor": "FRIDAY", "delayDays": 2}},
        },
    }
    told = await news(api.acting(await row_of(account["id"])))
    assert told[3:] == ["person.updated", "account.updated", *["capability.updated"] * 2]
    assert (await api.do("accountUpdate", "account { id }", {**change, "individual": {}}))["userErrors"] == []
    assert await news(api.acting(await row_of(account["id"]))) == told


async def test_a_new_interval_of_payouts_drops_the_former_anchor(api: Api) -> None:
    weekly = {"payouts": {"schedule": {"interval": "WEEKLY", "weeklyAnchor": "MONDAY"}}}
    account = await made(api, type="CUSTOM", settings=weekly)
    selection = "account { settings { payouts { schedule { interval weeklyAnchor monthlyAnchor delayDays } } } }"
    change = {"interval": "MONTHLY", "monthlyAnchor": 31, "delayDays": 7}
    wanted = {"id": account["id"], "settings": {"payouts": {"schedule": change}}}
    answer = await api.do("accountUpdate", selection, wanted)
    again = {"id": account["id"], "settings": {"payouts": {"schedule": {"weeklyAnchor": "MONDAY"}}}}

    schedule = answer["account"]["settings"]["payouts"]["schedule"]
    assert schedule == {"interval": "MONTHLY", "weeklyAnchor": None, "monthlyAnchor": 31, "delayDays": 7}
    refused = await refusals(api, *UPDATE, **again)
    assert refused == [("PARAMETERS_EXCLUSIVE", "settings.payouts.schedule.weeklyAnchor")]


@pytest.mark.parametrize(("type", "kind"), [("STANDARD", None), ("EXPRESS", "COMPANY"), ("CUSTOM", "INDIVIDUAL")])
async def test_the_sandbox_completes_an_account_in_one_call(api: Api, type: str, kind: str | None) -> None:
    known = {} if kind is None else {"businessType": kind}
    account = await made(api, type=type, **known, businessProfile=PROFILE)
    selection = f"account {{ {STANDING} businessType businessName persons {{ nodes {{ firstName }} }} }}"
    answer = await api.do("sandboxAccountOnboard", selection, {"id": account["id"]})

    assert answer["account"] == {
        "id": account["id"],
        "businessType": kind or "INDIVIDUAL",
        "businessName": "Jenny's",
        "persons": {"nodes": [{"firstName": "Jenny"}]},
        "chargesEnabled": True,
        "payoutsEnabled": True,
        "detailsSubmitted": True,
        "capabilities": {"cardPayments": "ACTIVE", "transfers": "ACTIVE"},
        "requirements": {"currentlyDue": [], "pastDue": [], "pendingVerification": [], "disabledReason": None},
    }
    count = await Event.all().count()
    await api.do("sandboxAccountOnboard", selection, {"id": account["id"]})
    assert await Event.all().count() == count


async def test_identity_that_is_being_checked_leaves_capabilities_pending(api: Api) -> None:
    account = await made(
        api,
        STANDING,
        type="CUSTOM",
        **{**KNOWN, "individual": {**JENNY, "idNumber": "222222222"}},
        tosAcceptance={"ip": "127.0.0.1"},
    )

    assert account["capabilities"] == {"cardPayments": "PENDING", "transfers": "PENDING"}
    assert account["requirements"] == {
        "currentlyDue": ["external_account"],
        "pastDue": ["external_account"],
        "pendingVerification": ["individual.id_number"],
        "disabledReason": "PAST_DUE",
    }
    answer = await api.do("sandboxAccountOnboard", f"account {{ {STANDING} }}", {"id": account["id"]})
    assert answer["account"]["capabilities"] == {"cardPayments": "ACTIVE", "transfers": "ACTIVE"}


async def test_accounts_are_listed_and_filtered(api: Api) -> None:
    standard = await made(api, country="DE", email="a@example.com")
    custom = await made(api, type="CUSTOM", capabilities=BOTH)
    await api.do("sandboxAccountOnboard", "account { id }", {"id": custom["id"]})

    async def listed(**wanted: Any) -> list[str]:
        document = "query($filter: AccountFilter) { accounts(filter: $filter) { totalCount nodes { id } } }"
        page = (await api.ask(document, {"filter": wanted}))["accounts"]
        assert page["totalCount"] == len(page["nodes"])
        return [each["id"] for each in page["nodes"]]

    assert await listed() == [custom["id"], standard["id"]]
    assert await listed(type="CUSTOM") == await listed(chargesEnabled=True) == [custom["id"]]
    assert await listed(country="DE") == await listed(email="a@example.com") == [standard["id"]]
    assert await listed(detailsSubmitted=False) == await listed(payoutsEnabled=False) == [standard["id"]]
    assert await listed(connected=False) == []
    assert len(await listed(connected=True, created={"gte": "2020-01-01T00:00:00Z"})) == 2
