"""What the simulation may do with credit notes."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from domain.credit_notes import CreditNoteLineType, CreditNoteReason
from domain.credited_shares import credited_share
from models import CreditNote, Invoice, InvoiceLine
from services.credit_notes import CreditNoteChange, CreditNoteDraft, CreditNoteLineDraft, CreditNotes
from services.scope import Scope

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"credit_amount": 4, "credit_lines": 4, "take_credit_back": 2, "reword_credit": 1}


class CreditNoteActions:
    """One method per way to use a verb on credit notes."""

    dice: random.Random
    scope: Scope

    async def credit_amount(self) -> Action | None:
        """An amount of an invoice is credited, given back in some way; sometimes too much."""
        row = await self._invoice()
        if row is None:
            return None
        amount = self.dice.choice((100, row.total, row.total // 2, row.total + 1))
        return lambda scope: CreditNotes(scope).create(self._given_back(row, amount))

    async def credit_lines(self) -> Action | None:
        """Lines of an invoice are credited in part or whole."""
        row = await self._invoice()
        if row is None:
            return None
        lines = await InvoiceLine.filter(invoice_id=row.id).exclude(amount=0).order_by("position")
        chosen = [line for line in lines if self.dice.random() < 0.7] or lines
        wanted = self.dice.choice(("amount", "amount", "quantity", "half"))
        drafts = [
            CreditNoteLineDraft(
                type=CreditNoteLineType.INVOICE_LINE_ITEM,
                invoice_line_item=line.id,
                amount=None if wanted == "quantity" else _part(line, wanted),
                quantity=line.quantity if wanted == "quantity" else None,
            )
            for line in chosen
        ]
        # Exact as long as nothing was credited of the lines before; else it is mostly refused.
        total = sum(
            credited_share(
                line.amount, 0, _part(line, wanted), line.discount_amounts, line.taxes, line.pretax_credits
            ).total
            for line in chosen
        )
        draft = self._given_back(row, total, lines=tuple(drafts))
        return lambda scope: CreditNotes(scope).create(draft)

    async def take_credit_back(self) -> Action | None:
        """A credit note is void."""
        rows = await CreditNote.all().order_by("id")
        if not rows:
            return None
        row = self.dice.choice(rows)
        return lambda scope: CreditNotes(scope).void(row.id)

    async def reword_credit(self) -> Action | None:
        """The memo of a credit note changes."""
        rows = await CreditNote.all().order_by("id")
        if not rows:
            return None
        row, memo = self.dice.choice(rows), self.dice.choice((None, "Sorry."))
        return lambda scope: CreditNotes(scope).update(row.id, CreditNoteChange(memo=memo))

    async def _invoice(self) -> Invoice | None:
        rows = await Invoice.filter(status__in=("open", "paid"), total__gt=0).order_by("id")
        return self.dice.choice(rows) if rows else None

    def _given_back(
        self, row: Invoice, total: int, lines: tuple[CreditNoteLineDraft, ...] | None = None
    ) -> CreditNoteDraft:
        """A draft whose ways mostly sum to what is to be given back."""
        remaining = row.amount_due - row.amount_paid if row.status == "open" else 0
        back = max(0, total - remaining)
        refunded = self.dice.choice((0, back, back // 2))
        credited = self.dice.choice((back - refunded, back - refunded, 0))
        return CreditNoteDraft(
            invoice=row.id,
            lines=lines,
            amount=total if lines is None else None,
            refund_amount=refunded,
            credit_amount=credited,
            out_of_band_amount=back - refunded - credited,
            reason=self.dice.choice((None, *CreditNoteReason)),
        )


def _part(line: InvoiceLine, wanted: str) -> int:
    """What is credited of a line: half of it or all, with its sign."""
    half = line.amount // 2 or line.amount
    return int(half if wanted == "half" else line.amount)
