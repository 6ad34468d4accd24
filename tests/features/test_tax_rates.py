"""Tax rates and registrations over GraphQL: what is kept, what is refused, who sees them."""

from typing import Any

import pytest

from domain.keys import KeyKind
from models import Event, TaxRate, TaxRegistration
from tests.features.attacked import foreign, made, restricted
from tests.serving import Api, served

RATE = "taxRate { id displayName percentage inclusive active description jurisdiction country state taxType metadata }"
REGISTRATION = "taxRegistration { id country state status activeFrom expiresAt }"
GERMAN = {"displayName": "VAT", "percentage": "19", "inclusive": True, "country": "de", "taxType": "VAT"}


async def problems(api: Api, mutation: str, noun: str, wanted: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and path of each problem of a mutation that must be refused."""
    answer = await api.do(mutation, f"{noun} {{ id }}", wanted)
    assert answer[noun] is None, answer
    return [(each["code"], ".".join(each["param"])) for each in answer["userErrors"]]


async def news() -> list[str]:
    return [event.type for event in await Event.all().order_by("sequence")]


async def test_rate_keeps_what_it_asks_for_and_changes_the_rest(database_url: str) -> None:
    async with served(database_url) as api:
        rate = await made(api, "taxRateCreate", RATE, {**GERMAN, "metadata": {"a": "b"}})
        identifier = rate.pop("id")
        assert rate == {
            "displayName": "VAT", "percentage": "19", "inclusive": True, "active": True, "description": None,
            "jurisdiction": None, "country": "DE", "state": None, "taxType": "VAT", "metadata": {"a": "b"},
        }  # fmt: skip
        change = {"id": identifier, "active": False, "displayName": "USt", "jurisdiction": "Germany", "country": None}
        changed = await made(api, "taxRateUpdate", RATE, change)
        assert (changed["active"], changed["displayName"], changed["country"]) == (False, "USt", None)
        await made(api, "taxRateUpdate", RATE, change)  # changes nothing, so tells nothing
        assert await news() == ["tax_rate.created", "tax_rate.updated"]
        told = await Event.get(type="tax_rate.updated")
        former = {"active": True, "display_name": "VAT", "jurisdiction": None, "country": "DE"}
        assert told.previous_attributes == former
        assert (told.data["percentage"], told.data["effective_percentage"]) == (19, None)


@pytest.mark.parametrize("percentage", ["0", "100", "0.0001", "25.5", "13.9750"])
async def test_percentage_has_up_to_four_decimals(database_url: str, percentage: str) -> None:
    async with served(database_url) as api:
        rate = await made(api, "taxRateCreate", RATE, {**GERMAN, "percentage": percentage})
        assert rate["percentage"] == {"13.9750": "13.975"}.get(percentage, percentage)


async def test_all_problems_of_a_rate_are_reported_together(database_url: str) -> None:
    async with served(database_url) as api:
        wanted = {"displayName": " ", "percentage": "100.1", "inclusive": True, "country": "XX", "state": "x" * 51}
        assert await problems(api, "taxRateCreate", "taxRate", wanted) == [
            ("PARAMETER_INVALID_STRING_EMPTY", "displayName"),
            ("COUNTRY_CODE_INVALID", "country"),
            ("PARAMETER_STRING_TOO_LONG", "state"),
            ("PARAMETER_INVALID", "percentage"),
        ]
        for percentage in ("-1", "0.00001"):
            refused = await problems(api, "taxRateCreate", "taxRate", {**GERMAN, "percentage": percentage})
            assert refused == [("PARAMETER_INVALID", "percentage")]
        assert (await TaxRate.all().count(), await news()) == (0, [])


async def test_rates_are_listed_by_whether_they_can_be_used(database_url: str) -> None:
    async with served(database_url) as api:
        rates = [await made(api, "taxRateCreate", RATE, {**GERMAN, "inclusive": each}) for each in (True, False)]
        await made(api, "taxRateUpdate", RATE, {"id": rates[0]["id"], "active": False})
        for name, kept in (("active: true", rates[1]), ("inclusive: true", rates[0])):
            found = await api.ask(f"{{ taxRates(filter: {{{name}}}) {{ nodes {{ id }} totalCount }} }}")
            assert found["taxRates"] == {"nodes": [{"id": kept["id"]}], "totalCount": 1}


async def test_rate_that_automatic_tax_made_cannot_be_used_by_hand(database_url: str) -> None:
    async with served(database_url) as api:
        rate = await made(api, "taxRateCreate", RATE, {**GERMAN, "active": False})
        await TaxRate.all().update(origin="embedded:DE:19:exclusive")
        assert await problems(api, "taxRateUpdate", "taxRate", {"id": rate["id"], "active": True}) == [
            ("PARAMETER_INVALID", "active")
        ]


async def test_registration_is_scheduled_active_and_expired(database_url: str) -> None:
    async with served(database_url) as api:
        now = await made(api, "taxRegistrationCreate", REGISTRATION, {"country": "ca", "state": "qc"})
        later = {"country": "DE", "activeFrom": "2999-01-01T00:00:00Z"}
        later = await made(api, "taxRegistrationCreate", REGISTRATION, later)
        past = {"country": "FR", "activeFrom": "2020-01-01T00:00:00Z", "expiresAt": "2021-01-01T00:00:00Z"}
        past = await made(api, "taxRegistrationCreate", REGISTRATION, past)
        assert (now["country"], now["state"]) == ("CA", "QC")
        assert [each["status"] for each in (now, later, past)] == ["ACTIVE", "SCHEDULED", "EXPIRED"]
        for status, one in (("ACTIVE", now), ("SCHEDULED", later), ("EXPIRED", past)):
            found = await api.ask(f"{{ taxRegistrations(filter: {{status: {status}}}) {{ nodes {{ id }} }} }}")
            assert found["taxRegistrations"]["nodes"] == [{"id": one["id"]}]
        ended = {"id": now["id"], "expiresAt": "2999-01-01T00:00:00Z"}
        ended = await made(api, "taxRegistrationUpdate", REGISTRATION, ended)
        assert (ended["status"], ended["expiresAt"]) == ("ACTIVE", "2999-01-01T00:00:00Z")
        lasting = await made(api, "taxRegistrationUpdate", REGISTRATION, {"id": now["id"], "expiresAt": None})
        assert lasting["expiresAt"] is None


async def test_what_a_registration_cannot_be_is_refused(database_url: str) -> None:
    async with served(database_url) as api:
        german = await made(api, "taxRegistrationCreate", REGISTRATION, {"country": "DE"})
        past = {"country": "FR", "activeFrom": "2020-01-01T00:00:00Z", "expiresAt": "2021-01-01T00:00:00Z"}
        past = await made(api, "taxRegistrationCreate", REGISTRATION, past)
        create, update = "taxRegistrationCreate", "taxRegistrationUpdate"
        for mutation, wanted, expected in (
            (create, {"country": "XX"}, [("COUNTRY_CODE_INVALID", "country")]),
            (create, {"country": "DE"}, [("RESOURCE_ALREADY_EXISTS", "country")]),
            (create, {"country": "DE", "activeFrom": "2999-01-01T00:00:00Z"}, [("RESOURCE_ALREADY_EXISTS", "country")]),
            (create, {"country": "IT", "expiresAt": "2020-01-01T00:00:00Z"}, [("PARAMETER_INVALID", "expiresAt")]),
            (update, {"id": past["id"], "expiresAt": None}, [("PARAMETER_INVALID", "id")]),
            (update, {"id": german["id"], "activeFrom": "2999-01-01T00:00:00Z"}, [("PARAMETER_INVALID", "activeFrom")]),
            (update, {"id": "taxreg_1"}, [("RESOURCE_MISSING", "id")]),
        ):
            assert await problems(api, mutation, "taxRegistration", wanted) == expected
        assert await TaxRegistration.all().count() == 2
        before = {"country": "DE", "activeFrom": "2020-01-01T00:00:00Z", "expiresAt": "2021-01-01T00:00:00Z"}
        await made(api, create, REGISTRATION, before)  # the same place at another time


async def test_rates_and_registrations_are_their_account_s_alone(database_url: str) -> None:
    async with served(database_url) as api:
        rate = await made(api, "taxRateCreate", RATE, GERMAN)
        registration = await made(api, "taxRegistrationCreate", REGISTRATION, {"country": "DE"})
        query = "query($r: ID!, $g: ID!) { taxRate(id: $r) { id } taxRegistration(id: $g) { id } }"
        ids = {"r": rate["id"], "g": registration["id"]}
        other = await foreign(api)
        assert await other.ask(query, ids) == {"taxRate": None, "taxRegistration": None}
        assert await problems(other, "taxRateUpdate", "taxRate", {"id": rate["id"], "active": False}) == [
            ("RESOURCE_MISSING", "id")
        ]
        gone = {"id": registration["id"], "expiresAt": "2999-01-01T00:00:00Z"}
        assert await problems(other, "taxRegistrationUpdate", "taxRegistration", gone) == [("RESOURCE_MISSING", "id")]
        reader = await restricted(api, tax="read")
        assert (await reader.ask(query, ids))["taxRate"] == {"id": rate["id"]}
        for key in (reader, await api.as_key(KeyKind.PUBLISHABLE)):
            reply = await key.send("mutation($i: TaxRateCreateInput!) { taxRateCreate(input: $i) { taxRate { id } } }",
                                   {"i": GERMAN})  # fmt: skip
            assert reply.codes == ["FORBIDDEN"]
