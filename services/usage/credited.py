"""What credit notes gave back of invoices' lines: it is not asked for any more, and is not given back again."""

from collections.abc import Iterable, Mapping

from domain.lifecycles import CreditNoteStatus
from models import CreditNote, CreditNoteLine
from services.base import Service


class Credited(Service):
    """Reads the lines of credit notes that stand."""

    async def of(self, lines: Iterable[str]) -> Mapping[str, list[CreditNoteLine]]:
        """By line of an invoice, what was credited of it; no statement for no lines."""
        credited = await self.gather(CreditNoteLine, "invoice_line_id", lines)
        ids = {each.credit_note_id for each in credited}
        issued = {each.id for each in await self.gather(CreditNote, "id", ids, status=CreditNoteStatus.ISSUED.value)}
        found: dict[str, list[CreditNoteLine]] = {}
        for each in credited:
            if each.credit_note_id in issued:
                found.setdefault(str(each.invoice_line_id), []).append(each)
        return found
