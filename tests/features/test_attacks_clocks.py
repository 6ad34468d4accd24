"""Attacks on test clocks: what may happen to a customer whose present is on its way, and how far clocks go."""

import pytest

from domain.lifecycles import TestClockStatus
from models import Event, Refund, TestClock
from tests.features.attacked import MONTHLY, everything, made, writes
from tests.serving import served

CLOCK = "testClock { id frozenTime status }"


OF_NO_CUSTOMER = frozenset(
    {
        *("featureUpdate", "productFeatureCreate", "productFeatureDelete"),
        *("externalAccountUpdate", "externalAccountDelete", "payoutCreate", "payoutCancel"),
    }
)
"""What is of the catalogue, or of money that lives by no clock."""


async def test_nothing_of_a_customer_changes_while_their_clock_is_on_its_way(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        has = await everything(api)
        clock = await TestClock.get(id=has["clock"])
        await TestClock.filter(id=clock.id).update(status=TestClockStatus.ADVANCING, target_at=clock.frozen_at)
        before = await Event.all().count(), await Refund.all().count()
        told = {}
        for mutation, noun, change in writes(has):
            if mutation in OF_NO_CUSTOMER:
                continue
            payload = await api.do(mutation, f"{noun} {{ id }}", change)
            told[mutation] = [error["code"] for error in payload["userErrors"]]
        after = await Event.all().count(), await Refund.all().count()
    assert {name: codes for name, codes in told.items() if codes != ["TEST_CLOCK_ADVANCING"]} == {}
    assert after == before


@pytest.mark.parametrize("time", ["9000-01-01T00:00:01Z", "9000-12-31T23:59:59Z"])
async def test_clock_beyond_the_year_9000_is_refused(sqlite_url: str, time: str) -> None:
    async with served(sqlite_url) as api:
        payload = await api.do("testClockCreate", CLOCK, {"frozenTime": time, "name": "x" * 301})
    assert [(error["code"], error["param"]) for error in payload["userErrors"]] == [
        ("PARAMETER_STRING_TOO_LONG", ["name"]),
        ("PARAMETER_INVALID", ["frozenTime"]),
    ]


@pytest.mark.parametrize(
    ("time", "later"),
    [("1900-01-31T00:00:00Z", "1900-03-05T00:00:00Z"), ("1969-12-31T23:59:59Z", "1970-02-05T00:00:00Z")],
)
async def test_clock_before_1970_renews_like_any_other(database_url: str, time: str, later: str) -> None:
    async with served(database_url) as api:
        clock = await made(api, "testClockCreate", "testClock { id }", {"frozenTime": time})
        customer = await made(api, "customerCreate", "customer { id }", {"testClock": clock["id"]})
        product = await made(api, "productCreate", "product { id }", {"name": "Basic"})
        item = {"priceData": {"product": product["id"], **MONTHLY}}
        subscribing = {"customer": customer["id"], "items": [item], "defaultPaymentMethod": "pm_card_visa"}
        await made(api, "subscriptionCreate", "subscription { id }", subscribing)
        await api.do("testClockAdvance", CLOCK, {"id": clock["id"], "frozenTime": later, "wait": True})
        invoices = (await api.ask("{ invoices { nodes { status total } } }"))["invoices"]["nodes"]
    # The first, and the renewal a month later.
    assert invoices == [{"status": "PAID", "total": 1500}] * 2
