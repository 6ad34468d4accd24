"""Whether an invoice goes on by itself: a draft is finalized, an open one collected."""

from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.lifecycles import InvoiceStatus
from domain.subscriptions import PausedCollection
from models import Invoice
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Due
from services.invoices.retries import Retries, is_retried
from services.invoices.sellers import plan_finalization
from services.invoices.stopping import Stopping, waits
from services.settings import Settings

ADVANCE = ("auto_advance", "automatically_finalizes_at", "next_payment_attempt", "collection_paused")
"""The columns that this sets."""


class Advancing(Service):
    """Stops invoices and lets them go on. The rows are stored, and told of, by the caller."""

    due = part(Due)
    settings = part(Settings)
    stopping = part(Stopping)
    retries = part(Retries)

    async def set(self, whole: WholeInvoice, advance: bool, at: datetime) -> None:
        """Let a draft or an open invoice go on by itself, or not any more."""
        row = whole.row
        row.auto_advance = advance
        if row.status == InvoiceStatus.DRAFT:
            await (self.plan(row, at) if advance else self._stop(row))
        elif not advance:
            await self.stopping.drop_retries([row])
        elif is_retried(row) and not waits(row):
            await self._collect_again(whole, at)

    async def plan(self, row: Invoice, at: datetime) -> None:
        """The draft is finalized by itself after the account's delay."""
        if row.collection_paused == PausedCollection.KEEP_AS_DRAFT:
            row.collection_paused = None
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        plan_finalization(row, at + delay)
        await self.due.schedule(AgendaKind.INVOICE_FINALIZE, row.id, at + delay, test_clock_id=row.test_clock_id)

    async def _stop(self, row: Invoice) -> None:
        plan_finalization(row, None)
        await self.due.cancel(row.id, AgendaKind.INVOICE_FINALIZE)

    async def _collect_again(self, whole: WholeInvoice, at: datetime) -> None:
        """What failed is retried as far as retries are left; what was never tried is tried after the delay."""
        row = whole.row
        if row.first_failed_at is not None:
            row.next_payment_attempt = await self.retries.next_moment(whole)
        else:
            delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
            row.next_payment_attempt = at + delay
        if row.next_payment_attempt is not None:
            moment, kind = row.next_payment_attempt, AgendaKind.INVOICE_RETRY
            await self.due.schedule(kind, row.id, moment, test_clock_id=row.test_clock_id)
