"""The one currency of a customer, as long as anything of theirs is in it."""

from collections.abc import Collection
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import LIVING, InvoiceStatus, QuoteStatus
from models import Customer, Invoice, InvoiceItem, Quote, Subscription
from services.aggregates import WholeCustomer
from services.base import Service, part
from services.customers import Customers
from services.events import Events
from services.rows import update_rows

_UNPAID = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN)


class CustomerCurrency(Service):
    """Holds customers to one currency."""

    events = part(Events)
    customers = part(Customers)

    async def in_force(self, customer: Customer, wanted: Collection[str]) -> str | None:
        """The currency that the customer has to be billed in, None when it may be any.

        A subscription, an open quote, an unpaid invoice, an item that waits or a balance keeps it in force. Nothing is
        asked where all that is `wanted` is in the customer's currency already.
        """
        if customer.currency is None or set(wanted) <= {customer.currency}:
            return customer.currency
        of_customer = {"customer_id": customer.id}
        living = self.mine(Subscription).filter(**of_customer, status__in=LIVING)
        invoices = self.mine(Invoice).filter(**of_customer, status__in=_UNPAID)
        items = self.mine(InvoiceItem).filter(**of_customer, pending=True)
        quotes = self.mine(Quote).filter(**of_customer, status=QuoteStatus.OPEN)
        balances = await self.customers.balances_of([customer.id])
        if balances.get(customer.id):
            return customer.currency
        for found in (living, invoices, items, quotes):
            if await found.exists():
                return customer.currency
        return None

    async def decide(self, customer: Customer, currency: str, at: datetime, *param: str) -> None:
        """The customer, who is held, is billed in this currency from now on; refused while another is in force.

        Event `customer.updated` when it is a new one.
        """
        in_force = await self.in_force(customer, (currency,))
        if in_force not in (None, currency):
            raise DomainError(
                ErrorCode.CURRENCY_MISMATCH,
                f"Customer {customer.id} is billed in {in_force}, so that nothing can be in {currency}.",
                param or ("currency",),
            )
        if customer.currency == currency:
            return
        [whole] = await self.customers.wholes_of([customer])
        before = self.events.snapshot(whole)
        customer.currency = currency
        await update_rows([customer], ("currency",))
        balances = await self.customers.balances_of([customer.id])
        after = WholeCustomer(customer, balances.get(customer.id, 0), whole.tax_ids, whole.discount)
        self.events.record(EventType.CUSTOMER_UPDATED, after, at=at, before=before)
