"""Customers who come with a payment method.

Not part of the package's front: payment methods know customers, so this room stands above both.
"""

from dataclasses import replace

from domain.drafts import UNSET
from domain.errors import DomainError
from services.base import Service, part
from services.customers import CustomerChange, CustomerCreated, CustomerDraft, Customers, InvoiceSettingsChange
from services.idempotency import transactional
from services.payment_methods import PaymentMethods
from services.transactions import current_unit


class SignUp(Service):
    """Making customers together with what they pay with."""

    customers = part(Customers)
    methods = part(PaymentMethods)

    async def create(self, draft: CustomerDraft) -> CustomerCreated:
        """A new customer, with the payment method attached where one is named; a sandbox token makes a fresh one.

        A card that the gateway does not accept refuses the whole. Events as `Customers.create` and
        `payment_method.attached`; `customer.updated` when it becomes the default.
        """
        if draft.payment_method is not None and current_unit() is None:
            try:
                await self.methods.verify(draft.payment_method)
            except DomainError as error:
                return await self._refuse(draft, _at_payment_method(error))
        return await self._create(draft)

    @transactional
    async def _refuse(self, draft: CustomerDraft, refusal: DomainError) -> CustomerCreated:
        """Raise everything that is wrong with the input, the payment method with it; nothing of it is kept."""
        try:
            await self.customers.create(_without_payment_method(draft))
        except DomainError as error:
            raise DomainError.of((*error.problems, *refusal.problems)) from None
        raise refusal

    @transactional
    async def _create(self, draft: CustomerDraft) -> CustomerCreated:
        if draft.payment_method is None:
            return await self.customers.create(draft)
        created = await self.customers.create(_without_payment_method(draft))
        try:
            method = await self.methods.attach(draft.payment_method, created.customer.id)
        except DomainError as error:
            raise _at_payment_method(error) from None
        if draft.invoice_settings.default_payment_method != draft.payment_method:
            return created
        change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=method.id))
        return replace(created, customer=await self.customers.update(created.customer.id, change))


def _without_payment_method(draft: CustomerDraft) -> CustomerDraft:
    """The customer alone: that the payment method is to be the default is said once it is attached."""
    settings = draft.invoice_settings
    if settings.default_payment_method == draft.payment_method:
        settings = replace(settings, default_payment_method=UNSET)
    return replace(draft, payment_method=None, invoice_settings=settings)


def _at_payment_method(error: DomainError) -> DomainError:
    """The same refusal at the field of this input."""
    return DomainError.of(replace(each, param=("paymentMethod",)) for each in error.problems)
