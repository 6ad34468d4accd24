"""Invoices in the API: demands for payment, and their lines.

What makes and edits drafts is in `schema/invoice_drafts.py`, what pays and voids in `schema/invoice_verbs.py`.
"""

from datetime import datetime
from decimal import Decimal
from inspect import isawaitable
from typing import Any, cast

import strawberry

import models
from domain.calculations import Calculation
from domain.errors import ErrorCode, ErrorType
from domain.ids import Prefix
from domain.invoices import BillingReason, CollectionMethod
from domain.kinds import TaxExempt
from domain.lifecycles import InvoiceStatus
from domain.reckoning_in_words import steps_in_words
from domain.settlement import TransferFailureReason
from domain.tax_ids import TaxIdType
from schema.base import (
    DIRECT,
    KINDS_BY_PREFIX,
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
from schema.coupons import DiscountAmount, discount_amounts
from schema.credit_grants import PretaxCreditAmount, pretax_credit_amounts
from schema.events import CreatedFilter
from schema.invoice_payments import InvoicePayment, invoice_payments
from schema.papers import paper
from schema.refs import (
    AccountRef,
    AddressRef,
    ChargeRef,
    CreditNoteRef,
    CustomerRef,
    DiscountRef,
    InvoiceCustomFieldRef,
    InvoiceItemRef,
    InvoiceLineRef,
    InvoiceRef,
    PaymentIntentRef,
    PaymentMethodRef,
    PriceRef,
    ProductRef,
    ShippingRef,
    SubscriptionItemRef,
    SubscriptionRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import many, named, one, page
from schema.scalars import INT_LIMIT, Currency, Json, Metadata, MinorUnits
from schema.tax import InvoiceAutomaticTax, TaxAmount, automatic_tax, tax_amounts
from schema.transfers import TransferData, application_fee_amount, on_behalf_of, percentage_borne, transfer_data

describe_enum(
    InvoiceStatus,
    "Where an invoice stands.",
    DRAFT="It is being prepared; its amounts may still change.",
    OPEN="It is finalized and asks for payment; its amounts never change again.",
    PAID="It is paid. Final.",
    UNCOLLECTIBLE="Nobody counts on its payment any more; it may still be paid or voided.",
    VOID="Nobody shall pay it any more. Final.",
)
describe_enum(
    BillingReason,
    "Why an invoice was made.",
    SUBSCRIPTION_CREATE="A subscription began.",
    SUBSCRIPTION_CYCLE="A subscription moved on to its next period.",
    SUBSCRIPTION_THRESHOLD="What was used came to cost as much as is invoiced before the period is over.",
    SUBSCRIPTION_UPDATE="A subscription was changed within a period and the difference is asked for, or a trial or a "
    "resumption began.",
    MANUAL="Somebody asked for it.",
)
describe_enum(
    CollectionMethod,
    "How the money of an invoice is to come.",
    CHARGE_AUTOMATICALLY="The payment method on file is charged.",
    SEND_INVOICE="The customer is sent the invoice and pays it until it is due.",
)


@part_type
class InvoiceStatusTransitions(Wrapping):
    """When an invoice came to each of its statuses."""

    finalized_at: datetime | None = column("When it was finalized.")
    paid_at: datetime | None = column("When it was paid.")
    marked_uncollectible_at: datetime | None = column("When it was marked as uncollectible.")
    voided_at: datetime | None = column("When it was voided.")


@part_type
class InvoiceFinalizationError(Wrapping):
    """Why a draft could not be finalized."""

    code: ErrorCode = column("What was wrong.")
    type: ErrorType = column("What kind of error it is.")
    message: str = column("The same in words, with what would be right.")


@part_type
class InvoiceCustomerTaxId(Wrapping):
    """A tax number of the customer as an invoice shows it."""

    type: TaxIdType = column("The kind of number.")
    value: str = column("The number itself.")


@part_type
class InvoiceConfirmationSecret(Wrapping):
    """What a frontend needs to confirm the payment of an invoice with the customer present."""

    client_secret: str = column("The client secret of the payment.")

    @computed("What the secret belongs to: always `payment_intent`.")
    def type(self) -> str:
        """Stripe's word for it."""
        return "payment_intent"


def _copied(name: str, description: str) -> Any:
    """A field for what the invoice keeps of its customer, so that it never changes with them."""

    def resolve(source: Any, _info: Any) -> Any:
        kept = source.row.customer_snapshot.get(name)
        return Wrapping.of(kept) if isinstance(kept, dict) else kept

    return strawberry.field(description=description, metadata={DIRECT: resolve})


async def _confirmation_secret(source: Any, info: Any) -> InvoiceConfirmationSecret | None:
    """The secret of the payment intent; both come with the intents that the same level asks for."""
    key = source.row.payment_intent_id
    if key is None:
        return None
    known = info.context.load.one(KINDS_BY_PREFIX[Prefix.PAYMENT_INTENT]).load(key)
    intent = await known if isawaitable(known) else known
    return None if intent is None else InvoiceConfirmationSecret.of(intent.row)


@strawberry.input(description="Which of an object's invoices to show.")
class InvoicePageFilter:
    """Arguments of connections to invoices; its fields are columns."""

    status: list[InvoiceStatus] | None = input_field("Only those in one of these statuses.")


@node_type(models.Invoice, kind="invoices", prefix=Prefix.INVOICE)
class Invoice(Node):
    """A demand for payment. Once it is finalized its amounts never change."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    number: str | None = column(
        "Its number: a prefix and a sequence without gaps, the customer's or the account's; null while a draft."
    )
    status: InvoiceStatus = column("Where it stands.")
    billing_reason: BillingReason = column("Why it was made.")
    collection_method: CollectionMethod = column("How the money is to come.")
    auto_advance: bool = column("Whether it goes on by itself: a draft is finalized, an open one collected.")
    due_date: datetime | None = column(
        "When it is to be paid at the latest; null where the payment method on file is charged."
    )
    automatically_finalizes_at: datetime | None = column("When the draft is finalized by itself; null otherwise.")
    customer: CustomerRef = one("customer_id", "Who is to pay.")
    subscription: SubscriptionRef | None = one("subscription_id", "The subscription that is billed; null without one.")
    period_start: datetime = column("Beginning of the time that had passed when it was made; its lines look ahead.")
    period_end: datetime = column("End of that time.")
    currency: Currency = column("What all its amounts are in.")
    lines: list[InvoiceLineRef] = many("invoice_id", "What it asks for, line by line, in order.", order="position")
    subtotal: MinorUnits = column("The sum of the lines.")
    discounts: list[DiscountRef] = named(
        "discounts", Prefix.DISCOUNT, "The discounts of all its lines, in the order in which they apply."
    )
    default_tax_rates: list[TaxRateRef] = named(
        "default_tax_rates", Prefix.TAX_RATE, "The tax rates of lines that have none of their own."
    )
    automatic_tax: InvoiceAutomaticTax = automatic_tax(InvoiceAutomaticTax)
    total_discount_amounts: list[DiscountAmount] = discount_amounts(
        "total_discount_amounts", "What each discount takes off, over all lines."
    )
    total_taxes: list[TaxAmount] = tax_amounts("total_taxes", "What each tax rate comes to, over all lines.")
    total_excluding_tax: MinorUnits = column("What is asked for, without tax.")
    total_pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "What prepaid credit paid, line by line; empty until it is finalized."
    )
    total: MinorUnits = column("What is asked for before the customer's balance is set against it.")
    starting_balance: MinorUnits = column("The customer's balance before it was finalized; negative is credit.")
    ending_balance: MinorUnits | None = column("The customer's balance after it was finalized; null while a draft.")
    amount_due: MinorUnits = column("What remains to be paid of the total once the balance is set against it.")
    amount_paid: MinorUnits = column("What has been paid of it, in one or several payments.")
    amount_overpaid: MinorUnits = column("What came in beyond what was due; it became the customer's credit.")
    amount_paid_out_of_band: MinorUnits = column("The part of what has been paid that came elsewhere.")
    pre_payment_credit_notes_amount: MinorUnits = column("By how much credit notes lowered what is due.")
    post_payment_credit_notes_amount: MinorUnits = column("What credit notes gave back once it was paid.")
    credit_notes: Connection[CreditNoteRef] = page("invoice_id", "What was taken back of it, newest first.")
    attempted: bool = column("Whether anybody has tried to collect it.")
    attempt_count: int = column("How often it was tried.")
    next_payment_attempt: datetime | None = column(
        "When it is collected next by itself, once it is finalized; null otherwise."
    )
    paid_out_of_band: bool = column("Whether the last of it was marked as paid with money that came elsewhere.")
    payment_intent: PaymentIntentRef | None = one(
        "payment_intent_id",
        "The payment that collects what remains of it; null when nothing was.",
    )
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )
    application_fee_amount: MinorUnits | None = application_fee_amount(
        "What a platform has of it: as somebody said while it was a draft, at most what it then charges, or else at "
        "finalization by the percentage of its subscription; null without either. Not taken where "
        "`transferFailureReason` says why."
    )
    application_fee_percent: Decimal | None = percentage_borne(
        "The percentage that its fee will be at finalization; null where an amount takes its place or nothing is "
        "taken, and when it is final."
    )
    transfer_data: list[TransferData] = transfer_data("What other accounts receive of its payments, in order.")
    on_behalf_of: AccountRef | None = on_behalf_of()
    transfer_failure_reason: TransferFailureReason | None = column(
        "Why nothing was transferred to them when it was paid; null where everything was. The money is the platform's."
    )
    payments: list[InvoicePayment] = invoice_payments("The payments that were asked for or came, oldest first.")
    charges: Connection[ChargeRef] = page("invoice_id", "The attempts to collect it, newest first.")
    confirmation_secret: InvoiceConfirmationSecret | None = strawberry.field(
        description="Lets a frontend confirm the payment; null where there is no payment.",
        metadata={DIRECT: _confirmation_secret},
    )
    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method_id",
        "What is charged for it; null charges the subscription's or the customer's default.",
    )
    customer_name: str | None = _copied("name", "The customer's name at finalization; null while a draft.")
    customer_email: str | None = _copied("email", "Their e-mail address at finalization; null while a draft.")
    customer_phone: str | None = _copied("phone", "Their phone number at finalization; null while a draft.")
    customer_address: AddressRef | None = _copied("address", "Their address at finalization; null while a draft.")
    customer_shipping: ShippingRef | None = _copied("shipping", "Where their goods went; null while a draft.")
    customer_tax_exempt: TaxExempt | None = _copied("tax_exempt", "How they were taxed; null while a draft.")
    description: str | None = column("What its seller says of it.")
    footer: str | None = column("What stands at its bottom: its own, else at finalization the customer's.")
    statement_descriptor: str | None = column("What card statements say beside its charge, when it says so itself.")
    invoice_pdf: str | None = paper("Where everyone who has this address can read it as a PDF; null while a draft.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("Whether it is PAID, with money that came here or elsewhere, or because nothing was due.")
    def paid(self) -> bool:
        """Stripe's word for it, as in snapshots."""
        return bool(self.row.status == InvoiceStatus.PAID)

    @computed("The sum of the lines before discounts, without the tax that is in it.")
    def subtotal_excluding_tax(self) -> MinorUnits:
        """What discounts took off is put back."""
        return MinorUnits(
            self.row.total_excluding_tax + sum(each["amount"] for each in self.row.total_discount_amounts)
        )

    @computed("Why it could not be finalized when that was tried last; null otherwise.")
    def last_finalization_error(self) -> InvoiceFinalizationError | None:
        """What the row keeps of it."""
        error = self.row.last_finalization_error
        return InvoiceFinalizationError.of(error) if error else None

    @computed("Lines of your own on it: its own, else at finalization the customer's.")
    def custom_fields(self) -> list[InvoiceCustomFieldRef]:
        """As they were copied."""
        return [cast(InvoiceCustomFieldRef, Wrapping.of(each)) for each in self.row.custom_fields]

    @computed("What is still to be paid.")
    def amount_remaining(self) -> MinorUnits:
        """Nothing remains of an invoice that is PAID, however that came about, or VOID."""
        row = self.row
        settled = row.status in (InvoiceStatus.PAID, InvoiceStatus.VOID)
        return MinorUnits(0 if settled else row.amount_due - row.amount_paid)

    @computed("Their tax numbers at finalization; empty while a draft.")
    def customer_tax_ids(self) -> list[InvoiceCustomerTaxId]:
        """As they were copied."""
        return [InvoiceCustomerTaxId.of(each) for each in self.row.customer_snapshot.get("tax_ids", ())]

    @computed("When it came to each of its statuses.")
    def status_transitions(self) -> InvoiceStatusTransitions:
        """Reads through to the invoice."""
        return InvoiceStatusTransitions.of(self.row)


@part_type
class InvoiceLinePeriod(Wrapping):
    """The time that a line bills for."""

    start: datetime = column("Its first moment.", source="period_start")
    end: datetime = column("The moment after its last.", source="period_end")


@node_type(models.InvoiceLine, kind="invoices", prefix=Prefix.INVOICE_LINE)
class InvoiceLine(Node):
    """One amount on an invoice, and how it came about."""

    invoice: InvoiceRef = one("invoice_id", "The invoice that it stands on.")
    description: str = column("What it is for.")
    amount: MinorUnits = column("How much it adds to the invoice.")
    currency: Currency = column("What the amount is in.")
    unit_amount_decimal: Decimal | None = column(
        "What one unit cost, in minor units with decimals, or one package of them; null with tiers."
    )
    price: PriceRef | None = one("price_id", "The price that it was computed from.")
    product: ProductRef | None = one("product_id", "What was sold.")
    subscription_item: SubscriptionItemRef | None = one("subscription_item_id", "The item that caused it.")
    invoice_item: InvoiceItemRef | None = one("invoice_item_id", "The invoice item that it was made of, if it was.")
    discountable: bool = column("Whether discounts of the invoice apply to it.")
    discounts: list[DiscountRef] = named(
        "discounts", Prefix.DISCOUNT, "Its own discounts, which apply before those of the invoice."
    )
    discount_amounts: list[DiscountAmount] = discount_amounts(
        "discount_amounts", "What each discount takes off it, in order."
    )
    tax_rates: list[TaxRateRef] = named(
        "tax_rates", Prefix.TAX_RATE, "Its own tax rates, instead of those of its invoice."
    )
    taxes: list[TaxAmount] = tax_amounts("taxes", "What each tax rate comes to on it.")
    pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "What prepaid credit paid of it, after discounts and before tax."
    )
    proration: bool = column("Whether it corrects a period that was billed before.")
    calculation: Json = column("How the amount came about, for a program: its inputs, the exact result, the rounding.")
    metadata: Metadata = column("Labels of your own.")

    @computed("How many units were billed, without decimals; null beyond 2 147 483 647.")
    def quantity(self) -> int | None:
        """From the row, where an Int can say it."""
        return int(self.row.quantity) if abs(self.row.quantity) < INT_LIMIT else None

    @computed("How many units were billed, with the decimals that use may have.")
    def quantity_decimal(self) -> Decimal:
        """From the calculation."""
        return Decimal(self.row.calculation.get("quantity", self.row.quantity))

    @computed("The time that it bills for.")
    def period(self) -> InvoiceLinePeriod:
        """Reads through to the line."""
        return InvoiceLinePeriod.of(self.row)

    @computed("How the amount came about, in words: `3 × $0.333 = $0.999, rounded half away from zero to $1.00`.")
    def explanation(self) -> str:
        """The calculation as a sentence."""
        row = self.row
        how = Calculation.from_json(row.calculation).explanation()
        return how + steps_in_words(row.amount, row.discount_amounts, row.taxes, row.currency, row.pretax_credits)


@strawberry.input(description="Which invoices to list. What is not given is not asked.")
class InvoiceFilter:
    """Becomes `InvoiceSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    subscription: strawberry.ID | None = input_field("Only those of this subscription.")
    status: InvoiceStatus | None = input_field("Only those in this status.")
    collection_method: CollectionMethod | None = input_field("Only those whose money is to come in this way.")
    created: CreatedFilter | None = input_field("Only those made in this span, by their customers' clocks.")
    due_date: CreatedFilter | None = input_field("Only those due in this span.")
    finalization_failed: bool | None = input_field(
        "True for drafts that could not be finalized when that was tried last, false for all others."
    )
