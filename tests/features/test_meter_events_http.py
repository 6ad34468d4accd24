"""Meter events by plain HTTP: a verdict a line, whatever a line holds, and nothing counted that was not said so."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from models import MeterEvent, TestClock, UsageBucket
from prorata.web.limits import Limits
from services.transactions import database
from tests.features.attacked import foreign, live, made, restricted
from tests.features.metering import made_customer, made_meter, ndjson, posted, told, unlike_events, used
from tests.serving import served


async def test_each_line_has_its_verdict_in_order(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        body = ndjson(told(jenny, "2.5", "a"), told(jenny, 4, "b"), told(jenny, "9", "a"), told("cus_none", "1", "c"))

        status, verdicts = await posted(api, body)
        again = await posted(api, body + b"\n \r\n" + ndjson(told(jenny, "-0.5", "d")))

        assert status == 200
        assert verdicts[:3] == [
            {"identifier": "a", "status": "accepted"},
            {"identifier": "b", "status": "accepted"},
            {"identifier": "a", "status": "duplicate"},
        ]
        assert verdicts[3]["code"] == "RESOURCE_MISSING"
        assert verdicts[3]["message"] == "No such customer: 'cus_none'."
        assert verdicts[3]["param"] == ["payload", "stripe_customer_id"]
        assert [each["status"] for each in again[1]] == ["duplicate"] * 3 + ["rejected", "accepted"]
        assert await used(api, meter, jenny) == Decimal(6)  # 2.5 + 4 - 0.5
        assert await unlike_events() == []


async def test_an_identifier_is_made_where_none_was_sent(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        _, [first, second] = await posted(api, ndjson(told(jenny), told(jenny)))

        assert first["identifier"].startswith("mev_") and first["identifier"] != second["identifier"]
        _, [again] = await posted(api, ndjson(told(jenny, "1", first["identifier"])))
        assert again["status"] == "duplicate"
        assert await used(api, meter, jenny) == 2


async def test_an_idempotency_key_wants_identifiers(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        body = ndjson(told(jenny, "2", "a"), told(jenny, "3"), told("cus_none", "1"))

        first, second = [(await posted(api, body, Idempotency_Key="batch-1"))[1] for _ in range(2)]

        assert [each["status"] for each in first] == ["accepted", "rejected", "rejected"]
        assert [each["status"] for each in second] == ["duplicate", "rejected", "rejected"]
        assert (first[1]["code"], first[1]["param"]) == ("PARAMETER_MISSING", ["identifier"])
        assert await used(api, meter, jenny) == 2


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"eventName": "unknown"}, "RESOURCE_MISSING", ["eventName"]),
        ({"eventName": ""}, "PARAMETER_MISSING", ["eventName"]),
        ({"eventName": 7}, "PARAMETER_INVALID", ["eventName"]),
        ({"eventName": "a\u0000b"}, "RESOURCE_MISSING", ["eventName"]),
        ({"identifier": ""}, "PARAMETER_MISSING", ["identifier"]),
        ({"identifier": "x" * 101}, "PARAMETER_STRING_TOO_LONG", ["identifier"]),
        ({"identifier": "a\u0000"}, "INVALID_CHARACTERS", ["identifier"]),
        ({"identifier": {"a": 1}}, "PARAMETER_INVALID", ["identifier"]),
        ({"timestamp": "yesterday"}, "PARAMETER_INVALID", ["timestamp"]),
        ({"timestamp": True}, "PARAMETER_INVALID", ["timestamp"]),
        ({"timestamp": 1.5}, "PARAMETER_INVALID", ["timestamp"]),
        ({"timestamp": 10**18}, "METER_EVENT_IN_FUTURE", ["timestamp"]),
        ({"timestamp": -(10**18)}, "METER_EVENT_TOO_OLD", ["timestamp"]),
        ({"timestamp": "2027-13-01T00:00:00Z"}, "PARAMETER_INVALID", ["timestamp"]),
        ({"payload": None}, "PARAMETER_MISSING", ["payload"]),
        ({"payload": "x"}, "PARAMETER_INVALID", ["payload"]),
        ({"payload": {}}, "PARAMETER_MISSING", ["payload", "stripe_customer_id"]),
        ({"payload": {"stripe_customer_id": ["cus_1"]}}, "PARAMETER_INVALID", ["payload", "stripe_customer_id"]),
        ({"payload": {"stripe_customer_id": "c\u0000"}}, "PARAMETER_MISSING", ["payload", "value"]),
        ({"extra": 1}, "PARAMETER_UNKNOWN", ["extra"]),
    ],
)
async def test_what_is_wrong_is_told_and_not_counted(
    database_url: str, change: dict[str, object], code: str, param: list[str]
) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        _, [refused, taken] = await posted(api, ndjson({**told(jenny, "1", "a"), **change}, told(jenny, "1", "b")))

        assert (refused["status"], refused["code"], refused["param"]) == ("rejected", code, param)
        assert (taken["status"], await used(api, meter, jenny)) == ("accepted", 1)


@pytest.mark.parametrize(
    "value",
    ["", "1e3", "NaN", "Infinity", "1,5", "0.1234567891", "1000000000000", 10**12, 1.5, 1e400, True, None, ["1"], {}],
)
async def test_a_value_that_is_not_exact_is_refused(database_url: str, value: object) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        line = json.dumps(told(jenny, value)).replace("Infinity}", "1e400}").encode()
        _, [refused] = await posted(api, line)

        assert refused["status"] == "rejected"
        assert refused["code"] in {"METER_EVENT_VALUE_INVALID", "PARAMETER_MISSING", "PARAMETER_INVALID"}
        assert (await MeterEvent.all().count(), await used(api, meter, jenny)) == (0, 0)


async def test_lines_that_are_no_json_are_refused_one_by_one(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        good = ndjson(told(jenny))
        broken = [
            b'{"eventName"',
            b"\xff\xfe",
            b"NaN",
            b"[]",
            b'"x"',
            b"[" * 100_000,
            b'{"a":' * 5_000,
            b"x" * 2_000_000,
        ]
        status, verdicts = await posted(api, good + b"\n".join(broken) + b"\n" + good)

        assert (status, len(verdicts)) == (200, len(broken) + 2)
        assert [each["status"] for each in verdicts] == ["accepted", *["rejected"] * len(broken), "accepted"]
        assert {each["code"] for each in verdicts[1:-1]} == {"PARAMETER_INVALID"}
        assert await used(api, meter, jenny) == 2


async def test_a_number_that_is_too_long_is_not_called_a_fraction(database_url: str) -> None:
    async with served(database_url) as api:
        await made_meter(api)
        jenny = await made_customer(api)
        wrong = (10**20, -(10**20), 1.5)
        _, verdicts = await posted(api, ndjson(*(told(jenny, timestamp=each) for each in wrong)))

        assert [each["message"].rpartition(", not ")[2] for each in verdicts] == [
            "a number that does not fit into 64 bits.",
            "a number that does not fit into 64 bits.",
            "a number with a fraction.",
        ]


async def test_many_batches_are_one_request(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        body = ndjson(*(told(jenny, "0.000000001", f"e{number}") for number in range(2_500)))

        status, verdicts = await posted(api, body)

        assert (status, [each["identifier"] for each in verdicts]) == (200, [f"e{number}" for number in range(2_500)])
        assert await used(api, meter, jenny) == Decimal("0.0000025")
        assert await unlike_events() == []


async def test_a_body_beyond_the_limit_says_what_was_counted(database_url: str) -> None:
    limits = Limits(events_bytes_max=200_000)
    async with served(database_url, limits=limits) as api:
        meter, jenny = await made_meter(api), await made_customer(api)

        async def endless() -> AsyncIterator[bytes]:
            for number in range(10_000):
                yield ndjson(told(jenny, "1", f"e{number}"))

        kept = {**api.headers(), "Content-Type": "application/x-ndjson"}
        url = api.url.replace("/graphql", "/meter_events")
        async with api.http.post(url, data=endless(), headers=kept) as response:
            lines = [json.loads(line) for line in (await response.read()).splitlines()]

        assert (response.status, lines[-1]["error"]["code"]) == (413, "BAD_REQUEST")
        assert await used(api, meter, jenny) == len(lines) - 1 > 0


async def test_a_budget_that_is_used_up_is_told_line_by_line(database_url: str) -> None:
    async with served(database_url, limits=Limits(budget=1_500)) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        status, verdicts = await posted(api, ndjson(*(told(jenny, "1", f"e{number}") for number in range(2_000))))

        assert status == 429
        assert [each["status"] for each in verdicts] == ["accepted"] * 1_000 + ["rejected"] * 1_000
        assert (verdicts[-1]["code"], verdicts[-1]["identifier"]) == ("RATE_LIMITED", "e1999")
        assert await used(api, meter, jenny) == 1_000


async def test_what_a_day_cannot_hold_is_refused_by_itself(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny, ann = await made_meter(api), await made_customer(api), await made_customer(api)
        large = [told(jenny, "999999999999", f"e{number}") for number in range(8_000)]
        await posted(api, ndjson(*large))
        # 8 000 000 000 000 000 - 8 000 times 999 999 999 999 is 8 000: so much fits, and what was taken back before.
        more = [("a", "8001"), ("b", "7000.5"), ("a", "8001"), ("c", "999.5"), ("d", "1"), ("e", "-2"), ("f", "2.0")]
        body = ndjson(*(told(jenny, value, name) for name, value in more), told(ann, "5", "g"), told(jenny, "1", "e0"))
        _, verdicts = await posted(api, body)

        full = "rejected METER_SUM_TOO_LARGE"
        assert [f"{each['status']} {each.get('code', '')}".strip() for each in verdicts] == [
            *(full, "accepted", full, "accepted", full, "accepted", "accepted", "accepted", "duplicate"),
        ]
        assert (verdicts[0]["identifier"], verdicts[0]["param"]) == ("a", ["payload", "value"])
        assert "would be 8000000000000001 " in verdicts[0]["message"]
        assert await used(api, meter, jenny) == 8_000 * Decimal(999_999_999_999) + 8_000
        assert await used(api, meter, ann) == 5
        assert await unlike_events() == []
        _, [again] = await posted(api, ndjson(told(jenny, "-1", "a")))  # It was not counted, so its name is free.
        assert again["status"] == "accepted"


async def test_a_full_day_leaves_other_days_and_formulas_alone(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        yesterday = (api.scope.clock.now() - timedelta(days=1)).isoformat()
        large = [told(jenny, "-999999999999", f"e{number}") for number in range(8_001)]
        _, verdicts = await posted(api, ndjson(*large, told(jenny, "-8001", "f", timestamp=yesterday)))

        assert {each["identifier"] for each in verdicts if each["status"] == "rejected"} == {"e8000"}
        assert await used(api, meter, jenny) == 8_000 * Decimal(-999_999_999_999) - 8_001
        assert await MeterEvent.all().count() == 8_001
        assert await unlike_events() == []


async def test_who_may_not_send_is_refused_before_anything_is_read(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        body = ndjson(told(jenny))
        reader, nobody = await restricted(api, usage="read"), await restricted(api, customers="write")
        assert [(await posted(each, body))[0] for each in (reader, nobody)] == [403, 403]
        assert (await posted(api, body, Authorization="Bearer sk_test_0000000000000000"))[0] == 401
        assert (await posted(api, body, Content_Encoding="gzip"))[0] == 415
        assert (await posted(api, body, Stripe_Account="acct_other"))[0] == 403
        for stranger in (await foreign(api), await live(api)):
            _, [refused] = await posted(stranger, body)
            assert refused["code"] == "RESOURCE_MISSING"  # They have no such meter,
            await made_meter(stranger)
            _, [refused] = await posted(stranger, body)
            assert (refused["code"], refused["param"]) == ("RESOURCE_MISSING", ["payload", "stripe_customer_id"])
        async with api.http.get(api.url.replace("/graphql", "/meter_events"), headers=api.headers()) as response:
            assert (response.status, response.headers["Allow"]) == (405, "POST")
        async with api.http.post(response.url, data=body, headers=api.headers()) as response:
            assert response.status == 415
        assert (await UsageBucket.all().count(), await used(api, meter, jenny)) == (0, 0)
        granted = await restricted(api, usage="write")
        assert (await posted(granted, body))[1][0]["status"] == "accepted"


async def test_events_are_taken_by_the_customers_own_time(database_url: str) -> None:
    async with served(database_url) as api:
        await made_meter(api)
        clock = await made(api, "testClockCreate", "testClock { id }", {"frozenTime": "2027-01-31T10:00:00Z"})
        jenny = await made_customer(api, testClock=clock["id"])
        times = ["2026-12-27T10:00:00Z", "2026-12-27T09:59:59Z", "2027-01-31T11:05:00+01:00", "2027-01-31T10:05:01Z"]
        _, verdicts = await posted(api, ndjson(*(told(jenny, "1", at, timestamp=at) for at in times), told(jenny)))

        assert [each.get("code", "ok") for each in verdicts] == [
            "ok",  # 35 days
            "METER_EVENT_TOO_OLD",
            "ok",  # five minutes ahead
            "METER_EVENT_IN_FUTURE",
            "ok",
        ]
        stored = await MeterEvent.all().order_by("occurred_at")
        assert [event.occurred_at.isoformat() for event in stored] == [
            "2026-12-27T10:00:00+00:00",
            "2027-01-31T10:00:00+00:00",
            "2027-01-31T10:05:00+00:00",
        ]
        await made(api, "testClockDelete", "testClock { id }", {"id": clock["id"]})
        assert (await MeterEvent.all().count(), await UsageBucket.all().count()) == (0, 0)


async def test_a_clock_on_its_way_takes_no_events(database_url: str) -> None:
    async with served(database_url) as api:
        meter, ann = await made_meter(api), await made_customer(api)
        clock = await made(api, "testClockCreate", "testClock { id }", {"frozenTime": "2027-01-31T10:00:00Z"})
        jenny = await made_customer(api, testClock=clock["id"])
        await TestClock.filter(id=clock["id"]).update(status="advancing", target_at=1_900_000_000)
        _, [refused, taken] = await posted(api, ndjson(told(jenny), told(ann)))

        assert (refused["code"], taken["status"]) == ("TEST_CLOCK_ADVANCING", "accepted")
        assert (await used(api, meter, ann), await MeterEvent.all().count()) == (1, 1)


async def test_a_batch_that_fails_here_is_told_line_by_line_and_counts_nothing(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(database_url) as api:
        await made_meter(api)
        jenny = await made_customer(api)
        await database().query("ALTER TABLE usage_buckets RENAME TO elsewhere")
        status, verdicts = await posted(api, ndjson(told(jenny, "1", "a"), told(jenny, "1")))

        assert status == 500
        assert [(each["identifier"], each["status"], each["code"]) for each in verdicts] == [
            ("a", "rejected", "INTERNAL"),
            (None, "rejected", "INTERNAL"),
        ]
        assert "usage_buckets" not in verdicts[0]["message"]
        assert "usage_buckets" in caplog.text
        assert await MeterEvent.all().count() == 0


async def test_who_is_gone_and_what_rests_count_nothing(database_url: str) -> None:
    async with served(database_url) as api:
        meter, jenny, ann = await made_meter(api, "UNIQUE"), await made_customer(api), await made_customer(api)
        await posted(api, ndjson(told(jenny, "ann@example.com"), told(ann, "bob@example.com")))
        await made(api, "customerAnonymize", "customer { id }", {"id": jenny})
        assert [event.text for event in await MeterEvent.all()] == ["bob@example.com"]
        _, [refused] = await posted(api, ndjson(told(jenny, "x")))
        assert (refused["code"], refused["message"]) == ("RESOURCE_MISSING", f"Customer {jenny} was deleted.")

        await made(api, "meterDeactivate", "meter { id }", {"id": meter})
        _, [refused] = await posted(api, ndjson(told(ann, "x")))
        assert (refused["code"], await used(api, meter, ann)) == ("METER_INACTIVE", 1)
        assert await unlike_events() == []
