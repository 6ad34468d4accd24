"""Meter events by mutation: one, a batch, and one taken back."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import MeterEvent, UsageBucket
from tests.features.attacked import foreign, live, made, restricted
from tests.features.metering import made_customer, made_meter, ndjson, posted, told, unlike_events, used
from tests.features.scopes import NOON, StandingClock
from tests.serving import Api, served

EVENT = "meterEvent { identifier timestamp value canceled meter { eventName } customer { id } } duplicate"
BATCH = "verdicts { identifier status code message param } accepted duplicate rejected"
ADJUSTMENT = "meterEventAdjustment { eventName identifier status type livemode }"


async def cancel(api: Api, identifier: str, name: str = "calls") -> Any:
    wanted = {"eventName": name, "type": "CANCEL", "cancel": {"identifier": identifier}}
    return await api.do("meterEventAdjustmentCreate", ADJUSTMENT, wanted)


async def codes(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["code"], ".".join(each["param"] or [])) for each in answer["userErrors"]]


async def test_one_event_is_counted_and_shown(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        at = (api.scope.clock.now() - timedelta(days=3)).isoformat().replace("+00:00", "Z")
        first = await api.do("meterEventCreate", EVENT, told(jenny, "2.50", "a", timestamp=at))
        again = await api.do("meterEventCreate", EVENT, told(jenny, "99", "a"))

        shown = {
            "identifier": "a",
            "timestamp": at,
            "value": "2.5",
            "canceled": False,
            "meter": {"eventName": "calls"},
            "customer": {"id": jenny},
        }
        assert first == {"meterEvent": shown, "duplicate": False, "userErrors": []}
        assert again == {"meterEvent": shown, "duplicate": True, "userErrors": []}
        assert await used(api, meter, jenny) == Decimal("2.5")


async def test_one_event_that_is_refused_says_why(database_url: str) -> None:
    async with served(database_url) as api:
        jenny, ann = await made_customer(api), await made_customer(api)
        assert await codes(await api.do("meterEventCreate", EVENT, told(jenny))) == [("RESOURCE_MISSING", "eventName")]
        await made_meter(api)
        wrong = [told(jenny, "x"), told("cus_none"), told(jenny, "1", ""), told(ann, timestamp="2020-01-01T00:00:00Z")]
        answers = [await api.do("meterEventCreate", EVENT, each) for each in wrong]
        assert [await codes(each) for each in answers] == [
            [("METER_EVENT_VALUE_INVALID", "payload")],
            [("RESOURCE_MISSING", "payload")],
            [("PARAMETER_MISSING", "identifier")],
            [("METER_EVENT_TOO_OLD", "timestamp")],
        ]
        assert all(each["meterEvent"] is None for each in answers)
        assert (await MeterEvent.all().count(), await UsageBucket.all().count()) == (0, 0)


async def test_a_batch_has_a_verdict_for_each_and_is_replayed(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        batch = {"events": [told(jenny, 1, "a"), told(jenny, 2), told(jenny, 3, "a"), told("cus_0", 1, "b"), 7]}
        first = await api.do("meterEventsCreate", BATCH, batch, Idempotency_Key="k")
        again = await api.do("meterEventsCreate", BATCH, batch, Idempotency_Key="k")

        assert first == again
        assert (first["accepted"], first["duplicate"], first["rejected"]) == (2, 1, 2)
        assert [(each["status"], each["code"]) for each in first["verdicts"]] == [
            ("ACCEPTED", None),
            ("ACCEPTED", None),
            ("DUPLICATE", None),
            ("REJECTED", "RESOURCE_MISSING"),
            ("REJECTED", "PARAMETER_INVALID"),
        ]
        assert first["verdicts"][3]["param"] == ["payload", "stripe_customer_id"]
        assert await used(api, meter, jenny) == 3


@pytest.mark.parametrize(
    ("events", "problem"),
    [([], ("PARAMETER_MISSING", "events")), ([1] * 1_001, ("PARAMETER_LIST_TOO_LONG", "events"))],
)
async def test_a_batch_has_one_to_a_thousand_events(
    database_url: str, events: list[object], problem: tuple[str, str]
) -> None:
    async with served(database_url) as api:
        answer = await api.do("meterEventsCreate", BATCH, {"events": events})
        assert (await codes(answer), answer["verdicts"]) == ([problem], [])
        document = "mutation($e: MeterEventBatch!) { meterEventsCreate(input: { events: $e }) { accepted } }"
        assert (await api.send(document, {"e": "x"})).codes == ["GRAPHQL_VALIDATION_FAILED"]


VALUES = {"COUNT": "1", "SUM": "2.5", "MAX": "9", "LAST": "4", "UNIQUE": "jenny"}
# By formula: all three events, then without the first, which has the largest, last or a distinct value.
Pair = tuple[str | int, str | int]
LEFT: dict[str, Pair] = {"COUNT": (3, 2), "SUM": ("5.5", 3), "MAX": (9, 2), "LAST": (4, 2), "UNIQUE": (3, 2)}


@pytest.mark.parametrize("crowd", [0, 150])
@pytest.mark.parametrize("formula", list(VALUES))
async def test_an_event_taken_back_counts_no_more(database_url: str, formula: str, crowd: int) -> None:
    async with served(database_url, clock=StandingClock(NOON)) as api:
        meter, jenny = await made_meter(api, formula), await made_customer(api)
        now = int(NOON.timestamp())
        around = [told(jenny, "1", f"c{n}", timestamp=now - 7_200 - n % 7) for n in range(crowd)]
        await posted(api, ndjson(told(jenny, VALUES[formula], "a", timestamp=now), *around))
        await posted(api, ndjson(told(jenny, "1", "b", timestamp=now - 60), told(jenny, "2", "c", timestamp=now - 30)))
        extra = {"COUNT": crowd, "SUM": crowd}.get(formula, 0)
        before, after = (Decimal(each) + extra for each in LEFT[formula])
        assert await used(api, meter, jenny) == before

        for _ in range(2):
            answer = await cancel(api, "a")
            assert answer["userErrors"] == []
            assert answer["meterEventAdjustment"] == {
                "eventName": "calls", "identifier": "a", "status": "COMPLETE", "type": "CANCEL", "livemode": False,
            }  # fmt: skip
            assert await used(api, meter, jenny) == after
        assert await unlike_events() == []
        _, [again] = await posted(api, ndjson(told(jenny, VALUES[formula], "a", timestamp=now)))
        assert (again["status"], await used(api, meter, jenny)) == ("duplicate", after)


async def test_the_only_event_taken_back_leaves_nothing(database_url: str) -> None:
    async with served(database_url) as api:
        jenny = await made_customer(api)
        for formula in VALUES:
            meter = await made_meter(api, formula, formula)
            await posted(api, ndjson({**told(jenny, "-3", "a"), "eventName": formula}))
            await cancel(api, "a", formula)
            assert await used(api, meter, jenny) == 0
            await posted(api, ndjson({**told(jenny, "-3", "b"), "eventName": formula}))
            assert await used(api, meter, jenny) == {"MAX": -3, "LAST": -3, "SUM": -3}.get(formula, 1)
        assert await unlike_events() == []


async def test_what_cannot_be_taken_back_is_refused(database_url: str) -> None:
    clock = StandingClock(NOON)
    async with served(database_url, clock=clock) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        await posted(api, ndjson(told(jenny, "1", "a")))
        missing = [("RESOURCE_MISSING", "cancel.identifier")]
        assert await codes(await cancel(api, "b")) == missing
        assert await codes(await cancel(api, "a", "clicks")) == missing
        for stranger in (await foreign(api), await live(api)):
            await made_meter(stranger)
            assert await codes(await cancel(stranger, "a")) == missing
        reader = await restricted(api, usage="read")
        document = "mutation($i: MeterEventAdjustmentCreateInput!) { meterEventAdjustmentCreate(input: $i) { %s } }"
        wanted = {"eventName": "calls", "cancel": {"identifier": "a"}}
        assert (await reader.send(document % ADJUSTMENT, {"i": wanted})).codes == ["FORBIDDEN"]
        clock.at += timedelta(days=1, seconds=1)
        late = [("METER_EVENT_TOO_LATE_TO_CANCEL", "cancel.identifier")]
        assert await codes(await cancel(api, "a")) == late
        assert (await used(api, meter, jenny), await unlike_events()) == (1, [])


async def test_an_event_of_a_resting_meter_can_be_taken_back(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        await posted(api, ndjson(told(jenny, "1", "a")))
        await made(api, "meterDeactivate", "meter { id }", {"id": meter})
        assert (await cancel(api, "a"))["userErrors"] == []
        assert await used(api, meter, jenny) == 0
