"""What is invoiced because a subscription ends: items that waited for a renewal that does not come any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod
from domain.invoicing import invoice_draft_of
from models import InvoiceItem, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.collection import Collection
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.payments import PaymentIntents, Wish
from services.settings import Settings


class FinalInvoices(Service):
    """Invoices what waits."""

    events = part(Events)
    due = part(Due)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    finalization = part(Finalization)
    collection = part(Collection)
    intents = part(PaymentIntents)
    settings = part(Settings)

    async def invoiced(
        self, row: Subscription, new: Sequence[InvoiceItem], waiting: Sequence[InvoiceItem], payer: Payer, at: datetime
    ) -> list[Wish]:
        """Invoice these new items, and those that wait, at once; the payment to be tried for that.

        Where there is nothing to charge it to, it stays open. The row is the caller's to store. Events
        `invoiceitem.created` for each new item, then those of the invoice.
        """
        lines = [line_of(item) for item in (*waiting, *new)]
        draft = invoice_draft_of((), row.currency, lines)
        invoice = await self.drafting.drafted(Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, None))
        row.latest_invoice_id = invoice.row.id
        for item in new:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(new)
        await self.items.take_up([invoice], {row.id: waiting})
        self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        intents = await self.finalization.finalize([invoice], [payer])
        charged = row.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
        methods = await self.collection.methods_of([invoice.row]) if charged else {}
        await self.intents.store([each for each in intents if invoice.row.id not in methods])
        return [
            Wish(
                intent=each,
                payment_method=methods[invoice.row.id],
                at=at,
                off_session=True,
                test_clock_id=row.test_clock_id,
            )
            for each in intents
            if invoice.row.id in methods
        ]

    async def draft(self, wholes: Sequence[WholeSubscription]) -> None:
        """Drafts for what waits for subscriptions that end, collected after their hour like those of renewals.

        The rows are the caller's to store. Event `invoice.created` for each.
        """
        waiting = await self.items.waiting_for(whole.row for whole in wholes)
        ending = [whole for whole in wholes if waiting.get(whole.row.id)]
        if not ending:
            return
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        presents = await self.presents(whole.row.test_clock_id for whole in ending)
        wanted = [_wanted(whole, waiting[whole.row.id], presents[whole.row.test_clock_id], delay) for whole in ending]
        invoices = await self.drafting.write(wanted)
        for whole, invoice in zip(ending, invoices, strict=True):
            whole.row.latest_invoice_id, whole.row.has_pending_items = invoice.row.id, False
        await self.items.take_up(invoices, waiting)
        finalizations = [
            Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, moment, each.row.test_clock_id)
            for each in invoices
            if (moment := each.row.automatically_finalizes_at) is not None
        ]
        await self.due.schedule_all(finalizations, fresh=True)


def _wanted(whole: WholeSubscription, waiting: Sequence[InvoiceItem], at: datetime, delay: timedelta) -> Wanted:
    draft = invoice_draft_of((), whole.row.currency, [line_of(item) for item in waiting])
    since = min(item.row.current_period_start for item in whole.items)
    return Wanted(whole.row, draft, BillingReason.SUBSCRIPTION_UPDATE, since, at, at, at + delay)
