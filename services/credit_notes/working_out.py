"""Working out a credit note: what of its invoice is credited, and where the money goes. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.checks import checked, checked_where_given
from domain.credit_notes import (
    DESCRIPTION_LENGTH_MAX,
    LINES_MAX,
    MEMO_LENGTH_MAX,
    Allocation,
    Creditable,
    CreditNoteLineType,
    allocated,
    credit_note_number,
    credited_by_amount,
    credited_by_quantity,
    refuse_beyond,
    unit_amount_of,
)
from domain.credited_shares import CreditedShare, credited_share, summed_discounts, summed_draws, summed_taxes
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.lifecycles import INVOICE, CreditNoteStatus, InvoiceStatus, RefundStatus
from domain.metadata import merged_metadata
from domain.money import unit_amount_text
from domain.part_payments import refuse_small_rest
from domain.pricing import Quantity
from domain.texts import required_text, text_within
from models import Charge, CreditNote, CreditNoteLine, Invoice, InvoiceLine, Refund
from services.aggregates import WholeCreditNote, WholeInvoice
from services.base import Service, part
from services.credit_notes.drafts import CreditNoteDraft, CreditNoteLineDraft
from services.invoices.paid import remaining_of
from services.invoices.wholes import WholeInvoices

CREDITED = (InvoiceStatus.OPEN, InvoiceStatus.PAID)
"""The statuses of invoices that can be credited (Stripe's)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A credit note as it would be, its invoice as it is, and the charges that a refund may take from."""

    note: WholeCreditNote
    invoice: WholeInvoice
    split: Allocation
    charges: Sequence[Charge]
    at: datetime


class WorkingOut(Service):
    """Makes plans of credit notes."""

    wholes = part(WholeInvoices)

    async def plan(self, row: Invoice, draft: CreditNoteDraft, *, lock: bool = False) -> Plan:
        """The credit note that is wanted of this invoice; with `lock`, what it rests on is held, as the invoice is."""
        INVOICE.refuse_unless("credit", row.id, InvoiceStatus(row.status), allowed=CREDITED, param="invoice")
        [invoice] = await self.wholes.of([row])
        notes = await self.gather(CreditNote, "invoice_id", [row.id], order=("sequence",))
        problems = Problems()
        lines = await self._lines(invoice, [each.id for each in notes if _counts(each)], draft, problems)
        memo = checked_where_given(problems, text_within, draft.memo, MEMO_LENGTH_MAX, "memo")
        metadata = checked(problems, merged_metadata, {}, draft.metadata)
        problems.raise_any()
        assert metadata is not None and memo is not UNSET
        param = "amount" if draft.lines is None else "lines"
        total = sum(line.total for line in lines) if draft.amount is None else draft.amount
        charges = await self.gather(Charge, "invoice_id", [row.id], order=("id",), lock=lock, captured=True)
        refuse_beyond(total, await self._creditable(row, notes, charges), row.currency, param)
        remaining = remaining_of(row) if row.status == InvoiceStatus.OPEN else 0
        split = allocated(
            total,
            remaining,
            refunded=draft.refund_amount,
            credited=draft.credit_amount,
            out_of_band=draft.out_of_band_amount,
        )
        refuse_small_rest(remaining - split.pre_payment, row.currency, param)
        at = await self.present(row.test_clock_id)
        note = self._note(row, split, draft, at)
        _sum_up(note, lines)
        note.sequence = len(notes) + 1
        note.number = credit_note_number(str(row.number), note.sequence)
        note.memo, note.metadata = memo, metadata
        for line in lines:
            line.credit_note_id, line.created_at = note.id, at
        return Plan(WholeCreditNote(note, lines, ()), invoice, split, charges, at)

    async def _creditable(self, row: Invoice, notes: Sequence[CreditNote], charges: Sequence[Charge]) -> int:
        """What of the invoice's total is neither credited nor given back yet.

        A refund beside all credit notes counts, unless it makes up for one of a credit note that failed.
        """
        refunds = await self.gather(Refund, "charge_id", [each.id for each in charges])
        beside = sum(each.amount for each in refunds if each.credit_note_id is None and not _failed(each))
        failed = sum(each.amount for each in refunds if each.credit_note_id is not None and _failed(each))
        credited = sum(each.amount for each in notes if _counts(each))
        return max(0, int(row.total - credited - max(0, beside - failed)))

    async def _lines(
        self, invoice: WholeInvoice, note_ids: Sequence[str], draft: CreditNoteDraft, problems: Problems
    ) -> list[CreditNoteLine]:
        """The lines that are wanted; none when an amount is."""
        if (draft.lines is None) == (draft.amount is None):
            raise DomainError(
                ErrorCode.PARAMETER_MISSING if draft.lines is None else ErrorCode.PARAMETERS_EXCLUSIVE,
                "Say what to credit: give `lines` or `amount`, one of them.",
                "lines",
            )
        if draft.lines is not None and not 1 <= len(draft.lines) <= LINES_MAX:
            text = f"The credit note would have {len(draft.lines)} lines; it may have 1 to {LINES_MAX}."
            raise DomainError(ErrorCode.PARAMETER_LIST_TOO_LONG, text, "lines")
        known = {line.id: line for line in invoice.lines}
        open_lines = await self._creditable_lines(invoice, note_ids)
        lines = []
        for position, wanted in enumerate(draft.lines or ()):
            try:
                if wanted.type is CreditNoteLineType.CUSTOM_LINE_ITEM:
                    line = self._custom(wanted)
                else:
                    line = self._of_invoice(wanted, known, open_lines)
                line.metadata = merged_metadata({}, wanted.metadata)
            except DomainError as error:
                problems.add_from(error, "lines", str(position))
                continue
            line.position = position
            lines.append(line)
        return lines

    async def _creditable_lines(self, invoice: WholeInvoice, note_ids: Sequence[str]) -> dict[str, Creditable]:
        """The lines of the invoice with what has been credited of each."""
        found = {line.id: Creditable(line.id, line.amount, _units(line)) for line in invoice.lines}
        for credited in await self.gather(CreditNoteLine, "credit_note_id", note_ids):
            if credited.invoice_line_id is not None:
                _take(found, credited.invoice_line_id, credited.amount, credited.quantity)
        return found

    def _of_invoice(
        self, wanted: CreditNoteLineDraft, known: dict[str, InvoiceLine], open_lines: dict[str, Creditable]
    ) -> CreditNoteLine:
        """A part of a line of the invoice; what it takes is no longer among what is left."""
        if wanted.description is not None or wanted.unit_amount is not None:
            text = "`description` and `unitAmount` are those of the invoice's line; give an amount or a quantity."
            raise DomainError(ErrorCode.PARAMETER_UNKNOWN, text, "description")
        line = known.get(str(wanted.invoice_line_item))
        if line is None:
            text = f"The invoice has no line '{wanted.invoice_line_item}'; name one of its lines."
            raise DomainError(ErrorCode.RESOURCE_MISSING, text, "invoiceLineItem")
        if (wanted.amount is None) == (wanted.quantity is None):
            code = ErrorCode.PARAMETER_MISSING if wanted.amount is None else ErrorCode.PARAMETERS_EXCLUSIVE
            raise DomainError(code, "Give the amount or the quantity to credit, one of them.", "amount")
        open_line = open_lines[line.id]
        if wanted.amount is not None:
            credited = credited_by_amount(open_line, wanted.amount)
        else:
            credited = credited_by_quantity(open_line, int(wanted.quantity or 0))
        before = open_line.credited_amount
        kept = (line.discount_amounts, line.taxes, line.pretax_credits)
        share = credited_share(line.amount, before, credited.amount, *kept)
        _take(open_lines, line.id, credited.amount, credited.quantity)
        unit = None
        if credited.quantity is not None and line.unit_amount_decimal is not None and "steps" not in line.calculation:
            unit = unit_amount_text(unit_amount_of(open_line, Decimal(line.unit_amount_decimal)))
        return self._line(wanted.type, line.description, share, credited.quantity, unit, line.id)

    def _custom(self, wanted: CreditNoteLineDraft) -> CreditNoteLine:
        """Something that stands on no line of the invoice."""
        if wanted.invoice_line_item is not None or wanted.amount is not None:
            text = "A custom line has a description, a quantity and a unit amount, and names no line of the invoice."
            raise DomainError(ErrorCode.PARAMETER_UNKNOWN, text, "invoiceLineItem")
        if wanted.unit_amount is None or wanted.unit_amount < 1:
            text = f"Unit amount {wanted.unit_amount} credits nothing; it would have to be 1 or more."
            raise DomainError(ErrorCode.PARAMETER_INVALID_INTEGER, text, "unitAmount")
        quantity = 1 if wanted.quantity is None else wanted.quantity
        if quantity < 1:
            text = f"Quantity {quantity} credits nothing; it would have to be 1 or more."
            raise DomainError(ErrorCode.PARAMETER_INVALID_INTEGER, text, "quantity")
        description = required_text(wanted.description or "", DESCRIPTION_LENGTH_MAX, "description")
        return self._line(
            wanted.type,
            description,
            CreditedShare(quantity * wanted.unit_amount),
            quantity,
            str(wanted.unit_amount),
            None,
        )

    def _line(
        self,
        type: CreditNoteLineType,
        description: str,
        share: CreditedShare,
        quantity: int | None,
        unit_amount: str | None,
        invoice_line_id: str | None,
    ) -> CreditNoteLine:
        return CreditNoteLine.made(
            id=self.new_id(Prefix.CREDIT_NOTE_LINE),
            type=type,
            invoice_line_id=invoice_line_id,
            description=description,
            amount=share.amount,
            total=share.total,
            discount_amounts=list(share.discount_amounts),
            taxes=list(share.taxes),
            pretax_credits=list(share.pretax_credits),
            quantity=quantity,
            unit_amount_decimal=unit_amount,
            **self.ownership(),
        )

    def _note(self, row: Invoice, split: Allocation, draft: CreditNoteDraft, at: datetime) -> CreditNote:
        return CreditNote.made(
            id=self.new_id(Prefix.CREDIT_NOTE),
            created_at=at,
            customer_id=row.customer_id,
            invoice_id=row.id,
            status=CreditNoteStatus.ISSUED,
            type=split.type,
            reason=draft.reason,
            currency=row.currency,
            amount=split.pre_payment + split.post_payment,
            pre_payment_amount=split.pre_payment,
            refund_amount=split.refunded,
            credit_amount=split.credited,
            out_of_band_amount=split.out_of_band,
            effective_at=draft.effective_at or at,
            test_clock_id=row.test_clock_id,
            **self.ownership(),
        )


def _sum_up(note: CreditNote, lines: Sequence[CreditNoteLine]) -> None:
    """What the lines come to; of an amount alone nothing is known of discounts and tax."""
    shares = [
        CreditedShare(line.amount, tuple(line.discount_amounts), tuple(line.taxes), tuple(line.pretax_credits))
        for line in lines
    ]
    note.subtotal = sum(share.amount for share in shares) if lines else note.amount
    note.total_excluding_tax = sum(share.total_excluding_tax for share in shares) if lines else note.amount
    note.total_discount_amounts = summed_discounts(shares)
    note.total_taxes = summed_taxes(shares)
    note.pretax_credits = summed_draws(shares)


def _units(line: InvoiceLine) -> Quantity:
    """How many it bills, exactly: a line by use may have decimals."""
    exact = line.calculation.get("quantity", line.quantity)
    return exact if isinstance(exact, int) else Decimal(exact)


def _take(lines: dict[str, Creditable], line_id: str, amount: int, quantity: int | None) -> None:
    """So much less of the line is left."""
    line = lines[line_id]
    lines[line_id] = replace(
        line,
        credited_amount=line.credited_amount + amount,
        credited_quantity=line.credited_quantity + (quantity or 0),
    )


def _counts(note: CreditNote) -> bool:
    return note.status == CreditNoteStatus.ISSUED


def _failed(refund: Refund) -> bool:
    return refund.status == RefundStatus.FAILED
