"""Quotes in the API: offers that customers may accept, and the inputs that make, change and end them."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.calculations import Calculation
from domain.ids import Prefix
from domain.invoices import DAYS_UNTIL_DUE_MAX, CollectionMethod
from domain.kinds import TaxBehavior
from domain.lifecycles import QuoteStatus
from domain.periods import Interval
from domain.quotes import HEADER_LENGTH_MAX, LINES_MAX, TEXT_LENGTH_MAX
from domain.reckoning_in_words import steps_in_words
from domain.subscriptions import BillingMode
from domain.trials import TRIAL_DAYS_MAX
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.catalog import RecurringInput
from schema.papers import paper
from schema.payloads import payload
from schema.refs import (
    CustomerRef,
    InvoiceRef,
    PriceRef,
    QuoteLineItemRef,
    QuoteRef,
    SubscriptionRef,
    SubscriptionScheduleRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import many, named, one
from schema.scalars import Currency, Json, Metadata, MinorUnits
from schema.tax import AutomaticTaxInput, InvoiceAutomaticTax, TaxAmount, automatic_tax, tax_amounts

describe_enum(
    QuoteStatus,
    "Where a quote stands.",
    DRAFT="It is being prepared; what it offers may still change.",
    OPEN="It has its number and may be accepted; what it offers stays.",
    ACCEPTED="What it offered has come to be. Final.",
    CANCELED="It was withdrawn, replaced by a revision, or expired. Final.",
)


@part_type
class QuoteUpfront(Wrapping):
    """What the first invoice asks for."""

    amount_subtotal: MinorUnits = column("Before discounts and taxes.", source="upfront_subtotal")
    amount_total: MinorUnits = column("After discounts and taxes.", source="upfront_total")


@part_type
class QuoteRecurring(Wrapping):
    """What every period costs."""

    amount_subtotal: MinorUnits = column("Before discounts and taxes.", source="recurring_subtotal")
    amount_total: MinorUnits = column("After discounts and taxes.", source="recurring_total")
    interval: Interval = column("The unit of a period.")
    interval_count: int = column("How many units a period has.")


@part_type
class QuoteComputed(Wrapping):
    """What the customer will be charged, by when."""

    @computed("With the first invoice. During a trial that is nothing for what recurs.")
    def upfront(self) -> QuoteUpfront:
        """Reads through to the quote."""
        return QuoteUpfront.of(self.row)

    @computed("In every period; null when nothing on the quote recurs.")
    def recurring(self) -> QuoteRecurring | None:
        """Reads through to the quote."""
        return None if self.row.interval is None else QuoteRecurring.of(self.row)


@part_type
class QuoteSubscriptionData(Wrapping):
    """What the subscription will be like that comes of a quote."""

    trial_period_days: int | None = column("For how many days nothing is charged for what recurs; null without trial.")
    effective_date: datetime | None = column("When it is to begin; null is on acceptance.")
    billing_mode: BillingMode = column("By which rules later changes are prorated.")
    description: str | None = column("What the customer may read about it.", source="subscription_description")
    metadata: Metadata = column("Its labels.", source="subscription_metadata")


@part_type
class QuoteInvoiceSettings(Wrapping):
    """How the invoices are that come of a quote."""

    days_until_due: int | None = column("How many days a sent one may take; null where the customer is charged.")


@part_type
class QuoteFromQuote(Wrapping):
    """What a quote was copied from."""

    quote: QuoteRef = one("from_quote_id", "The other quote.")
    is_revision: bool = column("Whether it takes that quote's place once it is finalized.")


@part_type
class QuoteStatusTransitions(Wrapping):
    """When a quote came to its statuses."""

    finalized_at: datetime | None = column("When it was finalized.")
    accepted_at: datetime | None = column("When it was accepted.")
    canceled_at: datetime | None = column("When it was canceled or expired.")


@node_type(models.Quote, kind="quotes", prefix=Prefix.QUOTE)
class Quote(Node):
    """An offer to a customer: once accepted, it becomes a subscription, or an invoice when nothing on it recurs."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: QuoteStatus = column("Where it stands.")
    number: str | None = column(
        "What it is called, given when it is finalized: `QT`, the customer's prefix, which of their quotes it is, and "
        "its revision."
    )
    customer: CustomerRef = one("customer_id", "To whom it is made.")
    currency: Currency = column("What its amounts are in.")
    line_items: list[QuoteLineItemRef] = many(
        "quote_id", f"What is offered, at most {LINES_MAX} lines in order.", order="position", limit=LINES_MAX
    )
    amount_subtotal: MinorUnits = column("The sum of its lines before discounts and taxes.")
    amount_total: MinorUnits = column("The sum of its lines after discounts and taxes.")
    default_tax_rates: list[TaxRateRef] = named(
        "default_tax_rates", Prefix.TAX_RATE, "The tax rates of lines that have none of their own."
    )
    automatic_tax: InvoiceAutomaticTax = automatic_tax(InvoiceAutomaticTax)
    total_taxes: list[TaxAmount] = tax_amounts("total_taxes", "What each tax rate comes to, over all lines.")
    collection_method: CollectionMethod = column("How the invoices are collected that come of it.")
    header: str | None = column("What stands above it.")
    description: str | None = column("What the customer reads about it.")
    footer: str | None = column("What stands below it.")
    pdf: str | None = paper("Where everyone who has this address can read it as a PDF; null until it is finalized.")
    expires_at: datetime = column("When it is canceled by itself, unless it is accepted before.")
    subscription: SubscriptionRef | None = one(
        "subscription_id", "What came of it, if anything on it recurs; null until then."
    )
    invoice: InvoiceRef | None = one("invoice_id", "What came of it when nothing on it recurs; null until then.")
    subscription_schedule: SubscriptionScheduleRef | None = one(
        "schedule_id", "What came of it when its subscription begins later; null until then."
    )
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("What the customer will be charged at first, and what each period.", name="computed")
    def computation(self) -> QuoteComputed:
        """Reads through to the quote."""
        return QuoteComputed.of(self.row)

    @computed("What the subscription will be like.")
    def subscription_data(self) -> QuoteSubscriptionData:
        """Reads through to the quote."""
        return QuoteSubscriptionData.of(self.row)

    @computed("How the invoices will be.")
    def invoice_settings(self) -> QuoteInvoiceSettings:
        """Reads through to the quote."""
        return QuoteInvoiceSettings.of(self.row)

    @computed("What it was copied from; null when it was not.")
    def from_quote(self) -> QuoteFromQuote | None:
        """Reads through to the quote."""
        return None if self.row.from_quote_id is None else QuoteFromQuote.of(self.row)

    @computed("When it came to its statuses.")
    def status_transitions(self) -> QuoteStatusTransitions:
        """Reads through to the quote."""
        return QuoteStatusTransitions.of(self.row)


@node_type(models.QuoteLine, kind="quotes", prefix=Prefix.QUOTE_LINE)
class QuoteLineItem(Node):
    """So many units of one price, as they are offered."""

    quote: QuoteRef = one("quote_id", "The quote it stands on.")
    price: PriceRef = one("price_id", "What one unit costs, and how often; one-time prices are charged once.")
    quantity: int = column("How many units.")
    description: str = column("What it is for.")
    amount_subtotal: MinorUnits = column("What it comes to before discounts and taxes: once, or each period.")
    amount_total: MinorUnits = column("What it comes to after discounts and taxes.")
    tax_rates: list[TaxRateRef] = named(
        "tax_rates", Prefix.TAX_RATE, "Its own tax rates, instead of those of the quote."
    )
    taxes: list[TaxAmount] = tax_amounts("taxes", "What each tax rate comes to on it.")
    currency: Currency = column("What the amounts are in.")
    calculation: Json = column("How the amount came about, for a program.")

    @computed("How the amount came about, in words.")
    def explanation(self) -> str:
        """The calculation as a sentence."""
        row = self.row
        how = Calculation.from_json(row.calculation).explanation()
        return how + steps_in_words(row.amount_subtotal, (), row.taxes, row.currency)


@strawberry.input(description="Which of a customer's quotes to show.")
class QuotePageFilter:
    """Arguments of `Customer.quotes`; its fields are columns."""

    status: list[QuoteStatus] | None = input_field("Only those in one of these statuses.")


@strawberry.input(description="Which quotes to list. What is not given is not asked.")
class QuoteFilter:
    """Becomes `QuoteSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    status: QuoteStatus | None = input_field("Only those in this status.")


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

    price: strawberry.ID | None = input_field("An active price of the catalogue, recurring or one-time.")
    price_data: QuoteLineItemPriceDataInput | None = input_field("Or a price that is made for this line.")
    quantity: int | None = input_field("How many units; 1 by default.")
    tax_rates: list[strawberry.ID] | None = input_field(
        "Its own tax rates, at most five, instead of those of the quote."
    )


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
    subscription_data: QuoteSubscriptionDataChangeInput | None = input_field("What the subscription is to be like.")
    collection_method: strawberry.Maybe[CollectionMethod | None] = input_field("How its invoices are collected.")
    invoice_settings: QuoteInvoiceSettingsInput | None = input_field("How its invoices are to be.")
    default_tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "The tax rates of lines that have none of their own; null removes them."
    )
    automatic_tax: strawberry.Maybe[AutomaticTaxInput | None] = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates."
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
