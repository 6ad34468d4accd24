"""Several payments on one invoice: money that comes in parts, from elsewhere, or beyond what was due.

What an invoice has been paid is the sum of its payments. Those that go through a gateway are its payment intents, one
of which, the default, always asks for what remains; the others were asked for beside it or attached. Money that came
elsewhere is a row of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import CustomerBalanceTransactionType
from domain.lifecycles import PAYMENT_INTENT, InvoiceStatus, PaymentIntentStatus
from models import Customer, CustomerBalanceTransaction, Invoice, OutOfBandPayment, PaymentIntent
from services.aggregates import WholeInvoice, WholeInvoicePayment
from services.base import Service, part
from services.customers import Customers
from services.events import Events
from services.invoices.paid import PAID, PAYABLE, count_attempt, remaining_of, settle_as_paid
from services.invoices.stopping import Stopping
from services.payments import Invoiced, PaymentIntents, sharing_of
from services.rows import update_rows
from services.scope import Scope

_MONEY = (
    "status", "amount_paid", "amount_paid_out_of_band", "amount_overpaid", "paid_out_of_band", "paid_at",
    "attempt_count", "attempted", "next_payment_attempt", "has_several_payments",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in for an invoice, in minor units."""

    invoice: WholeInvoice
    payment: PaymentIntent | OutOfBandPayment
    amount: int

    @property
    def elsewhere(self) -> bool:
        """Whether it came by another way than a gateway."""
        return isinstance(self.payment, OutOfBandPayment)


class InvoicePayments(Service):
    """Counts what comes in, and lets the payments that are still open follow."""

    events = part(Events)
    customers = part(Customers)
    intents = part(PaymentIntents)
    invoiced = part(Invoiced)
    stopping = part(Stopping)

    async def receive(self, receipts: Sequence[Receipt]) -> None:
        """Within a transaction: count money for held invoices. What is beyond what was due becomes customers' credit.

        Events for each: `invoice_payment.paid` where there are several payments; then `invoice.paid` and, unless it
        came elsewhere, `invoice.payment_succeeded`, or `invoice.updated` while something remains; `invoice.overpaid`.
        An invoice that is not to be paid any more keeps its status, and all of the money is credit.
        """
        presents = await self.presents(each.invoice.row.test_clock_id for each in receipts)
        befores = [self.events.snapshot(each.invoice) for each in receipts]
        over = {each.invoice.row.id: _count(each, presents[each.invoice.row.test_clock_id]) for each in receipts}
        rows = [each.invoice.row for each in receipts]
        await self.stopping.expect_nothing(row for row in rows if row.status == InvoiceStatus.PAID)
        await update_rows(rows, _MONEY)
        for each in receipts:
            if each.invoice.row.has_several_payments:
                whole = WholeInvoicePayment(each.payment, each.invoice.row)
                at = presents[each.invoice.row.test_clock_id]
                self.events.record(EventType.INVOICE_PAYMENT_PAID, whole, at=at)
        await self.follow([each.invoice for each in receipts])
        for each, before in zip(receipts, befores, strict=True):
            at = presents[each.invoice.row.test_clock_id]
            if each.invoice.row.status == InvoiceStatus.PAID and before["status"] != InvoiceStatus.PAID:
                told = PAID[:1] if each.elsewhere else PAID
                self.events.record_all(told, each.invoice, at=at)
            else:
                self.events.record(EventType.INVOICE_UPDATED, each.invoice, at=at, before=before)
        await self.credit([each.invoice for each in receipts if over[each.invoice.row.id]], over)

    async def follow(self, invoices: Sequence[WholeInvoice]) -> None:
        """Within a transaction: open payments of held invoices follow what remains to be paid; none is in flight.

        The default one asks for just that, or gives way to a new one when its customer was about to confirm another
        amount. When nothing remains all are canceled. Events `payment_intent.canceled` and `.created`.
        """
        rows = {each.row.id: each.row for each in invoices}
        presents = await self.presents(row.test_clock_id for row in rows.values())
        asking, ending = [], []
        for intent in await self.invoiced.payments_of(rows):
            row = rows[str(intent.invoice_id)]
            if PAYMENT_INTENT.ended(PaymentIntentStatus(intent.status)):
                continue
            if row.status not in PAYABLE:
                ending.append(intent)
            elif intent.id == row.payment_intent_id and intent.amount != remaining_of(row):
                asking.append(intent)
        waiting: list[PaymentIntent] = []
        quiet: list[PaymentIntent] = []
        for intent in asking:
            (waiting if intent.status == PaymentIntentStatus.REQUIRES_ACTION else quiet).append(intent)
        for intent in (*ending, *waiting):
            intent.canceled_at = presents[rows[str(intent.invoice_id)].test_clock_id]
        await self.intents.cancel_all([*ending, *waiting])
        await self._ask_anew(waiting, rows, presents)
        for intent in quiet:
            row = rows[str(intent.invoice_id)]
            intent.amount = remaining_of(row)
            intent.sharing = sharing_of(row, intent.amount)
        shared = any(row.sharing is not None for row in rows.values())
        await update_rows(quiet, ("amount", "sharing") if shared else ("amount",))

    async def credit(self, invoices: Sequence[WholeInvoice], amounts: Mapping[str, int]) -> None:
        """Within a transaction: what was paid beyond what was due of held invoices becomes their customers' credit.

        Events `customer.updated` and `invoice.overpaid` for each.
        """
        if not invoices:
            return
        rows = [each.row for each in invoices]
        customers = await self.gather(Customer, "id", {row.customer_id for row in rows}, lock=True)
        balances = await self.customers.balances_of([each.id for each in customers])
        presents = await self.presents(row.test_clock_id for row in rows)
        journal = []
        for row in rows:
            balances[row.customer_id] = balances.get(row.customer_id, 0) - amounts[row.id]
            journal.append(
                CustomerBalanceTransaction.made(
                    id=self.new_id(Prefix.CUSTOMER_BALANCE_TRANSACTION),
                    created_at=presents[row.test_clock_id],
                    customer_id=row.customer_id,
                    type=CustomerBalanceTransactionType.INVOICE_OVERPAID,
                    amount=-amounts[row.id],
                    currency=row.currency,
                    ending_balance=balances[row.customer_id],
                    invoice_id=row.id,
                    **self.ownership(),
                )
            )
        await self.customers.journal(journal)
        for each in invoices:
            self.events.record(EventType.INVOICE_OVERPAID, each, at=presents[each.row.test_clock_id])

    async def _ask_anew(
        self,
        canceled: Sequence[PaymentIntent],
        rows: Mapping[str, Invoice],
        presents: Mapping[str | None, datetime],
    ) -> None:
        """New default payments in place of these."""
        asking = [rows[str(each.invoice_id)] for each in canceled]
        anew = self.intents.for_invoices(asking, presents)
        for row, before, after in zip(asking, canceled, anew, strict=True):
            after.statement_descriptor = before.statement_descriptor
            row.payment_intent_id = after.id
        await self.intents.store(anew)
        await update_rows(asking, ("payment_intent_id",))


def _count(receipt: Receipt, at: datetime) -> int:
    """Put the money on the invoice (in memory); what of it was not due any more."""
    row = receipt.invoice.row
    payable = row.status in PAYABLE
    counted = min(receipt.amount, remaining_of(row)) if payable else 0
    over = receipt.amount - counted
    row.amount_paid += counted
    row.amount_overpaid += over
    if receipt.elsewhere:
        row.amount_paid_out_of_band += counted
    else:
        count_attempt(row)
    if payable and remaining_of(row) == 0:
        settle_as_paid(row, amount=row.amount_paid)
        row.paid_at = at
        row.paid_out_of_band = receipt.elsewhere
    return over


async def payments_by_invoice(scope: Scope, invoice_ids: Sequence[str]) -> dict[str, list[WholeInvoicePayment]]:
    """The payments of each invoice, oldest first; invoices without any are absent. Three statements for all."""
    service = Service(scope)
    invoices = {row.id: row for row in await service.gather(Invoice, "id", invoice_ids)}
    found: dict[str, list[WholeInvoicePayment]] = {}
    for intent in await service.gather(PaymentIntent, "invoice_id", invoices):
        invoice = invoices[str(intent.invoice_id)]
        found.setdefault(invoice.id, []).append(WholeInvoicePayment(intent, invoice))
    for payment in await service.gather(OutOfBandPayment, "invoice_id", invoices):
        invoice = invoices[payment.invoice_id]
        found.setdefault(invoice.id, []).append(WholeInvoicePayment(payment, invoice))
    return {key: sorted(each, key=lambda payment: payment.id) for key, each in found.items()}
