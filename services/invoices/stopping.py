"""Invoices that go nowhere by themselves any more: drafts are not finalized, open ones are not tried again."""

from collections.abc import Iterable, Sequence

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import InvoiceStatus
from models import Invoice
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.wholes import WholeInvoices
from services.rows import update_rows

DUE_KINDS = (AgendaKind.INVOICE_WILL_BE_DUE, AgendaKind.INVOICE_OVERDUE)
"""What is planned when an invoice is sent."""
_STOPPED = ("auto_advance", "automatically_finalizes_at", "next_payment_attempt")


class Stopping(Service):
    """Takes invoices off the agenda, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeInvoices)

    async def stop_all_of(self, subscription_ids: Sequence[str]) -> None:
        """Drafts and waiting retries of these subscriptions stop. Event `invoice.updated` for each invoice."""
        drafts = await self._invoices(subscription_ids, InvoiceStatus.DRAFT)
        waiting = [each for each in await self._invoices(subscription_ids, InvoiceStatus.OPEN) if waits(each)]
        if not drafts and not waiting:
            return
        stopped = await self.wholes.of([*drafts, *waiting])
        presents = await self.presents(each.row.test_clock_id for each in stopped)
        befores = [self.events.snapshot(each) for each in stopped]
        await self.due.cancel_all((AgendaKind.INVOICE_FINALIZE, draft.id) for draft in drafts)
        await self.drop_retries(waiting)
        for each in stopped:
            each.row.auto_advance = False
            each.row.automatically_finalizes_at = each.row.next_payment_attempt = None
        await update_rows([each.row for each in stopped], _STOPPED)
        for each, before in zip(stopped, befores, strict=True):
            at = presents[each.row.test_clock_id]
            self.events.record(EventType.INVOICE_UPDATED, each, at=at, before=before)

    async def drop_retries(self, invoices: Iterable[Invoice]) -> None:
        """These invoices wait for no retry any more; their column is to be written by the caller."""
        waiting = [each for each in invoices if waits(each)]
        for each in waiting:
            each.next_payment_attempt = None
        await self.due.cancel_all((AgendaKind.INVOICE_RETRY, each.id) for each in waiting)

    async def expect_nothing(self, invoices: Iterable[Invoice]) -> None:
        """These are settled one way or the other: no retry and no due date is waited for; as `drop_retries`."""
        settled = list(invoices)
        await self.drop_retries(settled)
        due = [each.id for each in settled if each.due_date is not None]
        await self.due.cancel_all((kind, identifier) for kind in DUE_KINDS for identifier in due)

    async def _invoices(self, subscription_ids: Sequence[str], status: InvoiceStatus) -> list[Invoice]:
        return await self.gather(Invoice, "subscription_id", subscription_ids, lock=True, status=status)


def waits(invoice: Invoice) -> bool:
    """Whether this invoice, which is no draft any more, is to be tried again by itself."""
    return invoice.next_payment_attempt is not None
