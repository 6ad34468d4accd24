"""Invoice items: amounts that wait for the next invoice of their subscription, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoicing import Calculation, LineDraft
from domain.money import unit_amount_text
from models import InvoiceItem, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.rows import insert_rows, update_rows


class InvoiceItems(Service):
    """Writes items down and lets invoices take them up."""

    events = part(Events)

    def made(self, subscription: Subscription, lines: Iterable[LineDraft], at: datetime) -> list[InvoiceItem]:
        """Pending items of these lines, in order, not stored yet."""
        return [self._item(subscription, line, at) for line in lines]

    async def store(self, items: Sequence[InvoiceItem]) -> None:
        """Store new items. Event `invoiceitem.created` for each."""
        await insert_rows(items)
        for item in items:
            self.events.record(EventType.INVOICEITEM_CREATED, item, at=item.created_at)

    async def waiting_for(self, subscriptions: Iterable[Subscription]) -> dict[str, list[InvoiceItem]]:
        """By subscription, the items that its next invoice takes up, in order; no statement where none is known of."""
        ids = [row.id for row in subscriptions if row.has_pending_items]
        waiting: dict[str, list[InvoiceItem]] = {identifier: [] for identifier in ids}
        for item in await self.gather(InvoiceItem, "subscription_id", ids, order=("id",), pending=True):
            waiting[item.subscription_id].append(item)
        return waiting

    async def take_up(self, invoices: Sequence[WholeInvoice], waiting: Mapping[str, Sequence[InvoiceItem]]) -> None:
        """The drafts of these subscriptions have the waiting items among their lines: they wait no more."""
        taken = []
        for invoice in invoices:
            for item in waiting.get(str(invoice.row.subscription_id), ()):
                item.pending, item.invoice_id = False, invoice.row.id
                taken.append(item)
        await update_rows(taken, ("pending", "invoice_id"))

    def _item(self, subscription: Subscription, line: LineDraft, at: datetime) -> InvoiceItem:
        return InvoiceItem.made(
            id=self.new_id(Prefix.INVOICE_ITEM),
            created_at=at,
            customer_id=subscription.customer_id,
            subscription_id=subscription.id,
            subscription_item_id=line.subscription_item_id,
            description=line.description,
            amount=line.amount,
            currency=line.currency,
            quantity=line.quantity,
            unit_amount_decimal=unit_amount_text(line.unit_amount),
            price_id=line.price_id,
            product_id=line.product_id,
            proration=line.proration,
            period_start=line.period_start,
            period_end=line.period_end,
            calculation=line.calculation.as_json(),
            test_clock_id=subscription.test_clock_id,
            **self.ownership(),
        )


def line_of(item: InvoiceItem) -> LineDraft:
    """The line that an invoice has for the item."""
    return LineDraft(
        description=item.description,
        amount=item.amount,
        currency=item.currency,
        quantity=item.quantity,
        unit_amount=Decimal(item.unit_amount_decimal),
        price_id=item.price_id,
        product_id=item.product_id,
        subscription_item_id=item.subscription_item_id,
        period_start=item.period_start,
        period_end=item.period_end,
        calculation=Calculation.from_json(item.calculation),
        proration=item.proration,
        invoice_item_id=item.id,
    )
