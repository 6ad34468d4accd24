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
                raise _at_payment_method(error) from None
        return await self._create(draft)

    @transactional
    async def _create(self, draft: CustomerDraft) -> CustomerCreated:
        if draft.payment_method is None:
            return await self.customers.create(draft)
        settings = draft.invoice_settings
        is_default = settings.default_payment_method == draft.payment_method
        if is_default:
            settings = replace(settings, default_payment_method=UNSET)
        created = await self.customers.create(replace(draft, invoice_settings=settings))
        try:
            method = await self.methods.attach(draft.payment_method, created.customer.id)
        except DomainError as error:
            raise _at_payment_method(error) from None
        if not is_default:
            return created
        change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=method.id))
        return replace(created, customer=await self.customers.update(created.customer.id, change))


def _at_payment_method(error: DomainError) -> DomainError:
    """The same refusal at the field of this input."""
    return DomainError.of(replace(each, param=("paymentMethod",)) for each in error.problems)
