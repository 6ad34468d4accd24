"""Invoicing usage before its period is over, once it costs as much as was settled.

Whoever counts events of a customer with such a subscription puts a look at it onto the agenda, a minute ahead and once
however many events there are. The look holds the subscription, so that one worker alone invoices what has reached its
threshold: what was used up to then has been asked for, and the next look counts from there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.currencies import CHARGE_AMOUNT_MAX
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.lifecycles import SubscriptionStatus
from domain.metering import through
from domain.subscriptions import AnchorChange, ProrationBehavior
from models import AgendaEntry, Customer, Subscription, UsagePeriod
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.items import InvoiceItems
from services.rows import update_rows
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.drafts import ThresholdsDraft
from services.subscriptions.exchange import Exchanges, Proration
from services.subscriptions.item_changes import ItemChanges
from services.subscriptions.metering import Metering, UsageCut, rows_of
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.threshold_rules import ThresholdRules
from services.subscriptions.wholes import WholeSubscriptions
from services.usage.watching import LOOKED_AT_AFTER

_INVOICED = ("latest_invoice_id", "cycle", "anchor_cycle", "billing_cycle_anchor", "cancel_at")
_WATCHED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


class Thresholds(Service):
    """Looks at usage while its period runs."""

    events = part(Events)
    wholes = part(WholeSubscriptions)
    metering = part(Metering)
    exchanges = part(Exchanges)
    changes = part(ItemChanges)
    items = part(InvoiceItems)
    at_once = part(InvoicesAtOnce)
    rules = part(ThresholdRules)
    due = part(Due)

    async def look(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_THRESHOLD. Events as for a renewal, for each whose usage is invoiced."""
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        watched = await self.rules.fit([whole for whole in found if _is_watched(whole.row)])
        if not watched:
            return
        presents = await self.presents(whole.row.test_clock_id for whole in watched)
        running = [row for whole in watched for row in self._running(whole, presents[whole.row.test_clock_id])]
        usage = await self.metering.usage.drafted((whole.row for whole in watched), running, rows_of(watched))
        for whole in watched:
            cost = sum(line.amount for line in usage.of(whole.row.id))
            if cost >= (whole.row.billing_thresholds or {})["amount_gte"]:
                await self._invoice(whole, presents[whole.row.test_clock_id])

    def _running(self, whole: WholeSubscription, at: datetime) -> list[UsagePeriod]:
        """The times of its metered items up to now; nothing changes."""
        until = through(at)
        return [
            self.metering.period(whole, UsageCut(item.row, item.price.id, str(item.price.meter_id), since, until))
            for item in whole.items
            if (since := item.row.metered_since) is not None and since < until
        ]

    async def _invoice(self, whole: WholeSubscription, at: datetime) -> None:
        """Ask for what was used so far, and where that was settled begin a new period."""
        row, before = whole.row, self.events.snapshot(whole)
        anew = bool((row.billing_thresholds or {})["reset_billing_cycle_anchor"])
        if anew:
            ending = current_period_end(whole)
            proration = Proration(min(at, ending), ProrationBehavior.ALWAYS_INVOICE, AnchorChange.NOW)
            plan = await self.exchanges.plan(whole, (), proration, at)
            await self.changes.stored(plan, ending, at)
            lines = plan.lines
        else:
            settled = await self.metering.final(whole, at)
            await self.metering.usage.store(settled)
            await update_rows([item.row for item in whole.items], ("metered_since",))
            lines = list(settled.of(row.id))
        made = self.items.made(row, lines, at)
        reason = BillingReason.SUBSCRIPTION_THRESHOLD
        await self.at_once.resting(row, made, at, opens_a_period=anew, reason=reason, rests=False)
        await update_rows([row], _INVOICED)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)

    async def expect(self, row: Subscription) -> None:
        """Let events of the subscription's customer be looked at, where it has thresholds."""
        if row.billing_thresholds is not None:
            await self.mine(Customer).filter(id=row.customer_id).update(has_usage_thresholds=True)

    async def set_anew(self, row: Subscription) -> None:
        """As `expect`, for a subscription that runs: what was used already is looked at as well."""
        await self.expect(row)
        if row.billing_thresholds is not None and row.has_usage:
            soon = await self.present(row.test_clock_id) + LOOKED_AT_AFTER
            look = Appointment(AgendaKind.SUBSCRIPTION_THRESHOLD, row.id, soon, row.test_clock_id)
            await self.due.schedule_once([look])


def thresholds_column(draft: ThresholdsDraft | None) -> Mapping[str, Any] | None:
    """The column of these thresholds; refused where nothing could reach them."""
    if draft is None:
        return None
    if not 1 <= draft.amount_gte <= CHARGE_AMOUNT_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Usage cannot be invoiced at {draft.amount_gte}; it would have to be from 1 to {CHARGE_AMOUNT_MAX}.",
            ("billingThresholds", "amountGte"),
        )
    return {
        "amount_gte": draft.amount_gte,
        "reset_billing_cycle_anchor": draft.reset_billing_cycle_anchor,
    }


def _is_watched(row: Subscription) -> bool:
    return row.billing_thresholds is not None and row.status in _WATCHED and row.pending_update is None
