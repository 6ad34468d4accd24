"""Drafts of invoices in the API: what makes, edits, finalizes, sends and deletes them."""

from datetime import datetime

import strawberry

from domain.invoices import DAYS_UNTIL_DUE_MAX, LINES_MAX, CollectionMethod, LineRemoval, PendingItems
from schema.base import describe_enum, input_field
from schema.coupons import DiscountInput
from schema.customers import InvoiceCustomFieldInput
from schema.invoice_items import InvoiceItemPeriodInput, InvoiceItemPriceDataInput
from schema.payloads import payload
from schema.refs import InvoiceRef
from schema.scalars import Currency, Metadata, MinorUnits
from schema.tax import AutomaticTaxInput
from schema.transfers import TransferDataInput

describe_enum(
    PendingItems,
    "What becomes of waiting invoice items when an invoice is made by hand.",
    EXCLUDE="They go on waiting.",
    INCLUDE="The invoice takes them up: those of its subscription, or without one those of the customer alone.",
)
describe_enum(
    LineRemoval,
    "What becomes of the invoice item behind a line that is taken off a draft.",
    DELETE="It is gone.",
    UNASSIGN="It waits for the next invoice again.",
)


@strawberry.input(description="What a new draft starts with.")
class InvoiceCreateInput:
    """Becomes `InvoiceDraftByHand`."""

    customer: strawberry.ID = input_field("Who is to pay.")
    subscription: strawberry.ID | None = input_field(
        "The customer's subscription that it is for; its periods and its status do not follow from it."
    )
    collection_method: CollectionMethod | None = input_field(
        "How its money is to come; CHARGE_AUTOMATICALLY by default."
    )
    days_until_due: int | None = input_field(
        f"With SEND_INVOICE, how many days from now it is due, from 0 to {DAYS_UNTIL_DUE_MAX}; or give `dueDate`."
    )
    due_date: datetime | None = input_field("With SEND_INVOICE, when it is due; or give `daysUntilDue`.")
    auto_advance: bool | None = input_field(
        "Whether it is finalized after the account's delay and then collected by itself; false by default."
    )
    currency: Currency | None = input_field(
        "What it is in; the subscription's, else the customer's, else the account's by default."
    )
    pending_invoice_items_behavior: PendingItems | None = input_field(
        "What becomes of invoice items that wait; EXCLUDE by default."
    )
    default_payment_method: strawberry.ID | None = input_field(
        "What is charged for it; without it the subscription's or the customer's default. In test mode also a sandbox "
        "token such as `pm_card_visa`."
    )
    discounts: list[DiscountInput] | None = input_field(
        "Discounts of it alone, in order, at most 20; those of its subscription or customer by default."
    )
    default_tax_rates: list[strawberry.ID] | None = input_field(
        "The tax rates of lines that have none of their own, at most five; those of its subscription by default."
    )
    automatic_tax: AutomaticTaxInput | None = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates; not by default."
    )
    description: str | None = input_field("What you say of it, at most 1000 characters.")
    footer: str | None = input_field("What stands at its bottom; the customer's footer by default.")
    custom_fields: list[InvoiceCustomFieldInput] | None = input_field(
        "Lines of your own on it, at most four; the customer's by default."
    )
    statement_descriptor: str | None = input_field("What card statements say beside its charge.")
    application_fee_amount: MinorUnits | None = input_field(
        "What a platform has of it, at most its total. Needs `Stripe-Account` or `transferData`, and a platform that "
        "made it and all items on it."
    )
    transfer_data: list[TransferDataInput] | None = input_field(
        "What other accounts receive of its payments: an amount, a percentage, or with neither all that is left."
    )
    on_behalf_of: strawberry.ID | None = input_field(
        "The account that sells: on statements, the invoice and for tax. It needs the capability `card_payments`."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about an invoice. What is not mentioned stays.")
class InvoiceUpdateInput:
    """Becomes `InvoiceChange`."""

    id: strawberry.ID = input_field("The invoice. Only of a DRAFT can everything be changed.")
    auto_advance: strawberry.Maybe[bool | None] = input_field(
        "False stops a DRAFT from being finalized and an OPEN one from being collected by itself; true lets it go on."
    )
    collection_method: strawberry.Maybe[CollectionMethod | None] = input_field("How its money is to come; of a DRAFT.")
    days_until_due: strawberry.Maybe[int | None] = input_field(
        "How many days after it was made it is due, with SEND_INVOICE; of a DRAFT."
    )
    due_date: strawberry.Maybe[datetime | None] = input_field("When it is due, with SEND_INVOICE; of a DRAFT.")
    default_payment_method: strawberry.Maybe[strawberry.ID | None] = input_field(
        "What is charged for it, unless it is PAID or VOID; null goes back to the default."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts of it from now on, at most 20; null takes them away. Of a DRAFT."
    )
    default_tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "The tax rates of lines that have none of their own, at most five; of a DRAFT, which is taxed anew."
    )
    automatic_tax: strawberry.Maybe[AutomaticTaxInput | None] = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates; of a DRAFT, whose tax follows."
    )
    description: strawberry.Maybe[str | None] = input_field("What you say of it; of a DRAFT.")
    footer: strawberry.Maybe[str | None] = input_field("What stands at its bottom; of a DRAFT.")
    custom_fields: strawberry.Maybe[list[InvoiceCustomFieldInput] | None] = input_field(
        "Lines of your own on it, all of them; of a DRAFT."
    )
    statement_descriptor: strawberry.Maybe[str | None] = input_field(
        "What card statements say beside its charge; of a DRAFT."
    )
    application_fee_amount: strawberry.Maybe[MinorUnits | None] = input_field(
        "What a platform has of it instead of a percentage, at most its total; null for nothing. Of a DRAFT."
    )
    transfer_data: strawberry.Maybe[list[TransferDataInput] | None] = input_field(
        "What other accounts receive of its payments, all of them; null for nothing, and then no fee. Of a DRAFT, or "
        "to take it away."
    )
    on_behalf_of: strawberry.Maybe[strawberry.ID | None] = input_field(
        "The account that sells; null is the one that charges. Of a DRAFT, or to take it away."
    )
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own, at any time.")


@strawberry.input(description="A line to be put on a draft: one of the first four.")
class InvoiceLineAdditionInput:
    """Becomes `LineAddition`."""

    amount: MinorUnits | None = input_field("What it adds, in the draft's currency; negative gives back.")
    price: strawberry.ID | None = input_field("Or an active one-time price in that currency.")
    price_data: InvoiceItemPriceDataInput | None = input_field("Or a price that is made for it.")
    invoice_item: strawberry.ID | None = input_field("Or an item of the customer that waits, as it is.")
    quantity: int | None = input_field("How many units of the price; 1 by default.")
    unit_amount: MinorUnits | None = input_field(
        "What the customer chose to pay for a unit, with a price that has `customUnitAmount`; its preset by default."
    )
    description: str | None = input_field("What the customer reads, at most 500 characters.")
    period: InvoiceItemPeriodInput | None = input_field("The time that it is for; now by default.")
    discounts: list[DiscountInput] | None = input_field("Discounts of it alone, in order; at most 20.")
    discountable: bool | None = input_field("Whether discounts apply to it; true by default.")
    tax_rates: list[strawberry.ID] | None = input_field(
        "Its own tax rates, at most five, instead of those of its invoice."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="Which draft gets which lines.")
class InvoiceAddLinesInput:
    """Becomes `LinesAddition`."""

    id: strawberry.ID = input_field("The invoice; it has to be a DRAFT.")
    lines: list[InvoiceLineAdditionInput] = input_field(f"The lines; a draft may have {LINES_MAX}.")


@strawberry.input(description="What changes about a line. What is not mentioned stays.")
class InvoiceLineChangeInput:
    """Becomes `LineChange`."""

    id: strawberry.ID = input_field("The line.")
    amount: MinorUnits | None = input_field("What it adds.")
    price: strawberry.ID | None = input_field("Another one-time price.")
    price_data: InvoiceItemPriceDataInput | None = input_field("A price that is made for it.")
    quantity: int | None = input_field("How many units of its price.")
    unit_amount: MinorUnits | None = input_field(
        "What the customer chose to pay for a unit, with a price that has `customUnitAmount`."
    )
    period: InvoiceItemPeriodInput | None = input_field("The time that it is for.")
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts of it from now on, at most 20; null takes them away."
    )
    discountable: strawberry.Maybe[bool | None] = input_field("Whether discounts apply to it.")
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates, at most five; null goes back to those of its invoice."
    )
    description: strawberry.Maybe[str | None] = input_field("What the customer reads, at most 500 characters.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")


@strawberry.input(
    description="What changes about lines of a draft. Of a subscription's period words, discounts and tax can."
)
class InvoiceUpdateLinesInput:
    """Becomes `LinesChange`."""

    id: strawberry.ID = input_field("The invoice; it has to be a DRAFT.")
    lines: list[InvoiceLineChangeInput] = input_field("What changes about each line.")


@strawberry.input(description="A line to be taken off a draft.")
class InvoiceLineRemovalInput:
    """Becomes `LineToRemove`."""

    id: strawberry.ID = input_field("The line; not that of a subscription's period.")
    behavior: LineRemoval = input_field("What becomes of the invoice item behind it.")


@strawberry.input(description="Which lines are taken off which draft.")
class InvoiceRemoveLinesInput:
    """Becomes `LinesRemoval`."""

    id: strawberry.ID = input_field("The invoice; it has to be a DRAFT.")
    lines: list[InvoiceLineRemovalInput] = input_field("The lines.")


@strawberry.input(description="Which draft is finalized.")
class InvoiceFinalizeInput:
    """Becomes `FinalizeDraft`."""

    id: strawberry.ID = input_field("The invoice; it has to be a DRAFT.")
    auto_advance: bool | None = input_field(
        "Whether it is then collected or sent by itself, at once; as the draft says by default."
    )


@strawberry.input(description="Which invoice is sent.")
class InvoiceSendInput:
    """Names the invoice."""

    id: strawberry.ID = input_field("The invoice, with SEND_INVOICE: OPEN, or a DRAFT, which is finalized first.")


@strawberry.input(description="Which draft is deleted.")
class InvoiceDeleteInput:
    """Names the invoice."""

    id: strawberry.ID = input_field("The invoice; it has to be a DRAFT that was made by hand.")


InvoiceCreatePayload = payload("invoiceCreate", invoice=(InvoiceRef, "The draft; null when refused."))
InvoiceUpdatePayload = payload("invoiceUpdate", invoice=(InvoiceRef, "The invoice as it is now; null when refused."))
InvoiceDeletePayload = payload("invoiceDelete", invoice=(InvoiceRef, "The draft as it was; null when refused."))
InvoiceAddLinesPayload = payload("invoiceAddLines", invoice=(InvoiceRef, "The draft; null when refused."))
InvoiceUpdateLinesPayload = payload("invoiceUpdateLines", invoice=(InvoiceRef, "The draft; null when refused."))
InvoiceRemoveLinesPayload = payload("invoiceRemoveLines", invoice=(InvoiceRef, "The draft; null when refused."))
InvoiceFinalizePayload = payload(
    "invoiceFinalize",
    invoice=(
        InvoiceRef,
        "The invoice, also when the card was declined, and still a DRAFT with `lastFinalizationError` when it could "
        "not be finalized; null when the input was refused.",
    ),
)
InvoiceSendPayload = payload("invoiceSend", invoice=(InvoiceRef, "The invoice; null when refused."))
