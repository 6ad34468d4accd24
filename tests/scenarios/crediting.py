"""Prepaid credit in stories."""

from typing import Any

from tests.scenarios.world import Customer, Subscription, World

MOVED = """
created type creditGrant { id }
credit { type amount { monetary { value } } creditsApplicationInvoiceVoided { invoice { id } } }
debit { type amount { monetary { value } } creditsApplied { invoice { id } invoiceLineItem { id amount } } }
"""


def credit(customer: Customer, amount: int, *prices: str, currency: str = "usd", **more: Any) -> dict[str, Any]:
    """The input of a grant for these prices, or for metered ones where none are named."""
    scope = {"prices": list(prices)} if prices else {"priceType": "METERED"}
    return {
        "customer": customer.id,
        "amount": {"monetary": {"value": amount, "currency": currency}},
        "applicabilityConfig": {"scope": scope},
        "category": "PAID",
        **more,
    }


async def granted(customer: Customer, amount: int, *prices: str, **more: Any) -> str:
    """The id of a new grant."""
    wanted = credit(customer, amount, *prices, **more)
    answer = await customer.world.do("creditGrantCreate", "creditGrant { id }", **wanted)
    return str(answer["creditGrant"]["id"])


async def journal(world: World, **filter: str) -> list[str]:
    """Lines of journals, oldest first: `CREDITS_APPLIED -1500 2027-02-28T11:00:00Z`."""
    found = await world.api.ask(
        "query($filter: CreditBalanceTransactionFilter) { creditBalanceTransactions(first: 100, filter: $filter) "
        f"{{ nodes {{ {MOVED} }} }} }}",
        {"filter": filter or None},
    )
    return [_in_short(each) for each in found["creditBalanceTransactions"]["nodes"][::-1]]


def _in_short(line: dict[str, Any]) -> str:
    moved, sign = (line["credit"], "+") if line["type"] == "CREDIT" else (line["debit"], "-")
    return f"{moved['type']} {sign}{moved['amount']['monetary']['value']} {line['created']}"


async def left(customer: Customer, **filter: Any) -> list[str]:
    """What is left by currency: `3500 of 5000 usd` can be drawn now."""
    found = await customer.world.api.ask(
        "query($id: ID!, $filter: CreditBalanceSummaryFilter) { creditBalanceSummary(customer: $id, filter: $filter) {"
        " balances { availableBalance { monetary { value } } ledgerBalance { monetary { value currency } } } } }",
        {"id": customer.id, "filter": filter or None},
    )
    return [
        f"{each['availableBalance']['monetary']['value']} of {each['ledgerBalance']['monetary']['value']}"
        f" {each['ledgerBalance']['monetary']['currency']}"
        for each in found["creditBalanceSummary"]["balances"]
    ]


async def paid(subscription: Subscription, grants: list[str]) -> list[str]:
    """Its invoices, oldest first, with what each grant paid of them: `1500 less 500 of 0: 1000 PAID`."""
    found = await subscription.world.api.ask(
        "query($id: ID!) { subscription(id: $id) { invoices(first: 100) { nodes { subtotal total status"
        " totalPretaxCreditAmounts { amount creditGrant { id } creditBalanceTransaction { id } } } } } }",
        {"id": subscription.id},
    )
    return [
        f"{each['subtotal']}"
        + "".join(
            f" less {draw['amount']} of {grants.index(draw['creditGrant']['id'])}"
            for draw in each["totalPretaxCreditAmounts"]
        )
        + f": {each['total']} {each['status']}"
        for each in found["subscription"]["invoices"]["nodes"][::-1]
    ]


async def void_latest(subscription: Subscription) -> None:
    """Void its latest invoice."""
    invoice = (await subscription.now())["latestInvoice"]["id"]
    await subscription.world.do("invoiceVoid", "invoice { id }", id=invoice)
