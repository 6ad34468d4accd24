"""The proof that invoices add up: each was paid just what came in for it, and asks for
what its lines do. Reads whole tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.kinds import TaxBehavior
from models import Invoice, InvoiceLine
from services.transactions import database

FOUND_MAX: Final = 100
_PAGE: Final = 500

_SUMS: Final = """
SELECT i.id AS id, i.amount_paid + i.amount_overpaid AS counted,
  COALESCE(c.taken, 0) + COALESCE(o.taken, 0) AS received
FROM invoices i
LEFT JOIN (SELECT invoice_id, SUM(amount_captured) AS taken FROM charges WHERE captured GROUP BY invoice_id) c
  ON c.invoice_id = i.id
LEFT JOIN (SELECT invoice_id, SUM(amount) AS taken FROM out_of_band_payments GROUP BY invoice_id) o
  ON o.invoice_id = i.id
WHERE i.amount_paid + i.amount_overpaid <> COALESCE(c.taken, 0) + COALESCE(o.taken, 0)
ORDER BY i.id LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """An invoice that says it was paid `counted` minor units, while `received` came in for it."""

    invoice_id: str
    counted: int
    received: int


async def unbalanced_invoices() -> list[Unbalanced]:
    """Invoices whose payments do not sum to what they were paid, at most a hundred; there should be none."""
    records = (await database().query(_SUMS))[1]
    return [Unbalanced(each["id"], int(each["counted"]), int(each["received"])) for each in records]


async def misreckoned_invoices() -> list[str]:
    """Ids of invoices that say something else than their lines do, discounts and taxes included; at most a hundred."""
    wrong: list[str] = []
    last = ""
    while len(wrong) < FOUND_MAX:
        rows = await Invoice.filter(id__gt=last).order_by("id").limit(_PAGE)
        if not rows:
            break
        last = rows[-1].id
        lines: dict[str, list[InvoiceLine]] = {row.id: [] for row in rows}
        for line in await InvoiceLine.filter(invoice_id__in=list(lines)):
            lines[line.invoice_id].append(line)
        wrong += [row.id for row in rows if _said(row) != _summed(lines[row.id])]
    return wrong[:FOUND_MAX]


_Sums = tuple[int, int, int, dict[str, int], dict[str, int], dict[tuple[str, str], int]]
"""Subtotal, total without tax, total, and what each discount, each draw of prepaid credit and each tax comes to."""


def _said(row: Invoice) -> _Sums:
    discounts = {each["discount"]: each["amount"] for each in row.total_discount_amounts}
    taxes = _taxes_of([row.total_taxes])
    return row.subtotal, row.total_excluding_tax, row.total, discounts, _draws_of([row.pretax_credits]), taxes


def _summed(lines: Sequence[InvoiceLine]) -> _Sums:
    discounts: dict[str, int] = {}
    for each in (cut for line in lines for cut in line.discount_amounts):
        discounts[each["discount"]] = discounts.get(each["discount"], 0) + each["amount"]
    taxes = [tax for line in lines for tax in line.taxes]
    within = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == TaxBehavior.INCLUSIVE)
    on_top = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == TaxBehavior.EXCLUSIVE)
    subtotal = sum(line.amount for line in lines)
    draws = _draws_of([line.pretax_credits for line in lines])
    net = subtotal - sum(discounts.values()) - sum(draws.values())
    return subtotal, net - within, net + on_top, discounts, draws, _taxes_of([line.taxes for line in lines])


def _draws_of(kept: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """By line of the journal, what prepaid credit paid; each draw is of one line of the invoice."""
    return {each["credit_balance_transaction"]: each["amount"] for draws in kept for each in draws}


def _taxes_of(kept: Iterable[Sequence[Mapping[str, Any]]]) -> dict[tuple[str, str], int]:
    """By rate and reason, what taxes come to together."""
    sums: dict[tuple[str, str], int] = {}
    for tax in (each for taxes in kept for each in taxes):
        key = tax["tax_rate"], tax["taxability_reason"]
        sums[key] = sums.get(key, 0) + tax["amount"]
    return sums
