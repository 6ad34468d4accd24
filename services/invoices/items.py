"""Invoice items: amounts that wait for the next invoice of their subscription or customer, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from domain.calculations import Calculation
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoicing import LineDraft
from domain.lifecycles import LIVING
from models import Customer, InvoiceItem, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.invoices.line_columns import columns_of
from services.rows import insert_rows, update_rows


class InvoiceItems(Service):
    """Writes items down and lets invoices take them up."""

    events = part(Events)

    def made(self, subscription: Subscription, lines: Iterable[LineDraft], at: datetime) -> list[InvoiceItem]:
        """Pending items of these lines for a subscription, in order, not stored yet."""
        owner = subscription.customer_id, subscription.id, subscription.test_clock_id
        maker = self.scope.maker_beside(subscription.application_id)
        return [self._item(*owner, line, at, maker) for line in lines]

    def made_for(
        self, customer_id: str, test_clock_id: str | None, line: LineDraft, at: datetime, subscription_id: str | None
    ) -> InvoiceItem:
        """The pending item of a line for a customer, not stored yet."""
        return self._item(customer_id, subscription_id, test_clock_id, line, at, self.scope.application_id)

    async def store(self, items: Sequence[InvoiceItem]) -> None:
        """Store new items. Event `invoiceitem.created` for each."""
        await insert_rows(items)
        for item in items:
            self.events.record(EventType.INVOICEITEM_CREATED, item, at=item.created_at)

    async def waiting_for(
        self, subscriptions: Iterable[Subscription], *, lock: bool = True
    ) -> dict[str, list[InvoiceItem]]:
        """By subscription, the items that its next invoice takes up, in order; no statement where none is known of.

        What waits for any invoice of a customer goes to the first of their subscriptions. The items are held, so that
        no other invoice takes them up meanwhile.
        """
        waiting: dict[str, list[InvoiceItem]] = {}
        first: dict[str, Subscription] = {}
        for row in subscriptions:
            if row.has_pending_items:
                waiting[row.id] = []
                first.setdefault(row.customer_id, row)
        for item in await self.gather(InvoiceItem, "customer_id", first, order=("id",), lock=lock, pending=True):
            taker = item.subscription_id or first[item.customer_id].id
            if taker in waiting:
                waiting[taker].append(item)
        return waiting

    async def waiting_of(self, customer: Customer, subscription_id: str | None = None) -> list[InvoiceItem]:
        """The items that wait for this subscription, or without one for any invoice of the customer, held, in order."""
        if subscription_id is None and not customer.has_pending_items:
            return []
        found = await self.gather(InvoiceItem, "customer_id", [customer.id], order=("id",), lock=True, pending=True)
        return [item for item in found if item.subscription_id == subscription_id]

    async def take_up(self, invoices: Sequence[WholeInvoice], waiting: Mapping[str, Sequence[InvoiceItem]]) -> None:
        """The drafts of these subscriptions have the waiting items among their lines: they wait no more."""
        taken = []
        for invoice in invoices:
            for item in waiting.get(str(invoice.row.subscription_id), ()):
                item.pending, item.invoice_id = False, invoice.row.id
                taken.append(item)
        await update_rows(taken, ("pending", "invoice_id"))

    async def give_back(self, items: Sequence[InvoiceItem]) -> None:
        """These items leave their draft and wait for the next invoice again, of whoever has their subscription now.

        Where that has ended, for any invoice of its customer.
        """
        found = await self.gather(Subscription, "id", {item.subscription_id for item in items})
        owners = {row.id: row.customer_id for row in found}
        ended = {row.id for row in found if row.status not in LIVING}
        for item in items:
            item.pending, item.invoice_id, item.aimed = True, None, False
            item.customer_id = owners.get(str(item.subscription_id), item.customer_id)
            if item.subscription_id in ended:
                item.subscription_id = None
        await update_rows(items, ("pending", "invoice_id", "aimed", "customer_id", "subscription_id"))
        await self.expect(items)

    async def fall_to_customers(self, ended: Sequence[Subscription]) -> None:
        """What waits for these, which have ended, waits for any invoice of their customers from now on.

        No statement where there are none.
        """
        found = await self.gather(InvoiceItem, "subscription_id", [row.id for row in ended], pending=True)
        if not found:
            return
        for item in found:
            item.subscription_id = None
        await self.expect(found)
        left = self.mine(InvoiceItem).filter(id__in=[item.id for item in found], pending=True)
        await left.update(subscription_id=None)

    async def expect(self, items: Iterable[InvoiceItem]) -> None:
        """Let the next invoices look for these items, which wait for their subscription or any of their customer."""
        waiting = list(items)
        subscriptions = {item.subscription_id for item in waiting if item.subscription_id is not None}
        customers = {item.customer_id for item in waiting if item.subscription_id is None}
        living = self.mine(Subscription).filter(status__in=LIVING)
        if subscriptions:
            await living.filter(id__in=subscriptions).update(has_pending_items=True)
        if customers:
            await self.mine(Customer).filter(id__in=customers).update(has_pending_items=True)
            await living.filter(customer_id__in=customers).update(has_pending_items=True)

    def _item(
        self,
        customer_id: str,
        subscription_id: str | None,
        test_clock_id: str | None,
        line: LineDraft,
        at: datetime,
        application_id: str | None,
    ) -> InvoiceItem:
        return InvoiceItem.made(
            id=self.new_id(Prefix.INVOICE_ITEM),
            created_at=at,
            customer_id=customer_id,
            subscription_id=subscription_id,
            test_clock_id=test_clock_id,
            application_id=application_id,
            **columns_of(line),
            **self.ownership(),
        )


def line_of(item: InvoiceItem) -> LineDraft:
    """The line that an invoice has for the item."""
    return LineDraft(
        description=item.description,
        amount=item.amount,
        currency=item.currency,
        quantity=item.quantity,
        unit_amount=None if item.unit_amount_decimal is None else Decimal(item.unit_amount_decimal),
        price_id=item.price_id,
        product_id=item.product_id,
        subscription_item_id=item.subscription_item_id,
        period_start=item.period_start,
        period_end=item.period_end,
        calculation=Calculation.from_json(item.calculation),
        proration=item.proration,
        invoice_item_id=item.id,
        metadata=item.metadata,
        discountable=item.discountable,
        discounts=tuple(item.discounts),
        tax_rates=tuple(item.tax_rates),
        taxed_as=None if item.taxed_as is None else tuple(item.taxed_as),
    )
