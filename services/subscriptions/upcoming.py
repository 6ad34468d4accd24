"""Announcing renewals: some days before, the invoice that is to come is told of."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import LineDraft, PriceFacts, settled_with_balance
from domain.lifecycles import SubscriptionStatus
from models import AgendaEntry, Customer, InvoiceItem
from services.aggregates import UpcomingInvoice, WholeSubscription
from services.base import Service, part
from services.customers import Customers
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.invoices.draws import Draws
from services.invoices.items import InvoiceItems, line_of
from services.settings import Settings
from services.subscriptions.metering import Metering
from services.subscriptions.period_agenda import current_period_end, due_items, is_announced
from services.subscriptions.renewal import next_invoice, next_periods
from services.subscriptions.scheduled import ScheduledChanges
from services.subscriptions.wholes import WholeSubscriptions

_ANNOUNCED = (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


class Upcoming(Service):
    """Tells of invoices that do not exist yet, in sets."""

    events = part(Events)
    customers = part(Customers)
    drafting = part(Drafting)
    draws = part(Draws)
    items = part(InvoiceItems)
    settings = part(Settings)
    scheduled = part(ScheduledChanges)
    wholes = part(WholeSubscriptions)
    metering = part(Metering)

    async def tell(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_UPCOMING. Event `invoice.upcoming` for each that will be renewed; nothing else."""
        found = await self.wholes.by("id", [entry.subject_id for entry in entries])
        wholes = [whole for whole in found if whole.row.status in _ANNOUNCED and is_announced(whole)]
        if not wholes:
            return
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        if any(whole.row.scheduled_change for whole in wholes):
            wholes = (await self.scheduled.foreseen(wholes, presents)).wholes
        facts = await self.wholes.facts_of(item.price for whole in wholes for item in whole.items)
        waiting = await self.items.waiting_for(whole.row for whole in wholes)
        payers = {whole.row.customer_id for whole in wholes}
        balances = await self.customers.balances_of(payers)
        usage = await self.metering.foreseen(wholes)
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        wanted = [
            _wanted(whole, facts, waiting.get(whole.row.id, ()), usage.of(whole.row.id), delay) for whole in wholes
        ]
        invoices = await self.drafting.drafted_all(wanted)
        await self.draws.foresee(invoices, await self.gather(Customer, "id", payers))
        for whole, drafted in zip(wholes, invoices, strict=True):
            upcoming = UpcomingInvoice(drafted.row, drafted.lines)
            _settle(upcoming, balances.get(whole.row.customer_id, 0))
            self.events.record(EventType.INVOICE_UPCOMING, upcoming, at=presents[whole.row.test_clock_id])


def _wanted(
    whole: WholeSubscription,
    facts: Mapping[str, PriceFacts],
    waiting: Sequence[InvoiceItem],
    usage: Sequence[LineDraft],
    delay: timedelta,
) -> Wanted:
    """The renewal's invoice, as it would be drafted now."""
    ends = current_period_end(whole)
    draft = next_invoice(whole, next_periods(whole), facts, [line_of(item) for item in waiting], usage)
    return Wanted(whole.row, draft, BillingReason.SUBSCRIPTION_CYCLE, _begins(whole), ends, ends, ends + delay)


def _begins(whole: WholeSubscription) -> datetime:
    return max(item.row.current_period_start for item in due_items(whole))


def _settle(upcoming: UpcomingInvoice, balance: int) -> None:
    """What would be due, with the customer's balance as it stands."""
    row = upcoming.row
    settlement = settled_with_balance(row.total, balance, row.currency)
    row.starting_balance, row.ending_balance = settlement.starting_balance, settlement.ending_balance
    row.amount_due = settlement.amount_due
