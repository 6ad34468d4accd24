"""Finalizing and sending invoices by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode, Problem
from domain.lifecycles import INVOICE, InvoiceStatus
from domain.subscriptions import PausedCollection
from models import Invoice, PaymentIntent
from services.aggregates import WholeInvoice
from services.base import Service, Settled, part
from services.due import Due
from services.invoices.collection import Collection
from services.invoices.finalization import Finalization
from services.invoices.pausing import without_paused
from services.invoices.sellers import Sellers
from services.invoices.sending import Sending, is_sent
from services.invoices.wholes import WholeInvoices
from services.payments import Attempts, Invoiced, PaymentIntents, Prepared

_SENDABLE = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN)


@dataclass(frozen=True, slots=True)
class FinalizeDraft:
    """A draft to be finalized now, and whether it is then collected by itself; None leaves that as it is."""

    id: str
    auto_advance: bool | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A draft that was finalized, what it asks for, not stored yet, and what kept it from being finalized."""

    whole: WholeInvoice
    intents: Sequence[PaymentIntent]
    problem: Problem | None


class Issuing(Service):
    """Finalizes single drafts."""

    due = part(Due)
    wholes = part(WholeInvoices)
    finalization = part(Finalization)
    collection = part(Collection)
    sending = part(Sending)
    sellers = part(Sellers)
    intents = part(PaymentIntents)
    attempts = part(Attempts)
    invoiced = part(Invoiced)

    async def finalize(self, draft: FinalizeDraft) -> Settled[Invoice]:
        """Finalize a draft and, where it goes on by itself, collect or send it at once.

        What could not be finalized stays a draft and is answered with the problem, and so is a decline.
        """
        return await self.attempts.carried_out(lambda: self._finalizing(draft))

    async def send(self, identifier: str) -> Settled[Invoice]:
        """Send an open invoice to its customer, a draft once it is finalized. Event `invoice.sent`."""
        return await self.attempts.carried_out(lambda: self._sending(identifier))

    async def issue(self, row: Invoice) -> Issued:
        """Within a transaction: finalize a held draft; refused on behalf of an account that has left."""
        await self.sellers.refuse_gone(row)
        await self.due.cancel(row.id, AgendaKind.INVOICE_FINALIZE)
        if row.collection_paused == PausedCollection.KEEP_AS_DRAFT:
            row.collection_paused = None  # whoever finalizes it by hand does not keep it any longer
        [whole] = await self.wholes.of([row])
        finalized = await self.finalization.finalize_drafts([whole])
        error = row.last_finalization_error
        problem = None if error is None else Problem(ErrorCode(error["code"]), error["message"], ("id",))
        return Issued(whole, await without_paused(self.scope, finalized.invoices, finalized.intents), problem)

    async def _finalizing(self, draft: FinalizeDraft) -> Prepared[Invoice]:
        row = await self.invoiced.invoice(draft.id)
        INVOICE.refuse_unless("finalize", row.id, InvoiceStatus(row.status))
        if draft.auto_advance is not None:
            row.auto_advance = draft.auto_advance
        issued = await self.issue(row)
        if row.auto_advance:
            wishes = await self.collection.wishes([issued.whole], issued.intents)
            return Prepared(subject=row, wishes=wishes, problem=issued.problem)
        await self.intents.store(issued.intents)
        return Prepared(subject=row, problem=issued.problem)

    async def _sending(self, identifier: str) -> Prepared[Invoice]:
        row = await self.invoiced.invoice(identifier)
        INVOICE.refuse_unless("send", row.id, InvoiceStatus(row.status), allowed=_SENDABLE)
        if not is_sent(row):
            raise DomainError(
                ErrorCode.INVOICE_UNEXPECTED_STATE,
                f"Invoice {row.id} is collected by {row.collection_method}; only one with SEND_INVOICE can be sent.",
                "id",
            )
        if row.status != InvoiceStatus.DRAFT:
            await self.sending.tell_sent(await self.wholes.of([row]))
            return Prepared(subject=row)
        issued = await self.issue(row)
        await self.intents.store(issued.intents)
        if row.status == InvoiceStatus.OPEN and not row.auto_advance:
            await self.sending.tell_sent([issued.whole])
        return Prepared(subject=row, problem=issued.problem)
