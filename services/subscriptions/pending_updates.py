"""Changes that wait for their payment: nothing of them is in force until their invoice is paid.

asked for   the invoice of the change is made and charged; the subscription remembers what was asked
paid        the change is carried out, as it was worked out when it was asked for
not paid    after 23 hours, or with the period, the invoice is void and the change is dropped
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod
from domain.lifecycles import InvoiceStatus
from domain.metering import through
from domain.subscriptions import PENDING_UPDATE_LASTS, AnchorChange, ProrationBehavior
from models import AgendaEntry, Invoice, Subscription
from services.aggregates import WholeInvoice, WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.finalization import Payer
from services.invoices.voiding import Voiding
from services.invoices.wholes import WholeInvoices
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.snapshots.subscriptions import subscription_item_snapshot
from services.subscriptions.drafts import ItemChange, SubscriptionChange
from services.subscriptions.exchange import Exchanges, ItemsPlan, Proration
from services.subscriptions.item_changes import ItemChanges, ItemsChanged, proration_of
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.wholes import WholeSubscriptions

_APPLIED = (
    "pending_update", "pending_invoice_id", "cycle", "anchor_cycle", "billing_cycle_anchor", "cancel_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a subscription remembers of a change that waits; times are unix seconds."""

    at: int
    expires_at: int
    proration_date: int
    proration_behavior: str
    billing_cycle_anchor: str | None
    changes: Sequence[Mapping[str, Any]]
    subscription_items: Sequence[Mapping[str, Any]]
    """The items as they will be, as Stripe shows them."""
    anchor: int | None
    """The moment from which periods will be counted, where that moves."""
    counted: Mapping[str, str] = field(default_factory=dict)
    """By item whose usage the invoice asks for, how much of it."""


class PendingUpdates(Service):
    """Holds changes back until they are paid."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    exchanges = part(Exchanges)
    items = part(ItemChanges)
    invoices = part(WholeInvoices)
    voiding = part(Voiding)

    async def hold(
        self, whole: WholeSubscription, change: SubscriptionChange, payer: Payer | None, at: datetime
    ) -> ItemsChanged | None:
        """Make the invoice of the change, and hold the change back until it is paid; the payment to be tried.

        None, with nothing written, where the change asks for no payment. The caller stores and tells of the row.
        """
        row = whole.row
        _refuse_sent(row)
        [scratch] = await self.wholes.by("id", [row.id])  # planning changes rows in memory
        proration = proration_of(scratch, change, at)
        plan = await self.exchanges.plan(scratch, change.items, proration, at)
        if not plan.at_once or sum(line.amount for line in plan.lines) <= 0:
            return None
        assert payer is not None, f"whoever is charged for {row.id} is held first"
        invoice, wishes = await self.items.invoiced(row, plan, payer, change, at, auto_advance=False)
        if not wishes:  # credit has paid for it
            applied = await self._carry_out(whole, change.items, proration, (at, at), invoice, _counted(plan))
            return ItemsChanged(applied.whole)
        expires_at = min(at + PENDING_UPDATE_LASTS, current_period_end(whole))
        row.pending_update = asdict(_waiting(change, plan, proration, at, expires_at))
        row.pending_invoice_id = invoice.id
        kind = AgendaKind.SUBSCRIPTION_UPDATE_EXPIRE
        await self.due.schedule(kind, row.id, expires_at, test_clock_id=row.test_clock_id)
        return ItemsChanged(whole, wishes)

    async def apply_paid(self, invoices: Sequence[Invoice]) -> None:
        """Carry out the changes that waited for these invoices.

        Events `customer.subscription.updated` and `customer.subscription.pending_update_applied` for each.
        """
        found = await self.wholes.by("pending_invoice_id", [invoice.id for invoice in invoices], lock=True)
        paid = {invoice.id: invoice for invoice in invoices}
        presents = await self.presents(whole.row.test_clock_id for whole in found)
        for whole in found:
            row, before = whole.row, self.events.snapshot(whole)
            kept = Waiting(**(row.pending_update or {}))
            since = max(item.row.current_period_start for item in whole.items)
            at = max(_moment(kept.at), since)
            anchor = None if kept.billing_cycle_anchor is None else AnchorChange(kept.billing_cycle_anchor)
            date = max(_moment(kept.proration_date), since)
            proration = Proration(date, ProrationBehavior(kept.proration_behavior), anchor)
            changes = [ItemChange(**each) for each in kept.changes]
            invoice = paid[str(row.pending_invoice_id)]
            row.pending_update = row.pending_invoice_id = None
            now = presents[row.test_clock_id]
            plan = await self._carry_out(whole, changes, proration, (at, now), invoice, kept.counted)
            await update_rows([row], _APPLIED)
            await self.due.cancel(row.id, AgendaKind.SUBSCRIPTION_UPDATE_EXPIRE)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, plan.whole, at=now, before=before)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_PENDING_UPDATE_APPLIED, plan.whole, at=now)

    async def expire(self, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
        """The agenda's SUBSCRIPTION_UPDATE_EXPIRE: void the invoices that were not paid; the changes are dropped.

        The entries whose payment is being made at this very moment come back, for later.
        """
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        unpaid = await self._unpaid([whole.row.pending_invoice_id for whole in found])
        busy = await self.voiding.in_flight(unpaid)
        await self.voiding.void([each for each in unpaid if each.row.id not in busy])
        waiting = {whole.row.id for whole in found if whole.row.pending_invoice_id in busy}
        return [entry for entry in entries if entry.subject_id in waiting]

    async def give_up(self, wholes: Sequence[WholeSubscription]) -> None:
        """Void what these subscriptions, which ended or were paused, waited for; refused while that is being paid."""
        unpaid = await self._unpaid([whole.row.pending_invoice_id for whole in wholes])
        await self.voiding.refuse_in_flight(unpaid)
        await self.voiding.void(unpaid)

    async def drop(self, invoices: Sequence[Invoice]) -> None:
        """The changes that waited for these void invoices are not made.

        Events `customer.subscription.updated` and `customer.subscription.pending_update_expired` for each.
        """
        found = await self.wholes.by("pending_invoice_id", [invoice.id for invoice in invoices], lock=True)
        presents = await self.presents(whole.row.test_clock_id for whole in found)
        befores = [self.events.snapshot(whole) for whole in found]
        for whole in found:
            whole.row.pending_update = whole.row.pending_invoice_id = None
        await update_rows([whole.row for whole in found], ("pending_update", "pending_invoice_id"))
        await self.due.cancel_all((AgendaKind.SUBSCRIPTION_UPDATE_EXPIRE, whole.row.id) for whole in found)
        for whole, before in zip(found, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_PENDING_UPDATE_EXPIRED, whole, at=at)

    async def _carry_out(
        self,
        whole: WholeSubscription,
        changes: Sequence[ItemChange],
        proration: Proration,
        moments: tuple[datetime, datetime],
        invoice: Invoice,
        counted: Mapping[str, str],
    ) -> ItemsPlan:
        """Exchange the items as it was worked out when the invoice was made, which opens their new period if it did.

        `moments` are those of that and of its payment. What the invoice `counted` is not asked for again.
        """
        (at, now), ending = moments, current_period_end(whole)
        plan = await self.exchanges.plan(whole, changes, proration, at, checked=False, usage_waits=True)
        _set_counted(plan, counted, now)
        await self.items.stored(plan, ending, at)
        if plan.opens_a_period:
            invoice.cycle = plan.whole.row.cycle
            await update_rows([invoice], ("cycle",))
        return plan

    async def _unpaid(self, invoice_ids: Sequence[str | None]) -> list[WholeInvoice]:
        found = await self.invoices.by("id", invoice_ids, lock=True)
        return [each for each in found if each.row.status in (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)]


def _refuse_sent(row: Subscription) -> None:
    if row.collection_method == CollectionMethod.SEND_INVOICE:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Invoices of subscription {row.id} are sent, not charged, so that no change can wait for a charge; choose"
            " another paymentBehavior.",
            "paymentBehavior",
        )


def _waiting(
    change: SubscriptionChange, plan: ItemsPlan, proration: Proration, at: datetime, expires_at: datetime
) -> Waiting:
    changes = [
        {
            "id": each.id,
            "price": each.price,
            **({} if not isinstance(each.quantity, int) else {"quantity": each.quantity}),
            **({} if each.tax_rates is UNSET else {"tax_rates": list(each.tax_rates or ())}),
            **({} if not isinstance(each.unit_amount, int) else {"unit_amount": each.unit_amount}),
            "deleted": each.deleted,
            "metadata": dict(each.metadata),
            "added_as": each.added_as,
        }
        for each in change.items
    ]
    return Waiting(
        at=_seconds(at),
        expires_at=_seconds(expires_at),
        proration_date=_seconds(proration.at),
        proration_behavior=proration.behavior.value,
        billing_cycle_anchor=None if proration.anchor is None else proration.anchor.value,
        changes=changes,
        subscription_items=[subscription_item_snapshot(item) for item in plan.whole.items],
        anchor=_seconds(at) if plan.restarted else None,
        counted=_counted(plan),
    )


def _counted(plan: ItemsPlan) -> dict[str, str]:
    """By item, the usage that the lines of the plan ask for."""
    return {each.subscription_item_id: each.counted for each in plan.usage if each.counted is not None}


def _set_counted(plan: ItemsPlan, counted: Mapping[str, str], now: datetime) -> None:
    """Let these figures be asked for, in memory; what a removed item was used since, while it waited, is late."""
    removed = {row.id for row in plan.removed}
    metered = {item.price.meter_id for item in plan.whole.items}
    for period in plan.usage:
        if period.subscription_item_id not in counted:
            continue
        period.counted, period.drafted = counted[period.subscription_item_id], True
        if period.subscription_item_id in removed and period.meter_id not in metered:
            period.period_end = max(period.period_end, through(now))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _of_changes(invoices: Sequence[Subject]) -> list[Invoice]:
    """Those of these invoices that a change may wait for; mostly there are none."""
    rows = [each.row for each in invoices if isinstance(each, WholeInvoice)]
    return [row for row in rows if row.billing_reason == BillingReason.SUBSCRIPTION_UPDATE]


async def apply_paid_updates(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to invoices being paid."""
    if paid := _of_changes(invoices):
        await PendingUpdates(scope).apply_paid(paid)


async def drop_void_updates(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to invoices being void."""
    if void := _of_changes(invoices):
        await PendingUpdates(scope).drop(void)


async def give_up_updates(scope: Scope, subscriptions: Sequence[Subject]) -> None:
    """Reaction to subscriptions that ended or were paused."""
    waiting = [each for each in subscriptions if isinstance(each, WholeSubscription) and each.row.pending_invoice_id]
    if waiting:
        await PendingUpdates(scope).give_up(waiting)
