"""A subscription's status follows the latest of its finalized invoices. Reactions to events of invoices, in sets."""

from collections.abc import Collection, Mapping, Sequence

from tortoise.expressions import Q
from tortoise.functions import Max

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.fates import InvoiceFate, subscription_status_after
from domain.invoices import BillingReason, CollectionMethod
from domain.lifecycles import SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from models import Customer, Invoice, Subscription
from services.aggregates import WholeInvoice, WholeSubscription
from services.base import Service, part
from services.customers import Customers
from services.due import Due
from services.events import Events
from services.invoices.items import InvoiceItems
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.period_agenda import PeriodAgenda
from services.subscriptions.restarting import ITEM_RESTARTED, RESTARTED, restart
from services.subscriptions.wholes import WholeSubscriptions

_SETTLED = (InvoiceStatus.PAID, InvoiceStatus.VOID)
_SAYING = Q(status__in=(InvoiceStatus.PAID, InvoiceStatus.UNCOLLECTIBLE)) | Q(
    Q(collection_method=CollectionMethod.CHARGE_AUTOMATICALLY) | Q(overdue_at__isnull=False), status=InvoiceStatus.OPEN
)
"""Invoices by which a subscription is judged: one that was sent says nothing until it is paid, overdue or given up."""


class Following(Service):
    """Carries the fate of invoices over to their subscriptions and customers."""

    events = part(Events)
    due = part(Due)
    agenda = part(PeriodAgenda)
    items = part(InvoiceItems)
    wholes = part(WholeSubscriptions)
    customers = part(Customers)

    async def follow(self, invoices: Sequence[WholeInvoice], *, judging: bool = True) -> None:
        """Set the statuses that follow. Event `customer.subscription.updated` for each that changes.

        A subscription that was transferred does not follow the invoices of its former customer.

        `judging`: whether the customers count as delinquent, or no longer, by what happened to these invoices;
        otherwise only by renewals.
        """
        rows = [each.row for each in invoices if judges(each)]
        others = [each.row for each in invoices if not judges(each)]
        found = await self.wholes.by("id", {row.subscription_id for row in rows}, lock=True)
        owners: dict[str | None, str] = {whole.row.id: whole.row.customer_id for whole in found}
        foreign = [row for row in rows if row.customer_id != owners.get(row.subscription_id, row.customer_id)]
        subjects = {row.subscription_id: row for row in rows if row not in foreign}
        ours = [whole for whole in found if whole.row.id in subjects]
        wholes = [whole for whole in ours if not _waits_for(whole.row, subjects[whole.row.id])]
        latest = await self._latest_finalized(wholes, subjects)
        resumptions = await self._resumptions(wholes)
        changed: list[tuple[WholeSubscription, SubscriptionStatus]] = []
        for whole in wholes:
            paused = whole.row.status == SubscriptionStatus.PAUSED
            invoice = resumptions.get(whole.row.id) if paused else latest.get(whole.row.id)
            after = subscription_status_after(
                SubscriptionStatus(whole.row.status),
                fate_of(invoice),
                on_attempt=invoice is not None and not invoice.auto_advance,
            )
            if after != whole.row.status:
                changed.append((whole, after))
        await self._change(changed, resumptions)
        cycle = BillingReason.SUBSCRIPTION_CYCLE
        judged = [each for each in (*latest.values(), *foreign, *others) if judging or each.billing_reason == cycle]
        void = [each for each in subjects.values() if each.status == InvoiceStatus.VOID]
        await self._mark_delinquents(judged, [each for each in void if each.subscription_id not in latest])

    async def _resumptions(self, wholes: Sequence[WholeSubscription]) -> dict[str | None, Invoice]:
        """By paused subscription, the invoice that lets it go on; void ones do not. No statement where none is."""
        paused = [whole.row for whole in wholes if whole.row.status == SubscriptionStatus.PAUSED]
        found = await self.gather(Invoice, "id", [row.resumption_invoice_id for row in paused])
        return {invoice.subscription_id: invoice for invoice in found if invoice.status != InvoiceStatus.VOID}

    async def _change(
        self,
        changed: Sequence[tuple[WholeSubscription, SubscriptionStatus]],
        resumptions: Mapping[str | None, Invoice],
    ) -> None:
        presents = await self.presents(whole.row.test_clock_id for whole, _ in changed)
        befores = [self.events.snapshot(whole) for whole, _ in changed]
        for whole, after in changed:
            whole.row.status = SUBSCRIPTION.move(whole.row.id, SubscriptionStatus(whole.row.status), after)
            if after is SubscriptionStatus.INCOMPLETE_EXPIRED:
                self.refuse_foreign_work(whole.row)
                whole.row.ended_at = presents[whole.row.test_clock_id]
        await update_rows([whole.row for whole, _ in changed], ("status", "ended_at"))
        await self._leave([whole.row for whole, after in changed if after is SubscriptionStatus.INCOMPLETE_EXPIRED])
        await self._restart([(whole, resumptions[whole.row.id]) for whole, _ in changed if whole.row.id in resumptions])
        await self._unschedule(changed)
        for (whole, _), before in zip(changed, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
            if before["status"] == SubscriptionStatus.PAUSED:
                self.events.record(EventType.CUSTOMER_SUBSCRIPTION_RESUMED, whole, at=at)
        resumed = [
            whole
            for (whole, _), before in zip(changed, befores, strict=True)
            if before["status"] == SubscriptionStatus.PAUSED
        ]
        await self.agenda.schedule(resumed, presents)

    async def _leave(self, expired: Sequence[Subscription]) -> None:
        """What waits for those that never began falls to their customers."""
        leaving = [row for row in expired if row.has_pending_items]
        for row in leaving:
            row.has_pending_items = False
        await update_rows(leaving, ("has_pending_items",))
        await self.items.fall_to_customers(leaving)

    async def _restart(self, resumed: Sequence[tuple[WholeSubscription, Invoice]]) -> None:
        """Put those that go on into the period that their invoice was for: its own, or the rest of the old anchor's."""
        for whole, invoice in resumed:
            at, anew = invoice.created_at, invoice.cycle is not None
            restart(whole, at, anchor=at if anew else whole.row.billing_cycle_anchor)
            whole.row.resumption_invoice_id = None
        await update_rows([whole.row for whole, _ in resumed], (*RESTARTED, "resumption_invoice_id"))
        await update_rows([item.row for whole, _ in resumed for item in whole.items], ITEM_RESTARTED)

    async def _unschedule(self, changed: Sequence[tuple[WholeSubscription, SubscriptionStatus]]) -> None:
        """One that waits no longer does not expire, and one that expired is never renewed."""
        entries = [(AgendaKind.SUBSCRIPTION_EXPIRE, whole.row.id) for whole, _ in changed]
        for whole, after in changed:
            if after is SubscriptionStatus.INCOMPLETE_EXPIRED:
                entries.append((AgendaKind.SUBSCRIPTION_RENEW, whole.row.id))
                entries.append((AgendaKind.SUBSCRIPTION_CANCEL, whole.row.id))
                entries.append((AgendaKind.SUBSCRIPTION_RESUME_COLLECTION, whole.row.id))
                entries.append((AgendaKind.SUBSCRIPTION_UPCOMING, whole.row.id))
        await self.due.cancel_all(entries)

    async def _latest_finalized(
        self, wholes: Sequence[WholeSubscription], subjects: Mapping[str | None, Invoice]
    ) -> dict[str | None, Invoice]:
        """By subscription, the latest invoice that is finalized and not void; mostly it is the subject itself."""
        latest: dict[str | None, Invoice] = {}
        unclear: dict[str, str] = {}
        for whole in wholes:
            subject = subjects[whole.row.id]
            if subject.id == whole.row.latest_invoice_id and subject.status != InvoiceStatus.VOID:
                latest[whole.row.id] = subject
            else:
                unclear[whole.row.id] = whole.row.customer_id
        if not unclear:
            return latest
        pending = [whole.row.pending_invoice_id for whole in wholes if whole.row.pending_invoice_id is not None]
        counting = self.mine(Invoice).filter(_SAYING, subscription_id__in=list(unclear))
        counting = counting.exclude(billing_reason=BillingReason.MANUAL)
        counting = counting.exclude(id__in=pending) if pending else counting
        by_customer = counting.group_by("subscription_id", "customer_id").annotate(last=Max("id"))
        ids = await by_customer.values_list("last", flat=True)
        for invoice in await self.gather(Invoice, "id", list(map(str, ids))):
            if invoice.customer_id == unclear[str(invoice.subscription_id)]:
                latest[invoice.subscription_id] = invoice
        return latest

    async def _mark_delinquents(self, invoices: Collection[Invoice], void: Collection[Invoice]) -> None:
        """Customers whose latest invoice could not be collected are delinquent; paying it ends that.

        So does voiding the only one that there was (`void`), unless another of theirs waits to be paid.
        """
        caught_up = {each.customer_id for each in invoices if each.status in _SETTLED}
        caught_up |= await self._with_nothing_open({each.customer_id for each in void})
        unsettled = [each for each in invoices if each.status not in _SETTLED]
        behind = {each.customer_id for each in unsettled if fate_of(each) is InvoiceFate.FAILED}
        await self._mark(await self.gather(Customer, "id", caught_up - behind, delinquent=True), delinquent=False)
        await self._mark(await self.gather(Customer, "id", behind, delinquent=False), delinquent=True)

    async def _with_nothing_open(self, customer_ids: Collection[str]) -> set[str]:
        """Those of these customers who have no invoice that could not be collected and still waits."""
        invoices = await self.gather(Invoice, "customer_id", customer_ids, status=InvoiceStatus.OPEN)
        return set(customer_ids) - {each.customer_id for each in invoices if each.first_failed_at is not None}

    async def _mark(self, customers: Sequence[Customer], *, delinquent: bool) -> None:
        wholes = await self.customers.wholes_of(customers)
        presents = await self.presents(customer.test_clock_id for customer in customers)
        befores = [self.events.snapshot(whole) for whole in wholes]
        for customer in customers:
            customer.delinquent = delinquent
        await update_rows(customers, ("delinquent",))
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_UPDATED, whole, at=at, before=before)


def judges(invoice: WholeInvoice) -> bool:
    """Whether a subscription's status may follow this invoice: one that was made by hand says nothing of it."""
    return invoice.row.subscription_id is not None and invoice.row.billing_reason != BillingReason.MANUAL


def _waits_for(row: Subscription, invoice: Invoice) -> bool:
    """Whether the invoice is that of a change which is not made unless it is paid: nothing else depends on it."""
    return invoice.id == row.pending_invoice_id and invoice.status != InvoiceStatus.PAID


def fate_of(invoice: Invoice | None) -> InvoiceFate | None:
    """How the collection of a finalized invoice stands; None without one."""
    if invoice is None:
        return None
    if invoice.status == InvoiceStatus.PAID:
        return InvoiceFate.PAID
    if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        return InvoiceFate.GIVEN_UP
    if invoice.collection_method == CollectionMethod.SEND_INVOICE:
        return InvoiceFate.AWAITED if invoice.overdue_at is None else InvoiceFate.FAILED
    return InvoiceFate.FAILED if invoice.first_failed_at is not None else InvoiceFate.AWAITED


async def follow_invoices(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to an invoice being paid, failing, being overdue, voided or given up."""
    await Following(scope).follow([each for each in invoices if isinstance(each, WholeInvoice)])


async def follow_waiting_invoices(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to an invoice whose payer must act: only with a renewal, which nobody watches, are they delinquent."""
    await Following(scope).follow([each for each in invoices if isinstance(each, WholeInvoice)], judging=False)
