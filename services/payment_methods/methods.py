"""Payment methods: making them, putting them into customers' files and taking them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from gateways.outcomes import Declined
from gateways.protocol import SetupPurpose, SetupRequest
from gateways.sandbox import SandboxGateway
from models import Customer, PaymentMethod
from services.aggregates import WholeCustomer
from services.base import Service, part
from services.customers import Customers
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.payment_methods.cards import (
    CardChange,
    CardWords,
    NewCard,
    described,
    names_sandbox_card,
    recognized,
    refusal_of,
    row_of,
    sandbox_name,
)
from services.payment_methods.sandbox_scripts import SandboxScripts
from services.rows import insert_rows, update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.transactions import current_unit


@dataclass(frozen=True, slots=True)
class Usage:
    """A card that was charged and is to be used again: by whom, whether with the customer away, and since when."""

    payment_method_id: str
    customer_id: str | None
    off_session: bool
    at: datetime


class PaymentMethods(Service):
    """Makes, attaches and detaches payment methods."""

    events = part(Events)
    scripts = part(SandboxScripts)
    customers = part(Customers)

    def of_account(self) -> Listing:
        """All payment methods that are attached to a customer."""
        return self.mine(PaymentMethod).filter(customer_id__isnull=False)

    @transactional
    async def create(self, card: NewCard) -> PaymentMethod:
        """A payment method of nobody yet, by a sandbox token or a typed card. The number is not kept."""
        at = self.scope.clock.now()
        row = row_of(recognized(card.card, self.scope, at.date()), self.scope, at)
        described(row, CardChange(billing_details=card.billing_details, metadata=card.metadata), at.date())
        await insert_rows([row])
        return row

    async def attach(self, identifier: str, customer: str) -> PaymentMethod:
        """The payment method in the customer's file; a sandbox token such as `pm_card_visa` makes a fresh one.

        The gateway verifies the card first: a decline refuses it, and nothing is kept. Event
        `payment_method.attached`.
        """
        if current_unit() is None:
            await self.verify(identifier)
        return await self._attach(identifier, customer)

    async def verify(self, identifier: str) -> None:
        """Ask the gateway whether the card can lie in a file; refuses one that cannot. Outside of transactions."""
        if names_sandbox_card(identifier):
            token, attempt_id = sandbox_name(identifier), self.new_id(Prefix.PAYMENT_METHOD)
        else:
            row = await self.require(PaymentMethod, identifier)
            token, attempt_id = row.token, row.id
        gateway = self.scope.gateways.for_mode(self.scope.livemode)
        outcome = await gateway.set_up(_attaching(token, attempt_id))
        if isinstance(outcome, Declined):
            raise refusal_of(outcome, "id")

    @transactional
    async def detach(self, identifier: str) -> PaymentMethod:
        """The payment method out of its customer's file, for good. Event `payment_method.detached`."""
        row = await self.lock(PaymentMethod, identifier)
        if row.customer_id is None:
            raise _unexpected(f"Payment method {row.id} is not attached to a customer, so it cannot be detached.", "id")
        customer = await self.require(Customer, row.customer_id)
        await self._detach([row], await self.present(customer.test_clock_id))
        return row

    @transactional
    async def update(self, identifier: str, change: CardChange) -> PaymentMethod:
        """The payment method with billing details, expiry or metadata changed. Event `payment_method.updated`."""
        row = await self.lock(PaymentMethod, identifier)
        if row.customer_id is None:
            raise _unexpected(f"Payment method {row.id} has no customer; attach it before you change it.", "id")
        customer = await self.require(Customer, row.customer_id)
        at = await self.present(customer.test_clock_id)
        before = self.events.snapshot(row)
        described(row, change, at.date())
        await update_rows([row], ("billing_details", "exp_month", "exp_year", "metadata"))
        self.events.record(EventType.PAYMENT_METHOD_UPDATED, row, at=at, before=before)
        return row

    async def usable(self, identifier: str, customer: Customer, *param: str) -> PaymentMethod:
        """The payment method of this customer that an input names; a sandbox token attaches a fresh one.

        Within a transaction. Refuses, at `param` (default `defaultPaymentMethod`), what is absent, detached or
        somebody else's, and a sandbox card that cannot be attached.
        """
        param = param or ("defaultPaymentMethod",)
        if not names_sandbox_card(identifier):
            row = await self.require(PaymentMethod, identifier, *param)
            if row.customer_id != customer.id:
                raise _unexpected(
                    f"Payment method {row.id} is not attached to customer {customer.id}; attach it before you use it.",
                    *param,
                )
            return row
        await self._refuse_declining(identifier, *param)
        return await self._fresh(identifier, customer, await self.present(customer.test_clock_id))

    async def chargeable(self, identifier: str, customer: Customer | None, *param: str) -> PaymentMethod:
        """The payment method for a single payment or set-up: it need not be in a customer's file.

        Within a transaction. Refuses what is absent, detached, or in the file of another customer.
        """
        param = param or ("paymentMethod",)
        if names_sandbox_card(identifier):
            at = await self.present(None if customer is None else customer.test_clock_id)
            row = row_of(recognized(CardWords(token=identifier), self.scope, at.date()), self.scope, at)
            await insert_rows([row])
            return row
        row = await self.require(PaymentMethod, identifier, *param)
        if row.detached_at is not None:
            raise _unexpected(f"Payment method {row.id} was detached and cannot be used again.", *param)
        if row.customer_id is not None and (customer is None or row.customer_id != customer.id):
            raise _unexpected(
                f"Payment method {row.id} belongs to customer {row.customer_id}, who has to be the payer as well.",
                *param,
            )
        return row

    async def keep_for_later(self, usages: Sequence[Usage]) -> None:
        """Put cards that were charged or set up for later use into their customers' files, in sets.

        Event `payment_method.attached` for those that were in none.
        """
        if not usages:
            return
        used = await self.gather(PaymentMethod, "id", [each.payment_method_id for each in usages])
        rows = {row.id: row for row in used}
        for usage in usages:
            row = rows[usage.payment_method_id]
            if usage.off_session and row.set_up_at is None:
                row.set_up_at = usage.at
            if usage.customer_id is not None and row.customer_id is None and row.detached_at is None:
                row.customer_id = usage.customer_id
                self.events.record(EventType.PAYMENT_METHOD_ATTACHED, row, at=usage.at)
        await update_rows(list(rows.values()), ("set_up_at", "customer_id"))

    async def detach_all(self, customers: Sequence[Customer]) -> None:
        """Empty the files of customers. Event `payment_method.detached` for each method."""
        rows = await self.gather(PaymentMethod, "customer_id", [each.id for each in customers], lock=True)
        presents = await self.presents(each.test_clock_id for each in customers)
        clock_of = {each.id: each.test_clock_id for each in customers}
        await self._detach(rows, {row.id: presents[clock_of[str(row.customer_id)]] for row in rows})

    @transactional
    async def _attach(self, identifier: str, customer_id: str) -> PaymentMethod:
        customer = await self.customer(customer_id)
        at = await self.present(customer.test_clock_id)
        if names_sandbox_card(identifier):
            return await self._fresh(identifier, customer, at)
        row = await self.lock(PaymentMethod, identifier)
        if row.customer_id is not None:
            raise _unexpected(f"Payment method {row.id} is attached to customer {row.customer_id} already.", "id")
        if row.detached_at is not None:
            raise _unexpected(f"Payment method {row.id} was detached; it cannot be attached again.", "id")
        row.customer_id = customer.id
        await update_rows([row], ("customer_id",))
        self.events.record(EventType.PAYMENT_METHOD_ATTACHED, row, at=at)
        return row

    async def customer(self, identifier: str, *param: str) -> Customer:
        """The customer that an input names; one that was deleted is as absent as one that never was."""
        row = await self.require(Customer, identifier, *(param or ("customer",)))
        if row.deleted_at is not None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"Customer {identifier} was deleted.", param or ("customer",))
        return row

    async def _fresh(self, token: str, customer: Customer, at: datetime) -> PaymentMethod:
        """A payment method for a sandbox token, in the customer's file."""
        row = row_of(recognized(CardWords(token=token), self.scope, at.date()), self.scope, at)
        row.customer_id = customer.id
        await insert_rows([row])
        self.events.record(EventType.PAYMENT_METHOD_ATTACHED, row, at=at)
        return row

    async def _refuse_declining(self, token: str, *param: str) -> None:
        """Refuse a sandbox card that cannot be attached. The sandbox decides in memory, so a transaction may ask it."""
        if self.scope.livemode:
            return
        outcome = await SandboxGateway().set_up(_attaching(sandbox_name(token), token))
        if isinstance(outcome, Declined):
            raise refusal_of(outcome, *param)

    async def _detach(self, rows: Sequence[PaymentMethod], at: datetime | Mapping[str, datetime]) -> None:
        moments = at if isinstance(at, Mapping) else {row.id: at for row in rows}
        for row in rows:
            row.customer_id = None
            row.detached_at = moments[row.id]
        await update_rows(rows, ("customer_id", "detached_at"))
        for row in rows:
            self.events.record(EventType.PAYMENT_METHOD_DETACHED, row, at=moments[row.id])
        await self._forget_defaults(moments)

    async def _forget_defaults(self, moments: Mapping[str, datetime]) -> None:
        """Customers whose default was detached have none. Event `customer.updated`, unless they were deleted."""
        customers = await self.gather(Customer, "default_payment_method_id", moments, lock=True)
        if not customers:
            return
        told = []
        for whole in await self.customers.wholes_of(customers):
            at = moments[str(whole.row.default_payment_method_id)]
            told.append((whole, self.events.snapshot(whole), at))
            whole.row.default_payment_method_id = None
        await update_rows(customers, ("default_payment_method_id",))
        for whole, before, at in told:
            if whole.row.deleted_at is None:
                self.events.record(EventType.CUSTOMER_UPDATED, whole, at=at, before=before)


async def detach_all_of(scope: Scope, customers: Sequence[Subject]) -> None:
    """Reaction to customers being deleted."""
    await PaymentMethods(scope).detach_all([each.row for each in customers if isinstance(each, WholeCustomer)])


def _attaching(token: str, attempt_id: str) -> SetupRequest:
    return SetupRequest(
        attempt_id=attempt_id, payment_method_token=token, purpose=SetupPurpose.ATTACH, authenticated=None
    )


def _unexpected(message: str, *param: str) -> DomainError:
    return DomainError(ErrorCode.PAYMENT_METHOD_UNEXPECTED_STATE, message, param)
