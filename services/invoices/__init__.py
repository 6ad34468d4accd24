"""Demands for payment: the verbs on invoices.

drafting      invoices and lines are written as drafts
items         amounts that wait for the next invoice; manual_items has the verbs
finalization  number, balance, customer and payment are fixed
collection    payment methods are charged
settlement    the fate of a payment is carried over to its invoice
retries       what failed is tried again
stopping      nothing happens by itself any more
voiding       nobody shall pay any more
"""

from dataclasses import dataclass

from tortoise.queryset import QuerySet

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import INVOICE, InvoiceStatus
from models import Customer, Invoice, InvoiceItem, PaymentIntent, PaymentMethod
from services.aggregates import WholeInvoice
from services.base import Service, Settled, part
from services.events import Events
from services.idempotency import transactional
from services.invoices.collection import Collection
from services.invoices.manual_items import InvoiceItemChange, InvoiceItemDraft, ManualItems
from services.invoices.settlement import settle_as_paid
from services.invoices.voiding import Voiding
from services.invoices.wholes import WholeInvoices
from services.payment_methods import PaymentMethods
from services.payments import Attempts, PaymentIntents, Prepared, Wish
from services.rows import update_rows


@dataclass(frozen=True, slots=True)
class InvoicePayDraft:
    """A wish to pay an invoice now: with a payment method other than the default, or with money that came elsewhere."""

    id: str
    payment_method: str | None = None
    paid_out_of_band: bool = False
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceSearch:
    """Which invoices to list."""

    customer: str | None = None
    subscription: str | None = None
    status: InvoiceStatus | None = None


@dataclass(frozen=True, slots=True)
class InvoiceItemSearch:
    """Which invoice items to list."""

    customer: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    pending: bool | None = None


class Invoices(Service):
    """What can be asked of invoices."""

    events = part(Events)
    wholes = part(WholeInvoices)
    voiding = part(Voiding)
    methods = part(PaymentMethods)
    intents = part(PaymentIntents)
    attempts = part(Attempts)
    collection = part(Collection)

    def matching(self, search: InvoiceSearch) -> QuerySet[Invoice]:
        """The invoices that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "subscription_id": search.subscription,
            "status": search.status,
        }
        return self.mine(Invoice).filter(**{name: value for name, value in wanted.items() if value is not None})

    def items_matching(self, search: InvoiceItemSearch) -> QuerySet[InvoiceItem]:
        """The invoice items that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "subscription_id": search.subscription,
            "invoice_id": search.invoice,
            "pending": search.pending,
        }
        return self.mine(InvoiceItem).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def pay(self, draft: InvoicePayDraft) -> Settled[Invoice]:
        """Try to collect an open invoice now.

        A decline is committed and answered beside the invoice. Out of band, no money moves: the payment is canceled
        and the invoice PAID.
        """
        if draft.paid_out_of_band:
            _refuse_charging(draft)
            return Settled(await self._paid_elsewhere(draft))
        return await self.attempts.carried_out(lambda: self._trying(draft))

    @transactional
    async def void(self, identifier: str) -> Invoice:
        """Nobody shall pay this open invoice any more. Its payment is canceled, applied balance goes back."""
        row = await self._open(identifier, "void")
        [whole] = await self.wholes.of([row])
        await self.voiding.refuse_in_flight([whole])
        await self.voiding.void([whole])
        return row

    @transactional
    async def mark_uncollectible(self, identifier: str) -> Invoice:
        """Give up on an open invoice. It may still be paid or voided."""
        row = await self._open(identifier, "mark as uncollectible")
        [whole] = await self.wholes.of([row])
        await self.voiding.refuse_in_flight([whole])
        await self.voiding.mark_uncollectible([whole])
        return row

    async def _trying(self, draft: InvoicePayDraft) -> Prepared[Invoice]:
        row = await self._open(draft.id, "pay")
        assert row.payment_intent_id is not None, f"open invoice {row.id} asks for nothing"
        intent = await self.lock(PaymentIntent, row.payment_intent_id)
        self.intents.refuse_in_flight(intent)
        wish = Wish(
            intent=intent,
            payment_method=await self._method(draft, row),
            at=await self.present(row.test_clock_id),
            off_session=draft.off_session,
            test_clock_id=row.test_clock_id,
        )
        return Prepared(subject=row, wishes=[wish], action_code=ErrorCode.INVOICE_PAYMENT_INTENT_REQUIRES_ACTION)

    async def _method(self, draft: InvoicePayDraft, row: Invoice) -> PaymentMethod:
        customer = await self.require(Customer, row.customer_id, "customer")
        if draft.payment_method is not None:
            return await self.methods.usable(draft.payment_method, customer, "paymentMethod")
        found = (await self.collection.methods_of([row])).get(row.id)
        if found is None:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"Customer {customer.id} has no default payment method to charge for invoice {row.id}. "
                "Name one as paymentMethod, or attach one and make it the default.",
                "paymentMethod",
            )
        return found

    @transactional
    async def _paid_elsewhere(self, draft: InvoicePayDraft) -> Invoice:
        row = await self._open(draft.id, "pay")
        [whole] = await self.wholes.of([row])
        await self.voiding.refuse_in_flight([whole])
        await self.voiding.cancel_payments([whole])
        settle_as_paid(row, amount=row.amount_due)
        row.paid_out_of_band = True
        row.paid_at = await self.present(row.test_clock_id)
        await self.voiding.stopping.drop_retries([row])
        await update_rows([row], ("status", "amount_paid", "paid_out_of_band", "paid_at", "next_payment_attempt"))
        self.events.record(EventType.INVOICE_PAID, whole, at=row.paid_at)
        return row

    async def _open(self, identifier: str, verb: str) -> Invoice:
        row = await self.lock(Invoice, identifier)
        INVOICE.refuse_unless(verb, row.id, InvoiceStatus(row.status))
        await self.present(row.test_clock_id)
        return row


def _refuse_charging(draft: InvoicePayDraft) -> None:
    if draft.payment_method is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Out of band nothing is charged, and {draft.payment_method} would be; give paymentMethod or "
            "paidOutOfBand, not both.",
            "paymentMethod",
        )


__all__ = [
    "InvoiceItemChange",
    "InvoiceItemDraft",
    "InvoiceItemSearch",
    "InvoicePayDraft",
    "InvoiceSearch",
    "Invoices",
    "ManualItems",
    "WholeInvoice",
]
