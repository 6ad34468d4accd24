"""Payment intents: the wish to be paid one amount once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain.currencies import chargeable
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import BillingReason
from domain.kinds import CaptureMethod, FutureUsage, PaymentIntentCancellationReason
from domain.lifecycles import PAYMENT_INTENT, ChargeStatus, PaymentIntentStatus
from models import Charge, Customer, Invoice, PaymentIntent, PaymentMethod
from services.accounts.direct import DirectCharges
from services.base import Service, Settled, part
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.payment_methods import PaymentMethods, new_client_secret, secret_fits
from services.payments.attempts import Attempts, set_off
from services.payments.checks import changed, checked_intent
from services.payments.drafts import (
    ChargeSearch,
    Confirmation,
    NewPaymentIntent,
    PaymentIntentChange,
    PaymentIntentSearch,
)
from services.payments.instructions import Instruction, Step, in_flight
from services.payments.invoiced import Invoiced, sharing_of
from services.payments.sharing import SharedPayments
from services.payments.wishes import Prepared, Wish
from services.rows import delete_by, insert_rows, update_rows
from services.scope import Access

POLICY_KIND = "payments"
"""What a restricted key is granted to see and move payments."""

_DESCRIPTIONS = {
    BillingReason.SUBSCRIPTION_CREATE: "Subscription creation",
    BillingReason.SUBSCRIPTION_CYCLE: "Subscription update",
}


class PaymentIntents(Service):
    """Makes, confirms, captures and cancels payment intents."""

    events = part(Events)
    methods = part(PaymentMethods)
    attempts = part(Attempts)
    invoiced = part(Invoiced)
    shared = part(SharedPayments)
    direct = part(DirectCharges)

    def matching(self, search: PaymentIntentSearch) -> Listing:
        """The payment intents that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "invoice_id": search.invoice,
            "status": search.status,
            "transfer_group": search.transfer_group,
        }
        return self.mine(PaymentIntent).filter(**{name: value for name, value in wanted.items() if value is not None})

    def charges(self, search: ChargeSearch) -> Listing:
        """The charges that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "payment_intent_id": search.payment_intent,
            "status": search.status,
            "transfer_group": search.transfer_group,
        }
        return self.mine(Charge).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def shown(self, identifier: str, client_secret: str | None = None) -> PaymentIntent | None:
        """The payment intent, to a key that may read payments or whoever has its client secret; None to others."""
        row = await self.find(PaymentIntent, identifier)
        return row if row is not None and self._may(Access.READ, row, client_secret) else None

    async def create(self, draft: NewPaymentIntent) -> Settled[PaymentIntent]:
        """A payment intent, tried at once when that is asked. Event `payment_intent.created`, then as `confirm`."""

        async def prepare() -> Prepared[PaymentIntent]:
            checked = checked_intent(draft)
            await self.direct.refuse_unable()
            sharing = await self.shared.wanted(checked)
            customer = None if checked.customer is None else await self.methods.customer(checked.customer)
            at = await self.present(None if customer is None else customer.test_clock_id)
            method = None
            if checked.payment_method is not None:
                method = await self.methods.chargeable(checked.payment_method, customer)
            intent = self._new(checked, customer, method, at)
            intent.sharing, intent.transfer_group = sharing.as_json(), checked.transfer_group
            if checked.confirm:
                return Prepared(
                    subject=intent, wishes=[_wish(intent, customer, method, at, off_session=draft.off_session)]
                )
            await self.store([intent])
            return Prepared(subject=intent)

        return await self.attempts.carried_out(prepare)

    @transactional
    async def update(self, identifier: str, change: PaymentIntentChange) -> PaymentIntent:
        """The payment intent changed before it is paid. What an invoice asks for keeps its amount and payer."""
        intent = await self.invoiced.intent(identifier)
        PAYMENT_INTENT.refuse_unless("confirm", intent.id, PaymentIntentStatus(intent.status))
        customer = await self._customer_of(intent)
        if isinstance(change.customer, str):
            customer = await self.methods.customer(change.customer)
        await self.present(None if customer is None else customer.test_clock_id)
        columns = (*changed(intent, change), *await self.shared.changed(intent, change))
        if isinstance(change.payment_method, str):
            method = await self.methods.chargeable(change.payment_method, customer)
            intent.payment_method_id = method.id
            if intent.status == PaymentIntentStatus.REQUIRES_PAYMENT_METHOD:
                _move(intent, PaymentIntentStatus.REQUIRES_CONFIRMATION)
        await update_rows([intent], (*columns, "payment_method_id", "status"))
        return intent

    async def confirm(self, confirmation: Confirmation) -> Settled[PaymentIntent]:
        """Try to collect. SUCCEEDED, REQUIRES_CAPTURE, REQUIRES_ACTION, or declined with the problem beside the intent.

        Of several confirmations side by side one is carried out; the others are refused while it is in flight.
        """

        async def prepare() -> Prepared[PaymentIntent]:
            intent = await self._held(confirmation.id, confirmation.client_secret)
            PAYMENT_INTENT.refuse_unless("confirm", intent.id, PaymentIntentStatus(intent.status))
            await self.shared.refuse_gone(intent)
            await self.invoiced.refuse_too_much(intent)
            customer = await self._customer_of(intent)
            at = await self.present(None if customer is None else customer.test_clock_id)
            if confirmation.off_session and confirmation.client_secret is not None:
                raise DomainError(
                    ErrorCode.PARAMETER_UNKNOWN,
                    "A page that confirms with a client secret has its customer before it; leave out `offSession`.",
                    "offSession",
                )
            method = await self._method_for(intent, confirmation, customer)
            if confirmation.setup_future_usage is not None:
                intent.setup_future_usage = confirmation.setup_future_usage
            if confirmation.receipt_email is not None:
                intent.receipt_email = confirmation.receipt_email
            await update_rows([intent], ("setup_future_usage", "receipt_email"))
            wish = _wish(intent, customer, method, at, off_session=confirmation.off_session)
            return Prepared(subject=intent, wishes=[wish])

        return await self.attempts.carried_out(prepare)

    async def authenticate(self, identifier: str, *, passed: bool) -> Settled[PaymentIntent]:
        """End the 3-D Secure of a sandbox card as its customer would; the waiting charge is then sent again."""

        async def prepare() -> Prepared[PaymentIntent]:
            intent = await self._held(identifier)
            PAYMENT_INTENT.refuse_unless(
                "authenticate", intent.id, PaymentIntentStatus(intent.status), param="paymentIntent"
            )
            await self.invoiced.refuse_too_much(intent)
            await self._at(intent)
            charge = await self._pending(intent)
            told = Instruction.of(charge)
            charge.request = replace(told, step=Step.AUTHORIZE, authenticated=passed, off_session=False).stored()
            set_off(intent)
            await update_rows([intent], ("status", "next_action"))
            return Prepared(subject=intent, charges=[charge])

        return await self.attempts.carried_out(prepare)

    async def capture(
        self, identifier: str, *, amount: int | None = None, application_fee_amount: int | None = None
    ) -> Settled[PaymentIntent]:
        """Take what is held, or `amount` minor units of it; the rest is released. Events as of a success.

        The platform's fee may be given anew; it is never more than what is taken.
        """

        async def prepare() -> Prepared[PaymentIntent]:
            intent, charge = await self._holding(identifier, "capture")
            wanted = intent.amount_capturable if amount is None else amount
            if not 1 <= wanted <= intent.amount_capturable:
                code = ErrorCode.PARAMETER_INVALID_INTEGER if wanted < 1 else ErrorCode.AMOUNT_TOO_LARGE
                raise DomainError(
                    code,
                    f"Amount {wanted} cannot be captured; {intent.id} holds {intent.amount_capturable} "
                    f"{intent.currency}, and any part of it can be taken once.",
                    "amountToCapture",
                )
            await self._at(intent)
            await self.shared.capture(intent, charge, application_fee_amount)
            charge.request = replace(Instruction.of(charge), step=Step.CAPTURE, capture_amount=wanted).stored()
            return Prepared(subject=intent, charges=[charge])

        return await self.attempts.carried_out(prepare)

    async def cancel(
        self, identifier: str, reason: PaymentIntentCancellationReason | None = None
    ) -> Settled[PaymentIntent]:
        """The payment intent, CANCELED; held money is released. Event `payment_intent.canceled`."""

        async def prepare() -> Prepared[PaymentIntent]:
            intent = await self._held(identifier)
            self.refuse_in_flight(intent)
            PAYMENT_INTENT.refuse_unless("cancel", intent.id, PaymentIntentStatus(intent.status))
            if intent.invoice_id is not None and await self.invoiced.is_default(intent):
                raise _unexpected(f"Payment intent {intent.id} pays invoice {intent.invoice_id}; void that instead.")
            intent.cancellation_reason = None if reason is None else reason.value
            at = await self._at(intent)
            if intent.status == PaymentIntentStatus.REQUIRES_CAPTURE:
                _, charge = await self._holding(identifier, "cancel")
                charge.request = replace(Instruction.of(charge), step=Step.VOID).stored()
                await update_rows([intent], ("cancellation_reason",))
                return Prepared(subject=intent, charges=[charge])
            intent.canceled_at = at
            await self.cancel_all([intent])
            return Prepared(subject=intent)

        return await self.attempts.carried_out(prepare)

    def for_invoices(
        self, invoices: Sequence[Invoice], presents: Mapping[str | None, datetime], *, amount: int | None = None
    ) -> list[PaymentIntent]:
        """What these invoices ask for, in order; not stored: `store` does, and so does an attempt at it.

        `presents`: the time by test clock. `amount` is a part of what remains to be paid of each, None all of it.
        """
        intents = []
        for invoice in invoices:
            wanted = invoice.amount_due - invoice.amount_paid if amount is None else amount
            intent = self.ahead(
                customer_id=invoice.customer_id,
                amount=wanted,
                currency=invoice.currency,
                at=presents[invoice.test_clock_id],
                reason=invoice.billing_reason,
            )
            intent.invoice_id, intent.application_id = invoice.id, invoice.application_id
            intent.sharing = sharing_of(invoice, wanted)
            intents.append(intent)
        return intents

    def ahead(self, *, customer_id: str, amount: int, currency: str, at: datetime, reason: str) -> PaymentIntent:
        """A payment intent for an invoice that comes to be only when it is paid; not stored. See `assign`."""
        identifier = self.new_id(Prefix.PAYMENT_INTENT)
        first = reason == BillingReason.SUBSCRIPTION_CREATE
        return PaymentIntent.made(
            id=identifier,
            created_at=at,
            customer_id=customer_id,
            amount=amount,
            currency=currency,
            status=PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
            capture_method=CaptureMethod.AUTOMATIC,
            setup_future_usage=FutureUsage.OFF_SESSION if first else None,
            client_secret=new_client_secret(identifier),
            description=_DESCRIPTIONS.get(BillingReason(reason), "Payment for Invoice"),
            metadata={},
            application_id=self.scope.application_id,
            **self.ownership(),
        )

    async def assign(self, intent: PaymentIntent, charge: Charge, invoice_id: str) -> None:
        """Within a transaction: the invoice that a payment was made for ahead of it."""
        intent.invoice_id = charge.invoice_id = invoice_id
        await update_rows([intent], ("invoice_id",))
        await update_rows([charge], ("invoice_id",))

    async def cancel_all(self, intents: Sequence[PaymentIntent]) -> None:
        """Within a transaction: cancel what nobody is to pay any more, in sets. Event `payment_intent.canceled` each.

        The intents are held, none is in flight or holds money, and `canceled_at` is set to the time on their clock.
        Those that ended already are left alone.
        """
        living = [each for each in intents if not PAYMENT_INTENT.ended(PaymentIntentStatus(each.status))]
        waiting = [each.id for each in living if each.status == PaymentIntentStatus.REQUIRES_ACTION]
        for each in living:
            assert each.canceled_at is not None, f"no time is set for canceling {each.id}"
            _move(each, PaymentIntentStatus.CANCELED)
            each.next_action = None
            if each.invoice_id is not None and each.cancellation_reason is None:
                each.cancellation_reason = PaymentIntentCancellationReason.VOID_INVOICE
        await update_rows(living, ("status", "canceled_at", "cancellation_reason", "next_action"))
        if waiting:
            await delete_by(Charge, "payment_intent_id", waiting, status=ChargeStatus.PENDING, **self.ownership())
        for each in living:
            if each.canceled_at is not None:
                self.events.record(EventType.PAYMENT_INTENT_CANCELED, each, at=each.canceled_at)

    def refuse_in_flight(self, intent: PaymentIntent) -> None:
        """Refuse while the gateway is being asked: what it answers could contradict what is about to be done."""
        if intent.status == PaymentIntentStatus.PROCESSING:
            raise _unexpected(
                f"Payment intent {intent.id} is being charged at this moment; try again when its outcome is known."
            )

    def _new(
        self, draft: NewPaymentIntent, customer: Customer | None, method: PaymentMethod | None, at: datetime
    ) -> PaymentIntent:
        identifier = self.new_id(Prefix.PAYMENT_INTENT)
        waiting = PaymentIntentStatus.REQUIRES_CONFIRMATION if method else PaymentIntentStatus.REQUIRES_PAYMENT_METHOD
        return PaymentIntent.made(
            id=identifier,
            created_at=at,
            customer_id=None if customer is None else customer.id,
            amount=draft.amount,
            currency=draft.currency,
            status=waiting,
            capture_method=draft.capture_method,
            setup_future_usage=draft.setup_future_usage,
            payment_method_id=None if method is None else method.id,
            client_secret=new_client_secret(identifier),
            description=draft.description,
            statement_descriptor=draft.statement_descriptor,
            receipt_email=draft.receipt_email,
            metadata=dict(draft.metadata),
            application_id=self.scope.application_id,
            **self.ownership(),
        )

    async def store(self, intents: Sequence[PaymentIntent]) -> None:
        """Within a transaction: write intents that are not tried at once. Event `payment_intent.created` for each."""
        await insert_rows(intents)
        for intent in intents:
            self.events.record(EventType.PAYMENT_INTENT_CREATED, intent, at=intent.created_at)

    async def _held(self, identifier: str, client_secret: str | None = None) -> PaymentIntent:
        """The intent, held; to a key that may not write payments and has not its secret, it does not exist."""
        intent = await self.invoiced.intent(identifier)
        if not self._may(Access.WRITE, intent, client_secret):
            param = "id" if client_secret is None else "clientSecret"
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such payment intent: '{identifier}'.", param)
        return intent

    def _may(self, access: Access, intent: PaymentIntent, client_secret: str | None) -> bool:
        if client_secret is not None:
            return secret_fits(client_secret, intent.client_secret)
        return self.scope.policy.allows(POLICY_KIND, access)

    async def _customer_of(self, intent: PaymentIntent) -> Customer | None:
        return None if intent.customer_id is None else await self.require(Customer, intent.customer_id, "customer")

    async def _at(self, intent: PaymentIntent) -> datetime:
        """The present of the intent's customer, refused while their clock is on its way."""
        customer = await self._customer_of(intent)
        return await self.present(None if customer is None else customer.test_clock_id)

    async def _method_for(
        self, intent: PaymentIntent, confirmation: Confirmation, customer: Customer | None
    ) -> PaymentMethod:
        chosen = confirmation.payment_method or intent.payment_method_id
        if chosen is None:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING,
                f"Payment intent {intent.id} has no payment method yet; name one to confirm it with.",
                "paymentMethod",
            )
        return await self.methods.chargeable(chosen, customer)

    async def _pending(self, intent: PaymentIntent) -> Charge:
        """The charge that waits for the customer."""
        found = await self.gather(Charge, "payment_intent_id", [intent.id], status=ChargeStatus.PENDING)
        assert len(found) == 1, f"{intent.id} waits for its customer with {len(found)} pending charges"
        return found[0]

    async def _holding(self, identifier: str, verb: str) -> tuple[PaymentIntent, Charge]:
        """An intent that holds money, and the charge that does; refused while that is taken or released."""
        intent = await self._held(identifier)
        PAYMENT_INTENT.refuse_unless(
            verb, intent.id, PaymentIntentStatus(intent.status), allowed=(PaymentIntentStatus.REQUIRES_CAPTURE,)
        )
        [charge] = await self.gather(Charge, "id", [intent.latest_charge_id])
        if in_flight(charge):
            raise _unexpected(
                f"Payment intent {intent.id} is being captured or canceled at this moment; "
                "try again when the outcome is known."
            )
        return intent, charge


def _wish(
    intent: PaymentIntent, customer: Customer | None, method: PaymentMethod | None, at: datetime, *, off_session: bool
) -> Wish:
    assert method is not None, "a payment is tried only with a payment method"
    chargeable(intent.amount, intent.currency)
    return Wish(
        intent=intent,
        payment_method=method,
        at=at,
        off_session=off_session,
        test_clock_id=None if customer is None else customer.test_clock_id,
    )


def _move(intent: PaymentIntent, after: PaymentIntentStatus) -> None:
    intent.status = PAYMENT_INTENT.move(intent.id, PaymentIntentStatus(intent.status), after)


def _unexpected(message: str) -> DomainError:
    return DomainError(ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE, message, "id")
