"""Ending subscriptions: at once, at the end of a period, with their customer, or for want of a first payment."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import LIVING, SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from domain.subscriptions import cancellation_requested, cancellation_told
from models import AgendaEntry, Subscription
from services.aggregates import WholeCustomer, WholeInvoice, WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.stopping import Stopping
from services.invoices.voiding import Voiding
from services.invoices.wholes import WholeInvoices
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.drafts import CancellationDraft
from services.subscriptions.wholes import WholeSubscriptions

_AGENDA = (
    AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.SUBSCRIPTION_CANCEL, AgendaKind.SUBSCRIPTION_EXPIRE,
    AgendaKind.SUBSCRIPTION_TRIAL_END, AgendaKind.SUBSCRIPTION_TRIAL_WILL_END,
    AgendaKind.SUBSCRIPTION_RESUME_COLLECTION,
)  # fmt: skip


class Cancellation(Service):
    """Ends subscriptions, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    invoices = part(WholeInvoices)
    voiding = part(Voiding)
    stopping = part(Stopping)

    async def cancel(self, draft: CancellationDraft) -> Subscription:
        """End one subscription now, as its customer or seller asked."""
        row = await self.lock(Subscription, draft.id)
        SUBSCRIPTION.refuse_unless("cancel", row.id, SubscriptionStatus(row.status))
        await self.present(row.test_clock_id)
        said = draft.cancellation_details
        details = cancellation_told(row.cancellation_details, comment=said.comment, feedback=said.feedback)
        row.cancellation_details = cancellation_requested(details)
        await self.end(await self.wholes.of([row]))
        return row

    async def end(self, wholes: Sequence[WholeSubscription]) -> None:
        """End these now. What would have begun or resumed them is void; others stay but go nowhere by themselves.

        Event `customer.subscription.deleted` for each.
        """
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        awaited = [_awaited_by(whole.row) for whole in wholes]
        for whole in wholes:
            row, at = whole.row, presents[whole.row.test_clock_id]
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.CANCELED)
            row.ended_at = at
            row.canceled_at = row.canceled_at or at
        await update_rows(
            [whole.row for whole in wholes], ("status", "ended_at", "canceled_at", "cancellation_details")
        )
        await self.due.cancel_all((kind, whole.row.id) for whole in wholes for kind in _AGENDA)
        await self.stopping.stop_all_of([whole.row.id for whole in wholes])
        for whole in wholes:
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_DELETED, whole, at=presents[whole.row.test_clock_id])
        await self._void_awaited(awaited)

    async def end_at_period_end(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_CANCEL: what was to be cancelled at its period end is."""
        wholes = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        await self.end([whole for whole in wholes if whole.row.status in LIVING])

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
    await cancellation.end([whole for whole in found if whole.row.status in LIVING])
