"""Usage in stories: a meter, a price that it bills by, and what customers use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.usage import Formula
from models import Meter
from tests.features.metering import START, count, meter_of, sent
from tests.scenarios.world import Customer, Subscription, World

LINES = "lines { amount description explanation quantityDecimal period { start end } }"


@dataclass(slots=True)
class Usage:
    """A meter of the world's seller."""

    world: World
    meter: Meter
    events: int = 0

    @classmethod
    async def metered(cls, world: World, formula: Formula = Formula.SUM, name: str = "calls") -> "Usage":
        """A meter that makes a figure of events in this way."""
        return cls(world, await meter_of(world.api.scope, formula, name))

    async def price(self, name: str = "Calls", *, every: str = "1 MONTH", **amounts: Any) -> str:
        """The id of a price by use; of 10 minor units each unless `amounts` say otherwise."""
        count_, interval = every.split()
        recurring = {
            "interval": interval, "intervalCount": int(count_), "usageType": "METERED", "meter": self.meter.id,
        }  # fmt: skip
        answer = await self.world.do(
            "priceCreate",
            "price { id }",
            currency="usd",
            recurring=recurring,
            productData={"name": name},
            **(amounts or {"unitAmount": 10}),
        )
        return str(answer["price"]["id"])

    async def used(self, customer: Customer, at: str, value: str = "1") -> str:
        """The customer used so much at that moment; the identifier of the event."""
        self.events += 1
        second = int(datetime.fromisoformat(at).timestamp()) - START
        identifier = f"{self.meter.event_name}_{self.events}"
        counted = "1" if self.meter.formula == Formula.COUNT else value
        event = sent(self.meter, identifier, second, counted, customer.id)
        assert await count(self.world.api.scope, self.meter, [event]) == 1
        return identifier


async def subscribed(customer: Customer, *prices: str, **input: Any) -> Subscription:
    """A subscription to these prices, whose quantities are left to what they are without one."""
    answer = await customer.world.do(
        "subscriptionCreate",
        "subscription { id }",
        customer=customer.id,
        items=[{"price": each} for each in prices],
        **input,
    )
    return Subscription(customer.world, answer["subscription"]["id"], answer["userErrors"])


async def explained(subscription: Subscription, number: int = -1) -> list[str]:
    """The explanations of the lines of one of its invoices, the latest by default."""
    found = await subscription.world.api.ask(
        f"query($id: ID!) {{ invoice(id: $id) {{ {LINES} }} }}", {"id": (await subscription.invoices())[number]["id"]}
    )
    return [each["explanation"] for each in found["invoice"]["lines"]]
