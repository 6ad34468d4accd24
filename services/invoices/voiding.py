"""Voiding: an open invoice that nobody shall pay any more; and giving up on one that somebody still may."""

from collections.abc import Sequence

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import CustomerBalanceTransactionType
from domain.lifecycles import INVOICE, InvoiceStatus, PaymentIntentStatus
from models import Customer, CustomerBalanceTransaction, PaymentIntent
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.customers import Customers
from services.events import Events
from services.invoices.draws import Draws
from services.invoices.payments import InvoicePayments
from services.invoices.stopping import Stopping
from services.payments import Invoiced, PaymentIntents
from services.rows import update_rows

_VOIDED = (
    "status", "voided_at", "next_payment_attempt", "amount_paid", "amount_paid_out_of_band", "amount_overpaid",
)  # fmt: skip


class Voiding(Service):
    """Voids invoices and gives up on them, in sets."""

    events = part(Events)
    customers = part(Customers)
    draws = part(Draws)
    intents = part(PaymentIntents)
    stopping = part(Stopping)
    invoiced = part(Invoiced)
    received = part(InvoicePayments)

    async def void(self, invoices: Sequence[WholeInvoice]) -> None:
        """These open invoices become VOID: their payments are canceled, applied balance and prepaid credit go back.

        Events `payment_intent.canceled` and `invoice.voided` for each. None of them may be in flight. What was paid of
        them in part becomes the customers' credit.
        """
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        await self.cancel_payments(invoices)
        await self._give_balance_back(invoices)
        await self.draws.give_back(invoices, presents)
        parts = {each.row.id: each.row.amount_paid for each in invoices if each.row.amount_paid}
        for each in invoices:
            row = each.row
            row.status = INVOICE.move(row.id, InvoiceStatus(row.status), InvoiceStatus.VOID)
            row.voided_at = presents[row.test_clock_id]
            row.amount_overpaid += row.amount_paid
            row.amount_paid = row.amount_paid_out_of_band = 0
        await self.stopping.expect_nothing(each.row for each in invoices)
        await update_rows([each.row for each in invoices], _VOIDED)
        for each in invoices:
            self.events.record(EventType.INVOICE_VOIDED, each, at=presents[each.row.test_clock_id])
        await self.received.credit([each for each in invoices if each.row.id in parts], parts)

    async def mark_uncollectible(self, invoices: Sequence[WholeInvoice]) -> None:
        """Nobody counts on the payment of these open invoices any more; they may still be paid or voided.

        Event `invoice.marked_uncollectible` for each.
        """
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            row = each.row
            row.status = INVOICE.move(row.id, InvoiceStatus(row.status), InvoiceStatus.UNCOLLECTIBLE)
            row.marked_uncollectible_at = presents[row.test_clock_id]
        await self.stopping.expect_nothing(each.row for each in invoices)
        columns = ("status", "marked_uncollectible_at", "next_payment_attempt")
        await update_rows([each.row for each in invoices], columns)
        for each in invoices:
            self.events.record(EventType.INVOICE_MARKED_UNCOLLECTIBLE, each, at=presents[each.row.test_clock_id])

    async def cancel_payments(self, invoices: Sequence[WholeInvoice]) -> None:
        """The payments asked for by these invoices are wanted no more."""
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        clock_of = {each.row.id: each.row.test_clock_id for each in invoices}
        for payment in (payments := await self._payments(invoices)):
            payment.canceled_at = presents[clock_of[str(payment.invoice_id)]]
        await self.intents.cancel_all(payments)

    async def in_flight(self, invoices: Sequence[WholeInvoice]) -> set[str]:
        """The ids of those for which the gateway is being asked at this moment."""
        payments = await self._payments(invoices)
        return {
            payment.invoice_id
            for payment in payments
            if payment.status == PaymentIntentStatus.PROCESSING and payment.invoice_id is not None
        }

    async def refuse_in_flight(self, invoices: Sequence[WholeInvoice]) -> None:
        """Refuse when a payment of one of them is being made: it could succeed for something that is void."""
        busy = sorted(await self.in_flight(invoices))
        if busy:
            raise DomainError(
                ErrorCode.INVOICE_UNEXPECTED_STATE,
                f"A payment of invoice {busy[0]} is being made at this moment; try again when its outcome is known.",
                "id",
            )

    async def _payments(self, invoices: Sequence[WholeInvoice]) -> list[PaymentIntent]:
        return await self.invoiced.payments_of([each.row.id for each in invoices])

    async def _give_balance_back(self, invoices: Sequence[WholeInvoice]) -> None:
        """What finalization took from the balances or put on them is undone."""
        touched = [each.row for each in invoices if each.row.starting_balance != each.row.ending_balance]
        if not touched:
            return
        customers = await self.gather(Customer, "id", {row.customer_id for row in touched}, lock=True)
        balances = await self.customers.balances_of([customer.id for customer in customers])
        presents = await self.presents(row.test_clock_id for row in touched)
        journal = []
        for row in touched:
            assert row.ending_balance is not None, f"open invoice {row.id} without an ending balance"
            change = row.starting_balance - row.ending_balance
            balances[row.customer_id] = balances.get(row.customer_id, 0) + change
            journal.append(
                CustomerBalanceTransaction.made(
                    id=self.new_id(Prefix.CUSTOMER_BALANCE_TRANSACTION),
                    created_at=presents[row.test_clock_id],
                    customer_id=row.customer_id,
                    type=CustomerBalanceTransactionType.UNAPPLIED_FROM_INVOICE,
                    amount=change,
                    currency=row.currency,
                    ending_balance=balances[row.customer_id],
                    invoice_id=row.id,
                    **self.ownership(),
                )
            )
        await self.customers.journal(journal)
