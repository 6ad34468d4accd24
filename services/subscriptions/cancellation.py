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
_WAITING = frozenset({SubscriptionStatus.INCOMPLETE, SubscriptionStatus.PAUSED})
"""Those whose latest invoice, while it is open, begins them or lets them go on; without it they do neither."""


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
        unpaid = [whole for whole in wholes if whole.row.status in _WAITING]
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
        await self._void_awaited(unpaid)

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
        open_invoices = await self._awaited([whole for whole in found if whole.row.status in _WAITING])
        busy = await self.voiding.in_flight(open_invoices)
        await self.voiding.void([each for each in open_invoices if each.row.id not in busy])
        paying = {each.row.subscription_id for each in open_invoices if each.row.id in busy}
        return [entry for entry in entries if entry.subject_id in paying]

    async def _awaited(self, waiting: Sequence[WholeSubscription]) -> list[WholeInvoice]:
        """The open invoices that these wait for."""
        found = await self.invoices.by("id", [whole.row.latest_invoice_id for whole in waiting], lock=True)
        return [each for each in found if each.row.status == InvoiceStatus.OPEN]

    async def _void_awaited(self, waiting: Sequence[WholeSubscription]) -> None:
        """Nobody shall pay for what has ended before it began; refused while a payment is being made."""
        if waiting:
            invoices = await self._awaited(waiting)
            await self.voiding.refuse_in_flight(invoices)
            await self.voiding.void(invoices)


async def cancel_all_of(scope: Scope, customers: Sequence[Subject]) -> None:
    """Reaction to customers being deleted: their subscriptions end with them."""
    cancellation = Cancellation(scope)
    ids = [each.row.id for each in customers if isinstance(each, WholeCustomer)]
    found = await cancellation.wholes.by("customer_id", ids, lock=True)
    await cancellation.end([whole for whole in found if whole.row.status in LIVING])
