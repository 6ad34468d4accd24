"""The credit balance of customers: a journal of immutable rows, and the sums over it."""

from collections.abc import Iterable, Sequence
from typing import Final

import orjson

from domain.checks import checked, checked_where_given
from domain.currencies import currency_of
from domain.errors import ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import CustomerBalanceTransactionType
from domain.metadata import merged_metadata
from domain.texts import required_text
from models import Customer, CustomerBalanceTransaction
from services.aggregates import WholeCustomer, WholeDiscount
from services.base import Service, part
from services.coupons.holding import Holding
from services.customers.drafts import BalanceTransactionDraft
from services.events import Events
from services.rows import insert_rows, update_rows
from services.transactions import database, is_postgres

BALANCE_MAX: Final = 999_999_999_999
"""Minor units, in either direction."""
DESCRIPTION_LENGTH_MAX: Final = 350

_SUMS = (
    "SELECT t.customer_id AS customer_id, CAST(SUM(t.amount) AS BIGINT) AS balance "
    "FROM customer_balance_transactions t JOIN customers c ON c.id = t.customer_id AND c.currency = t.currency "
    "WHERE t.account_id = {} AND t.livemode = {} AND t.customer_id {} GROUP BY t.customer_id"
)
_SUMS_POSTGRES: Final = _SUMS.format("$1", "$2", "= ANY($3)")
_SUMS_SQLITE: Final = _SUMS.format("?", "?", "IN (SELECT value FROM json_each(?))")


class Balances(Service):
    """Sums over the journal, and new lines of it."""

    events = part(Events)
    holding = part(Holding)

    async def of(self, customer_ids: Iterable[str]) -> dict[str, int]:
        """Balances in minor units of each customer's currency, negative is credit; who has no journal is absent.

        One statement. What a write rests on is read with the customers locked.
        """
        ids = list(customer_ids)
        if not ids:
            return {}
        scope = [self.scope.account_id, self.scope.livemode]
        if is_postgres():
            _, records = await database().query(_SUMS_POSTGRES, [*scope, ids])
        else:
            _, records = await database().query(_SUMS_SQLITE, [*scope, orjson.dumps(ids).decode()])
        return {record["customer_id"]: record["balance"] for record in records}

    async def journal(self, rows: Sequence[CustomerBalanceTransaction]) -> None:
        """Write lines whose `ending_balance` is set, in order. Records `customer.updated` for each."""
        if not rows:
            return
        await insert_rows(rows)
        customers = {row.id: row for row in await self.gather(Customer, "id", {row.customer_id for row in rows})}
        having = await self.holding.of_customers(customers.values())
        for row in rows:
            self._tell(row, customers[row.customer_id], having.get(row.customer_id))

    async def adjust(self, customer: Customer, draft: BalanceTransactionDraft) -> CustomerBalanceTransaction:
        """A line written by hand for a customer who is locked. The first one decides the customer's currency."""
        at = await self.present(customer.test_clock_id)
        balance = (await self.of([customer.id])).get(customer.id, 0)
        problems = Problems()
        currency = checked(problems, currency_of, draft.currency)
        description = checked_where_given(
            problems, required_text, draft.description, DESCRIPTION_LENGTH_MAX, ("description",)
        )
        metadata = checked(problems, merged_metadata, {}, draft.metadata)
        _check_currency(problems, customer, currency)
        _check_amount(problems, draft.amount, balance)
        problems.raise_any()
        assert currency is not None

        row = CustomerBalanceTransaction.made(
            id=self.new_id(Prefix.CUSTOMER_BALANCE_TRANSACTION),
            created_at=at,
            customer_id=customer.id,
            type=CustomerBalanceTransactionType.ADJUSTMENT,
            amount=draft.amount,
            currency=currency,
            ending_balance=balance + draft.amount,
            description=description,
            metadata=metadata,
            **self.ownership(),
        )
        discount = (await self.holding.of_customers([customer])).get(customer.id)
        before = self.events.snapshot(WholeCustomer(customer, balance, discount=discount))
        if customer.currency is None:
            customer.currency = currency
            await update_rows([customer], ["currency"])
        await insert_rows([row])
        after = WholeCustomer(customer, row.ending_balance, discount=discount)
        self.events.record(EventType.CUSTOMER_UPDATED, after, at=at, before=before)
        return row

    def _tell(self, row: CustomerBalanceTransaction, customer: Customer, discount: WholeDiscount | None) -> None:
        """Record how this line changed the customer's balance."""
        before = self.events.snapshot(WholeCustomer(customer, row.ending_balance - row.amount, discount=discount))
        after = WholeCustomer(customer, row.ending_balance, discount=discount)
        self.events.record(EventType.CUSTOMER_UPDATED, after, at=row.created_at, before=before)


def _check_currency(problems: Problems, customer: Customer, currency: str | None) -> None:
    if currency is not None and customer.currency not in (None, currency):
        problems.add(
            ErrorCode.CURRENCY_MISMATCH,
            f"Customer {customer.id} is billed in {customer.currency}; the balance cannot be in {currency}.",
            "currency",
        )


def _check_amount(problems: Problems, amount: int, balance: int) -> None:
    if amount == 0:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            "An amount of 0 changes nothing; a negative one gives credit, a positive one is owed.",
            "amount",
        )
    elif abs(balance + amount) > BALANCE_MAX or abs(amount) > BALANCE_MAX:
        problems.add(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {amount} would bring the balance from {balance} to {balance + amount}; "
            f"it may be {BALANCE_MAX} in either direction.",
            "amount",
        )
