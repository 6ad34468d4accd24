"""Trials: free time before the anchor, and what becomes of a subscription when it is over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.beginnings import free_until
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod
from domain.invoicing import trial_draft_of
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.pausing import PauseReason
from domain.periods import Period, boundary
from domain.subscriptions import MissingPaymentMethod
from models import AgendaEntry, Customer, PaymentMethod
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events, Snapshot
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization
from services.rows import update_rows
from services.subscriptions.cancellation import Cancellation
from services.subscriptions.metering import begin_metering
from services.subscriptions.period_agenda import PERIOD_ENDINGS, PeriodAgenda, current_period_end
from services.subscriptions.renewal import Renewal
from services.subscriptions.wholes import WholeSubscriptions, billed_items, recurrence_of_subscription

_TRIAL = (
    "status", "cycle", "anchor_cycle", "billing_cycle_anchor", "trial_start", "trial_end", "cancel_at",
    "latest_invoice_id",
)  # fmt: skip
_PERIOD = ("current_period_start", "current_period_end", "metered_since")


class Trials(Service):
    """Begins, moves and ends trials."""

    events = part(Events)
    due = part(Due)
    agenda = part(PeriodAgenda)
    wholes = part(WholeSubscriptions)
    drafting = part(Drafting)
    finalization = part(Finalization)
    renewal = part(Renewal)
    cancellation = part(Cancellation)

    async def begin(self, whole: WholeSubscription, end: datetime, at: datetime) -> None:
        """Put a trial into an active subscription: nothing is charged until `end`, from where periods are then counted.

        Time that was paid for is not credited. The trial has its invoice of nothing, as at the start of a
        subscription. The caller tells of the change.
        """
        row = whole.row
        row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.TRIALING)
        row.cycle += 1
        row.trial_start = at
        await self.renewal.metering.put_off(whole, at)
        for item in whole.items:
            item.row.current_period_start = at
        _set_end(whole, end)
        facts = await self.wholes.facts_of(item.price for item in whole.items)
        draft = trial_draft_of(billed_items(whole.items, facts, Period(at, end, -1), row.currency), row.currency)
        invoice = await self.drafting.drafted(Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, None))
        invoice.row.cycle = row.cycle  # it opens a period, unlike others of its reason
        self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        payers = await self.finalization.payers([row.customer_id])
        await self.finalization.finalize([invoice], payers, with_balance=False)
        row.latest_invoice_id = invoice.row.id
        await self._store(whole)

    async def move_end(self, whole: WholeSubscription, end: datetime) -> None:
        """Let a trial that runs end at another time. The caller tells of the change."""
        _set_end(whole, end)
        await self._store(whole)

    async def end_now(self, whole: WholeSubscription, at: datetime) -> None:
        """End a trial at once, as if its time were over. One that was to end with its period ends with the next one."""
        row = whole.row
        before = self.events.snapshot(whole)
        await self.due.cancel(row.id, *PERIOD_ENDINGS, AgendaKind.SUBSCRIPTION_TRIAL_WILL_END)
        _set_end(whole, at)
        await self.renewal.metering.not_again(whole, at)
        if row.cancel_at_period_end:
            row.cancel_at = boundary(at, recurrence_of_subscription(whole), 1)
        await update_rows([row], ("billing_cycle_anchor", "anchor_cycle", "trial_end", "cancel_at"))
        await self._store_periods(whole)
        await self._end([whole], {row.id: before})

    async def end_due(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_TRIAL_END: a billing cycle starts, or what was settled for want of a method."""
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        wholes = [whole for whole in found if whole.row.status == SubscriptionStatus.TRIALING]
        await self._end(wholes, {whole.row.id: self.events.snapshot(whole) for whole in wholes})

    async def _end(self, wholes: Sequence[WholeSubscription], befores: Mapping[str, Snapshot]) -> None:
        penniless = await self._penniless(wholes)
        fates = {
            whole.row.id: whole.row.trial_missing_payment_method if whole.row.id in penniless else None
            for whole in wholes
        }
        paused = [each for each in wholes if fates[each.row.id] == MissingPaymentMethod.PAUSE]
        await self._pause(paused, befores)
        going = [each for each in wholes if fates[each.row.id] in (None, MissingPaymentMethod.CREATE_INVOICE)]
        for whole in going:
            row = whole.row
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.ACTIVE)
        free = {each.row.id: until for each in going if (until := _free_until(each)) is not None}
        await self._begin_free([each for each in going if each.row.id in free], free, befores)
        billed = [each for each in going if each.row.id not in free]
        await self.renewal.move_on(billed, [befores[each.row.id] for each in billed], also=("status",))
        # After the renewals, whose rows would otherwise forget what falls to the customer.
        await self.cancellation.end([each for each in wholes if fates[each.row.id] == MissingPaymentMethod.CANCEL])

    async def _begin_free(
        self, wholes: Sequence[WholeSubscription], until: Mapping[str, datetime], befores: Mapping[str, Snapshot]
    ) -> None:
        """Nothing is billed for the time up to the anchor. Event `customer.subscription.updated` for each."""
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        for whole in wholes:
            for item in whole.items:
                item.row.current_period_start = item.row.current_period_end
                item.row.current_period_end = until[whole.row.id]
                # A change gives nothing back for time that was never invoiced.
                item.row.invoiced_price_id, item.row.invoiced_quantity = item.price.id, 0
        await update_rows([whole.row for whole in wholes], ("status",))
        await update_rows(
            [item.row for whole in wholes for item in whole.items],
            (*_PERIOD, "invoiced_price_id", "invoiced_quantity"),
        )
        await self.agenda.schedule(wholes, presents)
        for whole in wholes:
            at, before = presents[whole.row.test_clock_id], befores[whole.row.id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)

    async def _pause(self, wholes: Sequence[WholeSubscription], befores: Mapping[str, Snapshot]) -> None:
        """Events `customer.subscription.updated` and `customer.subscription.paused` for each."""
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        for whole in wholes:
            row = whole.row
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.PAUSED)
            row.paused_at = presents[row.test_clock_id]
            row.pause_reason = PauseReason.TRIAL_END_WITHOUT_PAYMENT_METHOD
        await update_rows([whole.row for whole in wholes], ("status", "paused_at", "pause_reason"))
        for whole in wholes:
            at, before = presents[whole.row.test_clock_id], befores[whole.row.id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_PAUSED, whole, at=at)

    async def _penniless(self, wholes: Sequence[WholeSubscription]) -> set[str]:
        """Of those to which it makes a difference, the subscriptions that nothing can be charged for."""
        rows = [
            whole.row
            for whole in wholes
            if whole.row.trial_missing_payment_method != MissingPaymentMethod.CREATE_INVOICE
            and whole.row.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
        ]
        customers = await self.gather(Customer, "id", {row.customer_id for row in rows})
        defaults = {each.id: each.default_payment_method_id for each in customers}
        chosen = {row.id: {row.default_payment_method_id, defaults.get(row.customer_id)} for row in rows}
        found = await self.gather(PaymentMethod, "id", set().union(*chosen.values()))
        usable = {method.id for method in found if method.customer_id is not None}
        return {subscription_id for subscription_id, methods in chosen.items() if not methods & usable}

    async def _store(self, whole: WholeSubscription) -> None:
        """The row, the items' periods and what ends them."""
        await update_rows([whole.row], _TRIAL)
        await self._store_periods(whole)
        await self.due.cancel(whole.row.id, *PERIOD_ENDINGS)
        presents = await self.presents([whole.row.test_clock_id])
        await self.agenda.schedule([whole], presents, fresh=True)

    async def _store_periods(self, whole: WholeSubscription) -> None:
        await update_rows([item.row for item in whole.items], _PERIOD)


def _set_end(whole: WholeSubscription, end: datetime) -> None:
    """The trial, and with it the current period, ends at `end`, from where periods are counted."""
    row = whole.row
    row.billing_cycle_anchor = row.trial_end = end
    row.anchor_cycle = row.cycle + 1
    if row.cancel_at_period_end:
        row.cancel_at = end
    for item in whole.items:
        item.row.current_period_end = end
    begin_metering(whole.items, end)


def _free_until(whole: WholeSubscription) -> datetime | None:
    """Until when nothing is billed after the trial; None where a period follows at once."""
    row = whole.row
    recurrence = recurrence_of_subscription(whole)
    return free_until(current_period_end(whole), row.billing_cycle_anchor, recurrence, row.cycle + 1 - row.anchor_cycle)
