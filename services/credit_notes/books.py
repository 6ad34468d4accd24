"""The proof that credit notes add up: invoices know their sums, and parts make the whole. Reads whole tables."""

from typing import Final

from services.transactions import database

_SUMS: Final = """
SELECT i.id AS id FROM invoices i
LEFT JOIN (
  SELECT invoice_id, SUM(pre_payment_amount) AS pre, SUM(refund_amount + credit_amount + out_of_band_amount) AS post
  FROM credit_notes WHERE status = 'issued' GROUP BY invoice_id
) n ON n.invoice_id = i.id
WHERE COALESCE(n.pre, 0) <> i.pre_payment_credit_notes_amount
  OR COALESCE(n.post, 0) <> i.post_payment_credit_notes_amount
  OR COALESCE(n.pre, 0) + COALESCE(n.post, 0) > CASE WHEN i.total > 0 THEN i.total ELSE 0 END
ORDER BY i.id LIMIT 100
"""
_NOTES: Final = """
SELECT n.id AS id FROM credit_notes n
LEFT JOIN (SELECT credit_note_id, SUM(total) AS amount FROM credit_note_lines GROUP BY credit_note_id) l
  ON l.credit_note_id = n.id
LEFT JOIN (SELECT credit_note_id, SUM(amount) AS amount FROM refunds GROUP BY credit_note_id) r
  ON r.credit_note_id = n.id
LEFT JOIN customer_balance_transactions b ON b.id = n.customer_balance_transaction_id
WHERE n.amount <> n.pre_payment_amount + n.refund_amount + n.credit_amount + n.out_of_band_amount
  OR n.amount <> COALESCE(l.amount, n.amount)
  OR n.refund_amount <> COALESCE(r.amount, 0)
  OR n.credit_amount <> -COALESCE(b.amount, 0)
ORDER BY n.id LIMIT 100
"""


async def wrongly_credited() -> list[str]:
    """Invoices whose credit notes do not sum to what they say, or exceed them, and notes whose parts do not sum.

    Their ids, at most a hundred of each; there should be none.
    """
    found: list[str] = []
    for statement in (_SUMS, _NOTES):
        found += [str(record["id"]) for record in (await database().query(statement))[1]]
    return found
