"""Inputs that make, change and end quotes, and what they answer."""

from datetime import datetime
from decimal import Decimal

import strawberry

from domain.invoices import DAYS_UNTIL_DUE_MAX, CollectionMethod
from domain.kinds import TaxBehavior
from domain.quotes import HEADER_LENGTH_MAX, LINES_MAX, TEXT_LENGTH_MAX
from domain.subscriptions import BillingMode
from domain.trials import TRIAL_DAYS_MAX
from schema.base import input_field
from schema.catalog import RecurringInput
from schema.coupons import DiscountInput
from schema.payloads import payload
from schema.refs import (
    QuoteRef,
)
from schema.scalars import Currency, Metadata, MinorUnits
from schema.tax import AutomaticTaxInput
from schema.transfers import TransferDataInput


@strawberry.input(description="A price made for one line of a quote alone; nobody else can buy by it.")
class QuoteLineItemPriceDataInput:
    """Becomes `InlinePriceDraft`."""

    product: strawberry.ID = input_field("The product that is sold.")
    currency: Currency = input_field("What it is charged in.")
    recurring: RecurringInput | None = input_field("How often it is billed; once without it.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")


@strawberry.input(description="One line of a quote: `price` or `priceData`.")
class QuoteLineItemInput:
    """Becomes `QuoteLineDraft`."""

    price: strawberry.ID | None = input_field(
        "An active price of the catalogue, recurring or one-time; not one by use, nor one with `customUnitAmount`."
    )
    price_data: QuoteLineItemPriceDataInput | None = input_field("Or a price that is made for this line.")
    quantity: int | None = input_field("How many units; 1 by default.")
    tax_rates: list[strawberry.ID] | None = input_field(
        "Its own tax rates, at most five, instead of those of the quote."
    )
    discounts: list[DiscountInput] | None = input_field("Coupons or codes for this line alone, in order; at most 20.")


@strawberry.input(description="What the subscription is to be like.")
class QuoteSubscriptionDataInput:
    """Becomes `SubscriptionData`."""

    trial_period_days: int | None = input_field(
        f"For how many days nothing is charged, from 1 to {TRIAL_DAYS_MAX}; not together with one-time prices."
    )
    effective_date: datetime | None = input_field(
        "When it begins: when that lies ahead on acceptance, a subscription schedule comes of the quote. At once by "
        "default."
    )
    billing_mode: BillingMode | None = input_field(
        "By which rules later changes are prorated; FLEXIBLE by default. It stays."
    )
    description: str | None = input_field(f"What the customer may read, at most {TEXT_LENGTH_MAX} characters.")
    metadata: Metadata | None = input_field("Labels of your own for the subscription.")


@strawberry.input(description="How the invoices are to be.")
class QuoteInvoiceSettingsInput:
    """Becomes `QuoteInvoiceSettings`, of a change `QuoteInvoiceSettingsChange`."""

    days_until_due: int | None = input_field(
        f"With SEND_INVOICE: how many days after it is made an invoice is due, from 0 to {DAYS_UNTIL_DUE_MAX}."
    )


@strawberry.input(description="A quote to be copied.")
class QuoteFromQuoteInput:
    """Becomes `FromQuote`."""

    quote: strawberry.ID = input_field("The quote with what is to be offered again.")
    is_revision: bool | None = input_field(
        "Whether the copy replaces the other, which has to be OPEN: finalizing the copy gives it the other's number "
        "with the next revision and cancels the other. False by default."
    )


@strawberry.input(description="What a new quote offers: give `customer` and `lineItems`, or `fromQuote`.")
class QuoteCreateInput:
    """Becomes `QuoteDraft`."""

    customer: strawberry.ID | None = input_field("To whom it is made.")
    line_items: list[QuoteLineItemInput] | None = input_field(
        f"What is offered: 1 to {LINES_MAX} lines of one currency. Recurring prices have one interval; one-time prices "
        "are charged with the first invoice, or on one of their own when nothing recurs."
    )
    discounts: list[DiscountInput] | None = input_field(
        "Coupons or codes for all of it, in order; at most 20. They are redeemed on acceptance, and have to be "
        "redeemable then."
    )
    subscription_data: QuoteSubscriptionDataInput | None = input_field("What the subscription is to be like.")
    collection_method: CollectionMethod | None = input_field(
        "How its invoices are collected; CHARGE_AUTOMATICALLY by default."
    )
    invoice_settings: QuoteInvoiceSettingsInput | None = input_field("How its invoices are to be.")
    default_tax_rates: list[strawberry.ID] | None = input_field(
        "The tax rates of lines that have none of their own, at most five; what comes of the quote has them too."
    )
    automatic_tax: AutomaticTaxInput | None = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates; not with `effectiveDate`."
    )
    application_fee_amount: MinorUnits | None = input_field(
        "What a platform has of the invoice that comes of it, at most its total; where nothing recurs."
    )
    application_fee_percent: Decimal | None = input_field(
        "Which percentage a platform has of the subscription that comes of it; where something recurs."
    )
    transfer_data: list[TransferDataInput] | None = input_field(
        "What other accounts receive of what comes of it; `amount` only where nothing recurs."
    )
    on_behalf_of: strawberry.ID | None = input_field("The account that sells; the one that quotes by default.")
    header: str | None = input_field(f"What stands above it, at most {HEADER_LENGTH_MAX} characters.")
    description: str | None = input_field(f"What the customer reads, at most {TEXT_LENGTH_MAX} characters.")
    footer: str | None = input_field(f"What stands below it, at most {TEXT_LENGTH_MAX} characters.")
    expires_at: datetime | None = input_field("When it is canceled by itself; 30 days from now by default.")
    metadata: Metadata | None = input_field("Labels of your own.")
    from_quote: QuoteFromQuoteInput | None = input_field(
        "A quote to be copied; beside it only `expiresAt` may be given."
    )


@strawberry.input(description="One line as it is to be: one that is there (`id`), or a new one.")
class QuoteLineItemChangeInput:
    """Becomes `QuoteLineChange`."""

    id: strawberry.ID | None = input_field("The line that stays; without it a line is added.")
    price: strawberry.ID | None = input_field("Another, or for a new line its, price.")
    price_data: QuoteLineItemPriceDataInput | None = input_field("Or a price that is made for this line.")
    quantity: strawberry.Maybe[int | None] = input_field("How many units; 1 by default for a new line.")
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates, at most five; null goes back to those of the quote."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "Coupons or codes for this line alone; null takes them away."
    )


@strawberry.input(description="What changes about the subscription to come. What is not mentioned stays.")
class QuoteSubscriptionDataChangeInput:
    """Becomes `SubscriptionDataChange`."""

    trial_period_days: strawberry.Maybe[int | None] = input_field("For how many days nothing is charged; null never.")
    effective_date: strawberry.Maybe[datetime | None] = input_field("When it begins; null on acceptance.")
    description: strawberry.Maybe[str | None] = input_field("What the customer may read; null removes it.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Its labels, which replace all that were there.")


@strawberry.input(description="What changes about a quote; of an OPEN one only `expiresAt` and `metadata` may.")
class QuoteUpdateInput:
    """Becomes `QuoteChange`."""

    id: strawberry.ID = input_field("The quote; it has to be DRAFT or OPEN.")
    line_items: strawberry.Maybe[list[QuoteLineItemChangeInput] | None] = input_field(
        "All lines as they are to be; those that are not named go."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "Coupons or codes for all of it, instead of those that were there; null takes them away."
    )
    subscription_data: QuoteSubscriptionDataChangeInput | None = input_field("What the subscription is to be like.")
    collection_method: strawberry.Maybe[CollectionMethod | None] = input_field("How its invoices are collected.")
    invoice_settings: QuoteInvoiceSettingsInput | None = input_field("How its invoices are to be.")
    default_tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "The tax rates of lines that have none of their own; null removes them."
    )
    automatic_tax: strawberry.Maybe[AutomaticTaxInput | None] = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates."
    )
    application_fee_amount: strawberry.Maybe[MinorUnits | None] = input_field(
        "What a platform has of the invoice that comes of it; null for nothing."
    )
    application_fee_percent: strawberry.Maybe[Decimal | None] = input_field(
        "Which percentage a platform has of the subscription that comes of it; null for none."
    )
    transfer_data: strawberry.Maybe[list[TransferDataInput] | None] = input_field(
        "What other accounts receive of what comes of it, all of them; null for nothing."
    )
    on_behalf_of: strawberry.Maybe[strawberry.ID | None] = input_field(
        "The account that sells; null is the one that quotes."
    )
    header: strawberry.Maybe[str | None] = input_field("What stands above it; null removes it.")
    description: strawberry.Maybe[str | None] = input_field("What the customer reads; null removes it.")
    footer: strawberry.Maybe[str | None] = input_field("What stands below it; null removes it.")
    expires_at: strawberry.Maybe[datetime | None] = input_field("When it is canceled by itself.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")


@strawberry.input(description="Which draft is finalized.")
class QuoteFinalizeInput:
    """Becomes `QuoteFinalizeDraft`."""

    id: strawberry.ID = input_field("The quote; it has to be DRAFT.")
    expires_at: datetime | None = input_field("When it is canceled by itself; without it that stays.")


@strawberry.input(description="Which quote is accepted.")
class QuoteAcceptInput:
    """Names the quote."""

    id: strawberry.ID = input_field("The quote; it has to be OPEN.")


@strawberry.input(description="Which quote is withdrawn.")
class QuoteCancelInput:
    """Names the quote."""

    id: strawberry.ID = input_field("The quote; it has to be DRAFT or OPEN.")


QuoteCreatePayload = payload("quoteCreate", quote=(QuoteRef, "The new draft; null when refused."))
QuoteUpdatePayload = payload("quoteUpdate", quote=(QuoteRef, "The quote; null when refused."))
QuoteFinalizePayload = payload("quoteFinalize", quote=(QuoteRef, "The open quote; null when refused."))
QuoteAcceptPayload = payload(
    "quoteAccept", quote=(QuoteRef, "The accepted quote, also when its first payment was declined; null when refused.")
)
QuoteCancelPayload = payload("quoteCancel", quote=(QuoteRef, "The canceled quote; null when refused."))
