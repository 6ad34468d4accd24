"""The proof that prepaid credit adds up: invoices say what journals say. Reads whole tables."""

from typing import Final

from services.transactions import database, is_postgres

_GRANTS: Final = """
SELECT g.id AS id FROM credit_grants g
LEFT JOIN (
  SELECT credit_grant_id, SUM(amount) AS left_over,
    SUM(CASE WHEN cause = 'credits_granted' THEN amount ELSE 0 END) AS granted
  FROM credit_balance_transactions GROUP BY credit_grant_id
) j ON j.credit_grant_id = g.id
LEFT JOIN customers c ON c.id = g.customer_id
WHERE COALESCE(j.granted, 0) <> g.amount
  OR COALESCE(j.left_over, 0) < 0 OR COALESCE(j.left_over, 0) > g.amount
  OR (g.status <> 'granted' AND COALESCE(j.left_over, 0) <> 0)
  OR (g.status = 'granted' AND j.left_over > 0 AND NOT c.has_credit_grants)
ORDER BY g.id LIMIT 100
"""
_SAID: Final = {
    False: "(SELECT SUM(json_extract(value, '$.amount')) FROM json_each(i.pretax_credits))",
    True: "(SELECT SUM((value ->> 'amount')::bigint) FROM jsonb_array_elements(i.pretax_credits))",
}
"""What an invoice says that prepaid credit paid of it, by whether this is PostgreSQL."""
_INVOICES: Final = """
SELECT s.id AS id FROM (SELECT i.id AS id, i.status AS status, COALESCE({said}, 0) AS said FROM invoices i) s
LEFT JOIN (
  SELECT invoice_id, SUM(CASE WHEN cause = 'credits_applied' THEN -amount ELSE 0 END) AS drawn,
    SUM(CASE WHEN cause = 'credits_application_invoice_voided' THEN amount ELSE 0 END) AS given_back
  FROM credit_balance_transactions WHERE invoice_id IS NOT NULL GROUP BY invoice_id
) j ON j.invoice_id = s.id
WHERE COALESCE(j.drawn, 0) <> s.said
  OR COALESCE(j.given_back, 0) <> CASE WHEN s.status = 'void' THEN s.said ELSE 0 END
ORDER BY s.id LIMIT 100
"""


async def unbalanced_credits() -> list[str]:
    """Grants whose journals do not agree with them, and invoices that say another thing than the journals.

    Their ids, at most a hundred of each; there should be none.
    """
    found: list[str] = []
    for statement in (_GRANTS, _INVOICES.format(said=_SAID[is_postgres()])):
        found += [str(record["id"]) for record in (await database().query(statement))[1]]
    return found
