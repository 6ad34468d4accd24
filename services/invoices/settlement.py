"""What the fate of a payment means for its invoice: reactions to the events of payment intents, in sets."""

from collections.abc import Sequence

from domain.event_types import EventType
from domain.lifecycles import INVOICE, InvoiceStatus
from models import Invoice, PaymentIntent
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.events import Events
from services.invoices.stopping import Stopping
from services.invoices.wholes import WholeInvoices
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject

PAID = (EventType.INVOICE_PAID, EventType.INVOICE_PAYMENT_SUCCEEDED)
"""What is told when an invoice is paid through us."""
PAYABLE = frozenset({InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


class Settlement(Service):
    """Carries the outcome of payments over to their invoices."""

    events = part(Events)
    wholes = part(WholeInvoices)
    stopping = part(Stopping)

    async def paid(self, intents: Sequence[Subject]) -> None:
        """Open and uncollectible invoices of succeeded payments become PAID.

        Events `invoice.paid` and `invoice.payment_succeeded` for each.
        """
        payments, invoices = await self._open_invoices(intents)
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        for each in invoices:
            settle_as_paid(each.row, amount=payments[each.row.id].amount_received)
            each.row.paid_at = presents[each.row.test_clock_id]
            _count_attempt(each.row)
        await self.stopping.drop_retries(each.row for each in invoices)
        await self._write(
            invoices, "status", "amount_paid", "paid_at", "attempt_count", "attempted", "next_payment_attempt"
        )
        for each in invoices:
            self.events.record_all(PAID, each, at=presents[each.row.test_clock_id])

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
            _count_attempt(each.row)
            each.row.first_failed_at = each.row.first_failed_at or presents[each.row.test_clock_id]
        await self._write(invoices, "attempt_count", "attempted", "first_failed_at")
        for each in invoices:
            self.events.record(event, each, at=presents[each.row.test_clock_id])

    async def _open_of(self, intents: Sequence[Subject]) -> list[WholeInvoice]:
        return (await self._open_invoices(intents))[1]

    async def _open_invoices(self, intents: Sequence[Subject]) -> tuple[dict[str, PaymentIntent], list[WholeInvoice]]:
        """The payments by their invoice, and those invoices as far as they are open, held."""
        payments: dict[str, PaymentIntent] = {}
        for intent in intents:
            assert isinstance(intent, PaymentIntent)
            if intent.invoice_id is not None:
                payments[intent.invoice_id] = intent
        found = await self.wholes.by("id", payments, lock=True)
        return payments, [each for each in found if each.row.status in PAYABLE]

    async def _write(self, invoices: Sequence[WholeInvoice], *columns: str) -> None:
        await update_rows([each.row for each in invoices], columns)


def settle_as_paid(invoice: Invoice, *, amount: int) -> None:
    """The invoice is PAID, with `amount` minor units received for it."""
    invoice.status = INVOICE.move(invoice.id, InvoiceStatus(invoice.status), InvoiceStatus.PAID)
    invoice.amount_paid = amount


def _count_attempt(invoice: Invoice) -> None:
    """Any try counts as the first one; from then on only retries count, when they begin."""
    invoice.attempt_count = max(invoice.attempt_count, 1)
    invoice.attempted = True


async def paid(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.succeeded`."""
    await Settlement(scope).paid(intents)


async def payment_failed(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.payment_failed`."""
    await Settlement(scope).failed(intents)


async def action_required(scope: Scope, intents: Sequence[Subject]) -> None:
    """Reaction to `payment_intent.requires_action`."""
    await Settlement(scope).action_required(intents)
