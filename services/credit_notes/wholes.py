"""Credit notes together with their lines and refunds."""

from collections.abc import Sequence

from models import CreditNote, CreditNoteLine, Refund
from services.aggregates import WholeCreditNote
from services.base import Service


class WholeCreditNotes(Service):
    """Reads credit notes as wholes."""

    async def of(self, notes: Sequence[CreditNote]) -> list[WholeCreditNote]:
        """These credit notes with what belongs to them; two statements whatever their number."""
        lines: dict[str, list[CreditNoteLine]] = {note.id: [] for note in notes}
        for line in await self.gather(CreditNoteLine, "credit_note_id", lines, order=("credit_note_id", "position")):
            lines[line.credit_note_id].append(line)
        refunds: dict[str, list[Refund]] = {note.id: [] for note in notes}
        for refund in await self.gather(Refund, "credit_note_id", refunds, order=("id",)):
            refunds[str(refund.credit_note_id)].append(refund)
        return [WholeCreditNote(note, lines[note.id], refunds[note.id]) for note in notes]
