"""Corrections of finalized invoices: the verbs on credit notes.

working_out  what is credited, and where the money goes
issuing      the note, its invoice and the customer's balance
wholes       notes with their lines and refunds
books        the proof that they add up
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.checks import checked, checked_where_given
from domain.credit_notes import MEMO_LENGTH_MAX, CreditNoteType
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problem, Problems
from domain.event_types import EventType
from domain.lifecycles import CREDIT_NOTE, INVOICE, CreditNoteStatus, InvoiceStatus, RefundStatus
from domain.metadata import merged_metadata
from domain.texts import text_within
from models import CreditNote, CreditNoteLine, Invoice, Refund
from services.base import Service, Settled, part
from services.credit_notes.drafts import (
    CreditNoteChange,
    CreditNoteDraft,
    CreditNoteLineDraft,
    CreditNoteSearch,
)
from services.credit_notes.issuing import Issuing
from services.credit_notes.wholes import WholeCreditNotes
from services.credit_notes.working_out import WorkingOut
from services.events import Events
from services.idempotency import answered, answered_again, claimed, transactional
from services.invoices.wholes import WholeInvoices
from services.pages import Listing
from services.payments import Invoiced, refuse_in_flight
from services.refunds import Refunds
from services.rows import update_rows
from services.transactions import current_unit, in_transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedCreditNote:
    """A credit note that does not exist; amounts in minor units."""

    number: str
    type: CreditNoteType
    invoice_id: str
    currency: str
    amount: int
    subtotal: int
    total_excluding_tax: int
    total_discount_amounts: Sequence[Mapping[str, Any]]
    total_taxes: Sequence[Mapping[str, Any]]
    pretax_credits: Sequence[Mapping[str, Any]]
    pre_payment_amount: int
    post_payment_amount: int
    refund_amount: int
    credit_amount: int
    out_of_band_amount: int
    lines: Sequence[CreditNoteLine]


class CreditNotes(Service):
    """What can be asked of credit notes."""

    events = part(Events)
    wholes = part(WholeCreditNotes)
    invoices = part(WholeInvoices)
    invoiced = part(Invoiced)
    working_out = part(WorkingOut)
    issuing = part(Issuing)
    refunds = part(Refunds)

    def matching(self, search: CreditNoteSearch) -> Listing:
        """The credit notes that a list shows."""
        wanted = {"customer_id": search.customer, "invoice_id": search.invoice, "status": search.status}
        return self.mine(CreditNote).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def create(self, draft: CreditNoteDraft) -> Settled[CreditNote]:
        """A credit note of an open or paid invoice. Events as `Issuing.issue`, then those of its refunds.

        The note and its refunds are committed before the gateway is called; a refund that the network refuses is told
        beside the note, which stands. Refuses more than is left to credit, also where several are made side by side.
        """
        assert current_unit() is None, "a credit note may refund, so it is no part of another transaction"

        async def first() -> tuple[CreditNote, list[Refund]]:
            claim = await claimed(self.scope)
            row = await self.invoiced.invoice(draft.invoice, "invoice")
            refuse_in_flight(await self.invoiced.payments_of([row.id]))
            plan = await self.working_out.plan(row, draft, lock=True)
            refunds = await self.issuing.issue(plan)
            if claim is not None:
                await answered(claim, Settled(plan.note.row))
            return plan.note.row, refunds

        note, refunds = await in_transaction(first)
        if not refunds:
            return Settled(note)
        await self.refunds.send(refunds)
        return await in_transaction(lambda: self._refunded(note, refunds))

    async def preview(self, draft: CreditNoteDraft) -> "PreviewedCreditNote":
        """The credit note that `create` would make of this draft now. Nothing is written."""
        row = await self.require(Invoice, draft.invoice, "invoice")
        plan = await self.working_out.plan(row, draft)
        return PreviewedCreditNote(
            number=plan.note.row.number,
            type=plan.split.type,
            invoice_id=row.id,
            currency=row.currency,
            amount=plan.note.row.amount,
            subtotal=plan.note.row.subtotal,
            total_excluding_tax=plan.note.row.total_excluding_tax,
            total_discount_amounts=plan.note.row.total_discount_amounts,
            total_taxes=plan.note.row.total_taxes,
            pretax_credits=plan.note.row.pretax_credits,
            pre_payment_amount=plan.split.pre_payment,
            post_payment_amount=plan.split.post_payment,
            refund_amount=plan.split.refunded,
            credit_amount=plan.split.credited,
            out_of_band_amount=plan.split.out_of_band,
            lines=plan.note.lines,
        )

    @transactional
    async def update(self, identifier: str, change: CreditNoteChange) -> CreditNote:
        """The credit note with memo or metadata changed. Event `credit_note.updated`."""
        note = await self.lock(CreditNote, identifier)
        at = await self.present(note.test_clock_id)
        [whole] = await self.wholes.of([note])
        before = self.events.snapshot(whole)
        problems = Problems()
        memo = checked_where_given(problems, text_within, change.memo, MEMO_LENGTH_MAX, "memo")
        metadata = checked(problems, merged_metadata, note.metadata, change.metadata)
        problems.raise_any()
        assert metadata is not None
        note.memo = note.memo if memo is UNSET else memo
        note.metadata = metadata
        await update_rows([note], ("memo", "metadata"))
        self.events.record(EventType.CREDIT_NOTE_UPDATED, whole, at=at, before=before)
        return note

    @transactional
    async def void(self, identifier: str) -> CreditNote:
        """The credit note, VOID; what it had lowered is due again. Only while its invoice is open, and nothing was
        given back.
        """
        known = await self.require(CreditNote, identifier)
        row = await self.invoiced.invoice(known.invoice_id)
        refuse_in_flight(await self.invoiced.payments_of([row.id]))
        note = await self.lock(CreditNote, identifier)
        CREDIT_NOTE.refuse_unless("void", note.id, CreditNoteStatus(note.status))
        INVOICE.refuse_unless("void a credit note of", row.id, InvoiceStatus(row.status), allowed=(InvoiceStatus.OPEN,))
        if note.post_payment_amount:
            raise DomainError(
                ErrorCode.CREDIT_NOTE_UNEXPECTED_STATE,
                f"Credit note {note.id} gave {note.post_payment_amount} {note.currency} back and cannot be void.",
                "id",
            )
        [whole] = await self.wholes.of([note])
        [invoice] = await self.invoices.of([row])
        await self.issuing.take_back(whole, invoice)
        return note

    async def _refunded(self, note: CreditNote, begun: list[Refund]) -> Settled[CreditNote]:
        """The answer once the gateway was asked for the refunds; it takes the place of the one that was kept before."""
        failed = [each for each in await self._now(begun) if each.status == RefundStatus.FAILED]
        if not failed:
            return Settled(note)
        problem = Problem(
            ErrorCode.PROCESSING_ERROR,
            f"Refund {failed[0].id} of credit note {note.id} failed ({failed[0].failure_reason}); the credit note"
            " stands. Give the money back in another way.",
        )
        settled = Settled(note, problem, failed[0].payment_intent_id)
        await answered_again(self.scope, settled)
        return settled

    async def _now(self, begun: list[Refund]) -> list[Refund]:
        return await self.gather(Refund, "id", [each.id for each in begun])


__all__ = [
    "CreditNoteChange",
    "CreditNoteDraft",
    "CreditNoteLineDraft",
    "CreditNoteSearch",
    "CreditNotes",
]
