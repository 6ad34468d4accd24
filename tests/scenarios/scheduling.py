"""Schedules of a story: how they are made, and what the API says of them."""

from dataclasses import dataclass
from typing import Any

from tests.scenarios.world import Customer, Subscription, World

SCHEDULE = """
id status endBehavior canceledAt completedAt releasedAt
subscription { id } releasedSubscription { id } problem { code } problemAt
currentPhase { startDate endDate } phases { startDate endDate trialEnd items { price { id } quantity } }
"""


@dataclass(slots=True)
class Schedule:
    """A schedule of the story."""

    world: World
    id: str

    async def now(self) -> dict[str, Any]:
        """What the API says of it."""
        query = f"query($id: ID!) {{ subscriptionSchedule(id: $id) {{ {SCHEDULE} }} }}"
        return dict((await self.world.api.ask(query, {"id": self.id}))["subscriptionSchedule"])

    async def status(self) -> str:
        """Its status alone."""
        return str((await self.now())["status"])

    async def ends(self) -> list[str]:
        """When its phases end."""
        return [each["endDate"] for each in (await self.now())["phases"]]

    async def subscription(self) -> Subscription:
        """The subscription that follows it, or that it let go of."""
        now = await self.now()
        return Subscription(self.world, (now["subscription"] or now["releasedSubscription"])["id"])

    async def update(self, **input: Any) -> None:
        """Change it."""
        await self.world.do("subscriptionScheduleUpdate", "subscriptionSchedule { id }", id=self.id, **input)

    async def release(self, **input: Any) -> None:
        """Let go of its subscription."""
        await self.world.do("subscriptionScheduleRelease", "subscriptionSchedule { id }", id=self.id, **input)

    async def cancel(self, **input: Any) -> None:
        """End it with its subscription."""
        await self.world.do("subscriptionScheduleCancel", "subscriptionSchedule { id }", id=self.id, **input)


def phase(price: str, months: int | None = None, *, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A phase with one price, for so many months."""
    lasting = {} if months is None else {"duration": {"interval": "MONTH", "intervalCount": months}}
    return {"items": [{"price": price, "quantity": quantity}], **lasting, **more}


async def schedule_of(customer: Customer, *phases: dict[str, Any], **input: Any) -> Schedule:
    """A schedule with these phases, from now on unless something else is said."""
    answer = await customer.world.do(
        "subscriptionScheduleCreate",
        "subscriptionSchedule { id }",
        customer=customer.id,
        phases=list(phases),
        **input,
    )
    return Schedule(customer.world, answer["subscriptionSchedule"]["id"])


async def adopted(subscription: Subscription) -> Schedule:
    """A schedule around a subscription that runs."""
    answer = await subscription.world.do(
        "subscriptionScheduleCreate", "subscriptionSchedule { id }", fromSubscription=subscription.id
    )
    return Schedule(subscription.world, answer["subscriptionSchedule"]["id"])
