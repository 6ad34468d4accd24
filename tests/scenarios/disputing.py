"""What stories of disputes have in common: charges to dispute, and what the books say of it."""

from dataclasses import dataclass
from typing import Any

from services.balances import books_balance
from tests.scenarios.world import World
from tests.serving import Api

SHOWN = """id status reason amount currency caseType isChargeRefundable networkReasonCode
evidence { uncategorizedText customerName } balanceTransactions { type amount fee net }
evidenceDetails { dueBy hasEvidence pastDue submissionCount submissionMethod } metadata"""

CREATED = "charge.dispute.created"
UPDATED = "charge.dispute.updated"
WITHDRAWN = "charge.dispute.funds_withdrawn"
REINSTATED = "charge.dispute.funds_reinstated"
CLOSED = "charge.dispute.closed"
OPENED = ["charge.updated", CREATED, WITHDRAWN]
ASKED = ["charge.updated", CREATED]
PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that came in, and its charge."""

    intent: str
    charge: str


async def pay(world: World, card: str = "pm_card_visa", amount: int = 10_000, **more: Any) -> Paid:
    """100.00 USD from a customer on the world's clock."""
    customer = await world.customer()
    answer = await world.do(
        "paymentIntentCreate",
        "paymentIntent { id latestCharge { id } }",
        amount=amount,
        currency=more.pop("currency", "usd"),
        customer=customer.id,
        paymentMethod=card,
        confirm=True,
        **more,
    )
    return Paid(answer["paymentIntent"]["id"], answer["paymentIntent"]["latestCharge"]["id"])


async def dispute_of(world: World, charge: str) -> dict[str, Any]:
    """The dispute of a charge, as the API shows it."""
    found = await world.api.ask(f"query($id: ID!) {{ charge(id: $id) {{ dispute {{ {SHOWN} }} }} }}", {"id": charge})
    return dict(found["charge"]["dispute"])


async def disputed(world: World, card: str = "pm_card_createDispute", **more: Any) -> tuple[Paid, str]:
    """A payment of 100.00 USD whose cardholder disputes it at once, and the dispute; what was told of it is heard."""
    paid = await pay(world, card, **more)
    dispute = await dispute_of(world, paid.charge)
    await world.news()
    return paid, str(dispute["id"])


async def says(world: World, dispute: str, text: str, **more: Any) -> dict[str, Any]:
    """The dispute after this evidence."""
    answer = await world.do(
        "disputeUpdate", f"dispute {{ {SHOWN} }}", id=dispute, evidence={"uncategorizedText": text}, **more
    )
    return dict(answer["dispute"])


async def movements(api: Api) -> list[str]:
    """Every movement of the account, oldest first: `charge 10000 - 320 = 9680`."""
    found = await api.ask("{ balanceTransactions(first: 100) { nodes { type amount fee net } } }")
    rows = found["balanceTransactions"]["nodes"][::-1]
    return [f"{each['type'].lower()} {each['amount']} - {each['fee']} = {each['net']}" for each in rows]


async def books(currency: str = "usd") -> tuple[int, int, int, int]:
    """Money in, money out, what the accounts have and what was paid in fees; it adds up."""
    report = await books_balance(currency)
    assert report.balanced, report
    return report.money_in, report.money_out, report.net, report.fees


async def refused(world: World, mutation: str, noun: str, /, **input: Any) -> list[tuple[str, str]]:
    """How a mutation is refused; nothing moves: no event, no movement."""
    await world.news()
    before = await movements(world.api)
    found = await world.refusal(mutation, noun, **input)
    assert (await world.news(), await movements(world.api)) == ([], before)
    return found
