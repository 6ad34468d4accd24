"""Events through the API: listed newest first by sequence, filtered, and told in Stripe's shape."""

from typing import Any

from domain.keys import KeyKind, Resource
from services.api_keys import Grant
from services.scope import Access
from tests.scenarios.world import World
from tests.serving import Api, served

START = "2027-01-31T10:00:00Z"

LIST = """query($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { sequence type }
  }
}"""


async def page_of(api: Api, **variables: Any) -> Any:
    return (await api.ask(LIST, variables))["events"]


async def types(api: Api, **filter: Any) -> list[str]:
    """The types listed, oldest first."""
    found = await page_of(api, first=100, filter=filter)
    return [row["type"] for row in found["nodes"]][::-1]


async def test_pages_go_by_sequence_in_both_directions(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)  # event 1
        for _ in range(4):
            await world.customer()  # events 2 to 5

        def numbers(page: Any) -> list[int]:
            return [row["sequence"] for row in page["nodes"]]

        newest = await page_of(api, first=2)
        assert (numbers(newest), newest["totalCount"]) == ([5, 4], 5)
        assert (newest["pageInfo"]["hasNextPage"], newest["pageInfo"]["hasPreviousPage"]) == (True, False)
        older = await page_of(api, first=2, after=newest["pageInfo"]["endCursor"])
        assert (numbers(older), older["pageInfo"]["hasPreviousPage"]) == ([3, 2], True)
        newer = await page_of(api, last=2, before=older["pageInfo"]["startCursor"])
        assert numbers(newer) == [5, 4]
        oldest = await page_of(api, last=2)
        assert (numbers(oldest), oldest["pageInfo"]["hasPreviousPage"]) == ([2, 1], True)


async def test_types_are_filtered_by_name_and_by_pattern(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer()
        await world.do("customerUpdate", "customer { id }", id=jenny.id, name="Jenny")
        assert await types(api, types=["customer.updated"]) == ["customer.updated"]
        assert await types(api, types=["customer.*"]) == ["customer.created", "customer.updated"]
        assert await types(api, types=["*.created"]) == ["test_helpers.test_clock.created", "customer.created"]
        assert await types(api, types=["coupon.*"]) == await types(api, types=[]) == []
        assert await types(api, types=["*"]) == await types(api)
        refused = await api.send(LIST, {"filter": {"types": ["*"] * 21}})
        assert refused.codes == ["BAD_REQUEST"]


async def test_events_are_filtered_by_object_and_time(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny, ada = await world.customer(), await world.customer()
        await world.move_to("2027-02-01T00:00:00Z")
        await world.do("customerUpdate", "customer { id }", id=jenny.id, name="Jenny")
        assert await types(api, objectId=jenny.id) == ["customer.created", "customer.updated"]
        assert await types(api, objectId=ada.id) == ["customer.created"]
        customers = {"types": ["customer.*"]}
        assert await types(api, **customers, created={"gt": START}) == ["customer.updated"]
        assert await types(api, **customers, created={"lte": START}) == ["customer.created", "customer.created"]
        assert await types(api, **customers, created={"gte": START, "lt": START}) == []


async def test_an_event_tells_the_object_and_what_changed(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer(name="Jenny")
        await api.do(
            "customerUpdate", "customer { id }", {"id": jenny.id, "name": "Jenny Rosen"}, Idempotency_Key="again"
        )
        found = await api.ask(
            "{ events(first: 1) { nodes { id type created livemode account { id } apiVersion objectSequence"
            " data { object previousAttributes } request { id idempotencyKey } } } }"
        )
        [event] = found["events"]["nodes"]
        assert (event["type"], event["created"], event["livemode"]) == ("customer.updated", START, False)
        assert (event["account"], event["objectSequence"]) == (None, 2)
        assert event["data"]["object"]["name"] == "Jenny Rosen"
        assert event["data"]["object"]["object"] == "customer"
        assert event["data"]["previousAttributes"] == {"name": "Jenny"}
        assert event["request"]["id"].startswith("req_")
        assert event["request"]["idempotencyKey"] == "again"
        same = await api.ask("query($id: ID!) { event(id: $id) { type } node(id: $id) { id } }", {"id": event["id"]})
        assert same == {"event": {"type": "customer.updated"}, "node": {"id": event["id"]}}


async def test_a_key_without_a_grant_reads_no_events(database_url: str) -> None:
    async with served(database_url) as api:
        reader = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.EVENTS, Access.READ))
        assert await types(reader) == await types(api)
        other = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.CUSTOMERS, Access.READ))
        assert (await other.send(LIST)).codes == ["FORBIDDEN"]
