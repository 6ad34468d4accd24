"""The journal of prepaid credit: immutable rows, the sums over them, and what invoices draw and give back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from domain.credit_grants import CreditCause, CreditGrantCategory, DebitCause, Term
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import CreditGrantStatus
from models import CreditBalanceTransaction, CreditGrant, Customer
from services.base import Service, part
from services.events import Events
from services.rows import hydrate, insert_rows, select_list, update_rows
from services.transactions import database, is_postgres

_LEFT: Final = (
    "SELECT {columns}, balance FROM credit_grants JOIN ("
    "SELECT credit_grant_id, CAST(SUM(amount) AS BIGINT) AS balance FROM credit_balance_transactions"
    " WHERE customer_id {among} GROUP BY credit_grant_id HAVING SUM(amount) > 0"
    ") AS journal ON credit_grant_id = id WHERE account_id = {account} AND livemode = {mode}"
)


@dataclass(frozen=True, slots=True)
class Fund:
    """A grant with something left, in minor units."""

    row: CreditGrant
    left: int

    @property
    def term(self) -> Term:
        """When it can be drawn, and in which order."""
        row = self.row
        category = CreditGrantCategory(row.category)
        return Term(row.priority, row.effective_at, row.expires_at, category, row.id)


class CreditJournal(Service):
    """Writes lines and reads what they sum to. Whoever writes holds the customers, so that nothing is drawn twice."""

    events = part(Events)

    async def funds_of(self, customer_ids: Iterable[str]) -> dict[str, list[Fund]]:
        """By customer the grants of which something is left, in the order in which they are drawn. One statement."""
        ids = sorted(set(customer_ids))
        columns = select_list(CreditGrant)
        if is_postgres():
            sql = _LEFT.format(columns=columns, among="= ANY($1)", account="$2", mode="$3")
            parameters: list[Any] = [ids, self.scope.account_id, self.scope.livemode]
        else:
            among = "IN (SELECT value FROM json_each(?))"
            sql = _LEFT.format(columns=columns, among=among, account="?", mode="?")
            parameters = [orjson.dumps(ids).decode(), self.scope.account_id, self.scope.livemode]
        _, records = await database().query(sql, parameters)
        funds: dict[str, list[Fund]] = {identifier: [] for identifier in ids}
        for row, record in zip(hydrate(CreditGrant, records), records, strict=True):
            if row.status == CreditGrantStatus.GRANTED:
                funds[row.customer_id].append(Fund(row, record["balance"]))
        for each in funds.values():
            each.sort(key=lambda fund: fund.term.turn)
        return funds

    async def left_of(self, grants: Sequence[CreditGrant]) -> dict[str, int]:
        """By grant what is left of it, in minor units."""
        sums = dict.fromkeys((grant.id for grant in grants), 0)
        for line in await self.gather(CreditBalanceTransaction, "credit_grant_id", sums):
            sums[line.credit_grant_id] += line.amount
        return sums

    def line(
        self,
        grant: CreditGrant,
        cause: CreditCause | DebitCause,
        amount: int,
        at: datetime,
        *,
        invoice_id: str | None = None,
        invoice_line_id: str = "",
        effective_at: datetime | None = None,
    ) -> CreditBalanceTransaction:
        """A line of a grant's journal, not stored: `amount` is positive where it gives."""
        return CreditBalanceTransaction.made(
            id=self.new_id(Prefix.CREDIT_BALANCE_TRANSACTION),
            created_at=at,
            credit_grant_id=grant.id,
            customer_id=grant.customer_id,
            cause=cause,
            amount=amount,
            currency=grant.currency,
            effective_at=effective_at or at,
            invoice_id=invoice_id,
            invoice_line_id=invoice_line_id,
            test_clock_id=grant.test_clock_id,
            **self.ownership(),
        )

    async def write(self, lines: Sequence[CreditBalanceTransaction]) -> None:
        """Store lines, in order. Event `billing.credit_balance_transaction.created` for each."""
        await insert_rows(lines)
        for line in lines:
            self.events.record(EventType.BILLING_CREDIT_BALANCE_TRANSACTION_CREATED, line, at=line.created_at)

    async def give_back(
        self, drawn: Sequence[CreditBalanceTransaction], presents: Mapping[str | None, datetime]
    ) -> None:
        """What these lines drew comes back to its grants; of a grant that has expired it is lost again at once."""
        customers = await self.gather(Customer, "id", {line.customer_id for line in drawn}, lock=True)
        grants = {row.id: row for row in await self.gather(CreditGrant, "id", {line.credit_grant_id for line in drawn})}
        lines = []
        for each in drawn:
            grant, at = grants[each.credit_grant_id], presents[each.test_clock_id]
            cause, of = CreditCause.CREDITS_APPLICATION_INVOICE_VOIDED, each.invoice_line_id
            lines.append(self.line(grant, cause, -each.amount, at, invoice_id=each.invoice_id, invoice_line_id=of))
            if grant.status == CreditGrantStatus.EXPIRED:
                lost = self.line(grant, DebitCause.CREDITS_EXPIRED, each.amount, at, invoice_line_id=of)
                lines.append(lost)
        await self.write(lines)
        for customer in customers:
            customer.has_credit_grants = True
        await update_rows(customers, ["has_credit_grants"])
