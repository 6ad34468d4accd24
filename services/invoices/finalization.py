"""Finalizing drafts: the number is given, the balance applied, the customer copied, and the payment asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode, Problem
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import finalization_problem
from domain.invoicing import Settlement, settled_beside_balance, settled_with_balance
from domain.kinds import CustomerBalanceTransactionType as _Type
from domain.lifecycles import INVOICE, InvoiceStatus
from domain.taxes import automatic_tax_problem, tried_again_after
from models import Customer, CustomerBalanceTransaction, CustomerTaxId, Invoice, PaymentIntent
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.catalog import Catalog
from services.customers import Customers
from services.due import Appointment, Due
from services.events import Events
from services.invoices.draws import Draws
from services.invoices.numbering import Numbers
from services.invoices.once_only import OnceOnly
from services.invoices.paid import PAID, settle_as_paid
from services.invoices.reckoning import Reckoning
from services.invoices.sellers import Sellers, plan_finalization
from services.invoices.sending import Sending
from services.invoices.sharing import InvoiceSharing
from services.payments import Effect, PaymentIntents
from services.rows import insert_rows, update_rows
from services.usage.billing import UsageBilling

_FINALIZED = (
    "status", "number", "starting_balance", "ending_balance", "amount_due", "amount_paid", "customer_snapshot",
    "custom_fields", "footer", "finalized_at", "automatically_finalizes_at", "paid_at", "payment_intent_id",
    "attempted", "next_payment_attempt", "auto_advance", "collection_paused", "last_finalization_error",
)  # fmt: skip


_FAILED = (
    "last_finalization_error", "automatically_finalizes_at", "next_payment_attempt", "auto_advance",
    "collection_paused",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finalized:
    """Drafts that were finalized, and the payments that they ask for, still to be stored or tried."""

    invoices: Sequence[WholeInvoice]
    intents: Sequence[PaymentIntent]


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer as finalization needs them: held, with their tax ids and balance (negative is credit)."""

    row: Customer
    tax_ids: Sequence[CustomerTaxId]
    balance: int


class Finalization(Service):
    """Turns drafts into demands that never change their amounts again."""

    events = part(Events)
    catalog = part(Catalog)
    customers = part(Customers)
    draws = part(Draws)
    intents = part(PaymentIntents)
    numbers = part(Numbers)
    due = part(Due)
    reckoning = part(Reckoning)
    once_only = part(OnceOnly)
    sending = part(Sending)
    sharing = part(InvoiceSharing)
    sellers = part(Sellers)
    usage = part(UsageBilling)

    async def finalize_drafts(self, drafts: Sequence[WholeInvoice]) -> Finalized:
        """Finalize these stored drafts, counted and reckoned anew, as far as they can be; the others say why not.

        Events as `finalize`, and `invoice.finalization_failed` for each of the others.
        """
        drafts = await self.sellers.without_gone(drafts)
        payers = await self.payers(each.row.customer_id for each in drafts)
        recount = await self.usage.recounted(drafts)
        await self.reckoning.refresh(drafts, recount.changed)
        sound: list[WholeInvoice] = []
        failing: list[WholeInvoice] = []
        for each in drafts:
            (failing if _problem_of(each.row) else sound).append(each)
        await self._fail(failing)
        await self.usage.settle(recount, sound)
        asked = {each.row.customer_id for each in sound}
        intents = await self.finalize(sound, [payer for payer in payers if payer.row.id in asked])
        return Finalized(sound, intents)

    async def finalize(
        self,
        invoices: Sequence[WholeInvoice],
        payers: Sequence[Payer],
        *,
        payment: Effect | None = None,
        with_balance: bool = True,
    ) -> list[PaymentIntent]:
        """Finalize drafts, storing those that are not yet; what they ask for, in order, still to be stored or tried.

        What prepaid credit pays is drawn first. An invoice of nothing is PAID at once. `payment` is one that succeeded
        before its invoice was written. Without `with_balance` the customers' balances stay as they are: a trial asks
        for no debt. Events `invoice.finalized`, and `invoice.paid` and `invoice.payment_succeeded` where nothing is
        asked for.
        """
        _refuse_untaxed(invoices)
        invoices = await self._collectable(invoices)
        await self.once_only.use_up(invoices)
        rows = [each.row for each in invoices]
        presents = await self.presents(row.test_clock_id for row in rows)
        await self.draws.draw(invoices, (payer.row for payer in payers), presents)
        await self._number_and_settle(rows, {payer.row.id: payer for payer in payers}, presents, with_balance)
        shared = await self.sharing.fix(rows)
        for each in invoices:
            self.events.record(EventType.INVOICE_FINALIZED, each, at=presents[each.row.test_clock_id])
        asking = [each for each in invoices if each.row.amount_due > 0]
        intents = await self._asked(asking, presents) if payment is None else [await self._assigned(payment, asking)]
        for each, intent in zip(asking, intents, strict=True):
            each.row.payment_intent_id = intent.id
        free = [each for each in invoices if each.row.amount_due == 0]
        for each in free:
            settle_as_paid(each.row, amount=0)
            each.row.paid_at, each.row.attempted = each.row.finalized_at, True
        await self._store(invoices, ("sharing",) if shared else ())
        await self.sending.begin(asking)
        for each in free:
            self.events.record_all(PAID, each, at=presents[each.row.test_clock_id])
        return intents

    async def _collectable(self, invoices: Sequence[WholeInvoice]) -> Sequence[WholeInvoice]:
        """Those that may be collected; others that are new are stored as drafts that wait."""
        found = await self.sellers.without_gone(invoices)
        if len(found) < len(invoices):
            left = [each for each in invoices if each not in found and not each.row._saved_in_db]
            await self._store(left, ())
        return found

    async def payers(self, customer_ids: Iterable[str]) -> list[Payer]:
        """The customers, held so that numbers and balances are taken one finalization after the other."""
        customers = await self.gather(Customer, "id", set(customer_ids), lock=True)
        tax_ids: dict[str, list[CustomerTaxId]] = {customer.id: [] for customer in customers}
        for tax_id in await self.gather(CustomerTaxId, "customer_id", tax_ids, order=("id",)):
            tax_ids[tax_id.customer_id].append(tax_id)
        balances = await self.customers.balances_of(tax_ids)
        return [Payer(customer, tax_ids[customer.id], balances.get(customer.id, 0)) for customer in customers]

    async def _fail(self, drafts: Sequence[WholeInvoice]) -> None:
        """These stay drafts until somebody finalizes them; where tax could not be worked out, time does so too."""
        presents = await self.presents(each.row.test_clock_id for each in drafts)
        for each in drafts:
            row = each.row
            problem = _problem_of(row)
            assert problem is not None, f"nothing keeps {row.id} from being finalized"
            failures = 1 + (row.last_finalization_error or {}).get("failures", 0)
            row.last_finalization_error = {
                "code": problem.code.value,
                "type": problem.type.value,
                "message": problem.message,
                "failures": failures,
            }
            again = row.auto_advance and problem.code is ErrorCode.TAXES_CALCULATION_FAILED
            plan_finalization(row, presents[row.test_clock_id] + tried_again_after(failures) if again else None)
        await update_rows([each.row for each in drafts], _FAILED)
        await self.due.schedule_all(
            [
                Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, at, each.row.test_clock_id)
                for each in drafts
                if (at := each.row.automatically_finalizes_at) is not None
            ]
        )
        for each in drafts:
            at = presents[each.row.test_clock_id]
            self.events.record(EventType.INVOICE_FINALIZATION_FAILED, each, at=at)

    async def _store(self, invoices: Sequence[WholeInvoice], also: Sequence[str]) -> None:
        """Insert what is new, with its lines; update what stood as a draft, and the columns in `also`."""
        new = [each for each in invoices if not each.row._saved_in_db]
        stored = [each.row for each in invoices if each.row._saved_in_db]
        await update_rows(stored, (*_FINALIZED, *also))
        await insert_rows([each.row for each in new])
        await insert_rows([line for each in new for line in each.lines])

    async def _asked(
        self, asking: Sequence[WholeInvoice], presents: Mapping[str | None, datetime]
    ) -> list[PaymentIntent]:
        """The payments that these invoices ask for, in order; card statements say what the products want."""
        intents = self.intents.for_invoices([each.row for each in asking], presents)
        sold = {each.row.id: [line.product_id for line in each.lines] for each in asking}
        descriptors = await self.catalog.descriptors(sold)
        for each, intent in zip(asking, intents, strict=True):
            intent.statement_descriptor = each.row.statement_descriptor or descriptors.get(each.row.id)
        return intents

    async def _assigned(self, payment: Effect, asking: Sequence[WholeInvoice]) -> PaymentIntent:
        """The payment that was made ahead of its invoice; refused when the invoice now asks for something else."""
        asked = [(each.row.amount_due, each.row.currency) for each in asking]
        if asked != [(payment.intent.amount, payment.intent.currency)]:
            raise DomainError(
                ErrorCode.LOCK_TIMEOUT,
                f"The balance of customer {payment.intent.customer_id} changed while {payment.intent.amount}"
                f" {payment.intent.currency} was being charged; the money goes back. Try again.",
            )
        asking[0].row.transfer_failure_reason = payment.charge.transfer_failure_reason
        await self.intents.assign(payment.intent, payment.charge, asking[0].row.id)
        return payment.intent

    async def _number_and_settle(
        self,
        rows: Sequence[Invoice],
        payers: Mapping[str, Payer],
        presents: Mapping[str | None, datetime],
        with_balance: bool,
    ) -> None:
        """Give numbers and set balances against totals, invoice by invoice, then write both in sets."""
        await self.numbers.give(rows, {payer.row.id: payer.row for payer in payers.values()})
        balances = {payer.row.id: payer.balance for payer in payers.values()}
        journal: list[CustomerBalanceTransaction] = []
        for row in rows:
            payer = payers[row.customer_id]
            at = presents[row.test_clock_id]
            row.status = INVOICE.move(row.id, InvoiceStatus(row.status), InvoiceStatus.OPEN)
            row.customer_snapshot = _snapshot(payer)
            row.custom_fields = row.custom_fields or payer.row.invoice_custom_fields
            row.footer = row.footer or payer.row.invoice_footer
            row.last_finalization_error = None
            row.finalized_at, row.automatically_finalizes_at, row.next_payment_attempt = at, None, None
            settle = settled_with_balance if with_balance else settled_beside_balance
            settlement = settle(row.total, balances[row.customer_id], row.currency)
            row.starting_balance = settlement.starting_balance
            row.ending_balance = balances[row.customer_id] = settlement.ending_balance
            row.amount_due = settlement.amount_due
            journal += self._journal(row, settlement, at)
        await self.customers.journal(journal)

    def _journal(self, invoice: Invoice, settlement: Settlement, at: datetime) -> Iterator[CustomerBalanceTransaction]:
        """What the balance is told: what was set against the invoice, then what was too small to be charged."""
        applied = settlement.balance_change - settlement.put_off
        if applied:
            ending_balance = settlement.starting_balance + applied
            yield self._line(invoice, _Type.APPLIED_TO_INVOICE, applied, ending_balance, at)
        if settlement.put_off:
            yield self._line(invoice, _Type.INVOICE_TOO_SMALL, settlement.put_off, settlement.ending_balance, at)

    def _line(
        self, invoice: Invoice, type: _Type, amount: int, ending_balance: int, at: datetime
    ) -> CustomerBalanceTransaction:
        return CustomerBalanceTransaction.made(
            id=self.new_id(Prefix.CUSTOMER_BALANCE_TRANSACTION),
            created_at=at,
            customer_id=invoice.customer_id,
            type=type,
            amount=amount,
            currency=invoice.currency,
            ending_balance=ending_balance,
            invoice_id=invoice.id,
            **self.ownership(),
        )


def _problem_of(row: Invoice) -> Problem | None:
    """Why the draft cannot be finalized; None when it can."""
    return automatic_tax_problem(row.automatic_tax_status, row.customer_id) or finalization_problem(
        row.total, row.currency
    )


def _refuse_untaxed(invoices: Sequence[WholeInvoice]) -> None:
    """What is to be finalized at once has its tax, or nothing of it comes about; nothing is no matter of tax."""
    for each in invoices:
        if not any(line.amount for line in each.lines):
            continue
        problem = automatic_tax_problem(each.row.automatic_tax_status, each.row.customer_id, ())
        if problem is not None:
            raise DomainError.of([problem])


def _snapshot(payer: Payer) -> dict[str, Any]:
    """The customer as the invoice will show them for ever."""
    row = payer.row
    return {
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "address": row.address,
        "shipping": row.shipping,
        "tax_exempt": row.tax_exempt,
        "locales": row.preferred_locales,
        "tax_ids": [{"type": each.type, "value": each.value} for each in payer.tax_ids],
    }
