"""Customers: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.customers import (
    CustomerAnonymizeInput,
    CustomerAnonymizePayload,
    CustomerBalanceTransactionCreateInput,
    CustomerBalanceTransactionCreatePayload,
    CustomerCreateInput,
    CustomerCreatePayload,
    CustomerDeleteInput,
    CustomerDeletePayload,
    CustomerFilter,
    CustomerTaxIdCreateInput,
    CustomerTaxIdCreatePayload,
    CustomerTaxIdDeleteInput,
    CustomerTaxIdDeletePayload,
    CustomerUpdateInput,
    CustomerUpdatePayload,
)
from schema.inputs import draft_of
from schema.refs import CustomerRef
from services import customers
from services.customers import BalanceTransactionDraft, CustomerChange, CustomerDraft, CustomerTaxIdDraft
from services.pages import Listing

_Customers = Annotated[CustomerFilter | None, strawberry.argument(description="Which customers; all without it.")]


class CustomerQueries:
    """Reading customers."""

    customer: CustomerRef | None = by_id("The customer with this id, a deleted one too; null when there is none.")

    @listing(CustomerRef, kind="customers")
    def customers(self, info: Info, filter: _Customers = None) -> Listing:
        """Customers, newest first; deleted ones are left out."""
        wanted = draft_of(customers.CustomerFilter, filter) if filter else customers.CustomerFilter()
        return info.context.services.customers.matching(wanted)


class CustomerMutations:
    """Changing customers."""

    @mutation(kind="customers", payload=CustomerCreatePayload)
    async def customer_create(self, info: Info, input: CustomerCreateInput) -> Answer:
        """Makes a customer. `possibleDuplicates` shows who has the same e-mail. Event `customer.created`."""
        return await info.context.services.signup.create(draft_of(CustomerDraft, input))

    @mutation(kind="customers", payload=CustomerUpdatePayload)
    async def customer_update(self, info: Info, input: CustomerUpdateInput) -> Answer:
        """Changes a customer. What is not mentioned stays. Event `customer.updated`."""
        return await info.context.services.customers.update(input.id, draft_of(CustomerChange, input))

    @mutation(kind="customers", payload=CustomerDeletePayload)
    async def customer_delete(self, info: Info, input: CustomerDeleteInput) -> Answer:
        """Deletes a customer: subscriptions end, payment methods are detached, invoices stay. `customer.deleted`."""
        return await info.context.services.customers.delete(input.id)

    @mutation(kind="customers", payload=CustomerAnonymizePayload)
    async def customer_anonymize(self, info: Info, input: CustomerAnonymizeInput) -> Answer:
        """Erases everything personal about a customer, on invoices and in events too. The books stay. For good."""
        return await info.context.services.customers.anonymize(input.id)

    @mutation(kind="customers", payload=CustomerTaxIdCreatePayload)
    async def customer_tax_id_create(self, info: Info, input: CustomerTaxIdCreateInput) -> Answer:
        """Adds a tax number to a customer, checked by its kind. Event `customer.tax_id.created`."""
        return await info.context.services.customers.create_tax_id(draft_of(CustomerTaxIdDraft, input))

    @mutation(kind="customers", payload=CustomerTaxIdDeletePayload)
    async def customer_tax_id_delete(self, info: Info, input: CustomerTaxIdDeleteInput) -> Answer:
        """Removes a tax number; finalized invoices keep showing it. Event `customer.tax_id.deleted`."""
        return await info.context.services.customers.delete_tax_id(input.id)

    @mutation(kind="customers", payload=CustomerBalanceTransactionCreatePayload)
    async def customer_balance_transaction_create(
        self, info: Info, input: CustomerBalanceTransactionCreateInput
    ) -> Answer:
        """Changes a customer's credit balance by hand. Event `customer.updated`."""
        draft = draft_of(BalanceTransactionDraft, input)
        return await info.context.services.customers.create_balance_transaction(draft)
