"""Meters over GraphQL: what is kept, what is refused, who sees them."""

from typing import Any

import pytest

from models import Event, Meter
from tests.features.attacked import foreign, live, made, restricted
from tests.serving import Api, served

METER = """meter { id displayName eventName status defaultAggregation { formula }
customerMapping { eventPayloadKey type } valueSettings { eventPayloadKey } statusTransitions { deactivatedAt } }"""
CALLS = {"displayName": "API calls", "eventName": "calls", "defaultAggregation": {"formula": "SUM"}}


async def problems(api: Api, mutation: str, wanted: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and path of each problem of a mutation that must be refused."""
    answer = await api.do(mutation, "meter { id }", wanted)
    assert answer["meter"] is None, answer
    return [(each["code"], ".".join(each["param"])) for each in answer["userErrors"]]


async def news() -> list[str]:
    return [event.type for event in await Event.all().order_by("sequence")]


async def test_a_meter_is_made_renamed_put_to_rest_and_woken_up(database_url: str) -> None:
    async with served(database_url) as api:
        meter = await made(api, "meterCreate", METER, CALLS)
        identifier = meter["id"]
        assert meter == {
            "id": identifier,
            "displayName": "API calls",
            "eventName": "calls",
            "status": "ACTIVE",
            "defaultAggregation": {"formula": "SUM"},
            "customerMapping": {"eventPayloadKey": "stripe_customer_id", "type": "BY_ID"},
            "valueSettings": {"eventPayloadKey": "value"},
            "statusTransitions": {"deactivatedAt": None},
        }
        renamed = await made(api, "meterUpdate", METER, {"id": identifier, "displayName": "Calls"})
        assert renamed == {**meter, "displayName": "Calls"}
        await made(api, "meterUpdate", METER, {"id": identifier, "displayName": "Calls"})  # tells nothing
        resting = await made(api, "meterDeactivate", METER, {"id": identifier})
        assert resting["status"] == "INACTIVE"
        assert resting["statusTransitions"]["deactivatedAt"] is not None
        assert await made(api, "meterReactivate", METER, {"id": identifier}) == renamed
        assert await news() == [
            "billing.meter.created",
            "billing.meter.updated",
            "billing.meter.deactivated",
            "billing.meter.reactivated",
        ]
        told = await Event.get(type="billing.meter.updated")
        assert (told.previous_attributes or {})["display_name"] == "API calls"
        node = await api.ask(f'{{ node(id: "{identifier}") {{ id ... on Meter {{ eventName }} }} }}')
        assert node == {"node": {"id": identifier, "eventName": "calls"}}


async def test_prices_by_use_show_their_meters_in_one_statement(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        meter = await made(api, "meterCreate", "meter { id }", CALLS)
        recurring = {"interval": "MONTH", "usageType": "METERED", "meter": meter["id"]}
        terms = {"currency": "usd", "unitAmount": 1, "productData": {"name": "Calls"}}
        for given in (recurring, recurring, {"interval": "MONTH"}):
            await api.do("priceCreate", "price { id }", {**terms, "recurring": given})
        with api.statements() as statements:
            found = await api.ask("{ prices(first: 3) { nodes { recurring { meter { displayName } } } } }")
        shown = [price["recurring"]["meter"] for price in found["prices"]["nodes"]]
        assert shown == [None, {"displayName": "API calls"}, {"displayName": "API calls"}]
        assert len(statements) == 2


async def test_one_active_meter_has_an_event_name(database_url: str) -> None:
    async with served(database_url) as api:
        first = await made(api, "meterCreate", METER, CALLS)
        assert await problems(api, "meterCreate", CALLS) == [("RESOURCE_ALREADY_EXISTS", "eventName")]
        await made(api, "meterDeactivate", METER, {"id": first["id"]})
        second = await made(api, "meterCreate", METER, CALLS)
        assert await problems(api, "meterReactivate", {"id": first["id"]}) == [("RESOURCE_ALREADY_EXISTS", "id")]
        assert await problems(api, "meterDeactivate", {"id": first["id"]}) == [("METER_UNEXPECTED_STATE", "id")]
        assert await problems(api, "meterReactivate", {"id": second["id"]}) == [("METER_UNEXPECTED_STATE", "id")]

        assert [(row.id, row.status) for row in await Meter.all().order_by("id")] == [
            (first["id"], "inactive"),
            (second["id"], "active"),
        ]
        assert await news() == ["billing.meter.created", "billing.meter.deactivated", "billing.meter.created"]


async def test_all_problems_of_a_meter_are_reported_together(database_url: str) -> None:
    async with served(database_url) as api:
        key = {"eventPayloadKey": "who"}
        wanted = {**CALLS, "displayName": " ", "eventName": "x" * 101, "customerMapping": key, "valueSettings": key}
        assert await problems(api, "meterCreate", wanted) == [
            ("PARAMETER_INVALID_STRING_EMPTY", "displayName"),
            ("PARAMETER_STRING_TOO_LONG", "eventName"),
            ("PARAMETER_INVALID", "valueSettings.eventPayloadKey"),
        ]
        assert (await Meter.all().count(), await news()) == (0, [])


@pytest.mark.parametrize("verb", ["meterUpdate", "meterDeactivate", "meterReactivate"])
async def test_nobody_reaches_the_meters_of_others(database_url: str, verb: str) -> None:
    async with served(database_url) as api:
        meter = await made(api, "meterCreate", METER, CALLS)
        for stranger in (await foreign(api), await live(api)):
            assert await problems(stranger, verb, {"id": meter["id"]}) == [("RESOURCE_MISSING", "id")]
            answer = await stranger.ask(f'{{ meter(id: "{meter["id"]}") {{ id }} meters {{ nodes {{ id }} }} }}')
            assert answer == {"meter": None, "meters": {"nodes": []}}
            await made(stranger, "meterCreate", METER, CALLS)  # Their names are their own.


async def test_a_key_needs_the_grant_of_usage(database_url: str) -> None:
    async with served(database_url) as api:
        await made(api, "meterCreate", METER, CALLS)
        reader, nobody = await restricted(api, usage="read"), await restricted(api, customers="write")
        listed = '{ meters(filter: { status: ACTIVE, eventName: "calls" }) { nodes { eventName } totalCount } }'
        assert (await reader.ask(listed))["meters"] == {"nodes": [{"eventName": "calls"}], "totalCount": 1}
        assert (await nobody.send(listed)).codes == ["FORBIDDEN"]
        create = "mutation($i: MeterCreateInput!) { meterCreate(input: $i) { meter { id } } }"
        assert (await reader.send(create, {"i": CALLS})).codes == ["FORBIDDEN"]
