"""The proof that invoices add up: each was paid just what came in for it. Reads whole tables."""

from dataclasses import dataclass
from typing import Final

from services.transactions import database

FOUND_MAX: Final = 100

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
