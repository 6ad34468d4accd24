"""Figures for the seller, counted from rows whenever they are asked for, so that they cannot drift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.dunning import share_recovered
from domain.invoices import BillingReason
from domain.lifecycles import InvoiceStatus
from models import Invoice
from services.base import Service
from services.transactions import database

FIGURES_MAX = 500
"""Months and currencies that are told, the latest first."""


@dataclass(frozen=True, slots=True)
class RecoveryFigure:
    """What became of the invoices of one currency that failed for the first time in one month (UTC, `2027-02`).

    Amounts in minor units; `rate` is the part of the amount that was recovered, in per cent with two decimals.
    """

    month: str
    currency: str
    invoices_failed: int
    amount_failed: int
    invoices_recovered: int
    amount_recovered: int

    @property
    def rate(self) -> Decimal:
        """Per cent of the amount that failed."""
        return Decimal(share_recovered(self.amount_recovered, self.amount_failed))


class Analytics(Service):
    """Counts."""

    async def recovery(self) -> list[RecoveryFigure]:
        """By month and currency, what dunning brought; first invoices, which it does not touch, are left out."""
        records: Sequence[Mapping[str, Any]]
        _, records = await database().query(
            _RECOVERY[database().dialect == "postgres"],
            [self.scope.account_id, self.scope.livemode, BillingReason.SUBSCRIPTION_CREATE.value, FIGURES_MAX],
        )
        return [RecoveryFigure(**{name: record[name] for name in _NAMES}) for record in records]


_NAMES = tuple(RecoveryFigure.__dataclass_fields__)
_PAID = f"status = '{InvoiceStatus.PAID.value}'"
_RECOVERY = {
    postgres: f"SELECT {month} AS month, currency, COUNT(*) AS invoices_failed, "
    "CAST(SUM(amount_due) AS BIGINT) AS amount_failed, "
    f"CAST(SUM(CASE WHEN {_PAID} THEN 1 ELSE 0 END) AS BIGINT) AS invoices_recovered, "
    f"CAST(SUM(CASE WHEN {_PAID} THEN amount_paid ELSE 0 END) AS BIGINT) AS amount_recovered "
    f'FROM "{Invoice._meta.db_table}" WHERE account_id = {marks[0]} AND livemode = {marks[1]} '
    f"AND first_failed_at IS NOT NULL AND billing_reason <> {marks[2]} "
    f"GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT {marks[3]}"
    for postgres, month, marks in (
        (False, "strftime('%Y-%m', first_failed_at, 'unixepoch')", ("?1", "?2", "?3", "?4")),
        (True, "to_char(to_timestamp(first_failed_at) AT TIME ZONE 'UTC', 'YYYY-MM')", ("$1", "$2", "$3", "$4")),
    )
}
