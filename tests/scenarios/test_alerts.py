"""Alerts tell once for each customer that their usage has reached a threshold."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.features.attacked import foreign
from tests.features.metering import made_customer, made_meter, told
from tests.scenarios.world import World
from tests.serving import Api, served

SHOWN = "billingAlert { id status title usageThreshold { gte filters { customer { id } } } }"


def _wanted(meter: str, gte: int, *customers: str) -> dict[str, Any]:
    threshold = {"gte": gte, "meter": meter, "recurrence": "ONE_TIME"}
    filters = [{"type": "CUSTOMER", "customer": each} for each in customers]
    return {"title": "Much", "alertType": "USAGE_THRESHOLD", "usageThreshold": {**threshold, "filters": filters}}


async def _alert(api: Api, meter: str, gte: int, *customers: str) -> str:
    answer = await api.do("billingAlertCreate", SHOWN, _wanted(meter, gte, *customers))
    assert answer["userErrors"] == []
    return str(answer["billingAlert"]["id"])


async def _use(api: Api, customer: str, *values: object, at: str | None = None) -> None:
    more = {} if at is None else {"timestamp": at}
    events = [told(customer, str(value), **more) for value in values]
    answer = await api.do("meterEventsCreate", "accepted", {"events": events})
    assert answer["accepted"] == len(values), answer


async def _triggered(api: Api) -> list[dict[str, Any]]:
    found = await api.ask(
        '{ events(first: 100, filter: {types: ["billing.alert.triggered"]}) { nodes { data { object } } } }',
    )
    return [each["data"]["object"] for each in found["events"]["nodes"][::-1]]


async def test_threshold_is_told_once_for_each_customer(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny, ann = await made_meter(api), await made_customer(api), await made_customer(api)
        await _use(api, jenny, 40)
        alert = await _alert(api, meter, 100)

        await _use(api, jenny, 59, "0.9")
        await _use(api, ann, 100)
        assert [(each["customer"], each["value"]) for each in await _triggered(api)] == [(ann, 100)]
        await _use(api, jenny, "0.6")  # 100.5 since ever
        await _use(api, jenny, 500)
        await _use(api, ann, 500)

        triggered = await _triggered(api)
        assert [(each["customer"], each["value"]) for each in triggered] == [(ann, 100), (jenny, 100)]
        assert triggered[0]["alert"]["id"] == alert
        assert triggered[0]["alert"]["usage_threshold"]["gte"] == 100
        found = await api.ask(
            "query($id: ID!) { billingAlert(id: $id) { triggers { nodes { value customer { id } } } } }", {"id": alert}
        )
        triggers = found["billingAlert"]["triggers"]["nodes"]
        assert [(each["customer"]["id"], each["value"]) for each in triggers] == [(jenny, "100.5"), (ann, "100")]


async def test_alert_of_one_customer_watches_nobody_else(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny, ann = await made_meter(api), await made_customer(api), await made_customer(api)
        await _alert(api, meter, 10, ann)

        await _use(api, jenny, 50)
        await _use(api, ann, 10)

        assert [each["customer"] for each in await _triggered(api)] == [ann]


async def test_resting_alert_is_told_of_once_it_is_awake(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        alert = await _alert(api, meter, 10)
        await api.do("billingAlertDeactivate", SHOWN, {"id": alert})
        await _use(api, jenny, 50)
        assert await _triggered(api) == []

        awake = await api.do("billingAlertActivate", SHOWN, {"id": alert})
        await _use(api, jenny, 1)

        assert awake["billingAlert"]["status"] == "ACTIVE"
        assert [each["value"] for each in await _triggered(api)] == [51]
        await api.do("billingAlertArchive", SHOWN, {"id": alert})
        again = await api.do("billingAlertActivate", SHOWN, {"id": alert})
        assert [each["code"] for each in again["userErrors"]] == ["ALERT_UNEXPECTED_STATE"]


async def test_parallel_batches_that_reach_it_only_together_tell_it_once(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        await _alert(api, meter, 1000)
        now = api.scope.clock.now()
        days = [f"{now - timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}" for day in range(10)]

        # of each day 100, so that no two of them count into the same bucket
        await asyncio.gather(*(_use(api, jenny, 50, 50, at=day) for day in days))

        assert [each["value"] for each in await _triggered(api)] == [1000]


async def test_refused_alerts_leave_nothing(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny, thief = await made_meter(api), await made_customer(api), await foreign(api)
        wrong = [
            (_wanted("mtr_x", 10), ["usageThreshold.meter"]),
            (_wanted(meter, 0), ["usageThreshold.gte"]),
            (_wanted(meter, 10, "cus_x"), ["usageThreshold.filters.0.customer"]),
            (_wanted(meter, 10, jenny, jenny), ["usageThreshold.filters"]),
            ({**_wanted(meter, 10), "title": " "}, ["title"]),
        ]
        for wanted, paths in wrong:
            answer = await api.do("billingAlertCreate", SHOWN, wanted)
            assert [".".join(each["param"]) for each in answer["userErrors"]] == paths
        alert = await _alert(api, meter, 10)

        stolen = await thief.do("billingAlertCreate", SHOWN, _wanted(meter, 10))
        for verb in ("Activate", "Deactivate", "Archive"):
            answer = await thief.do(f"billingAlert{verb}", SHOWN, {"id": alert})
            assert [each["code"] for each in answer["userErrors"]] == ["RESOURCE_MISSING"]

        assert [each["code"] for each in stolen["userErrors"]] == ["RESOURCE_MISSING"]
        assert (await thief.ask("{ billingAlerts { totalCount } }"))["billingAlerts"]["totalCount"] == 0
        assert (await api.ask("{ billingAlerts { totalCount } }"))["billingAlerts"]["totalCount"] == 1


async def test_alert_is_told_of_by_the_customers_clock(world: World) -> None:
    meter = await made_meter(world.api)
    jenny = await world.customer()
    await _alert(world.api, meter, 5)
    await world.news()

    await _use(world.api, jenny.id, 5)

    assert await world.news() == ["billing.alert.triggered"]
    assert [each["created"] for each in await _triggered(world.api)] == [1801389600]  # 31 January 2027, 10:00
