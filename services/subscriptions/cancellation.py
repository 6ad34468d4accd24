"""Ending subscriptions: at once, at the end of a period, with their customer, or for want of a first payment."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoicing import LineDraft
from domain.lifecycles import LIVING, SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from domain.subscriptions import cancellation_requested, cancellation_told
from models import AgendaEntry, Customer, Invoice, InvoiceItem, Subscription
from services.aggregates import WholeCustomer, WholeInvoice, WholeSubscription
from services.base import Service, Settled, part
from services.due import Due
from services.events import Events
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems
from services.invoices.stopping import Stopping
from services.invoices.voiding import Voiding
from services.invoices.wholes import WholeInvoices
from services.payments import Attempts, Prepared, Wish
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.billed_time import BILLED, BilledTime
from services.subscriptions.drafts import CancellationDraft
from services.subscriptions.final_invoices import FinalInvoices
from services.subscriptions.holding import refuse_elsewhere
from services.subscriptions.wholes import WholeSubscriptions

_AGENDA = (
    AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.SUBSCRIPTION_CANCEL, AgendaKind.SUBSCRIPTION_EXPIRE,
    AgendaKind.SUBSCRIPTION_UPCOMING, AgendaKind.SUBSCRIPTION_THRESHOLD,
    AgendaKind.SUBSCRIPTION_TRIAL_END, AgendaKind.SUBSCRIPTION_TRIAL_WILL_END,
    AgendaKind.SUBSCRIPTION_RESUME_COLLECTION,
)  # fmt: skip
_ENDED = (
    "status", "ended_at", "canceled_at", "cancellation_details", "has_pending_items", "latest_invoice_id",
)  # fmt: skip


class Cancellation(Service):
    """Ends subscriptions, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    invoices = part(WholeInvoices)
    voiding = part(Voiding)
    stopping = part(Stopping)
    items = part(InvoiceItems)
    time = part(BilledTime)
    final = part(FinalInvoices)
    finalization = part(Finalization)
    attempts = part(Attempts)

    async def cancel(self, draft: CancellationDraft) -> Settled[Subscription]:
        """End one subscription now, as its customer or seller asked.

        What is invoiced for that is collected at once; a decline is answered beside the subscription, which has ended.
        """
        return await self.attempts.carried_out(lambda: self.begin(draft))

    async def begin(self, draft: CancellationDraft) -> Prepared[Subscription]:
        """Within the first transaction: everything is written, and what is to be paid at once is prepared."""
        known = await self.require(Subscription, draft.id)
        payers = await self.finalization.payers([known.customer_id]) if draft.invoice_now else []
        if not payers and (draft.prorate or known.has_pending_items):
            await self.lock(Customer, known.customer_id)
        row = await self.lock(Subscription, draft.id)
        refuse_elsewhere(known.customer_id, row)
        SUBSCRIPTION.refuse_unless("cancel", row.id, SubscriptionStatus(row.status))
        at = await self.present(row.test_clock_id)
        said = draft.cancellation_details
        details = cancellation_told(row.cancellation_details, comment=said.comment, feedback=said.feedback)
        row.cancellation_details = cancellation_requested(details)
        [whole] = await self.wholes.of([row])
        items = self.items.made(row, await self._given_back(whole, draft, at), at)
        wishes = await self._invoice(whole, items, payers, at)
        await self.end([whole])
        return Prepared(subject=row, wishes=wishes)

    async def _given_back(self, whole: WholeSubscription, draft: CancellationDraft, at: datetime) -> list[LineDraft]:
        """What is left of periods that were billed. A draft is not collected any more, so nothing of it comes back."""
        row = whole.row
        if not draft.prorate or row.status not in BILLED:
            return []
        invoice = await self.mine(Invoice).filter(subscription_id=row.id, cycle=row.cycle).first()
        asked_for = invoice is None or invoice.status not in (InvoiceStatus.DRAFT, InvoiceStatus.VOID)
        since = None if invoice is None or asked_for else invoice.period_end
        asked = [item.row for item in whole.items if since is None or item.row.current_period_start < since]
        return await self.time.moved(whole, {each.id: at for each in asked if at < each.current_period_end})

    async def _invoice(
        self, whole: WholeSubscription, items: Sequence[InvoiceItem], payers: Sequence[Payer], at: datetime
    ) -> list[Wish]:
        """The final invoice, where one was asked for; otherwise new items wait."""
        row = whole.row
        if not payers:
            await self.items.store(items)
            row.has_pending_items = row.has_pending_items or bool(items)
            return []
        waiting = (await self.items.waiting_for([row])).get(row.id, [])
        row.has_pending_items = False
        settled = await self.final.metering.final(whole, at)
        await self.final.metering.usage.store(settled)
        usage = settled.of(row.id)
        if not (items or waiting or usage):
            return []
        return await self.final.invoiced(row, items, waiting, payers[0], at, usage)

    async def end(self, wholes: Sequence[WholeSubscription], *, final: bool = False) -> None:
        """End these now. What would have begun or resumed them is void; others stay but go nowhere by themselves.

        With `final`, items that wait are invoiced; what still waits then falls to the customer. Event
        `customer.subscription.deleted` for each.
        """
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        awaited = [_awaited_by(whole.row) for whole in wholes]
        billed = [whole for whole in wholes if final and whole.row.status in BILLED]
        for whole in wholes:
            row, at = whole.row, presents[whole.row.test_clock_id]
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.CANCELED)
            row.ended_at = at
            row.canceled_at = row.canceled_at or at
        await self.due.cancel_all((kind, whole.row.id) for whole in wholes for kind in _AGENDA)
        await self.stopping.stop_all_of([whole.row.id for whole in wholes])
        await self.final.draft(billed)
        await self.final.expect_late(wholes, presents)
        leaving = [whole.row for whole in wholes if whole.row.has_pending_items]
        for row in leaving:
            row.has_pending_items = False
        await update_rows([whole.row for whole in wholes], _ENDED)
        await self.items.fall_to_customers(leaving)
        for whole in wholes:
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_DELETED, whole, at=presents[whole.row.test_clock_id])
        await self._void_awaited(awaited)

    async def end_at_period_end(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_CANCEL: what was to end at this moment does, and what waits for it is invoiced."""
        wholes = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        await self.end([whole for whole in wholes if whole.row.status in LIVING], final=True)

    async def expire(self, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
        """The agenda's SUBSCRIPTION_EXPIRE: void invoices that were not paid in time; the status follows.

        The first one ends its subscription, that of a resumption leaves it paused.

        The entries whose payment is being made at this very moment come back, for later.
        """
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        open_invoices = await self._open([_awaited_by(whole.row) for whole in found])
        busy = await self.voiding.in_flight(open_invoices)
        await self.voiding.void([each for each in open_invoices if each.row.id not in busy])
        paying = {each.row.subscription_id for each in open_invoices if each.row.id in busy}
        return [entry for entry in entries if entry.subject_id in paying]

    async def _open(self, awaited: Sequence[str | None]) -> list[WholeInvoice]:
        """Those of these invoices that are open."""
        found = await self.invoices.by("id", awaited, lock=True)
        return [each for each in found if each.row.status == InvoiceStatus.OPEN]

    async def _void_awaited(self, awaited: Sequence[str | None]) -> None:
        """Nobody shall pay for what has ended before it began; refused while a payment is being made."""
        if any(awaited):
            invoices = await self._open(awaited)
            await self.voiding.refuse_in_flight(invoices)
            await self.voiding.void(invoices)


def _awaited_by(row: Subscription) -> str | None:
    """The invoice that begins a subscription or lets it go on, while that is open; without it it does neither."""
    return row.latest_invoice_id if row.status == SubscriptionStatus.INCOMPLETE else row.resumption_invoice_id


async def cancel_all_of(scope: Scope, customers: Sequence[Subject]) -> None:
    """Reaction to customers being deleted: their subscriptions end with them."""
    cancellation = Cancellation(scope)
    ids = [each.row.id for each in customers if isinstance(each, WholeCustomer)]
    found = await cancellation.wholes.by("customer_id", ids, lock=True)
    living = [whole for whole in found if whole.row.status in LIVING]
    for whole in living:
        cancellation.refuse_foreign_work(whole.row)
    await cancellation.end(living)
