"""What a customer used, window by window."""

from typing import Any

import pytest

from tests.features.attacked import foreign
from tests.features.metering import made_customer, made_meter, ndjson, posted, told
from tests.features.scopes import NOON, StandingClock
from tests.serving import Api, served

_FIELD = """eventSummaries(customer: $customer, startTime: $start, endTime: $end, valueGroupingWindow: $window) {
  startTime endTime aggregatedValue }"""
_TIMES = "$customer: ID!, $start: DateTime!, $end: DateTime!, $window: GroupingWindow"
DOCUMENT = f"query($meter: ID!, {_TIMES}) {{ meter(id: $meter) {{ {_FIELD} }} }}"
ALL = f"query({_TIMES}) {{ meters {{ nodes {{ eventName {_FIELD} }} }} }}"


async def summed(api: Api, meter: str, customer: str, start: str, end: str, window: str | None = None) -> Any:
    """Hour of beginning and value of each summary that has one, and how many there are."""
    wanted = {"meter": meter, "customer": customer, "start": start, "end": end, "window": window}
    found = (await api.ask(DOCUMENT, wanted))["meter"]["eventSummaries"]
    values = [(each["startTime"][8:16], each["aggregatedValue"]) for each in found]
    return len(found), [each for each in values if each[1] != "0"]


async def used_in_january(api: Api, jenny: str) -> None:
    """2 at 11:30 and 1.5 at 12:00 of the 31st, 4 at noon of the 30th."""
    now = int(NOON.timestamp())
    events = [("2", now - 1_800), ("1.5", now), ("4", now - 86_400)]
    await posted(api, ndjson(*(told(jenny, value, f"e{at}", timestamp=at) for value, at in events)))


async def test_usage_is_summed_by_hour_by_day_and_in_whole(database_url: str) -> None:
    async with served(database_url, clock=StandingClock(NOON)) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        await used_in_january(api, jenny)
        month = (meter, jenny, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z")

        assert await summed(api, *month) == (1, [("01T00:00", "7.5")])
        assert await summed(api, *month, "DAY") == (31, [("30T00:00", "4"), ("31T00:00", "3.5")])
        assert await summed(api, *month, "HOUR") == (
            744,
            [("30T12:00", "4"), ("31T11:00", "2"), ("31T12:00", "1.5")],
        )
        part = (meter, jenny, "2027-01-30T12:01:00Z", "2027-01-31T12:00:00Z")
        assert await summed(api, *part) == (1, [("30T12:01", "2")])


async def test_many_meters_are_summed_with_the_same_statements(database_url: str) -> None:
    async with served(database_url, clock=StandingClock(NOON)) as api:
        jenny = await made_customer(api)
        wanted = {"customer": jenny, "start": "2027-01-31T11:30:00Z", "end": "2027-01-31T12:01:00Z"}
        statements = []
        for name in ("calls", "clicks", "views"):
            await made_meter(api, "SUM", name)
            await used_in_january(api, jenny)
            with api.statements() as seen:
                found = (await api.ask(ALL, wanted))["meters"]["nodes"]
            statements.append(len(seen))
            sums = {each["eventName"]: each["eventSummaries"][0]["aggregatedValue"] for each in found}
            assert sums == {"calls": "3.5"} | dict.fromkeys(sums.keys() - {"calls"}, "0")
        assert len(set(statements)) == 1, statements


@pytest.mark.parametrize(
    ("start", "end", "window", "message"),
    [
        ("2027-01-01T00:00:30Z", "2027-02-01T00:00:00Z", None, "where a minute begins"),
        ("2027-01-01T00:30:00Z", "2027-02-01T00:00:00Z", "HOUR", "where an hour begins"),
        ("2027-01-01T00:00:00Z", "2027-02-01T05:00:00Z", "DAY", "where a day begins"),
        ("2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z", None, "endTime must lie after startTime"),
        ("2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z", "HOUR", "1416 windows"),
    ],
)
async def test_windows_that_do_not_fit_are_refused(
    database_url: str, start: str, end: str, window: str | None, message: str
) -> None:
    async with served(database_url) as api:
        meter, jenny = await made_meter(api), await made_customer(api)
        wanted = {"meter": meter, "customer": jenny, "start": start, "end": end, "window": window}
        reply = await api.send(DOCUMENT, wanted)
        assert reply.codes == ["BAD_REQUEST"]
        assert message in reply.body["errors"][0]["message"]


async def test_nobody_sums_the_usage_of_others(database_url: str) -> None:
    async with served(database_url, clock=StandingClock(NOON)) as api:
        await made_meter(api)
        jenny = await made_customer(api)
        await used_in_january(api, jenny)
        stranger = await foreign(api)
        own = await made_meter(stranger)
        month = (own, jenny, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z")
        assert await summed(stranger, *month) == (1, [])
