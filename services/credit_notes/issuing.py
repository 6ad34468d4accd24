"""Issuing credit notes: the note, what it does to its invoice and to the customer's balance, and refunds begun."""

from collections.abc import Sequence

from domain.credit_notes import CreditNoteReason
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import CustomerBalanceTransactionType, RefundReason
from domain.lifecycles import CREDIT_NOTE, CreditNoteStatus, InvoiceStatus
from models import Charge, CreditNote, CustomerBalanceTransaction, Refund
from services.aggregates import WholeCreditNote, WholeInvoice
from services.base import Service, part
from services.credit_notes.working_out import Plan
from services.customers import Customers
from services.events import Events
from services.invoices.paid import PAID, remaining_of, settle_as_paid
from services.invoices.payments import InvoicePayments
from services.invoices.stopping import Stopping
from services.refunds import Refunds
from services.rows import insert_rows, update_rows

_CREDITED = (
    "status", "amount_due", "amount_paid", "pre_payment_credit_notes_amount", "post_payment_credit_notes_amount",
    "paid_at", "next_payment_attempt",
)  # fmt: skip
_REASONS = {
    CreditNoteReason.DUPLICATE: RefundReason.DUPLICATE,
    CreditNoteReason.FRAUDULENT: RefundReason.FRAUDULENT,
}


class Issuing(Service):
    """Writes credit notes, and takes them back."""

    events = part(Events)
    customers = part(Customers)
    refunds = part(Refunds)
    payments = part(InvoicePayments)
    stopping = part(Stopping)

    async def issue(self, plan: Plan) -> list[Refund]:
        """Within a transaction: the planned credit note of a held invoice; the refunds to be sent after the commit.

        Events `credit_note.created`, `customer.updated` when the balance is credited, `payment_intent.canceled` and
        `invoice.paid` when nothing remains to be paid, else `invoice.updated`.
        """
        note = plan.note.row
        credit = self._credit(plan)
        note.customer_balance_transaction_id = None if credit is None else credit.id
        await insert_rows([note])
        await insert_rows(plan.note.lines)
        refunds = await self._refunds(note, plan.charges)
        whole = WholeCreditNote(note, plan.note.lines, refunds)
        self.events.record(EventType.CREDIT_NOTE_CREATED, whole, at=plan.at)
        if credit is not None:
            balance = (await self.customers.balances_of([note.customer_id])).get(note.customer_id, 0)
            credit.ending_balance = balance + credit.amount
            await self.customers.journal([credit])
        await self._lower(plan.invoice, note, plan)
        return refunds

    async def take_back(self, whole: WholeCreditNote, invoice: WholeInvoice) -> None:
        """Within a transaction: the credit note is VOID, and its amount due again. Both are held.

        Events `credit_note.voided` and `invoice.updated`.
        """
        note, row = whole.row, invoice.row
        at = await self.present(note.test_clock_id)
        before = self.events.snapshot(invoice)
        note.status = CREDIT_NOTE.move(note.id, CreditNoteStatus(note.status), CreditNoteStatus.VOID)
        note.voided_at = at
        row.amount_due += note.pre_payment_amount
        row.pre_payment_credit_notes_amount -= note.pre_payment_amount
        await update_rows([note], ("status", "voided_at"))
        await update_rows([row], _CREDITED)
        self.events.record(EventType.CREDIT_NOTE_VOIDED, whole, at=at)
        await self.payments.follow([invoice])
        self.events.record(EventType.INVOICE_UPDATED, invoice, at=at, before=before)

    def _credit(self, plan: Plan) -> CustomerBalanceTransaction | None:
        """What the customer's balance is told; its ending balance is not known yet."""
        note = plan.note.row
        if note.credit_amount == 0:
            return None
        return CustomerBalanceTransaction.made(
            id=self.new_id(Prefix.CUSTOMER_BALANCE_TRANSACTION),
            created_at=plan.at,
            customer_id=note.customer_id,
            type=CustomerBalanceTransactionType.CREDIT_NOTE,
            amount=-note.credit_amount,
            currency=note.currency,
            ending_balance=0,
            invoice_id=note.invoice_id,
            credit_note_id=note.id,
            **self.ownership(),
        )

    async def _refunds(self, note: CreditNote, charges: Sequence[Charge]) -> list[Refund]:
        """Refunds of what is to be given back by the gateway, the latest charge first; written, not sent.

        What is disputed comes last, so that it is refused only where nothing else is left.
        """
        left = note.refund_amount
        if left == 0:
            return []
        given_back = await self.refunds.refunded([each.id for each in charges])
        reason = None if note.reason is None else _REASONS.get(CreditNoteReason(note.reason))
        begun = []
        latest_first = charges[::-1]
        for charge in sorted(latest_first, key=lambda each: each.dispute_id is not None):
            amount = min(left, charge.amount_captured - given_back.get(charge.id, 0))
            if amount > 0:
                begun.append(await self.refunds.begin(charge, amount, reason, credit_note_id=note.id))
                left -= amount
        if left:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"Amount {note.refund_amount} exceeds the {note.refund_amount - left} {note.currency} left to refund of"
                f" the payments of invoice {note.invoice_id}.",
                "refundAmount",
            )
        return begun

    async def _lower(self, invoice: WholeInvoice, note: CreditNote, plan: Plan) -> None:
        """The invoice with that much less due, or more given back; PAID when nothing remains."""
        row, before = invoice.row, self.events.snapshot(invoice)
        row.amount_due -= note.pre_payment_amount
        row.pre_payment_credit_notes_amount += note.pre_payment_amount
        row.post_payment_credit_notes_amount += note.post_payment_amount
        paid = row.status == InvoiceStatus.OPEN and remaining_of(row) == 0
        if paid:
            settle_as_paid(row, amount=row.amount_paid)
            row.paid_at = plan.at
            await self.stopping.expect_nothing([row])
        await update_rows([row], _CREDITED)
        if note.pre_payment_amount:
            await self.payments.follow([invoice])
        if paid:
            self.events.record_all(PAID[:1], invoice, at=plan.at)
        else:
            self.events.record(EventType.INVOICE_UPDATED, invoice, at=plan.at, before=before)
