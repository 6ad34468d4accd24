"""Clones of a platform's customers and payment methods: fields of Mutation."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from schema.cloning import (
    CustomerCloneInput,
    CustomerClonePayload,
    PaymentMethodCloneInput,
    PaymentMethodClonePayload,
)
from schema.inputs import draft_of
from services.payment_methods.cloning import CustomerClone, PaymentMethodClone


class CloningMutations:
    """Copying what the platform has to an account that it acts for."""

    @mutation(kind="payment_methods", payload=PaymentMethodClonePayload)
    async def payment_method_clone(self, info: Info, input: PaymentMethodCloneInput) -> Answer:
        """Copies a payment method of the platform to the account of `Stripe-Account`, to be charged there directly."""
        return await info.context.services.cloning.payment_method(draft_of(PaymentMethodClone, input))

    @mutation(kind="customers", payload=CustomerClonePayload)
    async def customer_clone(self, info: Info, input: CustomerCloneInput) -> Answer:
        """Copies a customer of the platform, with cards, to the account of `Stripe-Account`. `customer.created`."""
        return await info.context.services.cloning.customer(draft_of(CustomerClone, input))
