"""Paying invoices: by a payment method, in parts, with money from elsewhere, and by payments that exist already."""

from dataclasses import dataclass

from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from domain.kinds import CaptureMethod
from domain.lifecycles import INVOICE, PAYMENT_INTENT, InvoiceStatus, PaymentIntentStatus
from domain.part_payments import PAYMENTS_MAX, checked_part
from domain.sharing import Sharing
from models import Charge, Customer, Invoice, InvoiceItem, OutOfBandPayment, PaymentIntent, PaymentMethod
from services.base import Service, Settled, part
from services.idempotency import transactional
from services.invoices.collection import Collection
from services.invoices.issuing import Issuing
from services.invoices.paid import PAYABLE, remaining_of
from services.invoices.payments import InvoicePayments, Receipt
from services.invoices.sellers import Sellers
from services.invoices.sharing import InvoiceSharing
from services.invoices.wholes import WholeInvoices
from services.payment_methods import PaymentMethods
from services.payments import Attempts, Invoiced, PaymentIntents, Prepared, Wish, refuse_in_flight
from services.refunds import Refunds
from services.rows import insert_rows, update_rows

_ATTACHABLE = (
    PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
    PaymentIntentStatus.REQUIRES_CONFIRMATION,
    PaymentIntentStatus.REQUIRES_ACTION,
    PaymentIntentStatus.SUCCEEDED,
)


@dataclass(frozen=True, slots=True)
class InvoicePayDraft:
    """A wish to pay an invoice now: with a payment method other than the default, or with money that came elsewhere.

    `amount` is a part of what remains, in minor units; None is all of it.
    """

    id: str
    payment_method: str | None = None
    amount: int | None = None
    paid_out_of_band: bool = False
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class AttachPaymentDraft:
    """A payment intent that is to pay an invoice."""

    id: str
    payment_intent: str


class Paying(Service):
    """Lets money come in for open invoices, one payment of each at a time."""

    wholes = part(WholeInvoices)
    methods = part(PaymentMethods)
    intents = part(PaymentIntents)
    invoiced = part(Invoiced)
    attempts = part(Attempts)
    collection = part(Collection)
    payments = part(InvoicePayments)
    refunds = part(Refunds)
    issuing = part(Issuing)
    sellers = part(Sellers)
    sharing = part(InvoiceSharing)

    async def pay(self, draft: InvoicePayDraft) -> Settled[Invoice]:
        """Try to collect an invoice, or a part of it, now; a draft is finalized first.

        A decline is committed and answered beside the invoice. Out of band, no money moves. Refused while another
        payment of the invoice is being made.
        """
        if draft.paid_out_of_band:
            _refuse_charging(draft)
            return await self._paid_elsewhere(draft)
        return await self.attempts.carried_out(lambda: self._trying(draft))

    @transactional
    async def attach(self, draft: AttachPaymentDraft) -> Invoice:
        """The invoice with a payment intent of its customer among its payments; counted at once when it succeeded."""
        row, payments = await self._payable(draft.id)
        intent = await self.lock(PaymentIntent, draft.payment_intent, "paymentIntent")
        await self._refuse_attaching(row, intent)
        await self._refuse_fee(row, intent)
        _refuse_many(row, payments)
        intent.invoice_id = row.id
        await update_rows([intent], ("invoice_id",))
        charges = await self.gather(Charge, "payment_intent_id", [intent.id])
        for charge in charges:
            charge.invoice_id = row.id
        await update_rows(charges, ("invoice_id",))
        await self._let_several(row)
        if intent.status == PaymentIntentStatus.SUCCEEDED:
            [whole] = await self.wholes.of([row])
            await self.payments.receive([Receipt(whole, intent, intent.amount_received)])
        return row

    async def _trying(self, draft: InvoicePayDraft) -> Prepared[Invoice]:
        if (settled := await self._finalized(draft.id)) is not None:
            return Prepared(subject=settled.value, problem=settled.problem)
        row, payments = await self._payable(draft.id)
        await self.sellers.refuse_gone(row)
        wish = Wish(
            intent=await self._intent_for(row, payments, draft.amount),
            payment_method=await self._method(draft, row),
            at=await self.present(row.test_clock_id),
            off_session=draft.off_session,
            test_clock_id=row.test_clock_id,
        )
        return Prepared(subject=row, wishes=[wish], action_code=ErrorCode.INVOICE_PAYMENT_INTENT_REQUIRES_ACTION)

    async def _intent_for(self, row: Invoice, payments: list[PaymentIntent], amount: int | None) -> PaymentIntent:
        """What is to be charged: the default payment for all that remains, a new one for a part."""
        remaining = remaining_of(row)
        if amount is None or amount == remaining:
            [default] = [each for each in payments if each.id == row.payment_intent_id]
            return default
        checked_part(amount, remaining, row.currency, charged=True)
        _refuse_many(row, payments)
        at = await self.present(row.test_clock_id)
        [intent] = self.intents.for_invoices([row], {row.test_clock_id: at}, amount=amount)
        intent.statement_descriptor = payments[0].statement_descriptor
        await self._let_several(row)
        return intent

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
    async def _paid_elsewhere(self, draft: InvoicePayDraft) -> Settled[Invoice]:
        if (settled := await self._finalized(draft.id)) is not None:
            return settled
        row, _ = await self._payable(draft.id)
        remaining = remaining_of(row)
        amount = remaining if draft.amount is None else draft.amount
        checked_part(amount, remaining, row.currency, charged=False)
        payment = OutOfBandPayment.made(
            id=self.new_id(Prefix.INVOICE_PAYMENT),
            created_at=await self.present(row.test_clock_id),
            invoice_id=row.id,
            amount=amount,
            currency=row.currency,
            **self.ownership(),
        )
        await insert_rows([payment])
        if amount < remaining:
            await self._let_several(row)
        [whole] = await self.wholes.of([row])
        await self.payments.receive([Receipt(whole, payment, amount)])
        return Settled(row)

    async def _finalized(self, identifier: str) -> Settled[Invoice] | None:
        """Finalize a draft that is to be paid; the answer where nothing of it can be, None where it goes on."""
        row = await self.invoiced.invoice(identifier)
        if row.status != InvoiceStatus.DRAFT:
            return None
        issued = await self.issuing.issue(row)
        await self.intents.store(issued.intents)
        return None if row.status in PAYABLE else Settled(row, issued.problem)

    async def _payable(self, identifier: str) -> tuple[Invoice, list[PaymentIntent]]:
        """The invoice and its payments, held, none of them in flight."""
        row = await self.invoiced.invoice(identifier)
        INVOICE.refuse_unless("pay", row.id, InvoiceStatus(row.status))
        payments = await self.invoiced.payments_of([row.id])
        refuse_in_flight(payments)
        assert payments, f"open invoice {row.id} asks for nothing"
        return row, payments

    async def _let_several(self, row: Invoice) -> None:
        """From here on the invoice has payments beside its default one."""
        if not row.has_several_payments:
            row.has_several_payments = True
            await update_rows([row], ("has_several_payments",))

    async def _refuse_fee(self, row: Invoice, intent: PaymentIntent) -> None:
        """By a payment of its own a platform takes no fee either of what somebody else made."""
        if self.scope.stand.is_direct and Sharing.from_json(intent.sharing).application_fee_amount is not None:
            items = await self.gather(InvoiceItem, "invoice_id", [row.id])
            self.sharing.refuse_foreign(row, items, ("paymentIntent",))

    async def _refuse_attaching(self, row: Invoice, intent: PaymentIntent) -> None:
        code, param = ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE, "paymentIntent"
        if intent.customer_id != row.customer_id:
            text = f"Payment intent {intent.id} is not of customer {row.customer_id}, whom invoice {row.id} is for."
            raise DomainError(ErrorCode.PARAMETER_INVALID, text, param)
        if intent.currency != row.currency:
            text = f"Payment intent {intent.id} is in {intent.currency}, invoice {row.id} in {row.currency}."
            raise DomainError(ErrorCode.CURRENCY_MISMATCH, text, param)
        if intent.invoice_id is not None:
            raise DomainError(code, f"Payment intent {intent.id} pays invoice {intent.invoice_id} already.", param)
        status = PaymentIntentStatus(intent.status)
        PAYMENT_INTENT.refuse_unless("attach", intent.id, status, allowed=_ATTACHABLE, param=param)
        if intent.capture_method != CaptureMethod.AUTOMATIC:
            text = f"Payment intent {intent.id} is captured by hand; an invoice takes one that is captured at once."
            raise DomainError(code, text, param)
        if status is not PaymentIntentStatus.SUCCEEDED:
            checked_part(intent.amount, remaining_of(row), row.currency, charged=True, param=param)
        elif await self.refunds.refunded([str(intent.latest_charge_id)]):
            raise DomainError(code, f"Of payment intent {intent.id} money was given back; it pays nothing.", param)


def _refuse_many(row: Invoice, payments: list[PaymentIntent]) -> None:
    if len(payments) >= PAYMENTS_MAX:
        raise DomainError(
            ErrorCode.INVOICE_UNEXPECTED_STATE,
            f"Invoice {row.id} has {len(payments)} payments already, and there may be {PAYMENTS_MAX}; pay all of it.",
            "id",
        )


def _refuse_charging(draft: InvoicePayDraft) -> None:
    if draft.payment_method is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Out of band nothing is charged, and {draft.payment_method} would be; give paymentMethod or "
            "paidOutOfBand, not both.",
            "paymentMethod",
        )
