"""What sellers do with invoices by hand, for stories."""

from typing import Any

from tests.scenarios.world import World

SHOWN = (
    "id status number billingReason collectionMethod autoAdvance total amountDue amountPaid amountRemaining dueDate"
    " automaticallyFinalizesAt nextPaymentAttempt attemptCount paidOutOfBand description footer statementDescriptor"
    " customFields { name value } lastFinalizationError { code type message } paymentIntent { status }"
    " statusTransitions { finalizedAt paidAt voidedAt markedUncollectibleAt }"
    " lines { id amount quantity description metadata invoiceItem { id } period { start end } }"
)


async def once(world: World, amount: int, currency: str = "usd") -> str:
    """The id of a one-time price."""
    answer = await world.do(
        "priceCreate", "price { id }", currency=currency, unitAmount=amount, productData={"name": "Set-up"}
    )
    return str(answer["price"]["id"])


async def draft(world: World, customer: str, *amounts: int, **input: Any) -> str:
    """The id of a draft with lines of these amounts."""
    answer = await world.do("invoiceCreate", "invoice { id }", customer=customer, **input)
    identifier = str(answer["invoice"]["id"])
    if amounts:
        await add(world, identifier, *({"amount": amount} for amount in amounts))
    return identifier


async def add(world: World, invoice: str, *lines: dict[str, Any]) -> None:
    """Put lines on a draft."""
    await world.do("invoiceAddLines", "invoice { id }", id=invoice, lines=list(lines))


async def item(world: World, **input: Any) -> str:
    """The id of an invoice item."""
    answer = await world.do("invoiceItemCreate", "invoiceItem { id }", **input)
    return str(answer["invoiceItem"]["id"])


async def finalize(world: World, invoice: str, **input: Any) -> dict[str, Any]:
    """Finalize a draft; the answer."""
    return dict(await world.do("invoiceFinalize", "invoice { id status }", id=invoice, **input))


async def shown(world: World, invoice: str) -> dict[str, Any]:
    """What the API says of an invoice."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {SHOWN} }} }}", {"id": invoice})
    return dict(found["invoice"])


async def lines(world: World, invoice: str) -> list[str]:
    """The lines of an invoice in short: `10000 2 × Set-up (at $50.00)`."""
    return [f"{each['amount']} {each['description']}" for each in (await shown(world, invoice))["lines"]]


async def waiting(world: World, customer: str) -> list[int]:
    """The amounts of the customer's items that wait for an invoice, oldest first."""
    found = await world.api.ask(
        "query($id: ID!) { invoiceItems(first: 100, filter: {customer: $id, pending: true}) { nodes { amount } } }",
        {"id": customer},
    )
    return [each["amount"] for each in found["invoiceItems"]["nodes"][::-1]]
