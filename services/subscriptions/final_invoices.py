"""What is invoiced because a subscription ends: items that waited for a renewal that does not come any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod
from domain.invoicing import LineDraft, invoice_draft_of
from domain.metering import STAYS_OPEN
from models import Customer, InvoiceItem, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.collection import Collection
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.payments import PaymentIntents, Wish
from services.rows import update_rows
from services.settings import Settings
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.metering import Metering, rows_of
from services.subscriptions.wholes import WholeSubscriptions
from services.usage.billing import UsageDraft


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
    metering = part(Metering)
    wholes = part(WholeSubscriptions)
    at_once = part(InvoicesAtOnce)

    async def invoiced(
        self,
        row: Subscription,
        new: Sequence[InvoiceItem],
        waiting: Sequence[InvoiceItem],
        payer: Payer,
        at: datetime,
        usage: Sequence[LineDraft] = (),
    ) -> list[Wish]:
        """Invoice these new items, those that wait, and usage that was settled, at once; the payment to be tried.

        Where there is nothing to charge it to, it stays open. While collection is paused, what would be charged is a
        draft, which nothing collects by itself once the subscription has ended. The row is the caller's to store.
        Events `invoiceitem.created` for each new item, then those of the invoice.
        """
        lines = [line_of(item) for item in (*waiting, *new)]
        draft = invoice_draft_of((), row.currency, lines, usage)
        if row.pause_behavior is not None and draft.total > 0:
            await self.at_once.resting(row, new, at, usage=usage, waiting=waiting)
            return []
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

    async def expect_late(self, wholes: Sequence[WholeSubscription], presents: Mapping[str | None, datetime]) -> None:
        """Let late usage of these, which end, be billed once no more of it is taken; nothing for those without any."""
        await self.due.schedule_all(
            [
                Appointment(
                    AgendaKind.SUBSCRIPTION_LATE_USAGE,
                    whole.row.id,
                    presents[whole.row.test_clock_id] + STAYS_OPEN,
                    whole.row.test_clock_id,
                )
                for whole in wholes
                if whole.row.has_usage
            ],
            fresh=True,
        )

    async def bill_late(self, subscription_ids: Sequence[str]) -> None:
        """The agenda's SUBSCRIPTION_LATE_USAGE: drafts for what came after the last invoices of what has ended.

        Who was deleted is asked for nothing any more.
        """
        found = await self.wholes.by("id", subscription_ids, lock=True)
        customers = await self.gather(Customer, "id", {whole.row.customer_id for whole in found})
        gone = {customer.id for customer in customers if customer.deleted_at is not None}
        wholes = [whole for whole in found if whole.row.ended_at is not None and whole.row.customer_id not in gone]
        usage = await self.metering.usage.late((whole.row for whole in wholes), rows_of(wholes))
        late = [whole for whole in wholes if usage.of(whole.row.id)]
        await self._write(late, {}, usage, await self.presents(whole.row.test_clock_id for whole in late))
        await update_rows([whole.row for whole in late], ("latest_invoice_id",))

    async def draft(self, wholes: Sequence[WholeSubscription]) -> None:
        """Drafts for what waits for subscriptions that end, and for their usage, collected after their hour.

        The rows are the caller's to store. Event `invoice.created` for each.
        """
        waiting = await self.items.waiting_for(whole.row for whole in wholes)
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        passed = [row for whole in wholes for row in self.metering.last(whole, presents[whole.row.test_clock_id])]
        usage = await self.metering.usage.drafted((whole.row for whole in wholes), passed, rows_of(wholes))
        ending = [whole for whole in wholes if waiting.get(whole.row.id) or usage.of(whole.row.id)]
        await self._write(ending, waiting, usage, presents)

    async def _write(
        self,
        ending: Sequence[WholeSubscription],
        waiting: Mapping[str, Sequence[InvoiceItem]],
        usage: UsageDraft,
        presents: Mapping[str | None, datetime],
    ) -> None:
        """The drafts, put onto the agenda. Event `invoice.created` for each."""
        if not ending:
            return
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        wanted = [
            _wanted(
                whole, waiting.get(whole.row.id, ()), usage.of(whole.row.id), presents[whole.row.test_clock_id], delay
            )
            for whole in ending
        ]
        invoices = await self.drafting.write(wanted)
        await self.metering.usage.store(usage)
        for whole, invoice in zip(ending, invoices, strict=True):
            whole.row.latest_invoice_id, whole.row.has_pending_items = invoice.row.id, False
        await self.items.take_up(invoices, waiting)
        finalizations = [
            Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, moment, each.row.test_clock_id)
            for each in invoices
            if (moment := each.row.automatically_finalizes_at) is not None
        ]
        await self.due.schedule_all(finalizations, fresh=True)


def _wanted(
    whole: WholeSubscription,
    waiting: Sequence[InvoiceItem],
    usage: Sequence[LineDraft],
    at: datetime,
    delay: timedelta,
) -> Wanted:
    draft = invoice_draft_of((), whole.row.currency, [line_of(item) for item in waiting], usage)
    since = min(item.row.current_period_start for item in whole.items)
    return Wanted(whole.row, draft, BillingReason.SUBSCRIPTION_UPDATE, since, at, at, at + delay)
