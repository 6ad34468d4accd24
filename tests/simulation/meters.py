"""What the simulation may do with meters, and what holds of all that was counted."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from domain.usage import Formula
from models import Customer, Meter, MeterEvent, TestClock
from services.scope import Scope
from services.usage import AdjustmentDraft, Adjustments, MeterDraft, MeterEvents, Meters
from services.usage.adjustments import Cancel
from services.usage.books import wrongly_counted
from services.usage.drafts import Aggregation

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"count_use": 10, "uncount_use": 4, "rest_meter": 1, "wake_meter": 1}
FORMULAS = (Formula.COUNT, Formula.LAST, Formula.MAX, Formula.UNIQUE)
"""Sums are used by what is billed: see `tests/simulation/usage.py`."""


class MeterActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope
    clock: str

    async def prepare_meters(self) -> None:
        """A meter for each of the other formulas, for events of its name."""
        for formula in FORMULAS:
            draft = MeterDraft(
                display_name=formula.value, event_name=formula.value, default_aggregation=Aggregation(formula)
            )
            await Meters(self.scope).create(draft)

    async def count_use(self) -> Action | None:
        """Customers do something, of late or weeks ago; some of it is sent twice, some is nonsense."""
        customers = await Customer.all().order_by("id")
        if not customers:
            return None
        now = int((await TestClock.get(id=self.clock)).frozen_at.timestamp())
        few = self.dice.sample(customers, min(2, len(customers)))
        span = self.dice.choice((90, 4_000, 90_000, 3_100_000))
        events = [
            {
                "eventName": self.dice.choice(FORMULAS).value,
                "identifier": f"e{self.dice.randrange(2_000)}",
                "timestamp": now - self.dice.randrange(-60, span),
                "payload": {
                    "stripe_customer_id": self.dice.choice(few).id,
                    "value": self.dice.choice(("1", "2.000000001", "-0.5", "17", 3, "x")),
                },
            }
            for _ in range(self.dice.choice((1, 20, 300)))
        ]
        return lambda scope: MeterEvents(scope).create_all(events)

    async def uncount_use(self) -> Action | None:
        """An event is taken back."""
        events = await MeterEvent.all().order_by("id").limit(300)
        if not events:
            return None
        meter_id, _, identifier = self.dice.choice(events).id.partition(":")
        name = (await Meter.get(id=meter_id)).event_name
        draft = AdjustmentDraft(event_name=name, cancel=Cancel(identifier))
        return lambda scope: Adjustments(scope).create(draft)

    async def rest_meter(self) -> Action | None:
        """A meter refuses events."""
        meter = self.dice.choice(await Meter.filter(event_name__in=FORMULAS).order_by("id"))
        return lambda scope: Meters(scope).deactivate(meter.id)

    async def wake_meter(self) -> Action | None:
        """A meter counts again."""
        meter = self.dice.choice(await Meter.filter(event_name__in=FORMULAS).order_by("id"))
        return lambda scope: Meters(scope).reactivate(meter.id)


async def check_buckets() -> None:
    """Every bucket is what its events come to."""
    assert await wrongly_counted() == []
