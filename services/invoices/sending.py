"""Invoices that are sent to their customer: when they are due, and what follows when they are not paid by then."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import CollectionMethod, reminder_at
from domain.lifecycles import InvoiceStatus
from models import AgendaEntry, Invoice
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.wholes import WholeInvoices
from services.payments import Invoiced
from services.rows import update_rows
from services.settings import Settings


class Sending(Service):
    """Sends invoices and watches their due dates, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeInvoices)
    settings = part(Settings)
    invoiced = part(Invoiced)

    async def begin(self, finalized: Sequence[WholeInvoice]) -> None:
        """Of these invoices, send those that go to their customer by themselves, and put due dates on the agenda.

        What asks for nothing is not sent. Event `invoice.sent` for each.
        """
        asking = [each for each in finalized if is_sent(each.row) and each.row.amount_due > 0]
        if not asking:
            return
        days = (await self.settings.current()).invoice_due_reminder_days
        planned = [appointment for each in asking for appointment in _appointments(each.row, days)]
        await self.due.schedule_all(planned, fresh=True)
        await self.tell_sent([each for each in asking if each.row.auto_advance and each.row.collection_paused is None])

    async def tell_sent(self, invoices: Sequence[WholeInvoice]) -> None:
        """These invoices go to their customers. Event `invoice.sent` for each."""
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            self.events.record(EventType.INVOICE_SENT, each, at=presents[each.row.test_clock_id])

    async def remind(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's INVOICE_WILL_BE_DUE. Event `invoice.will_be_due` for those that are still open."""
        await self._tell(await self._open(entries), EventType.INVOICE_WILL_BE_DUE)

    async def mark_overdue(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's INVOICE_OVERDUE. Event `invoice.overdue` for those that are still open."""
        late = await self._open(entries)
        presents = await self.presents(each.row.test_clock_id for each in late)
        for each in late:
            each.row.overdue_at = presents[each.row.test_clock_id]
        await update_rows([each.row for each in late], ("overdue_at",))
        await self._tell(late, EventType.INVOICE_OVERDUE)

    async def _open(self, entries: Sequence[AgendaEntry]) -> list[WholeInvoice]:
        identifiers = [entry.subject_id for entry in entries]
        await self.invoiced.hold(identifiers)
        found = await self.wholes.by("id", identifiers)
        return [each for each in found if each.row.status == InvoiceStatus.OPEN]

    async def _tell(self, invoices: Sequence[WholeInvoice], event: EventType) -> None:
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            self.events.record(event, each, at=presents[each.row.test_clock_id])


def is_sent(row: Invoice) -> bool:
    """Whether the customer is to pay the invoice by themselves."""
    return row.collection_method == CollectionMethod.SEND_INVOICE


def _appointments(row: Invoice, days_before: int) -> list[Appointment]:
    """What happens to a finalized invoice because of its due date."""
    assert row.due_date is not None and row.finalized_at is not None, f"{row.id} is sent without a due date"
    moments = {
        AgendaKind.INVOICE_WILL_BE_DUE: reminder_at(row.due_date, days_before, row.finalized_at),
        AgendaKind.INVOICE_OVERDUE: row.due_date,
    }
    return [
        Appointment(kind, row.id, moment, row.test_clock_id) for kind, moment in moments.items() if moment is not None
    ]
