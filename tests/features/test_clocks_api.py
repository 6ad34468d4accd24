"""Test clocks through the API."""

import asyncio
from datetime import timedelta

import pytest

from domain.agenda import AgendaKind
from models import AgendaEntry, TestClock
from prorata.clock import SYSTEM_CLOCK
from services.clocks import ClockAdvanceDraft, ClockRun, Clocks
from services.due import Appointment, Due
from services.handlers import HANDLERS
from services.transactions import in_transaction
from tests.scenarios.world import World
from tests.serving import served

START = "2027-01-31T10:00:00Z"


async def test_a_clock_is_made_and_moved_forward_only(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        selection = "testClock { name frozenTime status livemode statusDetails { advancing { targetFrozenTime } } }"
        made = await world.do("testClockCreate", selection, frozenTime="2027-01-31T12:00:00+02:00", name="Story")
        assert made["testClock"] == {
            "name": "Story",
            "frozenTime": START,
            "status": "READY",
            "livemode": False,
            "statusDetails": {"advancing": None},
        }
        moved = await world.do("testClockAdvance", selection, id=world.clock, frozenTime="2027-02-01T00:00:00Z")
        assert moved["testClock"]["frozenTime"] == "2027-02-01T00:00:00Z"
        assert moved["testClock"]["status"] == "READY"
        refused = await world.refusal("testClockAdvance", "testClock", id=world.clock, frozenTime=START)
        assert refused == [("PARAMETER_INVALID", "frozenTime")]


async def test_a_limited_clock_goes_two_of_the_shortest_interval_ahead(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        await world.do("accountSettingsUpdate", "account { id }", testClockAdvanceIsLimited=True)

        async def refused(time: str) -> list[tuple[str, str]]:
            return await world.refusal("testClockAdvance", "testClock", id=world.clock, frozenTime=time)

        assert await refused("2029-01-31T10:00:01Z") == [("PARAMETER_INVALID", "frozenTime")]  # without any: two years
        jenny = await world.customer(card="pm_card_visa")
        await jenny.subscribe(await world.price("Yearly", 15000, every="1 YEAR"))
        monthly = await jenny.subscribe(await world.price("Monthly", 1500))
        assert await refused("2027-03-31T10:00:01Z") == [("PARAMETER_INVALID", "frozenTime")]
        await world.move_to("2027-03-31T10:00:00Z")
        await monthly.cancel()
        await world.move_to("2029-03-31T10:00:00Z")
        await world.do("accountSettingsUpdate", "account { id }", testClockAdvanceIsLimited=None)
        await world.move_to("2034-01-01T00:00:00Z")


async def test_a_clock_knows_its_customers(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        first, second = await world.customer(), await world.customer()
        other = await World.opened(api, START)
        await other.customer()
        found = await api.ask(
            "query($id: ID!) { testClock(id: $id) { customers { totalCount nodes { id } } }"
            " testClocks { nodes { id } } }",
            {"id": world.clock},
        )
        assert found["testClock"]["customers"] == {"totalCount": 2, "nodes": [{"id": second.id}, {"id": first.id}]}
        assert found["testClocks"]["nodes"] == [{"id": other.clock}, {"id": world.clock}]


async def test_a_deleted_clock_takes_its_customers_along(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer(card="pm_card_visa")
        subscription = await jenny.subscribe(await world.price("Basic", 1500))
        gone = await world.do("testClockDelete", "testClock { id customers { totalCount } }", id=world.clock)
        assert gone["testClock"] == {"id": world.clock, "customers": {"totalCount": 0}}
        found = await api.ask(
            "query($clock: ID!, $customer: ID!, $subscription: ID!) { testClock(id: $clock) { id }"
            " customer(id: $customer) { id } subscription(id: $subscription) { id } node(id: $clock) { id } }",
            {"clock": world.clock, "customer": jenny.id, "subscription": subscription.id},
        )
        assert found == dict.fromkeys(("testClock", "customer", "subscription", "node"))
        assert await world.refusal("testClockDelete", "testClock", id=world.clock) == [("RESOURCE_MISSING", "id")]


async def test_a_deleted_clock_leaves_no_question_to_the_gateway_behind(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer()
        paying = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_visa", "confirm": True}
        paid = await world.do("paymentIntentCreate", "paymentIntent { id }", customer=jenny.id, **paying)
        refund = await world.do("refundCreate", "refund { id }", paymentIntent=paid["paymentIntent"]["id"])
        setup = await world.do("setupIntentCreate", "setupIntent { id }", customer=jenny.id)
        asked = {
            AgendaKind.REFUND_RESOLVE: refund["refund"]["id"],
            AgendaKind.SETUP_RESOLVE: setup["setupIntent"]["id"],
        }
        # As if the gateway had not answered: such questions are due by the system's time.
        later = SYSTEM_CLOCK.now() + timedelta(hours=1)
        appointments = [Appointment(kind, subject, later) for kind, subject in asked.items()]
        await in_transaction(lambda: Due(api.scope).schedule_all(appointments))
        await world.do("testClockDelete", "testClock { id }", id=world.clock)
        assert await AgendaEntry.exclude(kind="balance.available").count() == 0


async def test_what_time_brings_about_on_a_clock_is_nobodys_request(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer(card="pm_card_visa")
        await jenny.subscribe(await world.price("Basic", 1500))
        await world.move_to("2027-02-28T10:00:00Z")
        found = await api.ask(
            """{ events(filter: { types: ["invoice.created", "test_helpers.test_clock.advancing"] }) {
            nodes { type created request { id } } } }"""
        )
    told = [(each["type"], each["request"]["id"] is not None) for each in found["events"]["nodes"]]
    assert told == [
        ("invoice.created", False),  # the renewal
        ("test_helpers.test_clock.advancing", True),
        ("invoice.created", True),
    ]


class HeldUp(ClockRun):
    """A runner that has the clock and does nothing with it for a while, as the worker may."""

    def __init__(self, world: World) -> None:
        super().__init__(world.api.scope, HANDLERS)
        self.has_it, self.goes_on = asyncio.Event(), asyncio.Event()

    async def _next_due(self, clock: TestClock) -> AgendaEntry | None:
        self.has_it.set()
        await self.goes_on.wait()
        return await super()._next_due(clock)


async def test_waiting_advance_answers_when_whoever_has_the_clock_has_brought_it_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer(card="pm_card_visa")
        subscription = await jenny.subscribe(await world.price("Basic", 1500))
        other, carried = HeldUp(world), list[asyncio.Task[TestClock]]()
        set_off = Clocks._set_off

        async def overtaken(self: Clocks, draft: ClockAdvanceDraft) -> TestClock:
            clock = await set_off(self, draft)
            carried.append(asyncio.create_task(other.run(await TestClock.get(id=clock.id))))
            await other.has_it.wait()
            return clock

        monkeypatch.setattr(Clocks, "_set_off", overtaken)
        request = asyncio.create_task(world.move_to("2027-02-28T12:00:00Z"))
        answered, _ = await asyncio.wait({request}, timeout=0.5)
        other.goes_on.set()
        await asyncio.gather(request, *carried)
        assert not answered
        assert len(await subscription.invoices()) == 2


async def test_waiting_advance_takes_over_from_whoever_let_the_clock_go(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        set_off = Clocks._set_off

        async def overtaken(self: Clocks, draft: ClockAdvanceDraft) -> TestClock:
            clock = await set_off(self, draft)
            moment = SYSTEM_CLOCK.now() + timedelta(seconds=1)
            await TestClock.filter(id=clock.id).update(claimed_by="req_died", claimed_until=moment)
            return clock

        monkeypatch.setattr(Clocks, "_set_off", overtaken)
        await world.move_to("2027-02-28T12:00:00Z")
