"""Setting when a subscription is to end, and taking that back: time that is then not used is given back."""

from collections.abc import Sequence
from datetime import datetime

from domain.cancellation import PeriodEnd, checked_cancel_at
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode
from domain.lifecycles import SubscriptionStatus
from domain.subscriptions import BillingMode, ProrationBehavior, cancellation_requested
from models import Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.invoices.finalization import Payer
from services.invoices.items import InvoiceItems
from services.payments import Wish
from services.rows import update_rows
from services.subscriptions.announcing import TrialAnnouncements
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.billed_time import BILLED, BilledTime, natural_period
from services.subscriptions.drafts import SubscriptionChange
from services.subscriptions.final_invoices import FinalInvoices
from services.subscriptions.item_checks import refuse_waiting
from services.subscriptions.metering import begin_metering
from services.subscriptions.period_agenda import PERIOD_ENDINGS, PeriodAgenda


class Endings(Service):
    """Plans the ends of subscriptions."""

    due = part(Due)
    agenda = part(PeriodAgenda)
    items = part(InvoiceItems)
    time = part(BilledTime)
    final = part(FinalInvoices)
    at_once = part(InvoicesAtOnce)
    announcements = part(TrialAnnouncements)

    async def change(
        self, whole: WholeSubscription, change: SubscriptionChange, payer: Payer | None, at: datetime
    ) -> Sequence[Wish]:
        """Let it end as the change says, or not any more; the payments that this asks for at once.

        `payer` is the held customer where the difference is to be invoiced at once. The caller stores the
        subscription's row. Events `invoiceitem.created` for what is given back or charged again, then those of the
        invoice.
        """
        row, standing = whole.row, (whole.row.cancel_at, whole.row.cancel_at_period_end)
        wanted = _wanted(whole, change, at)
        if wanted == standing:
            return ()
        _refuse_paused(row, change)
        row.cancel_at, row.cancel_at_period_end = wanted
        row.canceled_at = None if row.cancel_at is None else at
        row.cancellation_details = {} if row.cancel_at is None else cancellation_requested({})
        await self._pull_trial_in(whole, at)
        wishes = await self._bill(whole, change, payer, at)
        await self.due.cancel(row.id, *PERIOD_ENDINGS)
        await self.agenda.schedule([whole], {row.test_clock_id: at}, fresh=True)
        return wishes

    async def _pull_trial_in(self, whole: WholeSubscription, at: datetime) -> None:
        """With CLASSIC a trial does not outlast its subscription."""
        row = whole.row
        on_trial = row.status == SubscriptionStatus.TRIALING and row.billing_mode == BillingMode.CLASSIC
        if not on_trial or row.cancel_at is None or row.trial_end is None or row.cancel_at >= row.trial_end:
            return
        row.trial_end = row.cancel_at
        for item in whole.items:
            item.row.current_period_end = row.cancel_at
        begin_metering(whole.items, row.cancel_at)
        await update_rows([row], ("trial_end",))
        await update_rows([item.row for item in whole.items], ("current_period_end", "metered_since"))
        await self.announcements.announce(whole, at)

    async def _bill(
        self, whole: WholeSubscription, change: SubscriptionChange, payer: Payer | None, at: datetime
    ) -> Sequence[Wish]:
        """Bill the current period up to the new end: what is beyond is given back, what comes back is charged."""
        row = whole.row
        if row.status == SubscriptionStatus.TRIALING:
            return ()
        prorated = change.proration_behavior is not ProrationBehavior.NONE and row.status in BILLED
        untils = {}
        for item in whole.items:
            natural, ends = natural_period(whole, item).end, item.row.current_period_end
            until = natural if row.cancel_at is None else min(natural, row.cancel_at)
            if until > ends or (until < ends and prorated):
                untils[item.row.id] = until
        if untils:
            refuse_waiting(row)  # What waits was worked out for the period as it stands.
        lines = await self.time.moved(whole, untils) if prorated and untils else []
        moved = [item.row for item in whole.items if item.row.id in untils]
        for each in moved:
            each.current_period_end = untils[each.id]
        await update_rows(moved, ("current_period_end",))
        items = self.items.made(row, lines, at)
        if items and payer is not None and change.proration_behavior is ProrationBehavior.ALWAYS_INVOICE:
            if row.pause_behavior is not None:
                await self.at_once.resting(row, items, at)
                return ()
            return await self.final.invoiced(row, items, (), payer, at)
        await self.items.store(items)
        row.has_pending_items = row.has_pending_items or bool(items)
        return ()


def asks_for_end_at_once(change: SubscriptionChange) -> bool:
    """Whether a change of the end may ask for money right away."""
    mentioned = change.cancel_at is not UNSET or change.cancel_at_period_end is not UNSET
    return mentioned and change.proration_behavior is ProrationBehavior.ALWAYS_INVOICE


def _wanted(whole: WholeSubscription, change: SubscriptionChange, at: datetime) -> tuple[datetime | None, bool]:
    """When it is to end from now on, and whether that is the end of its period."""
    row = whole.row
    if change.cancel_at is not UNSET and change.cancel_at_period_end is not UNSET:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE, "Change either cancelAt or cancelAtPeriodEnd, not both.", "cancelAt"
        )
    if change.cancel_at is None:
        return None, False
    if isinstance(change.cancel_at, datetime):
        if (change.cancel_at, False) == (row.cancel_at, row.cancel_at_period_end):
            return row.cancel_at, False
        return checked_cancel_at(change.cancel_at, at), False
    if isinstance(change.cancel_at, PeriodEnd):
        ends = _natural_ends(whole)
        return (min(ends) if change.cancel_at is PeriodEnd.MIN_PERIOD_END else max(ends)), False
    if change.cancel_at_period_end is UNSET or change.cancel_at_period_end == row.cancel_at_period_end:
        return row.cancel_at, row.cancel_at_period_end
    return (min(_natural_ends(whole)), True) if change.cancel_at_period_end else (None, False)


def _natural_ends(whole: WholeSubscription) -> list[datetime]:
    """When the current periods end of themselves."""
    if whole.row.status == SubscriptionStatus.TRIALING:
        return [item.row.current_period_end for item in whole.items]
    return [natural_period(whole, item).end for item in whole.items]


def _refuse_paused(row: Subscription, change: SubscriptionChange) -> None:
    """A paused subscription is in no period with whose end it could end."""
    if row.status == SubscriptionStatus.PAUSED:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {row.id} is paused, so that no period of it ends; cancel it now, or resume it first.",
            "cancelAtPeriodEnd" if change.cancel_at is UNSET else "cancelAt",
        )
