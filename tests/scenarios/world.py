"""A world for stories: one seller, customers on a test clock, and what they do, all through the GraphQL API.

world = await World.opened(api, "2027-01-31T10:00:00Z")
basic = await world.price("Basic", 1500)
jenny = await world.customer(card="pm_card_visa")
subscription = await jenny.subscribe(basic)
await world.move_to("2027-03-31T12:00:00Z")
assert await subscription.invoices() == ["1500 PAID 2027-01-31", …]
assert await world.news() == ["customer.created", …]        # exactly, since it was last asked
"""

from dataclasses import dataclass, field
from typing import Any

from tests.serving import Api

SUBSCRIPTION = """
id status cancelAtPeriodEnd cancelAt canceledAt endedAt trialStart trialEnd billingCycleAnchor
items { id quantity currentPeriodStart currentPeriodEnd }
latestInvoice { id status total amountDue amountPaid attemptCount number }
"""
INVOICE = (
    "id number status billingReason total amountDue amountPaid attemptCount attempted created"
    " automaticallyFinalizesAt nextPaymentAttempt paymentIntent { status }"
)


class Refused(AssertionError):
    """A call of a story that was expected to work answered with errors."""


@dataclass(slots=True)
class World:
    """One seller with a test clock."""

    api: Api
    clock: str
    _told: int = 0

    @classmethod
    async def opened(cls, api: Api, at: str) -> "World":
        """A world whose clock stands at `at`."""
        answer = await api.do("testClockCreate", "testClock { id }", {"frozenTime": at})
        world = cls(api, answer["testClock"]["id"])
        # Stories tell of what happens; those of what is announced beforehand give the default back.
        await world.do("accountSettingsUpdate", "account { id }", upcomingInvoiceDays=0)
        await world.news()
        return world

    async def do(self, mutation: str, selection: str, /, **input: Any) -> Any:
        """The payload of a mutation that must not be refused; a declined card is no refusal here."""
        answer = await self.api.do(mutation, selection, input)
        errors = [each for each in answer["userErrors"] if each["type"] != "CARD_ERROR"]
        if errors:
            raise Refused(errors)
        return answer

    async def refusal(self, mutation: str, noun: str, /, **input: Any) -> list[tuple[str, str]]:
        """Code and path of each error of a mutation that must be refused and give no object."""
        answer = await self.api.do(mutation, f"{noun} {{ id }}", input)
        assert answer[noun] is None, answer
        return [(each["code"], ".".join(each["param"] or ())) for each in answer["userErrors"]]

    async def price(self, name: str, amount: int, *, currency: str = "usd", every: str = "1 MONTH") -> str:
        """The id of a recurring price of a new product."""
        return await self.priced(name, currency=currency, every=every, unitAmount=amount)

    async def priced(self, name: str, *, currency: str = "usd", every: str | None = "1 MONTH", **terms: Any) -> str:
        """The id of a price of a new product by these terms; without `every` it is paid once."""
        if every is not None:
            count, interval = every.split()
            terms["recurring"] = {"interval": interval, "intervalCount": int(count)}
        answer = await self.do("priceCreate", "price { id }", currency=currency, productData={"name": name}, **terms)
        return str(answer["price"]["id"])

    async def customer(self, *, card: str | None = None, **input: Any) -> "Customer":
        """A customer on the world's clock, with a card as default payment method."""
        answer = await self.do("customerCreate", "customer { id }", testClock=self.clock, **input)
        customer = Customer(self, answer["customer"]["id"])
        if card is not None:
            await customer.take_card(card)
        return customer

    async def move_to(self, time: str) -> None:
        """Advance the clock and wait until it has arrived."""
        answer = await self.do(
            "testClockAdvance", "testClock { status frozenTime }", id=self.clock, frozenTime=time, wait=True
        )
        assert answer["testClock"]["status"] == "READY", answer

    async def news(self, *, balances: bool = False) -> list[str]:
        """The types of all events since this was last asked, in order.

        Two days after money came in it is told to be available, amid whatever else happens: only to those who ask.
        """
        found: list[str] = []
        after = None
        while True:
            page = await self.api.ask(
                "query($after: String) { events(first: 100, after: $after) "
                "{ nodes { type sequence } pageInfo { hasNextPage endCursor } } }",
                {"after": after},
            )
            rows = [row for row in page["events"]["nodes"] if row["sequence"] > self._told]
            found += [row["type"] for row in rows]
            if len(rows) < 100 or not page["events"]["pageInfo"]["hasNextPage"]:
                break
            after = page["events"]["pageInfo"]["endCursor"]
        self._told += len(found)
        return [each for each in found[::-1] if balances or each != "balance.available"]


@dataclass(slots=True)
class Customer:
    """A customer of the story."""

    world: World
    id: str
    cards: list[str] = field(default_factory=list)

    async def take_card(self, token: str) -> str:
        """Attach a sandbox card and make it the default for invoices; its id."""
        answer = await self.world.do("paymentMethodAttach", "paymentMethod { id }", id=token, customer=self.id)
        method = str(answer["paymentMethod"]["id"])
        await self.world.do(
            "customerUpdate", "customer { id }", id=self.id, invoiceSettings={"defaultPaymentMethod": method}
        )
        self.cards.append(method)
        return method

    async def script(self, *outcomes: str) -> None:
        """Let the next charges of the latest card end like this."""
        await self.world.do(
            "sandboxOutcomesSet", "paymentMethod { id }", paymentMethod=self.cards[-1], outcomes=list(outcomes)
        )

    async def subscribe(self, price: str, *, quantity: int = 1, **input: Any) -> "Subscription":
        """Subscribe to a price."""
        answer = await self.world.do(
            "subscriptionCreate",
            "subscription { id }",
            customer=self.id,
            items=[{"price": price, "quantity": quantity}],
            **input,
        )
        return Subscription(self.world, answer["subscription"]["id"], answer["userErrors"])


@dataclass(slots=True)
class Subscription:
    """A subscription of the story, and the errors that came with its making."""

    world: World
    id: str
    errors: list[dict[str, Any]] = field(default_factory=list)

    async def now(self) -> dict[str, Any]:
        """What the API says of it."""
        found = await self.world.api.ask(
            f"query($id: ID!) {{ subscription(id: $id) {{ {SUBSCRIPTION} }} }}", {"id": self.id}
        )
        return dict(found["subscription"])

    async def status(self) -> str:
        """Its status alone."""
        return str((await self.now())["status"])

    async def invoices(self) -> list[dict[str, Any]]:
        """Its invoices, oldest first."""
        found = await self.world.api.ask(
            f"query($id: ID!) {{ subscription(id: $id) {{ invoices(first: 100) {{ nodes {{ {INVOICE} }} }} }} }}",
            {"id": self.id},
        )
        return list(found["subscription"]["invoices"]["nodes"][::-1])

    async def billed(self) -> list[str]:
        """Its invoices in short, oldest first: `1500 PAID 2027-01-31T10:00:00Z`."""
        return [f"{each['total']} {each['status']} {each['created']}" for each in await self.invoices()]

    async def billed_lines(self, number: int) -> list[str]:
        """The lines of its invoice with this place, 0 is the first: `1500 2027-01-31…2027-02-28 1 × Basic …`."""
        found = await self.world.api.ask(
            "query($id: ID!) { invoice(id: $id) { lines { amount description period { start end } } } }",
            {"id": (await self.invoices())[number]["id"]},
        )
        return [
            f"{each['amount']} {each['period']['start'][:10]}…{each['period']['end'][:10]} {each['description']}"
            for each in found["invoice"]["lines"]
        ]

    async def cancel(self, **input: Any) -> None:
        """End it now."""
        await self.world.do("subscriptionCancel", "subscription { id }", id=self.id, **input)

    async def update(self, **input: Any) -> None:
        """Change it."""
        await self.world.do("subscriptionUpdate", "subscription { id }", id=self.id, **input)

    async def item(self) -> str:
        """The id of its first item."""
        return str((await self.now())["items"][0]["id"])

    async def switch(self, price: str | None = None, *, quantity: int | None = None, **input: Any) -> None:
        """Change the price or the quantity of its first item."""
        item: dict[str, Any] = {"id": await self.item()}
        if price is not None:
            item["price"] = price
        if quantity is not None:
            item["quantity"] = quantity
        await self.update(items=[item], **input)

    async def lines(self, invoice: int = -1) -> list[str]:
        """The lines of one of its invoices, the latest by default: `1500 1 × Basic (at $15.00 / month)`."""
        found = await self.world.api.ask(
            "query($id: ID!) { subscription(id: $id) { invoices(first: 100) "
            "{ nodes { lines { amount description } } } } }",
            {"id": self.id},
        )
        lines = found["subscription"]["invoices"]["nodes"][::-1][invoice]["lines"]
        return [f"{each['amount']} {each['description']}" for each in lines]

    async def waiting(self) -> list[int]:
        """The amounts of the items that wait for its next invoice, in order."""
        found = await self.world.api.ask(
            "query($id: ID!) { invoiceItems(first: 100, filter: {subscription: $id, pending: true}) "
            "{ nodes { amount } } }",
            {"id": self.id},
        )
        return [each["amount"] for each in found["invoiceItems"]["nodes"][::-1]]

    async def preview(self, **details: Any) -> dict[str, Any]:
        """The next invoice, or that of a change."""
        answer = await self.world.do(
            "invoiceCreatePreview",
            "invoicePreview { total amountDue lines { amount description explanation } }",
            subscription=self.id,
            **({"subscriptionDetails": details} if details else {}),
        )
        return dict(answer["invoicePreview"])
