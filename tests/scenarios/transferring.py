"""A platform and its accounts, for stories about money between them."""

from collections.abc import Mapping
from typing import Any

from models import Account, BalanceTransaction, Event, PaymentIntent
from services.balances import books_of_all_currencies
from tests.serving import Api


async def moved(**accounts: Account | str) -> dict[str, list[str]]:
    """Every movement on these accounts, oldest first, by name: `charge 10000 - 1320`, amount and fee."""
    identifiers = {name: each if isinstance(each, str) else each.id for name, each in accounts.items()}
    rows = await BalanceTransaction.all().order_by("id")
    return {
        name: [_shown(row) for row in rows if row.account_id == identifier] for name, identifier in identifiers.items()
    }


def _shown(row: BalanceTransaction) -> str:
    assert row.net == row.amount - row.fee
    part = f" ({row.application_fee} application)" if row.application_fee else ""
    return f"{row.type} {row.amount}" + (f" - {row.fee}{part}" if row.fee else "")


async def balanced() -> None:
    """The books add up in every currency."""
    for report in await books_of_all_currencies():
        assert report.balanced, report


async def told_on(account: Account | str) -> list[str]:
    """The types of all events of an account, in order, without those of clocks, balances, customers and cards."""
    identifier = account if isinstance(account, str) else account.id
    types = [each.type for each in await Event.filter(account_id=identifier).order_by("sequence")]
    return [
        each for each in types if each.split(".")[0] not in {"balance", "customer", "payment_method", "test_helpers"}
    ]


async def pay(api: Api, amount: int = 10000, currency: str = "usd", **input: Any) -> Mapping[str, Any]:
    """A payment by a card that is charged at once: the intent with its charge."""
    answer = await api.do(
        "paymentIntentCreate",
        "paymentIntent { id status latestCharge { id applicationFee { id amount } transferFailureReason transferGroup"
        " statementDescriptor application transfers { nodes { id amount destination { id } } } } }",
        {"amount": amount, "currency": currency, "paymentMethod": "pm_card_visa", "confirm": True, **input},
    )
    assert answer["userErrors"] == [], answer["userErrors"]
    intent: Mapping[str, Any] = answer["paymentIntent"]
    assert intent["status"] in {"SUCCEEDED", "REQUIRES_CAPTURE"}, intent
    return intent


async def refused(api: Api, mutation: str, noun: str, **input: Any) -> list[tuple[str, str]]:
    """Code and path of each error of a mutation that must be refused and give no object."""
    answer = await api.do(mutation, f"{noun} {{ id }}", input)
    assert answer[noun] is None, answer
    return [(each["code"], ".".join(each["param"] or ())) for each in answer["userErrors"]]


async def refund(api: Api, charge: str, amount: int | None = None, **flags: bool) -> str:
    """The id of a refund of a charge that went through."""
    answer = await api.do("refundCreate", "refund { id status }", {"charge": charge, "amount": amount, **flags})
    assert answer["userErrors"] == [], answer["userErrors"]
    assert answer["refund"]["status"] == "SUCCEEDED"
    return str(answer["refund"]["id"])


async def charge_of(intent: Mapping[str, Any]) -> str:
    """The id of the charge of a payment."""
    row = await PaymentIntent.get(id=intent["id"])
    assert row.latest_charge_id is not None
    return row.latest_charge_id


async def transfer(api: Api, amount: int, destination: Account | str, **input: Any) -> str:
    """The id of a transfer that was made."""
    to = destination if isinstance(destination, str) else destination.id
    asked = {"amount": amount, "currency": "usd", "destination": to, **input}
    answer = await api.do("transferCreate", "transfer { id }", asked)
    assert answer["userErrors"] == [], answer["userErrors"]
    return str(answer["transfer"]["id"])


async def reverse(api: Api, transfer: str, amount: int | None = None, **input: Any) -> str:
    """The id of a reversal that was made."""
    asked = {"transfer": transfer, "amount": amount, **input}
    answer = await api.do("transferReversalCreate", "transferReversal { id }", asked)
    assert answer["userErrors"] == [], answer["userErrors"]
    return str(answer["transferReversal"]["id"])


class Ledger:
    """Says after each step which movements it brought on which account, and that the books add up."""

    def __init__(self, **accounts: Account | str) -> None:
        self._accounts = accounts
        self._known: dict[str, int] = dict.fromkeys(accounts, 0)

    async def news(self) -> dict[str, list[str]]:
        """The movements since this was last asked, by account; accounts without any are left out."""
        await balanced()
        found = {}
        for name, movements in (await moved(**self._accounts)).items():
            if movements[self._known[name] :]:
                found[name] = movements[self._known[name] :]
            self._known[name] = len(movements)
        return found
