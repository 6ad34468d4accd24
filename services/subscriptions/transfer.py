"""Handing a subscription over to another customer. What was invoiced stays with the one it was invoiced to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from domain.lifecycles import SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from models import Customer, Discount, Invoice, InvoiceItem, PaymentMethod, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.events import Events
from services.invoices.finalization import Payer
from services.invoices.items import InvoiceItems
from services.invoices.wholes import WholeInvoices
from services.payment_methods import PaymentMethods
from services.rows import update_rows
from services.subscriptions.creation import Creation
from services.subscriptions.holding import refuse_elsewhere
from services.subscriptions.item_checks import refuse_waiting
from services.subscriptions.metering import Metering
from services.subscriptions.planning import Planning
from services.subscriptions.wholes import WholeSubscriptions

_S = SubscriptionStatus
TRANSFERABLE = (_S.TRIALING, _S.ACTIVE, _S.PAST_DUE, _S.UNPAID, _S.PAUSED)
"""One that is INCOMPLETE waits for a payment of the customer who began it."""
_FREE_AT_PRESENT = frozenset({_S.TRIALING, _S.PAUSED})
_MOVED = ("customer_id", "default_payment_method_id", "status", "has_pending_items", "has_customer_discounts")


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A subscription to be handed over, and what is then charged for it; without that the new customer's default."""

    id: str
    customer: str
    default_payment_method: str | None = None


class Transfer(Service):
    """Hands subscriptions over."""

    events = part(Events)
    methods = part(PaymentMethods)
    wholes = part(WholeSubscriptions)
    invoices = part(WholeInvoices)
    planning = part(Planning)
    creation = part(Creation)
    items = part(InvoiceItems)
    metering = part(Metering)

    async def transfer(self, draft: TransferDraft) -> Subscription:
        """Let the other customer have it from now on: periods, trial and items stay as they are, nothing is charged.

        Invoices stay with the former customer, and are charged to whom they were; the subscription follows them no
        more, so that one that was behind is ACTIVE. What waits for the next invoice goes along; what was used waits
        for any invoice of the former customer. Event `customer.subscription.updated`; before it `invoice.updated` for
        those that keep the former payment method, and `invoiceitem.created` for usage.
        """
        known = await self.require(Subscription, draft.id)
        if known.has_usage:  # Both customers are held, always in one order.
            await self.gather(Customer, "id", {known.customer_id, draft.customer}, order=("id",), lock=True)
        payer = await self.planning.payer(draft.customer)
        row = await self.lock(Subscription, draft.id)
        SUBSCRIPTION.refuse_unless("transfer", row.id, SubscriptionStatus(row.status), allowed=TRANSFERABLE)
        refuse_waiting(row)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        await self._refuse_unfit(whole, payer.row)
        method = await self._method(draft, row, payer)
        before = self.events.snapshot(whole)
        await self._keep_method(row, at)
        refuse_elsewhere(known.customer_id, row)
        await self._bill_usage(whole, at)
        former, row.customer_id = row.customer_id, payer.row.id
        row.default_payment_method_id = None if method is None else method.id
        row.has_customer_discounts = bool(payer.row.discounts)
        if row.status in (SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID):
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.ACTIVE)
        await self._take_along(row, former)
        await self.creation.thresholds.expect(row)
        row.has_pending_items = row.has_pending_items or payer.row.has_pending_items
        await update_rows([row], _MOVED)
        await self.creation.take_currency(payer, row.currency, at)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return row

    async def _bill_usage(self, whole: WholeSubscription, at: datetime) -> None:
        """What was used so far is the former customer's to pay, with whatever invoice of theirs comes next."""
        row = whole.row
        if not row.has_usage:
            return
        began = {item.row.id: item.row.metered_since for item in whole.items}
        settled = await self.metering.final(whole, at)
        for item in whole.items:  # The new customer's use counts from this second on, if it changes hands once in it.
            since = began[item.row.id]
            if since is not None and since < at:
                item.row.metered_since = at
        await self.metering.usage.store(settled)
        await update_rows([item.row for item in whole.items], ("metered_since",))
        lines = settled.of(row.id)
        made = [self.items.made_for(row.customer_id, row.test_clock_id, line, at, None) for line in lines]
        await self.items.store(made)
        await self.items.expect(made)

    async def _refuse_unfit(self, whole: WholeSubscription, customer: Customer) -> None:
        """All problems together."""
        row, problems = whole.row, Problems()
        if customer.id == row.customer_id:
            message = f"Subscription {row.id} is customer {customer.id}'s already; name another one."
            problems.add(ErrorCode.PARAMETER_INVALID, message, "customer")
        if customer.test_clock_id != row.test_clock_id:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Customer {customer.id} lives by {customer.test_clock_id or 'the system'}'s time, the subscription by"
                f" {row.test_clock_id or 'the system'}'s; a transfer takes a customer on the same clock.",
                "customer",
            )
        in_force = await self.planning.currency_in_force(customer, {row.currency})
        if in_force not in (None, row.currency):
            problems.add(
                ErrorCode.CURRENCY_MISMATCH,
                f"Subscription {row.id} is in {row.currency}, but customer {customer.id} is billed in {in_force}.",
                "customer",
            )
        if row.schedule_id is not None:
            message = f"Subscription {row.id} follows schedule {row.schedule_id} of its customer; release it first."
            problems.add(ErrorCode.SUBSCRIPTION_UNDER_SCHEDULE, message, "id")
        if row.resumption_invoice_id is not None and row.status == SubscriptionStatus.PAUSED:
            problems.add(
                ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
                f"Subscription {row.id} is being resumed by invoice {row.resumption_invoice_id}; wait until that is"
                " paid, or void it.",
                "id",
            )
        problems.raise_any()

    async def _method(self, draft: TransferDraft, row: Subscription, payer: Payer) -> PaymentMethod | None:
        """The subscription's own from now on; None charges the default, which has to be there when it goes on."""
        if draft.default_payment_method is not None:
            return await self.methods.usable(draft.default_payment_method, payer.row, "defaultPaymentMethod")
        charged = row.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
        if charged and payer.row.default_payment_method_id is None and row.status not in _FREE_AT_PRESENT:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"Customer {payer.row.id} has no payment method to charge for subscription {row.id}. Name one as"
                " defaultPaymentMethod, or attach one and make it their default first.",
                "defaultPaymentMethod",
            )
        return None

    async def _keep_method(self, row: Subscription, at: datetime) -> None:
        """Invoices that are still to be collected go on to be charged to the payment method that they would have."""
        if row.default_payment_method_id is None:
            return
        found: list[Invoice] = []
        for status in (InvoiceStatus.DRAFT, InvoiceStatus.OPEN):
            found += await self.gather(Invoice, "subscription_id", [row.id], lock=True, status=status)
        kept = await self.invoices.of([each for each in found if _relies_on(each, row)])
        befores = [self.events.snapshot(each) for each in kept]
        for each in kept:
            each.row.default_payment_method_id = row.default_payment_method_id
        await update_rows([each.row for each in kept], ("default_payment_method_id",))
        for each, before in zip(kept, befores, strict=True):
            self.events.record(EventType.INVOICE_UPDATED, each, at=at, before=before)

    async def _take_along(self, row: Subscription, former: str) -> None:
        """The items that wait for its next invoice wait for the new customer's; its discounts lower theirs."""
        await self.mine(Discount).filter(subscription_id=row.id).update(customer_id=row.customer_id)
        if row.has_pending_items:
            items: Sequence[InvoiceItem] = await self.gather(InvoiceItem, "subscription_id", [row.id], pending=True)
            for item in items:
                assert item.customer_id == former, f"{item.id} waits for an invoice of somebody else's"
                item.customer_id = row.customer_id
            await update_rows(items, ("customer_id",))


def _relies_on(invoice: Invoice, row: Subscription) -> bool:
    """Whether the invoice is charged to the subscription's payment method."""
    return invoice.customer_id == row.customer_id and invoice.default_payment_method_id is None
