"""Payments of invoices: what they touch is held in one order, and none takes more than is still due.

The order is that of the house: customers, subscriptions, invoices, payment intents. Verbs of invoices,
confirmations and the settling of charges all begin with it, so none of them waits for another in a circle.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from domain.errors import DomainError, ErrorCode
from domain.invoice_sharing import part_of
from domain.lifecycles import INVOICE, PAYMENT_INTENT, InvoiceStatus, PaymentIntentStatus
from domain.sharing import Sharing
from models import Invoice, PaymentIntent
from services.base import Service
from services.rows import update_rows
from services.transactions import database, is_postgres

_HOLD: Final = """
WITH wanted AS (
  SELECT customer_id, subscription_id FROM invoices WHERE id = ANY($1) AND account_id = $2 AND livemode = $3
), payers AS MATERIALIZED (
  SELECT id FROM customers WHERE id IN (SELECT customer_id FROM wanted) ORDER BY id FOR NO KEY UPDATE
), served AS MATERIALIZED (
  SELECT id FROM subscriptions
  WHERE (SELECT count(*) FROM payers) > 0 AND id IN (SELECT subscription_id FROM wanted)
  ORDER BY id FOR NO KEY UPDATE
)
SELECT id FROM invoices
WHERE (SELECT count(*) FROM served) >= 0 AND id = ANY($1) AND account_id = $2 AND livemode = $3
ORDER BY id FOR NO KEY UPDATE
"""
"""Each part is complete before the next one begins, because that one asks for its count."""


class Invoiced(Service):
    """Holds invoices with their payments, and guards what is still due of them."""

    async def hold(self, invoice_ids: Iterable[str | None]) -> None:
        """Hold these invoices until the transaction ends, after their customers and subscriptions.

        One statement, and only on PostgreSQL: SQLite has one writer anyway.
        """
        wanted = sorted({each for each in invoice_ids if each is not None})
        if wanted and is_postgres():
            await database().query(_HOLD, [wanted, self.scope.account_id, self.scope.livemode])

    async def invoice(self, identifier: str, *param: str) -> Invoice:
        """The invoice, held after its customer and subscription; refused while that clock is on its way."""
        known = await self.require(Invoice, identifier, *param)
        await self.present(known.test_clock_id)
        await self.hold([identifier])
        return await self.lock(Invoice, identifier, *param)

    async def payments_of(self, invoice_ids: Iterable[str]) -> list[PaymentIntent]:
        """All payment intents of these invoices, which are held already; held too."""
        return await self.gather(PaymentIntent, "invoice_id", invoice_ids, lock=True)

    async def intent(self, identifier: str) -> PaymentIntent:
        """The payment intent, held after the invoice that it pays, if it pays one."""
        known = await self.require(PaymentIntent, identifier)
        if known.invoice_id is not None:
            await self.invoice(known.invoice_id)
        intent = await self.lock(PaymentIntent, identifier)
        if intent.invoice_id != known.invoice_id:
            raise DomainError(
                ErrorCode.LOCK_TIMEOUT, f"Payment intent {identifier} is being attached to an invoice; try again."
            )
        return intent

    async def refuse_too_much(self, intent: PaymentIntent) -> None:
        """Refuse to try this held payment when its invoice is not to be paid, or has less left to pay."""
        if intent.invoice_id is None:
            return
        [invoice] = await self.gather(Invoice, "id", [intent.invoice_id])
        INVOICE.refuse_unless("pay", invoice.id, InvoiceStatus(invoice.status))
        refuse_in_flight([each for each in await self.payments_of([invoice.id]) if each.id != intent.id])
        remaining = invoice.amount_due - invoice.amount_paid
        if intent.amount > remaining:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"Payment intent {intent.id} would take {intent.amount} {intent.currency}, and {remaining} remain to be"
                f" paid of invoice {invoice.id}; cancel it.",
                "id",
            )

    async def share_anew(self, invoice: Invoice) -> None:
        """Within a transaction: let payments that are still to be made of a held invoice be shared as it now says."""
        payments = await self.payments_of([invoice.id])
        refuse_in_flight(payments)
        open_ones = [each for each in payments if not PAYMENT_INTENT.ended(PaymentIntentStatus(each.status))]
        for each in open_ones:
            each.sharing = sharing_of(invoice, each.amount)
        await update_rows(open_ones, ("sharing",))

    async def is_default(self, intent: PaymentIntent) -> bool:
        """Whether the invoice that it pays asks for this payment by itself."""
        [invoice] = await self.gather(Invoice, "id", [intent.invoice_id])
        return invoice.payment_intent_id == intent.id


def sharing_of(invoice: Invoice, amount: int) -> dict[str, Any] | None:
    """What others have of a payment of `amount` minor units towards this finalized invoice, for its column."""
    if invoice.sharing is None:
        return None
    due = invoice.amount_due + invoice.pre_payment_credit_notes_amount
    sharing = Sharing.from_json(invoice.sharing)
    return part_of(sharing, due=due, before=invoice.amount_paid, amount=amount).as_json()


def refuse_in_flight(intents: Sequence[PaymentIntent]) -> None:
    """Refuse while a payment of an invoice is being made: its outcome decides what remains to be paid."""
    for intent in intents:
        if intent.status == PaymentIntentStatus.PROCESSING:
            raise DomainError(
                ErrorCode.INVOICE_UNEXPECTED_STATE,
                f"Payment {intent.id} of invoice {intent.invoice_id} is being made at this moment; try again when its"
                " outcome is known.",
                "id",
            )
