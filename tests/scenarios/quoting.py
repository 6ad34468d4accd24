"""Quotes in stories: made, finalized and accepted through the API."""

from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.world import Customer, Subscription, World

QUOTE = """
id status number currency amountSubtotal amountTotal expiresAt header description footer
computed { upfront { amountTotal } recurring { amountTotal interval intervalCount } }
lineItems { id quantity amountTotal description explanation price { id } }
subscriptionData { trialPeriodDays effectiveDate billingMode description metadata }
statusTransitions { finalizedAt acceptedAt canceledAt } fromQuote { quote { id } isRevision }
subscription { id status description metadata billingMode } metadata
collectionMethod invoiceSettings { daysUntilDue } invoice { id }
"""


@dataclass(slots=True)
class Offer:
    """A quote of the story, and the errors that came with its acceptance."""

    world: World
    id: str
    errors: list[dict[str, Any]] = field(default_factory=list)

    async def now(self) -> dict[str, Any]:
        """What the API says of it."""
        found = await self.world.api.ask(f"query($id: ID!) {{ quote(id: $id) {{ {QUOTE} }} }}", {"id": self.id})
        return dict(found["quote"])

    async def status(self) -> str:
        """Its status alone."""
        return str((await self.now())["status"])

    async def finalize(self, **input: Any) -> "Offer":
        """Open it."""
        await self.world.do("quoteFinalize", "quote { id }", id=self.id, **input)
        return self

    async def accept(self) -> Subscription:
        """Accept it; what came of it."""
        answer = await self.world.do("quoteAccept", "quote { status subscription { id } }", id=self.id)
        assert answer["quote"]["status"] == "ACCEPTED"
        return Subscription(self.world, answer["quote"]["subscription"]["id"], answer["userErrors"])

    async def invoiced(self) -> "OneOff":
        """Accept it, when nothing recurs; the invoice that came of it."""
        answer = await self.world.do("quoteAccept", "quote { status subscription { id } invoice { id } }", id=self.id)
        assert (answer["quote"]["status"], answer["quote"]["subscription"]) == ("ACCEPTED", None)
        return OneOff(self.world, answer["quote"]["invoice"]["id"], answer["userErrors"])

    async def scheduled(self) -> str:
        """Accept it, when it begins later; the id of the schedule that came of it."""
        selection = "quote { status subscription { id } subscriptionSchedule { id } }"
        answer = (await self.world.do("quoteAccept", selection, id=self.id))["quote"]
        assert (answer["status"], answer["subscription"]) == ("ACCEPTED", None)
        return str(answer["subscriptionSchedule"]["id"])

    async def refused(self, verb: str, **input: Any) -> list[tuple[str, str]]:
        """What is wrong with a verb on it: `quoteAccept`."""
        return await self.world.refusal(verb, "quote", id=self.id, **input)

    async def revised(self, **input: Any) -> "Offer":
        """A draft that is to take its place."""
        return await copied(self.world, {"quote": self.id, "isRevision": True}, **input)


@dataclass(slots=True)
class OneOff:
    """An invoice of the story that belongs to no subscription."""

    world: World
    id: str
    errors: list[dict[str, Any]]

    async def now(self) -> dict[str, Any]:
        """What the API says of it."""
        selection = (
            "status total amountPaid billingReason collectionMethod dueDate automaticallyFinalizesAt nextPaymentAttempt"
            " lines { amount description explanation } subscription { id }"
        )
        found = await self.world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {selection} }} }}", {"id": self.id})
        return dict(found["invoice"])


async def offered(customer: Customer, *lines: dict[str, Any] | str, **input: Any) -> Offer:
    """A draft for a customer; a line is an input, or the id of a price of which one unit is offered."""
    items = [{"price": line} if isinstance(line, str) else line for line in lines]
    world = customer.world
    answer = await world.do("quoteCreate", "quote { id }", customer=customer.id, lineItems=items, **input)
    return Offer(world, answer["quote"]["id"])


async def copied(world: World, source: dict[str, Any], **input: Any) -> Offer:
    """A draft that is a copy."""
    answer = await world.do("quoteCreate", "quote { id }", fromQuote=source, **input)
    return Offer(world, answer["quote"]["id"])


async def one_time(world: World, name: str, amount: int, currency: str = "usd") -> str:
    """The id of a one-time price of a new product."""
    answer = await world.do(
        "priceCreate", "price { id }", currency=currency, unitAmount=amount, productData={"name": name}
    )
    return str(answer["price"]["id"])
