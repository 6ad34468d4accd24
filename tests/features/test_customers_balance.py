"""The credit balance: a journal whose sum is the balance, one currency, never lost under load."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from domain.errors import DomainError
from domain.ids import Prefix
from models import Customer, CustomerBalanceTransaction, Event
from services.customers import BalanceTransactionDraft, CustomerDraft, Customers
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.scopes import NOON, founded_scope, problems_of, strangers, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def made(scope: Scope) -> Customer:
    return (await Customers(scope).create(CustomerDraft(email="ada@example.com"))).customer


async def adjusted(scope: Scope, who: Customer, amount: int, **more: Any) -> CustomerBalanceTransaction:
    draft = BalanceTransactionDraft(**{"customer": who.id, "amount": amount, "currency": "usd", **more})
    return await Customers(scope).create_balance_transaction(draft)


@contextmanager
def refusal(code: str, param: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refused:
        yield
    assert problems_of(refused.value) == [(code, param)]


async def test_balance_is_the_sum_of_its_journal(scope: Scope) -> None:
    customer = await made(scope)
    first = await adjusted(scope, customer, -1500, description="Sorry", metadata={"ticket": "7"})
    second = await adjusted(scope, customer, 400, currency="USD")
    assert (first.ending_balance, second.ending_balance) == (-1500, -1100)
    assert (first.type, first.description, first.metadata) == ("adjustment", "Sorry", {"ticket": "7"})
    assert await Customers(scope).balances_of([customer.id, "cus_absent"]) == {customer.id: -1100}


async def test_first_adjustment_decides_the_currency(scope: Scope) -> None:
    customer = await made(scope)
    await adjusted(scope, customer, -1500, currency="eur")
    assert (await Customer.get(id=customer.id)).currency == "eur"
    event = await Event.get(type="customer.updated")
    assert (event.data["balance"], event.data["currency"]) == (-1500, "eur")
    assert event.previous_attributes == {"balance": 0, "currency": None}
    with refusal("CURRENCY_MISMATCH", "currency"):
        await adjusted(scope, customer, -1, currency="usd")
    assert await CustomerBalanceTransaction.all().count() == 1


@pytest.mark.parametrize(
    ("amount", "more", "code", "param"),
    [
        (0, {}, "PARAMETER_INVALID_INTEGER", "amount"),
        (10**12, {}, "AMOUNT_TOO_LARGE", "amount"),
        (-(10**12), {}, "AMOUNT_TOO_LARGE", "amount"),
        (1, {"currency": "xxx"}, "CURRENCY_INVALID", "currency"),
        (1, {"description": "x" * 351}, "PARAMETER_STRING_TOO_LONG", "description"),
        (1, {"customer": "cus_absent"}, "RESOURCE_MISSING", "customer"),
    ],
)
async def test_adjustment_that_is_none_is_refused(
    scope: Scope, amount: int, more: dict[str, Any], code: str, param: str
) -> None:
    customer = await made(scope)
    with refusal(code, param):
        await adjusted(scope, customer, amount, **more)
    assert await CustomerBalanceTransaction.all().count() == 0
    assert (await Customer.get(id=customer.id)).currency is None
    assert await told() == ["customer.created"]


async def test_parallel_adjustments_are_all_counted(scope: Scope) -> None:
    customer = await made(scope)
    rows = await asyncio.gather(*(adjusted(scope, customer, -100) for _ in range(10)))
    assert sorted(row.ending_balance for row in rows) == [-100 * n for n in range(10, 0, -1)]
    assert await Customers(scope).balances_of([customer.id]) == {customer.id: -1000}


async def test_journal_of_an_invoice_tells_each_change(scope: Scope) -> None:
    customer = await made(scope)
    await adjusted(scope, customer, -1500)

    def line(amount: int, ending_balance: int) -> CustomerBalanceTransaction:
        return CustomerBalanceTransaction(
            id=scope.ids.new(Prefix.CUSTOMER_BALANCE_TRANSACTION),
            created_at=NOON,
            account_id=scope.account_id,
            customer_id=customer.id,
            type="applied_to_invoice",
            amount=amount,
            currency="usd",
            ending_balance=ending_balance,
            invoice_id="in_1",
        )

    await in_transaction(lambda: Customers(scope).journal([line(500, -1000), line(1000, 0)]))
    assert await Customers(scope).balances_of([customer.id]) == {customer.id: 0}
    events = await Event.filter(type="customer.updated").order_by("sequence")
    assert [event.data["balance"] for event in events] == [-1500, -1000, 0]
    assert [(event.previous_attributes or {})["balance"] for event in events] == [0, -1500, -1000]


async def test_wholes_carry_their_balances(scope: Scope) -> None:
    ada, bob = await made(scope), await made(scope)
    await adjusted(scope, bob, -5)
    wholes = await Customers(scope).wholes_of([bob, ada])
    assert [(whole.row.id, whole.balance) for whole in wholes] == [(bob.id, -5), (ada.id, 0)]
    assert await Customers(scope).wholes_of([]) == []


async def test_balances_of_others_are_absent(scope: Scope) -> None:
    customer = await made(scope)
    await adjusted(scope, customer, -5)
    for stranger in await strangers(scope):
        assert await Customers(stranger).balances_of([customer.id]) == {}
        with refusal("RESOURCE_MISSING", "customer"):
            await adjusted(stranger, customer, -5)
    assert await Customers(scope).balances_of([customer.id]) == {customer.id: -5}
