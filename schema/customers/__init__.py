"""Customers in the API, with their addresses, tax ids and the journal of their credit balance."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import CustomerBalanceTransactionType, TaxExempt
from domain.tax_ids import TaxIdType
from schema.base import (
    DIRECT,
    Node,
    Wrapping,
    column,
    computed,
    describe_enum,
    input_field,
    node_type,
    part_type,
)
from schema.connections import Connection
from schema.coupons import DiscountInput, first_discount
from schema.customers.addresses import Address, AddressInput, Shipping, ShippingInput
from schema.events import CreatedFilter
from schema.invoices import InvoicePageFilter
from schema.payloads import payload
from schema.quotes import QuotePageFilter
from schema.refs import (
    AccountRef,
    ActiveEntitlementRef,
    CreditGrantRef,
    CreditNoteRef,
    CustomerBalanceTransactionRef,
    CustomerRef,
    CustomerTaxIdRef,
    DiscountRef,
    InvoiceRef,
    PaymentMethodRef,
    QuoteRef,
    SubscriptionRef,
    TestClockRef,
)
from schema.relations import many, one, page
from schema.scalars import Currency, Metadata, MinorUnits
from schema.subscriptions import SubscriptionPageFilter
from schema.tax import CustomerTaxIdVerification
from services.customers import TAX_IDS_MAX, balances_by_customer
from services.entitlements import HoldersOf

describe_enum(
    TaxExempt,
    "Whether a customer pays tax.",
    NONE="They pay tax.",
    EXEMPT="They are free of tax.",
    REVERSE="They account for the tax themselves; invoices say so.",
)
describe_enum(
    TaxIdType,
    "The kinds of tax ids, named as Stripe's: the country's two letters (or EU), then the name of the number.",
    **{each.name: f"`{each.value}`, checked by form and, where there are any, check digits." for each in TaxIdType},
)
describe_enum(
    CustomerBalanceTransactionType,
    "Why a customer's credit balance changed.",
    ADJUSTMENT="Somebody changed it by hand.",
    APPLIED_TO_INVOICE="An invoice used credit, or took in what was owed.",
    CREDIT_NOTE="A credit note gave credit.",
    INVOICE_OVERPAID="More was paid of an invoice than was due, and became credit.",
    INVOICE_TOO_SMALL="An invoice was too small to be charged, so its amount is owed with the next.",
    UNAPPLIED_FROM_INVOICE="An invoice was voided and gave back what it had used.",
)


@part_type
class InvoiceCustomField(Wrapping):
    """A line of your own on invoices."""

    name: str = column("What it is.")
    value: str = column("What it says.")


@part_type
class CustomerInvoiceSettings(Wrapping):
    """How a customer's invoices look, and what is charged for them."""

    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method_id", "What is charged where a subscription has no payment method of its own."
    )
    footer: str | None = column("What stands at the bottom of their invoices.", source="invoice_footer")

    @computed("Lines of your own on their invoices, at most four.")
    def custom_fields(self) -> list[InvoiceCustomField]:
        """Reads through to the customer."""
        return [InvoiceCustomField.of(each) for each in self.row.invoice_custom_fields]


def _balance(source: Any, info: Any) -> Any:
    return info.context.load.values(balances_by_customer, int).load(source.row.id)


_LookupKey = Annotated[str, strawberry.argument(description="The feature's lookup key.")]


def _has_feature(source: Any, info: Any, **arguments: str) -> Any:
    holders = HoldersOf(arguments["lookupKey"])
    return info.context.load.values(holders, bool, kind="entitlements").load(source.row.id)


def _asked_for(lookup_key: _LookupKey) -> bool:
    """Declares the argument; `_has_feature` is what is called."""
    raise AssertionError(lookup_key)


@node_type(models.Customer, kind="customers", prefix=Prefix.CUSTOMER)
class Customer(Node):
    """Someone who is billed. Nothing but the id has to be known; a deleted one remains readable."""

    created: datetime = column("When they were made, by their own clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    email: str | None = column("Where mail goes. Several customers may share one address.")
    name: str | None = column("Their name, or their company's.")
    phone: str | None = column("Their telephone number.")
    description: str | None = column("What you want to remember about them.")
    tax_exempt: TaxExempt = column("Whether they pay tax.")
    tax_ids: list[CustomerTaxIdRef] = many("customer_id", f"Tax numbers, at most {TAX_IDS_MAX}.", limit=TAX_IDS_MAX)
    preferred_locales: list[str] = column("The languages they prefer, best first.")
    currency: Currency | None = column("What they are billed in; null until something decides it.")
    balance: MinorUnits = strawberry.field(
        description="What is owed with the next invoice, or, negative, credit that it will use; in `currency`.",
        metadata={DIRECT: _balance},
    )
    balance_transactions: Connection[CustomerBalanceTransactionRef] = page(
        "customer_id", "The journal that the balance is the sum of, newest first."
    )
    credit_grants: Connection[CreditGrantRef] = page("customer_id", "Their prepaid credit, newest first.")
    delinquent: bool = column(
        "Whether an automatic payment of their latest invoice failed, or waits for them to authenticate a renewal. "
        "Paying it ends that, and so does voiding it when nothing else of theirs waits."
    )
    invoice_prefix: str = column("What their invoices' numbers begin with.")
    next_invoice_sequence: int = column("The number that their next invoice gets.")
    subscriptions: Connection[SubscriptionRef] = page(
        "customer_id", "Their subscriptions, newest first, canceled ones too.", filter=SubscriptionPageFilter
    )
    invoices: Connection[InvoiceRef] = page("customer_id", "Their invoices, newest first.", filter=InvoicePageFilter)
    quotes: Connection[QuoteRef] = page("customer_id", "Quotes made to them, newest first.", filter=QuotePageFilter)
    payment_methods: Connection[PaymentMethodRef] = page("customer_id", "What they can pay with, newest first.")
    active_entitlements: Connection[ActiveEntitlementRef] = page(
        "customer_id", "The features that their subscriptions entitle them to at present, newest first."
    )
    has_feature: bool = strawberry.field(
        resolver=_asked_for,
        description="Whether they are entitled to the feature with this lookup key: what a gate in your code asks.",
        metadata={DIRECT: _has_feature},
    )
    test_clock: TestClockRef | None = one("test_clock_id", "The test clock they live by, if they do.")
    deleted_at: datetime | None = column("When they were deleted; null of those who were not.")
    discount: DiscountRef | None = first_discount(
        "Their discount; it applies where a subscription or an invoice has none of its own."
    )
    represents_account: AccountRef | None = one(
        "represents_account_id", "The connected account that they stand for: how a platform bills its accounts."
    )
    metadata: Metadata = column("Labels of your own.")

    @computed("Their address; null when none is known.")
    def address(self) -> Address | None:
        """Reads through to the customer."""
        return Address.of(self.row.address) if self.row.address else None

    @computed("To whom and where goods go; null when nothing is known.")
    def shipping(self) -> Shipping | None:
        """Reads through to the customer."""
        return Shipping.of(self.row.shipping) if self.row.shipping else None

    @computed("How their invoices look, and what is charged for them.")
    def invoice_settings(self) -> CustomerInvoiceSettings:
        """Reads through to the customer."""
        return CustomerInvoiceSettings.of(self.row)

    @computed("Whether they were deleted: they can still be read, but nothing more can be sold to them.")
    def deleted(self) -> bool:
        """Stripe's word for it."""
        return self.row.deleted_at is not None


@node_type(models.CustomerTaxId, kind="customers", prefix=Prefix.TAX_ID)
class CustomerTaxId(Node):
    """A tax number of a customer. Its form was checked; whether the authority knows it was not asked."""

    created: datetime = column("When it was added.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    customer: CustomerRef = one("customer_id", "Whose it is.")
    type: TaxIdType = column("What kind of number it is.")
    value: str = column("The number without blanks and separators.")
    country: str | None = column("The country that gave it, as an ISO code; null for the EU's one-stop shop.")

    @computed("What an authority said of it.")
    def verification(self) -> CustomerTaxIdVerification:
        """Reads through to the number."""
        return CustomerTaxIdVerification.of(self.row)


@node_type(models.CustomerBalanceTransaction, kind="customers", prefix=Prefix.CUSTOMER_BALANCE_TRANSACTION)
class CustomerBalanceTransaction(Node):
    """One line of the journal of a customer's credit balance. It never changes."""

    created: datetime = column("When it was written.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    customer: CustomerRef = one("customer_id", "Whose balance it changed.")
    type: CustomerBalanceTransactionType = column("Why.")
    amount: MinorUnits = column("By how much: negative gives credit, positive is owed.")
    currency: Currency = column("What the amounts are in.")
    ending_balance: MinorUnits = column("The balance right after it.")
    invoice: InvoiceRef | None = one("invoice_id", "The invoice that used or gave back the amount.")
    credit_note: CreditNoteRef | None = one("credit_note_id", "The credit note that gave the credit.")
    description: str | None = column("What you wrote about it.")
    metadata: Metadata = column("Labels of your own.")


@strawberry.input(description="Which customers to list. What is not given is not asked.")
class CustomerFilter:
    """Becomes the service's `CustomerFilter`."""

    email: str | None = input_field("Only those with this e-mail, capitals or not.")
    created: CreatedFilter | None = input_field("Only those made in this span, by their own clocks.")
    test_clock: strawberry.ID | None = input_field("Only those who live by this test clock.")
    represents_account: strawberry.ID | None = input_field("Only the one that stands for this connected account.")


@strawberry.input(description="A line of your own on invoices.")
class InvoiceCustomFieldInput:
    """Becomes `CustomField`."""

    name: str = input_field("What it is; at most 40 characters.")
    value: str = input_field("What it says; at most 140 characters.")


@strawberry.input(description="How a customer's invoices look, and what is charged for them.")
class CustomerInvoiceSettingsInput:
    """Becomes `InvoiceSettingsChange`."""

    default_payment_method: strawberry.Maybe[strawberry.ID | None] = input_field(
        "One of their payment methods, charged where a subscription has none of its own; null leaves none."
    )
    custom_fields: strawberry.Maybe[list[InvoiceCustomFieldInput] | None] = input_field("All lines, at most four.")
    footer: strawberry.Maybe[str | None] = input_field("What stands at the bottom; null removes it.")


@strawberry.input(description="A tax number of a new customer.")
class CustomerTaxIdDataInput:
    """Becomes `TaxIdDraft`."""

    type: TaxIdType = input_field("What kind of number it is.")
    value: str = input_field("The number; blanks and separators do not matter.")


@strawberry.input(description="What a new customer starts with. Nothing is required.")
class CustomerCreateInput:
    """Becomes `CustomerDraft`."""

    email: str | None = input_field("Where mail goes.")
    name: str | None = input_field("Their name, or their company's.")
    phone: str | None = input_field("Their telephone number; at most 20 characters.")
    description: str | None = input_field("What you want to remember about them.")
    address: AddressInput | None = input_field("Their address.")
    shipping: ShippingInput | None = input_field("To whom and where goods go.")
    tax_exempt: TaxExempt | None = input_field("Whether they pay tax; NONE (they do) by default.")
    tax_ids: list[CustomerTaxIdDataInput] | None = input_field("Their tax numbers, at most five.")
    preferred_locales: list[str] | None = input_field("The languages they prefer, best first: `pt-BR`, `en`.")
    invoice_prefix: str | None = input_field("3 to 12 upper-case letters or digits, unique; made up without it.")
    next_invoice_sequence: int | None = input_field("The number of their first invoice; 1 by default.")
    invoice_settings: CustomerInvoiceSettingsInput | None = input_field("How their invoices look.")
    payment_method: strawberry.ID | None = input_field(
        "A payment method to attach; to charge it by default, name it in `invoiceSettings` too."
    )
    discount: DiscountInput | None = input_field("A coupon or promotion code to redeem for all that they buy.")
    test_clock: strawberry.ID | None = input_field("The test clock they live by, for good.")
    represents_account: strawberry.ID | None = input_field(
        "An account connected to yours that they stand for; one customer for each. For platforms only."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a customer. What is not mentioned stays.")
class CustomerUpdateInput:
    """Becomes `CustomerChange`."""

    id: strawberry.ID = input_field("The customer.")
    email: strawberry.Maybe[str | None] = input_field("Where mail goes; null removes it.")
    name: strawberry.Maybe[str | None] = input_field("Their name; null removes it.")
    phone: strawberry.Maybe[str | None] = input_field("Their telephone number; null removes it.")
    description: strawberry.Maybe[str | None] = input_field("What you want to remember; null removes it.")
    address: strawberry.Maybe[AddressInput | None] = input_field("Their address as a whole; null removes it.")
    shipping: strawberry.Maybe[ShippingInput | None] = input_field("Where goods go, as a whole; null removes it.")
    tax_exempt: strawberry.Maybe[TaxExempt | None] = input_field("Whether they pay tax.")
    preferred_locales: strawberry.Maybe[list[str] | None] = input_field("All their languages; null removes them.")
    invoice_prefix: strawberry.Maybe[str | None] = input_field("3 to 12 upper-case letters or digits, unique.")
    next_invoice_sequence: strawberry.Maybe[int | None] = input_field(
        "The number of their next invoice; it may only grow."
    )
    invoice_settings: CustomerInvoiceSettingsInput | None = input_field("How their invoices look.")
    discount: strawberry.Maybe[DiscountInput | None] = input_field("Their discount from now on; null takes it away.")
    represents_account: strawberry.Maybe[strawberry.ID | None] = input_field(
        "An account connected to yours that they stand for; null ends that. For platforms only."
    )
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which customer to delete.")
class CustomerDeleteInput:
    """The id alone."""

    id: strawberry.ID = input_field("The customer.")


@strawberry.input(description="Which customer to forget.")
class CustomerAnonymizeInput:
    """The id alone."""

    id: strawberry.ID = input_field("The customer; one who is not deleted yet is deleted with it.")


@strawberry.input(description="A tax number for a customer.")
class CustomerTaxIdCreateInput:
    """Becomes `CustomerTaxIdDraft`."""

    customer: strawberry.ID = input_field("Whose it is.")
    type: TaxIdType = input_field("What kind of number it is.")
    value: str = input_field("The number; blanks and separators do not matter.")


@strawberry.input(description="Which tax id to remove.")
class CustomerTaxIdDeleteInput:
    """The id alone."""

    id: strawberry.ID = input_field("The tax id.")


@strawberry.input(description="A change of a customer's credit balance by hand.")
class CustomerBalanceTransactionCreateInput:
    """Becomes `BalanceTransactionDraft`."""

    customer: strawberry.ID = input_field("Whose balance.")
    amount: MinorUnits = input_field("By how much: negative gives credit, positive is owed with the next invoice.")
    currency: Currency = input_field("The customer's currency; the first change decides it.")
    description: str | None = input_field("What it is about; at most 350 characters.")
    metadata: Metadata | None = input_field("Labels of your own.")


CustomerCreatePayload = payload(
    "customerCreate",
    customer=(CustomerRef, "The new customer."),
    possible_duplicates=(list[CustomerRef], "Others with the same e-mail, at most ten, newest first."),
)
CustomerUpdatePayload = payload("customerUpdate", customer=CustomerRef)
CustomerDeletePayload = payload("customerDelete", customer=(CustomerRef, "The customer, deleted."))
CustomerAnonymizePayload = payload("customerAnonymize", customer=(CustomerRef, "The customer, with nobody behind it."))
CustomerTaxIdCreatePayload = payload("customerTaxIdCreate", customer_tax_id=(CustomerTaxIdRef, "The new tax id."))
CustomerTaxIdDeletePayload = payload("customerTaxIdDelete", customer_tax_id=(CustomerTaxIdRef, "The tax id as it was."))
CustomerBalanceTransactionCreatePayload = payload(
    "customerBalanceTransactionCreate",
    customer_balance_transaction=(CustomerBalanceTransactionRef, "The new line of the journal."),
)
