"""Usage that is sent while its invoice is being finalized is on this one or on the next, and never on both."""

import asyncio
from decimal import Decimal

from models import InvoiceLine
from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Customer, World

AT_ONCE, EVENTS = 12, 5


async def send(world: World, customer: Customer, number: int) -> None:
    """Some events of the passed period, of one unit each."""
    payload = {"customer": customer.id, "value": "1"}
    events = [
        {
            "eventName": "calls",
            "identifier": f"{number}-{each}",
            "timestamp": "2027-02-20T00:00:00Z",
            "payload": payload,
        }
        for each in range(EVENTS)
    ]
    answer = await world.do("meterEventsCreate", "accepted", events=events)
    assert answer["accepted"] == EVENTS


async def test_events_beside_a_finalization_are_billed_once(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), await usage.price())
    other = await subscribed(jenny, await world.price("Other", 1500), await usage.price("Again"))
    await world.move_to("2027-02-28T10:30:00Z")
    drafts = [(await each.invoices())[-1]["id"] for each in (subscription, other)]

    finalizing = [world.do("invoiceFinalize", "invoice { status }", id=draft) for draft in drafts]
    await asyncio.gather(
        *(send(world, jenny, number) for number in range(AT_ONCE // 2)),
        *finalizing,
        *(send(world, jenny, number) for number in range(AT_ONCE // 2, AT_ONCE)),
    )
    await world.move_to("2027-03-31T12:00:00Z")

    for each in (subscription, other):
        lines = await InvoiceLine.filter(invoice_id__in=[one["id"] for one in await each.invoices()])
        used = [line for line in lines if line.usage_period_id is not None]
        assert sum(Decimal(line.calculation["quantity"]) for line in used) == AT_ONCE * EVENTS
        assert sum(line.amount for line in used) == AT_ONCE * EVENTS * 10


async def test_a_clock_sets_off_while_events_keep_coming(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    accepted, arrived = 0, asyncio.Event()

    async def keep_sending(number: int) -> None:
        nonlocal accepted
        while not arrived.is_set():
            event = {"eventName": "calls", "payload": {"customer": jenny.id, "value": "1"}}
            answer = await world.api.do("meterEventsCreate", "accepted", {"events": [event] * 5})
            accepted += answer["accepted"]

    senders = [asyncio.create_task(keep_sending(number)) for number in range(AT_ONCE)]
    await world.move_to("2027-02-28T12:00:00Z")
    arrived.set()
    await asyncio.gather(*senders)

    await world.move_to("2027-03-31T12:00:00Z")
    assert accepted > 0
    assert sum(each["total"] for each in await subscription.invoices()) == accepted * 10
