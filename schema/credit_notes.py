"""Credit notes in the API: corrections of finalized invoices."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.credit_notes import LINES_MAX, MEMO_LENGTH_MAX, CreditNoteLineType, CreditNoteReason, CreditNoteType
from domain.ids import Prefix
from domain.lifecycles import CreditNoteStatus
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.coupons import DiscountAmount, discount_amounts
from schema.credit_grants import PretaxCreditAmount, pretax_credit_amounts
from schema.papers import paper
from schema.payloads import payload
from schema.refs import (
    CreditNoteLineItemRef,
    CreditNoteRef,
    CustomerBalanceTransactionRef,
    CustomerRef,
    InvoiceLineRef,
    InvoiceRef,
    RefundRef,
    TestClockRef,
)
from schema.relations import many, one
from schema.scalars import Currency, Metadata, MinorUnits
from schema.tax import TaxAmount, tax_amounts

describe_enum(
    CreditNoteStatus,
    "Whether a credit note counts.",
    ISSUED="It counts.",
    VOID="It was taken back, and what it lowered is due again. Final.",
)
describe_enum(
    CreditNoteType,
    "When the credited amount was to be paid.",
    PRE_PAYMENT="It was not paid yet: less is due now.",
    POST_PAYMENT="It was paid before: it is given back.",
    MIXED="Part of it was paid before.",
)
describe_enum(
    CreditNoteReason,
    "Why an invoice is credited.",
    DUPLICATE="It was invoiced twice.",
    FRAUDULENT="It was not the customer who ordered.",
    ORDER_CHANGE="The order was changed.",
    PRODUCT_UNSATISFACTORY="The customer was not satisfied.",
)
describe_enum(
    CreditNoteLineType,
    "What a line of a credit note credits.",
    INVOICE_LINE_ITEM="A line of the invoice, or a part of it.",
    CUSTOM_LINE_ITEM="Something described by hand.",
)


@node_type(models.CreditNote, kind="credit_notes", prefix=Prefix.CREDIT_NOTE)
class CreditNote(Node):
    """A correction of a finalized invoice. It first lowers what is due; the rest is given back."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    number: str = column("Its number: that of the invoice, and its place among that one's credit notes.")
    status: CreditNoteStatus = column("Whether it counts.")
    type: CreditNoteType = column("When the credited amount was to be paid.")
    reason: CreditNoteReason | None = column("Why.")
    memo: str | None = column("What the customer is told.")
    customer: CustomerRef = one("customer_id", "Who is credited.")
    invoice: InvoiceRef = one("invoice_id", "What is credited.")
    currency: Currency = column("What all its amounts are in.")
    amount: MinorUnits = column("How much is credited in all, with discounts and tax.")
    subtotal: MinorUnits = column("The sum of the lines, before discounts and tax that comes on top.")
    total_excluding_tax: MinorUnits = column("How much is credited, without tax.")
    total_discount_amounts: list[DiscountAmount] = discount_amounts(
        "total_discount_amounts", "Its share of what each discount had taken off; nobody gets that back."
    )
    total_taxes: list[TaxAmount] = tax_amounts("total_taxes", "How much of each tax is given back.")
    pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "Its share of what prepaid credit had paid; nobody gets that back."
    )
    pre_payment_amount: MinorUnits = column("By how much it lowered what was due of the invoice.")
    refund_amount: MinorUnits = column("What of the rest was to be refunded to the payment method.")
    credit_amount: MinorUnits = column("What of the rest became the customer's credit.")
    out_of_band_amount: MinorUnits = column("What of the rest is given back elsewhere.")
    lines: list[CreditNoteLineItemRef] = many(
        "credit_note_id", "What is credited, line by line; empty when only an amount was named.", order="position"
    )
    refunds: list[RefundRef] = many("credit_note_id", "The refunds that it began.")
    customer_balance_transaction: CustomerBalanceTransactionRef | None = one(
        "customer_balance_transaction_id", "How it changed the customer's balance."
    )
    pdf: str = paper("Where everyone who has this address can read it as a PDF.")
    effective_at: datetime = column("From when it counts, as its document says.")
    voided_at: datetime | None = column("When it was taken back.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("What was given back, in whatever way: the amount less `prePaymentAmount`.")
    def post_payment_amount(self) -> MinorUnits:
        """Reads through to the note."""
        return MinorUnits(self.row.amount - self.row.pre_payment_amount)


@node_type(models.CreditNoteLine, kind="credit_notes", prefix=Prefix.CREDIT_NOTE_LINE)
class CreditNoteLineItem(Node):
    """One thing that is credited."""

    type: CreditNoteLineType = column("What it credits.")
    invoice_line_item: InvoiceLineRef | None = one("invoice_line_id", "The line of the invoice.")
    description: str = column("What it is for.")
    amount: MinorUnits = column(
        "How much of the line's amount is credited, before discounts and tax that comes on top; negative for what the "
        "invoice had given back."
    )
    total: MinorUnits = column("What that comes to with its share of discounts, prepaid credit and tax.")
    discount_amounts: list[DiscountAmount] = discount_amounts(
        "discount_amounts", "Its share of what each discount had taken off the line."
    )
    taxes: list[TaxAmount] = tax_amounts("taxes", "Its share of each tax.")
    pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "Its share of what prepaid credit had paid of the line."
    )
    quantity: int | None = column("How many units; null when an amount was named.")
    unit_amount_decimal: Decimal | None = column("What one unit costs, in minor units with decimals.")
    metadata: Metadata = column("Labels of your own.")


@part_type
class CreditNotePreviewLine(Wrapping):
    """One thing that would be credited."""

    type: CreditNoteLineType = column("What it would credit.")
    invoice_line_item: InvoiceLineRef | None = one("invoice_line_id", "The line of the invoice.")
    description: str = column("What it is for.")
    amount: MinorUnits = column("How much of the line's amount would be credited.")
    total: MinorUnits = column("What that would come to with its share of discounts, prepaid credit and tax.")
    discount_amounts: list[DiscountAmount] = discount_amounts(
        "discount_amounts", "Its share of what each discount had taken off the line."
    )
    taxes: list[TaxAmount] = tax_amounts("taxes", "Its share of each tax.")
    pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "Its share of what prepaid credit had paid of the line."
    )
    quantity: int | None = column("How many units; null when an amount is named.")


@part_type
class CreditNotePreview(Wrapping):
    """A credit note that does not exist: what it would be if it were made now."""

    number: str = column("The number that it would have.")
    type: CreditNoteType = column("When the credited amount was to be paid.")
    invoice: InvoiceRef = one("invoice_id", "What would be credited.")
    currency: Currency = column("What all its amounts are in.")
    amount: MinorUnits = column("How much would be credited in all, with discounts and tax.")
    subtotal: MinorUnits = column("The sum of the lines, before discounts and tax that comes on top.")
    total_excluding_tax: MinorUnits = column("How much would be credited, without tax.")
    total_discount_amounts: list[DiscountAmount] = discount_amounts(
        "total_discount_amounts", "Its share of what each discount had taken off; nobody would get that back."
    )
    total_taxes: list[TaxAmount] = tax_amounts("total_taxes", "How much of each tax would be given back.")
    pretax_credit_amounts: list[PretaxCreditAmount] = pretax_credit_amounts(
        "pretax_credits", "Its share of what prepaid credit had paid; nobody would get that back."
    )
    pre_payment_amount: MinorUnits = column("By how much it would lower what is due of the invoice.")
    post_payment_amount: MinorUnits = column("What would be given back, in whatever way.")
    refund_amount: MinorUnits = column("What of that would be refunded to the payment method.")
    credit_amount: MinorUnits = column("What of that would become the customer's credit.")
    out_of_band_amount: MinorUnits = column("What of that would be given back elsewhere.")

    @computed("What would be credited, line by line.")
    def lines(self) -> list[CreditNotePreviewLine]:
        """As worked out."""
        return [CreditNotePreviewLine.of(each) for each in self.row.lines]


@strawberry.input(description="Which credit notes to list. What is not given is not asked.")
class CreditNoteFilter:
    """Becomes `CreditNoteSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    invoice: strawberry.ID | None = input_field("Only those of this invoice.")
    status: CreditNoteStatus | None = input_field("Only those in this status.")


@strawberry.input(description="What is credited: a line of the invoice in part or whole, or something else.")
class CreditNoteLineInput:
    """Becomes `CreditNoteLineDraft`."""

    type: CreditNoteLineType = input_field("What is credited.")
    invoice_line_item: strawberry.ID | None = input_field("The line of the invoice; for INVOICE_LINE_ITEM.")
    amount: MinorUnits | None = input_field(
        "How much of that line's amount, with its sign; for INVOICE_LINE_ITEM, instead of `quantity`. Its share of "
        "discounts and tax goes along."
    )
    quantity: int | None = input_field("How many units; 1 by default for CUSTOM_LINE_ITEM.")
    description: str | None = input_field("What it is for; for CUSTOM_LINE_ITEM.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; for CUSTOM_LINE_ITEM.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What to credit of an invoice, and how to give back what was paid.")
class CreditNoteCreateInput:
    """Becomes `CreditNoteDraft`."""

    invoice: strawberry.ID = input_field("The invoice; it has to be OPEN or PAID.")
    lines: list[CreditNoteLineInput] | None = input_field(
        f"What is credited, 1 to {LINES_MAX} lines; instead of `amount`."
    )
    amount: MinorUnits | None = input_field("How much is credited in all; instead of `lines`.")
    refund_amount: MinorUnits | None = input_field(
        "What goes back to the payment methods that paid. It, `creditAmount` and `outOfBandAmount` have to sum to what "
        "is credited beyond what is still due."
    )
    credit_amount: MinorUnits | None = input_field("What becomes the customer's credit, for the next invoices.")
    out_of_band_amount: MinorUnits | None = input_field("What you give back elsewhere.")
    reason: CreditNoteReason | None = input_field("Why.")
    memo: str | None = input_field(f"What the customer is told; at most {MEMO_LENGTH_MAX} characters.")
    effective_at: datetime | None = input_field("From when it counts, as its document says; now by default.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What would be credited of an invoice, and how what was paid would be given back.")
class CreditNotePreviewInput(CreditNoteCreateInput):
    """Becomes `CreditNoteDraft`, as the input of `creditNoteCreate` does."""


@strawberry.input(description="What changes about a credit note.")
class CreditNoteUpdateInput:
    """Becomes `CreditNoteChange`."""

    id: strawberry.ID = input_field("The credit note.")
    memo: strawberry.Maybe[str | None] = input_field("What the customer is told; null removes it.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="Which credit note to take back.")
class CreditNoteVoidInput:
    """Names the credit note."""

    id: strawberry.ID = input_field("The credit note; its invoice has to be OPEN, and nothing given back.")


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the payload shows."""

    credit_note_preview: CreditNotePreview


CreditNoteCreatePayload = payload(
    "creditNoteCreate", credit_note=(CreditNoteRef, "The credit note, also when a refund failed; null when refused.")
)
CreditNotePreviewPayload = payload(
    "creditNotePreview", credit_note_preview=(CreditNotePreview, "The credit note as it would be; null when refused.")
)
CreditNoteUpdatePayload = payload("creditNoteUpdate", credit_note=CreditNoteRef)
CreditNoteVoidPayload = payload("creditNoteVoid", credit_note=(CreditNoteRef, "The credit note, void."))
