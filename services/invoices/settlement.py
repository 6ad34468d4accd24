"""What the fate of a payment means for its invoice: reactions to the events of payment intents, in sets."""

from collections.abc import Mapping, Sequence

from domain.event_types import EventType
from models import Charge, Invoice, PaymentIntent
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.invoices.paid import PAID, PAYABLE, count_attempt, remaining_of, settle_as_paid
from services.invoices.payments import InvoicePayments, Receipt
from services.invoices.stopping import Stopping
from services.invoices.wholes import WholeInvoices
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject


class Settlement(Service):
    """Carries the outcome of payments over to their invoices."""

    events = part(Events)
    wholes = part(WholeInvoices)
    stopping = part(Stopping)
    payments = part(InvoicePayments)

    async def paid(self, intents: Sequence[Subject]) -> None:
        """Open and uncollectible invoices become PAID when their payments, which succeeded, leave nothing to be paid.

        Events `invoice.paid` and `invoice.payment_succeeded` for each. Where there are several payments, or more came
        in than was due, as `InvoicePayments.receive` says.
        """
        payments, found = await self._invoices(intents)
        await self._note_failures(payments, found)
        invoices: list[WholeInvoice] = []
        others: list[WholeInvoice] = []
        for each in found:
            (invoices if _pays_all(payments[each.row.id], each.row) else others).append(each)
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            settle_as_paid(each.row, amount=payments[each.row.id].amount_received)
            each.row.paid_at = presents[each.row.test_clock_id]
            count_attempt(each.row)
        await self.stopping.expect_nothing(each.row for each in invoices)
        await self._write(
            invoices, "status", "amount_paid", "paid_at", "attempt_count", "attempted", "next_payment_attempt"
        )
        for each in invoices:
            self.events.record_all(PAID, each, at=presents[each.row.test_clock_id])
        if others:
            receipts = [Receipt(each, payments[each.row.id], payments[each.row.id].amount_received) for each in others]
            await self.payments.receive(receipts)

    async def failed(self, intents: Sequence[Subject]) -> None:
        """Open invoices of declined payments count the attempt. Event `invoice.payment_failed`."""
        await self.attempted(await self._open_of(intents), EventType.INVOICE_PAYMENT_FAILED)

    async def action_required(self, intents: Sequence[Subject]) -> None:
        """Open invoices whose payer must act count the attempt. Event `invoice.payment_action_required`."""
        await self.attempted(await self._open_of(intents), EventType.INVOICE_PAYMENT_ACTION_REQUIRED)

    async def attempted(self, invoices: Sequence[WholeInvoice], event: EventType) -> None:
        """An attempt to collect these invoices did not bring the money; `event` says in which way."""
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            count_attempt(each.row)
            each.row.first_failed_at = each.row.first_failed_at or presents[each.row.test_clock_id]
        await self._write(invoices, "attempt_count", "attempted", "first_failed_at")
        for each in invoices:
            self.events.record(event, each, at=presents[each.row.test_clock_id])

    async def _note_failures(self, payments: Mapping[str, PaymentIntent], invoices: Sequence[WholeInvoice]) -> None:
        """Why nothing was transferred of these payments, on their invoices; no statement where nobody shares."""
        sharing = [each.row for each in invoices if "transfer_data" in (each.row.sharing or ())]
        charges = await self.gather(Charge, "id", [payments[row.id].latest_charge_id for row in sharing])
        reasons = {charge.invoice_id: charge.transfer_failure_reason for charge in charges}
        failed = [row for row in sharing if reasons.get(row.id) is not None]
        for row in failed:
            row.transfer_failure_reason = reasons[row.id]
        await update_rows(failed, ("transfer_failure_reason",))

    async def _open_of(self, intents: Sequence[Subject]) -> list[WholeInvoice]:
        """The invoices of these payments as far as they are open, held."""
        return [each for each in (await self._invoices(intents))[1] if each.row.status in PAYABLE]

    async def _invoices(self, intents: Sequence[Subject]) -> tuple[dict[str, PaymentIntent], list[WholeInvoice]]:
        """The payments by their invoice, and those invoices, held. An invoice has one payment in flight at a time."""
        payments: dict[str, PaymentIntent] = {}
        for intent in intents:
            assert isinstance(intent, PaymentIntent)
            if intent.invoice_id is not None:
                assert intent.invoice_id not in payments, f"invoice {intent.invoice_id} is paid twice at a time"
                payments[intent.invoice_id] = intent
        return payments, await self.wholes.by("id", payments, lock=True)

    async def _write(self, invoices: Sequence[WholeInvoice], *columns: str) -> None:
        await update_rows([each.row for each in invoices], columns)


def _pays_all(payment: PaymentIntent, invoice: Invoice) -> bool:
    """Whether an invoice is paid just as nearly all are: by its only payment, for all that it asks for."""
    return (
        invoice.status in PAYABLE
        and not invoice.has_several_payments
        and payment.id == invoice.payment_intent_id
        and payment.amount_received == remaining_of(invoice)
    )


async def paid(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.succeeded`."""
    await Settlement(scope).paid(intents)


async def payment_failed(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.payment_failed`."""
    await Settlement(scope).failed(intents)


async def action_required(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.requires_action`."""
    await Settlement(scope).action_required(intents)
